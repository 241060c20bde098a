"""The J1939 link: the bench is a node that claims its address, and messages go by parameter group.

It claims at the opening and defends its address from then on, in the receiving thread. A node that loses it and has no
other says so on the bus, stays there without an address, and each exchange is a `NoAnswer`. In lockstep the transport
protocol takes its time from the bench's clock, and what it has to answer leaves with the next sample.
"""

import struct
import threading
from typing import Any

from hil.errors import InputError
from hil.links.can.claim import WAIT
from hil.links.can.frame import Errors, Frame
from hil.links.can.j1939 import DM1, NULL, Dm1, Name
from hil.links.can.link import CanLink, Contents
from hil.links.can.node import Group, Identity, Node, Troubles
from hil.links.can.signals import Message
from hil.links.can.trouble import TroubleMessage
from hil.links.link import LinkError, NoAnswer, Quality

_NAMED = 8  # trouble codes of a node that are named, of more there is the count
_PATIENCE = 2 * WAIT / 1e9  # s for each address
_MEETING = 1.0  # s for the controller's first message
_NEVER_LATE = 1 << 62


class J1939Link(CanLink):
    """A link to a node of J1939; see `CanLink`."""

    def _own(self) -> Identity:
        nodes = self._wiring.j1939
        if nodes is None or nodes.bench is None:
            raise InputError(f"{self._wiring.path}: the bench has no address; give it one in [j1939.bench]")
        return nodes.bench

    def _connect(self) -> None:
        own = self._own()
        self._node = Node(own, self._wiring.j1939.controller if self._wiring.j1939 else None)
        self._lock, self._settled, self._held_back = threading.Lock(), threading.Event(), list[Frame]()
        self._met, self._troubles, self._t = threading.Event(), Troubles(), 0
        super()._connect()

    def _bring_up(self) -> None:
        own, bus = self._own(), self._open_bus()
        with self._lock:
            frames = self._node.start(bus.now)
        self._reply(frames)
        if not bus.wait(self._settled, max(self._timeout, _PATIENCE * len(own.addresses))) or not self._has_address():
            raise LinkError(self._why())
        for path, place in self._taken.items():
            if isinstance(place.message, TroubleMessage):  # who has no trouble does not say so
                self._values[path] = (0, Quality.GOOD, bus.now, _NEVER_LATE)
        if self._node.peer is not None and not self._lockstep:
            bus.wait(self._met, _MEETING)  # who is late is missed by the exchanges
        super()._bring_up()

    def _has_address(self) -> bool:
        if (address := self._node.address) != NULL:
            self.facts["address"] = str(address)
        return address != NULL

    def _why(self) -> str:
        own, claim = self._own(), self._node.claim
        wanted = ", ".join(str(one) for one in own.addresses)
        if claim.state != "none":
            return f"{self.name}: the bench is still claiming an address ({wanted})"
        return (
            f"{self.name}: the bench cannot claim an address: {wanted} went to the NAME {_words(claim.rival)}, smaller "
            f"than its own, {_words(own.name)}; give it another address in [j1939.bench]"
        )

    # ---- in the receiving thread

    def _heard(self, frame: Frame, at: int) -> None:
        with self._lock:
            replies = self._node.manage(frame, at)
            if not self._lockstep:
                replies += self._node.seen(frame, at)
                self._hand_over(at)
            self._settle()
        self._reply(replies)
        if self._lockstep:
            self._queue.put((frame, at))

    def _changed(self, errors: Errors) -> None:
        super()._changed(errors)
        if errors.state == "active":  # back on the bus, where somebody else may have come
            with self._lock:
                frames = self._node.claim.announce()
            self._reply(frames)

    def _ticked(self, now: int) -> None:
        with self._lock:
            replies = self._node.elapse(now)
            if not self._lockstep:
                replies += self._node.tick(now)
                self._hand_over(now)
            self._settle()
        self._reply(replies)

    def _hand_over(self, at: int) -> None:
        while self._node.came:
            group = self._node.came.popleft()
            self._queue.put((group, at))
            if group.source == self._node.peer:
                self._met.set()

    def _settle(self) -> None:
        """Note whether there is an address; without one nothing leaves any more."""
        state = self._node.claim.state
        if state in ("claimed", "none"):
            self._settled.set()
        if state != "claimed" and self._settled.is_set() and self._bus is not None:
            self._bus.silence()

    def _reply(self, frames: list[Frame]) -> None:
        for one in frames:
            if self._bus is not None:
                try:
                    self._bus.send(one)
                except LinkError:
                    self._bus.counters["send"] += 1

    # ---- an exchange

    def _in_step(self, t: int, contents: Contents) -> None:
        self._t = t
        frames, self._held_back = self._held_back, []
        with self._lock:
            for message, each in contents:
                frames += [frame for one in each for frame in self._node.put(message, one, self._period_of(message), t)]
            frames += self._node.tick(t)
        self._check()
        self._send(*frames, Frame(self._wiring.step, struct.pack("<q", t)))
        self._acknowledged()

    def _free(self, t: int, contents: Contents) -> None:
        bus = self._open_bus()
        with self._lock:
            for message, each in contents:
                period = self._period_of(message)
                frames = tuple(frame for one in each for frame in self._node.put(message, one, period, bus.now))
                bus.every(message.name, frames, period)
        self._check()
        self._take_all(t)

    def _period_of(self, message: Message) -> int:
        return message.period or self._period

    def _check(self) -> None:
        if not self._has_address():
            raise NoAnswer(self._why())
        if self._node.broken:
            last = self._node.broken[-1]
            self.counters["broken transfers"] += len(self._node.broken)
            self.facts["last broken transfer"] = (
                f"PGN {last.pgn} from {last.source} to {last.destination}: {last.reason}"
            )
            self._node.broken.clear()
        if (peer := self._node.peer) is not None:
            self.facts["controller's address"] = str(peer)

    def _took(self, one: Any, at: int) -> None:
        if isinstance(one, Frame):
            with self._lock:
                self._held_back += self._node.seen(one, self._t)
                groups = list(self._node.came)
                self._node.came.clear()
        else:
            groups = [one]
        for group in groups:
            if group.pgn == DM1:
                self._name(group)
            for message in self._node.of(group, self._wiring.back):
                self._read(message, group.data, at)

    def _read(self, message: Message, data: bytes, at: int) -> None:
        super()._read(message, data, at)
        if isinstance(message, TroubleMessage):
            for path, _ in self._answers.get(message.name, ()):
                self._values[path] = (*self._values[path][:3], _NEVER_LATE)

    def _name(self, group: Group) -> None:
        """Let the link's health name a node's trouble codes."""
        self.counters["trouble codes"] += self._troubles.seen(group)
        now = self._troubles.of.get(group.source, Dm1())
        key = f"trouble codes of {group.source}"
        if now.troubles:
            named = [f"SPN {one.spn} FMI {one.fmi}" for one in now.troubles[:_NAMED]]
            more = [f"{len(now.troubles) - _NAMED} more"] if len(now.troubles) > _NAMED else []
            self.facts[key] = ", ".join(named + more)
        else:
            self.facts.pop(key, None)


def _words(name: Name | None) -> str:
    return f"{int.from_bytes(name.pack(), 'little'):016X}h" if name is not None else "of another node"
