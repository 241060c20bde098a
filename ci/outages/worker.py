"""Breaks one link again and again, beside two that stay whole; prints a JSON object for each outage."""

import argparse
import json
import sys
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from time import monotonic_ns, sleep
from typing import Any

import numpy as np

from ci.outages import network
from ci.outages.sides import PERIOD, SIDES, Outage, modbus_tcp
from hil.links import FreeRunning, Link, MemoryLink

_SOUND = 1.0  # s between two outages
_LOOK = 0.001  # s
_SPREAD = 0.26  # s by which outages of one kind differ: a period of the attempts to open a link again
_LONGEST = 90.0  # s in which 1000 damaged answers have to be over, and data to flow again


@dataclass(frozen=True)
class Seen:
    """One outage. Times in s: how long it lasted, until the link noticed, from its end until data flowed again.

    Data flows when the answer to a sample is there that was put in behind the end.
    """

    link: str
    outage: str
    lasted: float
    noticed: float
    back: float
    stale: bool
    alive: bool


Windows = list[tuple[int, int]]
"""From and to, in ns of the monotonic clock."""


class Beside(FreeRunning):
    """A link that stays whole, and how late each of its exchanges was."""

    def __init__(self, name: str, link: Link, period: int) -> None:
        super().__init__(_Noted(link, self), period)
        self.name = name
        self.seen: list[tuple[int, int]] = []

    def late_by(self, outages: list[Windows]) -> list[float]:
        """Return p50 and p99 of how late exchanges were, in ms beyond the earliest of all: medians of all outages'."""
        seen = np.array(self.seen)
        late = seen[:, 1] - seen[:, 1].min()
        found = []
        for windows in outages:
            inside = np.zeros(len(seen), bool)
            for first, last in windows:
                inside |= (first <= seen[:, 0]) & (seen[:, 0] < last)
            if inside.any():
                found.append(np.quantile(late[inside], [0.5, 0.99]))
        return [float(one) / 1e6 for one in np.median(found, axis=0)]


class _Noted:
    """A link that notes when it is asked to exchange."""

    def __init__(self, link: Link, beside: Beside) -> None:
        self._link, self._beside = link, beside

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    def exchange(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        """Exchange, at a time that is noted."""
        now = monotonic_ns()
        self._beside.seen.append((now, now - t))
        self._link.exchange(t, out, into)


class Bench:
    """The link under test and those beside it, all running."""

    def __init__(self, name: str, stack: ExitStack, *, cuts: bool) -> None:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        self.name, self.side = name, SIDES[name](folders[0], stack, cuts=cuts)
        other = modbus_tcp(folders[1], stack, cuts=False).link
        self.died: list[str] = []
        threading.excepthook = lambda args: self.died.append(str(args.exc_value))
        self.free = FreeRunning(self.side.link, PERIOD)
        memory = MemoryLink(lambda *_: None, [("x", "f4")], [("y", "f4")])
        self.beside = [Beside("memory at 1 kHz", memory, 1_000_000), Beside("modbus-tcp at 100 Hz", other, PERIOD)]
        self._number = 0
        for one in (self.free, *self.beside):
            one.start()
            stack.callback(one.stop)
            one.outgoing.put(np.zeros(1, one.link.outgoing), 1)
        self.threads = self._threads()
        self.sound: list[Windows] = []
        self.out: list[Windows] = []
        self.back(monotonic_ns())

    def break_once(self, kind: str, outage: Outage, seconds: float) -> Seen:
        """Let an outage happen once, and measure."""
        began = monotonic_ns()
        sleep(_SOUND)
        cut = monotonic_ns()
        outage.begin()
        noticed, stale, until = 0, False, monotonic_ns() + round(1e9 * (_LONGEST if outage.over else seconds))
        while (now := monotonic_ns()) < until and not (outage.over and outage.over()):
            stale = stale or self.free.stale(now)
            noticed = noticed or (now if outage.seen() or (stale and kind != "bus-off") else 0)
            sleep(_LOOK)
        mending = monotonic_ns()
        outage.end()
        mended = monotonic_ns()
        back = self.back(mended)
        # A server that starts takes the processor from everybody, outage or not: that time is of neither kind.
        self.sound.append([(began, cut)])
        self.out.append([(cut, mending), (mended, back)])
        alive = not self.died and self.threads <= self._threads()
        lasted, found, took = (
            (last - first) / 1e9 for first, last in ((cut, mending), (cut, noticed or back), (mended, back))
        )
        return Seen(self.name, kind, lasted, found, took, stale, alive)

    def back(self, since: int) -> int:
        """Wait for the answer to a new sample; return when it came."""
        self._number += 1
        free = self.free
        out, into = np.zeros(1, free.link.outgoing), np.zeros(1, free.link.incoming)
        out["x0"] = self._number
        free.outgoing.put(out, since)
        while monotonic_ns() - since < 1e9 * _LONGEST:
            if free.incoming.take(into) >= since and into["y0"][0] == self._number:
                return monotonic_ns()
            sleep(_LOOK)
        raise SystemExit(f"{self.name}: no data flows {_LONGEST:g} s after the outage: {free.error}")

    def _threads(self) -> set[str]:
        """The kinds of threads of links that live, with how many there are of each."""
        names = sorted(one.name for one in threading.enumerate() if one.name.startswith("hil "))
        return {f"{name} {names[:k].count(name)}" for k, name in enumerate(names)}


def main() -> int:
    """Break one link in every way that it has."""
    parser = argparse.ArgumentParser()
    parser.add_argument("link", choices=SIDES)
    parser.add_argument("--rounds", required=True, help="seconds and how often, as 1:20,10:3,60:1")
    parser.add_argument("--cuts", action="store_true", help="this process has a network namespace of its own")
    given = parser.parse_args()
    if given.cuts:
        network.begin()
    rounds = [(float(length), int(count)) for length, count in (one.split(":") for one in given.rounds.split(","))]
    with ExitStack() as stack:
        bench = Bench(given.link, stack, cuts=given.cuts)
        random = Random(given.link)
        for kind, outage in bench.side.outages.items():
            for length, count in rounds[:1] if outage.over else rounds if kind == "killed" else rounds[:2]:
                for _ in range(1 if outage.over else count):
                    seconds = length + random.uniform(0.0, _SPREAD)
                    print(json.dumps(asdict(bench.break_once(kind, outage, seconds))), flush=True)
        for one in bench.beside:
            sound, out = one.late_by(bench.sound), one.late_by(bench.out)
            print(json.dumps({"link": given.link, "beside": one.name, "sound": sound, "out": out}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
