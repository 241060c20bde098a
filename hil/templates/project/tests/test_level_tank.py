from math import sqrt
from pathlib import Path

import pytest
from plant_models.level_tank import GRAVITY, PLANT

from hil.bench.plant_run import PlantRun, Run, setting
from hil.testing import check_plant, check_rig, scenarios

RIG = Path(__file__).parents[1] / "rigs" / "level_tank"
SECOND = 1_000_000_000  # ns


def run(until: int, *settings: str) -> Run:
    moved = [setting(text) for text in settings]
    return Run(PlantRun(plant=PLANT, until=until, step=SECOND, every=SECOND, settings=moved))


def test_the_plant_keeps_what_every_plant_must():
    check_plant(PLANT)


def test_an_idle_tank_drains_as_torricelli_says():
    *_, rows = run(100 * SECOND, "h=1.0").portions()
    t, level = rows[-1][0], rows[-1][2]
    assert level == pytest.approx((1.0 - 0.002 * sqrt(GRAVITY / 2) * t) ** 2, rel=1e-9)


def test_a_tank_that_runs_over_shuts_itself_down():
    full = run(3600 * SECOND, "q_in=0.5")
    *_, rows = full.portions()
    assert full.reason == "the tank ran over"
    assert rows[-1][2] == pytest.approx(2.0, rel=1e-9)


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_holds_the_level(scenario, tmp_path):
    check_rig(RIG, scenario, tmp_path / "run")
