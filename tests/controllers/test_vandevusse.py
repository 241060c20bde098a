"""The strategies of van de Vusse's reactor: tables as derived, margins, closed forms, the Smith predictor's promise."""

from pathlib import Path

import numpy as np
import pytest

from controllers.design import linear, tables, vandevusse
from controllers.strategies._vandevusse import flow_for, steady
from controllers.strategies.schedule_vandevusse import FLOWS, GAINS
from hil.bench.library import find_block
from hil.blocks import Block
from hil.testing import Alone

ROOT = Path(__file__).parents[2]
PERIOD = 20_000_000_000
HOUR = 3600.0
T = 387.3410844206  # K, set optimum


def strategy(name: str) -> Block:
    return find_block(f"strategies.{name}", None, ROOT)


def test_the_strategies_have_the_tables_that_are_derived() -> None:
    assert tables.different(vandevusse.derive(), vandevusse.written()) == []


@pytest.mark.parametrize("name", ["pi", "lqi_vandevusse", "mpc_vandevusse"])
def test_every_loop_is_stable_with_a_peak_of_sensitivity_below_1_76(name: str) -> None:
    found = linear.margins(*vandevusse.loops()[name])
    assert found.stable
    assert max(found.peak, found.input_peak) < 1.76


def test_the_schedule_and_the_smith_predictor_are_robust_and_the_pi_controller_alone_is_not() -> None:
    found = {name: linear.margins(*loop) for name, loop in vandevusse.single().items()}
    alone = found.pop("the same PI, late")
    assert alone.peak > 4
    for name, margins in found.items():
        assert margins.stable, name
        assert margins.peak < 1.7, name


def test_the_closed_forms_rest_where_the_plant_rests() -> None:
    """Flow, temperature and concentrations of both published points."""
    for chosen in ("optimum", "hot"):
        memory = vandevusse.plant().memory(chosen)
        flow, temperature = vandevusse.rest(chosen)
        state = memory["state"]
        assert steady(flow, temperature, 5.1) == pytest.approx((state["cA"][0], state["cB"][0]), rel=1e-8)


@pytest.mark.parametrize("high", [0.0, 1.0])
def test_the_flow_for_a_product_is_the_inverse_of_the_product_for_a_flow(high: float) -> None:
    for b in (0.95, 1.02, 1.08):
        flow = flow_for(b, T, 5.1, high)
        assert steady(flow, T, 5.1)[1] == pytest.approx(b, rel=1e-10)
        assert (flow * HOUR > 14.64) == (high > 0.5)


def test_for_more_than_the_most_it_is_a_flow_of_nearly_the_most() -> None:
    flow = flow_for(1.2, T, 5.1, 0.0)
    assert flow == flow_for(1.2, T, 5.1, 1.0)
    assert steady(flow, T, 5.1)[1] > 0.98 * steady(14.64 / HOUR, T, 5.1)[1]


def test_the_scheduled_gain_changes_its_sign_with_that_of_the_plant() -> None:
    for flow, (gain, time) in zip(FLOWS, GAINS, strict=True):
        a, b = vandevusse.isothermal(float(flow), T)
        assert gain * -np.linalg.solve(a, b)[1, 0] > 0
        assert 60 < time < 300


def loop(name: str, steps: int, delay: int, **values: float) -> np.ndarray:
    """cB, from 0.9, of the isothermal model at the set `hot` with a strategy that asks for 0.01 more."""
    model = vandevusse.by_flow(*vandevusse.rest("hot"))
    flow = vandevusse.rest("hot")[0]
    block = Alone(strategy(name), PERIOD, compiled=False, SP1=0.91, MV1=flow, **values)
    x, told, seen = np.zeros(2), flow, [0.9] * (delay + 1)
    if "asked" in block.memory["state"].dtype.names:
        block.memory["state"]["asked"] = flow
        block.memory["state"]["i"] = flow
    for _ in range(steps):
        told = block.step(PV1=seen[-1 - delay], MV1=told)["OUT1"]
        x = model.A @ x + model.B[:, 0] * (told - flow)
        seen.append(0.9 + x[1])
    return np.array(seen[delay + 1 :])


def test_behind_a_known_dead_time_the_smith_predictor_does_what_it_does_without() -> None:
    """Its output of a step, the model being the plant, does not know the dead time; disturbances would."""
    late, prompt = loop("smith_vandevusse", 60, 12), loop("smith_vandevusse", 60, 0, dead=0.0)
    assert late == pytest.approx(prompt, abs=1e-7)
    assert late[-1] == pytest.approx(0.91, abs=1e-4)


def test_not_knowing_the_dead_time_it_swings() -> None:
    assert np.ptp(loop("smith_vandevusse", 120, 12, dead=0.0)[60:]) > 0.003


def test_the_report_is_printed() -> None:
    said = "\n".join(vandevusse.report())
    assert "smith_vandevusse        1.61   1.61" in said
    assert "UNSTABLE" not in said
