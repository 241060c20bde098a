"""The haul road of the truck's plant: curvature and grade along its length, each linear between surveyed points.

A road of ours, no mine's: from the loading place a level run, a ramp of 8 % with a wide bend, a hairpin on a landing,
a ramp of 10 % that ends at the crusher's apron. Curvature is linear in the length (clothoids), so that a truck can
follow it without a jump of the steering.
"""

from typing import Any

import numpy as np

from hil.blocks import function

CURVE_AT = np.array([-1e4, 150.0, 180.0, 240.0, 270.0, 560.0, 590.0, 660.0, 690.0, 1150.0, 1180.0, 1230.0, 1260.0, 1e5])
"""Stations of the curvature's points, m."""
CURVE = np.array([0.0, 0.0, 1 / 60, 1 / 60, 0.0, 0.0, 1 / 32, 1 / 32, 0.0, 0.0, -1 / 70, -1 / 70, 0.0, 0.0])
"""Curvature there, 1/m; a left turn is positive."""
GRADE_AT = np.array([-1e4, 270.0, 300.0, 530.0, 550.0, 700.0, 730.0, 1280.0, 1310.0, 1e5])
"""Stations of the grade's points, m."""
GRADE = np.array([0.0, 0.0, 0.08, 0.08, 0.02, 0.02, 0.10, 0.10, 0.0, 0.0])
"""Grade there: rise over run, the tangent of the slope."""
LENGTH = 1600.0
"""Station of the crusher's apron, m."""
_TURNED = np.concatenate([[0.0], np.cumsum(0.5 * (CURVE[1:] + CURVE[:-1]) * np.diff(CURVE_AT))])


@function
def _span(at: Any, s: float) -> int:
    """The number of the span of the table in which a station lies."""
    i = 0
    while i < at.size - 2 and s >= at[i + 1]:
        i += 1
    return i


@function
def curvature(s: float) -> float:
    """Return the road's curvature at a station, 1/m."""
    i = _span(CURVE_AT, s)
    return float(CURVE[i] + (CURVE[i + 1] - CURVE[i]) * (s - CURVE_AT[i]) / (CURVE_AT[i + 1] - CURVE_AT[i]))


@function
def heading(s: float) -> float:
    """Return how far the road has turned at a station, rad: the integral of its curvature."""
    i = _span(CURVE_AT, s)
    return float(_TURNED[i] + 0.5 * (CURVE[i] + curvature(s)) * (s - CURVE_AT[i]))


@function
def grade(s: float) -> float:
    """Return the road's grade at a station."""
    i = _span(GRADE_AT, s)
    return float(GRADE[i] + (GRADE[i + 1] - GRADE[i]) * (s - GRADE_AT[i]) / (GRADE_AT[i + 1] - GRADE_AT[i]))
