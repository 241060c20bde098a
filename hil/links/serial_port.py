"""A serial port for links: a device, a pty, or `socket://HOST:PORT`; here the exceptions of pyserial become ours."""

import os
import select
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from hil.links.link import LinkError
from hil.links.tcp import CONNECT, notice_cuts

_SOCKET = "socket://"
_MOST = 4096
_FULL = 1.0  # s that a port may take nothing


class Port(Protocol):
    """What carries bytes both ways; what a codec makes of them is the link's."""

    name: str

    def open(self) -> None:
        """Open it anew. Raises: LinkError."""
        ...

    def write(self, data: bytes) -> None:
        """Send bytes. Raises: LinkError."""
        ...

    def read(self, until: float) -> bytes:
        """Return the bytes that are there, at least one; none at `until` (s, monotonic). Raises: LinkError."""
        ...

    def discard(self) -> None:
        """Forget what has come and was not read."""
        ...

    def close(self) -> None:
        """Close it; does nothing on a closed one."""
        ...


@dataclass(frozen=True)
class Settings:
    """How characters stand on the line."""

    baudrate: int = 19200
    parity: Literal["none", "even", "odd"] = "even"
    stop_bits: Literal[1, 2] = 1

    @property
    def character(self) -> float:
        """The seconds that a character takes."""
        return (1 + 8 + (self.parity != "none") + self.stop_bits) / self.baudrate


class SerialPort:
    """A port through pyserial."""

    def __init__(self, name: str, settings: Settings = Settings()) -> None:
        self.name, self.settings = name, settings
        self._port: Any = None

    def open(self) -> None:
        """Open it; warns of a USB adapter that holds characters back."""
        self.close()
        with self._ours():
            self._port = _connection(self.name) if self.name.startswith(_SOCKET) else self._line()
        if (words := slow_adapter(self.name)) is not None:
            warnings.warn(words, RuntimeWarning, stacklevel=2)

    def _line(self) -> Any:
        import serial

        parity = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}
        # A pseudo-terminal has no parity, and the C library refuses to set one a second time.
        asked = "none" if os.path.realpath(self.name).startswith("/dev/pts/") else self.settings.parity
        return serial.Serial(
            self.name, baudrate=self.settings.baudrate, parity=parity[asked], stopbits=self.settings.stop_bits,
            timeout=0,
        )  # fmt: skip

    def write(self, data: bytes) -> None:
        """Send bytes."""
        with self._ours():
            port = self._opened().fileno()
            while data:
                with suppress(BlockingIOError):
                    data = data[os.write(port, data) :]
                if data and not select.select([], [port], [], _FULL)[1]:
                    raise LinkError(f"{self.name}: nobody takes what is sent; is the other side connected?")

    def read(self, until: float) -> bytes:
        """Return the bytes that are there, at least one; none at `until`."""
        with self._ours():
            port = self._opened().fileno()
            if not select.select([port], [], [], max(0.0, until - monotonic()))[0]:
                return b""
            if not (data := os.read(port, _MOST)):
                raise LinkError(f"{self.name}: the port is lost or not there (it has ended)")
            return data

    def fileno(self) -> int:
        """Return the file descriptor, for who waits for several things at once."""
        with self._ours():
            return int(self._opened().fileno())

    def discard(self) -> None:
        """Forget what has come and was not read."""
        with self._ours():
            port = self._opened().fileno()  # which does not wait
            with suppress(BlockingIOError):
                while os.read(port, _MOST):
                    pass

    def close(self) -> None:
        """Close it."""
        port, self._port = self._port, None
        if port is not None:
            with self._ours():
                port.close()

    def _opened(self) -> Any:
        if self._port is None:
            raise LinkError(f"{self.name}: the port is not open")
        return self._port

    @contextmanager
    def _ours(self) -> Iterator[None]:
        import termios

        import serial

        try:
            yield
        except (serial.SerialException, OSError, termios.error, ValueError, TypeError) as broken:
            raise LinkError(f"{self.name}: the port is lost or not there ({broken})") from broken


def _connection(name: str) -> socket.socket:
    """Connect to a serial device server; pyserial's own leaves a socket open whose other side has gone."""
    where = urlsplit(name)
    wire = socket.create_connection((where.hostname or "", where.port or 0), CONNECT)
    notice_cuts(wire)
    wire.setblocking(False)
    return wire


def slow_adapter(name: str, root: Path = Path("/sys/bus/usb-serial/devices")) -> str | None:
    """Return a warning of an FTDI adapter that holds characters back for more than 1 ms, None of any other port."""
    device = os.path.basename(os.path.realpath(name))
    file = root / device / "latency_timer"
    try:
        latency = int(file.read_text())
    except (OSError, ValueError):
        return None
    if latency <= 1:
        return None
    return f"{name}: the adapter holds characters back for {latency} ms; as root: echo 1 > {file}"
