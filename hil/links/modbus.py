"""The Modbus link: a master over TCP or a serial line, values in batches, exception codes as quality.

Over TCP the requests of an exchange leave together where the slave takes that; over a line one after the other, and
a lost or damaged answer is asked for once more. In lockstep a write to the registers `STEP` advances the virtual
PLC between the writes and the reads.
"""

import socket
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

import numpy as np

from hil.errors import InputError
from hil.links.base import BaseLink, Points
from hil.links.codecs.modbus import (
    FAULT,
    FAULT_WORDS,
    STEP,
    Damaged,
    Refusal,
    RtuFrames,
    TcpFrames,
    content,
    read_request,
    rtu_frame,
    tcp_frame,
    write_registers,
)
from hil.links.codecs.numbers import fitted
from hil.links.codecs.registers import Batch, Place, batches, places_of
from hil.links.link import ControllerFault, LinkError, NoAnswer, Quality
from hil.links.serial_port import Port
from hil.links.tcp import CONNECT, notice_cuts

_STEP = struct.Struct(">qI")


class Wire(Protocol):
    """What carries requests to a slave and its answers back."""

    name: str

    def open(self) -> None:
        """Connect. Raises: LinkError."""
        ...

    def ask(self, requests: Sequence[bytes]) -> list[bytes]:
        """Return the answer to each request. Raises: NoAnswer, LinkError."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...


class TcpWire:
    """A connection to a slave; `outstanding` requests may be on their way at once (1 suits every slave)."""

    def __init__(self, where: str, unit: int = 1, timeout: float = 1.0, outstanding: int = 1) -> None:
        host, _, port = where.rpartition(":")
        if not host or not port.isdecimal():
            raise InputError(f"{where!r} is not HOST:PORT; write 192.168.0.10:502")
        self.name = f"modbus {where}"
        self.unit, self.timeout, self.outstanding = unit, timeout, outstanding
        self._where = (host, int(port))
        self._socket: socket.socket | None = None
        self._transaction = 0

    def open(self) -> None:
        """Connect."""
        self.close()
        try:
            self._socket = socket.create_connection(self._where, min(self.timeout, CONNECT))
            notice_cuts(self._socket)
        except TimeoutError as broken:
            raise LinkError(f"{self.name}: no connection within {CONNECT:g} s; is it on, and its cable in?") from broken
        except OSError as broken:
            raise self._lost(broken) from broken
        self._frames = TcpFrames()

    def ask(self, requests: Sequence[bytes]) -> list[bytes]:
        """Return the answer to each request."""
        answers: list[bytes] = []
        for at in range(0, len(requests), self.outstanding):
            answers += self._together(requests[at : at + self.outstanding])
        return answers

    def _together(self, requests: Sequence[bytes]) -> list[bytes]:
        assert self._socket is not None
        first = self._transaction
        wanted = {(first + k) & 0xFFFF: k for k in range(len(requests))}
        self._transaction = (first + len(requests)) & 0xFFFF
        answers: list[bytes] = [b""] * len(requests)
        until = monotonic() + self.timeout
        frames = zip(wanted, requests, strict=True)
        try:
            self._socket.sendall(b"".join(tcp_frame(number, self.unit, one) for number, one in frames))
            while wanted:
                self._socket.settimeout(max(1e-3, until - monotonic()))
                if not (data := self._socket.recv(65536)):
                    raise LinkError(f"{self.name}: the slave closed the connection; is it still running?")
                for number, _, pdu in self._frames.feed(data):
                    if (which := wanted.pop(number, None)) is not None:
                        answers[which] = pdu
        except (OSError, Damaged) as broken:
            raise self._lost(broken) from broken
        return answers

    def close(self) -> None:
        """Disconnect."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _lost(self, broken: Exception) -> LinkError:
        """Here, and only here, the exceptions of the socket become ours."""
        if isinstance(broken, TimeoutError):
            return LinkError(f"{self.name}: no answer within {self.timeout:g} s; a slower slave needs a longer timeout")
        if isinstance(broken, ConnectionRefusedError):
            return LinkError(f"{self.name}: nobody listens there; start the slave or correct the address")
        return LinkError(f"{self.name}: the connection is lost ({broken}); is the slave still running?")


class RtuWire:
    """A serial line to a slave."""

    def __init__(self, port: Port, unit: int = 1, timeout: float = 1.0, attempts: int = 2) -> None:
        self.name = f"modbus {port.name}"
        self.port, self.unit, self.timeout, self.attempts = port, unit, timeout, attempts
        self.damaged = 0

    def open(self) -> None:
        """Open the port."""
        self.port.open()

    def ask(self, requests: Sequence[bytes]) -> list[bytes]:
        """Return the answer to each request."""
        return [self._one(request) for request in requests]

    def _one(self, request: bytes) -> bytes:
        for _ in range(self.attempts):
            if (answer := self._attempt(request)) is not None:
                return answer
        raise NoAnswer(
            f"{self.name}: unit {self.unit} gave no sound answer to function {request[0]} in {self.attempts} attempts "
            f"of {self.timeout:g} s; are unit, baud rate and parity those of the slave?"
        )

    def _attempt(self, request: bytes) -> bytes | None:
        self.port.discard()
        self.port.write(rtu_frame(self.unit, request))
        frames, until = RtuFrames("answer"), monotonic() + self.timeout / self.attempts
        while data := self.port.read(until):
            for unit, pdu in frames.feed(data):
                if unit == self.unit and pdu[0] & 0x7F == request[0]:
                    self.damaged += frames.damaged
                    return pdu
        self.damaged += frames.damaged + frames.waiting
        return None

    def close(self) -> None:
        """Close the port."""
        with suppress(LinkError):
            self.port.close()


class ModbusLink(BaseLink):
    """A link to a slave.

    Args:
        wire: TCP or a serial line.
        places: where each path of `writes` and `reads` is.
        writes: the points that the bench writes.
        reads: the points that it reads.
        lockstep: the slave is a virtual PLC whose scan waits for the bench.
        scans: in lockstep, how many scans one exchange advances it.
    """

    def __init__(
        self,
        wire: Wire,
        places: Mapping[str, Place],
        writes: Points,
        reads: Points,
        *,
        lockstep: bool = False,
        scans: int = 1,
    ) -> None:
        super().__init__(wire.name, writes, reads)
        self.wire, self.lockstep, self.scans = wire, lockstep, scans
        to, back = ([one.path for one in side] for side in (self.writes, self.reads))
        self._to = batches(places_of(places, to, wire.name), written=True)
        self._back = batches(places_of(places, back, wire.name), written=False)
        self._asked = [one.read for one in self._back]
        # Where a slave keeps a value in another kind than the bench does.
        self._fit_to = [(k, places[p].kind) for k, (p, kind) in enumerate(self.writes) if _other(places[p], kind)]
        self._fit_back = [(k, kind) for k, (p, kind) in enumerate(self.reads) if _other(places[p], kind)]

    def identity(self) -> dict[str, str]:
        """Return what the slave says of itself, over a link that is not open.

        Raises:
            LinkError: nobody answers, or with something else.
        """
        from hil.links.modbus_identity import identity

        return identity(self.wire)

    def _connect(self) -> None:
        self.wire.open()
        faults = [words for one in (*self._to, *self._back) for words in self._missing(one)]
        if faults:
            raise InputError(faults)
        if self.lockstep:
            answer = self._content(write_registers(STEP, _STEP.pack(-1, 0)))
            if isinstance(answer, int):
                words = f"{self.name} does not run in lockstep; serve with --clock lockstep, or run with --clock wall"
                raise InputError(words)

    def _missing(self, batch: Batch) -> list[str]:
        if not isinstance(self._content(batch.read), int):
            return []
        code = {one: self._content(Batch((0,), (one,)).read) for one in batch.places}
        return [
            f"{self.name}: {one.table} {one.address} is refused with {Refusal(wrong)}; correct the map"
            for one, wrong in code.items()
            if isinstance(wrong, int)
        ]

    def _content(self, request: bytes) -> bytes | int:
        """Ask one thing; return what the answer carries, or its exception code."""
        return self._contents([request])[0]

    def _contents(self, requests: Sequence[bytes]) -> list[bytes | int]:
        return [self._judged(*each) for each in zip(requests, self.wire.ask(requests), strict=True)]

    def _judged(self, request: bytes, answer: bytes) -> bytes | int:
        try:
            return content(request, answer)
        except Refusal as refused:
            self.counters[str(refused)] += 1
            return refused.code
        except Damaged as wrong:
            raise NoAnswer(f"{self.name}: {wrong}") from wrong

    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        values = list(out[0].item()) if self.writes else []
        for k, kind in self._fit_to:
            values[k] = fitted(values[k], kind)
        requests = [request for one in self._to for request in one.write([values[k] for k in one.which])]
        first = written = len(requests)
        if self.lockstep:
            requests.append(write_registers(STEP, _STEP.pack(t, self.scans)))
            first += 1
        answers = self._contents([*requests, *self._asked])
        if self.lockstep and isinstance(answers[written], int):
            raise self._fault(t)
        refused = any(isinstance(one, int) for one in answers[:written])
        return self._taken(answers[first:], into, Quality.UNCERTAIN if refused else Quality.GOOD)

    def _taken(
        self, answers: Sequence[bytes | int], into: "np.ndarray[Any, Any]", best: Quality
    ) -> Sequence[int] | None:
        """Put values into place; what was refused stays as it was and is bad."""
        row = list(into[0].item()) if self.reads else []
        quality = [int(best)] * len(self.reads)
        for batch, answer in zip(self._back, answers, strict=True):
            if isinstance(answer, int):
                for k in batch.which:
                    quality[k] = Quality.BAD
                continue
            for k, value in zip(batch.which, batch.values(answer), strict=True):
                row[k] = value
        for k, kind in self._fit_back:
            row[k] = fitted(row[k], kind)
        if row:
            into[0] = tuple(row)
        return quality if any(quality) else None

    def _fault(self, t: int) -> LinkError:
        answer = self._content(read_request("input register", FAULT, FAULT_WORDS))
        words = b"" if isinstance(answer, int) else answer.rstrip(b"\0")
        if words:
            return ControllerFault(words.decode("latin-1"))
        return LinkError(f"{self.name}: the scan at {t} ns failed; is another bench at the same controller?")

    def _disconnect(self, *, polite: bool) -> None:
        self.wire.close()


def _other(place: Place, kind: str) -> bool:
    return not place.bits and place.bit is None and place.kind[0] != "S" and place.kind != kind
