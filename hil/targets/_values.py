"""A program's variables as OPC UA sees them: all of them by path, read from and written into its memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer, NotEnoughData

from hil.links.opcua_types import elementary, plain
from hil.targets._kinds import Change, Kind, Member, Scalar, Structure, places, strides

if TYPE_CHECKING:
    from hil.plc import Program

_RANGE = re.compile(r"(\d+)(?::(\d+))?")
_CODES = ua.StatusCodes
_KEPT = ("constant", "global constant", "access")  # sections that nobody writes: constants, and second names


@dataclass(frozen=True)
class Value:
    """A variable, member or element: where it lies and how it travels; `above` is the path of what holds it.

    `section` says how it was declared, `input` whether it is, or lies in, an input or a global variable.
    """

    path: str
    name: str
    above: str
    kind: Kind
    offset: int
    shape: tuple[int, ...]
    section: str
    input: bool
    writable: bool
    unit: str = ""
    retain: bool = False

    @property
    def block(self) -> bool:
        """Whether it is an instance of a function block or program, which has members and no value."""
        return isinstance(self.kind, Structure) and self.kind.block

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.kind.size * int(np.prod(self.shape)) if self.shape else self.kind.size

    def read(self, image: bytes, index_range: str | None = None) -> ua.Variant | int:
        """Return the value in a copy of the memory, or a part of it, or the status code that refuses the part."""
        if self.block:
            return int(_CODES.BadAttributeIdInvalid)
        found = self._content(image)
        if index_range:
            found = _part(found, index_range, self.shape)
            if isinstance(found, int) and not isinstance(found, bool):
                return found
        shaped = isinstance(found, list)
        return ua.Variant(found, self.kind.built_in, is_array=shaped)

    def _content(self, image: bytes) -> Any:
        kind = self.kind
        if isinstance(kind, Scalar):
            return kind.outward(kind.raw(image, self.offset, self.shape))
        flat = [self._extension(kind, image, one) for one in places(self.offset, self.shape, kind.size)]
        return _nested(flat, self.shape) if self.shape else flat[0]

    def _extension(self, kind: Structure, image: bytes, place: int) -> ua.ExtensionObject:
        return ua.ExtensionObject(TypeId=kind.encoding, Body=kind.packed(image, place))

    def change(self, value: ua.Variant, index_range: str | None = None) -> list[Change] | int:
        """Return what `value` changes in memory, or the status code that refuses it."""
        shape, where = self.shape, places(self.offset, self.shape, self.kind.size)
        if index_range:
            chosen = _chosen(index_range, self.shape)
            if isinstance(chosen, int):
                return chosen
            shape = tuple(len(one) for one in chosen)
            steps = strides(self.shape, self.kind.size)
            where = [self.offset + sum(map(int.__mul__, index, steps)) for index in product(*chosen)]  # type: ignore[assignment]
        if value.VariantType != self.kind.built_in or bool(value.is_array) != bool(shape):
            return int(_CODES.BadTypeMismatch)
        if shape and tuple(value.Dimensions or (len(value.Value or ()),)) != shape:
            return int(_CODES.BadIndexRangeDataMismatch if index_range else _CODES.BadTypeMismatch)
        flat = ua.flatten(value.Value) if shape else [value.Value]
        try:
            pairs = zip(where, flat or (), strict=True)
            return [change for place, one in pairs for change in _changes(self.kind, place, one)]
        except (OverflowError, UnicodeEncodeError):
            return int(_CODES.BadOutOfRange)
        except (ValueError, NotEnoughData, TypeError, AttributeError):
            return int(_CODES.BadTypeMismatch)


def _changes(kind: Kind, place: int, value: Any) -> Iterator[Change]:
    if isinstance(kind, Scalar):
        yield place, kind.stored(value)
        return
    if value.TypeId != kind.encoding:
        raise ValueError(value.TypeId)
    yield from kind.changes(Buffer(value.Body or b""), place)


def _chosen(index_range: str, shape: tuple[int, ...]) -> list[range] | int:
    """Return the indices of each dimension (OPC 10000-4 clause 7.27), or the status code that refuses them."""
    found = []
    for one in index_range.split(","):
        match = _RANGE.fullmatch(one)
        if match is None or (match[2] and int(match[2]) <= int(match[1])):
            return int(_CODES.BadIndexRangeInvalid)
        found.append(range(int(match[1]), int(match[2] or match[1]) + 1))
    if len(found) != len(shape):
        return int(_CODES.BadIndexRangeNoData)
    inside = all(one.stop <= length for one, length in zip(found, shape, strict=True))
    return found if inside else int(_CODES.BadIndexRangeNoData)


def _part(content: Any, index_range: str, shape: tuple[int, ...]) -> Any:
    """Return the part of an array, or of a text, or the status code that refuses it."""
    text = isinstance(content, str)
    chosen = _chosen(index_range, (len(content),) if text else shape)
    if isinstance(chosen, int):
        return chosen
    if text:
        return content[chosen[0].start : chosen[0].stop]
    return _cut(content, chosen)


def _cut(content: Any, chosen: list[range]) -> Any:
    if not chosen:
        return content
    return [_cut(content[one], chosen[1:]) for one in chosen[0]]


def _nested(flat: list[Any], shape: tuple[int, ...]) -> list[Any]:
    for length in reversed(shape[1:]):
        flat = [flat[at : at + length] for at in range(0, len(flat), length)]
    return flat


class Kinds:
    """The types of a program's variables; `own` is the index of the namespace of the data types made of them."""

    def __init__(self, program: "Program", own: int) -> None:
        self.types, self._own = program.symbols.types, own
        self._made: dict[int, Kind] = {}

    def kind(self, number: int) -> Kind:
        """Return the kind of a type, of an array's elements for an array."""
        number, one = self._inner(number)
        if number not in self._made:
            self._made[number] = self._structure(one) if "fields" in one else _scalar(one)
        return self._made[number]

    def _inner(self, number: int) -> tuple[int, dict[str, Any]]:
        while "bounds" in self.types[number]:
            number = self.types[number]["of"]
        return number, self.types[number]

    def bounds(self, number: int) -> list[tuple[int, int]]:
        """Return the bounds of every dimension, those of an array's arrays behind its own."""
        one = self.types[number]
        return [*map(tuple, one["bounds"]), *self.bounds(one["of"])] if "bounds" in one else []

    def shape(self, number: int) -> tuple[int, ...]:
        """Return the lengths of every dimension."""
        return tuple(high - low + 1 for low, high in self.bounds(number))

    def _structure(self, one: dict[str, Any]) -> Structure:
        members = tuple(
            Member(field[0], self.kind(field[1]), field[2], self.shape(field[1]), field[3]) for field in one["fields"]
        )
        name = f"Type.{one['name']}"
        nodes = ua.NodeId(name, self._own), ua.NodeId(f"{name}.Binary", self._own)
        return Structure(one["name"], one["size"], one["block"], members, *nodes)

    @property
    def structures(self) -> list[Structure]:
        """The structures met so far, what they hold before them."""
        return [one for one in self._made.values() if isinstance(one, Structure)]


def _scalar(one: dict[str, Any]) -> Scalar:
    dtype, limits = np.dtype(one["kind"]), one.get("range")
    return Scalar(
        plain(one["name"]),
        elementary(one["name"], one["kind"]),
        dtype,
        one["size"],
        dtype.itemsize,
        (limits[0], limits[1]) if limits else None,
        "pointer" in one,
    )


def values(program: "Program", kinds: Kinds) -> dict[str, Value]:
    """Return every variable by its path: what holds others before what it holds, arrays before elements."""
    found: dict[str, Value] = {}
    instances = {one["name"] for one in program.instances}
    for entry in program.symbols.roots:
        name, number, offset, section, unit = entry[:5]
        inward = section in ("input", "global", "direct")
        # A located variable of one of several instances stands in the table by itself: A.x.
        above, _, short = name.rpartition(".")
        above, short = (above, short) if above in instances else ("", name)
        root = Value(
            name, short, above, kinds.kind(number), offset, kinds.shape(number), section, inward,
            section not in _KEPT, unit, entry[7]
        )  # fmt: skip
        _expand(root, number, kinds, found)
    return found


def _expand(one: Value, number: int, kinds: Kinds, found: dict[str, Value]) -> None:
    """Add a variable and all that it holds."""
    kind = one.kind
    pointer = isinstance(kind, Scalar) and kind.pointer
    one = _with(one, writable=one.writable and not pointer and one.section not in _KEPT)
    found[one.path] = one
    entry = kinds.types[number]
    if "bounds" in entry:
        for path, place in _elements(one, entry, kinds):
            inner = kinds.shape(entry["of"])
            name = path[len(one.path) :]
            element = _with(one, path=path, name=name, above=one.path, offset=place, shape=inner, unit="", section="")
            _expand(element, entry["of"], kinds, found)
    elif "fields" in entry:
        for field in entry["fields"]:
            section, inner = (field[3] if entry["block"] else ""), kinds.shape(field[1])
            member = Value(
                f"{one.path}.{field[0]}", field[0], one.path, kinds.kind(field[1]), one.offset + field[2], inner,
                section, one.input or (one.section == "program" and section == "input"), one.writable, field[4],
                one.retain or field[7]
            )  # fmt: skip
            _expand(member, field[1], kinds, found)


def _elements(one: Value, entry: dict[str, Any], kinds: Kinds) -> Iterator[tuple[str, int]]:
    size = kinds.types[entry["of"]]["size"]
    for count, index in enumerate(product(*(range(low, high + 1) for low, high in entry["bounds"]))):
        yield f"{one.path}[{','.join(map(str, index))}]", one.offset + count * size


def _with(one: Value, **changed: Any) -> Value:
    return Value(**{**one.__dict__, **changed})
