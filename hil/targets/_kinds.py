"""What lies in a program's memory as OPC UA values: elementary values and structures, bytes to values and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import Primitives

from hil.links.opcua_types import Elementary

Change = tuple[int, bytes]
"""An offset into the program's memory and the bytes to put there."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Scalar:
    """An elementary value; `room` is the number of characters that a string holds, `range` what a subrange allows."""

    type: str
    how: Elementary
    dtype: np.dtype[Any]
    size: int
    room: int = 0
    range: tuple[int, int] | None = None
    pointer: bool = False

    @property
    def built_in(self) -> ua.VariantType:
        """The built-in type of OPC UA."""
        return ua.VariantType[self.how.built_in]

    def raw(self, image: bytes, offset: int, shape: tuple[int, ...] = ()) -> Any:
        """Return the values as they lie in memory: a number or bytes, nested lists of an array."""
        if not shape:
            return np.ndarray((), self.dtype, image, offset).item()
        return np.ndarray(shape, self.dtype, image, offset, strides(shape, self.size)).tolist()

    def outward(self, raw: Any) -> Any:
        """Return what OPC UA carries for a value in memory."""
        if isinstance(raw, list):
            return [self.outward(one) for one in raw]
        name, scale = self.how.built_in, self.how.scale
        if name == "Boolean":
            return bool(raw & 1)
        if name == "String":
            return self._text(raw)
        if scale != 1:
            raw = raw // scale if raw >= 0 else -(-raw // scale)
        if name == "DateTime":
            return _EPOCH + raw * _TICK
        return min(max(raw, 0), 0xFFFFFFFF) if name == "UInt32" and scale != 1 else raw

    def inward(self, value: Any) -> Any:
        """Return what numpy stores for a value of OPC UA.

        Raises:
            OverflowError, UnicodeEncodeError: the variable cannot hold it.
        """
        if self.how.built_in == "String":
            return self._bytes(value or "")
        if self.how.built_in == "DateTime":
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            value = (aware - _EPOCH) // _TICK
        if self.range is not None and not self.range[0] <= value <= self.range[1]:
            raise OverflowError
        return value * self.how.scale if self.how.scale != 1 else value

    def stored(self, value: Any) -> bytes:
        """Return the bytes of a value of OPC UA in memory.

        Raises:
            OverflowError, UnicodeEncodeError: the variable cannot hold it.
        """
        content = self.inward(value)
        raw = content if isinstance(content, bytes) else np.array(content, self.dtype).tobytes()
        return raw.ljust(self.size, b"\0")

    def _text(self, raw: bytes) -> str:
        if self.type == "WSTRING":
            return raw.ljust(-(-len(raw) // 2) * 2, b"\0").decode("utf-16-le", "surrogatepass").partition("\0")[0]
        return raw.partition(b"\0")[0].decode("latin-1")

    def _bytes(self, value: str) -> bytes:
        text = value.encode("utf-16-le", "surrogatepass") if self.type == "WSTRING" else value.encode("latin-1")
        if len(text) > self.room or "\0" in value:
            raise OverflowError
        return text


@dataclass(frozen=True)
class Member:
    """A member of a structure, or a variable of a block: its place from the start, () for what is no array."""

    name: str
    kind: "Kind"
    offset: int
    shape: tuple[int, ...]
    section: str


@dataclass(frozen=True, eq=False)
class Structure:
    """A STRUCT, or the memory of a function block or program (`block`); `node` and `encoding` name its data type."""

    type: str
    size: int
    block: bool
    members: tuple[Member, ...]
    node: ua.NodeId
    encoding: ua.NodeId

    @property
    def built_in(self) -> ua.VariantType:
        """A structure travels as an extension object."""
        return ua.VariantType.ExtensionObject

    def packed(self, image: bytes, offset: int) -> bytes:
        """Return the structure in the binary encoding of OPC 10000-6, member for member."""
        parts = []
        for one in self.members:
            start = offset + one.offset
            if one.shape:
                parts.append(Primitives.Int32.pack(int(np.prod(one.shape))))
            parts += [_packed(one.kind, image, each) for each in places(start, one.shape, one.kind.size)]
        return b"".join(parts)

    def changes(self, body: Buffer, offset: int) -> Iterator[Change]:
        """Read a structure in binary encoding and yield what it changes; addresses stay as they are.

        Raises:
            ValueError: an array of another length. OverflowError, UnicodeEncodeError: a member cannot hold it.
        """
        for one in self.members:
            start = offset + one.offset
            if one.shape and Primitives.Int32.unpack(body) != int(np.prod(one.shape)):
                raise ValueError(one.name)
            for place in places(start, one.shape, one.kind.size):
                if isinstance(one.kind, Structure):
                    yield from one.kind.changes(body, place)
                    continue
                value = getattr(Primitives, one.kind.how.built_in).unpack(body)
                if not one.kind.pointer:
                    yield place, one.kind.stored(value)


Kind = Scalar | Structure


def _packed(kind: Kind, image: bytes, place: int) -> bytes:
    if isinstance(kind, Structure):
        return kind.packed(image, place)
    value = kind.outward(kind.raw(image, place))
    return bytes(getattr(Primitives, kind.how.built_in).pack(value))


def strides(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """Return the bytes from one index to the next along each dimension, the last running fastest."""
    found = [size]
    for length in reversed(shape[1:]):
        found.insert(0, found[0] * length)
    return tuple(found)


def places(offset: int, shape: tuple[int, ...], size: int) -> range:
    """Return the offsets of an array's elements in order, of the one value when there is no array."""
    count = int(np.prod(shape)) if shape else 1
    return range(offset, offset + count * max(size, 1), max(size, 1))
