"""Random typed expressions: the machine code against an evaluator that shares nothing with it."""

import math
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hil.plc import compile_text
from tests.plc._reference import BITS, REALS, WHOLE, Expression, PlcFault, bounds, text, value

TYPES = [*WHOLE, *BITS, *REALS, "BOOL"]
EACH = 40  # expressions in one program: compiling is what costs


def constants(type_: str) -> st.SearchStrategy[Any]:
    if type_ == "BOOL":
        return st.booleans()
    if type_ in REALS:
        near = st.floats(-1e6, 1e6, width=32) if type_ == "REAL" else st.floats(-1e6, 1e6)
        return st.one_of(near, st.integers(-50, 50).map(lambda n: n / 2)).map(REALS[type_])
    low, high = bounds(type_)
    return st.one_of(st.integers(low, high), st.sampled_from([low, high, 0, 1]))


@st.composite
def expressions(draw: st.DrawFn, type_: str, depth: int) -> Expression:
    if depth == 0:
        kind = "var" if draw(st.booleans()) else "const"
        return (kind, type_, f"v_{type_.lower()}" if kind == "var" else draw(constants(type_)))
    op = draw(st.sampled_from(operators(type_)))
    if op == "to":
        inner = draw(st.sampled_from([one for one in TYPES if one != type_]))
        return (op, type_, draw(expressions(inner, depth - 1)))
    if op in ("neg", "not"):
        return (op, type_, draw(expressions(type_, depth - 1)))
    inner = draw(st.sampled_from(TYPES[:-1])) if op in ("=", "<>", "<", ">", "<=", ">=") else type_
    return (op, type_, draw(expressions(inner, depth - 1)), draw(expressions(inner, depth - 1)))


def operators(type_: str) -> list[str]:
    if type_ == "BOOL":
        return ["not", "AND", "OR", "XOR", "=", "<>", "<", ">", "<=", ">=", "to"]
    if type_ in BITS:
        return ["not", "AND", "OR", "XOR", "to"]
    if type_ in REALS:
        return ["neg", "+", "-", "*", "/", "MAX", "MIN", "to"]
    return ["+", "-", "*", "/", "MOD", "MAX", "MIN", "to", *(["neg"] if WHOLE[type_][0] else [])]


typed = st.sampled_from(TYPES).flatmap(lambda type_: expressions(type_, 3))


def outcome(e: Expression, variables: dict[str, Any]) -> Any:
    try:
        return value(e, variables)
    except PlcFault as fault:
        return fault.kind


def same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one == other
    if isinstance(one, float | np.floating) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other) and math.copysign(1, one) == math.copysign(1, other)


@settings(max_examples=30, phases=[Phase.generate])  # the message shows the one expression that differs
@given(st.lists(typed, min_size=EACH, max_size=EACH), st.fixed_dictionaries({one: constants(one) for one in TYPES}))
def test_machine_code_agrees_with_the_evaluator(cases: list[Expression], given_values: dict[str, Any]) -> None:
    variables = {f"v_{type_.lower()}": one for type_, one in given_values.items()}
    declared = "".join(f"v_{type_.lower()} : {type_}; " for type_ in TYPES)
    declared += "".join(f"r{k} : {case[1]}; " for k, case in enumerate(cases))
    body = "\n".join(f"{k}: r{k} := {text(case)};" for k, case in enumerate(cases))
    program = compile_text(f"PROGRAM P VAR {declared} k : INT; END_VAR CASE k OF\n{body}\nEND_CASE; END_PROGRAM")
    for k, case in enumerate(cases):
        memory = program.new_memory()
        for name, one in variables.items():
            program.write(memory, name, one.item() if isinstance(one, np.generic) else one)
        program.write(memory, "k", k)
        fault = program.scan(memory, 0)
        ours = program.read(memory, f"r{k}") if fault is None else fault.kind
        assert same(outcome(case, variables), ours), (text(case), outcome(case, variables), ours)
