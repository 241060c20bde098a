"""The contract of every link: open, exchange by a deadline, close, health.

The exchange rule, which every link keeps: one exchange at time T carries the sample taken at T to the
controller and brings back the controller's answer to it; that answer acts at the next exchange, T + one
period. What lies in between, a wire or a queue or nothing at all, changes when an answer is *there* and
never when it *acts*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from hil.errors import RunError


class LinkError(RunError):
    """A wire broke in a run: the only error that leaves an open link, whatever library works below it."""


class ControllerFault(LinkError):
    """The controller itself says that it has stopped with a fault; the wire is sound."""


class Point(NamedTuple):
    """One value on a wire: its path at the controller and its numpy kind (`f4`, `i8`, `u1`, `S80`)."""

    path: str
    kind: str


@dataclass(frozen=True)
class Health:
    """What a link knows of itself; times in nanoseconds of the monotonic clock.

    `age` is the time since the last answer arrived (-1 before the first), `stale` says that it is too old
    to trust.
    """

    connected: bool
    stale: bool
    exchanges: int
    errors: int
    age: int
    slowest: int
    mean: int


class Link(Protocol):
    """One wire to one controller; used by one thread at a time."""

    writes: tuple[Point, ...]
    """The points that the bench writes."""

    reads: tuple[Point, ...]
    """The points that it reads."""

    outgoing: np.dtype[Any]
    """The layout of the values to the controller: one field for each point, named by its path."""

    incoming: np.dtype[Any]
    """The layout of the values from the controller."""

    def open(self) -> None:
        """Connect and check every point.

        Raises:
            InputError: points that the controller does not have, of another type, or not writable; all at
            once. LinkError: nobody answers.
        """
        ...

    def exchange(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        """Carry `out` (shape (1,), `outgoing`), sampled at `t` ns, and fill `into` (shape (1,), `incoming`).

        Raises:
            LinkError: no answer by the deadline, or a bad one; `into` is as it was.
        """
        ...

    def close(self) -> None:
        """Disconnect; does nothing on a closed link."""
        ...

    @property
    def health(self) -> Health:
        """How the link is doing; may be asked from any thread."""
        ...


def layout(points: Sequence[Point]) -> np.dtype[Any]:
    """Return the aligned structured dtype that holds one value of each point, in order."""
    return np.dtype([(one.path, one.kind) for one in points], align=True)
