"""How many loop passes statements make at most, as far as that is known before they run."""

from __future__ import annotations

from dataclasses import fields

from hil.plc import layout
from hil.plc.profiles import IEC, Profile
from hil.plc.tree import (
    AddressOf,
    Assign,
    Attempt,
    CallBlock,
    CallFunction,
    Case,
    CastRef,
    Const,
    Convert,
    DerefRef,
    ElementRef,
    Evaluate,
    FieldRef,
    For,
    Goto,
    Guarded,
    If,
    Jump,
    Label,
    Loop,
    Operation,
    PartRef,
    RangeCheck,
    Sequence,
    Standard,
    Statement,
    Try,
    ValueRef,
    scalar,
)

_PARTS = (
    Assign, CallBlock, CallFunction, Convert, ElementRef, Evaluate, FieldRef, Guarded, Operation, PartRef,
    RangeCheck, Standard, AddressOf, Attempt, CastRef, DerefRef, ValueRef,
)  # fmt: skip


class Costs:
    """Loop passes and calls of bodies; what is too many counts itself while it runs and costs 1 outside."""

    def __init__(self, profile: Profile = IEC) -> None:
        self.wraps = profile.for_to_highest == "endless"
        self.pous: dict[str, int] = {}
        self._bodies: dict[int, int] = {}  # by identity: a nest of loops is asked about from every level

    def body(self, statements: list[Statement]) -> int:
        """Passes of all loops that do not count themselves."""
        if id(statements) not in self._bodies:
            self._bodies[id(statements)] = sum(self._statement(one) for one in statements)
        return self._bodies[id(statements)]

    def passes(self, loop: For) -> int | None:
        """Passes of a FOR when its bounds are constants and nothing else decides."""
        parts = [one.value for one in (loop.first, loop.last, loop.step) if isinstance(one, Const)]
        if not loop.steady or len(parts) < 3 or any(isinstance(one, bytes) for one in parts):
            return None
        first, last, step = (int(one) for one in parts if not isinstance(one, bytes))
        passes = max(0, (last - first) // step + 1)
        low, high = scalar(loop.variable).range
        return None if self.wraps and passes and not low <= first + passes * step <= high else passes

    def counted(self, loop: For | Loop) -> bool:
        """Whether a loop must count its passes."""
        if isinstance(loop, Loop):
            return True
        passes = self.passes(loop)
        return passes is None or passes * (1 + self.body(loop.body)) > layout.FREE

    def _statement(self, one: Statement) -> int:
        if isinstance(one, For):
            if self.counted(one):
                return 1
            return (self.passes(one) or 0) * (1 + self.body(one.body))
        if isinstance(one, Loop | Jump | Label | Goto):
            return 1
        if isinstance(one, If | Case):
            inner = [body for _, body in one.branches] + [one.otherwise]
            tests = [test for test, _ in one.branches] if isinstance(one, If) else [one.selector]
            return max(self.body(body) for body in inner) + sum(self._calls(test) for test in tests)
        if isinstance(one, Try):
            return sum(self.body(part) for part in (one.body, one.handled, one.last))
        return self._calls(one)

    def _calls(self, node: object) -> int:
        """Passes inside the units that an expression or statement calls."""
        found, waiting = 0, [node]
        while waiting:
            one = waiting.pop()
            if isinstance(one, list):
                waiting += one
            elif isinstance(one, Sequence):
                found += self.body(one.body)
                waiting.append(one.value)
            elif isinstance(one, _PARTS):
                waiting += [getattr(one, each.name) for each in fields(one)]
                if isinstance(one, CallFunction | CallBlock):
                    found += 1 + self.pous.get(one.pou.name.upper(), 0)
        return found
