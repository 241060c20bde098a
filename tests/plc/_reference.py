"""An evaluator of ST expressions in plain Python, written from the rules of docs/plc.md and not from the compiler.

An expression is a tuple: ("const", type, value), ("lit", type, value), ("var", type, name), ("at", type, index),
(op, type, left, right), ("neg", type, x), ("not", type, x), ("to", type, x). It knows its type; `text` writes it as
ST and `value` works it out. "lit" is a literal without a type, right of an operator; "at" an element of `arr`.
"""

import math
import operator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tests.plc._rules import Rules

WHOLE = {"SINT": (True, 8), "INT": (True, 16), "DINT": (True, 32), "LINT": (True, 64),
         "USINT": (False, 8), "UINT": (False, 16), "UDINT": (False, 32), "ULINT": (False, 64)}  # fmt: skip
BITS = {"BYTE": 8, "WORD": 16, "DWORD": 32, "LWORD": 64}
REALS = {"REAL": np.float32, "LREAL": np.float64}
SAME_BITS = {("DWORD", "REAL"), ("LWORD", "LREAL")}
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC = ("+", "-", "*", "/", "MOD")
Expression = tuple[Any, ...]
IEC = Rules()


@dataclass
class PlcFault(Exception):
    """The program would end in this fault."""

    kind: str


def bounds(type_: str) -> tuple[int, int]:
    if type_ in BITS:
        return 0, 2 ** BITS[type_] - 1
    signed, width = WHOLE[type_]
    return (-(2 ** (width - 1)), 2 ** (width - 1) - 1) if signed else (0, 2**width - 1)


def width(type_: str) -> int:
    return BITS.get(type_) or WHOLE[type_][1]


def meeting(one: str, other: str) -> str:
    """The type of a sum where types mix: bit strings stay some among themselves, elsewhere they are unsigned."""
    if (one in BITS and other in BITS) or one == other:
        return max(one, other, key=width)
    (sign, bits), (sign2, bits2) = (WHOLE.get(each) or (False, BITS[each]) for each in (one, other))
    if sign != sign2:
        unsigned, signed = (bits2, bits) if sign else (bits, bits2)
        wide = max(signed, unsigned * 2)
        wide = 32 if wide == 64 and max(bits, bits2) == 32 else min(wide, 64)
        return {16: "INT", 32: "DINT", 64: "LINT"}[wide]
    names = [name for name, kind in WHOLE.items() if kind == (sign, max(bits, bits2))]
    return names[0]


def wrapped(type_: str, number: int) -> int:
    low, high = bounds(type_)
    return (number - low) % (high - low + 1) + low


def text(e: Expression) -> str:
    op, type_, *rest = e
    if op == "const":
        return f"{type_}#{literal(type_, rest[0])}"
    if op == "lit":
        return literal(type_, rest[0])
    if op == "var":
        return str(rest[0])
    if op == "at":
        return f"arr[{text(rest[0])}]"
    if op in ("neg", "not"):
        return f"({'-' if op == 'neg' else 'NOT '}{text(rest[0])})"
    if op == "to":
        return f"{rest[0][1]}_TO_{type_}({text(rest[0])})"
    if op == "as":
        return text(rest[0])
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


def value(e: Expression, variables: dict[str, Any], rules: Rules = IEC) -> Any:
    """What a variable of the expression's type holds when it is assigned."""
    return stored(e[1], raw(e, variables, rules))


def stored(type_: str, number: Any) -> Any:
    if type_ in WHOLE or type_ in BITS:
        return wrapped(type_, int(number))
    with np.errstate(all="ignore"):
        return REALS[type_](number) if type_ in REALS else number


def raw(e: Expression, variables: dict[str, Any], rules: Rules) -> Any:
    """The intermediate result: perhaps wider than its type."""
    op, type_, *rest = e
    if op == "const":
        return rest[0]
    if op == "lit":
        return np.float64(rest[0]) if rules.double_literals else stored(type_, rest[0])
    if op == "var":
        return variables[rest[0]]
    if op == "at":
        return element(variables["arr"], value(rest[0], variables, rules))
    if type_ == "BOOL" and op in ("AND", "OR") and rules.short_circuit:
        first = raw(rest[0], variables, rules)
        return first if first == (op == "OR") else raw(rest[1], variables, rules)
    if op in ("to", "MAX", "MIN"):
        inner = [value(one, variables, rules) for one in rest]
    else:
        inner = [raw(one, variables, rules) for one in rest]
    return worked(op, type_, rest, inner, rules)


def worked(op: str, type_: str, rest: list[Expression], inner: list[Any], rules: Rules) -> Any:
    if op == "as":
        return nearest(type_, int(inner[0])) if type_ in REALS else wrapped(type_, inner[0])
    if op == "to":
        return converted(rest[0][1], type_, inner[0], rules)
    if op == "not":
        return not inner[0] if type_ == "BOOL" else ~inner[0] & bounds(type_)[1]
    if op == "neg" and type_ not in REALS:
        number = inner[0] if rest[0][1] == type_ else wrapped(type_, inner[0])
        return wrapped(computed_in(type_, rules), -number)
    if op == "neg":
        return -inner[0]
    if op in COMPARISONS:
        a, b = same_width(*inner) if rest[0][1] in REALS else inner
        return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[op]
    a, b = inner
    if op in ("AND", "OR", "XOR"):
        return {"AND": a & b, "OR": a | b, "XOR": a ^ b}[op]
    if type_ in REALS:
        return real(op, *inner)
    types = [one[1] for one in rest]
    if types[0] != types[1]:
        kind = "LINT" if exceeds(types) else type_
        a, b = (one if each == kind else wrapped(kind, one) for one, each in zip(inner, types, strict=True))
        type_ = kind
    return whole(op, type_, a, b, rules)


def exceeds(types: list[str]) -> bool:
    """Whether a sum of 32 bits is worked out in 64: a signed type beside an unsigned one of 32 bits."""
    signs = [one in WHOLE and WHOLE[one][0] for one in types]
    return signs[0] != signs[1] and any(width(one) == 32 for one, sign in zip(types, signs, strict=True) if not sign)


def computed_in(type_: str, rules: Rules) -> str:
    return "DINT" if rules.wide and width(type_) < 32 else type_


def element(array: list[Any], index: int) -> Any:
    if not 0 <= index < len(array):
        raise PlcFault("index out of bounds")
    return array[index]


def whole(op: str, type_: str, a: int, b: int, rules: Rules) -> int:
    if op in ("MAX", "MIN"):
        return max(a, b) if op == "MAX" else min(a, b)
    kind = computed_in(type_, rules)
    a, b = wrapped(kind, a), wrapped(kind, b)
    if op not in ("/", "MOD"):
        return wrapped(kind, {"+": a + b, "-": a - b, "*": a * b}[op])
    if b == 0 and op == "MOD" and rules.modulo_zero:
        return 0
    if b == 0:
        raise PlcFault("division by zero")
    quotient = math.trunc(Fraction(a, b))
    return wrapped(kind, quotient if op == "/" else a - b * quotient)


def same_width(a: Any, b: Any) -> tuple[Any, Any]:
    """Two reals in the wider of their kinds."""
    kind: Any = np.float64 if np.float64 in (type(a), type(b)) else np.float32
    return kind(a), kind(b)


def real(op: str, a: Any, b: Any) -> Any:
    with np.errstate(all="ignore"):
        x, y = same_width(a, b)
        if op == "MAX":
            return y if y > x else x
        if op == "MIN":
            return y if y < x else x
        return {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[op](x, y)


def converted(source: str, target: str, number: Any, rules: Rules) -> Any:
    if target == "BOOL":
        return number != 0
    if ((source, target) in SAME_BITS or (target, source) in SAME_BITS) and not rules.numbers:
        return same_bits(source, target, number)
    if target in REALS:
        with np.errstate(all="ignore"):
            return REALS[target](number) if source in REALS else nearest(target, int(number))
    if source in REALS:
        return rounded(target, number, rules)
    return wrapped(target, int(number))


def rounded(target: str, number: Any, rules: Rules) -> int:
    if math.isnan(number):
        return 0
    low, high = bounds("LINT" if rules.low_bits else target)
    found = high if number >= high else low if number <= low else round(float(number))
    return wrapped(target, found)


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
