"""UARTs as registers: bytes that came, bytes that went, the levels of the interrupt lines. The line takes no time."""

from abc import ABC, abstractmethod
from collections import deque

EMPTY_POLLS = 64
"""So many looks at a register that says that nothing has come, and at nothing else, are taken for waiting."""


class UartModel(ABC):
    """A UART's registers; both directions hold any number of bytes."""

    def __init__(self) -> None:
        self.received: deque[int] = deque()
        self._out = bytearray()
        self._sent = False  # the transmitter's interrupt: it has become empty
        self._kept: dict[int, int] = {}
        self.polls = 0

    @abstractmethod
    def read(self, offset: int) -> int:
        """Read a register."""

    @abstractmethod
    def write(self, offset: int, value: int) -> None:
        """Write a register."""

    @property
    @abstractmethod
    def lines(self) -> tuple[bool, bool]:
        """The interrupt lines of receiver and transmitter."""

    @property
    @abstractmethod
    def listens(self) -> bool:
        """Whether a byte would raise the receiver's interrupt line."""

    @property
    def polled(self) -> bool:
        """Whether software does nothing but look at an empty receiver."""
        return self.polls >= EMPTY_POLLS

    def feed(self, data: bytes) -> None:
        """Let bytes arrive."""
        self.received.extend(data)

    def drain(self) -> bytes:
        """Take what was sent."""
        sent = bytes(self._out)
        self._out.clear()
        return sent

    def _take(self) -> int:
        return self.received.popleft() if self.received else 0

    def _send(self, value: int) -> None:
        self._out.append(value & 0xFF)
        self._sent = True
        self.polls = 0

    def _look(self) -> bool:
        """Return whether there is something to read; software that finds nothing again and again waits."""
        if self.received:
            return True
        self.polls += 1
        return False


_FR, _IMSC, _RIS, _MIS, _ICR = 0x18, 0x38, 0x3C, 0x40, 0x44
_RX, _TX, _RT = 1 << 4, 1 << 5, 1 << 6
_ID = {0xFE0 + 4 * k: byte for k, byte in enumerate((0x11, 0x10, 0x14, 0, 0x0D, 0xF0, 0x05, 0xB1))}


class Pl011(UartModel):
    """Arm PrimeCell PL011 (Technical Reference Manual, 3.3); one byte received is enough for an interrupt."""

    def read(self, offset: int) -> int:
        """Read a register."""
        if offset == 0x00:
            return self._take()
        if offset == _FR:
            return 0x80 if self._look() else 0x90  # the transmitter is empty, and so may be the receiver
        if offset == _RIS:
            return self._raw(received=self._look())
        if offset == _MIS:
            return self._raw(received=self._look()) & self._kept.get(_IMSC, 0)
        return _ID.get(offset, self._kept.get(offset, 0))

    def write(self, offset: int, value: int) -> None:
        """Write a register."""
        if offset == 0x00:
            self._send(value)
        elif offset == _ICR:
            self._sent = self._sent and not value & _TX
        else:
            self._kept[offset] = value

    def _raw(self, *, received: bool) -> int:
        return (_RX | _RT if received else 0) | (_TX if self._sent else 0)

    @property
    def lines(self) -> tuple[bool, bool]:
        """One line for both."""
        asked = bool(self._raw(received=bool(self.received)) & self._kept.get(_IMSC, 0))
        return asked, asked

    @property
    def listens(self) -> bool:
        """Whether the level or its timeout is let through."""
        return bool(self._kept.get(_IMSC, 0) & (_RX | _RT))


_DATA, _STATE, _CTRL, _INT = 0x00, 0x04, 0x08, 0x0C


class Cmsdk(UartModel):
    """The UART of Arm's Cortex-M System Design Kit (Technical Reference Manual, 4.3)."""

    def read(self, offset: int) -> int:
        """Read a register."""
        if offset == _DATA:
            return self._take()
        if offset == _STATE:
            return self._look() << 1
        if offset == _INT:
            self._look()
            receive, transmit = self.lines
            return receive << 1 | transmit
        return self._kept.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Write a register."""
        if offset == _DATA:
            self._send(value)
        elif offset == _INT:
            self._sent = self._sent and not value & 1
        else:
            self._kept[offset] = value

    @property
    def lines(self) -> tuple[bool, bool]:
        """A line for each."""
        control = self._kept.get(_CTRL, 0)
        return bool(self.received) and self.listens, bool(self._sent and control & 1 << 2)

    @property
    def listens(self) -> bool:
        """Whether the receiver's interrupt is enabled."""
        return bool(self._kept.get(_CTRL, 0) & 1 << 3)


MODELS: dict[str, type[Pl011 | Cmsdk]] = {"pl011": Pl011, "cmsdk": Cmsdk}
