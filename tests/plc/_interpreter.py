"""Small ST programs in plain Python: random statements, their text, and what they do (see _reference.py).

A statement is a tuple: ("assign", name, type, value), ("store", index, value) into `arr`, ("if", condition, body,
otherwise), ("for", name, type, first, last, step, body), ("while", passes, body, number), ("repeat", ...),
("case", selector, [(low, high, body)], otherwise), ("exit", condition).
"""

from contextlib import suppress
from random import Random
from typing import Any

from tests.plc._generate import expression, index
from tests.plc._reference import Expression, PlcFault, bounds, text, value
from tests.plc._rules import Rules

ASSIGNED = ("SINT", "INT", "UINT", "DINT", "REAL", "LREAL", "BOOL", "BYTE")
LOOPS = ("SINT", "USINT", "INT", "DINT")
Statement = tuple[Any, ...]


class _Exit(Exception):
    pass


def statements(random: Random, depth: int, count: int, looping: bool = False) -> list[Statement]:
    return [_statement(random, depth, looping) for _ in range(random.randint(1, count))]


def _statement(random: Random, depth: int, looping: bool) -> Statement:
    kinds = ["assign", "assign", "store"] + (["if", "for", "while", "repeat", "case"] if depth else [])
    kind = random.choice([*kinds, "exit"] if looping else kinds)
    if kind == "assign":
        type_ = random.choice(ASSIGNED)
        return (kind, f"v_{type_.lower()}", type_, expression(random, type_, 2, True))
    if kind == "store":
        return (kind, index(random), expression(random, "INT", 2, True))
    if kind == "exit":
        return (kind, expression(random, "BOOL", 1, True))
    if kind == "if":
        otherwise = statements(random, depth - 1, 2, looping) if random.random() < 0.5 else []
        return (kind, expression(random, "BOOL", 2, True), statements(random, depth - 1, 2, looping), otherwise)
    if kind == "for":
        return _for(random, depth)
    if kind in ("while", "repeat"):
        return (kind, random.randint(0, 4), statements(random, depth - 1, 2, True), depth)
    labels = sorted(random.sample(range(-3, 6), 3))
    pairs = [(low, low + random.randint(0, 1)) for low in labels[::2]]
    branches = [(low, high, statements(random, depth - 1, 2, looping)) for low, high in pairs]
    return (kind, expression(random, "INT", 1, True), branches, statements(random, depth - 1, 1, looping))


def _for(random: Random, depth: int) -> Statement:
    type_ = random.choice(LOOPS)
    low, high = bounds(type_)
    name = f"k{depth}_{type_.lower()}"
    if random.random() < 0.15:  # up to the very end of the type
        return ("for", name, type_, high - 3, high, 1, [])
    first, step = random.randint(0, 6), random.choice([1, 1, 2, -1, -3] if low < 0 else [1, 2])
    last = first + step * random.randint(-1, 4)
    return ("for", name, type_, first, max(last, low), step, statements(random, depth - 1, 2, True))


def source(body: list[Statement]) -> str:
    return "\n".join(_text(one) for one in body)


def _text(one: Statement) -> str:
    kind = one[0]
    if kind == "assign":
        return f"{one[1]} := {text(one[3])};"
    if kind == "store":
        return f"arr[{text(one[1])}] := {text(one[2])};"
    if kind == "exit":
        return f"IF {text(one[1])} THEN EXIT; END_IF;"
    if kind == "if":
        return f"IF {text(one[1])} THEN {source(one[2])} ELSE {source(one[3])} END_IF;"
    if kind == "for":
        return f"FOR {one[1]} := {one[3]} TO {one[4]} BY {one[5]} DO {source(one[6])} END_FOR;"
    if kind == "while":
        count = f"w{one[3]}"
        return f"{count} := 0; WHILE {count} < {one[1]} DO {count} := {count} + 1; {source(one[2])} END_WHILE;"
    if kind == "repeat":
        count = f"w{one[3]}"
        return f"{count} := 0; REPEAT {count} := {count} + 1; {source(one[2])} UNTIL {count} >= {one[1]} END_REPEAT;"
    branches = " ".join(f"{low}..{high}: {source(body)}" for low, high, body in one[2])
    return f"CASE {text(one[1])} OF {branches} ELSE {source(one[3])} END_CASE;"


def execute(body: list[Statement], variables: dict[str, Any], rules: Rules) -> str:
    """Changes the variables; the kind of the fault that ended it, or nothing."""
    try:
        _run(body, variables, rules)
    except PlcFault as fault:
        return fault.kind
    return ""


def _run(body: list[Statement], variables: dict[str, Any], rules: Rules) -> None:
    for one in body:
        _one(one, variables, rules)


def _one(one: Statement, variables: dict[str, Any], rules: Rules) -> None:
    def worth(e: Expression) -> Any:
        return value(e, variables, rules)

    kind = one[0]
    if kind == "assign":
        variables[one[1]] = worth(one[3])
    elif kind == "store":
        number, index = worth(one[2]), worth(one[1])
        if not 0 <= index < len(variables["arr"]):
            raise PlcFault("index out of bounds")
        variables["arr"][index] = number
    elif kind == "exit":
        if worth(one[1]):
            raise _Exit
    elif kind == "if":
        _run(one[2] if worth(one[1]) else one[3], variables, rules)
    elif kind == "case":
        selector = worth(one[1])
        chosen = [inside for low, high, inside in one[2] if low <= selector <= high]
        _run(chosen[0] if chosen else one[3], variables, rules)
    else:
        with suppress(_Exit):
            _loop(one, variables, rules)


def _loop(one: Statement, variables: dict[str, Any], rules: Rules) -> None:
    if one[0] == "for":
        _count(one, variables, rules)
        return
    _, passes, body, number = one
    count = f"w{number}"
    variables[count] = 0
    while one[0] == "repeat" or variables[count] < passes:
        variables[count] += 1
        _run(body, variables, rules)
        if one[0] == "repeat" and variables[count] >= passes:
            return


def _count(one: Statement, variables: dict[str, Any], rules: Rules) -> None:
    _, name, type_, first, last, step, body = one
    low, high = bounds(type_)
    variables[name] = current = first
    while current <= last if step > 0 else current >= last:
        variables[name] = current
        _run(body, variables, rules)
        if rules.endless and not low <= current + step <= high:
            raise PlcFault("endless loop")
        current += step
        goes_on = current <= last if step > 0 else current >= last
        if low <= current <= high and (goes_on or not rules.last_pass):
            variables[name] = current
