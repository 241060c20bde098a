"""Van de Vusse's rig: every requirement, and what the schedule and the Smith predictor are for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.record import read
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "vandevusse"


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_every_requirement_is_kept(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


def failed(scenario: str, out: Path) -> set[str]:
    """The requirements that are not kept when the program's PI controllers are in charge instead."""
    rig = open_rig(RIG)
    events = rig.file.scenarios[scenario].events
    at = next(i for i, one in enumerate(events) if one.set == "operator.MODE")
    changes: dict[str, Any] = {f"scenarios.{scenario}.events.{at}.value": 0.0}
    result = Run(open_rig(RIG, changes), Options(scenario=scenario, folder=out)).execute()
    return {one["id"] for one in result["findings"] if one["verdict"] == "fail"}


def test_with_one_gain_for_both_sides_the_flow_runs_to_its_limit_and_stays(tmp_path: Path) -> None:
    """Beyond the maximum the feedback is positive: more flow for more product, which brings less."""
    assert {"C1", "C3", "C6"} <= failed("crossing", tmp_path)
    assert read(tmp_path / "record.mf4")["plant.F"][3600:].min() > 33 / 3600


def test_behind_the_sample_line_the_pi_controllers_swing(tmp_path: Path) -> None:
    assert {"L1", "L2"} == failed("late", tmp_path)


def test_predictive_control_has_the_least_error_of_the_product(tmp_path: Path) -> None:
    """Integrated absolute error of cB through both steps and the thinner feed."""
    errors = {}
    for name in ("pi", "lqi", "mpc"):
        check_rig(RIG, name, tmp_path / name)
        found = read(tmp_path / name / "record.mf4")
        errors[name] = np.abs(found["plant.cB"] - found["operator.CB_SP"])[3600:9000].sum()
    assert errors["mpc"] < errors["lqi"] < errors["pi"]
