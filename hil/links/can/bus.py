"""A CAN bus in use: one thread receives, one sends what is due, and both outlive every error of the bus.

Bus-off and error-passive are seen in the frames and lines that tell of them, and by asking the driver every 50 ms.
After a bus-off the bus is opened anew when `restart` ns have passed, or stays off with `restart` None.
"""

import heapq
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic_ns

from hil.links.can.frame import Errors, Frame, State
from hil.links.can.ports import Address, Port, open_port
from hil.links.link import LinkError

_WAIT = 0.02  # s between two looks of the receiving thread at the end and the clock
_ASK = 50_000_000  # ns between two questions for the driver's state
_AT_ONCE = 32  # errors in a row behind each of which the next frame is asked for at once
_PAUSE = 0.001  # s behind each further one
_GONE = 250_000_000  # ns of nothing but errors, after which the line is opened anew
RESTART = 100_000_000

Handler = Callable[[Frame, int], None]
"""Takes a frame and the ns of the monotonic clock at which it came; called in the receiving thread."""


@dataclass(order=True)
class _Due:
    at: int
    order: int
    key: str = field(compare=False)


@dataclass
class _Sending:
    """A message of the scheduler: its newest frames, its period (0 for none), the least time between two (ns)."""

    frames: tuple[Frame, ...]
    period: int
    gap: int
    sent: int = -(1 << 62)
    due: int = 0


class Bus:
    """An open bus, `handle` gets what comes. `told` hears each change of the bus's state, in the receiving thread.

    There `tick` is called, too, with the time in ns, behind each frame and every 20 ms at least.
    """

    def __init__(
        self,
        where: Address,
        handle: Handler,
        *,
        restart: int | None = RESTART,
        told: Callable[[Errors], None] = lambda _: None,
        tick: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.where, self.restart = where, restart
        self.counters: Counter[str] = Counter()
        self.state: State = "active"
        self.changed = 0
        self._handle, self._told, self._tick = handle, told, tick
        self._end = threading.Event()
        self._lock = threading.Lock()
        self._port: Port = open_port(where)
        self._schedule = _Schedule(self)
        self._thread = threading.Thread(target=self._receive, name="hil can receive", daemon=True)
        self._thread.start()

    def send(self, frame: Frame) -> None:
        """Send a frame now.

        Raises:
            LinkError: the bus is off, or the driver refuses.
        """
        if self.state == "off":
            raise LinkError(f"{self.where}: bus-off, nothing can be sent")
        with self._lock:
            self._port.send(frame)

    def send_scheduled(self, frame: Frame, silences: int) -> None:
        """Send a frame of the scheduler, unless there was silence since it was due; see `send`."""
        if self.state == "off":
            raise LinkError(f"{self.where}: bus-off, nothing can be sent")
        with self._lock:
            if silences == self._schedule.silences:
                self._port.send(frame)

    def every(self, key: str, frames: tuple[Frame, ...], period: int, gap: int = 0) -> None:
        """Let the scheduler send frames: every `period` ns; with period 0 when they change, `gap` ns apart at least."""
        self._schedule.put(key, frames, period, gap)

    @property
    def now(self) -> int:
        """The time of this bus in ns: that of frames that come."""
        return monotonic_ns()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until something is there, so long at most; return whether it is."""
        return event.wait(seconds)

    def step(self, _: int) -> None:
        """Let the time of an exchange pass: here it does so by itself."""

    def silence(self) -> None:
        """Let the scheduler send nothing any more of what it has, not even what is on its way out."""
        self._schedule.forget()
        with self._lock:
            self._schedule.silences += 1

    def close(self) -> None:
        """End both threads and let go of the bus."""
        self._end.set()
        self._schedule.close()
        self._thread.join()
        with suppress(LinkError):
            self._port.close()

    # ---- the receiving thread

    def _receive(self) -> None:
        asked, row, since = monotonic_ns(), 0, 0
        while not self._end.is_set():
            try:
                one = self._port.receive(_WAIT)
                now, row = monotonic_ns(), 0
                if isinstance(one, Errors):
                    self._errors(one, now)
                elif one is not None:
                    self._handle(one, now)
                self._tick(now)
                if now - asked >= _ASK:
                    asked = now
                    state = self._port.state()
                    if state is not None and state != self.state:
                        self._errors(Errors(state), now)
                if self.state == "off" and self.restart is not None and now - self.changed >= self.restart:
                    self._try_again()
            except LinkError:
                self.counters["receive"] += 1
                since, row = since if row else monotonic_ns(), row + 1
                if row > _AT_ONCE:
                    self._end.wait(_PAUSE)
                if monotonic_ns() - since > _GONE:
                    row = 0
                    self._try_again()

    def _errors(self, one: Errors, now: int) -> None:
        for kind in one.kinds:
            self.counters[kind] += 1
        if one.kinds and one.state == "active":  # errors of frames tell nothing of the state
            return
        if one.state != self.state:
            self.state, self.changed = one.state, now
            self.counters[one.state] += one.state != "active"
            self._told(one)

    def _try_again(self) -> None:
        try:
            self._open_again()
        except LinkError:
            self.counters["not opened"] += 1
            self._end.wait(_GONE / 1e9)

    def _open_again(self) -> None:
        with self._lock:
            with suppress(LinkError):
                self._port.close()
            self._port = open_port(self.where)
        self.counters["restarted"] += 1
        self._errors(Errors("active"), monotonic_ns())


class _Schedule:
    """What is sent without being asked for, by one thread, each at an absolute time."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._sending: dict[str, _Sending] = {}
        self._heap: list[_Due] = []
        self._order = 0
        self._wake = threading.Condition()
        self._ended = False
        self._thread: threading.Thread | None = None
        self.silences = 0

    def put(self, key: str, frames: tuple[Frame, ...], period: int, gap: int) -> None:
        now = monotonic_ns()
        with self._wake:
            one = self._sending.get(key)
            if one is None:
                one = self._sending[key] = _Sending(frames, period, gap)
                self._push(key, one, now)
            elif frames != one.frames:
                one.frames = frames
                if not period and one.due <= one.sent:
                    self._push(key, one, max(now, one.sent + gap))
            if self._thread is None and not self._ended:
                self._thread = threading.Thread(target=self._run, name="hil can send", daemon=True)
                self._thread.start()
            self._wake.notify()

    def forget(self) -> None:
        with self._wake:
            for one in self._sending.values():
                one.frames = ()

    def close(self) -> None:
        with self._wake:
            self._ended = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def _push(self, key: str, one: _Sending, at: int) -> None:
        one.due = at
        self._order += 1
        heapq.heappush(self._heap, _Due(at, self._order, key))

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._ended and (not self._heap or self._heap[0].at > monotonic_ns()):
                    self._wake.wait((self._heap[0].at - monotonic_ns()) / 1e9 if self._heap else None)
                if self._ended:
                    return
                due = heapq.heappop(self._heap)
                one, now = self._sending[due.key], monotonic_ns()
                frames, one.sent, silences = one.frames, now, self.silences
                if one.period:
                    # What was missed is left out, never made up for.
                    missed = max(0, (now - due.at) // one.period)
                    self._bus.counters["late"] += missed
                    self._push(due.key, one, due.at + (missed + 1) * one.period)
            self._send(frames, silences)

    def _send(self, frames: tuple[Frame, ...], silences: int) -> None:
        for one in frames:
            try:
                self._bus.send_scheduled(one, silences)
            except LinkError:
                self._bus.counters["send"] += 1
