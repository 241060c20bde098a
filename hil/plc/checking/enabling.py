"""EN and ENO of calls (IEC 61131-3 clause 6.6.1.5): EN = FALSE leaves the call out, ENO tells whether all went well."""

from __future__ import annotations

from dataclasses import replace

from hil.plc import syntax as s
from hil.plc.checking.scope import Scope
from hil.plc.checking.values import Values
from hil.plc.tree import Assign, CallBlock, Const, Expr, Guarded, If, Place
from hil.plc.types import BOOL, POISON, same

NAMES = ("EN", "ENO")


def split(node: s.Call) -> tuple[s.Call, s.Expression | None, s.Expression | None]:
    """A call without its EN and ENO, and those two."""
    given = {one.name.upper(): one.value for one in node.arguments if one.name.upper() in NAMES}
    rest = [one for one in node.arguments if one.name.upper() not in NAMES]
    return replace(node, arguments=rest), given.get("EN"), given.get("ENO")


class Enabling(Values):
    """Checks EN and ENO around a call."""

    scope: Scope

    def condition(self, node: s.Expression) -> Expr:
        """See Expressions."""
        raise NotImplementedError

    def target(self, node: s.Expression) -> Place | None:
        """See Calls."""
        raise NotImplementedError

    def enabled(self, call: Expr, enable: s.Expression | None, eno: s.Expression | None) -> Expr:
        """A call that gives a value, with EN and ENO around it."""
        condition, place = self._around(enable, eno)
        inner = self.settle(call)
        if inner.type is POISON and isinstance(inner, Const):
            return inner
        return Guarded(inner.type, inner.at, condition, place, inner)

    def enabled_block(self, call: CallBlock, enable: s.Expression | None, eno: s.Expression | None) -> CallBlock | If:
        """A call of a function block, with EN and ENO around it."""
        condition, call.eno = self._around(enable, eno)
        if condition is None:
            return call
        no = Const(BOOL, call.at, 0)
        return If([(condition, [call])], [] if call.eno is None else [Assign(call.eno, no)])

    def _around(self, enable: s.Expression | None, eno: s.Expression | None) -> tuple[Expr | None, Place | None]:
        condition = None if enable is None else self.condition(enable)
        place = None if eno is None else self.target(eno)
        if place is not None and not same(place.type, BOOL):
            self.scope.error(place.at, f"ENO is BOOL, this variable is {place.type.name}; use a BOOL")
            place = None
        return condition, place
