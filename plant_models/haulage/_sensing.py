"""What an unmanned truck knows of itself and of what stands ahead: sampled, noisy, and wrong in the known ways.

Faults follow the contents of ISO 17757:2019: position and orientation lost, stuck, displaced, drifting; perception
missed, late, false, mislocated, misclassified, dead. Figures of noise and range are choices of ours.
"""

from typing import Any

import numpy as np

from hil.blocks import function
from hil.blocks.random import GAMMA, mixed, normal, uniform
from plant_models.haulage._road import heading

LOST, STUCK, DISPLACED, DRIFTING = 1, 2, 3, 4
MISSED, LATE, FALSE, MISLOCATED, MISCLASSIFIED, DEAD = 1, 2, 3, 4, 5, 6
DUST = 3
"""The class of what may be driven through."""


@function
def _draw(p: Any) -> float:
    p.random = p.random + GAMMA
    return float(normal(p.random))


@function
def locate(p: Any, x: Any, u: Any, seconds: float) -> None:
    """One fix of the positioning system, or none."""
    s, e = x.s + p.pose_noise * _draw(p), x.e + p.pose_noise * _draw(p)
    turned = x.psi - p.road * heading(x.s) + p.heading_noise * _draw(p)
    speed = x.v + p.speed_noise * _draw(p)
    p.random = p.random + GAMMA
    fault = int(u.pose_fault + 0.5)
    p.displaced = p.displaced + u.pose_error * seconds if fault == DRIFTING else 0.0
    if fault == LOST or uniform(p.random) < p.pose_gaps:
        p.pose_since += seconds
        return
    p.pose_since = 0.0
    if fault == STUCK:
        return
    p.fix_s, p.fix_turned, p.fix_v = s, turned, speed
    p.fix_e = e + p.displaced + (u.pose_error if fault == DISPLACED else 0.0)


@function
def look(p: Any, x: Any, u: Any, seconds: float) -> None:
    """One scan of the obstacle detector."""
    gap = u.obstacle_s - x.s - p.front
    noise = p.range_noise * _draw(p)
    fault = int(u.seen_fault + 0.5)
    if fault == DEAD:
        p.seen_since += seconds
        return
    p.seen_since = 0.0
    p.in_sight = p.in_sight + seconds if 0.0 <= gap <= p.sight else 0.0
    hidden = fault == MISSED or (fault == LATE and p.in_sight <= u.seen_error)
    p.seen, p.seen_kind = p.sight, 0.0
    if p.in_sight > 0.0 and not hidden:
        p.seen = min(max(gap + noise + (u.seen_error if fault == MISLOCATED else 0.0), 0.0), p.sight)
        p.seen_kind = float(DUST) if fault == MISCLASSIFIED else u.obstacle_class
    if fault == FALSE and u.seen_error < p.seen:
        p.seen, p.seen_kind = u.seen_error, 1.0


@function
def begin(p: Any, x: Any) -> None:
    """Take the first fix without noise, with nothing seen."""
    p.random = mixed(np.uint64(p.seed))
    p.fix_s, p.fix_e, p.fix_v = x.s, x.e, x.v
    p.fix_turned = x.psi - p.road * heading(x.s)
    p.seen, p.seen_kind = p.sight, 0.0
