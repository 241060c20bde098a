"""The furnace keeps its balances, its slabs keep their order, and it fails as it says."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from hil.bench.plant_run import PlantRun, Run, Setting
from plant_models.furnaces._hearth import PLACES
from plant_models.furnaces.reheating_furnace import PLANT

SECOND, HOUR = 10**9, 3600 * 10**9
FIRED = {"fuel2": 60.0, "fuel3": 56.0, "fuel4": 36.7, "air2": 49.6, "air3": 46.4, "air4": 30.7}


def run(hours: float, step: int = SECOND, method: str = "ros2", **values: float) -> tuple[dict[str, Any], str]:
    """The columns of a run with a walk every 5 min, one row a minute, and why it ended."""
    settings = [Setting(name, value, 0, name) for name, value in (FIRED | {"walk_time": 300.0} | values).items()]
    until = round(hours * 60) * 60 * SECOND
    this = Run(PlantRun(plant=PLANT, settings=settings, until=until, step=step, every=60 * SECOND, method=method))
    rows = np.concatenate(list(this.portions()))
    return dict(zip(this.columns, rows.T, strict=True)), this.reason


@pytest.mark.parametrize(
    ("name", "value"), [("hot_share", 1.0), ("fan", 0.85), ("open_door", 1.0), ("stock", 0.0), ("jam", 1.0)]
)
def test_the_energy_balance_is_closed(name: str, value: float) -> None:
    found, _ = run(2, **{name: value})  # type: ignore[arg-type]
    assert found["used"][-1] > 1e11
    assert abs(found["closure"]).max() < 1e-10


@pytest.mark.parametrize("step", [2, 5])
def test_longer_steps_lose_no_energy_either(step: int) -> None:
    found, _ = run(3, step=step * SECOND)
    assert abs(found["closure"]).max() < 1e-10


def test_the_step_of_a_second_is_short_enough() -> None:
    """Without walks, which begin on a step."""
    coarse, fine = run(3, jam=1.0)[0], run(3, step=SECOND // 4, jam=1.0)[0]
    for name in ("TC1", "TC4", "door_skin", "hot_air", "flue"):
        assert coarse[name][-1] == pytest.approx(fine[name][-1], abs=0.5), name


def test_slabs_leave_in_the_order_in_which_they_came() -> None:
    found, _ = run(6)
    walks = found["moved"][-1]
    assert walks == 6 * 60 // 5 - 1  # the cycles begin one step apart
    assert found["dropped"][-1] == walks
    assert found["drop_age"][found["moved"] > PLACES] == pytest.approx(PLACES * 301 / 60, abs=0.1)


def test_a_place_that_was_left_empty_drops_nothing() -> None:
    found, _ = run(5, stock=0.0)
    assert found["moved"][-1] > PLACES == found["dropped"][-1]
    assert found["door_skin"][-1] == 0.0
    assert (np.diff(found["new_thickness"]) <= 0).all()


def test_jammed_beams_do_not_walk() -> None:
    found, _ = run(1, jam=1.0)
    assert found["moved"][-1] == 0
    assert found["busy"][-1] == 1


def test_less_air_than_the_fuel_needs_leaves_with_the_flue_and_explodes() -> None:
    found, reason = run(1, fan=0.9)
    assert not reason
    assert found["O2"][-1] < 0.3
    short, reason = run(1, fan=0.5)
    assert reason == "the flue exploded: too much unburnt fuel in it"
    assert short["unburnt"][-1] == pytest.approx(0.10, abs=0.001)


def test_the_heat_of_the_flame_is_the_fuels_less_what_is_unburnt() -> None:
    """Over the last hour: fuel = gain of slabs + flue + walls + skids; with the door open less is gained."""
    shut, opened = run(5)[0], run(5, open_door=1.0)[0]
    assert opened["used"][-1] == pytest.approx(shut["used"][-1], rel=1e-9)
    assert opened["gained"][-1] < shut["gained"][-1]
    assert 0.3 < (shut["gained"][-1] - shut["gained"][-61]) / (shut["used"][-1] - shut["used"][-61]) < 0.8


def test_more_preheated_air_means_a_hotter_furnace() -> None:
    ends = [run(4, air_ntu=share)[0]["TC3"][-1] for share in (0.0, 0.4, 0.8)]
    assert all(b > a + 20 for a, b in pairwise(ends))
