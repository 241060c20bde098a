"""The DC motor against closed forms: its transfer function's gain and poles, and the closure of power."""

import math

import numpy as np
import pytest

from hil.blocks.interpreted import interpret
from plant_models.drives.dc_motor import PLANT


def rates(parameters: str, **values: float) -> dict[str, float]:
    memory = PLANT.memory(parameters, values)
    dx = PLANT.state.new()
    interpret(PLANT.derivative, 0, 1, memory["parameters"], memory["state"], memory["inputs"], dx)
    return {name: float(dx[name][0]) for name in PLANT.state.names}


def outputs(parameters: str, **values: float) -> dict[str, float]:
    memory = PLANT.memory(parameters, values)
    assert PLANT.measure is not None
    y = PLANT.outputs.new()
    interpret(PLANT.measure, 0, 1, memory["parameters"], memory["state"], memory["inputs"], y)
    return {name: float(y[name][0]) for name in PLANT.outputs.names}


def test_at_rest_nothing_moves() -> None:
    assert rates("michigan") == {"i": 0, "w": 0}


@pytest.mark.parametrize("parameters", ["michigan", "drive"])
def test_the_steady_speed_is_that_of_the_transfer_function(parameters: str) -> None:
    p = PLANT.memory(parameters)["parameters"][0]
    v, load = 100.0, 0.5
    w = (p.K * v - p.R * load) / (p.b * p.R + p.K**2)  # s = 0 in the tutorial's P(s), with a load
    i = (p.b * w + load) / p.K
    assert rates(parameters, u=v, w=w, i=i, T_load=load) == pytest.approx({"i": 0, "w": 0}, abs=1e-9)


def test_the_published_motor_turns_at_a_tenth_of_a_radian_per_second_and_volt() -> None:
    """The tutorial's open loop settles at 0.1 rad/s for a step of 1 V: K / (b R + K^2) = 0.0999."""
    p = PLANT.memory("michigan")["parameters"][0]
    assert p.K / (p.b * p.R + p.K**2) == pytest.approx(0.0999, abs=1e-4)


def test_its_poles_are_those_of_the_published_characteristic_polynomial() -> None:
    """(J s + b)(L s + R) + K^2: -9.9975 and -2.0025 for the tutorial's numbers."""
    p = PLANT.memory("michigan")["parameters"][0]
    jacobian = [[-p.R / p.L, -p.K / p.L], [p.K / p.J, -p.b / p.J]]
    columns = [rates("michigan", **{name: 1.0}) for name in ("i", "w")]
    assert [[one["i"] for one in columns], [one["w"] for one in columns]] == pytest.approx(np.array(jacobian))
    roots = sorted(np.roots([p.J * p.L, p.J * p.R + p.b * p.L, p.b * p.R + p.K**2]))
    assert roots == pytest.approx([-9.9975, -2.0025], abs=1e-4)


@pytest.mark.parametrize("parameters", ["michigan", "drive"])
@pytest.mark.parametrize(("i", "w", "v", "load"), [(3, 20, 50, 1), (-2, 100, -30, 0), (0.1, -7, 5, -3)])
def test_power_closes(parameters: str, i: float, w: float, v: float, load: float) -> None:
    y = outputs(parameters, i=i, w=w, u=v, T_load=load)
    dx, p = rates(parameters, i=i, w=w, u=v, T_load=load), PLANT.memory(parameters)["parameters"][0]
    assert y["P_in"] == pytest.approx(y["P_loss"] + y["P_out"] + y["dE"])
    assert y["dE"] == pytest.approx(p.L * i * dx["i"] + p.J * w * dx["w"])
    assert y["P_loss"] >= 0
    assert math.isclose(y["torque"], p.K * i)
