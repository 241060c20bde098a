"""The looper's rig: its program holds the angle and the tension where the manual mode does not."""

from pathlib import Path
from typing import Any

import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "looper"


def run(out: Path, scenario: str, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    return Run(open_rig(RIG, changes), Options(scenario=scenario, folder=out)).execute()


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


@pytest.mark.parametrize("scenario", ["speed_up", "skid_mark"])
def test_by_hand_the_tension_is_not_held(scenario: str, tmp_path: Path) -> None:
    """Speeds at their ratio and the torque of the steady point."""
    result = run(tmp_path, scenario, {"controller.MANUAL": 1})
    assert "T1" in {one["id"] for one in result["findings"] if one["verdict"] == "fail"}


def test_a_weak_strip_tears_and_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    result = run(tmp_path, "normal", {"plant.strength": 9e6})
    assert any("the strip tore between the stands" in str(one["reason"]) for one in result["findings"])
