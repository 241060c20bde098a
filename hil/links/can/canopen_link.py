"""The CANopen link: the bench is the master of one node.

At the opening the node is reset, its identity is compared with that of the EDS, the parameters of a DCF are written to
it, and it is started. In lockstep a SYNC lets it scan, which its synchronous PDOs answer; otherwise each exchange sends
one. An emergency is a fault of the controller, a heartbeat that does not come the loss of the wire.
"""

from time import monotonic_ns
from typing import Any

from hil.links.can import canopen, sdo
from hil.links.can.eds import Device
from hil.links.can.frame import Frame
from hil.links.can.link import CanLink, Contents
from hil.links.link import ControllerFault, LinkError

_IDENTITY = {1: "vendor", 2: "product", 3: "revision", 4: "serial number"}
"""Entries of the object 1018h (CiA 301, 7.5.2.19)."""
_PATIENCE = 1.0  # s for an answer over SDO


class CanOpenLink(CanLink):
    """A link to a CANopen node; see `CanLink`."""

    @property
    def _device(self) -> Device:
        device = self._wiring.device
        assert device is not None
        return device

    def identity(self) -> dict[str, str]:
        """Return what the node says of itself; the link is opened for that, and closed again.

        Raises:
            LinkError: no such node on the bus, or another than its EDS says.
        """
        self.open()
        self.close()
        return {words.replace(" ", "_"): self.facts[words] for words in _IDENTITY.values() if words in self.facts}

    def _bring_up(self) -> None:
        """Let the node start anew, wait for its boot-up message, set it up, and start it (CiA 301, 7.3.2)."""
        device, self._counter = self._device, 0
        self._watch = canopen.Watch({device.node: 2 * device.heartbeat or 1 << 62})
        self._send(canopen.command(canopen.RESET, device.node))
        until = monotonic_ns() + int(self._timeout * 1e9)
        while self._watch.states.get(device.node) != "booting":
            if (one := self._next(until)) is None:
                raise LinkError(f"{self.name}: node {device.node} sent no boot-up message within {self._timeout:g} s")
            self._seen(*one)
        self._watch.states.clear()
        self._identify(device)
        for index, sub, value in device.parameters:
            self._write(index, sub, value)
        self._send(canopen.command(canopen.START, device.node))

    def _disconnect(self, *, polite: bool) -> None:
        if polite and self._bus is not None and self._bus.state != "off":
            self._send(canopen.command(canopen.PREPARE, self._device.node))
        super()._disconnect(polite=polite)

    # ---- SDO

    def _identify(self, device: Device) -> None:
        """Read who the node is, and refuse one that is another than the EDS says."""
        wanted = {1: device.vendor, 2: device.product}
        for sub, words in _IDENTITY.items():
            try:
                value = int.from_bytes(self._transfer(sdo.Upload(0x1018, sub)), "little")
            except sdo.Abort as said:
                if said.absent:
                    continue
                if said.own and said.code == sdo.TIMEOUT:  # a small node may have no server; parameters need one
                    self.facts["identity"] = "not told: no answer over SDO"
                    return
                raise LinkError(f"{self.name}: node {device.node} does not tell its {words}: {said}") from None
            self.facts[words] = f"{value:#010x}"
            if wanted.get(sub) and wanted[sub] != value:
                raise LinkError(
                    f"{self.name}: node {device.node} has the {words} {value:#010x}, its EDS {wanted[sub]:#010x}; "
                    "is it the right node, and the right file?"
                )

    def _write(self, index: int, sub: int, value: bytes) -> None:
        try:
            self._transfer(sdo.Download(index, sub, value))
        except sdo.Abort as said:
            raise LinkError(
                f"{self.name}: node {self._device.node} does not take the parameter {index:04X}h:{sub:02X}h = "
                f"{value.hex(' ')}: {said}"
            ) from None

    def _transfer(self, one: sdo.Upload | sdo.Download) -> bytes:
        """Carry a transfer through; raises sdo.Abort when it is broken off."""
        to = sdo.REQUEST + self._device.node
        request: bytes | None = one.start()
        while request is not None:
            self._send(Frame(to, request))
            try:
                request = one.answer(self._answer(one))
            except sdo.Abort as wrong:
                if wrong.own:
                    self._send(Frame(to, sdo.abort(one.index, one.sub, wrong.code)))
                raise
        return one.value

    def _answer(self, one: sdo.Upload | sdo.Download) -> bytes:
        """Wait for what the server says; raises sdo.Abort when it says nothing."""
        node, until = self._device.node, monotonic_ns() + int(min(self._timeout, _PATIENCE) * 1e9)
        while (came := self._next(until)) is not None:
            frame = came[0]
            if isinstance(frame, Frame) and frame.identifier == sdo.RESPONSE + node and not frame.extended:
                data: bytes = frame.data
                return data
            self._seen(*came)
        raise sdo.Abort(sdo.TIMEOUT, own=True)

    # ---- an exchange

    def _in_step(self, t: int, contents: Contents) -> None:
        self._send_all(contents)
        missing = {one.message.identifier for one in self._device.sends if one.type == 1}
        began = monotonic_ns()
        self._sync()
        while missing:
            if (answer := self._next(began + int(self._timeout * 1e9))) is None:
                raise LinkError(f"{self.name}: no answer to a SYNC within {self._timeout:g} s; is the node still on?")
            self._seen(*answer)
            if isinstance(answer[0], Frame):
                missing.discard(answer[0].identifier)

    def _free(self, t: int, contents: Contents) -> None:
        self._schedule(contents)
        self._sync()
        self._take_all(t)
        for event in self._watch.tick(monotonic_ns()):
            self.facts["node"] = event.state
            raise LinkError(f"{self.name}: node {self._device.node} sends no heartbeat any more")

    def _sync(self) -> None:
        self._counter = self._counter % 240 + 1  # CiA 301, 7.2.5.1
        self._send(canopen.sync(self._counter))

    def _took(self, one: Any, at: int) -> None:
        for event in self._watch.seen(one, at):
            if isinstance(event, canopen.Peer):
                self.facts["node"] = event.state
            elif event.code:
                raise ControllerFault(
                    f"node {event.node} sent the emergency {event.code:04X}h, register {event.register:02X}h, "
                    f"{event.said.hex(' ')}"
                )
        super()._took(one, at)
