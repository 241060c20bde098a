"""Which of several functions or methods of one name a call means: the one whose parameters the arguments fit best."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.checking.expressions import Expressions
from hil.plc.checking.values import as_text, poison, pseudo, spoken
from hil.plc.diagnostics import Report
from hil.plc.tree import Expr, Pou, Variable
from hil.plc.types import (
    ANY_POINTER,
    ANY_REAL,
    POISON,
    Array,
    Enum,
    Interface,
    OpenArray,
    Pointer,
    Scalar,
    String,
    Type,
    base,
    same,
    widens,
)

# A literal alone is taken for the first of these that holds it.
_WHOLE = ("INT", "DINT", "LINT", "UINT", "UDINT", "ULINT", "SINT", "USINT", "BYTE", "WORD", "DWORD", "LWORD", "REAL")
_REALS = ("LREAL", "REAL")
_WIDENED = 100  # what a conversion costs more than any choice among literals


class Choosing(Expressions):
    """Chooses among overloads."""

    _seen: dict[int, Expr]

    def choose(self, node: s.Call, candidates: list[Pou]) -> Pou | None:
        """The one that fits best, the first among equals; None when none does, which is reported."""
        ranked = [(cost, place) for place, one in enumerate(candidates) if (cost := self._cost(node, one)) is not None]
        if ranked:
            return candidates[min(ranked)[1]]
        given = [spoken(self._quietly(one.value).type) for one in node.arguments if one.value is not None]
        if "?" not in given:
            offered = ", ".join(dict.fromkeys(self._shape(one) for one in candidates[:6]))
            name = candidates[0].name.partition("(")[0]
            self.scope.error(node.at, f"no {name} takes ({', '.join(given)}); there is one for {offered}")
        return None

    def _shape(self, pou: Pou) -> str:
        return f"({', '.join(one.type.name for one in pou.section('input', 'in_out', 'output'))})"

    def _quietly(self, node: s.Expression) -> Expr:
        """An argument's value, looked at once and without saying anything: its call is checked afterwards."""
        if not hasattr(self, "_seen"):
            self._seen = {}
        if id(node) not in self._seen:
            names, report = self.scope.names, self.scope.names.report
            names.report = Report()
            try:
                found = self.expression(node)
                self._seen[id(node)] = poison(node.at) if names.report.lines else found
            finally:
                names.report = report
        return self._seen[id(node)]

    def _cost(self, node: s.Call, pou: Pou) -> int | None:
        """How far the arguments are from the parameters; None when they do not fit."""
        formals = pou.section("input", "in_out", "output")
        by_name = {one.name.upper(): one for one in formals}
        total, given = 0, set[str]()
        for place, argument in enumerate(node.arguments):
            if argument.name:
                formal = by_name.get(argument.name.upper())
            else:
                formal = formals[place] if place < len(formals) else None
            if formal is None or formal.name in given:
                return None
            given.add(formal.name)
            if argument.value is not None:
                cost = self._distance(self._quietly(argument.value), formal)
                if cost is None:
                    return None
                total += cost
        missing = [one for one in formals if one.name not in given]
        if any(one.section == "in_out" for one in missing):
            return None
        return total + _WIDENED * 10 * sum(one.section == "input" for one in missing)

    def _distance(self, value: Expr, formal: Variable) -> int | None:
        have, want = value.type, formal.type
        if have is POISON or want is POISON or same(have, want):
            return 0
        if pseudo(have):
            return self._literal_distance(value, base(want))
        if as_text(value, want) is not None:
            return 1 if isinstance(have, String) == isinstance(want, String) else 2
        if isinstance(want, Pointer | Interface) and isinstance(have, Pointer):
            return _pointed_distance(have, want)
        if formal.section == "in_out":
            return 1 if _opened(have, want) or _is_kind_of(have, want) else None
        one, other = base(have), base(want)
        if formal.section == "output":
            one, other = other, one
        if same(one, other) or _is_kind_of(have, want) or _opened(have, want):
            return 1
        if isinstance(one, Scalar) and isinstance(other, Scalar) and widens(one, other):
            return _WIDENED + other.bits - one.bits + (_WIDENED if one.family != other.family else 0)
        return None

    def _literal_distance(self, value: Expr, want: Type) -> int | None:
        if isinstance(want, Enum) or not isinstance(want, Scalar) or not self._literal_fits(value, want):
            return None
        if value.type is ANY_REAL:
            return 1 + _REALS.index(want.name)
        number = self.settle(value)
        if isinstance(number.type, Scalar) and want.family in ("int", "uint", "bits"):
            low, high = want.range
            known = getattr(value, "value", None)
            if isinstance(known, int) and not low <= known <= high:
                return None
        return 1 + _WHOLE.index(want.name) if want.name in _WHOLE else 1 + len(_WHOLE)


def _pointed_distance(have: Pointer, want: Pointer | Interface) -> int | None:
    if have is ANY_POINTER or want is ANY_POINTER:
        return 2
    target = want.target if isinstance(want, Pointer) else want
    if same(have.target, target):
        return 0
    return 1 if _is_kind_of(have.target, target) else None


def _is_kind_of(have: Type, want: Type) -> bool:
    kin = getattr(have, "kin", None)
    return kin is not None and want.name.upper() in kin


def _opened(have: Type, want: Type) -> bool:
    if not isinstance(want, OpenArray):
        return False
    if isinstance(have, OpenArray):
        return have.dimensions == want.dimensions and same(have.element, want.element)
    return isinstance(have, Array) and len(have.bounds) == want.dimensions and same(have.element, want.element)
