"""Standard functions of constants, equal to the bit with the machine code's: the same libm works both out."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from functools import cache

from hil.plc.checking.fold import as_real, wrap
from hil.plc.tree import Const, Value
from hil.plc.types import Scalar, String, Type, machine

LIBM = {
    "LN": "log", "LOG": "log10", "EXP": "exp", "SIN": "sin", "COS": "cos", "TAN": "tan", "ASIN": "asin",
    "ACOS": "acos", "ATAN": "atan", "ATAN2": "atan2", "**": "pow",
}  # fmt: skip


def function(name: str, type_: Type, operands: list[Const]) -> Value | None:
    """The value, or None when it is left to the machine code (NaN, a fault, what is seldom constant)."""
    values = [one.value for one in operands]
    if operands and isinstance(operands[0].type, String):
        return _text(name, values, operands[0].type.width)
    scalar = machine(type_)
    if scalar is None or not values or any(isinstance(one, bytes) for one in values):
        return None
    numbers = [one for one in values if not isinstance(one, bytes)]
    if name in ("SEL", "MUX"):
        place = int(numbers[0]) + 1
        return numbers[place] if 0 < place < len(numbers) else None
    if name in ("MAX", "MIN"):
        a, b = numbers
        return b if (b > a if name == "MAX" else b < a) else a
    if scalar.family == "real":
        return _real(name, scalar, [float(one) for one in numbers])
    if name in ("ABS", "SHL", "SHR", "SAR", "ROL", "ROR"):
        return _whole(name, scalar, [int(one) for one in numbers])
    return None


@cache
def _libm(name: str) -> Callable[..., float]:
    found = getattr(ctypes.CDLL(None), LIBM[name])
    found.restype = ctypes.c_double
    found.argtypes = [ctypes.c_double] * (2 if name in ("**", "ATAN2") else 1)
    return found  # type: ignore[no-any-return]


def _real(name: str, type_: Scalar, values: list[float]) -> float | None:
    if name == "ABS":
        return abs(values[0])
    if name == "SQRT":
        return as_real(type_, math.sqrt(values[0])) if values[0] >= 0 else None
    if name not in LIBM:
        return None
    found = _libm(name)(*values)
    return None if math.isnan(found) else as_real(type_, found)


def _whole(name: str, type_: Scalar, values: list[int]) -> int:
    if name == "ABS":
        return wrap(type_, abs(values[0]))
    bits, mask, (value, count) = type_.bits, (1 << type_.bits) - 1, values
    if name == "SAR":
        return value >> count if 0 <= count < bits else 0
    value &= mask
    if name in ("SHL", "SHR"):
        if not 0 <= count < bits:
            return 0
        return wrap(type_, value << count if name == "SHL" else value >> count)
    count = count % bits if name == "ROL" else -count % bits
    return wrap(type_, value << count | value >> (bits - count))


def _text(name: str, values: list[Value], width: int) -> Value | None:
    text = values[0]
    if not isinstance(text, bytes):
        return None
    if name == "LEN":
        return len(text) // width
    if name == "FIRST":
        return int.from_bytes(text[:width], "little")
    if name in ("NARROW", "WIDEN"):
        return _recoded(text, width)
    if name == "CONCAT":
        return b"".join(one for one in values if isinstance(one, bytes))
    if name not in ("LEFT", "RIGHT"):
        return None
    count = max(0, int(values[1])) * width
    return text[:count] if name == "LEFT" else text[max(0, len(text) - count) :]


def _recoded(text: bytes, width: int) -> bytes:
    """Latin-1 as UTF-16 and back, as the machine code does it: a code unit beyond Latin-1 is a question mark."""
    if width == 1:
        return text.decode("latin-1").encode("utf-16-le")
    units = (int.from_bytes(text[at : at + 2], "little") for at in range(0, len(text), 2))
    return bytes(one if one < 256 else ord("?") for one in units)
