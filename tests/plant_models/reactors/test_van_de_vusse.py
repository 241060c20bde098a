"""The published steady states of the three sets, the closed forms of zero and maximum, and the closures."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from hil.bench.plant_run import PlantRun, Run, Setting
from hil.bench.plants import load_plant
from hil.blocks.block import ROLES
from hil.loop import Step, call_block

PLANT = load_plant("van_de_vusse", Path(__file__).parents[3])
HOUR, MINUTE = 3600.0, 60.0
Matrix = np.ndarray[Any, Any]
FOUR = ("cA", "cB", "T", "TK")


def value(memory: dict[str, Any], name: str) -> float:
    return float(memory[PLANT.role(name)][name][0])


def slope(chosen: str, **values: float) -> Matrix:
    memory = PLANT.memory(chosen, values)
    dx = PLANT.state.new()
    p, x, u = memory["parameters"], memory["state"], memory["inputs"]
    assert call_block(Step("derivative", PLANT.derivative_kernel.address, 0, p, x, u, dx), 0) == 0
    return np.array([dx[one][0] for one in PLANT.state.names])


def jacobian(chosen: str, *names: str) -> Matrix:
    memory, e = PLANT.memory(chosen), 1e-6
    columns = []
    for one in names:
        at, by = value(memory, one), e * max(abs(value(memory, one)), 1e-3)
        columns.append((slope(chosen, **{one: at + by}) - slope(chosen, **{one: at - by})) / (2 * by))
    return np.column_stack(columns)


@pytest.mark.parametrize(
    ("chosen", "published", "digit"),
    [("optimum", (2.14, 1.09, 114.2, 112.9), (0.005, 0.005, 0.05, 0.05)),
     ("hot", (1.235, 0.9, 134.14, 128.95), (5e-4, 5e-4, 5e-3, 5e-3))],
)  # fmt: skip
def test_it_rests_at_the_published_points(chosen: str, published: tuple[float, ...], digit: tuple[float, ...]) -> None:
    memory = PLANT.memory(chosen)
    assert np.abs(slope(chosen)[:4]).max() * HOUR < 1e-6
    for name, figure, half in zip(FOUR, published, digit, strict=True):
        found = value(memory, name) - (273.15 if name.startswith("T") else 0.0)
        assert found == pytest.approx(figure, abs=half), name


def test_the_isothermal_set_has_the_published_transfer_function() -> None:
    """B over the flow at 4/7 1/min, times in min: (-1.117 s + 3.1472)/(s^2 + 4.6429 s + 5.3821)."""
    a = jacobian("isothermal", "cA", "cB")[:2] * MINUTE
    b = jacobian("isothermal", "F")[:2, 0]
    assert np.abs(slope("isothermal")).max() < 1e-9
    assert np.poly(a) == pytest.approx([1, 4.6429, 5.3821], abs=1e-4)
    numerator = [b[1], a[1, 0] * b[0] - a[0, 0] * b[1]]
    assert numerator == pytest.approx([-1.117, 3.1472], abs=1e-4)


def most_b(k1: float, k2: float, k3: float, cA0: float) -> tuple[float, float]:
    """Flow and concentration of the isothermal maximum, where the zero is 0."""

    def at(F: float) -> tuple[float, float]:
        cA = (-(k1 + F) + np.sqrt((k1 + F) ** 2 + 4 * k3 * F * cA0)) / (2 * k3)
        return cA, k1 * cA / (F + k2)

    F = brentq(lambda F: k1 * (cA0 - at(F)[0]) / at(F)[1] - (F + k1 + 2 * k3 * at(F)[0]), 1e-3, 1e3)
    return F, at(F)[1]


def test_the_isothermal_maximum_is_the_published_one() -> None:
    assert most_b(5 / 6, 5 / 3, 1 / 6, 10.0) == pytest.approx((1.2921, 1.266), abs=5e-4)


@pytest.mark.parametrize(("chosen", "right"), [("optimum", 1.3011), ("hot", 131.279)])
def test_the_zero_is_on_the_right_below_the_maximum(chosen: str, right: float) -> None:
    memory = PLANT.memory(chosen)
    assert PLANT.measure_kernel is not None
    p, x, u, y = (memory[one] for one in ROLES)
    call_block(Step("measure", PLANT.measure_kernel.address, 0, p, x, u, y), 0)
    zero = float(memory["outputs"]["zero"][0])
    assert zero * HOUR == pytest.approx(right, rel=1e-4)
    a, b = jacobian(chosen, "cA", "cB")[:2], jacobian(chosen, "F")[:2, 0]
    assert (a[0, 0] * b[1] - a[1, 0] * b[0]) / b[1] == pytest.approx(zero, abs=1e-3 / HOUR)


def run(hours: float, chosen: str, **settings: float) -> tuple[Run, dict[str, Matrix]]:
    moved = [Setting(name, one, 0, name) for name, one in settings.items()]
    until = int(hours * 3600) * 10**9
    this = Run(PlantRun(plant=PLANT, until=until, step=10**9, every=10**10, settings=moved, parameter_set=chosen))
    return this, dict(zip(this.columns, np.concatenate(list(this.portions())).T, strict=True))


def test_the_gain_changes_its_sign_at_the_maximum() -> None:
    """With the heat of the main point, more flow brings more B from 10 to 13 1/h and less from 17 to 20 1/h."""
    ends = [run(2.0, "optimum", F=F / HOUR)[1]["cB"][-1] for F in (10, 13, 17, 20)]
    assert ends[0] < ends[1] - 0.01
    assert ends[3] < ends[2] - 0.01


def test_more_flow_first_brings_less_b() -> None:
    _, found = run(1.0, "hot", F=20.0 / HOUR)
    assert found["cB"].min() < found["cB"][0] - 1e-3
    assert found["cB"][-1] > found["cB"][0] + 1e-3


def test_moles_are_found_again_as_if_nothing_reacted() -> None:
    _, found = run(0.3, "hot", F=25.0 / HOUR, cA0=5.5)
    exact = 5.5 - 0.4 * np.exp(-25.0 / HOUR * found["t"])
    assert found["found"] == pytest.approx(exact, abs=1e-8)


def test_heat_is_balanced_at_rest() -> None:
    _, found = run(2.0, "hot", F=25.0 / HOUR)
    feed = found["F"][-1] * 0.01 * 934.2 * 3010 * (found["T"][-1] - found["T0"][-1])
    assert found["Qr"][-1] == pytest.approx(found["Qj"][-1] + feed, rel=1e-5)
    assert found["Qj"][-1] == pytest.approx(-found["Q"][-1], rel=1e-5)


def test_the_relief_valve_ends_a_run() -> None:
    this, found = run(1.0, "hot", Q=2e4)
    assert this.reason == "the relief valve opened: T reached T_max"
    assert found["T"][-1] == pytest.approx(433.15, abs=1e-6)
