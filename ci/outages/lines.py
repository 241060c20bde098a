"""What stands at the far end of a serial line, each in a process of its own: a cable, a pair of CAN adapters, a device.

    python -m ci.outages.lines cable NEAR FAR       # two ends of one line
    python -m ci.outages.lines adapters NEAR FAR    # two slcan adapters on one bus
    python -m ci.outages.lines device PORT          # answers frames with their own values

NEAR and FAR become links to pseudo-terminals. Commands come on standard input: `cut`, `mend`, `damage N`, `left`, of
adapters also `short` and `whole`; each is answered with how many answers are still to be damaged. The process ends with
its standard input.
"""

import os
import pty
import selectors
import sys
import tty
from contextlib import suppress
from pathlib import Path
from time import monotonic

from hil.links.can.frame import Errors, Frame
from hil.links.can.slcan import Reader, encode, encode_errors
from hil.links.codecs.frames import Field, Format, Frames
from hil.links.serial_port import SerialPort, Settings

FORM = Format([Field("x0", "f4"), Field("x1", "f4")], "cobs", "crc32", sequence=True)
ANSWER = Format([Field("y0", "f4"), Field("y1", "f4")], "cobs", "crc32", sequence=True)
_OFF_AGAIN = 0.005  # s: 32 attempts to send a frame at 500 kbit/s


class Cable:
    """Bytes from each end to the other, as long as it is whole."""

    def __init__(self, near: str, far: str) -> None:
        self.ends: list[int] = []
        self._held: list[int] = []
        for name in (near, far):
            own, other = pty.openpty()
            tty.setraw(other)
            Path(name).unlink(missing_ok=True)
            Path(name).symlink_to(os.ttyname(other))
            self.ends.append(own)
            self._held.append(other)  # held open: without an end a terminal is hung up
            os.set_blocking(own, False)
        self.whole, self.damaged = True, 0

    def command(self, words: list[str]) -> str:
        """Obey, and answer."""
        if words[0] in ("cut", "mend"):
            self.whole = words[0] == "mend"
        elif words[0] == "damage":
            self.damaged = int(words[1])
        return str(self.damaged)

    def came(self, end: int, data: bytes) -> None:
        """Pass on what came at an end, 0 is the near one."""
        if not self.whole:
            return
        if end == 1 and self.damaged:
            self.damaged -= 1
            middle = len(data) // 2
            data = data[:middle] + bytes((data[middle] ^ 0x10,)) + data[middle + 1 :]
        self.put(1 - end, data)

    def put(self, end: int, data: bytes) -> None:
        """Write at an end; what nobody takes is lost."""
        with suppress(OSError):
            os.write(self.ends[end], data)

    def tick(self) -> None:
        """Do what is due."""


class Adapters(Cable):
    """Frames from each adapter to the other; a short circuit drives the near one off the bus whenever it is opened."""

    def __init__(self, near: str, far: str) -> None:
        super().__init__(near, far)
        self._readers = [Reader(), Reader()]
        self._text = [b"", b""]
        self._short = self._off = False
        self._due = 0.0

    def command(self, words: list[str]) -> str:
        """Obey, and answer."""
        if words[0] == "short":
            self._short = True
            self._go_off()
        elif words[0] == "whole":
            self._short = False
        return super().command(words)

    def came(self, end: int, data: bytes) -> None:
        """Pass frames on; an opened channel begins anew."""
        if end == 0 and b"O\r" in data:
            self._off = False
            self._due = monotonic() + _OFF_AGAIN if self._short else 0.0
        for one in self._readers[end].feed(data):
            if isinstance(one, Frame) and self.whole and not self._off and not self._short:
                damaged = end == 1 and self.damaged > 0
                self.damaged -= damaged
                self.put(1 - end, b"t10z\r" if damaged else encode(one))

    def tick(self) -> None:
        """Go off the bus again while it is short-circuited."""
        if self._due and monotonic() >= self._due:
            self._due = 0.0
            self._go_off()

    def _go_off(self) -> None:
        self._off = True
        self.put(0, encode_errors(Errors("off", 0, 256)))


def between(cable: Cable) -> None:
    """Carry until standard input ends."""
    with selectors.DefaultSelector() as ready:
        for which in (0, 1):
            ready.register(cable.ends[which], selectors.EVENT_READ, which)
        ready.register(0, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            for key, _ in ready.select(_OFF_AGAIN):
                data = os.read(key.fd, 4096)
                if key.fd == 0:
                    if not data:
                        return
                    for line in data.decode().splitlines():
                        print(cable.command(line.split()), flush=True)
                else:
                    cable.came(key.data, data)
            cable.tick()


def device(name: str) -> None:
    """Answer each frame with its values until standard input ends."""
    port, frames = SerialPort(name, Settings(115200, "none")), Frames(FORM)
    port.open()
    print("ready", flush=True)
    with selectors.DefaultSelector() as ready:
        ready.register(port.fileno(), selectors.EVENT_READ)
        ready.register(0, selectors.EVENT_READ)
        while all(key.fd for key, _ in ready.select()):
            for number, values in frames.feed(port.read(0.0)):
                port.write(ANSWER.encode(values, number))


if __name__ == "__main__":
    kind, *names = sys.argv[1:]
    if kind == "device":
        device(*names)
    else:
        between({"cable": Cable, "adapters": Adapters}[kind](*names))
