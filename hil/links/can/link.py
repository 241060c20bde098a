"""The CAN link: a rig's values in the messages of a DBC file, or in the PDOs of a CANopen node.

In lockstep the messages leave, then one frame that lets the controller scan: with a DBC file the wiring's `step` frame
with the time in ns, which the controller acknowledges behind its own messages (identifier + 1); with CANopen a SYNC,
which the synchronous PDOs answer. Otherwise the scheduler sends each message at its period, or when it changes, and an
exchange takes what came last; a value is bad when its message is two periods late. A bus-off ends a run in lockstep;
otherwise there is no answer until the bus has been opened anew.
"""

import queue
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from hil.links.base import BaseLink, Points
from hil.links.can import canopen, j1939
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
    ) -> None:
        super().__init__(f"CAN {where}", writes, reads)
        self.where, self._wiring, self._lockstep = where, wiring, lockstep
        self._period, self._timeout, self._restart = period, timeout, restart
        self._given = wiring.places([one.path for one in self.writes], to=True)
        self._taken = wiring.places([one.path for one in self.reads], to=False)
        self._messages = {(one.identifier, one.extended): one for one in wiring.back}
        self._answers = _pick(wiring.back, self._taken)
        self._bus: Bus | None = None
        self._queue: queue.SimpleQueue[tuple[Frame | Errors, int]] = queue.SimpleQueue()
        self._values: dict[str, tuple[Any, Quality, int, int]] = {}
        self._counter = 0
        self._watch = canopen.Watch({})

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
        told = self._queue
        self._bus = Bus(
            self.where, lambda one, at: told.put((one, at)), restart=self._restart,
            told=lambda one: told.put((one, monotonic_ns())),
        )  # fmt: skip
        device = self._wiring.device
        self._opened_at = monotonic_ns()
        if device is not None:
            self._watch = canopen.Watch({device.node: 2 * device.heartbeat or 1 << 62})
            self._counter = 0
            self._bring_up(device.node)
        elif self._lockstep:
            self._send(Frame(self._wiring.step))
            self._acknowledged()

    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        frames = self._frames(dict(zip(out.dtype.names or (), out[0].item() if self.writes else (), strict=True)))
        if self._lockstep:
            self._in_step(t, frames)
        else:
            self._free(frames)
        return self._fill(into)

    def _disconnect(self, *, polite: bool) -> None:
        bus, self._bus = self._bus, None
        if bus is None:
            return
        self.counters.update(bus.counters)
        if polite and self._wiring.device is not None and bus.state != "off":
            bus.send(canopen.command(canopen.PREPARE, self._wiring.device.node))
        bus.close()

    # ---- CANopen's network management

    def _bring_up(self, node: int) -> None:
        """Let the node start anew, wait for its boot-up message, and start it (CiA 301, 7.3.2)."""
        self._send(canopen.command(canopen.RESET, node))
        until = monotonic_ns() + int(self._timeout * 1e9)
        while self._watch.states.get(node) != "booting":
            if (one := self._next(until)) is None:
                raise LinkError(f"{self.name}: node {node} sent no boot-up message within {self._timeout:g} s")
            self._seen(one[0], one[1])
        self._watch.states.clear()
        self._send(canopen.command(canopen.START, node))

    # ---- an exchange

    def _frames(self, values: dict[str, Any]) -> dict[str, tuple[Frame, ...]]:
        """Return the frames of each message to the controller."""
        inside: dict[str, dict[str, Any]] = {one.name: {} for one in self._wiring.to}
        for path, place in self._given.items():
            inside[place.message.name][place.field.name] = values[path]
        try:
            return {
                one.name: tuple(
                    Frame(one.identifier, one.encode(inside[one.name], page), one.extended, one.fd)
                    for page in (one.pages if not _chosen(one, inside[one.name]) else ({},))
                )
                for one in self._wiring.to
                if inside[one.name]
            }
        except CodecError as wrong:
            raise NoAnswer(f"{self.name}: cannot send the sample: {wrong}") from None

    def _in_step(self, t: int, frames: dict[str, tuple[Frame, ...]]) -> None:
        for each in frames.values():
            for one in each:
                self._send(one)
        if self._wiring.device is None:
            self._send(Frame(self._wiring.step, struct.pack("<q", t)))
            self._acknowledged()
            return
        self._counter = self._counter % 240 + 1  # CiA 301, 7.2.5.1
        began = monotonic_ns()
        self._send(canopen.sync(self._counter))
        until = began + int(self._timeout * 1e9)
        missing = {one.message.identifier for one in self._wiring.device.sends if one.type == 1}
        while missing:
            if (answer := self._next(until)) is None:
                raise LinkError(f"{self.name}: no answer to a SYNC within {self._timeout:g} s; is the node still on?")
            self._seen(*answer)
            if isinstance(answer[0], Frame):
                missing.discard(answer[0].identifier)

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

    def _free(self, frames: dict[str, tuple[Frame, ...]]) -> None:
        bus = self._open_bus()
        if bus.state == "off":
            raise NoAnswer(self._bus_off)
        device = self._wiring.device
        for name, each in frames.items():
            message = next(one for one in self._wiring.to if one.name == name)
            bus.every(name, each, message.period or self._period)
        if device is not None:
            self._counter = self._counter % 240 + 1
            self._send(canopen.sync(self._counter))
        now = monotonic_ns()
        while (one := self._next(0)) is not None:
            self._seen(one[0], one[1])
        for _ in self._watch.tick(now):
            raise LinkError(f"{self.name}: node {device.node if device else 0} sends no heartbeat any more")
        if self._silent(now):
            raise NoAnswer(f"{self.name}: no message of the controller for {self._timeout:g} s; is it on the bus?")

    def _silent(self, now: int) -> bool:
        """Whether no message at all has come for as long as an answer may take; before that, values grow old."""
        last = max((at for _, _, at, _ in self._values.values()), default=self._opened_at)
        return bool(self._answers) and now - last > self._timeout * 1e9

    # ---- what comes

    def _next(self, until: int) -> tuple[Frame | Errors, int] | None:
        try:
            wait = (until - monotonic_ns()) / 1e9
            return self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None

    def _seen(self, one: Frame | Errors, at: int) -> None:
        if isinstance(one, Errors):
            if one.state == "off" and self._lockstep:
                raise LinkError(self._bus_off)
            return
        for event in self._watch.seen(one, at):
            if isinstance(event, canopen.Emergency) and event.code:
                raise ControllerFault(
                    f"node {event.node} sent the emergency {event.code:04X}h, register {event.register:02X}h, "
                    f"{event.said.hex(' ')}"
                )
        message = self._messages.get((one.identifier, one.extended))
        if message is None or one.remote:
            return
        try:
            read = message.raw(one.data)
        except CodecError:
            self.counters["too short"] += 1
            return
        late = at + _KIND_LATE * max(message.period or self._period, self._period)
        for path, name in self._answers.get(message.name, ()):
            for field, raw in read:
                if field.name == name:
                    quality = j1939.quality(field, raw) if message.filler else "good"
                    self._values[path] = (field.value(raw), _QUALITY[quality], at, late)

    def _fill(self, into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        now, good = monotonic_ns(), True
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

    def _send(self, frame: Frame) -> None:
        self._open_bus().send(frame)

    @property
    def _bus_off(self) -> str:
        after = "stays off" if self._restart is None else f"is opened anew in {self._restart / 1e6:g} ms"
        return f"{self.name}: bus-off: the card has taken itself off the bus and {after}"


def _pick(messages: Sequence[Message], places: dict[str, Place]) -> dict[str, list[tuple[str, str]]]:
    """Return the paths with their signals by message."""
    return {
        one.name: found
        for one in messages
        if (found := [(path, place.field.name) for path, place in places.items() if place.message is one])
    }


def _chosen(message: Message, values: dict[str, Any]) -> bool:
    """Whether a wired value says which page of a multiplexed message is sent."""
    return any(name in values for page in message.pages for name in page)


def fitting(value: Any, kind: np.dtype[Any]) -> Any:
    """Return a value as its variable can hold it: a whole number has no fraction, and its ends."""
    if kind.kind not in "iu":
        return value
    ends = np.iinfo(kind)
    return min(max(round(value), int(ends.min)), int(ends.max)) if value == value else 0
