"""A tank that a pump fills and gravity drains.

    A dh/dt = q_in - q_out
    q_out   = a sqrt(2 g h)

Source: E. Torricelli, De motu aquarum, in Opera geometrica, 1644: a jet leaves with the speed of free fall.

Left out: contraction of the jet (take it into `a`), friction, inertia of the water, dynamics of the pump.
"""

import math
from typing import Any

from hil.blocks import Plant, function
from hil.signals import record, signal

GRAVITY = 9.80665
"""Standard acceleration of free fall, m/s^2."""


@function
def outflow(p: Any, x: Any) -> float:
    """Return the flow through the hole, m^3/s; an empty tank gives none."""
    return float(p.a * math.sqrt(2.0 * GRAVITY * max(x.h, 0.0)))


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The balance of water."""
    dx.h = (u.q_in - outflow(p, x)) / p.A


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The flow that leaves."""
    y.q_out = outflow(p, x)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The rim: a tank that runs over shuts itself down."""
    g.rim = x.h - p.height


PLANT = Plant(
    name="level_tank",
    words="tank with a pump above and a hole in the bottom",
    source="Torricelli 1644",
    left_out="contraction of the jet, friction, inertia of the water, dynamics of the pump",
    derivative=derivative,
    measure=measure,
    trip=trip,
    parameters=record(
        "Parameters",
        A=signal("m^2", "cross-section of the tank", 1e-3, 1e3, 1.0),
        a=signal("m^2", "cross-section of the hole", 0, 1, 0.002),
        height=signal("m", "height of the rim", 0.1, 100, 2.0),
    ),
    state=record("State", h=signal("m", "level of the water", 0, 100, 0.2)),
    inputs=record("Inputs", q_in=signal("m^3/s", "flow of the pump", 0, 1, 0.0)),
    outputs=record("Outputs", q_out=signal("m^3/s", "flow through the hole", 0, 10)),
    trips=record("Trips", rim=signal("m", "the tank ran over")),
)
