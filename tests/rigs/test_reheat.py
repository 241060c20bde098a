"""The reheating furnace's rig: its program keeps every requirement, and predictive set-points save fuel."""

from pathlib import Path

import pytest

from controllers.design import furnace_study
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "reheat"


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


def test_predictive_set_points_take_5_percent_less_fuel_for_slabs_as_warm_and_as_even() -> None:
    """One charge, against the fixed set-points of the rig; they are not the best ones, which the study looks for."""
    rig, _ = furnace_study.opened("mixed", predictive=True)
    predictive, fixed = (furnace_study.day(rig, 11, values) for values in ({}, {"operator.PREDICTIVE": 0.0}))
    assert predictive.admitted
    assert fixed.admitted
    assert predictive.fuel < 0.95 * fixed.fuel


@pytest.mark.slow
def test_the_best_fixed_set_points_in_hindsight_take_more() -> None:
    saving, _ = furnace_study.compare("mixed", furnace_study.SEEDS[0])
    assert saving > 5.0
