"""Johansson's figures for both settings of the valves, and the closed forms of his paper."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.linalg import eigvals

from hil.bench.plant_run import PlantRun, Run, Setting
from hil.bench.plants import load_plant
from hil.loop import Step, call_block

PLANT = load_plant("quadruple_tank", Path(__file__).parents[3])
LEVELS, PUMPS = ("h1", "h2", "h3", "h4"), ("v1", "v2")
Matrix = np.ndarray[Any, Any]
MINIMUM, NONMINIMUM = "minimum_phase", "nonminimum_phase"


def slope(chosen: str, values: dict[str, float]) -> Matrix:
    memory = PLANT.memory(chosen, values)
    dx = PLANT.state.new()
    p, x, u = memory["parameters"], memory["state"], memory["inputs"]
    assert call_block(Step("derivative", PLANT.derivative_kernel.address, 0, p, x, u, dx), 0) == 0
    return np.array([dx[one][0] for one in LEVELS])


def start(chosen: str) -> dict[str, float]:
    memory = PLANT.memory(chosen)
    return {one: float(memory[PLANT.role(one)][one][0]) for one in (*LEVELS, *PUMPS, "g1", "g2")}


def linear(chosen: str) -> tuple[Matrix, Matrix, Matrix]:
    """A, B and C about the start, by central differences; C is that of the transmitters, 0.5 V/cm."""
    at, e = start(chosen), 1e-5
    columns = [
        (slope(chosen, {one: at[one] + e}) - slope(chosen, {one: at[one] - e})) / (2 * e) for one in (*LEVELS, *PUMPS)
    ]
    return np.column_stack(columns[:4]), np.column_stack(columns[4:]), 0.5 * np.eye(2, 4)


def zeros(a: Matrix, b: Matrix, c: Matrix) -> Matrix:
    """Where the system matrix loses rank."""
    found = eigvals(np.block([[a, b], [c, np.zeros((2, 2))]]), np.diag([1.0] * 4 + [0.0] * 2))
    return np.sort(found[np.isfinite(found) & (np.abs(found) < 1e3)].real)


@pytest.mark.parametrize(
    ("chosen", "levels"), [(MINIMUM, (12.4, 12.7, 1.8, 1.4)), (NONMINIMUM, (12.6, 13.0, 4.8, 4.9))]
)
def test_it_rests_within_2_mm_of_the_published_levels(chosen: str, levels: tuple[float, ...]) -> None:
    at = start(chosen)
    assert np.abs(slope(chosen, {})).max() < 1e-6
    assert [at[one] for one in LEVELS] == pytest.approx(levels, abs=0.2)


@pytest.mark.parametrize(("chosen", "times"), [(MINIMUM, (62, 90, 23, 30)), (NONMINIMUM, (63, 91, 39, 56))])
def test_time_constants_are_the_published_ones(chosen: str, times: tuple[int, ...]) -> None:
    a, _, _ = linear(chosen)
    assert -1 / np.diag(a) == pytest.approx(times, abs=1.0)


@pytest.mark.parametrize(("chosen", "published"), [(MINIMUM, (-0.060, -0.018)), (NONMINIMUM, (-0.057, 0.013))])
def test_zeros_are_the_published_ones_and_those_of_the_closed_form(chosen: str, published: tuple[float, ...]) -> None:
    a, b, c = linear(chosen)
    found = zeros(a, b, c)
    assert found == pytest.approx(published, abs=2.1e-3)
    at, t3, t4 = start(chosen), -1 / a[2, 2], -1 / a[3, 3]
    crossed = (1 - at["g1"]) * (1 - at["g2"]) / (at["g1"] * at["g2"])
    assert found == pytest.approx(np.sort(np.roots([t3 * t4, t3 + t4, 1 - crossed])), rel=1e-5)


def test_steady_gains_of_p_minus_are_the_published_ones() -> None:
    """3.7 V/V for tank 1 and 4.7 V/V for tank 2, shared out by the valves, as if both pumps gave the same."""
    a, b, c = linear(MINIMUM)
    shared = [[3.7 * 0.70, 3.7 * (1 - 0.60)], [4.7 * (1 - 0.70), 4.7 * 0.60]]
    assert -c @ np.linalg.solve(a, b) == pytest.approx(np.array(shared), abs=0.06)


@pytest.mark.parametrize("chosen", [MINIMUM, NONMINIMUM])
def test_steady_gains_are_those_of_the_closed_form(chosen: str) -> None:
    """A lower tank settles by T k kc/A a volt of what reaches it, directly or from above."""
    a, b, c = linear(chosen)
    at, p = start(chosen), PLANT.memory(chosen)["parameters"][0]
    t1, t2 = -1 / a[0, 0], -1 / a[1, 1]
    exact = [
        [0.5 * t1 / 28 * at["g1"] * p["k1"], 0.5 * t1 / 28 * (1 - at["g2"]) * p["k2"]],
        [0.5 * t2 / 32 * (1 - at["g1"]) * p["k1"], 0.5 * t2 / 32 * at["g2"] * p["k2"]],
    ]
    assert -c @ np.linalg.solve(a, b) == pytest.approx(np.array(exact), rel=1e-4)


@pytest.mark.parametrize("chosen", [MINIMUM, NONMINIMUM])
def test_the_relative_gain_is_that_of_the_shares(chosen: str) -> None:
    a, b, c = linear(chosen)
    gain = -c @ np.linalg.solve(a, b)
    g1, g2 = start(chosen)["g1"], start(chosen)["g2"]
    assert gain[0, 0] * np.linalg.inv(gain)[0, 0] == pytest.approx(g1 * g2 / (g1 + g2 - 1), rel=1e-4)


def rows(until: int, **settings: float) -> tuple[Run, dict[str, Matrix]]:
    moved = [Setting(name, value, 0, name) for name, value in settings.items()]
    this = Run(PlantRun(plant=PLANT, until=until * 10**9, step=10**8, every=10**9, settings=moved))
    found = np.concatenate(list(this.portions()))
    return this, dict(zip(this.columns, found.T, strict=True))


def test_a_tank_runs_empty_as_torricelli_says() -> None:
    """sqrt(h) falls by a/A sqrt(g/2) a second."""
    _, found = rows(60, v1=0.0, v2=0.0)
    exact = np.maximum(np.sqrt(1.633941) - 0.071 / 28 * np.sqrt(981 / 2) * found["t"], 0) ** 2
    assert found["h3"][:20] == pytest.approx(exact[:20], rel=1e-6)


def test_volume_is_closed_through_a_step_and_a_spill() -> None:
    _, found = rows(300, v1=4.0, d3=3.0)
    assert np.abs(found["closure"]).max() < 1e-8


def test_a_full_tank_ends_the_run() -> None:
    this, found = rows(3000, v1=12.0)
    assert this.reason == "tank 1 ran over"
    assert found["h1"][-1] == pytest.approx(20.0, abs=1e-6)
