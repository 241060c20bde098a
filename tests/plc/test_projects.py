"""Several sources as one project, libraries without a program, conditional text, what dialects write."""

from pathlib import Path

import pytest

from hil.plc import Diagnostics, compile_units
from hil.plc.compiler import examine
from tests.plc._plc import errors, ran
from tests.plc.test_cli_plc import called


def test_units_of_several_files_name_each_other_in_any_order() -> None:
    main = "PROGRAM P VAR f : F; n : INT; END_VAR f(); n := f.n + LIMIT_OF; END_PROGRAM"
    block = "FUNCTION_BLOCK F VAR_OUTPUT n : INT; END_VAR VAR a : ARRAY [1..LIMIT_OF] OF INT; END_VAR n := 3;"
    block += "END_FUNCTION_BLOCK"
    lists = "VAR_GLOBAL CONSTANT LIMIT_OF : INT := 4; END_VAR"
    program = compile_units([(main, "main.st"), (block, "block.st"), (lists, "list.st")])
    memory = program.new_memory()
    assert program.scan(memory, 0) is None
    assert program.read(memory, "n") == 7


def test_a_name_that_is_nowhere_is_said_once_in_a_project() -> None:
    texts = [
        (f"FUNCTION_BLOCK F{k} VAR t : Library.Pump; END_VAR t(run := TRUE); END_FUNCTION_BLOCK", f"{k}.st")
        for k in range(5)
    ]
    with pytest.raises(Diagnostics) as found:
        compile_units(texts)
    assert len(found.value.faults) == 1
    assert "no type or function block Library.Pump here" in found.value.faults[0]


def test_a_library_is_checked_to_machine_code() -> None:
    assert examine([("FUNCTION_BLOCK F METHOD M : INT M := 1; END_METHOD END_FUNCTION_BLOCK", "f.st")]) == (
        ["f.st"],
        [],
    )


def test_programs_call_each_other_and_see_their_variables() -> None:
    before = "PROGRAM Sub VAR n : INT; END_VAR n := n + 1; ACTION Reset: n := 0; END_ACTION END_PROGRAM\n"
    found = ran("a, b : INT;", "Sub(); Sub(); a := Sub.n; Sub.Reset; b := Sub.n;", before=before)
    assert (found["A"], found["B"]) == (2, 0)


@pytest.mark.feature("Extensions/conditions")
def test_conditional_text() -> None:
    text = "{define PLANT} n := 1; {IF defined (PLANT)} n := n + 10; {ELSE} what is this {END_IF}"
    text += "{IF NOT defined (PLANT)} ( {END_IF}"
    assert ran("n : INT;", text)["N"] == 11


FORMS = [
    ("a, b : INT;", "a := b := 3;", {"A": 3, "B": 3}),
    ("a : STRUCT x, y : INT; END_STRUCT;", "a := (x := 1, y := 2);", {"A": {"x": 1, "y": 2}}),
    ("n : INT;", "IF n = 0 THEN n := 1; END_IF\nn := n + 1;", {"N": 2}),
    ("n : INT;", "n := 5; RETURN(n = 5); n := 6;", {"N": 5}),
    ("n AT %IW3 : INT := 4; m AT %Q* : INT;", "m := n;", {"M": 4}),
    ("t : Standard.TON; b : BOOL;", "t(IN := TRUE, PT := T#0s, Q => b);", {"B": True}),
    ("a : ARRAY [0..5] OF INT := [1, 2(7, 8), 3];", "", {"A": [1, 7, 8, 7, 8, 3]}),
]


@pytest.mark.parametrize(("declarations", "body", "expected"), FORMS)
def test_form(declarations: str, body: str, expected: dict[str, object]) -> None:
    found = ran(declarations, body)
    assert {name: found[name] for name in expected} == expected


def test_a_missing_end_of_a_member_is_one_diagnostic() -> None:
    found = errors("FUNCTION_BLOCK F METHOD M : INT M := 1; END_FUNCTION_BLOCK PROGRAM P END_PROGRAM")
    assert len(found) == 1
    assert "this METHOD is never closed; add END_METHOD before 'END_FUNCTION_BLOCK'" in found[0]


def test_a_folder_is_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.st").write_text("PROGRAM P VAR f : F; END_VAR f(); END_PROGRAM")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "b.st").write_text("FUNCTION_BLOCK F END_FUNCTION_BLOCK")
    assert called(["check", str(tmp_path)], monkeypatch) == 0
    assert capsys.readouterr().out == "2 files, 2 parsed, 2 compiled\n"
