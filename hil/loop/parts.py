"""The blocks that every rig needs: the scenario's player, the ring of samples, the wall clock."""

import ctypes
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hil.blocks import Kernel
from hil.loop.layout import EVENT, HOST, KINDS, PACE, RING, SCRIPT, TRADE
from hil.loop.loop import Step, address_of

_MODULE = "hil.loop.kernels"
_PLAY = Kernel(_MODULE, "play", (SCRIPT, None, None, None))
_SAMPLE = Kernel(_MODULE, "sample", (RING, None, None, None))
_PACE = Kernel(_MODULE, "pace", (PACE, None, None, None))
_TRADE = Kernel(_MODULE, "trade", (TRADE, None, None, None))
_HAND_OVER = Kernel(_MODULE, "hand_over")


@dataclass(frozen=True)
class Change:
    """One event in memory: at `start` (ns) the value at an address becomes `value`, by a ramp until `end`."""

    start: int
    end: int
    address: int
    kind: str
    value: float


def script(changes: Sequence[Change], period: int) -> Step:
    """Return the step that plays a scenario's events."""
    table = np.zeros(len(changes), EVENT)
    for line, one in zip(table, sorted(changes, key=lambda change: change.start), strict=True):
        line["start"], line["end"], line["address"] = one.start, one.end, one.address
        line["kind"], line["value"] = KINDS[one.kind], one.value
    p = np.zeros(1, SCRIPT)
    p["events"], p["count"] = address_of(table), len(table)
    return Step("scenario", _PLAY, period, p=p, x=table)


def handover(name: str, period: int) -> Step:
    """Return a step that stops the loop for its host with the status HOST."""
    return Step(name, _HAND_OVER, period)


class Ring:
    """Samples on their way from the loop to the record; one writer, one reader, no lock.

    On virtual time a full ring hands over to the host; on the wall clock it never waits, and lost rows
    are counted, in `lost` too (shape (1,), i8) where it is given.
    """

    def __init__(
        self,
        image: "np.ndarray[Any, Any]",
        period: int,
        capacity: int,
        *,
        waits: bool,
        lost: "np.ndarray[Any, Any] | None" = None,
    ) -> None:
        words = 1 - (-image.dtype.itemsize // 8)
        row = {"names": ["t", "image"], "formats": ["i8", image.dtype], "offsets": [0, 8], "itemsize": 8 * words}
        self.rows = np.zeros(capacity, np.dtype(row))  # type: ignore[call-overload]
        self.p = np.zeros(1, RING)
        self.p["rows"], self.p["capacity"], self.p["row_words"] = address_of(self.rows), capacity, words
        self.p["source"], self.p["waits"] = address_of(image), waits
        lost = np.zeros(1, "i8") if lost is None else lost
        self.step = Step("record", _SAMPLE, period, p=self.p, y=lost)

    @property
    def lost(self) -> int:
        """The rows that found the ring full."""
        return int(self.p["lost"][0])

    @property
    def newest(self) -> int:
        """The time of the newest row, ns; 0 before the first."""
        head = int(self.p["head"][0])
        return int(self.rows[(head - 1) % len(self.rows)]["t"]) if head else 0

    def take(self) -> "np.ndarray[Any, Any]":
        """Return copies of the rows that have come in, oldest first, and free them; fields `t` (ns) and `image`."""
        head, tail = int(self.p["head"][0]), int(self.p["tail"][0])
        first, last = tail % len(self.rows), (tail % len(self.rows)) + head - tail
        # As bytes: NumPy copies a structure field by field and leaves the padding undefined, which is recorded too.
        raw = self.rows.view("u1").reshape(len(self.rows), -1)
        taken = np.concatenate((raw[first:last], raw[: max(0, last - len(self.rows))]))
        self.p["tail"] = head
        return taken.view(self.rows.dtype)[:, 0]


class Pace:
    """The wall clock of a run: `rate` times as fast as real time; counts the ticks that begin late.

    A tick is late when it begins more than `tolerance` ns of wall time behind its instant, after `grace` ns of
    simulated time.
    """

    def __init__(self, step: int, rate: int, lateness: "np.ndarray[Any, Any]", *, tolerance: int, grace: int) -> None:
        self.p = np.zeros(1, PACE)
        self.p["gettime"], self.p["nanosleep"] = _libc("clock_gettime"), _libc("clock_nanosleep")
        self.p["rate"], self.p["tolerance"], self.p["grace"] = rate, tolerance, grace
        self.p["spin"] = min(60_000, step // rate // 4)  # 60 us halve the wake-up's lateness and cost 6 % at 1 kHz
        self.step = Step("clock", _PACE, step, p=self.p, x=self.p["seconds"], y=lateness)

    def start(self) -> None:
        """Let simulated time 0 be now."""
        self.p["start"] = time.monotonic_ns()


def _libc(name: str) -> int:
    return int(ctypes.cast(getattr(ctypes.CDLL(None), name), ctypes.c_void_p).value or 0)


def trade(
    name: str, period: int, send: "np.ndarray[Any, Any]", outbox: int, answer: "np.ndarray[Any, Any]", inbox: int,
    health: "np.ndarray[Any, Any]",
) -> Step:  # fmt: skip
    """Return the step that meets a free-running link in its mailboxes; an answer is stale at two periods of age."""
    p = np.zeros(1, TRADE)
    p["gettime"], p["outbox"], p["inbox"], p["limit"] = _libc("clock_gettime"), outbox, inbox, 2 * period
    p["send"], p["send_bytes"] = address_of(send), send.dtype.itemsize
    p["answer"], p["answer_bytes"] = address_of(answer), answer.dtype.itemsize
    return Step(name, _TRADE, period, p=p, x=np.zeros(2, "i8"), y=health)


__all__ = ["HOST", "Change", "Pace", "Ring", "handover", "script", "trade"]
