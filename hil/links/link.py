"""The contract of every link: open, exchange by a deadline, close, health, open again.

The exchange rule, which every link keeps: one exchange at time T carries the sample taken at T to the
controller and brings back the controller's answer to it; that answer acts at the next exchange, T + one
period. What lies in between, a wire or a queue or nothing at all, changes when an answer is *there* and
never when it *acts*.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

import numpy as np

from hil.errors import RunError

NEVER = -1
"""The time of what has not happened yet."""


class LinkError(RunError):
    """A wire broke in a run: the only error that leaves an open link, whatever library works below it."""


class NoAnswer(LinkError):
    """One exchange failed: no answer by the deadline, or a damaged one. The wire is still there, the link open."""


class ControllerFault(LinkError):
    """The controller itself says that it has stopped with a fault; the wire is sound."""


class Quality(IntEnum):
    """What is to be thought of a value that was read; the worse, the greater."""

    GOOD = 0
    UNCERTAIN = 1
    """It came, and the controller does not vouch for it: used, and never fresh."""
    BAD = 2
    """It did not come, or the controller says that it is none: the value before it stays."""


class Point(NamedTuple):
    """One value on a wire: its path at the controller and its numpy kind (`f4`, `i8`, `u1`, `S80`)."""

    path: str
    kind: str


class Arrivals:
    """The quality and the age of each value read, on the bench's clock.

    `quality` (u1) has what was said of each last; `at` (i8, ns) the time of the sample that each good value
    answers, `NEVER` before the first. A value of another quality does not move its `at`: it grows old.
    """

    def __init__(self, count: int) -> None:
        self.quality = np.full(count, Quality.BAD, "u1")
        self.at = np.full(count, NEVER, "i8")
        self.now = self._whole = NEVER

    def begin(self, t: int) -> None:
        """Note that the sample of `t` ns goes out."""
        self.now = t

    def mark(self, at: int, quality: Sequence[int] | None = None, behind: Sequence[int] | None = None) -> None:
        """Note that the answer to the sample of `at` has come, with a quality for each value; None, all are good.

        `behind` has how many ns each value is older than that sample; None, no value is.
        """
        if quality is None and behind is None:
            self.quality[:], self.at[:] = Quality.GOOD, at
            self._whole = at
            return
        self.quality[:] = Quality.GOOD if quality is None else quality
        good = self.quality == Quality.GOOD
        self.at[good] = np.maximum(at - np.asarray(behind), 0)[good] if behind is not None else at
        self._whole = int(self.at.min()) if len(self.at) else at

    @property
    def oldest(self) -> int:
        """The time of the sample that the oldest value answers: an answer is as old as its oldest value."""
        return self._whole

    def stale(self, period: int) -> bool:
        """Tell whether some value is two periods old; before the first answer, whether one was due."""
        return self.now - max(self._whole, 0) >= 2 * period


@dataclass(frozen=True)
class Value:
    """How one value read is doing; its `age` in ns of the bench's clock, -1 before it came."""

    path: str
    quality: str
    age: int


@dataclass(frozen=True)
class Agreed:
    """A number that we asked the other side for, and what it made of that."""

    name: str
    asked: float
    revised: float
    unit: str = ""


@dataclass(frozen=True)
class Health:
    """What a link knows of itself; times in nanoseconds of the monotonic clock.

    `age` is the time since the last answer arrived (-1 before the first), `stale` says that it is too old
    to trust. `counters` has the errors by what they were, `opened` how often the link was opened, `agreed` what was
    agreed on with the other side, `facts` what it knows of itself and of that side: addresses, identity, trouble codes.
    """

    connected: bool
    stale: bool
    exchanges: int
    errors: int
    age: int
    slowest: int
    mean: int
    opened: int = 0
    counters: Mapping[str, int] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


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

    arrived: Arrivals
    """The quality and the age of each value read."""

    def open(self) -> None:
        """Connect and check every point; does nothing on an open link, and connects a lost one anew.

        Raises:
            InputError: points that the controller does not have, of another type, or not writable; all at
            once. LinkError: nobody answers.
        """
        ...

    def exchange(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        """Carry `out` (shape (1,), `outgoing`), sampled at `t` ns, and fill `into` (shape (1,), `incoming`).

        Raises:
            NoAnswer: none by the deadline, or a damaged one; the link stays open. LinkError: the wire is lost and
            the link closed. `into` is as it was.
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
