"""The CAN link: a rig's values in the messages of a DBC file; over CANopen and J1939 in `canopen_link`, `j1939_link`.

In lockstep the messages leave, then one frame that lets the controller scan: the wiring's `step` frame with the time in
ns, which the controller acknowledges behind its own messages (identifier + 1). Otherwise the scheduler sends each
message at its period, and an exchange takes what came last; a value is bad when its message is two periods late. A
bus-off ends a run in lockstep; otherwise there is no answer until the bus has been opened anew.
"""

import queue
import struct
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from hil.links.base import BaseLink, Points
from hil.links.can import j1939
from hil.links.can.frame import CodecError, Errors, Frame, State
from hil.links.can.ports import Address
from hil.links.can.signals import Message
from hil.links.can.wiring import Place, Wiring
from hil.links.link import ControllerFault, Health, LinkError, NoAnswer, Quality

if TYPE_CHECKING:
    from hil.links.can.bus import Bus

DONE, FAULT, TEXT = 0, 1, 2
"""First byte of an acknowledge: scanned; stopped with a fault, whose text ends here; a piece of that text."""

_QUALITY = {"good": Quality.GOOD, "error": Quality.UNCERTAIN, "none": Quality.BAD}
_KIND_LATE = 2  # periods


class CanLink(BaseLink):
    """A link over a CAN bus.

    Args:
        where: the bus.
        wiring: the messages, and where the values lie in them.
        writes: the points that the bench writes.
        reads: the points that it reads.
        lockstep: the controller scans when the bench says so.
        period: of the exchanges in ns; that of messages for which the wiring has none.
        timeout: the longest time in seconds that an answer may take.
        restart: ns after a bus-off until the bus is opened anew; None leaves it off.
        opens: what opens the bus, where it is no `Bus` on a wire but has its methods.
    """

    def __init__(
        self,
        where: Address,
        wiring: Wiring,
        writes: Points,
        reads: Points,
        *,
        lockstep: bool,
        period: int,
        timeout: float = 5.0,
        restart: int | None = 100_000_000,
        opens: "Opens | None" = None,
    ) -> None:
        super().__init__(f"CAN {where}", writes, reads)
        self.where, self._wiring, self._lockstep = where, wiring, lockstep
        self._period, self._timeout, self._restart = period, timeout, restart
        self._given = wiring.places([one.path for one in self.writes], to=True)
        self._taken = wiring.places([one.path for one in self.reads], to=False)
        self._messages = {(one.identifier, one.extended): one for one in wiring.back}
        self._answers = _pick(wiring.back, self._taken)
        self._opens = opens
        self._bus: Bus | None = None
        self._queue: queue.SimpleQueue[tuple[Any, int]] = queue.SimpleQueue()
        self._values: dict[str, tuple[Any, Quality, int, int]] = {}

    @property
    def waits(self) -> bool:
        """Whether an exchange waits for the answer to its sample."""
        return self._lockstep

    @property
    def bus_state(self) -> State:
        """The state of the card on the bus."""
        bus = self._bus
        return "active" if bus is None else bus.state

    @property
    def health(self) -> Health:
        """How the link is doing, with what the bus has counted."""
        below, bus = super().health, self._bus
        counts = Counter(below.counters)
        counts.update(dict(bus.counters) if bus is not None else {})
        return replace(below, counters=dict(counts))

    # ---- the three verbs

    def _connect(self) -> None:
        from hil.links.can.bus import Bus

        self._values.clear()
        self._queue = queue.SimpleQueue()
        if self._opens is not None:
            self._bus = self._opens(self._heard, self._ticked)
        else:
            self._bus = Bus(self.where, self._heard, restart=self._restart, tick=self._ticked, told=self._changed)
        self._opened_at = self._bus.now
        self._bring_up()

    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        values = dict(zip(out.dtype.names or (), out[0].item() if self.writes else (), strict=True))
        try:
            contents = self._contents(values)
        except CodecError as wrong:
            raise NoAnswer(f"{self.name}: cannot send the sample: {wrong}") from None
        if self._lockstep:
            self._in_step(t, contents)
        elif self.bus_state == "off":
            raise NoAnswer(self._bus_off)
        else:
            self._free(t, contents)
        return self._fill(into)

    def _disconnect(self, *, polite: bool) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            self.counters.update(bus.counters)
            bus.close()

    # ---- what another protocol does in its own way

    def _heard(self, frame: Frame, at: int) -> None:
        """Take a frame, in the receiving thread."""
        self._queue.put((frame, at))

    def _changed(self, errors: Errors) -> None:
        """Take a change of the bus's state, in the receiving thread."""
        self._queue.put((errors, monotonic_ns()))

    def _ticked(self, now: int) -> None:
        """Let the time pass, in the receiving thread."""

    def _bring_up(self) -> None:
        """Let the controller begin anew."""
        if self._lockstep:
            self._send(Frame(self._wiring.step))
            self._acknowledged()

    def _in_step(self, t: int, contents: "Contents") -> None:
        """Send the sample of `t` and take all of its answer."""
        self._send_all(contents)
        self._send(Frame(self._wiring.step, struct.pack("<q", t)))
        self._acknowledged()

    def _free(self, t: int, contents: "Contents") -> None:
        """Let the sample be sent from now on, and take what came."""
        self._schedule(contents)
        self._take_all(t)

    def _took(self, one: Any, at: int) -> None:
        """Take a frame, or what `_heard` has made of frames."""
        if not one.remote and (message := self._messages.get((one.identifier, one.extended))) is not None:
            self._read(message, one.data, at)

    # ---- an exchange

    def _contents(self, values: dict[str, Any]) -> "Contents":
        """Return each message to the controller that has values, with its bytes: several of a multiplexed one."""
        inside: dict[str, dict[str, Any]] = {one.name: dict(self._wiring.fixed[one.name]) for one in self._wiring.to}
        for path, place in self._given.items():
            inside[place.message.name][place.field.name] = place.spot.value(values[path])
        return [
            (one, [one.encode(held, page) for page in pages_of(one, held)])
            for one in self._wiring.to
            if (held := inside[one.name])
        ]

    def _send_all(self, contents: "Contents") -> None:
        for message, each in contents:
            self._send(*_frames(message, each))

    def _schedule(self, contents: "Contents") -> None:
        for message, each in contents:
            self._open_bus().every(message.name, _frames(message, each), message.period or self._period)

    def _acknowledged(self) -> None:
        """Take what comes until the controller says that it has scanned."""
        until, text = monotonic_ns() + int(self._timeout * 1e9), b""
        while True:
            if (one := self._next(until)) is None:
                raise LinkError(
                    f"{self.name}: no acknowledge within {self._timeout:g} s; is the controller on, and in lockstep?"
                )
            frame, at = one
            if not isinstance(frame, Frame) or frame.identifier != self._wiring.step + 1 or frame.extended:
                self._seen(frame, at)
                continue
            kind, text = (frame.data[0] if frame.data else DONE), text + frame.data[1:]
            if kind == FAULT:
                raise ControllerFault(text.decode(errors="replace"))
            if kind == DONE:
                return

    def _take_all(self, t: int) -> None:
        bus = self._open_bus()
        bus.step(t)
        now = bus.now
        while (one := self._next(0)) is not None:
            self._seen(*one)
        if self._silent(now):
            raise NoAnswer(f"{self.name}: no message of the controller for {self._timeout:g} s; is it on the bus?")

    def _silent(self, now: int) -> bool:
        """Whether no message at all has come for as long as an answer may take; before that, values grow old."""
        last = max((at for _, _, at, _ in self._values.values()), default=self._opened_at)
        return bool(self._answers) and now - last > self._timeout * 1e9

    # ---- what comes

    def _next(self, until: int) -> tuple[Any, int] | None:
        try:
            wait = (until - monotonic_ns()) / 1e9
            return self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None

    def _seen(self, one: Any, at: int) -> None:
        if not isinstance(one, Errors):
            self._took(one, at)
        elif one.state == "off" and self._lockstep:
            raise LinkError(self._bus_off)

    def _read(self, message: Message, data: bytes, at: int) -> None:
        """Take the values out of a message; one that says of itself that it is none leaves the one before."""
        try:
            read = message.raw(data)
        except CodecError:
            self.counters["too short"] += 1
            return
        late = at + _KIND_LATE * max(message.period or self._period, self._period)
        for path, place in self._answers.get(message.name, ()):
            for field, raw in read:
                if field.name != place.field.name:
                    continue
                quality = _QUALITY[j1939.quality(field, raw) if message.filler else "good"]
                value = place.spot.variable(field.value(raw)) if quality == Quality.GOOD else self._held(path)
                self._values[path] = (value, quality if value is not None else Quality.BAD, at, late)

    def _held(self, path: str) -> Any:
        return self._values[path][0] if path in self._values else None

    def _fill(self, into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        now, good = self._open_bus().now, True
        qualities = []
        for point in self.reads:
            value, quality, _, late = self._values.get(point.path, (None, Quality.BAD, 0, 0))
            if quality != Quality.BAD:
                into[point.path] = fitting(value, into.dtype[point.path])
            if not self._lockstep and now > late:
                quality = Quality.BAD
            qualities.append(quality)
            good = good and quality == Quality.GOOD
        return None if good else qualities

    # ---- the bus

    def _open_bus(self) -> "Bus":
        assert self._bus is not None
        return self._bus

    def _send(self, *frames: Frame) -> None:
        for one in frames:
            self._open_bus().send(one)

    @property
    def _bus_off(self) -> str:
        after = "stays off" if self._restart is None else f"is opened anew in {self._restart / 1e6:g} ms"
        return f"{self.name}: bus-off: the card has taken itself off the bus and {after}"


Opens = Callable[[Callable[[Frame, int], None], Callable[[int], None]], "Bus"]
"""Opens a bus for who takes its frames, and its time."""

Contents = list[tuple[Message, list[bytes]]]
"""Messages with their bytes: of a multiplexed one those of each page."""


def _frames(message: Message, contents: Sequence[bytes]) -> tuple[Frame, ...]:
    return tuple(Frame(message.identifier, one, message.extended, message.fd) for one in contents)


def _pick(messages: Sequence[Message], places: dict[str, Place]) -> dict[str, list[tuple[str, Place]]]:
    """Return the paths with their places by message."""
    return {
        one.name: found
        for one in messages
        if (found := [(path, place) for path, place in places.items() if place.message is one])
    }


def pages_of(message: Message, values: Mapping[str, Any]) -> Sequence[Mapping[str, int]]:
    """Return the pages in which a multiplexed message is sent: all, unless a value says which."""
    chosen = any(name in values for page in message.pages for name in page)
    return ({},) if chosen else message.pages


def fitting(value: Any, kind: np.dtype[Any]) -> Any:
    """Return a value as its variable can hold it: a whole number has no fraction, and its ends."""
    if kind.kind not in "iu":
        return value
    ends = np.iinfo(kind)
    return min(max(round(value), int(ends.min)), int(ends.max)) if value == value else 0
