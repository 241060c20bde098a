"""A controller on a CAN bus: the messages of a wiring file around a program's scan.

In lockstep a `step` frame (see `hil.links.can.link`) advances it; on the wall clock it scans by itself, and each
message goes at its period. As a CANopen node and as a node of J1939 it is in `canopen_server` and `j1939_server`.
"""

import asyncio
import struct
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from hil.errors import InputError
from hil.links.can.bus import Bus
from hil.links.can.frame import CodecError, Frame
from hil.links.can.j1939 import quality
from hil.links.can.link import DONE, FAULT, TEXT, fitting, pages_of
from hil.links.can.ports import Address
from hil.links.can.signals import Message
from hil.links.can.wiring import Spot, Wiring
from hil.links.link import LinkError
from hil.targets.controller import Change, Controller

_LIVE = 0.005  # s between two looks at what is to be sent


class CanServer:
    """Puts a controller on a bus."""

    def __init__(self, controller: Controller, where: Address, wiring: Wiring, *, lockstep: bool) -> None:
        self._controller, self._address, self._wiring, self._lockstep = controller, where, wiring, lockstep
        self._variables = {one.path.casefold(): one for one in controller.program.variables}
        self._inputs, self._outputs = _variables(wiring, wiring.to), _variables(wiring, wiring.back)
        self._check()
        self._lock = threading.Lock()
        self._ended = asyncio.Event()
        self._messages = {(one.identifier, one.extended): one for one in wiring.to}
        self._bus: Bus | None = None

    @property
    def where(self) -> str:
        """Where the controller is, as the ready line says it."""
        return f"can {self._address}"

    def _check(self) -> None:
        wanted = {name for side in (self._inputs, self._outputs) for name, _ in side.values()}
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
            with self._lock:  # what comes at once waits until there is a bus to answer on
                self._bus = Bus(self._address, self._seen, tick=self._tick)
        except LinkError as wrong:
            raise InputError(str(wrong)) from None
        await self._begin()
        self._task = asyncio.create_task(self._live())

    async def stop(self) -> None:
        """Leave the bus."""
        self._ended.set()
        await self._task
        self._open_bus().close()

    async def _live(self) -> None:
        while not self._ended.is_set():
            if not self._lockstep:
                with self._lock:
                    self._publish()
            try:
                await asyncio.wait_for(self._ended.wait(), _LIVE)
            except TimeoutError:
                continue

    # ---- what another protocol does in its own way

    async def _begin(self) -> None:
        """Do what is due when the bus is open."""

    def _tick(self, now: int) -> None:
        """Let the time pass, in the receiving thread."""

    def _publish(self) -> None:
        """Let the scheduler have the newest contents of each message."""
        for one in self._wiring.back:
            self._open_bus().every(one.name, self._frames(one), one.period or self._controller.period or 10**8)

    def _answer(self) -> list[Frame]:
        """Return the messages that answer a step."""
        return [each for one in self._wiring.back for each in self._frames(one)]

    # ---- in the receiving thread

    def _seen(self, frame: Frame, at: int) -> None:
        with self._lock:
            if frame.identifier == self._wiring.step and not frame.extended:
                self._step(frame.data)
            elif (message := self._messages.get((frame.identifier, frame.extended))) is not None:
                self._take_data(message, frame.data)

    def _step(self, data: bytes) -> None:
        wrong: str | None = None
        if len(data) == 8 and self._lockstep:
            (t,) = struct.unpack("<q", data)
            wrong = self._controller.step(t, 1)
        else:
            self._controller.reset()
        if wrong is None:
            self._send([*(self._answer() if data else []), Frame(self._wiring.step + 1, bytes((DONE,)))])
            return
        text = wrong.encode()
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
        kinds = [TEXT] * (len(pieces) - 1) + [FAULT]
        self._send(
            [Frame(self._wiring.step + 1, bytes((kind,)) + one) for kind, one in zip(kinds, pieces, strict=True)]
        )

    # ---- values

    def _take_data(self, message: Message, data: bytes) -> None:
        """Take the values of a message that vouches for them; one that does not leaves the one before."""
        try:
            read = message.raw(data)
        except CodecError:
            self._open_bus().counters["too short"] += 1
            return
        good = [(one, raw) for one, raw in read if not message.filler or quality(one, raw) == "good"]
        self._take(message, {one.name: one.value(raw) for one, raw in good})

    def _take(self, message: Message, values: dict[str, float]) -> None:
        changes: list[Change] = []
        for signal, value in values.items():
            name, spot = self._inputs.get((message.name, signal), ("", Spot("")))
            if (found := self._variables.get(name.casefold())) is not None:
                kind = np.dtype(found.kind)
                changes.append((found.offset, np.array(fitting(spot.variable(value), kind), kind).tobytes()))
        if changes:
            self._controller.write(changes)

    def _values(self, messages: Sequence[Message]) -> dict[str, Any]:
        memory, read = self._controller.memory(), self._controller.program.read
        found: dict[str, Any] = {}
        for one in messages:
            found |= self._wiring.fixed[one.name]
            for signal in one.fields:
                name, spot = self._outputs.get((one.name, signal), ("", Spot("")))
                if (variable := self._variables.get(name.casefold())) is not None:
                    found[signal] = spot.value(read(memory, variable.path))
        return found

    def _contents(self, message: Message) -> list[bytes]:
        """Return the bytes of a message; of a multiplexed one those of each page."""
        values = self._values([message])
        try:
            return [message.encode(values, page) for page in pages_of(message, values)]
        except CodecError:  # no number: what is not there is not sent
            self._open_bus().counters["not a number"] += 1
            return []

    def _frames(self, message: Message) -> tuple[Frame, ...]:
        return tuple(Frame(message.identifier, one, message.extended, message.fd) for one in self._contents(message))

    def _open_bus(self) -> Bus:
        assert self._bus is not None
        return self._bus

    def _send(self, frames: Sequence[Frame]) -> None:
        bus = self._open_bus()
        for one in frames:
            try:
                bus.send(one)
            except LinkError:
                bus.counters["send"] += 1


def _variables(wiring: Wiring, side: Sequence[Message]) -> dict[tuple[str, str], tuple[str, Spot]]:
    """Return the variable of each signal: the one that the wiring names, else the one of its name."""
    named = {spot.signal: (name, spot) for name, spot in wiring.signals.items()}
    return {
        (one.name, signal): named.get(f"{one.name}.{signal}", (signal, Spot(signal)))
        for one in side
        for signal in one.fields
    }
