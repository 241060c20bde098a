"""What all links have in common: the points, the counters, and what an exchange leaves behind however it ends."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from time import monotonic_ns
from typing import Any

import numpy as np

from hil.links.link import NEVER, Agreed, Arrivals, Health, LinkError, NoAnswer, Point, Quality, Value, layout

Points = Sequence[Point | tuple[str, str]]


class BaseLink(ABC):
    """A link but for three verbs, in which foreign exceptions have to become LinkError or NoAnswer.

    `name` begins its errors: a URL, a port.
    """

    def __init__(self, name: str, writes: Points, reads: Points) -> None:
        self.name = name
        self.writes, self.reads = tuple(Point(*one) for one in writes), tuple(Point(*one) for one in reads)
        self.outgoing, self.incoming = layout(self.writes), layout(self.reads)
        self.arrived = Arrivals(len(self.reads))
        self.counters: Counter[str] = Counter()
        self.agreed: tuple[Agreed, ...] = ()
        self._behind: Sequence[int] | None = None
        self.facts: dict[str, str] = {}
        self._connected = False
        self._exchanges = self._errors = self._slowest = self._total = self._opened = 0
        self._last = NEVER

    @abstractmethod
    def _connect(self) -> None:
        """Connect and check every point."""

    @abstractmethod
    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        """Exchange once; return the quality of each value read, None when all are good.

        Values that are older than the sample have their ns in `_behind`.
        """

    @abstractmethod
    def _disconnect(self, *, polite: bool) -> None:
        """Let go of what there is of a connection; politely is with a word to the other side."""

    def open(self) -> None:
        """Connect and check every point; see `Link.open`."""
        if self._connected:
            return
        try:
            self._connect()
        except BaseException:
            self._disconnect(polite=False)
            raise
        self._connected = True
        self._opened += 1

    def exchange(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        """Carry the sample taken at `t` ns and bring back the answer; see `Link.exchange`."""
        if not self._connected:
            raise LinkError(f"{self.name}: the link is not open; open it before the first exchange")
        self.arrived.begin(t)
        began = monotonic_ns()
        try:
            quality = self._carry(t, out, into)
        except LinkError as error:
            self._errors += 1
            if not isinstance(error, NoAnswer):
                self._end(polite=False)
            raise
        self.arrived.mark(t, quality, self._behind)
        self._last = monotonic_ns()
        self._exchanges += 1
        self._total += self._last - began
        self._slowest = max(self._slowest, self._last - began)

    def close(self) -> None:
        """Disconnect; does nothing on a closed link."""
        if self._connected:
            self._end(polite=True)

    @property
    def health(self) -> Health:
        """How the link is doing."""
        age = monotonic_ns() - self._last if self._last != NEVER else -1
        mean = self._total // max(self._exchanges, 1)
        return Health(
            self._connected, not self._connected, self._exchanges, self._errors, age, self._slowest, mean,
            self._opened, dict(self.counters), values_of(self.reads, self.arrived), self.agreed, dict(self.facts),
        )  # fmt: skip

    def _end(self, *, polite: bool) -> None:
        self._connected = False
        self._disconnect(polite=polite)


def values_of(reads: Sequence[Point], arrived: Arrivals) -> tuple[Value, ...]:
    """Return how each value read is doing."""
    return tuple(
        Value(point.path, Quality(int(quality)).name.lower(), arrived.now - int(at) if at != NEVER else -1)
        for point, quality, at in zip(reads, arrived.quality, arrived.at, strict=True)
    )
