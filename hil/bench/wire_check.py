"""What a rig's wire can carry, measured before a run: round trips, throughput, the controller's clock."""

import itertools
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic_ns
from typing import NamedTuple

import numpy as np

from hil.bench.links import Wanted
from hil.bench.rig import Rig
from hil.bench.targets import MAKERS
from hil.errors import InputError
from hil.links import Agreed, Link, LinkError, NoAnswer

_WARM = 10
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class WireReport:
    """Times in ns. `carries` is the shortest period of 1, 2, 5, 10 ... ms within which 99.9 % of the answers came.

    `drift` is how much faster the controller's clock goes than ours, in millionths; None where it shows none.
    `drift_within` is how far off that may be: the time that reading the two clocks took, over that between.
    `agreed` is what was asked of the other side, and what it made of it. Where the link does not wait for answers
    (`waits` False: the controller sends by itself) the times are those of the bench's side alone.
    """

    link: str
    exchanges: int
    failed: int
    values: int
    p50: int
    p99: int
    p999: int
    slowest: int
    throughput: float
    carries: int
    drift: float | None
    drift_within: float
    agreed: tuple[Agreed, ...]
    waits: bool


def measure_wire(rig: Rig, name: str, count: int, target: str = "plc") -> WireReport:
    """Exchange `count` times, as fast as the wire goes, with the controller on its own clock.

    On a CAN bus only lockstep has an answer to each sample: there our own controller keeps it.

    Raises:
        InputError: a fused program has no wire; what cannot be wired. LinkError: the wire is lost, or nobody answers.
    """
    if name == "fused":
        raise InputError("a fused program has no wire to test; name a link, as --link opcua")
    with ExitStack() as stack:
        lockstep = name == "can" and target == "plc" and not rig.file.links.can.external
        link = MAKERS[target](name, Wanted(rig, lockstep, stack))
        link.open()
        stack.callback(link.close)
        steps, start = itertools.count(0, rig.controller.period), monotonic_ns()
        warm = [_exchange(link, next(steps) if lockstep else monotonic_ns() - start) for _ in range(_WARM)]
        if not any(warm):
            raise LinkError(f"{name}: no answer to any of {_WARM} exchanges; is the controller on, and of this wiring?")
        before, began = _clocks(link), monotonic_ns()
        times = [_exchange(link, next(steps) if lockstep else monotonic_ns() - start) for _ in range(count)]
        took, after, agreed = monotonic_ns() - began, _clocks(link), link.health.agreed
    came = np.array([one for one in times if one is not None] or [0])
    p50, p99, p999, slowest = (int(one) for one in np.quantile(came, [0.5, 0.99, 0.999, 1.0], method="higher"))
    values, failed = len(link.writes) + len(link.reads), times.count(None)
    return WireReport(
        name, count, failed, values, p50, p99, p999, slowest, values * (count - failed) / (took / 1e9),
        shortest_period(p999), *_drift(before, after), agreed, getattr(link, "waits", True),
    )  # fmt: skip


def _drift(before: "_Clocks | None", after: "_Clocks | None") -> tuple[float | None, float]:
    if before is None or after is None:
        return None, 0.0
    ours = after.ours - before.ours
    return 1e6 * ((after.theirs - before.theirs) / ours - 1), 1e6 * (before.within + after.within) / ours


def shortest_period(time: int) -> int:
    """Return the shortest of 1, 2, 5, 10 ... ms that is not below `time` (ns)."""
    decade = 1_000_000
    while True:
        for step in _STEPS:
            if step * decade >= time:
                return step * decade
        decade *= 10


def _exchange(link: Link, t: int) -> int | None:
    """Return how long an exchange took, None when no answer came."""
    out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
    began = monotonic_ns()
    try:
        link.exchange(t, out, into)
    except NoAnswer:
        return None
    return monotonic_ns() - began


class _Clocks(NamedTuple):
    """The controller's time and ours at one instant, and what reading them took, in ns."""

    theirs: int
    ours: int
    within: int


def _clocks(link: Link) -> _Clocks | None:
    """Read both clocks; None where the controller shows none."""
    clock: Callable[[], int] | None = getattr(link, "clock", None)
    if clock is None:
        return None
    began = monotonic_ns()
    theirs = clock()
    took = monotonic_ns() - began
    return _Clocks(theirs, began + took // 2, took)
