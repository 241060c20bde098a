"""What is random in the Tennessee Eastman process: twelve walks of feed, kinetics and fouling, noise, and analysers.

Uniform numbers come from one of two generators. `published` is the one of the authors' program: g' = g 9228907 mod
2^32 in double precision, where the product is rounded, so that whole-number arithmetic would give others; with the
published seeds the published data sets come out. The other is splitmix64, as in all of hilbench.

Source: teprob.f (Downs and Vogel 1993), subroutines TESUB5 to TESUB8.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import function
from hil.blocks.random import GAMMA, mixed, uniform

WALKS = 12

# For each walk: shortest time between two knots and its spread, h; middle and spread of the value at a knot.
_TIME = np.array([0.5, 1.0, 0.5, 1.0, 0.25, 0.25, 2.0, 2.0, 0.5, 2.0, 3.0, 2.0])
_TIME_SPREAD = np.array([0.2, 0.7, 0.25, 0.7, 0.15, 0.15, 1.0, 1.0, 0.4, 1.5, 2.0, 1.5])
MIDDLE = np.array([0.485, 0.005, 45.0, 45.0, 35.0, 40.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
_SPREAD = np.array([0.03, 0.003, 10.0, 10.0, 10.0, 10.0, 0.25, 0.25, 0.25, 0.0, 0.0, 0.0])
FIRST_KNOT = 0.1  # h
_SPLINES = 9  # the first nine walk between random values; the others foul slowly and clear at once
_CLEAR = 0.1  # h that clearing takes, and what is fouled enough to be cleared


@function
def draw(p: Any) -> float:
    """The next number, uniform in 0 <= r < 1."""
    if p.published:
        product = p.g * 9228907.0
        p.g = product - math.floor(product * 2.0**-32) * 2.0**32  # exact: both are whole multiples of one power of two
        return float(p.g * 2.0**-32)
    p.random = p.random + GAMMA
    return float(uniform(p.random))


@function
def noise(p: Any, deviation: float) -> float:
    """The sum of twelve uniform numbers, moved to the mean 0, times a standard deviation."""
    total = 0.0
    for _ in range(12):
        total += draw(p)
    return float((total - 6.0) * deviation * p.noise)


@function
def walked(p: Any, i: int, hours: float) -> float:
    """The value of walk i: a cubic in the time since its last knot."""
    s = hours - p.knot[i]
    return float(p.walk[i, 0] + s * (p.walk[i, 1] + s * (p.walk[i, 2] + s * p.walk[i, 3])))


@function
def _spline(p: Any, i: int, value: float, slope: float, active: float) -> float:
    """On to a random value with no slope; returns how long that takes, h."""
    h = _TIME_SPREAD[i] * (2.0 * draw(p) - 1.0) + _TIME[i]
    goal = _SPREAD[i] * (2.0 * draw(p) - 1.0) * active + MIDDLE[i]
    draw(p)  # the slope at the goal, of which the published spread is 0
    p.walk[i, 0] = value
    p.walk[i, 1] = slope
    p.walk[i, 2] = (3.0 * (goal - value) - h * 2.0 * slope) / (h * h)
    p.walk[i, 3] = (2.0 * (value - goal) + h * slope) / (h * h * h)
    return float(h)


@function
def _fouling(p: Any, i: int, value: float, slope: float, active: float) -> float:
    """Up as the square of the time until it has fouled, and then down at once; returns how long that takes, h."""
    if value > _CLEAR:
        p.walk[i, 0] = value
        p.walk[i, 1] = slope
        p.walk[i, 2] = -(3.0 * value + 0.2 * slope) / 0.01
        p.walk[i, 3] = (2.0 * value + 0.1 * slope) / 0.001
        return _CLEAR
    h = _TIME_SPREAD[i] * (2.0 * draw(p) - 1.0) + _TIME[i]
    p.walk[i, 0] = 0.0
    p.walk[i, 1] = 0.0
    p.walk[i, 2] = active / (h * h)
    p.walk[i, 3] = 0.0
    return float(h)


@function
def start(p: Any) -> None:
    """All walks rest in the middle until their first knot."""
    p.g = float(p.seed)
    p.random = mixed(np.uint64(p.seed))
    for i in range(WALKS):
        p.walk[i, 0] = MIDDLE[i]
        for k in range(1, 4):
            p.walk[i, k] = 0.0
        p.knot[i] = 0.0
        p.next_knot[i] = FIRST_KNOT


@function
def walk_on(p: Any, hours: float, active: Any) -> None:
    """Give every walk whose knot has come its next stretch; `active` says how much of each disturbance is on."""
    for i in range(WALKS):
        if hours >= p.next_knot[i]:
            s = p.next_knot[i] - p.knot[i]
            value = p.walk[i, 0] + s * (p.walk[i, 1] + s * (p.walk[i, 2] + s * p.walk[i, 3]))
            slope = p.walk[i, 1] + s * (2.0 * p.walk[i, 2] + 3.0 * s * p.walk[i, 3])
            p.knot[i] = p.next_knot[i]
            if i < _SPLINES:
                p.next_knot[i] = p.knot[i] + _spline(p, i, value, slope, active[i])
            else:
                p.next_knot[i] = p.knot[i] + _fouling(p, i, value, slope, active[i])


@function
def analyse(p: Any, first: int, count: int, deviation: Any) -> None:
    """An analyser shows the sample before and takes a new one: its dead time is one interval."""
    for i in range(first, first + count):
        p.shown[i] = p.sampled[i] + noise(p, deviation[i])
        p.sampled[i] = p.content[i]
