"""A program's variables as OPC UA values: bytes of its memory to variants and back, with every check."""

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from asyncua import ua

from hil.links.opcua_types import Elementary, elementary

if TYPE_CHECKING:
    from hil.plc import Program, Variable

INDEX = re.compile(r"\[([-\d, ]+)\]$")
_ROOM = re.compile(r"[\[(]\s*(\d+)\s*[\])]")
_INSIDE = re.compile(r"[.\[]")


@dataclass(frozen=True)
class Value:
    """A variable, or an array of them, in a program's memory: where it lies and how it travels.

    `shape` is () for a scalar; `room` is the number of characters that a STRING or WSTRING holds.
    """

    path: str
    type: str
    how: Elementary
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    room: int
    writable: bool
    unit: str

    @property
    def built_in(self) -> ua.VariantType:
        """The built-in type of OPC UA."""
        return ua.VariantType[self.how.built_in]

    @property
    def _encoding(self) -> str:
        return "utf-16-le" if self.how.kind == "V" else "latin-1"

    def read(self, image: bytes) -> ua.Variant:
        """Return the value in a copy of the memory."""
        raw = np.ndarray(self.shape, self.dtype, image, self.offset).tolist()
        return ua.Variant(self._outward(raw), self.built_in, is_array=bool(self.shape))

    def change(self, value: ua.Variant) -> bytes | int:
        """Return the bytes that `value` makes of the variable, or the status code that refuses it."""
        if value.VariantType != self.built_in or bool(value.is_array) != bool(self.shape):
            return int(ua.StatusCodes.BadTypeMismatch)
        if self.shape and tuple(value.Dimensions or (len(value.Value or ()),)) != self.shape:
            return int(ua.StatusCodes.BadTypeMismatch)
        flat = ua.flatten(value.Value) if self.shape else [value.Value]
        try:
            inward = [self._inward(one) for one in flat or ()]
            return np.array(inward, self.dtype).tobytes()
        except (OverflowError, UnicodeEncodeError):
            return int(ua.StatusCodes.BadOutOfRange)

    def _outward(self, raw: Any) -> Any:
        if isinstance(raw, list):
            return [self._outward(one) for one in raw]
        if self.how.built_in == "Boolean":
            return bool(raw)
        if self.how.built_in == "String":
            return raw.decode(self._encoding, "replace").partition("\0")[0]
        if self.how.scale != 1:
            return raw // self.how.scale if raw >= 0 else -(-raw // self.how.scale)
        return raw

    def _inward(self, value: Any) -> Any:
        if self.how.built_in == "String":
            text = (value or "").encode(self._encoding)
            if len(text) > self.room * (2 if self.how.kind == "V" else 1) or "\0" in (value or ""):
                raise OverflowError
            return text.ljust(self.dtype.itemsize, b"\0")
        return value * self.how.scale if self.how.scale != 1 else value


def values(program: "Program") -> dict[str, Value]:
    """Return every variable and every array of elementary type by its path, arrays before elements."""
    found: dict[str, Value] = {}
    arrays: dict[str, list[Value]] = {}
    # A member of an instance has its block's section: what counts is the program's variable around it.
    inputs = {one.path for one in program.top if one.section == "input"}
    for one in program.variables:
        value = _value(one, _INSIDE.split(one.path, 1)[0] in inputs)
        if index := INDEX.search(one.path):
            base = one.path[: index.start()]
            arrays.setdefault(base, []).append(value)
            found.setdefault(base, value)
        found[one.path] = value
    for base, elements in arrays.items():
        if array := _array(base, elements):
            found[base] = array
        else:
            del found[base]
    return found


def _value(one: "Variable", writable: bool) -> Value:
    how, room = elementary(one.type, one.kind), _ROOM.search(one.type)
    dtype = np.dtype(f"V{one.size}" if one.text else one.kind)  # a text with the zero that ends it
    return Value(
        one.path,
        re.split(r"[\[(\s]", one.type.upper())[0],
        how,
        one.offset,
        dtype,
        (),
        min(int(room[1]), dtype.itemsize) if room else dtype.itemsize,
        writable,
        one.unit,
    )


def _array(path: str, elements: list[Value]) -> Value | None:
    """Return the array made of its elements; None when they do not lie side by side, in order."""
    indices = [[int(i) for i in INDEX.search(one.path)[1].split(",")] for one in elements]  # type: ignore[index]
    shape = tuple(len(set(axis)) for axis in zip(*indices, strict=True))
    first, size = elements[0], elements[0].dtype.itemsize
    packed = [first.offset + i * size for i in range(len(elements))] == [one.offset for one in elements]
    if not packed or math.prod(shape) != len(elements) or indices != sorted(indices):
        return None
    return Value(path, first.type, first.how, first.offset, first.dtype, shape, first.room, first.writable, first.unit)
