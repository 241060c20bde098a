"""Suites of TcUnit: which function blocks are some, and which programs run them."""

from __future__ import annotations

from collections.abc import Iterator

from hil.plc import syntax as s
from hil.plc.reading.parse_expressions import dotted

BASE = "FB_TESTSUITE"
_RUN = ("RUN", "RUN_IN_SEQUENCE")


def declared(units: list[s.Unit]) -> set[str]:
    """The function blocks that extend FB_TestSuite, by way of others too; names in capitals."""
    above = {one.name.upper(): {_last(each.name) for each in one.extends} for one in _pous(units)}
    found: set[str] = set()
    while more := {name for name, bases in above.items() if name not in found and bases & (found | {BASE})}:
        found |= more
    return found


def runners(units: list[s.Unit]) -> list[s.Pou]:
    """The programs that call TcUnit.RUN or RUN_IN_SEQUENCE."""
    own = {one.name.upper() for one in _pous(units)}
    return [
        one for one in _pous(units) if one.kind == "PROGRAM" and any(_runs(each, own) for each in _statements(one.body))
    ]


def runnable(units: list[s.Unit], found: set[str]) -> tuple[list[str], list[str]]:
    """The suites that can be declared without arguments; what is said of the others."""
    names, notes = list[str](), list[str]()
    for one in _pous(units):
        if one.name.upper() not in found or "ABSTRACT" in one.modifiers:
            continue
        source = one.source
        place = f"{source.file}:{source.line(one.at)}:{source.column(one.at)}"
        if any(each.name.upper() == "FB_INIT" and _arguments(each) > 2 for each in one.members):
            notes.append(f"{place}: {one.name} takes arguments; declare it in a PROGRAM that calls TcUnit.RUN()")
        elif one.name.upper() not in {base for each in _pous(units) for base in _bases(each)} or _tests(one):
            names.append(one.name)
    return names, notes


def _tests(one: s.Pou) -> bool:
    """Whether a suite that others extend has tests of its own."""
    bodies = [one.body, *(each.body for each in one.members)]
    return any(
        isinstance(each, s.Invoke) and _last(dotted(each.call.callee)) in ("TEST", "TEST_ORDERED")
        for body in bodies
        for each in _statements(body)
    )


def _bases(one: s.Pou) -> set[str]:
    return {_last(each.name) for each in one.extends}


def _arguments(method: s.Pou) -> int:
    return sum(len(section.variables) for section in method.sections if section.kind == "VAR_INPUT")


def _pous(units: list[s.Unit]) -> Iterator[s.Pou]:
    for unit in units:
        yield from unit.pous


def _last(name: str) -> str:
    return name.rpartition(".")[2].upper()


def _runs(one: s.Statement, own: set[str]) -> bool:
    if not isinstance(one, s.Invoke):
        return False
    name = dotted(one.call.callee).upper()
    return name in [f"TCUNIT.{word}" for word in _RUN] or (name in _RUN and name not in own)


def _statements(body: list[s.Statement]) -> Iterator[s.Statement]:
    for one in body:
        yield one
        if isinstance(one, s.If | s.Case):
            for _, inner in one.branches:
                yield from _statements(inner)
            yield from _statements(one.otherwise)
        elif isinstance(one, s.For | s.While | s.Repeat):
            yield from _statements(one.body)
        elif isinstance(one, s.Try):
            for inner in (one.body, one.handled, one.last):
                yield from _statements(inner)
