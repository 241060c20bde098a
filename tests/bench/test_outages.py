"""A run on the wall clock whose wire is out: no pass, but for requirements that allow it."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ci.outages.sides import Far
from hil.bench.rig import open_rig
from hil.bench.run import Options, Progress, Run
from hil.record import read
from hil.targets import VirtualPlc

ROOT = Path(__file__).parents[2]
RIG = ROOT / "rigs" / "drive"
PROGRAM = ROOT / "controllers" / "plc" / "drive.st"
OUT_FROM = 300_000_000
Act = Callable[[Far, VirtualPlc], object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bus")


@pytest.fixture(scope="module")
def adapters(folder: Path) -> Iterator[Far]:
    with Far("adapters", str(folder / "near"), str(folder / "far")) as both:
        yield both


@pytest.fixture(scope="module")
def drive(adapters: Far, folder: Path) -> Iterator[VirtualPlc]:
    wiring = str(RIG / "can.toml")
    with VirtualPlc(PROGRAM, "wall", can=(f"slcan:{folder / 'far'}", wiring)) as plc:
        yield plc


def run(folder: Path, out: Path, once: Callable[[], object]) -> dict[str, Any]:
    """Run a second in real time; D1 and D2 are the same wide bound, and only D1 allows stale answers."""
    todo = [once]

    def watch(progress: Progress) -> None:
        if progress.simulated >= OUT_FROM and todo:
            todo.pop()()

    changes = {
        "links.can.bus": f"slcan:{folder / 'near'}", "links.can.external": True, "overruns.lateness": "1h",
        "requirements.D1.stale": 10**6, "requirements.D1.scenarios": ["brief"], "requirements.D2.stale": 0,
        "requirements.D2.signal": "plant.w", "requirements.D2.low": -400.0, "requirements.D2.high": 400.0,
    }  # fmt: skip
    options = Options(scenario="brief", link="can", rate=1, folder=out)
    return Run(open_rig(RIG, changes), options, watch).execute()


def kill(_: Far, plc: VirtualPlc) -> None:
    os.kill(plc.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("act", "most"),
    [
        (lambda adapters, _: adapters.say("cut"), 0),
        (lambda adapters, _: adapters.say("damage 1000"), 0),
        (lambda adapters, _: adapters.say("short"), 3),
        (kill, 0),
    ],
    ids=["wire cut", "receive errors", "bus-off", "server killed"],
)
def test_a_run_that_was_out_does_not_pass_unless_a_requirement_allows_it(
    act: Act, most: int, adapters: Far, drive: VirtualPlc, folder: Path, tmp_path: Path
) -> None:
    result = run(folder, tmp_path / "run", lambda: act(adapters, drive))
    for undo in ("mend", "damage 0", "whole"):
        adapters.say(undo)
    verdicts = {one["id"]: (one["verdict"], one["reason"]) for one in result["findings"]}
    assert verdicts["D1"] == ("pass", "")
    assert verdicts["D2"][0] == result["verdict"] == "inconc"
    assert "exchanges found the controller's answer stale in the window" in verdicts["D2"][1]
    kept = read(tmp_path / "run" / "record.mf4")
    assert (kept["link.bus"].max(), kept["link.stale"][-1] >= 50) == (most, True)
