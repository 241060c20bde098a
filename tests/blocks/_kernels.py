"""Kernels that the tests compile: sound ones, and one for each way in which a kernel can be wrong."""

import math
from functools import cache
from typing import Any

import numpy as np

from hil.blocks import Kernel, function
from hil.signals import record, signal

CELL = record(
    "Cell",
    T=signal("K", "a name that NumPy has another meaning for", initial=300.0),
    n=signal("1", "a count", kind="i4", initial=3),
    on=signal("1", "a switch", kind="b1", initial=1),
    slab=signal("K", "a profile", shape=(2, 3), initial=1.25),
)
TABLE = np.array([1.0, 10.0, 100.0])


@function
def arrhenius(T: float) -> float:
    return math.exp(-1000.0 / T)


def mixed(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> int:
    y.n = x.n * 2 + (t + h) % 7
    y.on = not x.on
    for i in range(2):
        for j in range(3):
            y.slab[i, j] = x.slab[i, j] * TABLE[j] + i
    y.T = x.T + arrhenius(u.T) * p.T
    return np.int64(y.n)  # type: ignore[return-value]


def raises(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    if x.n > 2:
        raise ValueError


def divides(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.T = p.T / (x.T - x.T)


def returns_nothing(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.T = 1.0


def allocates(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.T = np.ones(3).sum()


def returns_a_float(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> float:
    return 1.5


def writes_no_field(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.pressure = 1.0


def reads_no_field(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.T = x.pressure


def calls_nobody(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.T = nobody(x.T)  # type: ignore[name-defined]  # noqa: F821


@cache
def kernel(name: str) -> Kernel:
    """A kernel of this module; its code stays loaded, for addresses are good only as long."""
    return Kernel(__name__, name, (CELL.dtype,) * 4)
