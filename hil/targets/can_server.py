"""A controller on a CAN bus: the messages of a wiring file, or a CANopen node, around a program's scan.

In lockstep a `step` frame (see `hil.links.can.link`) or a SYNC advances it; on the wall clock it scans by itself, and
each message goes at its period, of CANopen after each SYNC.
"""

import asyncio
import struct
import threading
from collections.abc import Sequence
from time import monotonic_ns
from typing import Any

import numpy as np

from hil.errors import InputError
from hil.links.can import canopen
from hil.links.can.bus import Bus
from hil.links.can.frame import CodecError, Frame
from hil.links.can.link import DONE, FAULT, TEXT, fitting
from hil.links.can.ports import Address
from hil.links.can.signals import Message
from hil.links.can.wiring import Wiring
from hil.links.link import LinkError
from hil.targets.controller import Change, Controller

_TICK = 0.005  # s between two looks at the heartbeat


class CanServer:
    """Puts a controller on a bus."""

    def __init__(self, controller: Controller, where: Address, wiring: Wiring, *, lockstep: bool) -> None:
        self._controller, self._address, self._wiring, self._lockstep = controller, where, wiring, lockstep
        self._variables = {one.path.casefold(): one for one in controller.program.variables}
        self._inputs, self._outputs = _variables(wiring, wiring.to), _variables(wiring, wiring.back)
        self._check()
        self._lock = threading.Lock()
        self._ended = asyncio.Event()
        self._ticks = 0
        self._messages = {(one.identifier, one.extended): one for one in wiring.to}
        device = wiring.device
        self._node = (
            canopen.Node(device.node, device.receives, device.sends, device.heartbeat) if device is not None else None
        )

    @property
    def where(self) -> str:
        """Where the controller is, as the ready line says it."""
        return f"can {self._address}"

    def _check(self) -> None:
        wanted = {name for side in (self._inputs, self._outputs) for name in side.values()}
        given = set(self._wiring.signals)
        lacking = sorted(name for name in wanted & given if name.casefold() not in self._variables)
        if lacking:
            raise InputError(
                f"{self._wiring.path}: program {self._controller.program.name} has no {', '.join(lacking)}"
            )

    async def start(self) -> None:
        """Open the bus and begin to answer.

        Raises:
            InputError: the bus cannot be opened.
        """
        try:
            self._bus = Bus(self._address, self._seen)
        except LinkError as wrong:
            raise InputError(str(wrong)) from None
        if self._node is not None:
            self._send(self._node.boot(monotonic_ns()))
        self._task = asyncio.create_task(self._live())

    async def stop(self) -> None:
        """Leave the bus."""
        self._ended.set()
        await self._task
        self._bus.close()

    async def _live(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                if self._node is not None:
                    self._send(self._node.tick(monotonic_ns()))
                elif not self._lockstep:
                    for one in self._wiring.back:
                        self._bus.every(one.name, self._frames(one), one.period or self._controller.period or 10**8)
            try:
                await asyncio.wait_for(self._ended.wait(), _TICK)
            except TimeoutError:
                continue

    # ---- in the receiving thread

    def _seen(self, frame: Frame, at: int) -> None:
        with self._lock:
            if self._node is not None:
                self._seen_by_node(self._node, frame)
            elif frame.identifier == self._wiring.step and not frame.extended:
                self._step(frame.data)
            elif (message := self._messages.get((frame.identifier, frame.extended))) is not None:
                try:
                    self._take(message, message.decode(frame.data))
                except CodecError:
                    self._bus.counters["too short"] += 1

    def _step(self, data: bytes) -> None:
        wrong: str | None = None
        if len(data) == 8 and self._lockstep:
            (t,) = struct.unpack("<q", data)
            wrong = self._controller.step(t, 1)
        else:
            self._controller.reset()
        if wrong is None:
            frames = [each for one in self._wiring.back for each in self._frames(one)] if data else []
            self._send([*frames, Frame(self._wiring.step + 1, bytes((DONE,)))])
            return
        text = wrong.encode()
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
        kinds = [TEXT] * (len(pieces) - 1) + [FAULT]
        self._send(
            [Frame(self._wiring.step + 1, bytes((kind,)) + one) for kind, one in zip(kinds, pieces, strict=True)]
        )

    def _seen_by_node(self, node: canopen.Node, frame: Frame) -> None:
        for event in node.seen(frame):
            if isinstance(event, canopen.Became) and event.state == "booting":
                if event.reset:
                    self._controller.reset()
                    self._ticks = 0
                self._send(node.boot(monotonic_ns()))
            elif isinstance(event, canopen.Inputs):
                for message in self._wiring.to:
                    self._take(message, event.values)
            elif isinstance(event, canopen.Synced):
                self._synced(node)

    def _synced(self, node: canopen.Node) -> None:
        if self._lockstep:
            period = self._controller.period or 0
            wrong = self._controller.step(self._ticks * period, 1)
            self._ticks += 1
            if wrong is not None:
                # 6200h is an error of the user's software (CiA 301, table 26).
                cause = self._controller.cause
                line = struct.pack("<I", cause.line if cause else 0) + b"\0"
                self._send([canopen.emergency(canopen.Emergency(node.number, 0x6200, 1, line))])
                return
        self._send(node.pdos(self._values(self._wiring.back)))

    # ---- values

    def _take(self, message: Message, values: dict[str, float]) -> None:
        changes: list[Change] = []
        for signal, value in values.items():
            found = self._variables.get(self._inputs.get((message.name, signal), "").casefold())
            if found is not None:
                kind = np.dtype(found.kind)
                changes.append((found.offset, np.array(fitting(value, kind), kind).tobytes()))
        if changes:
            self._controller.write(changes)

    def _values(self, messages: Sequence[Message]) -> dict[str, Any]:
        memory, read = self._controller.memory(), self._controller.program.read
        return {
            signal: read(memory, found.path)
            for one in messages
            for signal in one.fields
            if (found := self._variables.get(self._outputs.get((one.name, signal), "").casefold())) is not None
        }

    def _frames(self, message: Message) -> tuple[Frame, ...]:
        values = self._values([message])
        pages = ({},) if any(name in values for page in message.pages for name in page) else message.pages
        try:
            return tuple(
                Frame(message.identifier, message.encode(values, page), message.extended, message.fd) for page in pages
            )
        except CodecError:  # no number: what is not there is not sent
            self._bus.counters["not a number"] += 1
            return ()

    def _send(self, frames: Sequence[Frame]) -> None:
        for one in frames:
            try:
                self._bus.send(one)
            except LinkError:
                self._bus.counters["send"] += 1


def _variables(wiring: Wiring, side: Sequence[Message]) -> dict[tuple[str, str], str]:
    """Return the variable of each signal: the one that the wiring names, else the one of its name."""
    named = {where: name for name, where in wiring.signals.items()}
    return {(one.name, signal): named.get(f"{one.name}.{signal}", signal) for one in side for signal in one.fields}
