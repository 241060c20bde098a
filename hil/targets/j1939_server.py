"""A controller as a node of J1939: it claims its address before it is ready, and defends it.

In lockstep the transport protocol takes its time from the bench's steps, the claim from the wall clock.
"""

import asyncio
import sys
from time import monotonic_ns

from hil.errors import InputError
from hil.links.can.frame import Frame
from hil.links.can.node import Node
from hil.links.can.signals import Message
from hil.targets.can_server import CanServer

_TRY = 0.01  # s between two looks whether the address is claimed


class J1939Server(CanServer):
    """Puts a controller on a bus as a node; see `CanServer`."""

    _t = 0

    def _check(self) -> None:
        super()._check()
        nodes = self._wiring.j1939
        if nodes is None or nodes.controller is None or nodes.controller.name is None:
            raise InputError(
                f"{self._wiring.path}: the controller has no address and NAME; give it both in [j1939.controller]"
            )
        self._node = Node(nodes.controller, nodes.bench)

    async def _begin(self) -> None:
        """Claim an address, and wait until it may be used."""
        with self._lock:
            self._send(self._node.start(monotonic_ns()))
        while self._node.claim.state not in ("claimed", "none"):
            await asyncio.sleep(_TRY)
        if self._node.claim.state == "none":
            self._open_bus().close()
            raise InputError(
                f"{self._wiring.path}: the controller's address is held by a node with a smaller NAME; "
                "give it another one in [j1939.controller]"
            )

    def _tick(self, now: int) -> None:
        with self._lock:
            self._send(self._node.elapse(now))
            if not self._lockstep:
                self._send(self._node.tick(now))

    def _seen(self, frame: Frame, at: int) -> None:
        with self._lock:
            before = self._node.claim.state
            replies = self._node.manage(frame, at)
            if before == "claimed" and self._node.claim.state != "claimed":
                self._lost()
            self._send(replies)
            if frame.identifier == self._wiring.step and not frame.extended:
                self._t = int.from_bytes(frame.data, "little")
                if not frame.data:
                    self._node.restart()
                self._step(frame.data)
                return
            self._send(self._node.seen(frame, self._t if self._lockstep else at))
            while self._node.came:
                group = self._node.came.popleft()
                for message in self._node.of(group, self._wiring.to):
                    self._take_data(message, group.data)

    def _lost(self) -> None:
        """Send nothing any more without an address, and say so."""
        self._open_bus().silence()
        words = "and tries another" if self._node.claim.state == "waiting" else "and has no other: it sends nothing now"
        print(f"hil plc: J1939: the controller lost its address to a smaller NAME {words}", file=sys.stderr, flush=True)

    def _answer(self) -> list[Frame]:
        frames = [each for one in self._wiring.back for each in self._put(one, self._t)]
        return frames + self._node.tick(self._t)

    def _publish(self) -> None:
        now = monotonic_ns()
        for one in self._wiring.back:
            self._open_bus().every(one.name, self._put(one, now), self._period(one))

    def _put(self, message: Message, t: int) -> tuple[Frame, ...]:
        return tuple(
            each for one in self._contents(message) for each in self._node.put(message, one, self._period(message), t)
        )

    def _period(self, message: Message) -> int:
        return message.period or self._controller.period or 10**8
