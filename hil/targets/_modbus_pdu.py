"""The Modbus application protocol (V1.1b3) without I/O: a request's bytes in, the answer's bytes and changes out.

A register is two bytes of a variable's memory. Values of 32 and 64 bits go with the most significant word first,
so register k of n holds the bytes from 2(n - 1 - k) on of a little-endian memory. A value of one byte fills a
register, with its sign. A STRING has two characters in a register, the first in the high byte, a WSTRING one.
"""

import struct
from collections.abc import Callable, Iterable, Sequence

from hil.targets.modbus_map import Point

Change = tuple[int, bytes]
_FUNCTION, _ADDRESS, _VALUE = 1, 2, 3  # the exception codes of clause 7
_BITS, _REGISTERS = 2000, 125  # the most that one request reads


class Refused(Exception):
    """A request that is answered with an exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Bank:
    """Coils and registers over a program's memory."""

    def __init__(self, points: Iterable[Point]) -> None:
        # Several variables may have one address: all of them are written, the first is read.
        self._at: dict[tuple[str, int], list[tuple[Point, int]]] = {}
        for point in points:
            for number in range(point.count):
                self._at.setdefault((point.table, point.address + number), []).append((point, number))

    def answer(self, request: bytes, image: bytes, write: Callable[[Sequence[Change]], None]) -> bytes:
        """Return the answer to a request; what it writes goes to `write` at once, all or nothing."""
        if not request:
            return b""
        function = request[0]
        try:
            handle = _HANDLERS.get(function)
            if handle is None:
                raise Refused(_FUNCTION)
            try:
                content, changes = handle(self, request[1:], image)
            except struct.error:
                raise Refused(_VALUE) from None
        except Refused as refused:
            return bytes([function | 0x80, refused.code])
        if changes:
            write(changes)
        return bytes([function]) + content

    def find(self, table: str, start: int, count: int) -> list[list[tuple[Point, int]]]:
        """Return what lies at some addresses.

        Raises:
            Refused: the map has nothing at one of them.
        """
        found = [self._at.get((table, start + number)) for number in range(count)]
        if any(one is None for one in found):
            raise Refused(_ADDRESS)
        return [one for one in found if one is not None]


Answer = tuple[bytes, list[Change]]


def _read_bits(bank: Bank, body: bytes, image: bytes, table: str) -> Answer:
    start, count = _span(body, _BITS)
    bits = [image[points[0][0].offset] & 1 for points in bank.find(table, start, count)]
    packed = int("".join(map(str, reversed(bits))), 2).to_bytes(-(-count // 8), "little")
    return bytes([len(packed)]) + packed, []


def _read_registers(bank: Bank, body: bytes, image: bytes, table: str) -> Answer:
    start, count = _span(body, _REGISTERS)
    words = b"".join(_word(*points[0], image) for points in bank.find(table, start, count))
    return bytes([len(words)]) + words, []


def _span(body: bytes, most: int) -> tuple[int, int]:
    start, count = struct.unpack(">HH", body)
    if not 1 <= count <= most:
        raise Refused(_VALUE)
    return start, count


def _word(point: Point, number: int, image: bytes) -> bytes:
    raw = image[point.offset : point.offset + point.size]
    if point.kind == "text":
        return raw[2 * number : 2 * number + 2].ljust(2, b"\0")
    if point.kind == "wide":
        return raw[2 * number : 2 * number + 2][::-1]
    if point.size == 1:
        return int.from_bytes(raw, "little", signed=point.kind == "i1").to_bytes(2, "big", signed=point.kind == "i1")
    start = 2 * (point.count - 1 - number)
    return raw[start : start + 2][::-1]


def _stored(point: Point, number: int, word: bytes) -> Change:
    """Return what one register changes.

    Raises:
        Refused: a variable of one byte cannot hold it.
    """
    if point.kind == "text":
        # The zero that ends a text stays where it is.
        return point.offset + 2 * number, word[: max(0, point.size - 1 - 2 * number)]
    if point.kind == "wide":
        return point.offset + 2 * number, word[::-1][: max(0, point.size - 2 - 2 * number)]
    if point.size == 1:
        signed = point.kind == "i1"
        value = int.from_bytes(word, "big", signed=signed)
        low, high = (-128, 127) if signed else (0, 1 if point.type == "BOOL" else 255)
        if not low <= value <= high:
            raise Refused(_VALUE)
        return point.offset, value.to_bytes(1, "little", signed=signed)
    return point.offset + 2 * (point.count - 1 - number), word[::-1]


def _write_coil(bank: Bank, body: bytes, _image: bytes) -> Answer:
    start, value = struct.unpack(">HH", body)
    if value not in (0, 0xFF00):
        raise Refused(_VALUE)
    return body, _coils(bank, start, [value != 0])


def _write_coils(bank: Bank, body: bytes, _image: bytes) -> Answer:
    start, count, length = struct.unpack(">HHB", body[:5])
    if not 1 <= count <= 1968 or length != -(-count // 8) or len(body) != 5 + length:
        raise Refused(_VALUE)
    packed = int.from_bytes(body[5:], "little")
    return body[:4], _coils(bank, start, [bool(packed >> number & 1) for number in range(count)])


def _coils(bank: Bank, start: int, bits: list[bool]) -> list[Change]:
    found = bank.find("coil", start, len(bits))
    return [(point.offset, bytes([bit])) for points, bit in zip(found, bits, strict=True) for point, _ in points]


def _write_register(bank: Bank, body: bytes, image: bytes) -> Answer:
    start, _ = struct.unpack(">HH", body)
    return body, _registers(bank, start, body[2:], image)


def _write_registers(bank: Bank, body: bytes, image: bytes) -> Answer:
    start, count, length = struct.unpack(">HHB", body[:5])
    if not 1 <= count <= 123 or length != 2 * count or len(body) != 5 + length:
        raise Refused(_VALUE)
    return body[:4], _registers(bank, start, body[5:], image)


def _mask_register(bank: Bank, body: bytes, image: bytes) -> Answer:
    start, keep, put = struct.unpack(">HHH", body)
    before = int.from_bytes(_word(*bank.find("holding register", start, 1)[0][0], image), "big")
    word = (before & keep) | (put & ~keep & 0xFFFF)
    return body, _registers(bank, start, word.to_bytes(2, "big"), image)


def _read_write(bank: Bank, body: bytes, image: bytes) -> Answer:
    """Writes and reads: the answer has what was written, as the standard demands."""
    start, count, length = struct.unpack(">HHB", body[4:9])
    if not 1 <= count <= 121 or length != 2 * count or len(body) != 9 + length:
        raise Refused(_VALUE)
    changes = _registers(bank, start, body[9:], image)
    content, _ = _read_registers(bank, body[:4], _changed(image, changes), "holding register")
    return content, changes


def _registers(bank: Bank, start: int, words: bytes, image: bytes) -> list[Change]:
    found = bank.find("holding register", start, len(words) // 2)
    changes, touched = list[Change](), list[Point]()
    for number, points in enumerate(found):
        for point, part in points:
            changes.append(_stored(point, part, words[2 * number : 2 * number + 2]))
            touched += [point] if point.range else []
    after = _changed(image, changes) if touched else image
    for point in touched:
        assert point.range is not None
        raw = after[point.offset : point.offset + point.size]
        if not point.range[0] <= int.from_bytes(raw, "little", signed=point.kind[0] == "i") <= point.range[1]:
            raise Refused(_VALUE)
    return changes


def _changed(image: bytes, changes: Sequence[Change]) -> bytes:
    after = bytearray(image)
    for offset, content in changes:
        after[offset : offset + len(content)] = content
    return bytes(after)


_HANDLERS: dict[int, Callable[[Bank, bytes, bytes], Answer]] = {
    1: lambda bank, body, image: _read_bits(bank, body, image, "coil"),
    2: lambda bank, body, image: _read_bits(bank, body, image, "discrete input"),
    3: lambda bank, body, image: _read_registers(bank, body, image, "holding register"),
    4: lambda bank, body, image: _read_registers(bank, body, image, "input register"),
    5: _write_coil,
    6: _write_register,
    15: _write_coils,
    16: _write_registers,
    22: _mask_register,
    23: _read_write,
}
