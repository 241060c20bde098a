"""A controller as a CANopen node: a SYNC lets it scan in lockstep, its PDOs follow, its objects are read over SDO."""

import struct
from time import monotonic_ns

from hil.links.can import canopen, sdo
from hil.links.can.eds import PDO_OBJECTS, Device, Object
from hil.links.can.frame import Frame
from hil.links.can.signals import Field, Message
from hil.targets.can_server import CanServer

_SOFTWARE = 0x6200  # an error of the user's software (CiA 301, table 26)
_HEARTBEAT = (0x1017, 0)
_OFF = 1 << 31  # of a COB-ID


class CanOpenServer(CanServer):
    """Puts a controller on a bus as a node; see `CanServer`."""

    @property
    def _device(self) -> Device:
        device = self._wiring.device
        assert device is not None
        return device

    def _check(self) -> None:
        super()._check()
        self._anew()

    def _anew(self) -> None:
        device, self._ticks = self._device, 0
        self._node = canopen.Node(device.node, device.receives, device.sends, device.heartbeat)
        self._written: dict[tuple[int, int], bytes] = {}
        self._sdo = sdo.Server(self)

    async def _begin(self) -> None:
        with self._lock:
            self._send(self._node.boot(monotonic_ns()))

    def _tick(self, now: int) -> None:
        with self._lock:
            self._send(self._node.tick(now))

    def _publish(self) -> None:
        """A node sends when there is a SYNC."""

    def _seen(self, frame: Frame, at: int) -> None:
        with self._lock:
            if frame.identifier == sdo.REQUEST + self._node.number and not (frame.extended or frame.remote):
                self._asked(frame.data)
                return
            for event in self._node.seen(frame):
                if isinstance(event, canopen.Became) and event.state == "booting":
                    if event.reset:
                        self._controller.reset()
                        self._anew()
                    self._send(self._node.boot(monotonic_ns()))
                elif isinstance(event, canopen.Inputs):
                    for message in self._wiring.to:
                        self._take(message, event.values)
                elif isinstance(event, canopen.Synced):
                    self._synced()

    def _synced(self) -> None:
        if self._lockstep:
            period = self._controller.period or 0
            wrong = self._controller.step(self._ticks * period, 1)
            self._ticks += 1
            if wrong is not None:
                cause = self._controller.cause
                line = struct.pack("<I", cause.line if cause else 0) + b"\0"
                self._send([canopen.emergency(canopen.Emergency(self._node.number, _SOFTWARE, 1, line))])
                return
        self._send(self._node.pdos(self._values(self._wiring.back)))

    # ---- the objects, as `sdo.Store`

    def _asked(self, data: bytes) -> None:
        if self._node.state in ("pre-operational", "operational") and (answer := self._sdo.seen(data)) is not None:
            self._send([Frame(sdo.RESPONSE + self._node.number, answer)])

    def read(self, index: int, sub: int) -> bytes:
        """Return an object's bytes: of one in a PDO the program's value, else what was written, else the EDS's."""
        one = self._object(index, sub)
        if not ("r" in one.access or one.access == "const"):
            raise sdo.Abort(sdo.UNREADABLE)
        message, signal = self._mapped(one.name)
        if (
            message is not None
            and signal is not None
            and (value := self._values([message]).get(signal.name)) is not None
        ):
            return signal.raw(value).to_bytes(len(one.value), "little")
        return self._written.get((index, sub), one.value)

    def write(self, index: int, sub: int, value: bytes) -> None:
        """Let an object have these bytes; PDOs stay as the EDS has them."""
        one = self._object(index, sub)
        if "w" not in one.access:
            raise sdo.Abort(sdo.READ_ONLY)
        if one.fixed and len(value) != len(one.value):
            raise sdo.Abort(sdo.TOO_LONG if len(value) > len(one.value) else sdo.TOO_SHORT)
        if index in PDO_OBJECTS and not _same(sub, value, one.value):
            raise sdo.Abort(sdo.STATE)
        message, signal = self._mapped(one.name)
        if message is not None and signal is not None:
            self._take(message, {signal.name: signal.value(int.from_bytes(value, "little"))})
        self._written[index, sub] = value
        if (index, sub) == _HEARTBEAT:
            self._node.period = int.from_bytes(value, "little") * 1_000_000

    def _object(self, index: int, sub: int) -> Object:
        objects = self._device.objects
        if (index, sub) not in objects:
            raise sdo.Abort(sdo.NO_SUB if any(one == index for one, _ in objects) else sdo.ABSENT)
        return objects[index, sub]

    def _mapped(self, name: str) -> tuple[Message | None, Field | None]:
        for one in (*self._wiring.to, *self._wiring.back):
            if name in one.fields:
                return one, one.fields[name]
        return None, None


def _same(sub: int, value: bytes, file: bytes) -> bool:
    """Whether a PDO stays as it is; off, or counting none of its objects, it may be for a moment."""
    if sub == 0 and value == b"\0":
        return True
    mask = ~_OFF if sub == 1 else -1
    return int.from_bytes(value, "little") & mask == int.from_bytes(file, "little") & mask
