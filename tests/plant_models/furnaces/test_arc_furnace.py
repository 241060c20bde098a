"""The arc furnace against its circuit in closed form, its balances, and the ways in which it fails."""

import math
from typing import Any

import numpy as np
import pytest

from hil.bench.plant_run import PlantRun, Run, Setting
from plant_models.furnaces.arc_furnace import PLANT

MS = 10**6


def run(seconds: int, **values: float) -> tuple[dict[str, Any], str]:
    """The columns of a run in steps of 50 ms, one row a second, and why it ended."""
    settings = [Setting(name, value, 0, name) for name, value in values.items()]
    what = PlantRun(plant=PLANT, settings=settings, until=seconds * 1000 * MS, step=50 * MS, every=1000 * MS)
    this = Run(what)
    rows = np.concatenate(list(this.portions()))
    return dict(zip(this.columns, rows.T, strict=True)), this.reason


def test_the_currents_solve_the_circuit() -> None:
    """(U + R I)^2 + (X I)^2 = V^2, with U = a + b l, on a phase that burns."""
    found, _ = run(10, tap=6, bore=1e14)
    V = (500 + 60 * 5) / math.sqrt(3)
    I, U = found["I1"] * 1000, 40 + 1150 * np.maximum(found["l1"], 0)  # noqa: E741 - the current
    assert I.min() > 1e4
    assert np.hypot(U + 0.4e-3 * I, 3.2e-3 * I) == pytest.approx(V, rel=1e-9)
    assert found["V1"] == pytest.approx(U, rel=1e-12)


def test_an_electrode_on_the_scrap_is_a_short_circuit() -> None:
    found, _ = run(12, drive1=-20, bore=1e14)
    at = int(np.argmax(found["l1"] <= 0))
    assert at > 0
    assert found["I1"][at] > 1.2 * found["I1"][0]
    assert found["V1"][at] == 40.0


def test_an_arc_that_gets_too_long_goes_out() -> None:
    found, _ = run(20, drive2=50, bore=1e14)
    assert found["I2"][0] > 1e1
    assert found["I2"][-1] == 0
    assert found["I1"][-1] > 0


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"oxygen": 2.0, "coke": 0.8, "fan": 20.0},
        {"charge": 1.0, "breaker": 0.0, "z": 6.0},
        {"coke": 0.0, "carbon": 5.0},
    ],
    ids=["normal", "foaming", "charging", "little carbon"],
)
def test_mass_and_energy_are_closed(case: Any) -> None:
    found, reason = run(600, **case)
    assert not reason
    assert abs(found["closure"]).max() < 1e-9
    assert abs(found["mass_closure"]).max() < 1e-9


def test_a_basket_brings_what_is_in_it() -> None:
    found, _ = run(60, charge=1.0, breaker=0.0, basket=30e3, oxygen=0.0, coke=0.0, z=6.0)
    whole = found["scrap"] + found["steel"]
    assert whole[-1] - whole[0] == pytest.approx(30e3, rel=1e-9)


def test_carbon_burns_to_co_and_its_heat_is_that_of_the_tables() -> None:
    """With no arc, scrap, fan heat or loss the bath gains 110.5 kJ a mole of C, less what the CO takes with it."""
    off = {"breaker": 0.0, "scrap": 0.0, "Es": 0.0, "lost": 0.0, "coke": 0.0, "lime": 0.0, "carbon_half": 1.0}
    found, _ = run(10, **off, oxygen=1.0, carbon=2000.0, c_gas=500.0)
    burnt = (found["carbon"][0] - found["carbon"][-1]) / 0.012011
    oxidised = (found["FeO"][-1] - found["FeO"][0]) / 0.071844
    assert burnt + oxidised == pytest.approx(10 / 0.015999, rel=1e-6)
    warm = found["bath"].mean() - 25.0
    gained = burnt * 110.5e3 + oxidised * 272.0e3 - burnt * 0.02801 * 500.0 * warm
    assert found["Eb"][-1] - found["Eb"][0] == pytest.approx(gained, rel=1e-4)


def test_scrap_caves_in_and_the_seed_says_when() -> None:
    one, same, other = (run(300, bored=0.6, seed=seed)[0]["l1"] for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_an_electrode_pressed_into_scrap_breaks() -> None:
    _, reason = run(60, drive1=-100)
    assert reason == "an electrode broke: it was pressed too deep into scrap"


def test_a_bare_arc_without_water_bursts_a_panel() -> None:
    _, reason = run(900, scrap=100.0, Es=4e4, bored=1.0, z=0.4, water=0.0, tap=7, oxygen=0.0, coke=0.0)
    assert reason == "a panel burst: it got hotter than it bears"
