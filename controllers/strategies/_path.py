"""What the path followers share: where the truck is on the surveyed road, and the steering they answer with."""

import math
from typing import Any

from hil.blocks import function
from hil.signals import Record, Signal, record, signal
from plant_models.haulage._road import curvature, heading

INPUTS = record(
    "Inputs",
    pose_s=signal("m", "station along the road"),
    pose_e=signal("m", "distance to the left of the road's middle"),
    pose_turned=signal("rad", "heading against the road's"),
    pose_v=signal("m/s", "speed"),
)
OUTPUTS = record("Outputs", steer=signal("rad", "angle of the front wheels", -0.7, 0.7))
_POINTS = 16


def parameters(**own: Signal) -> Record:
    """Return the record of a path follower's parameters: those of the truck, then its own."""
    return record(
        "Parameters",
        road=signal("1", "1 the haul road, 0 a straight one", 0, 1, 1.0),
        wheelbase=signal("m", "distance of the axles", 1, 20, 5.9),
        front_load=signal("1", "share of the weight on the front axle: where between the axles the fix is", 0, 1, 0.33),
        most=signal("rad", "largest angle of the front wheels", 0, 0.7, 0.6),
        **own,
    )


@function
def limited(p: Any, angle: float) -> float:
    """Return an angle within the largest one."""
    return float(min(max(angle, -p.most), p.most))


@function
def bend(p: Any, s: float) -> float:
    """Return the road's curvature at a station, 1/m."""
    return float(p.road * curvature(s))


@function
def turn(p: Any, s: float, ahead: float) -> float:
    """Return how far the road turns from a station to one ahead of it, rad."""
    return float(p.road * (heading(s + ahead) - heading(s)))


@function
def point(p: Any, s: float, ahead: float) -> Any:
    """Return where the road is so far ahead of a station, along and to the left of its direction there, m."""
    along, left, piece = 0.0, 0.0, ahead / _POINTS
    for i in range(_POINTS):  # by Gauss's formula of two points, so that a circle comes out to the last digits
        for sign in (-1.0, 1.0):
            angle = turn(p, s, (i + 0.5 + sign * 0.28867513459481287) * piece)
            along += 0.5 * piece * math.cos(angle)
            left += 0.5 * piece * math.sin(angle)
    return along, left


@function
def rear(p: Any, u: Any) -> Any:
    """Return the rear axle's distance to the left of the road, m, and its heading against the road there, rad."""
    behind = p.wheelbase * p.front_load
    return u.pose_e - behind * math.sin(u.pose_turned), u.pose_turned + turn(p, u.pose_s - behind, behind)
