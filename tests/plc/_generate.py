"""Random typed expressions (see _reference.py)."""

from random import Random
from typing import Any

from tests.plc._reference import ARITHMETIC, BITS, COMPARISONS, REALS, WHOLE, Expression, bounds, meeting, width

TYPES = [*WHOLE, *BITS, *REALS, "BOOL"]


def constant(random: Random, type_: str) -> Any:
    if type_ == "BOOL":
        return random.random() < 0.5
    if type_ in REALS:
        number = random.choice([random.uniform(-1e6, 1e6), random.randint(-50, 50) / 2, random.uniform(-1, 1)])
        return REALS[type_](number)
    low, high = bounds(type_)
    return random.choice([random.randint(low, high), random.randint(max(low, -9), 9), low, high, 0, 1])


def operators(type_: str) -> list[str]:
    if type_ == "BOOL":
        return ["not", "AND", "OR", "XOR", *COMPARISONS, "to"]
    if type_ in BITS:
        return ["not", "AND", "OR", "XOR", "to"]
    if type_ in REALS:
        return ["neg", "+", "-", "*", "/", "MAX", "MIN", "to"]
    return [*ARITHMETIC, *ARITHMETIC, "MAX", "MIN", "to", *(["neg"] if WHOLE[type_][0] else [])]


def mixed(random: Random, type_: str, depth: int) -> Expression:
    """An expression whose operands are of two whole types, and which becomes `type_` by itself where it may."""
    left, right = (random.choice([*WHOLE, *BITS]) for _ in range(2))
    if random.random() < 0.2:
        result = {8: "INT", 16: "DINT", 32: "DINT", 64: "LINT"}[width(left)]
        result = left if left in WHOLE and WHOLE[left][0] else result
        found: Expression = ("neg", result, expression(random, left, depth))
    else:
        operands = (expression(random, left, depth), expression(random, right, depth))
        found = (random.choice(ARITHMETIC), meeting(left, right), *operands)
    return found if found[1] == type_ else ("as", type_, found)


def index(random: Random) -> Expression:
    """An index that is seldom outside of `arr`, and only where no compiler can see it."""
    if random.random() < 0.5:
        return ("const", "INT", random.randint(0, 4))
    return ("+", "INT", ("var", "INT", "w1"), ("const", "INT", random.choice([-1, 0, 0, 0, 1, 2, 5])))


def expression(random: Random, type_: str, depth: int, elements: bool = False) -> Expression:
    """An expression of a type; with `elements` an INT may be read from `arr`."""
    if depth == 0:
        if elements and type_ == "INT" and random.random() < 0.2:
            return ("at", "INT", index(random))
        kind = random.choice(["var", "const"])
        return (kind, type_, f"v_{type_.lower()}" if kind == "var" else constant(random, type_))
    op = random.choice(operators(type_))
    if op == "to":
        inner = random.choice([one for one in TYPES if one != type_])
        return (op, type_, expression(random, inner, depth - 1, elements))
    if op in ("neg", "not"):
        return (op, type_, expression(random, type_, depth - 1, elements))
    inner = random.choice(TYPES[:-1]) if op in COMPARISONS else type_
    left = expression(random, inner, depth - 1, elements)
    if inner in REALS and op not in ("MAX", "MIN") and random.random() < 0.3:
        return (op, type_, left, ("lit", inner, abs(constant(random, inner))))
    return (op, type_, left, expression(random, inner, depth - 1, elements))
