"""`hil plc check` on files and projects of every format: each file is judged by itself."""

import json
import os
from pathlib import Path

import pytest

from hil.plc.front import Outcome, check
from tests.plc.test_cli_plc import called

PROGRAM = "PROGRAM P VAR f : F; n : INT; END_VAR f(); n := f.n; END_PROGRAM\n"
BLOCK = "FUNCTION_BLOCK F VAR_OUTPUT n : INT; END_VAR n := n + 1; END_FUNCTION_BLOCK\n"
LISTED = "<Project><ItemGroup>{}</ItemGroup></Project>"
OBJECT = "<TcPlcObject><POU Name='{0}'><Declaration><![CDATA[{1}]]></Declaration>"
OBJECT += "<Implementation><ST><![CDATA[{2}]]></ST></Implementation></POU></TcPlcObject>"


def judged(folder: Path, files: dict[str, str], *given: str) -> Outcome:
    """The outcome for some of the files that are written into a folder; of the folder when none is named."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return check([folder / one for one in given] or [folder])


def compiled(outcome: Outcome) -> dict[str, bool]:
    """Which files were compiled, by their names."""
    return {Path(one.file).name: one.compiled for one in outcome.results}


def said(outcome: Outcome) -> list[str]:
    """The diagnostics without folders."""
    return [f"{Path(one.file).name}:{one.line}:{one.column}: {one.message}"
            for each in outcome.results for one in each.diagnostics]  # fmt: skip


def test_a_mistake_is_that_of_its_file_and_the_files_that_use_it_are_told(tmp_path: Path) -> None:
    wrong = "FUNCTION W : INT W := TRUE; END_FUNCTION"
    user = "PROGRAM U VAR n : INT; END_VAR n := W(); END_PROGRAM"
    found = judged(tmp_path, {"p.st": PROGRAM, "f.st": BLOCK, "w.st": wrong, "u.st": user})
    assert compiled(found) == {"p.st": True, "f.st": True, "w.st": False, "u.st": True}
    assert said(found) == ["w.st:1:23: W is INT, but the value is BOOL; convert it with BOOL_TO_INT(...)"]
    assert [Path(one.because[0]).name for one in found.results if one.because] == ["w.st"]
    assert [Path(one.file).name for one in found.results if one.lacks] == ["u.st", "w.st"]
    assert not found.good


def test_code_is_made_of_all_that_touches_nothing_missing(tmp_path: Path) -> None:
    user = """FUNCTION_BLOCK U VAR a : Pump; n, m : INT; END_VAR
        IF n > a.level THEN n := 1; END_IF
        WHILE n < 3 DO n := n + 1; a(); END_WHILE
        m := Elsewhere(n) + List.Speed; CASE n OF 1: a(); 2: m := n; END_CASE END_FUNCTION_BLOCK"""
    found = judged(tmp_path, {"u.st": user, "p.st": "PROGRAM P VAR u : U; END_VAR u(); END_PROGRAM"})
    assert compiled(found) == {"u.st": True, "p.st": True}
    assert [(Path(one.file).name, one.lacks) for one in found.results] == [("p.st", True), ("u.st", True)]
    assert {*found.missing} == {"Pump", "Elsewhere", "List"}
    assert (
        "2 of the compiled files use what is missing or wrong elsewhere and would not run without it" in found.notes()
    )


@pytest.mark.parametrize("body", ["n := speeed;", "n := speed.x;", "n := speed();", "m := 1;", "n := TRUNK(r);"])
def test_a_slip_of_the_pen_is_a_mistake_and_nothing_missing(tmp_path: Path, body: str) -> None:
    text = f"PROGRAM P VAR n, speed : INT; r : REAL; END_VAR {body} END_PROGRAM"
    assert compiled(judged(tmp_path, {"p.st": text})) == {"p.st": False}


def test_a_missing_name_is_said_once_with_its_uses(tmp_path: Path) -> None:
    user = "FUNCTION_BLOCK U{0} VAR a, b : Pump; END_VAR a(run := TRUE); b.speed := 3; END_FUNCTION_BLOCK"
    found = judged(tmp_path, {f"{k}.st": user.format(k) for k in "123"} | {"f.st": BLOCK})
    assert compiled(found) == {"1.st": True, "2.st": True, "3.st": True, "f.st": True}
    assert len(said(found)) == 1
    assert said(found)[0].startswith("1.st:1:30: no type or function block Pump here;")
    assert said(found)[0].endswith("(6 uses)")
    assert (found.parsed, found.missing) == (4, {"Pump": 6})


def test_a_file_sees_its_own_unit_then_the_nearest(tmp_path: Path) -> None:
    number = "TYPE T : {}; END_TYPE FUNCTION_BLOCK G{} VAR t : T; END_VAR t := {}; END_FUNCTION_BLOCK"
    files = {"a/t.st": number.format("BOOL", 1, "TRUE"), "b/t.st": number.format("DATE", 2, "D#2000-01-01")}
    user = "FUNCTION_BLOCK U{} VAR t : T; g : G{}; END_VAR t := {}; g(); END_FUNCTION_BLOCK"
    files |= {"a/u.st": user.format(1, 1, "FALSE"), "b/deep/u.st": user.format(2, 2, "D#2000-01-02")}
    assert all(one.compiled for one in judged(tmp_path, files).results)


def test_unrelated_files_declare_one_name(tmp_path: Path) -> None:
    files = {f"{k}.st": f"PROGRAM Main VAR n : INT; END_VAR n := {k}; END_PROGRAM" for k in range(30)}
    assert judged(tmp_path, files).good


def test_a_real_duplicate_is_a_mistake(tmp_path: Path) -> None:
    found = judged(tmp_path, {"a.st": BLOCK, "b.st": BLOCK, "p.st": PROGRAM})
    assert said(found) == [f"b.st:1:16: F is already declared at {tmp_path / 'a.st'}:1; choose another name"]
    assert compiled(found) == {"a.st": True, "b.st": False, "p.st": True}


def twincat(folder: Path) -> Outcome:
    """A project that lists two of its three sources and names a library."""
    listed = "".join(f'<Compile Include="{one}" />' for one in ("P.TcPOU", "sub\\F.TcPOU"))
    listed += '<PlaceholderReference Include="Tc9_Pumps"></PlaceholderReference>'
    files = {"x.plcproj": LISTED.format(listed), "Old.TcPOU": OBJECT.format("P", "PROGRAM P", "?")}
    files["P.TcPOU"] = OBJECT.format("P", "PROGRAM P\nVAR f : F; p : FB_Nowhere; END_VAR", "f();\nf.n := TRUE;")
    files["sub/F.TcPOU"] = OBJECT.format("F", "FUNCTION_BLOCK F\nVAR_OUTPUT n : INT; END_VAR", "n := n + 1;")
    return judged(folder, files)


def test_a_twincat_project_is_what_its_file_lists(tmp_path: Path) -> None:
    found = twincat(tmp_path)
    assert compiled(found) == {"F.TcPOU": True, "P.TcPOU": False}
    assert [one.partition(" here")[0] for one in said(found)] == [
        "P.TcPOU:2:16: no type or function block FB_Nowhere",
        "P.TcPOU:3:8: f.n is INT, but the value is BOOL; convert it with BOOL_TO_INT(...)",
    ]
    assert {one.profile for one in found.results} == {"codesys"}
    assert any("Tc9_Pumps" in line for line in found.notes())


def test_a_file_alone_is_checked_in_its_project(tmp_path: Path) -> None:
    twincat(tmp_path)
    assert compiled(check([tmp_path / "sub" / "F.TcPOU"])) == {"F.TcPOU": True}
    assert len(check([tmp_path / "P.TcPOU"]).missing) == 1


def test_simatic_ax_folders_are_projects(tmp_path: Path) -> None:
    classes = "NAMESPACE N CLASS C VAR PUBLIC n : INT; END_VAR END_CLASS END_NAMESPACE"
    user = "USING N; PROGRAM P VAR c : C; END_VAR c.n := 1; END_PROGRAM"
    files = {"apax.yml": "name: x", "src/c.st": classes, "test/p.st": user}
    assert compiled(judged(tmp_path, files, "test/p.st")) == {"p.st": True}
    assert {one.profile for one in check([tmp_path]).results} == {"siemens"}


def test_plain_text_takes_the_first_profile_that_compiles_it(tmp_path: Path) -> None:
    mixed = "PROGRAM P VAR w : WORD; n : INT; END_VAR w := w + 1; END_PROGRAM"
    found = judged(tmp_path, {"a.st": mixed, "f.st": BLOCK})
    assert [one.profile for one in found.results] == ["codesys", "iec"]
    assert "profiles: codesys 1, iec 1" in list(found.notes())
    assert not check([tmp_path], profile="iec").good


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PROGRAM P \0\0\0\0 \0\0\0 END_PROGRAM" * 9, "no PLC source is recognised"),
        (b"\xff\xfeP\0R\0O\0", "expected PROGRAM"),
        (("PROGRAM P VAR n : INT := " + "9" * 5000 + "; END_VAR END_PROGRAM").encode(), "x.st:1:"),
        ("PROGRAM P VAR Насос : INT; END_VAR ; END_PROGRAM )".encode("cp1251"), "x.st:1:"),
        (b"(" * 100_000, "x.st:1:1"),
    ],
)
def test_damaged_bytes_end_in_a_diagnostic(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.st").write_bytes(content)
    found = check([tmp_path / "x.st"])
    assert words in said(found)[0]
    assert not found.good


def test_special_files_end_in_a_diagnostic(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.st")
    with (tmp_path / "large.st").open("wb") as file:
        file.truncate(100_000_000)
    found = check([Path("/dev/zero"), tmp_path / "pipe.st", tmp_path / "large.st"])
    assert [one.partition(": ")[2][:25] for one in said(found)] == [
        "this is no regular file; ", "this is no regular file; ", "95.4 MB are more than the",
    ]  # fmt: skip


def test_json_is_one_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.st").write_text("PROGRAM P\nVAR n : INT; END_VAR n := TRUE; END_PROGRAM")
    assert called(["check", str(tmp_path), "--json"], monkeypatch) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["totals"]["files"] == found["totals"]["parsed"] == 1
    (file,) = found["files"]
    assert (file["dialect"], file["lines"], file["compiled"]) == ("st", 2, False)
    assert (file["diagnostics"][0]["line"], file["diagnostics"][0]["column"]) == (2, 27)
    for wrong in (["nowhere.st"], [], [str(tmp_path), "--dialect", "stx"], [str(tmp_path), "--profile", "no"]):
        assert called(["check", *wrong, "--json"], monkeypatch) == 2
        assert json.loads(capsys.readouterr().out)["error"]


def test_a_global_variable_of_several_lists_is_the_nearest_one(tmp_path: Path) -> None:
    lists = {f"{one}/g.st": f"VAR_GLOBAL speed : {type_}; END_VAR" for one, type_ in (("a", "INT"), ("b", "BOOL"))}
    users = {
        "a/u.st": "PROGRAM A VAR_EXTERNAL speed : INT; END_VAR speed := 1; END_PROGRAM",
        "b/u.st": "PROGRAM B VAR_EXTERNAL speed : BOOL; END_VAR speed := TRUE; END_PROGRAM",
    }
    assert judged(tmp_path, lists | users).good
