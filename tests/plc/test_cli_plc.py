"""`hil plc check` and `hil plc run`."""

from pathlib import Path

import pytest

from ci.benches.plc import FOLDER
from hil.cli import main


def called(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["hil", "plc", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_check_counts_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, unread = tmp_path / "wrong.st", tmp_path / "unread.st"
    wrong.write_text("FUNCTION F : INT\nF := TRUE; END_FUNCTION")
    unread.write_text("FUNCTION F : INT\nF := ; END_FUNCTION")
    assert called(["check", str(FOLDER / "pid.st"), str(wrong), str(unread)], monkeypatch) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{wrong}:2:6: error: F is INT, but the value is BOOL; convert it with BOOL_TO_INT(...)",
        f"{unread}:2:6: error: expected an expression, found ';'",
        "3 files, 2 parsed, 1 compiled",
    ]
    assert called(["check", str(FOLDER / "motor.st")], monkeypatch) == 0


def test_check_of_a_missing_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(["check", "nowhere.st"], monkeypatch) == 2
    assert capsys.readouterr() == ("", "cannot read 'nowhere.st': No such file or directory\n")


def test_run_prints_final_values(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", str(FOLDER / "pid.st"), "--scans", "100000", "--watch", "x1, sats,CTL.I"]
    assert called(arguments, monkeypatch) == 0
    assert capsys.readouterr().out == "X1 = -4.688070855660249\nSATS = 747\nCTL.I = -5.710246816134648\n"


def test_run_ends_at_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.st"
    file.write_text("PROGRAM P VAR n, z : INT; END_VAR n := n + 1; IF n = 3 THEN n := n / z; END_IF; END_PROGRAM")
    assert called(["run", str(file), "--scans", "9", "--period", "10ms"], monkeypatch) == 4
    out, err = capsys.readouterr()
    assert out == "n = 3\nz = 0\n"
    assert err == f"{file}:1:68: division by zero: 3 divided by zero (at t = 0.02 s)\n"
    assert called(["run", str(file)], monkeypatch) == 2
    assert "P has no task INTERVAL: give --period" in capsys.readouterr().err


def test_profile_prints_the_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(["profile", "matiec"], monkeypatch) == 0
    out = capsys.readouterr().out
    assert "profile matiec" in out
    assert "x MOD 0 is 0" in out
    assert called(["profile"], monkeypatch) == 0
    assert capsys.readouterr().out.count("  topic  ") == 4
    assert called(["profile", "matic"], monkeypatch) == 2
    assert capsys.readouterr().err == "no profile 'matic'; did you mean 'matiec'?\n"


def test_run_and_check_take_a_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.st"
    file.write_text("PROGRAM P VAR a : INT := 30000; END_VAR a := (a + a) / 2; END_PROGRAM")
    for profile, value in (("iec", -2768), ("codesys", 30000)):
        assert called(["run", str(file), "--period", "1ms", "--profile", profile], monkeypatch) == 0
        assert capsys.readouterr().out == f"a = {value}\n"
    assert called(["check", str(file), "--profile", "codesys"], monkeypatch) == 0
    assert called(["check", str(file), "--profile", "x"], monkeypatch) == 2


TABLE = """PROGRAM P VAR_INPUT x : LREAL; on : BOOL; d : TIME; c : (RED, BLUE); s : STRING[9];
w : WSTRING[9]; k : CHAR := 'x'; END_VAR
VAR_OUTPUT y : LREAL; r : REAL; a : ARRAY [0..1] OF INT; END_VAR
IF on THEN y := y + x; END_IF; r := LREAL_TO_REAL(y); a[1] := a[1] + 1; END_PROGRAM"""


def test_run_reads_and_writes_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, given, taken = (tmp_path / name for name in ("x.st", "in.csv", "out.csv"))
    file.write_text(TABLE)
    given.write_text("t_ns,x,ON,d,c,s,w,k\n0,0.1,TRUE,T#1s5ms,blue,hi,€,\n2000000,,FALSE,7,0,,,y\n", encoding="utf-8")
    arguments = ["run", str(file), "--scans", "4", "--period", "1ms", "--inputs", str(given), "--outputs", str(taken)]
    assert called([*arguments, "--watch", "y,r,a,d,c,s,w,k"], monkeypatch) == 0
    assert taken.read_text(encoding="utf-8").splitlines() == [
        "scan,t_ns,y,r,a[0],a[1],d,c,s,w,k",
        "0,0,0.1,0.1,0,1,1005000000,1,hi,€,x",
        "1,1000000,0.2,0.2,0,2,1005000000,1,hi,€,x",
        "2,2000000,0.2,0.2,0,3,7,0,hi,€,y",
        "3,3000000,0.2,0.2,0,4,7,0,hi,€,y",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x,on\n1,1\n", ":1: the first column is 'x'; call it t_ns or scan"),
        ("", ":1: the first column is missing; call it t_ns or scan"),
        ("scan,xx\n1,1\n", "no variable 'xx' in the program; did you mean 'x'?"),
        ("scan,on\n1,2\n", ":2: 'on' is BOOL and cannot hold '2'"),
        ("scan,x\n1\n", ":2: 1 cells, the first line has 2; fill or remove some"),
        ("scan,x\n1,1\n1,2\n", ":3: 1 is not behind the row before; order the rows by time"),
        ("scan,x\none,1\n", ":2: 'one' is no whole number"),
    ],
)
def test_wrong_tables(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, given = tmp_path / "x.st", tmp_path / "in.csv"
    file.write_text(TABLE)
    given.write_text(content)
    assert called(["run", str(file), "--period", "1ms", "--inputs", str(given)], monkeypatch) == 2
    assert capsys.readouterr().err == (message if message[0] == "n" else f"{given}{message}") + "\n"


def test_check_of_a_folder_without_sources_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(["check", str(tmp_path)], monkeypatch) == 2
    assert f"no PLC source in {tmp_path}" in capsys.readouterr().err
