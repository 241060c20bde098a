"""A node of J1939 without I/O: its address, the parameter groups it sends and those that come, of any length.

Two clocks may be at work: `manage` and `elapse` are the business of addresses, which other nodes time by the wall
clock; `seen` and `tick` carry parameter groups, in lockstep by the bench's. Frames to be sent are what each returns.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hil.links.can.claim import Claim
from hil.links.can.frame import CodecError, Frame
from hil.links.can.j1939 import (
    ACKNOWLEDGE,
    CLAIM,
    DM1,
    GLOBAL,
    NULL,
    REQUEST,
    Dm1,
    Identifier,
    Name,
    addressed,
    decode_dm1,
    frame,
    pack,
    unpack,
)
from hil.links.can.signals import Message
from hil.links.can.transport import CONTROL, DATA, Broken, Event, Received, Transport

_MOST = 1024  # parameter groups that wait to be taken; the oldest is dropped
_ONE_FRAME = 8
_REFUSED = 1  # of an acknowledgement: negative (J1939-21, 5.4.4)


class Identity(NamedTuple):
    """Who a node is: the addresses that it wants, the first one first, and its NAME, if it claims any."""

    addresses: tuple[int, ...]
    name: Name | None = None


class Group(NamedTuple):
    """A parameter group that came."""

    pgn: int
    source: int
    destination: int
    data: bytes


@dataclass
class _Long:
    """What may take more than one frame: sent again each `period` ns, trouble codes when they change, too."""

    message: Message
    data: bytes
    period: int
    due: int
    fresh: bool = True


class Node:
    """One node; `peer` is who its messages with an address are for, and from whom it takes its own."""

    def __init__(self, own: Identity, peer: Identity | None = None) -> None:
        if own.name is None:
            raise CodecError("a node without a NAME can claim no address")
        self.claim = Claim(own.name, own.addresses)
        self.came: deque[Group] = deque(maxlen=_MOST)
        self.broken: deque[Broken] = deque(maxlen=_MOST)
        self._name = peer.name.pack() if peer is not None and peer.name is not None else None
        self.peer: int | None = peer.addresses[0] if peer is not None else None
        """The peer's address: what its NAME has claimed, `NULL` when it has lost it, None where all are peers."""
        self._contents: dict[str, tuple[Message, bytes]] = {}
        self._long: dict[str, _Long] = {}
        self._transport = Transport(NULL)

    @property
    def address(self) -> int:
        """The address that it has now; `NULL` while it has none."""
        return self.claim.address

    # ---- addresses

    def start(self, now: int) -> list[Frame]:
        """Ask who is there, and claim the first address."""
        return [frame(REQUEST, CLAIM.to_bytes(3, "little"), NULL), *self.claim.start(now)]

    def manage(self, one: Frame, now: int) -> list[Frame]:
        """Take a frame for what it says of addresses."""
        parts = unpack(one.identifier)
        if self._name is not None and one.extended and not one.remote and parts.pgn == CLAIM:
            if one.data == self._name:
                self.peer = parts.source
            elif parts.source == self.peer:
                self.peer = NULL  # until it claims that address again, or another one
        return self._moved(self.claim.seen(one, now))

    def elapse(self, now: int) -> list[Frame]:
        """Let the time of addresses pass."""
        return self._moved(self.claim.tick(now))

    def _moved(self, frames: list[Frame]) -> list[Frame]:
        if self._transport.address != self.address:
            self._transport = Transport(self.address)
        return frames

    # ---- what comes

    def seen(self, one: Frame, t: int) -> list[Frame]:
        """Take a frame for the parameter groups in it, which end up in `came`."""
        parts = unpack(one.identifier)
        own = parts.source == self.address != NULL  # some buses let one hear oneself
        if not one.extended or one.remote or parts.pgn == CLAIM or own:
            return []
        if parts.pgn in (CONTROL, DATA):
            return self._carried(list(self._transport.seen(one, t)))
        if parts.pgn == REQUEST:
            return self._requested(parts, one.data, t)
        self.came.append(Group(parts.pgn, parts.source, parts.destination, one.data))
        return []

    def _carried(self, events: Sequence[Event]) -> list[Frame]:
        for one in events:
            if isinstance(one, Received):
                self.came.append(Group(*one))
            elif isinstance(one, Broken):
                self.broken.append(one)
        return [one for one in events if isinstance(one, Frame)]

    def _requested(self, parts: Identifier, data: bytes, t: int) -> list[Frame]:
        """Answer with what it sends; who asked this node alone is told when it has no such thing (5.4.2)."""
        asked = int.from_bytes(data[:3], "little")
        if len(data) < 3 or asked == CLAIM or parts.destination not in (GLOBAL, self.address) or self.address == NULL:
            return []
        found = [one for one in self._contents.values() if unpack(one[0].identifier).pgn == asked]
        for message, _ in found:
            if message.name in self._long:
                self._long[message.name].fresh = True
        if found or parts.destination == GLOBAL:
            return [each for one in found if one[0].name not in self._long for each in self._single(*one)]
        answer = bytes((_REFUSED, 255, 255, 255, parts.source)) + data[:3]
        return [frame(ACKNOWLEDGE, answer, self.address)]

    def of(self, group: Group, messages: Sequence[Message]) -> list[Message]:
        """Return those of some messages that a parameter group is: by its number, its sender and its receiver.

        A message that names no sender comes from the peer, or from anybody where there is none.
        """
        return [one for one in messages if self._is(unpack(one.identifier), group)]

    def _is(self, wanted: Identifier, group: Group) -> bool:
        source = wanted.source if wanted.source != NULL else self.peer
        to = wanted.destination
        if source == NULL:
            return False
        meant = group.destination in (to, GLOBAL) if to != GLOBAL else group.destination in (self.address, GLOBAL)
        return wanted.pgn == group.pgn and source in (None, group.source) and meant

    # ---- what goes

    def destination(self, message: Message) -> int:
        """Return to whom a message goes: to whom it says, else to the peer where its group has an address."""
        parts = unpack(message.identifier)
        if not addressed(parts.pgn) or parts.destination != GLOBAL:
            return parts.destination
        return GLOBAL if self.peer is None else self.peer

    def put(self, message: Message, data: bytes, period: int, t: int) -> tuple[Frame, ...]:
        """Let a message have these contents from now on; return its frame if it is one frame, to be sent by others.

        A longer one, and trouble codes, this node sends by itself, each `period` ns.
        """
        pgn = unpack(message.identifier).pgn
        self._contents[message.name] = (message, data)
        if pgn != DM1 and message.size <= _ONE_FRAME:
            return self._single(message, data)
        one = self._long.setdefault(message.name, _Long(message, data, period, t, pgn != DM1 or decode_dm1(data).any))
        one.fresh, one.data = one.fresh or (pgn == DM1 and data != one.data), data
        return ()

    def _single(self, message: Message, data: bytes) -> tuple[Frame, ...]:
        to = self.destination(message)
        if NULL in (self.address, to):
            return ()
        parts = unpack(message.identifier)._replace(source=self.address, destination=to)
        return (Frame(pack(parts), data, extended=True),)

    def tick(self, t: int) -> list[Frame]:
        """Let the time of parameter groups pass: transfers go on, and what is due begins."""
        frames = self._carried(list(self._transport.tick(t)))
        for one in sorted(self._long.values(), key=lambda one: one.due):
            if self.address == NULL or not (one.fresh or (t >= one.due and self._wanted(one))):
                continue
            if begun := self._begin(one.message, one.data, t):
                one.due, one.fresh = t + one.period, False
                frames += begun
        return frames

    def _wanted(self, one: _Long) -> bool:
        """Trouble codes are sent again while there are any (J1939-73, 5.7.1)."""
        return unpack(one.message.identifier).pgn != DM1 or decode_dm1(one.data).any

    def _begin(self, message: Message, data: bytes, t: int) -> list[Frame]:
        if len(data) <= _ONE_FRAME:
            return list(self._single(message, data))
        if (to := self.destination(message)) == NULL:
            return []
        try:
            return self._transport.send(unpack(message.identifier).pgn, data, to, t)
        except CodecError:  # another one is on its way to there
            return []

    def restart(self) -> None:
        """Forget transfers and when messages are due: time begins anew."""
        self._transport = Transport(self.address)
        self._long.clear()
        self.came.clear()


class Troubles:
    """The active trouble codes of each node, as DM1 tells of them (J1939-73, 5.7.1)."""

    def __init__(self) -> None:
        self.of: dict[int, Dm1] = {}

    def seen(self, group: Group) -> int:
        """Take a DM1; return how many of its codes are new."""
        try:
            now = decode_dm1(group.data)
        except CodecError:
            return 0
        before = self.of.get(group.source, Dm1())
        self.of[group.source] = now
        known = {(one.spn, one.fmi) for one in before.troubles}
        return sum((one.spn, one.fmi) not in known for one in now.troubles)
