import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hil.cli.plant import app
from hil.errors import InputError, RunError

ROOT = Path(__file__).parents[2]
BROKEN = "PLANT = 1 / 0\n"


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "plant_models")


def hil_plant(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def fault(*arguments: str) -> str:
    with pytest.raises(InputError) as error:
        hil_plant(*arguments)
    return str(error.value)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_list_names_the_plants_and_their_sets() -> None:
    line = "cstr                 exothermic stirred-tank reactor with a cooling jacket (mathworks, seborg)"
    assert line in hil_plant("list").stdout.splitlines()


def test_list_shows_the_others_beside_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plant_models").mkdir()
    for name, text in (("bad", BROKEN), ("cstr", (ROOT / "plant_models/reactors/cstr.py").read_text())):
        (tmp_path / "plant_models" / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"plant_models/bad.py:1: ZeroDivisionError: division by zero"):
        app(["list"], standalone_mode=False)
    assert capsys.readouterr().out.startswith("cstr ")


def test_show_has_equations_sources_signals_and_sets() -> None:
    shown = hil_plant("show", "cstr").stdout
    assert "source: MathWorks / Bequette 1998" in shown
    assert "left out: jacket dynamics" in shown
    assert "V dCA/dt        = F (CAf - CA) - V r" in shown
    assert "the rupture disc opened" in shown
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "Tc K 298.15 200 .. 400 temperature of the coolant in the jacket" in lines
    assert "E_R 8750.0 K" in lines


def test_run_writes_rows_that_read_back_to_the_bit(tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    settings = ["--set", "Tc=298", "--set", "Tc=310@10min", "--set", "CA=8"]
    done = hil_plant("run", "cstr", "--until", "1h", "--step", "1s", "--every", "10min", *settings, "--csv", str(file))
    rows = table(file.read_text())
    assert [*rows[0]][:3] == ["t", "Tc", "Tf"]
    assert [row["t"] for row in rows] == [repr(600.0 * n) for n in range(7)]
    assert [row["Tc"] for row in rows[:3]] == ["298.0", "310.0", "310.0"]
    assert float(rows[0]["CA"]) == 8.0
    assert all(repr(float(text)) == text for row in rows for text in row.values())
    assert done.stderr == "cstr: ran to the end, at t = 1h, in steps of 1s by rk4\n"


def test_run_on_standard_output_is_the_same_table(tmp_path: Path) -> None:
    what = ["run", "cstr", "--until", "10s", "--step", "1s", "--parameters", "seborg", "--solver", "euler"]
    hil_plant(*what, "--csv", str(tmp_path / "run.csv"))
    assert hil_plant(*what, "--csv", "-").stdout == (tmp_path / "run.csv").read_text()


def test_without_a_table_the_end_is_printed() -> None:
    lines = hil_plant("run", "cstr", "--until", "1min", "--step", "1s").stdout.splitlines()
    assert lines[0].split() == ["t", "60.0"]
    assert len(lines) == 10


def test_a_plant_that_shuts_itself_down_ends_the_table_there(tmp_path: Path) -> None:
    what = ["run", "cstr", "--until", "10h", "--step", "1s", "--every", "1h", "--set", "Tc=350"]
    done = hil_plant(*what, "--set", "T_max=330", "--csv", str(tmp_path / "run.csv"))
    rows = table((tmp_path / "run.csv").read_text())
    assert float(rows[-1]["T"]) == pytest.approx(330, abs=1e-9)
    assert float(rows[-1]["t"]) % 3600 > 0
    assert done.exit_code == 0
    assert done.stderr.startswith("cstr: shut itself down (the rupture disc opened: T reached T_max) at t = ")


def test_a_run_that_breaks_leaves_no_table_and_keeps_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    file.write_text("older")
    with pytest.raises(RunError, match="plant cstr diverged"):
        hil_plant(
            *["run", "cstr", "--until", "1h", "--step", "1min", "--csv", str(file)],
            *["--set", "k0=1e15", "--set", "T_max=1000"],
        )
    assert file.read_text() == "older"
    assert list(tmp_path.iterdir()) == [file]


def test_all_mistakes_of_a_command_line_come_at_once() -> None:
    assert fault("run", "cstr", "--until", "1", "--step", "1s", "--set", "Tc", "--set", "Tx=1") == (
        "--until: '1' is not a time; write a number and a unit (ns, us, ms, s, min, h, d), as 1h30min\n"
        "--set 'Tc': write NAME=VALUE or NAME=VALUE@TIME, as Tc=298.15@10min\n"
        "plant cstr has no signal 'Tx'; did you mean 'T'?"
    )
    assert "no plant 'cstx'" in fault("run", "cstx", "--until", "1h", "--step", "1s")


def test_a_million_steps_need_no_numba_once_compiled(tmp_path: Path) -> None:
    hil_plant("run", "cstr", "--until", "1s", "--step", "1s")
    code = (
        "import sys; from hil.cli.plant import app; app(sys.argv[1:], standalone_mode=False);"
        "sys.exit('numba' in sys.modules)"
    )
    what = ["run", "cstr", "--until", "1000000s", "--step", "1s", "--every", "1000s", "--csv", "-"]
    done = subprocess.run([sys.executable, "-c", code, *what], capture_output=True, text=True, env=os.environ, cwd=ROOT)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1002
