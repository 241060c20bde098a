"""slcan: CAN frames as text on a serial line, text in, events out.

The commands are those of the LAWICEL CANUSB (manual of its ASCII protocol); CAN FD with `d D b B` as the CANable 2.0
firmware has it; states and errors of the bus with `s` and `e` as Linux' slcan driver reads them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from hil.links.can.frame import EXTENDED, FD_LENGTHS, STANDARD, CodecError, Errors, Frame, State

_LONGEST = 1 + 8 + 1 + 128 + 4  # type, identifier, DLC, 64 bytes, time stamp
_ENDS = b"\r\a"
_STATES: dict[int, State] = {ord("a"): "active", ord("w"): "warning", ord("p"): "passive", ord("b"): "off"}
_KINDS = {
    "a": "no acknowledge", "b": "bit 0", "B": "bit 1", "c": "checksum", "f": "form", "o": "receive overrun",
    "O": "transmit overrun", "s": "stuffing",
}  # fmt: skip
BITRATES = {
    10_000: 0, 20_000: 1, 50_000: 2, 100_000: 3, 125_000: 4, 250_000: 5, 500_000: 6, 800_000: 7, 1_000_000: 8,
}  # fmt: skip
"""The digit behind `S` by bit/s."""


class Answer(NamedTuple):
    """What is no frame: `good` is False for the adapter's BEL, `text` its answer to a question (`V1013`, `F00`)."""

    good: bool
    text: str = ""


class Unreadable(NamedTuple):
    """A line that is none of slcan, and why; the next one is read as if nothing had been."""

    line: bytes
    reason: str


class Reader:
    """Text in pieces of any size to events; it never holds more than one line."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._skips = False

    def feed(self, data: bytes) -> Iterator[Frame | Errors | Answer | Unreadable]:
        """Yield what the text says so far."""
        for byte in data:
            if byte not in _ENDS:
                if len(self._line) < _LONGEST:
                    self._line.append(byte)
                else:
                    self._skips = True
                continue
            line, skipped = bytes(self._line), self._skips
            self._line.clear()
            self._skips = False
            if skipped:
                yield Unreadable(line, f"it is longer than the {_LONGEST} characters that any line of slcan has")
            elif byte == ord("\a"):
                yield Answer(False, line.decode("latin-1"))
            else:
                yield _read(line)


def _read(line: bytes) -> Frame | Errors | Answer | Unreadable:
    try:
        kind = line[:1]
        if kind and kind in b"tTrRdDbB":
            return _frame(line)
        if kind == b"s" and len(line) == 8:
            return Errors(_STATES[line[1]], _decimal(line[2:5]), _decimal(line[5:8]))
        if kind == b"e":
            return _errors(line)
    except (ValueError, KeyError, IndexError) as wrong:
        return Unreadable(line, str(wrong) if type(wrong) is ValueError else "it ends early or has an unknown letter")
    if not all(32 <= one < 127 for one in line):
        return Unreadable(line, "it has bytes that are no printable text")
    return Answer(True, line.decode())


def _frame(line: bytes) -> Frame:
    kind = chr(line[0])
    extended, fd, remote = kind in "TRDB", kind in "dDbB", kind in "rR"
    start = 9 if extended else 4
    identifier, code = _hexadecimal(line[1:start], start - 1), _hexadecimal(line[start : start + 1], 1)
    if identifier > (EXTENDED if extended else STANDARD):
        raise ValueError(f"identifier {identifier:X} has more than {29 if extended else 11} bits")
    if code > 8 and not fd:
        raise ValueError(f"a classical frame has at most 8 bytes, not {code}")
    length = FD_LENGTHS[code]
    digits = 0 if remote else 2 * length
    data, rest = line[start + 1 : start + 1 + digits], line[start + 1 + digits :]
    if len(data) < digits or len(rest) not in (0, 4):  # the adapter's time stamp has four digits
        raise ValueError(f"{length} bytes are announced, {len(line) - start - 1} digits follow")
    value = _hexadecimal(data, digits).to_bytes(digits // 2)
    return Frame(identifier, value, extended, fd, kind in "bB", remote, length if remote else 0)


def _errors(line: bytes) -> Errors:
    count = _decimal(line[1:2])
    if len(line) != 2 + count:
        raise ValueError(f"{count} kinds of error are announced, {len(line) - 2} follow")
    return Errors("active", kinds=tuple(_KINDS[chr(one)] for one in line[2:]))


def _hexadecimal(digits: bytes, count: int) -> int:
    if len(digits) != count or not all(one in b"0123456789abcdefABCDEF" for one in digits):
        raise ValueError(f"{digits.decode('latin-1')!r} is no number of {count} hexadecimal digits")
    return int(digits, 16) if digits else 0


def _decimal(digits: bytes) -> int:
    if not digits or not all(one in b"0123456789" for one in digits):
        raise ValueError(f"{digits.decode('latin-1')!r} is no number")
    return int(digits)


def encode(frame: Frame) -> bytes:
    """Return a frame's line.

    Raises:
        CodecError: slcan has no such frame.
    """
    letter = "r" if frame.remote else ("b" if frame.switch else "d") if frame.fd else "t"
    length = frame.length if frame.remote else len(frame.data)
    allowed = FD_LENGTHS if frame.fd else FD_LENGTHS[:9]
    top = EXTENDED if frame.extended else STANDARD
    if length not in allowed or not 0 <= frame.identifier <= top:
        kind = "CAN FD" if frame.fd else "CAN"
        raise CodecError(f"no {kind} frame has {length} bytes and the identifier {frame.identifier:X}")
    name = f"{letter.upper()}{frame.identifier:08X}" if frame.extended else f"{letter}{frame.identifier:03X}"
    return f"{name}{FD_LENGTHS.index(length):X}{frame.data.hex().upper()}\r".encode()


def encode_errors(errors: Errors) -> bytes:
    """Return the line with which an adapter tells of its state and its counters, `sb000256`."""
    letter = next(chr(one) for one, state in _STATES.items() if state == errors.state)
    return f"s{letter}{min(errors.receive, 999):03}{min(errors.transmit, 999):03}\r".encode()
