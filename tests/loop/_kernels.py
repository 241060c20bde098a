"""Blocks that the tests put into a schedule: one that notes when it is called, one that answers with a status."""

from typing import Any

import numpy as np

from hil.blocks import Kernel
from hil.loop import Step
from hil.signals import record, signal

LOG = record(
    "Log",
    count=signal("1", "calls so far", kind="i8"),
    calls=signal("ns", "t and h of each call", shape=(64, 2), kind="i8"),
    at=signal("ns", "when to answer with a status", initial=-1, kind="i8"),
    status=signal("1", "that status", kind="i8"),
)
PATTERN = record("Pattern", values=signal("1", "all the same, unless torn", shape=(40,)))
TORN = record("Torn", torn=signal("1", "torn patterns seen", kind="i8"), last=signal("1", "the pattern last seen"))


def note(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> int:
    p.calls[p.count, 0] = t
    p.calls[p.count, 1] = h
    p.count += 1
    return p.status if t == p.at else 0


def fill(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    for i in range(40):
        p.values[i] = float(t)


def check(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.last = p.values[0]
    for i in range(40):
        if p.values[i] != y.last:
            y.torn += 1


_NOTE = Kernel(__name__, "note", (LOG.dtype, None, None, None))
_FILL = Kernel(__name__, "fill", (PATTERN.dtype, None, None, None))
_CHECK = Kernel(__name__, "check", (PATTERN.dtype, None, None, TORN.dtype))


def noting(log: "np.ndarray[Any, Any]", period: int, phase: int = 0) -> Step:
    """A step that notes its calls in `log`."""
    return Step("note", _NOTE.address, period, p=log, phase=phase)


def filling(pattern: "np.ndarray[Any, Any]", period: int) -> Step:
    """A step that fills a pattern with the time."""
    return Step("fill", _FILL.address, period, p=pattern)


def checking(pattern: "np.ndarray[Any, Any]", torn: "np.ndarray[Any, Any]", period: int) -> Step:
    """A step that counts torn patterns."""
    return Step("check", _CHECK.address, period, p=pattern, y=torn)


def calls(log: "np.ndarray[Any, Any]") -> list[list[int]]:
    """The calls noted: t and h of each."""
    return [[int(t), int(h)] for t, h in log["calls"][0][: int(log["count"][0])]]
