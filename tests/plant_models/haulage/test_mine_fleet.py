"""The mine's fleet against closed forms: one truck, too many trucks, what must stay in step, what must not get lost."""

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hil.bench.plant_run import PlantRun, Run, Setting
from hil.bench.plants import load_plant
from plant_models.haulage._fleet import EDGES, EMPTY, LOADED, SHOVELS, haul_time, load_time, nearest_crusher
from plant_models.haulage._fleet import _home_of as home_of
from plant_models.haulage._fleet import _set_out as set_out

PLANT = load_plant("mine_fleet", Path(__file__).parents[3])
CERTAIN = {"spread": 0.0, "load_spread": 0.0, "truck_mtbf": 0.0, "shovel_mtbf": 0.0, "tank_low": 0.0, "tank_size": 1e5}
HOUR = 3600.0


def ran(hours: float, pit: str, *late: tuple[str, float, float], step: float = 1.0, **values: float) -> dict[str, Any]:
    """The rows of every five minutes of a run; `late` are settings at an hour."""
    settings = [Setting(name, value, 0, name) for name, value in values.items()]
    settings += [Setting(name, value, round(at * HOUR * 1e9), name) for name, value, at in late]
    what = PlantRun(plant=PLANT, until=round(hours * HOUR * 1e9), step=round(step * 1e9), every=300 * 10**9,
                    settings=settings, parameter_set=pit)  # fmt: skip
    run = Run(what)
    return dict(zip(run.columns, np.concatenate(list(run.portions())).T, strict=True))


def parameters(pit: str) -> Any:
    memory = PLANT.memory(pit)["parameters"]
    return SimpleNamespace(**{name: memory[name][0] for name in memory.dtype.names or ()})


@pytest.mark.parametrize("pit", PLANT.sets)
@pytest.mark.parametrize("step", [1.0, 10.0, 60.0])
def test_one_truck_brings_a_payload_in_each_cycle_whatever_the_step(pit: str, step: float) -> None:
    p = parameters(pit)
    s = 0
    seen = ran(8, pit, step=step, trucks=1, to_shovel1=1.0, to_shovel2=1.0, **CERTAIN)
    own = nearest_crusher(p, home_of(p, np.zeros(SHOVELS)))  # it begins behind that one, and then goes to the first
    cycle = haul_time(p, s, 0, False) + load_time(p, s) + haul_time(p, s, 0, True) + p.dump
    late = haul_time(p, s, own, False) - haul_time(p, s, 0, False)
    assert seen["dumped"][-1] == pytest.approx(p.payload * math.floor((8 * HOUR - late) / cycle), abs=1e-9)
    assert seen["waited"][-1] == 0


def test_a_haul_takes_its_lengths_over_the_speeds_that_grade_and_limit_allow() -> None:
    """Deep pit, shovel 1, crusher 1: 600 m and 500 m at 11 m/s, 2200 m of 9 % up by power, down at 8 m/s."""
    p = parameters("deep")
    climb = 0.85 * 1976e3 / (392e3 * 9.81 * (0.09 + 0.02))
    assert haul_time(p, 0, 0, True) == pytest.approx(600 / 11 + 2200 / climb + 500 / 11, rel=1e-12)
    assert haul_time(p, 0, 0, False) == pytest.approx(600 / 11 + 2200 / 8 + 500 / 11, rel=1e-12)
    assert haul_time(p, 0, 1, True) == pytest.approx(600 / 11 + 2200 / climb + (900 + 800) / 11, rel=1e-12)


def test_with_more_trucks_than_it_can_load_a_shovel_is_never_idle() -> None:
    """After the first truck came, each shovel loads every load time: the plan's bound, within a truck."""
    big = {"crusher_rate": 100.0, "hopper_size": 1e4, "trucks": 100, "dump": 20.0, "headway": 0.0, "stagger": 1.0}
    seen = ran(8, "compact", **CERTAIN, **big)
    p = parameters("compact")
    rate = sum(1 / load_time(p, s) for s in range(SHOVELS))
    hours = slice(24, 96)
    exact = rate * 300 * np.arange(72)
    assert seen["loads"][hours] - seen["loads"][24] == pytest.approx(exact, abs=SHOVELS)


@pytest.mark.parametrize("trucks", [4, 10, 16])
def test_no_fleet_beats_its_shovels_or_its_cycle(trucks: int) -> None:
    p = parameters("compact")
    seen = ran(8, "compact", **CERTAIN, trucks=trucks)
    cycles = [haul_time(p, s, c, True) + haul_time(p, s, c, False) + load_time(p, s) + p.dump
              for s in range(SHOVELS) for c in range(2)]  # fmt: skip
    bound = 8 * HOUR * min(trucks / min(cycles), sum(1 / load_time(p, s) for s in range(SHOVELS)))
    assert 0.6 * bound < seen["loads"][-1] <= bound + SHOVELS


def test_where_nobody_passes_a_fast_truck_stays_a_headway_behind_a_slow_one() -> None:
    p = parameters("deep")
    p.phase, p.leg, p.shovel, p.crusher = [LOADED] * 2, [1] * 2, [0] * 2, [0] * 2
    p.due, p.last, p.random = [0.0] * 2, np.full((EDGES, 2), -1e300), np.arange(1, 3, dtype="u8")
    p.spread = 0.0
    u = SimpleNamespace(rain=0.5)
    with np.errstate(over="ignore"):
        set_out(p, u, 0, 0.0)
        u.rain = 0.0
        set_out(p, u, 1, 10.0)
        assert p.due[1] == p.due[0] + 8.0
        p.phase[1] = EMPTY
        set_out(p, u, 1, 10.0)
    assert p.due[1] == pytest.approx(10.0 + 2200 / 8.0)


def test_tonnes_and_litres_are_closed_with_400_trucks_for_a_day() -> None:
    seen = ran(24, "far", trucks=400, step=5.0)
    assert np.abs(seen["closure"]).max() < 1e-6
    assert np.abs(seen["fuel_closure"]).max() < 1e-3
    assert seen["breakdowns"][-1] > 10
    assert seen["on_road"].max() < 400 * 227 * 1.2
    content = seen["hopper1"] + seen["hopper2"]
    assert content == pytest.approx(20 + seen["dumped"] - seen["crushed[0]"] - seen["crushed[1]"], abs=1e-6)


def test_a_stopped_shovel_loads_nobody_and_its_trucks_wait() -> None:
    seen = ran(6, "deep", ("shovel_down1", 1.0, 2.0), ("shovel_down1", 0.0, 4.0), **CERTAIN)
    at = {hour: int(hour * 12) for hour in (3, 4, 5)}
    assert seen["free_in1"][at[3]] == 1e4
    assert seen["queue1"][at[4]] >= 4
    assert seen["queue1"][at[5] + 6] < seen["queue1"][at[4]]


def test_a_full_hopper_takes_no_load_and_a_stopped_crusher_crushes_nothing() -> None:
    seen = ran(4, "deep", ("crusher_down1", 1.0, 1.0), **CERTAIN)
    assert seen["hopper1"].max() <= 500.0
    stopped = seen["crushed[0]"][12:]
    assert stopped == pytest.approx(stopped[0])


def test_who_hears_no_dispatcher_keeps_to_the_plan() -> None:
    asked = {"to_shovel1": 4.0, "to_shovel2": 4.0}
    plan, deaf, sent = (ran(3, "deep", **values) for values in ({}, {**asked, "radio": 0.0}, asked))
    assert deaf["dumped"] == pytest.approx(plan["dumped"], abs=0)
    assert sent["queue4"].max() > 12


def test_seeds_differ_and_repeat() -> None:
    one, again, other = (ran(8, "compact", seed=seed)["dumped"][-1] for seed in (5, 5, 6))
    assert one == again != other
