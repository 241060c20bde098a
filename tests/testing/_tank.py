"""A tank that keeps all rules of a plant, and kernels that break one each."""

from dataclasses import replace
from typing import Any

from hil.blocks import Plant
from hil.signals import record, signal


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    dx.level = (u.flow - p.leak * x.level) / p.area


def kinked(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    dx.level = (u.flow - p.leak * x.level) / p.area
    if t % 7 == 0:
        dx.level *= 1.01


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.volume = p.area * x.level


def unmoved(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.volume = 1.0


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    g.brim = x.level - 0.5


TANK = Plant(
    name="tank",
    words="a leaking tank",
    source="Torricelli, made linear",
    left_out="the square root",
    derivative=derivative,
    measure=measure,
    parameters=record(
        "Parameters",
        area=signal("m^2", "cross-section", 0.1, 100, 2.0),
        leak=signal("m^2/s", "leak", 0, 1, 0.1),
    ),
    state=record("State", level=signal("m", "level", 0, 10, 1.0)),
    inputs=record("Inputs", flow=signal("m^3/s", "feed", 0, 1, 0.2)),
    outputs=record("Outputs", volume=signal("m^3", "volume", 0, 100)),
)


def count(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """A pump that runs above 0.9 m, and how long it has been on."""
    p.on = x.level > 0.9
    if p.on:
        p.ns += h


def pumped(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    dx.level = (u.flow - p.leak * x.level - (0.2 if p.on else 0.0)) / p.area


def shown(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.volume = x.level * p.area
    y.pumped = p.ns * 1e-9


PUMPED = replace(
    TANK,
    derivative=pumped,
    measure=shown,
    outputs=record("Outputs", volume=signal("m^3", "volume", 0, 100), pumped=signal("s", "pump on", 0, 1e9)),
    discrete=record(
        "Pump", on=signal("1", "the pump runs", 0, 1, kind="b1"), ns=signal("ns", "how long it ran", 0, kind="i8")
    ),
    update=count,
)
