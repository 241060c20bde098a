"""Random expressions and small programs: the virtual PLC against the evaluator of its tests, in each profile."""

import math
from random import Random
from typing import Any

import numpy as np

from hil.plc.compiler import build
from hil.plc.profiles import PROFILES
from hil.plc.program import Memory, Program
from tests.plc._generate import TYPES, constant, expression, mixed
from tests.plc._interpreter import LOOPS, execute, source, statements
from tests.plc._reference import Expression, PlcFault, text, value
from tests.plc._rules import RULES

EACH = 40  # expressions in one program: compiling is what costs
DEPTH = 2  # of nested statements


def fuzz(cases: int, seed: int, profiles: list[str]) -> tuple[int, str]:
    """How many cases were tried, and the first difference, if any. Every eighth batch is a whole program."""
    done, batch = 0, 0
    while done < cases:
        profile = profiles[batch % len(profiles)]
        random = Random(f"{seed} {batch}")
        programs = batch // len(profiles) % 2
        difference = small_programs(random, profile) if programs else expressions(random, profile)
        if difference:
            return done, f"seed {seed}, batch {batch}, profile {profile}: {difference}"
        done, batch = done + (8 if programs else EACH), batch + 1
    return done, ""


def _program(declared: str, body: str, profile: str) -> Program:
    text = f"PROGRAM P VAR {declared} END_VAR\n{body}\nEND_PROGRAM"
    return Program(build([(text, "fuzz")], None, PROFILES[profile]), "")


def _memory(program: Program, variables: dict[str, Any]) -> Memory:
    memory = program.new_memory()
    for name, one in variables.items():
        program.write(memory, name, one.item() if isinstance(one, np.generic) else one)
    return memory


def _given(random: Random) -> dict[str, Any]:
    return {f"v_{type_.lower()}": constant(random, type_) for type_ in TYPES}


def expressions(random: Random, profile: str) -> str:
    """The first of some expressions that differs, with both results."""
    cases = [expression(random, random.choice(TYPES), 3) for _ in range(EACH)]
    if RULES[profile].mixed:
        cases += [mixed(random, random.choice(TYPES[:-1]), 2) for _ in range(EACH)]
    declared = "".join(f"v_{type_.lower()} : {type_}; " for type_ in TYPES)
    declared += "".join(f"r{k} : {case[1]}; " for k, case in enumerate(cases))
    body = "\n".join(f"{k}: r{k} := {text(case)};" for k, case in enumerate(cases))
    program, variables = _program(f"{declared} k : INT;", f"CASE k OF\n{body}\nEND_CASE;", profile), _given(random)
    for k, case in enumerate(cases):
        memory = _memory(program, {**variables, "k": k})
        fault = program.scan(memory, 0)
        ours = program.read(memory, f"r{k}") if fault is None else fault.kind
        theirs = _outcome(case, variables, profile)
        if not same(theirs, ours):
            return f"{text(case)} with {variables} is {ours!r}, the evaluator has {theirs!r}"
    return ""


def _outcome(case: Expression, variables: dict[str, Any], profile: str) -> Any:
    try:
        return value(case, variables, RULES[profile])
    except PlcFault as fault:
        return fault.kind


def small_programs(random: Random, profile: str) -> str:
    """The variables of a small program that differ after 8 courses of one scan each."""
    body = statements(random, DEPTH, 6)
    names = [f"k{depth}_{type_.lower()}" for depth in range(1, DEPTH + 1) for type_ in LOOPS]
    declared = "".join(f"v_{type_.lower()} : {type_}; " for type_ in TYPES)
    declared += "".join(f"{name} : {name.partition('_')[2].upper()}; " for name in names)
    declared += "arr : ARRAY [0..4] OF INT; " + "".join(f"w{depth} : INT; " for depth in range(1, DEPTH + 1))
    program = _program(declared, source(body), profile)
    for _ in range(8):
        variables = _given(random) | {"arr": [constant(random, "INT") for _ in range(5)]}
        variables |= dict.fromkeys(names, 0) | {f"w{depth}": 0 for depth in range(1, DEPTH + 1)}
        memory, before = _memory(program, variables), str(variables)
        fault = program.scan(memory, 0)
        kind = execute(body, variables, RULES[profile])
        ours = "" if fault is None else fault.kind
        wrong = [one for one in variables if not same(variables[one], program.read(memory, one))]
        if ours != kind or (wrong and kind != "endless loop"):
            found = {one: (program.read(memory, one), variables[one]) for one in wrong}
            return f"{source(body)}\nfrom {before}: {ours!r}, the evaluator has {kind!r}; {found}"
    return ""


def same(one: Any, other: Any) -> bool:
    """Whether two results are one, NaN and the sign of zero included."""
    if isinstance(one, list):
        return bool(one == other)
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one == other
    if isinstance(one, float | np.floating) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other) and math.copysign(1, one) == math.copysign(1, other)
