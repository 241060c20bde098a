"""What a bus is reached through: any interface of python-can by its name, and slcan by our own codec on pyserial.

Foreign exceptions become LinkError here, and only here. python-can's own slcan reads no states of the bus and waits two
seconds at each opening.
"""

import os
import socket
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from hil.errors import InputError
from hil.links.can import slcan
from hil.links.can.frame import Errors, Frame, State, errors_of
from hil.links.link import LinkError

_GROUP, _PORT = "239.74.163.2", 43113  # of python-can's udp_multicast


@dataclass(frozen=True)
class Address:
    """Where a bus is: an interface of python-can (or `slcan`), its channel, and what else that interface takes."""

    interface: str
    channel: str
    bitrate: int | None = None
    fd: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.interface}:{self.channel}"


def address_of(text: str, *, fd: bool = False) -> Address:
    """Return the address that a text `INTERFACE:CHANNEL` names.

    Raises:
        InputError: it is not written so.
    """
    interface, _, channel = text.partition(":")
    if not interface or not channel:
        raise InputError(f"{text!r} is no CAN bus; write INTERFACE:CHANNEL, as socketcan:can0 or slcan:/dev/ttyACM0")
    return Address(interface, channel, fd=fd)


class Port(Protocol):
    """An open bus: frames and states in, frames out."""

    def receive(self, timeout: float) -> Frame | Errors | None:
        """Return what comes next, None when nothing came in time (s); raises LinkError."""
        ...

    def send(self, frame: Frame) -> None:
        """Send a frame; raises LinkError."""
        ...

    def state(self) -> State | None:
        """Return the state of the controller where it can be asked for; raises LinkError."""
        ...

    def close(self) -> None:
        """Let go of the bus."""
        ...


def open_port(where: Address) -> Port:
    """Open a bus.

    Raises:
        InputError: no such interface, or an option that it does not have. LinkError: it cannot be opened.
    """
    return Serial(where) if where.interface == "slcan" else PythonCan(where)


class PythonCan:
    """A bus of python-can."""

    def __init__(self, where: Address) -> None:
        import can

        self._where, self._can = where, can
        if where.interface not in can.VALID_INTERFACES:
            known = ", ".join(sorted({*can.VALID_INTERFACES, "slcan"}))
            raise InputError(f"no CAN interface {where.interface!r}; there are {known}")
        with self._ours("it cannot be opened"):
            self._bus = can.Bus(interface=where.interface, **self._options())
            if where.interface == "udp_multicast":
                _keep_on_loopback(self._bus.fileno(), self._group[0])
        self._seen: State = "active"

    @property
    def _group(self) -> tuple[str, int]:
        group, _, port = self._where.channel.partition(":")
        return group or _GROUP, int(port or _PORT)

    def _options(self) -> dict[str, Any]:
        where = self._where
        options = {"channel": where.channel, **where.options}
        if where.interface == "udp_multicast":
            group, port = self._group
            return {**options, "channel": group, "port": port, "hop_limit": 0, "fd": True}
        if where.interface == "virtual":
            from can import CanProtocol

            return {**options, "protocol": CanProtocol.CAN_FD}
        return options | ({"bitrate": where.bitrate} if where.bitrate else {}) | ({"fd": True} if where.fd else {})

    def receive(self, timeout: float) -> Frame | Errors | None:
        """Return what comes next; see `Port`."""
        with self._ours("receiving failed"):
            one = self._bus.recv(timeout)
        if one is None:
            return None
        if one.is_error_frame:
            errors = errors_of(one.arbitration_id, bytes(one.data), self._seen)
            self._seen = errors.state
            return errors
        data = b"" if one.is_remote_frame else bytes(one.data)
        return Frame(
            one.arbitration_id, data, one.is_extended_id, one.is_fd, one.bitrate_switch, one.is_remote_frame,
            one.dlc if one.is_remote_frame else 0,
        )  # fmt: skip

    def send(self, frame: Frame) -> None:
        """Send a frame; see `Port`."""
        message = self._can.Message(
            arbitration_id=frame.identifier, data=frame.data, is_extended_id=frame.extended, is_fd=frame.fd,
            bitrate_switch=frame.switch, is_remote_frame=frame.remote, dlc=frame.length if frame.remote else None,
        )  # fmt: skip
        with self._ours(f"sending {frame} failed"):
            self._bus.send(message)

    def state(self) -> State | None:
        """Return the state of the controller; interfaces that do not know it always say `active`."""
        with self._ours("asking for its state failed"):
            name = self._bus.state.name
        return {"ERROR": "off", "PASSIVE": "passive"}.get(name)  # type: ignore[return-value]

    def close(self) -> None:
        """Let go of the bus."""
        with self._ours("closing failed"):
            self._bus.shutdown()

    @contextmanager
    def _ours(self, what: str) -> Iterator[None]:
        # Drivers raise errors of all kinds: those of python-can, of ctypes, of sockets, of msgpack.
        foreign = (self._can.CanError, OSError, ValueError, TypeError, AttributeError, ImportError)
        try:
            yield
        except foreign as wrong:
            raise LinkError(f"{self._where}: {what}: {str(wrong) or type(wrong).__name__}") from wrong


def _keep_on_loopback(descriptor: int, group: str) -> None:
    """Take the multicast group off the network's interfaces and put it on the loopback: nobody else hears the bus."""
    with socket.socket(fileno=os.dup(descriptor)) as wire:
        address, loopback = socket.inet_aton(group), socket.inet_aton("127.0.0.1")
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, address + bytes(4))
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, address + loopback)
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)


class Serial:
    """An slcan adapter on a serial line or a pty; `bitrate` is that of the bus."""

    def __init__(self, where: Address) -> None:
        import serial

        self._where, self._foreign = where, (serial.SerialException, OSError, ValueError)
        self._reader = slcan.Reader()
        self._waiting: deque[Frame | Errors] = deque()
        if where.bitrate is not None and where.bitrate not in slcan.BITRATES:
            known = ", ".join(str(one) for one in slcan.BITRATES)
            raise InputError(f"{where}: slcan has no bitrate {where.bitrate}; there are {known}")
        with self._ours("it cannot be opened"):
            baudrate = int(where.options.get("baudrate", 115200))
            self._line = serial.serial_for_url(where.channel, baudrate, timeout=0)
            speed = f"S{slcan.BITRATES[where.bitrate]}\r" if where.bitrate else ""
            self._line.write(f"\rC\r{speed}O\r".encode())

    def receive(self, timeout: float) -> Frame | Errors | None:
        """Return what comes next; see `Port`."""
        if not self._waiting:
            with self._ours("receiving failed"):
                self._line.timeout = timeout
                data = self._line.read(1)
                self._line.timeout = 0
                data += self._line.read(4096) if data else b""
            for event in self._reader.feed(data):
                if isinstance(event, slcan.Unreadable):
                    self._waiting.append(Errors("active", kinds=("unreadable",)))
                elif isinstance(event, Frame | Errors):
                    self._waiting.append(event)
        return self._waiting.popleft() if self._waiting else None

    def send(self, frame: Frame) -> None:
        """Send a frame; see `Port`."""
        with self._ours(f"sending {frame} failed"):
            self._line.write(slcan.encode(frame))

    def state(self) -> State | None:
        """Return None: adapters tell of their state by themselves."""
        return None

    def close(self) -> None:
        """Close the adapter's channel and the line."""
        with self._ours("closing failed"):
            try:
                self._line.write(b"C\r")
            finally:
                self._line.close()

    @contextmanager
    def _ours(self, what: str) -> Iterator[None]:
        try:
            yield
        except self._foreign as wrong:
            raise LinkError(f"{self._where}: {what}: {str(wrong) or type(wrong).__name__}") from wrong
