"""Against closed forms of consecutive-competitive kinetics, balances by hand, and steady states by another program.

The closed forms are those of A + B -> C, C + B -> D, D + B -> E with rates k1 : k2 : k3, in which B's amount and the
temperature cancel. `Unit` below is written anew from the equations, in vectors, and is solved with scipy.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, root

from hil.bench.plant_run import PlantRun, Run, setting
from hil.bench.plants import load_plant
from hil.blocks import ParameterSet
from hil.loop import Step, call_block
from plant_models.reactors import ethylenediamine as eda

PLANT = load_plant("ethylenediamine", Path(__file__).parents[3])
SECOND, HOUR = 10**9, 3600 * 10**9
HEAT = 105e6  # J/kmol of EO
OXYGEN = np.array([0, 1, 1, 1, 2, 3, 0, 0, 0])
Vector = np.ndarray[Any, Any]


def run(until: int, *settings: str, values: dict[str, Any] | None = None) -> tuple[Run, dict[str, Vector]]:
    """A run, from the declared values but for some."""
    plant = replace(PLANT, sets={"this": ParameterSet(words="this", source="test", values=values or {})})
    what = [setting(each) for each in settings]
    every = 60 * SECOND
    found = Run(PlantRun(plant=plant, until=until, step=SECOND, every=every, settings=what, parameter_set="this"))
    rows = np.concatenate(list(found.portions()))
    return found, dict(zip(found.columns, rows.T, strict=True))


def batch(nh3: float, eo: float, **values: Any) -> dict[str, float]:
    """What an hour makes of ammonia and EO without water in unit 1, which nothing leaves."""
    n = (nh3, eo) + (0.0,) * 7 + tuple(PLANT.memory()["state"]["n"][0][9:])
    shut = dict.fromkeys(("aq", "eo1", "eo2", "cool1"), 0.0) | {"F": (0.0,) * 3, "w": (0.0,) * 5}
    alone = {"n": n, "H": (0.0,) * 5, "V": (9.0, 1.7, 1.7, 6.0, 6.0), "P_relief": 1e5}
    *_, columns = run(HOUR, values={**alone, **shut, **values})
    return {name: float(column[-1]) for name, column in columns.items()}


@pytest.mark.parametrize("eo", [1.0, 5.0, 10.0])
def test_a_batch_without_water_has_the_selectivity_of_the_closed_form(eo: float) -> None:
    end, k2, k3 = batch(20.0, eo), 7.2, 16.0
    x = end["n[0]"] / 20.0
    mea = (x - x**k2) / (k2 - 1)
    dea = k2 / (k2 - 1) * ((x - x**k3) / (k3 - 1) - (x**k2 - x**k3) / (k3 - k2))
    assert end["n[3]"] / 20.0 == pytest.approx(mea, rel=1e-5)
    assert end["n[4]"] / 20.0 == pytest.approx(dea, rel=1e-5)
    assert end["n[5]"] / 20.0 == pytest.approx(1 - x - mea - dea, abs=1e-6)


def test_a_batch_without_cooling_rises_by_the_heat_over_the_capacity_of_the_products() -> None:
    end = batch(20.0, 2.0, UA=(0.0, 25e3, 15e3, 60e3, 15e3))
    amounts = np.array([end[f"n[{j}]"] for j in range(9)])
    reacted = 2.0 - amounts[eda.EO]
    assert end["T1"] - 298.15 == pytest.approx(HEAT * reacted / (amounts @ eda.CP), rel=1e-9)
    assert end["mtsr1"] == pytest.approx(end["T1"] + HEAT * amounts[eda.EO] / (amounts @ eda.CP), rel=1e-9)


def test_water_s_share_in_the_published_rates() -> None:
    """In pure water, 55.3 mol/l, nearly the ratios known from dilute solutions; at 80 degC and 20 mol/l by hand."""
    p = PLANT.memory()["parameters"][0]
    k1, k2, k3, *_ = eda._constants(p, 298.15, 55.3, False)
    assert (k2 / k1, k3 / k1) == pytest.approx((4.88, 3.83), abs=0.01)
    assert eda._constants(p, 353.15, 20.0, False)[0] * 60 == pytest.approx(0.0255, abs=1e-4)  # l/mol/min


def test_reactions_keep_nitrogen_c2_units_oxygen_and_mass() -> None:
    for kept in (eda.NITROGEN, eda.C2, OXYGEN):
        assert (eda.NU @ kept == 0).all()
    assert np.abs(eda.NU @ eda.M).max() < 2e-3


@dataclass(frozen=True)
class Unit:
    """Unit 1 alone, without its coil: feeds in kg/s, the aqueous ammonia at `T_in`."""

    aq: float
    eo: float
    T_in: float

    @property
    def feed(self) -> Vector:
        """NH3, EO, H2O, MEA, DEA, TEA, kmol/s."""
        return np.array([self.aq * 0.45 / 17.031, self.eo / 44.053, self.aq * 0.55 / 18.015, 0, 0, 0])

    def balances(self, n: Vector, T: float) -> Vector:
        """Net kmol/s of the six."""
        V = n @ eda.VM[:6]
        w = n[2] / V
        k1 = (41 + 4 * w**2) * 100 * np.exp(-11000 / 1.987 / T) / 60
        r = np.array([k1 * n[0], (7.2 - 0.042 * w) * k1 * n[3], (16 - 0.22 * w) * k1 * n[4]]) * n[1] / V
        made = np.array([-r[0], -r.sum(), 0, r[0] - r[1], r[1] - r[2], r[2]])
        return np.asarray(self.feed + made - n * (1 - 1.7 / V) / 2.0)

    def content(self, T: float) -> Vector:
        """What is steady at a temperature."""
        n = self.feed * 300
        for warm in np.linspace(260.0, T, 30):  # from where nothing reacts, step by step
            n = root(self.balances, n, args=(warm,), method="lm", options={"xtol": 1e-14, "ftol": 1e-14}).x
        return np.asarray(n)

    def surplus(self, T: float) -> float:
        """Watts that are too many at a temperature."""
        n = self.content(T)
        out = n * (1 - 1.7 / (n @ eda.VM[:6])) / 2.0
        reacted = out[3] + 2 * out[4] + 3 * out[5]
        comes = (self.feed[[0, 2]] @ eda.CP[[0, 2]]) * (self.T_in - 298.15)
        return float(comes + self.feed[1] * eda.CP[1] * -10.0 + HEAT * reacted - (out @ eda.CP[:6]) * (T - 298.15))


COLD = {**PLANT.sets["uncooled"].values, "P_relief": 2e4}
IGNITED = {"eo1": 0.88106, "eo2": 0.0, "cool1": 0.0, "steam": 0.0, "T_aq": 283.15, "Th": 283.15, "P_relief": 2e4}
UNCOOLED = Unit(8.0 * 0.473083333, 0.88106, 283.15)


def test_uncooled_it_has_three_steady_states_and_the_middle_one_is_unstable() -> None:
    """Van Heerden's criterion: where the heat released rises faster with temperature than the heat taken away."""
    cold, middle, hot = (brentq(UNCOOLED.surplus, *span, xtol=1e-9) for span in ((284, 300), (300, 340), (370, 400)))
    slopes = [UNCOOLED.surplus(T + 0.1) - UNCOOLED.surplus(T - 0.1) for T in (cold, middle, hot)]
    assert [slope > 0 for slope in slopes] == [False, True, False]
    *_, from_cold = run(8 * HOUR, values=COLD)
    assert from_cold["T1"][-1] == pytest.approx(cold, abs=1e-5)
    *_, from_hot = run(8 * HOUR, values=IGNITED)
    assert from_hot["T1"][-1] == pytest.approx(hot, abs=1e-5)
    assert (cold, middle, hot) == pytest.approx((292.8186, 312.6128, 389.6272), abs=0.01)


def test_cold_it_gathers_eo_and_only_looks_safe() -> None:
    *_, cold = run(8 * HOUR, values=COLD)
    *_, running = run(HOUR)
    assert cold["T1"][-1] < 293
    assert cold["mtsr1"][-1] - cold["T1"][-1] > 100
    assert running["mtsr1"][-1] - running["T1"][-1] < 8


def test_the_running_state_is_steady_and_unit_1_balanced_by_another_program() -> None:
    memory, dx = PLANT.memory("running"), PLANT.state.new()
    p, x, u = (memory[role] for role in ("parameters", "state", "inputs"))
    assert call_block(Step("derivative", PLANT.derivative_kernel.address, 0, p, x, u, dx), 0) == 0
    assert np.abs(dx["n"][0]).max() < 1e-6  # kmol/s, of 0.1
    assert np.abs(dx["H"][0]).max() < 1.0  # of 2 MW
    n = memory["state"]["n"][0][:6]
    assert np.abs(Unit(8.0 * 0.473083333, 0.528636, 328.15).balances(n, 368.15)).max() < 1e-7


def test_a_stirred_reactor_s_selectivity_is_the_closed_form() -> None:
    """With y = k1 [EO] tau = NH3 in / NH3 out - 1: MEA out = y NH3 out / (1 + y k2/k1)."""
    n = PLANT.memory("running")["state"]["n"][0][:9]
    V = n @ eda.VM
    out = n * (1 - 1.7 / V) / 2.0
    y = 8.0 * 0.473083333 * 0.45 / 17.031 / out[eda.NH3] - 1
    assert out[eda.MEA] == pytest.approx(y * out[eda.NH3] / (1 + y * (7.2 - 0.042 * n[eda.H2O] / V)), rel=1e-6)


def test_nitrogen_c2_units_and_energy_are_closed_through_upsets() -> None:
    upset = ("aq=0.3@10min", "T_water=305@20min", "cool2=0.3@30min", "x_nh3=0.4@40min", "oil4=0.2@50min")
    *_, columns = run(2 * HOUR, *upset)
    assert max(np.abs(columns["closure_N"]).max(), np.abs(columns["closure_C2"]).max()) < 1e-9
    assert np.abs(columns["closure"]).max() < 1e-6
    assert np.ptp(columns["T1"]) > 5


@pytest.mark.parametrize(("upset", "minutes"), [("water_supply=0", 18), ("aq_supply=0.3", 20)])
def test_without_water_or_ammonia_the_relief_valve_opens(upset: str, minutes: int) -> None:
    found, _ = run(HOUR, upset)
    assert found.reason == PLANT.trips["relief"].words
    assert found.ended / (60 * SECOND) == pytest.approx(minutes, abs=2)


def test_pure_ammonia_and_pure_water_boil_where_they_do() -> None:
    """239.8 K and 373.15 K at 101.3 kPa, CRC Handbook of Chemistry and Physics."""
    for j, T in ((eda.NH3, 239.8), (eda.H2O, 373.15), (eda.EO, 283.85)):
        memory = PLANT.memory("running")
        memory["state"]["n"][0][:9] = np.eye(9)[j]
        assert eda._pressure(memory["state"][0], 0, T) == pytest.approx(101.3, rel=0.01)
