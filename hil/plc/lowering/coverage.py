"""Counters in the code: statements, branches and conditions of the source, on request alone.

Each counter is a 64-bit whole number behind the program's own memory and wraps (after 584 years of one count per ns).
What the words mean is written down in docs/plc-testing.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hil.plc.lowering.emit import Text
from hil.plc.prelude import FILE
from hil.plc.tree import Const, Convert, Expr, Operation, Pou, Statement
from hil.plc.types import machine

_LOGICAL = frozenset(("AND", "OR", "XOR", "AND_THEN", "OR_ELSE"))
RUNTIME = """
define internal void @count(ptr %mem, i64 %offset) alwaysinline {
  %start = load i64, ptr @counters, align 8
  %all = getelementptr i8, ptr %mem, i64 %start
  %one = getelementptr i8, ptr %all, i64 %offset
  %before = load i64, ptr %one, align 8
  %after = add i64 %before, 1
  store i64 %after, ptr %one, align 8
  ret void
}
define internal void @count.outcome(ptr %mem, i1 %outcome, i64 %offset) alwaysinline {
  %next = add i64 %offset, 8
  %where = select i1 %outcome, i64 %offset, i64 %next
  call void @count(ptr %mem, i64 %where)
  ret void
}
"""


class Probe(NamedTuple):
    """What a counter counts: a `unit`, a `statement`, or the outcome `word` of a `branch` or `condition`."""

    kind: str
    unit: str
    file: str
    line: int
    column: int
    word: str = ""
    number: int = 0  # of those at the same place, where a drawn element is several


class Coverage:
    """The counters of one program, in the order in which they lie in memory.

    `left_out` are files, and units by name in capitals, that do not count.
    """

    def __init__(self, places: dict[int, tuple[Statement, int]], left_out: frozenset[str] = frozenset()) -> None:
        self.places, self.left_out = places, left_out | {FILE}
        self.probes: list[Probe] = []
        self._offsets: dict[tuple[str, str, int, int], dict[int, None]] = {}

    def counts(self, pou: Pou) -> bool:
        """Whether a unit was written by the user: not ours, not made by the compiler."""
        made = any(not part or part.startswith("__") for part in pou.name.split("."))
        return not made and not {pou.source.file, (pou.owner or pou).name.upper()} & self.left_out

    def add(self, pou: Pou, kind: str, at: int, word: str = "") -> int:
        """A new counter; returns where it lies behind the first."""
        source = pou.source
        line, column = source.line(at), source.column(at)
        offsets = self._offsets.setdefault((pou.name, kind, line, column), {})
        offsets.setdefault(at)
        number = list(offsets).index(at)
        self.probes.append(Probe(kind, _declared(pou), source.file, line, column, word, number))
        return 8 * (len(self.probes) - 1)


def _declared(pou: Pou) -> str:
    """The name of a unit as it is written, a member's behind its owner's."""
    if pou.owner is None:
        return pou.name
    found = re.match(r"\w+", pou.source.text[pou.at :])
    accessor = f".{pou.kind}" if pou.kind in ("GET", "SET") else ""
    return f"{pou.owner.name}.{found.group() if found else pou.name.rpartition('.')[2]}{accessor}"


class Probes:
    """Writes the counters of one unit's body, or nothing when coverage is off."""

    def __init__(self, coverage: Coverage | None, pou: Pou, text: Text) -> None:
        self._coverage = coverage if coverage is not None and coverage.counts(pou) else None
        self._pou, self._text = pou, text
        self._watched: dict[int, tuple[Expr, int]] = {}  # conditions by identity, with their counters
        self._roots: dict[int, Expr] = {}  # logical operations that belong to a decision
        self._here = False  # inside of a statement that the user wrote

    def unit(self) -> None:
        """The unit begins."""
        self._count("unit", self._pou.at)

    def statement(self, one: Statement) -> None:
        """A statement begins."""
        if self._coverage is not None:
            place = self._coverage.places.get(id(one))
            self._here = place is not None
            if place is not None:
                self._count("statement", place[1])

    def branch(self, one: Statement, word: str) -> None:
        """A branch of a statement is taken."""
        at = self._at(one)
        if at is not None:
            self._count("branch", at, word)

    def decision(self, one: Statement, condition: Expr) -> None:
        """What follows is the value that the statement branches on."""
        if self._at(one) is not None:
            self._mark(condition)

    def outcome(self, one: Statement, condition: Expr | None, operand: str, *, inverted: bool = False) -> None:
        """The statement branches on `operand`; of a constant only the outcome that it has can be seen."""
        at = self._at(one)
        if self._coverage is None or at is None:
            return
        at = at if condition is None else _start(condition)
        if isinstance(condition, Const):
            self._count("branch", at, "TRUE" if bool(condition.value) is not inverted else "FALSE")
            return
        words = ("FALSE", "TRUE") if inverted else ("TRUE", "FALSE")
        self._outcome("branch", at, operand, words)

    def value(self, expr: Expr) -> None:
        """A value is about to be worked out; logical operators make it a decision of its own."""
        if self._here and id(expr) not in self._roots and _is_logical(expr):
            self._mark(expr)

    def condition(self, expr: Expr, operand: str) -> None:
        """A value was worked out."""
        if id(expr) in self._watched:
            offset = self._watched[id(expr)][1]
            self._text.do(f"call void @count.outcome(ptr %mem, i1 {operand}, i64 {offset})")

    def _at(self, one: Statement) -> int | None:
        found = self._coverage.places.get(id(one)) if self._coverage is not None else None
        return None if found is None else found[1]

    def _mark(self, root: Expr) -> None:
        assert self._coverage is not None
        for one in _operations(root):
            self._roots[id(one)] = one
        for one in _conditions(root):
            if id(one) not in self._watched:
                first = self._coverage.add(self._pou, "condition", _start(one), "TRUE")
                self._coverage.add(self._pou, "condition", _start(one), "FALSE")
                self._watched[id(one)] = (one, first)

    def _count(self, kind: str, at: int, word: str = "") -> None:
        if self._coverage is not None:
            offset = self._coverage.add(self._pou, kind, at, word)
            self._text.do(f"call void @count(ptr %mem, i64 {offset})")

    def _outcome(self, kind: str, at: int, operand: str, words: tuple[str, str]) -> None:
        assert self._coverage is not None
        first = self._coverage.add(self._pou, kind, at, words[0])
        self._coverage.add(self._pou, kind, at, words[1])
        self._text.do(f"call void @count.outcome(ptr %mem, i1 {operand}, i64 {first})")


def _start(expr: Expr) -> int:
    """Where an expression begins: an operation's own place is its operator's."""
    if isinstance(expr, Operation):
        return min(expr.at, *(_start(one) for one in expr.operands))
    return _start(expr.operand) if isinstance(expr, Convert) else expr.at


def _is_logical(expr: Expr, operators: frozenset[str] = _LOGICAL) -> bool:
    if not isinstance(expr, Operation) or expr.op not in operators:
        return False
    type_ = machine(expr.type)
    return type_ is not None and type_.family == "bool"


def _operations(root: Expr) -> Iterator[Expr]:
    """The logical operators of a decision, NOT among them."""
    if isinstance(root, Operation) and _is_logical(root, _LOGICAL | {"NOT"}):
        yield root
        for one in root.operands:
            yield from _operations(one)


def _conditions(root: Expr) -> Iterator[Expr]:
    """The operands without logical operators; constants cannot vary and are none."""
    if isinstance(root, Operation) and _is_logical(root, _LOGICAL | {"NOT"}):
        for one in root.operands:
            yield from _conditions(one)
    elif not isinstance(root, Const):
        yield root
