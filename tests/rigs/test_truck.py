"""The unmanned truck: every scenario passes, each path follower keeps the road, and 1,000 stops are swept."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from controllers.design import truck_sweep
from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.record import read
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "truck"


def run(out: Path, changes: dict[str, Any], **options: Any) -> dict[str, Any]:
    return Run(open_rig(RIG, changes), Options(folder=out, **options)).execute()


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


@pytest.mark.parametrize("scenario", ["haul", "obstacle", "pose_drift", "person"])
def test_the_verdict_does_not_hang_on_one_seed(scenario: str, tmp_path: Path) -> None:
    for seed in range(2, 6):
        assert run(tmp_path / str(seed), {}, scenario=scenario, seed=seed)["verdict"] == "pass"


@pytest.mark.parametrize(
    ("follower", "most"), [("pure_pursuit", 1.5), ("stanley", 1.8), ("lqr_path", 0.8), ("mpc_path", 0.8)]
)
def test_each_follower_brings_the_truck_to_the_crusher(follower: str, most: float, tmp_path: Path) -> None:
    run(tmp_path, {"blocks.STEER.model": f"strategies.{follower}"}, scenario="haul")
    record = read(tmp_path / "record.mf4")
    assert record["plant.s"][-1] == pytest.approx(1600, abs=15)
    assert np.abs(record["plant.e"]).max() < most


@pytest.mark.parametrize(
    ("scenario", "changes", "broken"),
    [
        ("person", {"plant.brake_force": 1e5}, "O1"),
        ("late", {"PLAN.margin": 0.0, "PLAN.gentle": 3.0, "PLAN.mu": 1.2, "plant.mu": 0.1}, "O1"),
        ("haul", {"PLAN.lateral": 5.0}, "L1"),
    ],
)
def test_a_truck_that_is_worse_than_reckoned_fails(
    scenario: str, changes: dict[str, Any], broken: str, tmp_path: Path
) -> None:
    result = run(tmp_path, changes, scenario=scenario)
    assert result["verdict"] == "fail"
    assert broken in {one["id"] for one in result["findings"] if one["verdict"] != "pass"}


def test_a_stop_on_a_steep_wet_fall_is_short_of_the_machine() -> None:
    rig = open_rig(RIG, dict(truck_sweep.STRAIGHT))
    assert truck_sweep.stop(rig, -0.12, 227.0, 0.3).short
    ice = truck_sweep.stop(rig, -0.12, 227.0, 0.1)
    assert ice.struck
    assert not ice.short


@pytest.mark.slow
def test_a_thousand_stops_are_short_wherever_friction_is_at_least_what_the_planner_reckons_with() -> None:
    """Below, the corners where it cannot are named: ice and a steep fall, or a rise on which the wheels spin."""
    stops = list(truck_sweep.sweep())
    assert len(stops) == 1000
    assert all(one.short and one.came for one in stops if one.friction >= 0.3)
    named = list(truck_sweep.corners(stops))
    assert named[0] == "friction 0.1, grade -12.0 %: payload 0 to 227 t"
    assert all(abs(one.grade) > 0.06 and one.friction <= 0.2 for one in stops if not one.short)


def findings(result: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in result["findings"]}


def test_over_j1939_the_verdict_is_the_same_and_what_is_rounded_on_the_wire_is_all_that_differs(tmp_path: Path) -> None:
    fused = run(tmp_path / "fused", {}, scenario="brief")
    wired = [run(tmp_path / str(k), {}, scenario="brief", link="can") for k in range(2)]
    assert findings(wired[0]) == findings(fused)
    assert wired[0]["record"]["digest"] == wired[1]["record"]["digest"]
    assert wired[0]["link_health"]["facts"] == {"address": "33", "controller's address": "39"}
    speeds = [read(tmp_path / where / "record.mf4")["plant.v"] for where in ("fused", "0")]
    assert 0 < np.abs(speeds[0] - speeds[1]).max() < 0.01


@pytest.mark.usefixtures("images")
def test_the_firmware_in_lockstep_passes_twice_with_one_record(tmp_path: Path) -> None:
    fused = run(tmp_path / "fused", {}, scenario="brief")
    results = [run(tmp_path / str(k), {}, scenario="brief", target="firmware") for k in range(2)]
    assert results[0]["record"]["digest"] == results[1]["record"]["digest"]
    assert findings(results[0]) == findings(fused)


@pytest.mark.usefixtures("images")
def test_the_firmware_in_qemu_keeps_every_requirement(tmp_path: Path) -> None:
    """On the wall clock a busy machine makes findings inconclusive, and never a failure."""
    result = run(tmp_path, {}, scenario="brief", target="firmware", rate=1)
    assert all(one["margin"] >= 0 and one["verdict"] in ("pass", "inconc") for one in result["findings"])
    assert result["link_health"]["facts"]["controller's address"] == "39"
