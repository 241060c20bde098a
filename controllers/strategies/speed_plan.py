"""The speed at which an unmanned truck may go: road, bends, braking envelope, what it sees and what it cannot see.

Backwards over the road ahead, v_i^2 = min(limit_i^2, v_(i+1)^2 + 2 b ds): the truck is never faster than from where it
can slow down for what comes, with a gentle deceleration b. A limit comes from the bend (v^2 kappa), from the retarder's
power down a grade, from the end of the route, and from an obstacle. Besides, the truck never goes faster than that it
could stop with its brakes, after its reaction time, within what it sees, whether or not something stands there.

What the brakes can do is reckoned for the friction `mu`, the mass and the worst grade ahead; where the road is more
slippery than that, the truck cannot keep the promise. Whatever is seen is stopped for, dust too.
"""

import math
from typing import Any

from hil.blocks import Block, function
from hil.signals import record, signal
from plant_models.haulage import _road
from plant_models.haulage._traction import G, sine

_POINTS, _PIECE = 48, 4.0
_NONE, _ROUTE, _OBSTACLE, _SIGHT = 0.0, 1.0, 2.0, 3.0


@function
def _limit(p: Any, s: float) -> float:
    """The speed for the bend and the grade at a station, m/s."""
    bend = abs(p.road * _road.curvature(s))
    v = min(p.limit, math.sqrt(p.lateral / bend) if bend > 1e-6 else p.limit)
    down = -p.road * _road.grade(s) - p.grade
    pull = p.mass * 1e3 * G * (down - p.crr)
    return float(min(v, 0.8 * p.retarder_power * 1e3 / pull) if pull > 0.0 else v)


@function
def _stopping(p: Any, s: float) -> float:
    """The deceleration that the brakes can be trusted with, m/s^2, on the steepest fall of the next 100 m."""
    worst = p.grade + p.road * _road.grade(s)
    for i in range(1, 6):
        worst = min(worst, p.grade + p.road * _road.grade(s + 20.0 * i))
    best = min(p.brake_force / (p.mass * 1e3), p.mu * G)
    return float(max(p.trust * best + G * sine(worst), 0.05))


@function
def _within(room: float, b: float, reaction: float) -> float:
    """The speed from which a reaction time and a deceleration need no more than the room, m/s."""
    return float(math.sqrt(b * b * reaction * reaction + 2.0 * b * room) - b * reaction if room > 0.0 else 0.0)


def speed_plan_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The speed for here and now, and the distance that a stop takes."""
    b = _stopping(p, u.pose_s)
    v = p.limit
    for i in range(_POINTS, -1, -1):
        s = u.pose_s + i * _PIECE
        v = min(math.sqrt(v * v + 2.0 * p.gentle * _PIECE), _limit(p, s))
    y.why = _NONE
    end = _within(u.goal_s - u.pose_s, p.gentle, p.reaction)
    if end < v:
        v, y.why = end, _ROUTE
    room = u.seen_distance - p.margin
    if u.seen_class > 0.5 and _within(room, min(p.gentle, b), p.reaction) < v:
        v, y.why = _within(room, min(p.gentle, b), p.reaction), _OBSTACLE
    if _within(room, b, p.reaction) < v:
        v, y.why = _within(room, b, p.reaction), _SIGHT
    y.v_ref = v
    y.stop_distance = u.pose_v * p.reaction + u.pose_v * u.pose_v / (2.0 * b)


BLOCK = Block(
    name="speed_plan",
    words="speed of an unmanned truck by road, braking envelope and sight",
    step=speed_plan_step,
    parameters=record(
        "Parameters",
        road=signal("1", "1 the haul road, 0 a straight and level one", 0, 1, 1.0),
        grade=signal("1", "grade that comes to that of the road", -0.3, 0.3),
        limit=signal("m/s", "speed limit", 0.1, 30, 12.0),
        lateral=signal("m/s^2", "acceleration across that a bend may cost", 0.1, 5, 1.0),
        gentle=signal("m/s^2", "deceleration that is planned with", 0.05, 3, 0.5),
        mass=signal("t", "gross mass", 1, 1e3, 392.0),
        crr=signal("1", "rolling resistance over weight", 0, 0.3, 0.02),
        mu=signal("1", "friction that is reckoned with", 0.02, 1.2, 0.3),
        trust=signal("1", "share of the reckoned brakes that is relied on", 0.1, 1, 0.75),
        brake_force=signal("N", "force of the service brakes", 1e3, 1e7, 0.35 * 9.81 * 392e3),
        retarder_power=signal("kW", "power of the retarder", 1, 1e4, 0.85 * 1976),
        reaction=signal("s", "from seeing to braking", 0, 5, 1.0),
        margin=signal("m", "what is kept between the truck and an obstacle", 0, 100, 8.0),
    ),
    inputs=record(
        "Inputs",
        pose_s=signal("m", "station along the road"),
        pose_v=signal("m/s", "speed"),
        seen_distance=signal("m", "from the bumper to what is seen; the range where nothing is"),
        seen_class=signal("1", "what is seen; 0 is nothing"),
        goal_s=signal("m", "station at which the route ends", initial=1600.0),
    ),
    outputs=record(
        "Outputs",
        v_ref=signal("m/s", "speed to drive", 0, 30),
        stop_distance=signal("m", "what a stop with the brakes takes from here", 0, 1e4),
        why=signal("1", "what limits the speed: 0 the road, 1 the route's end, 2 an obstacle, 3 the sight", 0, 3),
    ),
)
