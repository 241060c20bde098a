"""Fitting a value to the type it is needed in; the constants among them are worked out at once."""

from __future__ import annotations

from hil.plc.checking import fold, fold_standard
from hil.plc.checking.mixing import becomes
from hil.plc.checking.scope import Scope
from hil.plc.tree import Const, Convert, Expr, Operation, RangeCheck, Standard
from hil.plc.types import (
    ANY_INT,
    ANY_REAL,
    DINT,
    INT,
    LINT,
    LREAL,
    POISON,
    ULINT,
    Enum,
    Scalar,
    String,
    Subrange,
    Type,
    base,
    machine,
    same,
    string,
)


def pseudo(type_: Type) -> bool:
    """Whether this is the type of a literal that has not met a type yet."""
    return type_ is ANY_INT or type_ is ANY_REAL


def poison(at: int) -> Const:
    """Stands for whatever was reported."""
    return Const(POISON, at, 0)


def operation(type_: Type, at: int, op: str, operands: list[Expr]) -> Expr:
    """The operation, or its value when all operands are constants."""
    if not any(pseudo(one.type) for one in operands):
        constants = [one for one in operands if isinstance(one, Const)]
        value = None
        if len(constants) == len(operands):
            value = (fold_standard.function if op == "**" else fold.operate)(op, type_, constants)
        if value is not None:
            return Const(type_, at, value)
    return Operation(type_, at, op, operands)


def standard(type_: Type, at: int, name: str, operands: list[Expr]) -> Expr:
    """The standard function, or its value when all operands are constants."""
    constants = [one for one in operands if isinstance(one, Const)]
    if len(constants) == len(operands) and not any(pseudo(one.type) for one in operands):
        value = fold_standard.function(name, type_, constants)
        if value is not None:
            return Const(type_, at, value)
    return Standard(type_, at, name, operands)


def as_text(expr: Expr, target: Type) -> Expr | None:
    """A string or character as what takes it without a conversion; None when it does not fit.

    A literal of one character is a CHAR, too; a character becomes the string that it makes alone.
    """
    source = base(expr.type)
    if isinstance(source, String) and isinstance(target, String):
        return expr if source.width == target.width else None
    if isinstance(source, String) and isinstance(target, Scalar):
        if target.family != "char" or not isinstance(expr, Const) or source.capacity != 1:
            return None
        assert isinstance(expr.value, bytes)
        return Const(target, expr.at, int.from_bytes(expr.value, "little")) if same(source.character, target) else None
    if not isinstance(target, String) or not same(source, target.character):
        return None
    return characters(expr, target.width)


def characters(expr: Expr, width: int) -> Expr:
    """The string that a character makes alone."""
    if isinstance(expr, Const):
        assert not isinstance(expr.value, bytes)
        text = int(expr.value).to_bytes(width, "little") if expr.value else b""
        return Const(string(1, width), expr.at, text)
    return Standard(string(1, width), expr.at, "CHARACTER", [expr])


def characters_alike(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Of a string and a character to be compared: two characters when one is a literal, else two strings."""
    if isinstance(left.type, String) and isinstance(right.type, Scalar):
        return _alike(left, right)
    if isinstance(right.type, String) and isinstance(left.type, Scalar):
        return _alike(right, left)[::-1]
    return left, right


def _alike(text: Expr, one: Expr) -> tuple[Expr, Expr]:
    as_character = as_text(text, one.type)
    return (as_character, one) if as_character else (text, as_text(one, text.type) or one)


def convert(expr: Expr, target: Type, truncate: bool = False) -> Expr:
    """The value in another elementary type, whatever it loses."""
    if expr.type is POISON:
        return expr
    source, to = machine(expr.type), machine(target)
    assert source is not None
    assert to is not None
    if isinstance(expr, Const) and (value := fold.convert(source, to, expr.value, truncate)) is not None:
        return Const(target, expr.at, value)
    return Convert(target, expr.at, expr, truncate)


def stored(expr: Expr) -> Expr:
    """A value that has reached where it is stored: of a temporary constant what its type holds."""
    if isinstance(expr, Convert) and expr.temporary and isinstance(expr.operand, Const):
        source, target = machine(expr.operand.type), machine(expr.type)
        assert source is not None
        assert target is not None
        value = fold.convert(source, target, expr.operand.value, False)
        if value is not None:
            return Const(expr.type, expr.at, value)
    return expr


class Values:
    """Conversions that the standard makes by itself, and the refusals of all others."""

    scope: Scope

    def settle(self, expr: Expr) -> Expr:
        """The value with a real type: a lone literal is INT, DINT, LINT or ULINT as it needs, or LREAL."""
        if expr.type is ANY_REAL:
            return self.adapt(expr, LREAL)
        if expr.type is not ANY_INT:
            return expr
        highest = _extreme(expr)
        for type_ in (INT, DINT, LINT):
            if type_.range[0] <= highest <= type_.range[1]:
                return self.adapt(expr, type_)
        return self.adapt(expr, ULINT)

    def adapt(self, expr: Expr, target: Type) -> Expr:
        """A literal, or an expression of literals, in the type it meets; anything else as it is."""
        if not pseudo(expr.type):
            return expr
        if isinstance(expr, Const):
            return self._literal(expr, target)
        if isinstance(expr, Convert):  # a variable of a whole type beside a real literal
            return self.coerce(expr.operand, target, "the operand")
        assert isinstance(expr, Operation | Standard)
        if isinstance(expr, Operation) and expr.op == "MOD" and isinstance(target, Scalar) and target.family == "real":
            return convert(self.settle(expr), target)  # a remainder is a whole number, wherever it stands
        if isinstance(expr, Standard):
            inner = [self.adapt(one, target) for one in expr.operands]
            return standard(target, expr.at, expr.name, inner)
        return operation(target, expr.at, expr.op, [self.adapt(one, target) for one in expr.operands])

    def _literal(self, expr: Const, target: Type) -> Expr:
        scalar = machine(target)
        assert scalar is not None
        assert not isinstance(expr.value, bytes)
        if scalar.family == "real":
            number = fold.as_real(scalar, float(expr.value))
            if number - number != 0:
                self.scope.error(expr.at, f"this number is larger than {target.name} holds; use a smaller one")
            return Const(target, expr.at, number)
        low, high = scalar.range
        bits, cut = scalar.bits, self.scope.names.profile.implicit_conversions == "low bits"
        if not low <= expr.value <= high and cut and -(1 << (bits - 1)) <= expr.value < 1 << bits:
            return Const(target, expr.at, (int(expr.value) - low) % (1 << bits) + low)
        if not low <= expr.value <= high:
            self.scope.error(
                expr.at,
                f"{expr.value} does not fit {target.name}, which holds {low} to {high}; use a wider type",
            )
            return poison(expr.at)
        return Const(target, expr.at, int(expr.value))

    def coerce(self, expr: Expr, target: Type, what: str) -> Expr:
        """The value in the type of what takes it; `what` names that in a diagnostic."""
        source = expr.type
        if source is POISON or target is POISON:
            return poison(expr.at)
        if isinstance(target, Subrange):
            return self._into_subrange(expr, target, what)
        counts = source is ANY_INT and self.scope.names.profile.enumerations == "numbers"
        if isinstance(target, Enum) and (target.named or counts) and not same(source, target):
            inner = self.coerce(expr, target.base, what)
            return inner if inner.type is POISON else convert(inner, target)
        if same(source, target) or same(base(source), target):
            return stored(expr)
        if (text := as_text(expr, target)) is not None:
            return text
        if pseudo(source) and isinstance(target, Scalar) and self._literal_fits(expr, target):
            return self.adapt(expr, target)
        if (referred := self.refer(expr, target, what)) is not None:
            return referred
        if becomes(base(source), target, self.scope.names.profile):
            return convert(expr.operand if isinstance(expr, Convert) and expr.temporary else expr, target)
        self.scope.error(expr.at, f"{what} is {target.name}, but the value is {spoken(source)}{cure(source, target)}")
        return poison(expr.at)

    def refer(self, expr: Expr, target: Type, what: str) -> Expr | None:
        """A value as an address, or an address as a number; None when it does not fit."""
        return None

    def _literal_fits(self, expr: Expr, target: Scalar) -> bool:
        if target.family == "real":
            return True
        if expr.type is ANY_REAL:
            return False
        if target.family == "bool":
            return isinstance(expr, Const) and expr.value in (0, 1)
        return target.family in ("int", "uint", "bits")

    def _into_subrange(self, expr: Expr, target: Subrange, what: str) -> Expr:
        if same(expr.type, target):
            return expr
        inner = self.coerce(expr, target.base, what)
        if inner.type is POISON:
            return inner
        if isinstance(inner, Const):
            assert not isinstance(inner.value, bytes)
            if not target.low <= inner.value <= target.high:
                self.scope.error(
                    expr.at,
                    f"{what} takes {target.low} to {target.high}, {inner.value} is outside; change it",
                )
                return poison(expr.at)
            return Const(target, inner.at, inner.value)
        return RangeCheck(target, expr.at, inner, what)


def spoken(type_: Type) -> str:
    """A type in a diagnostic."""
    return {"ANY_INT": "a whole number", "ANY_REAL": "a real number"}.get(type_.name, type_.name)


def cure(source: Type, target: Type) -> str:
    """How to convert, when a conversion exists."""
    one, other = base(source), base(target)
    if one is ANY_REAL and isinstance(other, Scalar) and other.family in ("int", "uint", "bits"):
        return f"; write it without a decimal point, or LREAL_TO_{other.name}(...)"
    if isinstance(one, Scalar | String) and isinstance(other, Scalar | String) and not pseudo(one):
        return f"; convert it with {one.name.split('[')[0]}_TO_{other.name.split('[')[0]}(...)"
    if one is ANY_INT and isinstance(other, Scalar) and other.family == "time":
        return "; write a duration like T#1s"
    if one is ANY_INT and other.name == "BOOL":
        return "; write TRUE or FALSE"
    return "; assign a value of the same type"


def _extreme(expr: Expr) -> int:
    """The literal of largest magnitude in an expression of whole literals."""
    if isinstance(expr, Const):
        assert not isinstance(expr.value, bytes)
        return int(expr.value)
    if not isinstance(expr, Operation | Standard):
        return 0
    found = 0
    for one in expr.operands:  # no generator: a long chain nests deeply
        inner = _extreme(one)
        found = inner if abs(inner) > abs(found) else found
    return found
