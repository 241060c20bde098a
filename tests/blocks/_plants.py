"""Plants whose motion is known in closed form, and some that go wrong."""

from typing import Any

from hil.blocks import Plant
from hil.signals import NOTHING, record, signal

PARAMETERS = record(
    "Parameters",
    k=signal("1/s", "rate of decay", initial=1.0),
    first=signal("1", "the level of one limit", initial=-1.0),
    second=signal("1", "the level of another", initial=-1.0),
)
STATE = record("State", q=signal("1", "what is left", initial=1.0), s=signal("1", "what has gone", initial=0.0))
TRIPS = record("Trips", first=signal("1", "q fell to the first"), second=signal("1", "q fell to the second"))


def decay(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """q = exp(-k t), s = 1 - q."""
    dx.q = -p.k * x.q
    dx.s = p.k * x.q


def gauss(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """q = exp(-t^2), so that the instants of the stages count; s = 1 - q."""
    dx.q = -2.0 * (t * 1e-9) * x.q
    dx.s = -dx.q


def explosion(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """q = 1 / (1 - t): infinite at one second."""
    dx.q = x.q * x.q
    dx.s = 0.0


def refusal(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """Raises from half a second on."""
    if t >= 500_000_000:
        raise ValueError
    dx.q = 1.0
    dx.s = 0.0


def kaps(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """q = exp(-2 t), s = exp(-t), whatever the rate k (Kaps 1981; Hairer, Wanner, Solving ODEs II, IV.10)."""
    dx.q = -2.0 * x.q + p.k * (x.s * x.s - x.q)
    dx.s = x.q - x.s - x.s * x.s


def limits(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    g.first = p.first - x.q
    g.second = p.second - x.q


def plant(derivative: Any, *, with_limits: bool = False) -> Plant:
    trips: Any = {"trips": TRIPS, "trip": limits} if with_limits else {}
    return Plant(
        name=derivative.__name__, words="", source="", left_out="", derivative=derivative,
        parameters=PARAMETERS, state=STATE, inputs=NOTHING, **trips,
    )  # fmt: skip


DECAY, GAUSS, EXPLOSION, REFUSAL = plant(decay), plant(gauss), plant(explosion), plant(refusal)
KAPS = plant(kaps)
LIMITED = plant(decay, with_limits=True)
