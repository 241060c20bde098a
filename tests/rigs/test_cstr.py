"""The reactor's rig: its program holds what it has to hold, a detuned one does not, and the wire changes nothing."""

import random
from pathlib import Path
from typing import Any

import pytest

from hil.bench.compare import Difference, compare, wires
from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "cstr"
DETUNED = {"controller.TIC101_FACTOR": 0.1}


def run(out: Path, changes: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return Run(open_rig(RIG, changes), Options(folder=out, **options)).execute()


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    result = check_rig(RIG, scenario, tmp_path)
    assert all(finding["margin"] >= 0 for finding in result["findings"])
    report = (tmp_path / "report.html").read_text()
    assert all(finding["words"] in report for finding in result["findings"])


@pytest.mark.parametrize("seed", range(2, 6))
def test_the_verdict_does_not_hang_on_one_seed(seed: int, tmp_path: Path) -> None:
    assert run(tmp_path, scenario="day", seed=seed)["verdict"] == "pass"


@pytest.mark.parametrize("scenario", ["day", "unstable"])
def test_a_detuned_program_fails(scenario: str, tmp_path: Path) -> None:
    result = run(tmp_path, DETUNED, scenario=scenario)
    assert result["verdict"] == "fail"
    assert {"D2", "U1"} & {one["id"] for one in result["findings"] if one["margin"] < 0}


def test_a_late_bench_is_inconclusive_whether_the_program_is_good_or_bad(tmp_path: Path) -> None:
    for name, changes in (("good", {}), ("detuned", DETUNED)):
        result = run(tmp_path / name, changes, scenario="day", rate=10**9)
        assert result["loop"]["late"] > 0
        assert {one["verdict"] for one in result["findings"]} == {"inconc"}


def test_twenty_runs_in_a_shuffled_order_give_one_record_each(tmp_path: Path) -> None:
    asked = [(scenario, seed) for scenario in ("unstable", "blind") for seed in range(5)] * 2
    random.Random("shuffled").shuffle(asked)
    digests: dict[tuple[str, int], set[str]] = {}
    for number, (scenario, seed) in enumerate(asked):
        result = run(tmp_path / str(number), scenario=scenario, seed=seed)
        digests.setdefault((scenario, seed), set()).add(result["record"]["digest"])
    assert all(len(found) == 1 for found in digests.values())
    assert len(set.union(*digests.values())) == 10


@pytest.mark.parametrize("link", ["memory", "opcua", "modbus-tcp", "modbus-rtu", "can"])
def test_over_the_wire_the_verdict_and_every_tick_are_the_same(link: str) -> None:
    """The traces differ by 0 ticks: the fused program's answer is there at once, but acts by the same rule."""
    (row,) = compare(lambda: open_rig(RIG), Options("brief"), [("plc", link)])
    assert (row.link, row.verdict, row.same_verdict) == (link, "pass", True)
    assert (row.identical, row.difference) == (True, Difference(0, 0, "", 0.0))


def test_firmware_in_lockstep_gives_the_programs_record_to_the_byte(images: Path) -> None:
    """Double precision in software is rounded as the processor rounds it, and every operation is the program's."""
    (row,) = compare(lambda: open_rig(RIG), Options("brief"), [("firmware", None)])
    assert (row.link, row.verdict, row.same_verdict) == ("serial", "pass", True)
    assert (row.identical, row.difference) == (True, Difference(0, 0, "", 0.0))


def test_the_rig_knows_every_wire_but_frames_of_the_program() -> None:
    known = [("plc", one) for one in ("memory", "opcua", "modbus-tcp", "modbus-rtu", "can")]
    assert wires(open_rig(RIG)) == [*known, ("firmware", None)]
