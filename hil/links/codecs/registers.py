"""Values in coils and registers: places, byte and word orders, bits, and the batches in which they travel.

An order names the bytes of a value from the most significant one, A, as they stand on the wire: `ABCD` most
significant word and byte first, `CDAB` with the words the other way round, `BADC` with the bytes of each word,
`DCBA` with both. A value of 8 bytes follows the same rule, one of 2 the rule for its bytes.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from hil.errors import InputError
from hil.links.codecs.modbus import (
    MOST_READ,
    MOST_WRITTEN,
    READ,
    WRITE_BITS,
    WRITE_REGISTERS,
    Table,
    bits_of,
    mask_register,
    read_request,
    write_coils,
    write_registers,
)

Order = Literal["ABCD", "CDAB", "BADC", "DCBA"]
_LETTERS = {"u1": "H", "b1": "H", "i1": "h", "u2": "H", "i2": "h", "u4": "I", "i4": "i", "u8": "Q", "i8": "q",
            "f4": "f", "f8": "d"}  # fmt: skip


class Place(NamedTuple):
    """Where a value is: `span` coils or registers from `address` on, or one bit of a register."""

    table: Table
    address: int
    kind: str
    order: Order = "ABCD"
    bit: int | None = None

    @property
    def bits(self) -> bool:
        """Whether it is a coil or a discrete input."""
        return self.table in ("coil", "discrete input")

    @property
    def span(self) -> int:
        """How many coils or registers it takes."""
        return 1 if self.bits or self.bit is not None else -(-np.dtype(self.kind).itemsize // 2)


class Batch:
    """Values side by side in one table: `which` says which of the points, in the order of their addresses."""

    def __init__(self, which: Sequence[int], places: Sequence[Place]) -> None:
        self.which, self.places = tuple(which), tuple(places)
        first, last = places[0], places[-1]
        self.table, self.address = first.table, first.address
        self.count = last.address + last.span - first.address
        self.read = read_request(self.table, self.address, self.count)
        # Bits of one register are of one word: `_word` says which word each value is of.
        starts = sorted({one.address: one for one in places}.items())
        self._word = [[at for at, _ in starts].index(one.address) for one in places] if not first.bits else []
        self._letters = [_letter(one) for _, one in starts] if not first.bits else []
        self._struct = struct.Struct(">" + "".join(self._letters))
        self._plain = all(one.bit is None and one.kind[0] != "S" for one in places)
        permutation = [2 * (at - self.address) + k for at, one in starts for k in _permuted(one)]
        self._permutation = None if permutation == sorted(permutation) else permutation

    def values(self, content: bytes) -> Sequence[Any]:
        """Return the values in the content of an answer."""
        if not self._letters:
            return bits_of(content, self.count)
        words = self._struct.unpack(self._swapped(content))
        if self._plain:
            return words
        return [_value(one, words[k]) for one, k in zip(self.places, self._word, strict=True)]

    def write(self, values: Sequence[Any]) -> Iterator[bytes]:
        """Yield the requests that write its values, in the order of `places`."""
        if not self._letters:
            yield write_coils(self.address, values)
        elif self.places[0].bit is not None:
            mask = sum(1 << (one.bit or 0) for one in self.places)
            word = sum(1 << (one.bit or 0) for one, value in zip(self.places, values, strict=True) if value)
            yield mask_register(self.address, mask, word)
        else:
            yield write_registers(self.address, self._swapped(self._struct.pack(*values)))

    def _swapped(self, content: bytes) -> bytes:
        """Every order is its own inverse."""
        return content if self._permutation is None else bytes([content[k] for k in self._permutation])


def _letter(place: Place) -> str:
    if place.bit is not None:
        return "H"
    return f"{2 * place.span}s" if place.kind[0] == "S" else _LETTERS[place.kind]


def _value(place: Place, word: Any) -> Any:
    if place.bit is not None:
        return word >> place.bit & 1
    return word.split(b"\0")[0] if place.kind[0] == "S" else word


def _permuted(place: Place) -> list[int]:
    size = 2 * place.span
    if place.kind[0] == "S":
        return list(range(size)) if place.order in ("ABCD", "CDAB") else [k ^ 1 for k in range(size)]
    words = range(0, size, 2) if place.order in ("ABCD", "BADC") else range(size - 2, -1, -2)
    return [at + k for at in words for k in ((0, 1) if place.order in ("ABCD", "CDAB") else (1, 0))]


def batches(places: Sequence[Place], *, written: bool) -> list[Batch]:
    """Return the fewest batches in which values travel: neighbours together, as many as one request may have.

    Raises:
        InputError: a place that cannot be, or cannot be written.
    """
    faults = [words for one in places if (words := _fault(one, written=written))]
    if faults:
        raise InputError(faults)
    made: list[Batch] = []
    held: list[int] = []

    def close() -> None:
        if held:
            made.append(Batch(held, [places[k] for k in held]))
        held.clear()

    for k in sorted(range(len(places)), key=lambda k: (places[k].table, places[k].address, places[k].bit or 0)):
        one = places[k]
        if held and not _joins(places[held[0]], places[held[-1]], one, written=written):
            close()
        held.append(k)
    close()
    return made


def _joins(first: Place, last: Place, one: Place, *, written: bool) -> bool:
    most = (MOST_WRITTEN[WRITE_BITS if one.bits else WRITE_REGISTERS]) if written else MOST_READ[READ[one.table]]
    if one.table != first.table or one.address + one.span - first.address > most:
        return False
    if last.bit is not None and one.bit is not None and one.address == last.address:
        return True
    if written and (last.bit is not None or one.bit is not None):
        return False  # a register of which only some bits are ours is written by itself
    return one.address == last.address + last.span


def _fault(one: Place, *, written: bool) -> str:
    where = f"{one.table} {one.address}"
    if not 0 <= one.address <= 65536 - one.span:
        return f"{where}: addresses are 0 to 65535, counted as on the wire"
    if written and one.table in ("discrete input", "input register"):
        return f"{where} can only be read; wire a coil or a holding register"
    if not one.bits and one.kind[0] != "S" and one.kind not in _LETTERS:
        return f"{where}: no kind {one.kind!r} fits into registers; there are {', '.join(_LETTERS)} and S"
    return ""


def places_of(points: Mapping[str, Place], paths: Sequence[str], name: str) -> list[Place]:
    """Return the places of some paths.

    Raises:
        InputError: paths that have none; all at once.
    """
    missing = [f"{name}: no place is given for {one!r}; give it one in the map" for one in paths if one not in points]
    if missing:
        raise InputError(missing)
    return [points[one] for one in paths]
