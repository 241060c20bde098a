"""A CAN frame and the state of a CAN controller, as every part here has them (ISO 11898-1:2015)."""

from typing import Literal, NamedTuple

from hil.errors import HilError

FD_LENGTHS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64)
"""Bytes in a CAN FD frame by its DLC (ISO 11898-1, table 5)."""

STANDARD, EXTENDED = 0x7FF, 0x1FFF_FFFF
"""The largest identifiers of 11 and 29 bits."""

State = Literal["active", "warning", "passive", "off"]
"""Error-active below 96 errors, warning from there, error-passive from 128, bus-off from 256 (ISO 11898-1, 12.1.4)."""


class CodecError(HilError):
    """Bytes that a codec of this package cannot read, or a value that it cannot write."""


class Frame(NamedTuple):
    """One frame; `length` is what a remote frame asks for, `switch` that an FD frame sends its data faster."""

    identifier: int
    data: bytes = b""
    extended: bool = False
    fd: bool = False
    switch: bool = False
    remote: bool = False
    length: int = 0

    def __str__(self) -> str:
        digits = 8 if self.extended else 3
        return f"{self.identifier:0{digits}X} [{self.length if self.remote else len(self.data)}] {self.data.hex(' ')}"


class Errors(NamedTuple):
    """What a CAN controller says of itself: its state, its counters of errors, and the kinds of error just seen."""

    state: State
    receive: int = 0
    transmit: int = 0
    kinds: tuple[str, ...] = ()


_OFF, _CONTROLLER, _RESTARTED, _COUNTERS = 0x40, 0x04, 0x100, 0x200
_CLASSES = {0x02: "lost arbitration", 0x08: "protocol", 0x10: "transceiver", 0x20: "no acknowledge", 0x80: "bus error"}


def errors_of(identifier: int, data: bytes, before: State = "active") -> Errors:
    """Return what an error frame of socketcan says (linux/can/error.h); python-can gives the same for other cards."""
    data = data.ljust(8, b"\0")
    state = before
    if identifier & _OFF:
        state = "off"
    elif identifier & _RESTARTED:
        state = "active"
    elif identifier & _CONTROLLER:
        state = "passive" if data[1] & 0x30 else "warning" if data[1] & 0x0C else "active"
    counted = identifier & (_COUNTERS | _CONTROLLER | _OFF)
    kinds = tuple(words for bit, words in _CLASSES.items() if identifier & bit)
    return Errors(state, data[7] if counted else 0, data[6] if counted else 0, kinds)


def error_frame(errors: Errors) -> tuple[int, bytes]:
    """Return identifier and data of an error frame that says so."""
    if errors.state == "off":
        return _OFF, bytes(8)
    bit = {"passive": 0x20, "warning": 0x08}.get(errors.state, 0x40)
    return _CONTROLLER, bytes((0, bit, 0, 0, 0, 0, min(errors.transmit, 255), min(errors.receive, 255)))
