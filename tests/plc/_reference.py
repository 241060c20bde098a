"""An evaluator of ST expressions in plain Python, written from the rules of docs/plc.md and not from the compiler.

An expression is a tuple: ("const", type, value), ("var", type, name), (op, type, left, right), ("neg", type, x),
("not", type, x), ("to", type, x). It knows its type; `text` writes it as ST and `value` works it out.
"""

import math
import operator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

WHOLE = {"SINT": (True, 8), "INT": (True, 16), "DINT": (True, 32), "LINT": (True, 64),
         "USINT": (False, 8), "UINT": (False, 16), "UDINT": (False, 32), "ULINT": (False, 64)}  # fmt: skip
BITS = {"BYTE": 8, "WORD": 16, "DWORD": 32, "LWORD": 64}
REALS = {"REAL": np.float32, "LREAL": np.float64}
SAME_BITS = {("DWORD", "REAL"), ("LWORD", "LREAL")}
Expression = tuple[Any, ...]


@dataclass
class PlcFault(Exception):
    """The program would end in this fault."""

    kind: str


def bounds(type_: str) -> tuple[int, int]:
    if type_ in BITS:
        return 0, 2 ** BITS[type_] - 1
    signed, width = WHOLE[type_]
    return (-(2 ** (width - 1)), 2 ** (width - 1) - 1) if signed else (0, 2**width - 1)


def wrapped(type_: str, number: int) -> int:
    low, high = bounds(type_)
    return (number - low) % (high - low + 1) + low


def text(e: Expression) -> str:
    op, type_, *rest = e
    if op == "const":
        return f"{type_}#{literal(type_, rest[0])}"
    if op == "var":
        return str(rest[0])
    if op in ("neg", "not"):
        return f"({'-' if op == 'neg' else 'NOT '}{text(rest[0])})"
    if op == "to":
        return f"{rest[0][1]}_TO_{type_}({text(rest[0])})"
    if op in ("MAX", "MIN"):
        return f"{op}({text(rest[0])}, {text(rest[1])})"
    return f"({text(rest[0])} {op} {text(rest[1])})"


def literal(type_: str, value: Any) -> str:
    if type_ == "BOOL":
        return "TRUE" if value else "FALSE"
    if type_ not in REALS:
        return str(value)
    words = repr(float(value))
    return words if "." in words else words.replace("e", ".0e")


def value(e: Expression, variables: dict[str, Any]) -> Any:
    op, type_, *rest = e
    if op == "const":
        return rest[0]
    if op == "var":
        return variables[rest[0]]
    inner = [value(one, variables) for one in rest]
    if op == "to":
        return converted(rest[0][1], type_, inner[0])
    if op == "not":
        return not inner[0] if type_ == "BOOL" else ~inner[0] & bounds(type_)[1]
    if op == "neg":
        return -inner[0] if type_ in REALS else wrapped(type_, -inner[0])
    if op in ("=", "<>", "<", ">", "<=", ">="):
        a, b = inner
        return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[op]
    if type_ == "BOOL" or type_ in BITS:
        a, b = inner
        return {"AND": a & b, "OR": a | b, "XOR": a ^ b}[op]
    return real(op, type_, *inner) if type_ in REALS else whole(op, type_, *inner)


def whole(op: str, type_: str, a: int, b: int) -> int:
    if op in ("/", "MOD"):
        if b == 0:
            raise PlcFault("division by zero")
        quotient = math.trunc(Fraction(a, b))
        return wrapped(type_, quotient if op == "/" else a - b * quotient)
    return wrapped(type_, {"+": a + b, "-": a - b, "*": a * b, "MAX": max(a, b), "MIN": min(a, b)}[op])


def real(op: str, type_: str, a: Any, b: Any) -> Any:
    kind = REALS[type_]
    with np.errstate(all="ignore"):
        x: Any = kind(a)
        y: Any = kind(b)
        if op == "MAX":
            return y if y > x else x
        if op == "MIN":
            return y if y < x else x
        return {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[op](x, y)


def converted(source: str, target: str, number: Any) -> Any:
    if target == "BOOL":
        return number != 0
    if (source, target) in SAME_BITS or (target, source) in SAME_BITS:
        return same_bits(source, target, number)
    if target in REALS:
        with np.errstate(all="ignore"):
            return REALS[target](number) if source != "LINT" and source != "ULINT" else nearest(target, int(number))
    if source in REALS:
        low, high = bounds(target)
        if math.isnan(number):
            return 0
        return high if number >= high else low if number <= low else round(float(number))
    return wrapped(target, int(number))


def same_bits(source: str, target: str, number: Any) -> Any:
    if source in REALS:
        return int(np.array(number, REALS[source]).view(f"u{BITS[target] // 8}"))
    return np.array(number, f"u{BITS[source] // 8}").view(REALS[target])[()]


def nearest(target: str, number: int) -> Any:
    """A whole number as a real, rounded once."""
    if target == "LREAL":
        return np.float64(float(number))
    exponent = max(0, abs(number).bit_length() - 24)
    scaled = round(Fraction(number, 1 << exponent))
    return np.float32(math.ldexp(scaled, exponent))
