"""`hil run` as a person or a CI job meets it: what is printed, what is left, and the exit status."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hil.bench.link_parts import LINK_NAMES
from hil.bench.target_parts import TARGET_NAMES
from hil.cli import main
from hil.record import read
from tests.bench._tiny import Project, environment, tiny, written


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A small project, and we are in its folder."""
    monkeypatch.chdir(tmp_path)
    return tiny(tmp_path)


def hil(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command in this process; return its exit status."""
    monkeypatch.setattr(sys, "argv", ["hil", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


STATUS: dict[str, tuple[int, tuple[str, ...]]] = {
    "pass": (0, ()),
    "fail": (1, ("--set", "requirements.R1.high=2.0")),
    "inconc": (3, ("--clock", "x1000000")),
    "error": (4, ("--set", "plant.growth=10.0", "--set", "plant.rim=1e300")),
}


@pytest.mark.parametrize("verdict", STATUS)
def test_the_exit_status_says_the_verdict(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verdict: str
) -> None:
    project.change(project.plant, "0, 1e9, 10.0", "0, 1e300, 10.0")
    status, options = STATUS[verdict]
    assert hil(monkeypatch, "run", ".", *options) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"verdict {verdict}"
    assert written(project, "runs/tiny/step-0001")["verdict"] == verdict


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--set", "plant.leek=1"), "rig.toml:4: plant tank has no signal 'leek'; did you mean 'leak' or 'level'?"),
        (("--set", "plant.leak"), "--set plant.leak: write PATH=VALUE, as plant.Tf=300"),
        (("--scenario", "stp"), "rig tiny has no scenario 'stp'; did you mean 'step'?; it has step"),
        (("--link", "profibus"), f"no link 'profibus'; there are {', '.join(LINK_NAMES)}"),
        (("--target", "box"), f"no target 'box'; there are {', '.join(TARGET_NAMES)}"),
        (("--clock", "x0"), "no clock 'x0'; write virtual, wall, or xN with a whole N, as x10"),
        (("--clock", "fast"), "no clock 'fast'; write virtual, wall, or xN with a whole N, as x10"),
        (("--clock", "x1.5"), "no clock 'x1.5'; write virtual, wall, or xN with a whole N, as x10"),
        (("--out", "rig.toml/run"), "cannot make the run folder rig.toml/run: Not a directory; name one with --out"),
    ],
)
def test_what_cannot_be_run_is_one_sentence_and_leaves_nothing(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    sentence: str,
) -> None:
    assert hil(monkeypatch, "run", ".", *options) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", sentence + "\n")
    assert not (project.folder / "runs").exists()


def test_every_mistake_is_a_line_of_its_own(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.change(project.rig, "DIVISOR = 7", "DIVISOR = 7.5")
    project.change(project.rig, 'until = "5s"', 'until = "50s"')
    assert hil(monkeypatch, "rig", "check", ".") == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["rig.toml:21", "rig.toml:51"]


def test_a_sound_rig_is_described(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hil(monkeypatch, "rig", "check", ".") == 0
    assert capsys.readouterr().out == (
        "rig.toml: rig tiny is sound: plant tank, 1 blocks, program control, 4 wires, 1 scenarios, 2 requirements, "
        "steps of 100ms\n"
    )


def test_json_is_one_object_that_is_the_result(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hil(monkeypatch, "run", ".", "--json", "--out", "run", "--seed", "5") == 0
    said = capsys.readouterr()
    result: dict[str, Any] = json.loads(said.out)
    assert said.out == (project.folder / "run" / "result.json").read_text()
    assert (result["verdict"], result["seed"], result["steps"]) == ("pass", 5, 100)
    assert result["record"]["digest"] == read(project.folder / "run" / "record.mf4").digest
    for name in ("record", "result", "junit", "report"):
        assert Path(result["paths"][name]).is_file()


def test_set_reads_a_value_as_toml_or_as_text(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = ["title=Another tank", "scenarios.step.duration=6s", "plant.leak=0.2", "operator.level=1", "seed=9"]
    assert hil(monkeypatch, "run", ".", "--json", *(part for one in sets for part in ("--set", one))) in (0, 1)
    result = json.loads(capsys.readouterr().out)
    assert (result["title"], result["simulated_s"], result["seed"]) == ("Another tank", 6.0, 9)
    kept = read(result["paths"]["record"])
    assert kept["plant.outflow"][0] == 0.2
    assert kept["operator.level"][0] == 1.0


def test_run_folders_are_numbered(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        hil(monkeypatch, "run", ".")
    names = sorted(path.name for path in (project.folder / "runs" / "tiny").iterdir())
    assert names == ["step-0001", "step-0002", "step-0003"]


def test_json_has_no_word_for_what_is_no_number(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.change(project.plant, "y.outflow = p.leak", "y.outflow = (x.level - x.level) / (x.level - x.level)")
    project.change(project.rig, 'signal = "plant.level"\nhigh', 'signal = "plant.outflow"\nhigh')
    assert hil(monkeypatch, "run", ".", "--json") == 1
    result = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert (result["findings"][0]["margin"], result["findings"][0]["reason"]) == (None, "plant.outflow came to nan m/s")


def test_a_fault_of_the_bench_itself_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hil.cli.app", lambda: 1 // 0)
    assert hil(monkeypatch, "run", ".") == 4
    assert capsys.readouterr().err.endswith("\nZeroDivisionError: integer division or modulo by zero\n")


def test_a_warm_start_runs_without_the_compiler(project: Project) -> None:
    assert project.hil("run", ".").returncode == 0
    script = "import sys; from hil.cli import main\ntry: main()\nexcept SystemExit: print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script, "run", "."],
        cwd=project.folder,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == "False", done.stdout + done.stderr


LONG = ("--set", "record=1h", "--set", "scenarios.step.duration=1000000h")


def test_ctrl_c_keeps_the_record_up_to_then(project: Project) -> None:
    kept = project.folder / "run" / "record.mf4"
    command = project.command("run", ".", "--out", "run", *LONG)
    with subprocess.Popen(command, cwd=project.folder, env=environment(), stdout=subprocess.PIPE, text=True) as running:
        while not kept.exists() or kept.stat().st_size < 100_000:
            with pytest.raises(subprocess.TimeoutExpired):
                running.wait(0.01)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate()
    assert running.returncode == 3
    result, record = written(project), read(kept)
    assert (result["verdict"], result["ended"]) == ("inconc", "interrupted")
    assert [one["verdict"] for one in result["findings"]] == ["inconc"] * 3
    assert len(record.t) == result["record"]["rows"] > 100
    assert record.t[-1] <= result["simulated_s"] * 1e9
    assert out.splitlines()[-1] == "verdict inconc"


def test_a_full_disk_is_one_sentence_and_the_record_up_to_then_is_readable(project: Project) -> None:
    done = project.hil("run", ".", "--out", "run", "--set", "scenarios.step.duration=10h", limit="ulimit -f 300")
    record = read(project.folder / "run" / "record.mf4")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        f"cannot write record run/record.mf4: File too large; its first {len(record.t)} rows are kept and readable; "
        "make room or choose another folder\n"
    )
    assert record.t.tolist() == [100_000_000 * i for i in range(len(record.t))]
    assert len(record.t) > 1000
    assert [path.name for path in (project.folder / "run").iterdir()] == ["record.mf4"]
