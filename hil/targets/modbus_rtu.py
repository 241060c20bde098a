"""A Modbus slave on a serial line: any master on it may read and write what the map shows."""

import asyncio
import os
import pty
import sys
import tty
from contextlib import suppress
from pathlib import Path

from hil.errors import InputError
from hil.links.codecs.modbus import RtuFrames, rtu_frame
from hil.links.link import LinkError
from hil.links.serial_port import SerialPort, Settings
from hil.targets.modbus_server import Slave

_SILENCE = 0.02  # s: 3.5 characters at 9600 baud are 4 ms, and an operating system adds some of its own
_AGAIN = 0.25  # s between two attempts to open a port that was lost


class RtuServer:
    """Answers on a port as one unit; broadcasts (unit 0) are done and not answered.

    Args:
        slave: what answers.
        where: a device, `socket://HOST:PORT`, or `pty` or `pty:PATH` for a pseudo-terminal of its own, which PATH
            becomes a link to.
        unit: which unit of the line it is.
        settings: how characters stand on the line.
    """

    def __init__(self, slave: Slave, where: str, unit: int = 1, settings: Settings | None = None) -> None:
        self._slave, self._asked, self.unit = slave, where, unit
        self._settings = settings or Settings()
        self._port: SerialPort | None = None
        self._own: tuple[int, int] | None = None
        self._link: Path | None = None
        self.where = ""

    async def start(self) -> None:
        """Listen.

        Raises:
            InputError: there is no such port, or it is not ours to open.
        """
        self._frames = RtuFrames("request")
        self._timer: asyncio.TimerHandle | None = None
        kind, _, link = self._asked.partition(":")
        try:
            self._listen(self._pty(Path(link) if link else None) if kind == "pty" else self._open())
        except (LinkError, OSError) as wrong:
            raise InputError(f"cannot serve at {self._asked}: {wrong}; name a port that is there, or pty") from wrong

    def _open(self) -> int:
        self._port = SerialPort(self._asked, self._settings)
        self._port.open()
        self.where = f"modbus-rtu {self._asked}"
        return self._port.fileno()

    def _pty(self, link: Path | None) -> int:
        ours, theirs = self._own = pty.openpty()
        tty.setraw(theirs)  # held open: without an end a terminal is hung up
        name = os.ttyname(theirs)
        if link is not None:
            link.unlink(missing_ok=True)
            link.symlink_to(name)
            self._link = link
        self.where = f"modbus-rtu {link or name}"
        return ours

    def _listen(self, file: int) -> None:
        self._file = file
        os.set_blocking(file, False)
        asyncio.get_running_loop().add_reader(file, self._came)

    def _came(self) -> None:
        try:
            data = os.read(self._file, 4096)
        except BlockingIOError:
            return
        except OSError as lost:
            data = b""
            print(f"hil plc: {self.where}: the port is lost ({lost.strerror})", file=sys.stderr, flush=True)
        if not data:
            self._lost()
            return
        for unit, request in self._frames.feed(data):
            self._answer(unit, request)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_SILENCE, self._silence) if self._frames.waiting else None

    def _silence(self) -> None:
        for unit, request in self._frames.silence():
            self._answer(unit, request)

    def _answer(self, unit: int, request: bytes) -> None:
        if unit not in (0, self.unit):
            return
        answer = self._slave.answer(request)
        if unit and answer:
            with suppress(OSError):  # who does not read his answers loses them
                os.write(self._file, rtu_frame(unit, answer))

    def _lost(self) -> None:
        """Let go of a port, and open it again when it is back."""
        asyncio.get_running_loop().remove_reader(self._file)
        if self._port is not None:
            asyncio.get_running_loop().call_later(_AGAIN, self._again)

    def _again(self) -> None:
        try:
            self._listen(self._open())
        except (LinkError, OSError):
            asyncio.get_running_loop().call_later(_AGAIN, self._again)

    async def stop(self) -> None:
        """Stop listening."""
        asyncio.get_running_loop().remove_reader(self._file)
        if self._port is not None:
            self._port.close()
        for each in self._own or ():
            os.close(each)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
