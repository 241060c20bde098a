"""Operators on constants, by the same rules as the machine code."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable
from typing import Any

from hil.plc.tree import Const, Value
from hil.plc.types import Scalar, Type, machine

_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=":
    operator.ge,
}  # fmt: skip
_PLAIN: dict[str, Callable[..., Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_LOGIC: dict[str, Callable[[int, int], int]] = {
    "AND": operator.and_, "OR": operator.or_, "XOR": operator.xor, "AND_THEN": operator.and_, "OR_ELSE":
    operator.or_,
}  # fmt: skip


def wrap(type_: Scalar, number: int) -> int:
    """The whole number as the type's bits hold it."""
    low = number & ((1 << type_.bits) - 1)
    return low - (1 << type_.bits) if type_.signed and low >> (type_.bits - 1) else low


def as_real(type_: Scalar, number: float) -> float:
    """The number as REAL or LREAL holds it."""
    if type_.bits == 64:
        return number
    try:
        return float(struct.unpack("<f", struct.pack("<f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def operate(op: str, type_: Type, operands: list[Const]) -> Value | None:
    """The value, or None when it is left to the machine code (division by zero, functions of libm)."""
    values = [one.value for one in operands]
    if op in _COMPARE:
        return None if any(isinstance(one, bytes) for one in values) else int(_COMPARE[op](values[0], values[1]))
    scalar = machine(type_)
    if scalar is None or any(isinstance(one, bytes) for one in values):
        return None
    numbers = [one for one in values if not isinstance(one, bytes)]
    if scalar.family == "real":
        return _real(op, scalar, [float(one) for one in numbers])
    whole = [int(one) for one in numbers]
    return None if (found := _whole(op, whole)) is None else wrap(scalar, found)


def _real(op: str, type_: Scalar, values: list[float]) -> float | None:
    a, b = values[0], values[-1]
    if op == "NEG":
        return -a
    if op == "/":
        return as_real(type_, a / b) if b else None
    return as_real(type_, _PLAIN[op](a, b)) if op in _PLAIN else None


def _whole(op: str, values: list[int]) -> int | None:
    a, b = values[0], values[-1]
    if op in _LOGIC:
        return _LOGIC[op](a, b)
    if op in ("/", "MOD"):
        if b == 0:
            return None
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return quotient if op == "/" else a - b * quotient
    if op in ("NEG", "NOT"):
        return -a if op == "NEG" else ~a
    return _PLAIN[op](a, b) if op in _PLAIN else None


def convert(source: Scalar, target: Scalar, value: Value, truncate: bool) -> Value | None:
    """A number in another type; None when it is left to the machine code."""
    if isinstance(value, bytes) or "time" in (source.family, target.family):
        return value if source.family == target.family else None
    if source.family in ("date", "tod", "dt") or target.family in ("date", "tod", "dt"):
        return value if source.family == target.family else None
    if {source.family, target.family} == {"bits", "real"} and source.bits == target.bits:
        return None  # the profile decides
    if target.family == "real":
        return as_real(target, float(value))
    if target.family == "bool":
        return int(value != 0)
    if source.family == "real":
        if not math.isfinite(value):
            return None
        whole = math.trunc(value) if truncate else round(value)
        low, high = target.range  # beyond it, and beyond LINT, the profile decides
        return whole if low <= whole <= min(high, 2**63 - 1) else None
    return wrap(target, int(value))
