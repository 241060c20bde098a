"""What every link has to hold, judged by `check_link`: values to the bit, errors of ours, and back after a cut."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np

from hil.links import Link, LinkError, Quality

PERIOD = 10_000_000  # ns between two exchanges
_SAMPLES = 20
_CYCLES = 3


@dataclass(frozen=True)
class Pair:
    """A link and the other side of its wire, which answers with what it was sent: read k is the value of write k.

    `cut` takes the other side away, `mend` brings it back and returns when it is there; both None where a wire
    cannot be cut. A pair that is not in `lockstep` may answer some exchanges later, by `patience` (s).
    """

    link: Link
    cut: Callable[[], None] | None = None
    mend: Callable[[], None] | None = None
    lockstep: bool = True
    patience: float = 2.0
    back_within: float = 1.0


def check_link(make_pair: Callable[[], AbstractContextManager[Pair]]) -> None:
    """Judge a link by the contract.

    Raises:
        AssertionError: what does not hold, in words.
    """
    for check in (_closed, _values, _opening, _cutting):
        with make_pair() as pair:
            try:
                check(pair)
            finally:
                pair.link.close()


def _expect(holds: bool, words: str) -> None:
    if not holds:
        raise AssertionError(words)


def _memory(link: Link) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    return np.zeros(1, link.outgoing), np.zeros(1, link.incoming)


def _closed(pair: Pair) -> None:
    link = pair.link
    names = [one.path for one in (*link.writes, *link.reads)]
    _expect([*(link.outgoing.names or ()), *(link.incoming.names or ())] == names, "the layouts are not the points'")
    link.close()
    _expect(not link.health.connected, "a link that was never opened says that it is connected")
    _expect(link.arrived.oldest < 0, "before the first answer a value has an age")
    try:
        link.exchange(0, *_memory(link))
    except LinkError as error:
        _expect("open" in str(error), f"an exchange over a closed link says {error}, not that it is not open")
    else:
        raise AssertionError("an exchange over a closed link raised no LinkError")


def _values(pair: Pair) -> None:
    link = pair.link
    link.open()
    out, into = _memory(link)
    t = 0
    for sample in _samples(link):
        for point, value in zip(link.writes, sample, strict=True):
            out[point.path] = value
        t = _until_echoed(pair, t, out, into)
        _expect(link.arrived.now - link.arrived.oldest == 0, "the answer to the newest sample has an age")
        _expect(not link.arrived.stale(PERIOD), "the answer to the newest sample is stale")
    health = link.health
    _expect(health.exchanges >= _SAMPLES, f"{health.exchanges} exchanges are counted, there were {_SAMPLES} at least")
    _expect((health.connected, health.errors) == (True, 0), f"sound exchanges left {health}")
    _expect([one.path for one in health.values] == [one.path for one in link.reads], "health lacks values")


def _until_echoed(pair: Pair, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> int:
    """Exchange until the answer is what was sent, and good: at once in lockstep; return the next exchange's time."""
    link, until = pair.link, monotonic() + pair.patience
    before = out.tobytes()
    while True:
        link.exchange(t, out, into)
        t += PERIOD
        _expect(out.tobytes() == before, "an exchange changed what it was to send")
        wrong = [
            f"{back.path} is {into[back.path][0]!r} where {there.path} was {out[there.path][0]!r}"
            for there, back in zip(link.writes, link.reads, strict=True)
            if into[back.path].tobytes() != out[there.path].tobytes()
        ]
        if not wrong and not (link.arrived.quality == Quality.GOOD).all():
            wrong = ["a value that came is not of good quality"]
        if not wrong:
            return t
        _expect(not pair.lockstep and monotonic() < until, "; ".join(wrong))


def _samples(link: Link) -> Iterator[list[Any]]:
    """Values for the points written: the ends of every kind, then random ones of one seed."""
    random = np.random.default_rng(1)
    for number in range(_SAMPLES):
        yield [_value(one.kind, number, random) for one in link.writes]


def _value(kind: str, number: int, random: np.random.Generator) -> Any:
    dtype = np.dtype(kind)
    if dtype.kind == "S":
        return bytes(random.integers(32, 127, number % (dtype.itemsize + 1), "u1"))
    if dtype.kind == "f":
        ends = [0.0, -1.5, float(np.finfo(dtype).max), float(np.finfo(dtype).smallest_normal)]
        return dtype.type(ends[number] if number < len(ends) else random.normal() * 10.0 ** random.integers(-6, 7))
    if kind in ("u1", "b1", "?"):
        return number % 2  # of a BOOL, which has a byte
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    return [low, high, 0, 1][number] if number < 4 else random.integers(low, high, dtype=dtype, endpoint=True)


def _opening(pair: Pair) -> None:
    """Opened and closed again and again a link leaves no thread and no file behind."""
    link = pair.link

    def held() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    out, into = _memory(link)
    link.open()
    link.close()
    before = held()
    for _ in range(_CYCLES):
        link.open()
        link.open()
        link.exchange(0, out, into)
        link.close()
        link.close()
        _expect(not link.health.connected, "a closed link says that it is connected")
    _expect(held() <= before, f"threads and open files were {before}, and are {held()} after {_CYCLES} openings")
    _expect(link.health.opened == _CYCLES + 1, f"{link.health.opened} openings are counted, not {_CYCLES + 1}")


def _cutting(pair: Pair) -> None:
    """A cut is an error of ours by the patience; the values stay and grow old; mended, data flows in time."""
    link = pair.link
    if pair.cut is None or pair.mend is None:
        return
    link.open()
    out, into = _memory(link)
    link.exchange(0, out, into)
    kept, until, t = into.tobytes(), monotonic() + pair.patience, 0
    pair.cut()
    while True:
        t += PERIOD
        try:
            link.exchange(t, out, into)
        except LinkError:
            break
        _expect(not pair.lockstep and monotonic() < until, "an exchange over a cut wire raised no LinkError")
        kept = into.tobytes()
    _expect(into.tobytes() == kept, "an exchange that failed changed the values")
    _expect(link.health.errors > 0, "an exchange that failed is not counted")
    pair.mend()
    until = monotonic() + pair.back_within
    while not _flows(link, t := t + PERIOD, out, into):
        _expect(monotonic() < until, f"no data flows {pair.back_within:g} s after the other side was back")
    _expect(link.health.opened >= 1 and link.health.connected, f"data flows again, and health has {link.health}")


def _flows(link: Link, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> bool:
    try:
        link.open()
        link.exchange(t, out, into)
    except LinkError:
        return False
    return not link.arrived.stale(PERIOD)
