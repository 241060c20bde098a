"""The transport protocol of J1939-21, 5.10, without I/O: 9 to 1785 bytes in frames of 7, both ways.

A broadcast (BAM) is paced by its sender; between two nodes the receiver asks for frames (RTS and CTS) and acknowledges
the whole. What a state answers to what comes is one table; everything else is left alone, as 5.10.3 asks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hil.links.can.frame import CodecError, Frame
from hil.links.can.j1939 import GLOBAL, Identifier, frame, unpack

CONTROL, DATA = 60416, 60160
"""The parameter groups TP.CM and TP.DT (5.10.3, 5.10.4)."""

LONGEST = 1785
RTS, CTS, END, BAM, ABORT = 16, 17, 19, 32, 255
_CONTROLS = {RTS: "rts", CTS: "cts", END: "end", BAM: "bam", ABORT: "abort"}

MILLISECOND = 1_000_000
T1, T2, T3, T4 = 750 * MILLISECOND, 1250 * MILLISECOND, 1250 * MILLISECOND, 1050 * MILLISECOND
"""Timeouts in ns (5.10.2.4): between frames, after a CTS, for a CTS or the end, for a CTS after a hold."""

PACE = 50 * MILLISECOND
"""Between the frames of a broadcast: 50 to 200 ms (5.10.2.4)."""

BUSY, NO_MEANS, TIMEOUT, WHEN_SENDING, BAD_NUMBER = 1, 2, 3, 4, 7
"""Reasons of an abort (5.10.3.5)."""

State = Literal["receive", "listen", "ask", "hold", "send", "await", "broadcast"]

_TABLE: dict[tuple[State, str], str] = {
    ("receive", "data"): "take",
    ("receive", "abort"): "forget",
    ("receive", "late"): "give up",
    ("listen", "data"): "take",
    ("listen", "late"): "forget",       # a broadcast has nobody to tell
    ("ask", "cts"): "grant",
    ("ask", "abort"): "forget",
    ("ask", "late"): "give up",
    ("hold", "cts"): "grant",
    ("hold", "abort"): "forget",
    ("hold", "late"): "give up",
    ("await", "cts"): "grant",          # a receiver may ask for frames again
    ("await", "end"): "done",
    ("await", "abort"): "forget",
    ("await", "late"): "give up",
    ("broadcast", "late"): "next",
}  # fmt: skip


class Received(NamedTuple):
    """A parameter group that came, whole."""

    pgn: int
    source: int
    destination: int
    data: bytes


class Sent(NamedTuple):
    """One that was sent, and acknowledged where somebody can."""

    pgn: int
    destination: int


class Broken(NamedTuple):
    """One that came or went in part only, and why."""

    pgn: int
    source: int
    destination: int
    reason: str


Event = Frame | Received | Sent | Broken


@dataclass
class _Session:
    state: State
    pgn: int
    data: bytearray
    size: int
    until: int
    next: int = 1
    window: int = 255

    @property
    def frames(self) -> int:
        return (self.size + 6) // 7


class Transport:
    """The transport protocol of one node at `address`; it holds one message for each direction and partner at most."""

    def __init__(self, address: int, window: int = 16) -> None:
        self.address, self.window = address, min(max(window, 1), 255)
        self._in: dict[tuple[int, int], _Session] = {}  # by source and destination
        self._out: dict[int, _Session] = {}  # by destination

    def send(self, pgn: int, data: bytes, destination: int, now: int) -> list[Frame]:
        """Begin to send a parameter group of 9 to 1785 bytes; `GLOBAL` broadcasts it.

        Raises:
            CodecError: of another size, or one to this destination is on its way.
        """
        if not 9 <= len(data) <= LONGEST:
            raise CodecError(f"the transport protocol carries 9 to {LONGEST} bytes, not {len(data)}")
        if destination in self._out:
            raise CodecError(f"PGN {self._out[destination].pgn} is still on its way to address {destination}")
        everyone = destination == GLOBAL
        session = _Session(
            "broadcast" if everyone else "ask", pgn, bytearray(data), len(data), now + (PACE if everyone else T3)
        )
        self._out[destination] = session
        last = 0xFF if everyone else self.window
        start = bytes((BAM if everyone else RTS, *len(data).to_bytes(2, "little"), session.frames, last))
        return [self._control(start, pgn, destination)]

    def tick(self, now: int) -> Iterator[Event]:
        """Let the time pass: what is late is given up, a broadcast goes on."""
        for key, session in list(self._in.items()):
            if now >= session.until:
                yield from self._incoming(key, session, "late", b"", now)
        for destination, session in list(self._out.items()):
            if now >= session.until:
                yield from self._outgoing(destination, session, "late", b"", now)

    def seen(self, one: Frame, now: int) -> Iterator[Event]:
        """Take a frame from the bus; all that are not of the transport protocol, or to others, are left alone."""
        parts = unpack(one.identifier)
        wanted = parts.destination in (self.address, GLOBAL) and parts.source != self.address
        if not one.extended or one.remote or not wanted or len(one.data) != 8:
            return
        if parts.pgn == DATA:
            key = (parts.source, parts.destination)
            if key in self._in:
                yield from self._incoming(key, self._in[key], "data", one.data, now)
        elif parts.pgn == CONTROL:
            yield from self._seen_control(parts, one.data, now)

    def _seen_control(self, parts: Identifier, data: bytes, now: int) -> Iterator[Event]:
        kind = _CONTROLS.get(data[0])
        key, pgn = (parts.source, parts.destination), int.from_bytes(data[5:8], "little")
        everyone = parts.destination == GLOBAL
        if kind in ("rts", "bam"):
            if everyone == (kind == "bam"):
                yield from self._begin(key, data, pgn, now)
            return
        if kind is None or everyone:
            return
        out = self._out.get(parts.source)
        if out is not None and out.pgn == pgn:
            yield from self._outgoing(parts.source, out, kind, data, now)
        came = self._in.get(key)
        if kind == "abort" and came is not None and came.pgn == pgn:
            yield from self._incoming(key, came, kind, data, now)

    # ---- receiving

    def _begin(self, key: tuple[int, int], data: bytes, pgn: int, now: int) -> Iterator[Event]:
        size, count = int.from_bytes(data[1:3], "little"), data[3]
        source, destination = key
        if before := self._in.pop(key, None):  # a new start ends the old one (5.10.3.1)
            yield Broken(before.pgn, source, destination, "its sender began anew")
        if not 9 <= size <= LONGEST or count != (size + 6) // 7:
            yield Broken(pgn, source, destination, f"{size} bytes in {count} frames are none of this protocol")
            if destination != GLOBAL:
                yield self._control(bytes((ABORT, NO_MEANS, 255, 255, 255)), pgn, source)
            return
        session = _Session("listen" if destination == GLOBAL else "receive", pgn, bytearray(), size, now + T1)
        self._in[key] = session
        if destination != GLOBAL:
            session.window = min(self.window, data[4] or 1)
            yield self._clear(session, source, now)

    def _clear(self, session: _Session, source: int, now: int) -> Frame:
        count = min(session.window, session.frames - session.next + 1)
        session.until = now + T2
        return self._control(bytes((CTS, count, session.next, 255, 255)), session.pgn, source)

    def _incoming(self, key: tuple[int, int], session: _Session, event: str, data: bytes, now: int) -> Iterator[Event]:
        action, (source, destination) = _TABLE.get((session.state, event)), key
        if action == "take":
            yield from self._take(key, session, data, now)
        elif action is not None:
            del self._in[key]
            told = event == "abort"
            reason = f"aborted by its sender for reason {data[1]}" if told else "its next frame did not come in time"
            yield Broken(session.pgn, source, destination, reason)
            if action == "give up":
                yield self._control(bytes((ABORT, TIMEOUT, 255, 255, 255)), session.pgn, source)

    def _take(self, key: tuple[int, int], session: _Session, data: bytes, now: int) -> Iterator[Event]:
        source, destination = key
        if data[0] == session.next - 1:  # the last one again
            return
        if data[0] != session.next:
            del self._in[key]
            yield Broken(session.pgn, source, destination, f"frame {data[0]} came where {session.next} was due")
            if destination != GLOBAL:
                yield self._control(bytes((ABORT, BAD_NUMBER, 255, 255, 255)), session.pgn, source)
            return
        session.data += data[1:]
        session.next += 1
        session.until = now + T1
        if session.next > session.frames:
            del self._in[key]
            if destination != GLOBAL:
                end = bytes((END, *session.size.to_bytes(2, "little"), session.frames, 255))
                yield self._control(end, session.pgn, source)
            yield Received(session.pgn, source, destination, bytes(session.data[: session.size]))
        elif destination != GLOBAL and (session.next - 1) % session.window == 0:
            yield self._clear(session, source, now)

    # ---- sending

    def _outgoing(self, destination: int, session: _Session, event: str, data: bytes, now: int) -> Iterator[Event]:
        action = _TABLE.get((session.state, event))
        if action == "grant":
            yield from self._grant(destination, session, data, now)
        elif action == "next":
            yield self._piece(session, destination)
            session.until = now + PACE
            if session.next > session.frames:
                del self._out[destination]
                yield Sent(session.pgn, destination)
        elif action == "done":
            del self._out[destination]
            yield Sent(session.pgn, destination)
        elif action is not None:
            del self._out[destination]
            told = event == "abort"
            reason = f"aborted by its receiver for reason {data[1]}" if told else "its receiver did not answer in time"
            yield Broken(session.pgn, self.address, destination, reason)
            if action == "give up":
                yield self._control(bytes((ABORT, TIMEOUT, 255, 255, 255)), session.pgn, destination)

    def _grant(self, destination: int, session: _Session, data: bytes, now: int) -> Iterator[Event]:
        count, first = data[1], data[2]
        if count == 0:  # hold on (5.10.3.2)
            session.state, session.until = "hold", now + T4
            return
        if not 1 <= first <= session.frames or first + count - 1 > session.frames:
            del self._out[destination]
            yield Broken(
                session.pgn, self.address, destination, f"frames {first} to {first + count - 1} were asked for"
            )
            yield self._control(bytes((ABORT, BAD_NUMBER, 255, 255, 255)), session.pgn, destination)
            return
        session.next = first
        for _ in range(count):
            yield self._piece(session, destination)
        session.state, session.until = "await", now + T3

    def _piece(self, session: _Session, destination: int) -> Frame:
        at = 7 * (session.next - 1)
        body = bytes(session.data[at : at + 7]).ljust(7, b"\xff")
        session.next += 1
        return frame(DATA, bytes((session.next - 1,)) + body, self.address, destination, 7)

    def _control(self, head: bytes, pgn: int, destination: int) -> Frame:
        return frame(CONTROL, head + pgn.to_bytes(3, "little"), self.address, destination, 7)
