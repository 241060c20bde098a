"""CANopen without I/O: network management, heartbeats, SYNC and its PDOs, emergencies.

The clauses are those of CiA 301 (version 4.2.0, also EN 50325-4). The object dictionary comes from `eds`, SDO from the
library canopen (`sdo`).
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hil.links.can.frame import CodecError, Frame
from hil.links.can.signals import Message

NMT, SYNC, EMERGENCY, HEARTBEAT = 0x000, 0x080, 0x080, 0x700
"""COB-IDs of the predefined connection set (7.3.5); the last two stand below the node's number."""

LARGEST = 127
"""The largest number of a node (7.3.5)."""

State = Literal["booting", "stopped", "operational", "pre-operational"]
STATES: dict[int, State] = {0x00: "booting", 0x04: "stopped", 0x05: "operational", 0x7F: "pre-operational"}
"""States as a heartbeat tells them (7.2.8.3.2.2)."""

START, STOP, PREPARE, RESET, RESET_COMMUNICATION = 0x01, 0x02, 0x80, 0x81, 0x82
"""Commands of network management (7.2.8.3.1)."""

_NMT: dict[int, State] = {
    START: "operational",
    STOP: "stopped",
    PREPARE: "pre-operational",
    RESET: "booting",
    RESET_COMMUNICATION: "booting",
}
"""Where a command leads, from each state but that of booting, which hears none (figure 48)."""


class Became(NamedTuple):
    """The node has another state; `reset` says that it starts anew, the application included."""

    state: State
    reset: bool = False


class Inputs(NamedTuple):
    """Values that act now: of a SYNC for synchronous PDOs, at once for others (7.2.2.2)."""

    values: dict[str, float]


class Synced(NamedTuple):
    """A SYNC came while the node is operational; `counter` is 0 when it carries none (7.2.5)."""

    counter: int


class Emergency(NamedTuple):
    """An emergency (7.2.7): error code, error register, and what the manufacturer says."""

    node: int
    code: int
    register: int
    said: bytes


class Peer(NamedTuple):
    """What a heartbeat tells of another node: its state, or that it is `lost`."""

    node: int
    state: State | Literal["lost"]


@dataclass(frozen=True)
class Pdo:
    """A process data object: its message, and its transmission type (7.5.2.36, table 72).

    0 to 240 are synchronous: at each SYNC where a value changed, or at each n-th; 254 and 255 go on their own.
    """

    message: Message
    type: int = 1

    @property
    def synchronous(self) -> bool:
        """Whether it acts, or is sent, at a SYNC."""
        return self.type <= 240


def command(what: int, node: int = 0) -> Frame:
    """Return a command of network management to one node, 0 for all."""
    return Frame(NMT, bytes((what, node)))


def heartbeat(node: int, state: State) -> Frame:
    """Return a heartbeat; that of `booting` is the boot-up message (7.2.8.3.3)."""
    return Frame(HEARTBEAT + node, bytes((next(code for code, one in STATES.items() if one == state),)))


def sync(counter: int = 0) -> Frame:
    """Return a SYNC, with a counter from 1 to 240, or without one."""
    return Frame(SYNC, bytes((counter,)) if counter else b"")


def emergency(one: Emergency) -> Frame:
    """Return an emergency's frame."""
    return Frame(EMERGENCY + one.node, struct.pack("<HB5s", one.code, one.register, one.said))


def emergency_of(frame: Frame) -> Emergency:
    """Return an emergency.

    Raises:
        CodecError: it has not 8 bytes.
    """
    if len(frame.data) != 8:
        raise CodecError(f"an emergency has 8 bytes, {len(frame.data)} came from node {frame.identifier - EMERGENCY}")
    code, register, said = struct.unpack("<HB5s", frame.data)
    return Emergency(frame.identifier - EMERGENCY, code, register, said)


class Node:
    """The device's side of one node: what its master sees of it.

    Args:
        number: of the node, 1 to 127.
        receives: PDOs that it receives.
        sends: PDOs that it sends.
        period: of its heartbeat in ns, 0 for none.
    """

    def __init__(self, number: int, receives: Sequence[Pdo], sends: Sequence[Pdo], period: int = 0) -> None:
        if not 1 <= number <= LARGEST:
            raise CodecError(f"a CANopen node has a number from 1 to {LARGEST}, not {number}")
        self.number, self.period = number, period
        self._receives = {one.message.identifier: one for one in receives}
        self._sends = tuple(sends)
        self._last: list[bytes | None] = [None] * len(self._sends)
        self._held: dict[str, float] = {}
        self._syncs, self._due = 0, 0
        self.state: State = "booting"

    def boot(self, now: int) -> list[Frame]:
        """Finish the initialisation: the boot-up message, then pre-operational (7.3.2.1)."""
        self.state, self._due, self._syncs = "pre-operational", now + self.period, 0
        self._held.clear()
        self._last = [None] * len(self._sends)
        return [heartbeat(self.number, "booting")]

    def tick(self, now: int) -> list[Frame]:
        """Let the time pass: the heartbeat when it is due."""
        if not self.period or self.state == "booting" or now < self._due:
            return []
        self._due = max(self._due + self.period, now)
        return [heartbeat(self.number, self.state)]

    def seen(self, frame: Frame) -> Iterator[Became | Inputs | Synced]:
        """Take a frame from the bus; after `Became` with `reset` the device calls `boot` again."""
        if frame.extended or frame.remote or frame.fd:
            return
        if frame.identifier == NMT:
            yield from self._commanded(frame.data)
        elif self.state != "operational":
            return
        elif frame.identifier == SYNC:
            self._syncs += 1
            if self._held:
                yield Inputs(dict(self._held))
                self._held.clear()
            yield Synced(frame.data[0] if len(frame.data) == 1 else 0)
        elif (pdo := self._receives.get(frame.identifier)) is not None and len(frame.data) >= pdo.message.size:
            values = pdo.message.decode(frame.data)
            if pdo.synchronous:
                self._held.update(values)
            else:
                yield Inputs(values)

    def _commanded(self, data: bytes) -> Iterator[Became]:
        if len(data) != 2 or data[1] not in (0, self.number):
            return
        after = _NMT.get(data[0])
        if after is None or self.state in ("booting", after):
            return
        self.state = after
        yield Became(after, reset=data[0] == RESET)

    def pdos(self, values: Mapping[str, float]) -> list[Frame]:
        """Return the PDOs that are to be sent now, after a SYNC, or at any time for those of type 254 and 255."""
        frames = []
        for i, one in enumerate(self._sends):
            if self.state != "operational":
                break
            data = one.message.encode(values)
            changed = data != self._last[i]
            due = self._syncs % one.type == 0 if 1 <= one.type <= 240 else changed
            if due:
                self._last[i] = data
                frames.append(Frame(one.message.identifier, data))
        return frames


class Watch:
    """A consumer of heartbeats and emergencies: `timeouts` in ns by node (7.2.8.3.2.2, object 1016h)."""

    def __init__(self, timeouts: Mapping[int, int]) -> None:
        self._timeouts = dict(timeouts)
        self._until: dict[int, int] = {}
        self.states: dict[int, State | Literal["lost"]] = {}

    def seen(self, frame: Frame, now: int) -> Iterator[Peer | Emergency]:
        """Take a frame from the bus. The watch of a node begins with its first heartbeat."""
        if frame.extended or frame.remote:
            return
        node = frame.identifier & 0x7F
        if node not in self._timeouts:
            return
        if frame.identifier == EMERGENCY + node and len(frame.data) == 8:
            yield emergency_of(frame)
        elif frame.identifier == HEARTBEAT + node and len(frame.data) == 1 and frame.data[0] & 0x7F in STATES:
            state = STATES[frame.data[0] & 0x7F]
            self._until[node] = now + self._timeouts[node]
            if self.states.get(node) != state:
                self.states[node] = state
                yield Peer(node, state)

    def tick(self, now: int) -> Iterator[Peer]:
        """Let the time pass: nodes whose heartbeat is late are lost until the next one."""
        for node, until in self._until.items():
            if now >= until and self.states.get(node) != "lost":
                self.states[node] = "lost"
                yield Peer(node, "lost")
