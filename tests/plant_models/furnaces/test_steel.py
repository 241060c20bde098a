"""Steel and conduction against published values and closed forms."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from plant_models.furnaces._steel import capacity, conduct, conductivity, enthalpy, heat, mean, slope, temperature


@pytest.mark.parametrize(
    ("T", "c"), [(20, 439.802), (600, 760.217), (734.9999999, 5000.0), (735, 5000.0), (1000, 650.0)]
)
def test_the_heat_capacity_is_that_of_en_1993_1_2(T: float, c: float) -> None:
    assert capacity(T) == pytest.approx(c, abs=1e-3)


@pytest.mark.parametrize(
    ("T", "k"),
    [
        (20, 51.868), (200, 48.976), (400, 42.529), (600, 35.718), (799, 26.036), (801, 25.905), (1000, 27.447),
        (1200, 29.736),
    ],
)  # fmt: skip
def test_the_conductivity_is_that_of_the_zone_code(T: float, k: float) -> None:
    assert conductivity(T) == pytest.approx(k, abs=1e-3)


@pytest.mark.parametrize("ends", [(0, 600), (600, 735), (735, 900), (900, 1300), (20, 1250)])
def test_the_enthalpy_is_the_integral_of_the_heat_capacity(ends: tuple[float, float]) -> None:
    edges = np.linspace(*ends, 100_001)
    middle = (edges[1:] + edges[:-1]) / 2
    integral = sum(capacity(float(one)) for one in middle) * (ends[1] - ends[0]) / 100_000
    assert enthalpy(ends[1]) - enthalpy(ends[0]) == pytest.approx(integral, rel=1e-6)


@pytest.mark.parametrize("T", [0.0, 20.0, 500.0, 700.0, 735.0, 760.0, 899.0, 1250.0])
def test_the_temperature_comes_back_from_the_heat_content(T: float) -> None:
    assert temperature(enthalpy(T)) == pytest.approx(T, abs=0.01)
    if abs(T - 735) > 5:
        assert slope(enthalpy(T)) == pytest.approx(capacity(T), rel=0.02)


def cooled(nodes: int, steps: int, biot: float = 1.0, fourier: float = 0.5) -> float:
    """The middle of a plate of half thickness 1 and unit properties, all at 1, in a fluid at 0; both faces cool."""
    layer, dt = 2.0 / (nodes - 1), fourier / steps
    T, G, change, work = np.ones(nodes), np.full(nodes - 1, 1.0 / layer), np.empty(nodes), np.empty(nodes)
    C = np.full(nodes, layer)
    C[0] = C[-1] = layer / 2
    for _ in range(steps):
        conduct(T, C, G, -biot * T[0], -biot * T[-1], dt, change, work)
        half = T + change / 2  # the faces' flow at the middle of the step, as the furnace has it to first order
        conduct(T, C, G, -biot * half[0], -biot * half[-1], dt, change, work)
        T += change
    return float(T[nodes // 2])


def series(biot: float = 1.0, fourier: float = 0.5) -> float:
    """The same in closed form: the roots of z tan z = Bi; the first is 0.860334, its coefficient 1.119132 (Heisler)."""
    total = 0.0
    for k in range(8):
        low, high = k * math.pi, k * math.pi + math.pi / 2 - 1e-12
        for _ in range(100):
            z = (low + high) / 2
            low, high = (z, high) if z * math.tan(z) < biot else (low, z)
        total += 4 * math.sin(z) / (2 * z + math.sin(2 * z)) * math.exp(-z * z * fourier)
    return total


def test_the_closed_form_begins_with_heislers_term() -> None:
    assert series(fourier=3.0) == pytest.approx(1.119132 * math.exp(-(0.860334**2) * 3.0), rel=5e-6)


def test_a_plate_that_cools_converges_to_the_closed_form_as_the_square_of_the_grid() -> None:
    errors = [abs(cooled(nodes, 800) - series()) for nodes in (9, 17, 33)]
    assert errors[2] < 1e-4
    for coarse, fine in pairwise(errors):
        assert math.log2(coarse / fine) == pytest.approx(2.0, abs=0.15)


def test_a_sine_decays_at_its_rate() -> None:
    nodes, dt = 65, 1e-4
    y = np.linspace(0.0, 1.0, nodes)
    T, C, G = np.cos(math.pi * y), np.full(nodes, 1 / 64), np.full(nodes - 1, 64.0)
    C[0] = C[-1] = 1 / 128
    change, work = np.empty(nodes), np.empty(nodes)
    for _ in range(1000):
        conduct(T, C, G, 0.0, 0.0, dt, change, work)
        T += change
    assert pytest.approx(math.exp(-(math.pi**2) * 0.1), abs=1e-4) == T[0]


def space(nodes: int) -> tuple[Any, ...]:
    return np.empty(nodes), np.empty(nodes), np.empty(nodes - 1), np.empty((2, nodes))


@pytest.mark.parametrize("seconds", [1.0, 20.0])
def test_no_heat_is_lost_across_the_peak_whatever_the_step(seconds: float) -> None:
    """A plate of 0.22 m takes 150 kW/m2 from each side for two hours; at 735 degC the heat capacity is 5000 J/kg/K."""
    H = np.full(9, enthalpy(600.0))
    before, steps = mean(H), round(1800 / seconds)
    for _ in range(steps):
        heat(H, 0.22, 1e5, 5e4, seconds, *space(9))
    came = 1.5e5 * 1800 / (7850 * 0.22)
    assert mean(H) - before == pytest.approx(came, rel=1e-12)
    assert temperature(H[0]) > 735 > 600 < temperature(H[4])
