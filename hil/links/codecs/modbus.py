"""Modbus without I/O: requests and answers (application protocol V1.1b3), frames on TCP and on a serial line.

A frame on TCP (messaging on TCP/IP V1.0b, clause 3.1.3) begins with transaction, protocol 0, length and unit. One
on a serial line (V1.02, clause 2.5.1) is unit, PDU and CRC, and ends with a silence; the length that the function
implies finds its end sooner, and the CRC says whether that was right.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Literal

Table = Literal["coil", "discrete input", "holding register", "input register"]

READ: dict[Table, int] = {"coil": 1, "discrete input": 2, "holding register": 3, "input register": 4}
WRITE_BIT, WRITE_BITS, WRITE_REGISTERS, MASK, IDENTIFY = 5, 15, 16, 22, 43
MOST_READ = {1: 2000, 2: 2000, 3: 125, 4: 125}
MOST_WRITTEN = {WRITE_BITS: 1968, WRITE_REGISTERS: 123}
EXCEPTIONS = {
    1: "illegal function", 2: "illegal data address", 3: "illegal data value", 4: "device failure",
    5: "acknowledge", 6: "device busy", 8: "memory parity error", 10: "gateway path unavailable",
    11: "gateway target failed to respond",
}  # fmt: skip
"""The exception codes of clause 7."""

STEP, FAULT, FAULT_WORDS = 65530, 65408, 112
"""Of the virtual PLC in lockstep: six holding registers, t in ns (i8) and a number of scans (u4), one request; t -1
starts the program anew. And input registers with the words of its fault, two ISO 8859-1 characters in each."""

_LONGEST = 254  # bytes behind the length: unit and PDU
_LONGEST_RTU = 256


class Damaged(ValueError):
    """Bytes that are no frame, or an answer to something else."""


class Refusal(Exception):
    """An answer with an exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code} ({EXCEPTIONS.get(code, 'of its own')})")
        self.code = code


# ---- requests and answers


def read_request(table: Table, address: int, count: int) -> bytes:
    """Return the request for coils or registers."""
    return struct.pack(">BHH", READ[table], address, count)


def write_registers(address: int, words: bytes) -> bytes:
    """Return the request that writes holding registers, two bytes each."""
    return struct.pack(">BHHB", WRITE_REGISTERS, address, len(words) // 2, len(words)) + words


def write_coils(address: int, bits: Sequence[int]) -> bytes:
    """Return the request that writes coils."""
    packed = sum(1 << number for number, bit in enumerate(bits) if bit).to_bytes(-(-len(bits) // 8), "little")
    return struct.pack(">BHHB", WRITE_BITS, address, len(bits), len(packed)) + packed


def write_coil(address: int, value: bool) -> bytes:
    """Return the request that writes one coil, which simple relays know, too."""
    return struct.pack(">BHH", WRITE_BIT, address, 0xFF00 if value else 0)


def mask_register(address: int, mask: int, word: int) -> bytes:
    """Return the request that sets the bits of `mask` in a holding register as they are in `word`."""
    return struct.pack(">BHHH", MASK, address, ~mask & 0xFFFF, word & mask)


def content(request: bytes, answer: bytes) -> bytes:
    """Return what a request's answer carries: registers or packed bits; nothing of a write.

    Raises:
        Refusal: an exception code. Damaged: it is no answer to this request.
    """
    function = request[0]
    if len(answer) == 2 and answer[0] == function | 0x80:
        raise Refusal(answer[1])
    if not answer or answer[0] != function:
        raise Damaged(f"an answer to function {answer[0] & 0x7F if answer else 'nothing'} where {function} was asked")
    if function in MOST_READ:
        count = int.from_bytes(request[3:5], "big")
        size = -(-count // 8) if function < 3 else 2 * count
        if len(answer) != 2 + size or answer[1] != size:
            raise Damaged(f"{len(answer) - 2} bytes where {size} were asked for")
        return answer[2:]
    echoed = 7 if function == MASK else 5
    if answer != request[:echoed]:
        raise Damaged("the answer to a write does not repeat it")
    return b""


def bits_of(packed: bytes, count: int) -> list[int]:
    """Return the bits of an answer, the first the lowest of the first byte."""
    number = int.from_bytes(packed, "little")
    return [number >> k & 1 for k in range(count)]


# ---- frames


def tcp_frame(transaction: int, unit: int, pdu: bytes) -> bytes:
    """Return a frame for TCP."""
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


class TcpFrames:
    """Bytes of a connection in, frames out."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Yield transaction, unit and PDU of each frame that is complete.

        Raises:
            Damaged: what came is no Modbus, so nothing behind it can be told apart.
        """
        self._held += data
        while len(self._held) >= 8:
            transaction, protocol, length, unit = struct.unpack_from(">HHHB", self._held)
            if protocol != 0 or not 2 <= length <= _LONGEST:
                raise Damaged(f"protocol {protocol} with a length of {length} is no Modbus")
            if len(self._held) < 6 + length:
                return
            pdu, self._held = self._held[7 : 6 + length], self._held[6 + length :]
            yield transaction, unit, pdu


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC = _crc_table()


def crc16(data: bytes | bytearray) -> int:
    """Return the CRC of a serial line (V1.02, clause 2.5.1.2): polynomial 0xA001 reflected, begun with 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def rtu_frame(unit: int, pdu: bytes) -> bytes:
    """Return a frame for a serial line."""
    frame = bytes([unit]) + pdu
    return frame + crc16(frame).to_bytes(2, "little")


class RtuFrames:
    """Bytes of a serial line in, frames out; `side` says whose frames they are. What is none is passed over.

    `damaged` counts the bytes passed over.
    """

    def __init__(self, side: Literal["request", "answer"]) -> None:
        self._length = _request_length if side == "request" else _answer_length
        self._held = bytearray()
        self.damaged = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield unit and PDU of each frame that is complete."""
        self._held += data
        while len(self._held) >= 4:
            length = self._length(self._held)
            if length is not None and len(self._held) < length:
                return
            if length is not None and _sound(self._held[:length]):
                frame = bytes(self._held[:length])
                del self._held[:length]
                yield frame[0], frame[1:-2]
            elif length is None and len(self._held) <= _LONGEST_RTU and _known(self._held[1]) is None:
                return  # a function of somebody's own ends with the silence
            else:
                del self._held[0]
                self.damaged += 1

    def silence(self) -> Iterator[tuple[int, bytes]]:
        """Yield what a silence on the line ends: all that is held, if its CRC is right; else forget it."""
        frame, sound = bytes(self._held), len(self._held) >= 4 and _sound(self._held)
        self._held.clear()
        if sound:
            yield frame[0], frame[1:-2]
        else:
            self.damaged += len(frame)

    @property
    def waiting(self) -> bool:
        """Whether a part of a frame is held."""
        return bool(self._held)


def _sound(frame: bytes | bytearray) -> bool:
    return crc16(frame[:-2]) == int.from_bytes(frame[-2:], "little")


def _known(function: int) -> int | None:
    return function & 0x7F if function & 0x7F in (1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43) else None


def _request_length(held: bytearray) -> int | None:
    function = held[1]
    if function in (1, 2, 3, 4, 5, 6):
        return 8
    if function in (WRITE_BITS, WRITE_REGISTERS):
        return 9 + held[6] if len(held) > 6 else 9
    if function == 23:
        return 13 + held[10] if len(held) > 10 else 13
    if function == IDENTIFY:
        return 7
    return 10 if function == MASK else None


def _answer_length(held: bytearray) -> int | None:
    function = held[1]
    if function & 0x80:
        return 5
    if function in (1, 2, 3, 4, 23):
        return 5 + held[2]
    if function in (5, 6, WRITE_BITS, WRITE_REGISTERS):
        return 8
    if function == IDENTIFY:
        return _identification_length(held)
    return 10 if function == MASK else None


def _identification_length(held: bytearray) -> int:
    """Return how long an identification is, or one byte more than is there: each object has a length of its own."""
    at = 8
    for _ in range(held[7] if len(held) > 7 else 1):
        if len(held) < at + 2:
            return len(held) + 1
        at += 2 + held[at + 1]
    return at + 2
