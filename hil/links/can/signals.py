"""Signals in the bytes of a message: where they lie, how they are scaled, which the multiplexer chooses.

A layout is compiled once, from a DBC file, a table or a PDO mapping, to shifts and masks over whole numbers; both byte
orders, signed and floating raw values and nested multiplexers.
"""

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from hil.links.can.frame import CodecError

_FLOATS = {16: ("<e", "<H"), 32: ("<f", "<I"), 64: ("<d", "<Q")}
_MOST_PAGES = 1024


@dataclass(frozen=True, slots=True)
class Field:
    """A signal: value = raw * scale + offset.

    `start` is the number of its lowest bit, counted from the lowest bit of the first byte; with `big` that of its
    highest bit, in the same count, as a DBC file has it.
    """

    name: str
    start: int
    length: int
    scale: float = 1.0
    offset: float = 0.0
    signed: bool = False
    big: bool = False
    real: bool = False
    unit: str = ""
    words: str = ""

    @property
    def range(self) -> tuple[int, int]:
        """The raw values that fit, of a whole number."""
        top = 1 << (self.length - self.signed)
        return (-top if self.signed else 0), top - 1

    def shift(self, size: int) -> int:
        """Return by how much its bits are shifted in the whole number that `size` bytes make in its byte order."""
        if not self.big:
            return self.start
        return 8 * size - (self.start // 8 * 8 + 7 - self.start % 8) - self.length

    def raw(self, value: float) -> int:
        """Return the bits for a value, the nearest that fits.

        Raises:
            CodecError: it is not a number.
        """
        if self.real:
            there, back = _FLOATS[self.length]
            largest = {16: 65504.0, 32: 3.4028234663852886e38}.get(self.length, math.inf)
            number = (value - self.offset) / self.scale
            bits: int = struct.unpack(back, struct.pack(there, min(max(number, -largest), largest)))[0]
            return bits
        if not math.isfinite(value):
            raise CodecError(f"{self.name} = {value} has no bits of a whole number")
        low, high = self.range
        number = round(value) if self.scale == 1 and self.offset == 0 else round((value - self.offset) / self.scale)
        return min(max(number, low), high) & ((1 << self.length) - 1)

    def value(self, raw: int) -> float:
        """Return the value of some bits; a whole number where scale and offset are whole."""
        if self.real:
            there, back = _FLOATS[self.length]
            number: float = struct.unpack(there, struct.pack(back, raw))[0]
            return number if self.scale == 1 and self.offset == 0 else number * self.scale + self.offset
        if self.signed and raw >> (self.length - 1):
            raw -= 1 << self.length
        return raw if self.scale == 1 and self.offset == 0 else raw * self.scale + self.offset


@dataclass(frozen=True)
class Branch:
    """Signals that are there together, and the multiplexers among them with what each of their values adds."""

    fields: tuple[Field, ...] = ()
    choices: tuple[tuple[Field, Mapping[int, "Branch"]], ...] = ()

    def all_fields(self) -> Iterator[Field]:
        """Yield each field of all branches, once."""
        found = {one.name: one for one in self.fields}
        for _, branches in self.choices:
            for each in branches.values():
                found |= {one.name: one for one in each.all_fields()}
        yield from found.values()


@dataclass
class Message:
    """A message: its name, identifier, number of bytes and signals; `period` in ns, 0 when it has none.

    `filler` is what bits have that no signal uses: 0, or 1 as J1939 asks (J1939-71).
    """

    name: str
    identifier: int
    size: int
    root: Branch
    extended: bool = False
    fd: bool = False
    period: int = 0
    filler: int = 0
    fields: dict[str, Field] = field(init=False)
    pages: tuple[Mapping[str, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = {one.name: one for one in self.root.all_fields()}
        for one in self.fields.values():
            low = one.shift(self.size)
            if one.length < 1 or low < 0 or low + one.length > 8 * self.size:
                raise CodecError(f"signal {one.name} does not fit into the {self.size} bytes of message {self.name}")
            if one.real and one.length not in _FLOATS:
                raise CodecError(f"signal {one.name} of message {self.name} is a REAL of {one.length} bits")
            if one.scale == 0 or not math.isfinite(one.scale) or not math.isfinite(one.offset):
                raise CodecError(f"signal {one.name} of message {self.name} has the scale {one.scale:g}")
        self._shifts = {name: one.shift(self.size) for name, one in self.fields.items()}
        self.pages = tuple(_pages(self.root, self.name))

    def encode(self, values: Mapping[str, float], page: Mapping[str, int] | None = None) -> bytes:
        """Return the bytes for some values; `page` lays raw values of multiplexers over them.

        A signal without a value is 0, of J1939 not available, and so is there a value that is no number.

        Raises:
            CodecError: a value is no number, or a multiplexer's value chooses nothing.
        """
        little = big = used = used_big = 0
        for one, raw in self._chosen(self.root, values, page or {}):
            at, mask = self._shifts[one.name], (1 << one.length) - 1
            if one.big:
                big, used_big = big | raw << at, used_big | mask << at
            else:
                little, used = little | raw << at, used | mask << at
        both = little | int.from_bytes(big.to_bytes(self.size, "big"), "little")
        if self.filler:
            taken = used | int.from_bytes(used_big.to_bytes(self.size, "big"), "little")
            both |= ~taken & ((1 << 8 * self.size) - 1)
        return both.to_bytes(self.size, "little")

    def _chosen(
        self, branch: Branch, values: Mapping[str, float], page: Mapping[str, int]
    ) -> Iterator[tuple[Field, int]]:
        selectors = {selector.name: branches for selector, branches in branch.choices}
        for one in branch.fields:
            raw = page[one.name] if one.name in page else self._raw(one, values)
            yield one, raw
            if one.name in selectors:
                if raw not in selectors[one.name]:
                    known = ", ".join(map(str, selectors[one.name]))
                    raise CodecError(f"message {self.name}: {one.name} = {raw} chooses no signals; it has {known}")
                yield from self._chosen(selectors[one.name][raw], values, page)

    def _raw(self, one: Field, values: Mapping[str, float]) -> int:
        if not self.filler:
            return one.raw(values.get(one.name, 0.0))
        value = values.get(one.name, math.nan)
        return min(one.raw(value), valid_top(one)) if math.isfinite(value) else (1 << one.length) - 1

    def decode(self, data: bytes) -> dict[str, float]:
        """Return the values of the signals that are there.

        Raises:
            CodecError: fewer bytes than the message has.
        """
        return {one.name: one.value(raw) for one, raw in self.raw(data)}

    def raw(self, data: bytes) -> list[tuple[Field, int]]:
        """Return the signals that are there with their bits; as `decode`."""
        if len(data) < self.size:
            raise CodecError(f"message {self.name} has {self.size} bytes, {len(data)} came")
        little, big = int.from_bytes(data[: self.size], "little"), int.from_bytes(data[: self.size], "big")
        found: list[tuple[Field, int]] = []
        waiting = [self.root]
        while waiting:
            branch = waiting.pop()
            bits = {}
            for one in branch.fields:
                number = big if one.big else little
                bits[one.name] = number >> self._shifts[one.name] & ((1 << one.length) - 1)
                found.append((one, bits[one.name]))
            for selector, branches in branch.choices:
                if (chosen := branches.get(bits[selector.name])) is not None:
                    waiting.append(chosen)
        return found


def valid_top(one: Field) -> int:
    """Return the largest bits that are a value of J1939; above them one says `error` or `none` (J1939-71, 5.1.4).

    From FBh on a measured quantity is none any more; numbers that name something, addresses or gears, use them too.
    """
    if one.signed or one.real or one.length == 1:
        return (1 << one.length) - 1
    if one.length < 8:
        return (1 << one.length) - 3
    return ((0xFB if one.unit else 0xFE) << (one.length - 8)) - 1


def flat(fields: Sequence[Field]) -> Branch:
    """Return a branch without multiplexers."""
    return Branch(tuple(fields))


def _pages(branch: Branch, name: str) -> list[dict[str, int]]:
    """Return the multiplexers' values for each frame that it takes to send all signals once."""
    sides = [
        [{selector.name: value, **page} for value, inner in branches.items() for page in _pages(inner, name)]
        for selector, branches in branch.choices
    ]
    if math.prod(len(one) for one in sides) > _MOST_PAGES:
        raise CodecError(f"message {name} has more than {_MOST_PAGES} combinations of its multiplexers")
    return [dict(kv for page in pages for kv in page.items()) for pages in product(*sides)]
