"""Intermediate results wider than their type, as some profiles keep them (Profile.whole_arithmetic, real_literals).

Such a result is Convert(type, wide, temporary=True): what stores it sees the type, another operator the wide value.
"""

from __future__ import annotations

from hil.plc.checking.mixing import WHOLE
from hil.plc.checking.scope import Scope
from hil.plc.checking.values import Values, convert, operation
from hil.plc.tree import Const, Convert, Expr
from hil.plc.types import ANY_REAL, DINT, LINT, LREAL, REAL, Scalar, Type, machine, same


class Temporaries(Values):
    """Arithmetic and comparisons as the profile wants them."""

    scope: Scope

    def arithmetic(self, type_: Type, at: int, op: str, operands: list[Expr]) -> Expr:
        """An operator whose result has the type of its operands."""
        wide = self._wide(type_, operands)
        if wide is None:
            return operation(type_, at, op, operands)
        return _narrowed(type_, operation(wide, at, op, [_widened(one, wide) for one in operands]))

    def compared(self, result: Type, at: int, op: str, operands: list[Expr]) -> Expr:
        """A comparison: of the wide values where there are any."""
        kinds = [one.operand.type for one in operands if isinstance(one, Convert) and one.temporary]
        if kinds:
            widest = max(kinds, key=lambda one: one.size)
            operands = [_widened(one, widest) for one in operands]
        return operation(result, at, op, operands)

    def shortened(self, expr: Expr) -> Expr:
        """A sum of DINT and UDINT: worked out in LINT, a DINT for whoever asks."""
        lenient = self.scope.names.profile.implicit_conversions == "low bits"
        return _narrowed(DINT, expr) if lenient and same(expr.type, LINT) else expr

    def literal_in(self, expr: Expr, type_: Type) -> Expr | None:
        """A literal beside a REAL that stays an LREAL, or None where literals take the type that they meet."""
        if self.scope.names.profile.real_literals != "LREAL" or expr.type is not ANY_REAL or not same(type_, REAL):
            return None
        return Convert(REAL, expr.at, self.adapt(expr, LREAL), temporary=True)

    def _wide(self, type_: Type, operands: list[Expr]) -> Scalar | None:
        profile = self.scope.names.profile
        if not isinstance(type_, Scalar):
            return None
        if profile.whole_arithmetic == "32-bit temporaries" and type_.family in WHOLE and type_.bits < 32:
            return DINT
        wide = any(isinstance(one, Convert) and one.temporary for one in operands)
        return LREAL if type_ is REAL and wide else None


def _widened(expr: Expr, wide: Type) -> Expr:
    if isinstance(expr, Convert) and expr.temporary and same(expr.operand.type, wide):
        return expr.operand
    return convert(expr, wide)


def _narrowed(type_: Type, expr: Expr) -> Expr:
    if isinstance(expr, Const) and not isinstance(expr.value, bytes):
        scalar = machine(type_)
        assert scalar is not None
        if scalar.family != "real" and scalar.range[0] <= expr.value <= scalar.range[1]:
            return Const(type_, expr.at, expr.value)
    return Convert(type_, expr.at, expr, temporary=True)
