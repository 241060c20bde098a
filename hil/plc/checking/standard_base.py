"""What the checks of standard functions share."""

from __future__ import annotations

from hil.plc.checking.expressions import Expressions
from hil.plc.checking.values import poison, spoken
from hil.plc.tree import CallFunction, Expr, Pou
from hil.plc.types import Scalar, Type, base


class StandardBase(Expressions):
    """Refusals, and the functions of the standard library that are written in ST."""

    def wrong(self, name: str, at: int, wanted: str, found: Type) -> Expr:
        """Reports an argument of a type that the function does not take."""
        self.scope.error(at, f"{name} takes {wanted}, this is {spoken(found)}; convert it")
        return poison(at)

    def prelude(self, name: str) -> Pou | None:
        """A unit of the standard library by its name in capitals; see Calls."""
        return None

    def in_st(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        """A call of a function of the standard library that is written in ST."""
        pou = self.prelude(name)
        if pou is None or pou.result is None:
            self.scope.error(at, "this conversion cannot stand in a constant; write the value")
            return poison(at)
        return CallFunction(pou.result.type, at, pou, arguments, [])


def is_a(expr: Expr, *families: str) -> bool:
    """Whether a value's type is of one of these families."""
    type_ = base(expr.type)
    return isinstance(type_, Scalar) and type_.family in families
