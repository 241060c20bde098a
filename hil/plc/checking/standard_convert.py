"""The conversions X_TO_Y, TO_Y, X_TRUNC_Y, TRUNC_Y, X_BCD_TO_Y, X_TO_BCD_Y (IEC 61131-3 tables 22 to 27)."""

from __future__ import annotations

import re
from collections.abc import Callable

from hil.plc.checking.standard_base import StandardBase, is_a
from hil.plc.checking.values import convert, poison, standard
from hil.plc.tree import Expr
from hil.plc.types import ELEMENTARY, LINT, POISON, Scalar, String, base, machine, string

_BITS = "BYTE|WORD|DWORD|LWORD"
_FROM_BCD = re.compile(rf"(?:({_BITS})_)?BCD_TO_(USINT|UINT|UDINT|ULINT|SINT|INT|DINT|LINT)")
_TO_BCD = re.compile(rf"(?:(USINT|UINT|UDINT|ULINT|SINT|INT|DINT|LINT)_)?TO_BCD_({_BITS})")


class ConversionFunctions(StandardBase):
    """Checks them."""

    def conversion(self, name: str) -> Callable[[str, int, list[Expr]], Expr] | None:
        """What checks a conversion of this name."""
        if (found := _FROM_BCD.fullmatch(name)) or _TO_BCD.fullmatch(name):
            return self._from_bcd if found else self._to_bcd
        for word in ("TO", "TRUNC"):
            source, parted, target = name.rpartition(f"{word}_")
            if parted and target in (*ELEMENTARY, "STRING") and (not source or source.endswith("_")):
                from_name = source[:-1]
                if from_name in (*ELEMENTARY, "STRING", ""):
                    return lambda _, at, arguments: self._convert(
                        name, at, arguments, from_name, target, word == "TRUNC"
                    )
        return None

    def _convert(
        self, name: str, at: int, arguments: list[Expr], source: str, target: str, truncate: bool
    ) -> Expr:  # the shape of the table: one name, one rule
        if len(arguments) != 1:
            self.scope.error(at, f"{name} takes 1 argument, here are {len(arguments)}")
            return poison(at)
        value = arguments[0]
        if source and source != "STRING":
            value = self.coerce(value, ELEMENTARY[source], f"{name}'s argument")
        value = self.settle(value)
        if value.type is POISON:
            return value
        if source == "STRING" and not isinstance(value.type, String):
            return self.wrong(name, at, "a STRING", value.type)
        if target == "STRING":
            return value if isinstance(value.type, String) else self._to_string(name, at, value)
        if isinstance(value.type, String):
            return self._from_string(name, at, value, ELEMENTARY[target])
        if machine(value.type) is None:
            return self.wrong(name, at, "an elementary value", value.type)
        return convert(value, ELEMENTARY[target], truncate)

    def _from_bcd(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        """Four bits for each digit; a digit above 9 is a fault."""
        found = _FROM_BCD.fullmatch(name)
        assert found is not None
        value = self._only(name, at, arguments, found.group(1))
        if value.type is POISON:
            return value
        if not is_a(value, "bits"):
            return self.wrong(name, at, "a bit string", value.type)
        number = standard(LINT, at, "FROM_BCD", [convert(value, ELEMENTARY["LWORD"])])
        return convert(number, ELEMENTARY[found.group(2)])

    def _to_bcd(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        """A number that is negative, or has more digits than there is room for, is a fault."""
        found = _TO_BCD.fullmatch(name)
        assert found is not None
        value = self._only(name, at, arguments, found.group(1))
        if value.type is POISON:
            return value
        if not is_a(value, "int", "uint"):
            return self.wrong(name, at, "a whole number", value.type)
        target = ELEMENTARY[found.group(2)]
        return standard(target, at, "TO_BCD", [convert(value, LINT)])

    def _only(self, name: str, at: int, arguments: list[Expr], source: str | None) -> Expr:
        """The one argument, in the type that the name says."""
        if len(arguments) != 1:
            self.scope.error(at, f"{name} takes 1 argument, here are {len(arguments)}")
            return poison(at)
        if source:
            return self.coerce(arguments[0], ELEMENTARY[source], f"{name}'s argument")
        return self.settle(arguments[0])

    def _to_string(self, name: str, at: int, value: Expr) -> Expr:
        if is_a(value, "date", "tod", "dt"):
            type_ = base(value.type)
            assert isinstance(type_, Scalar)
            return self.in_st(f"__{type_.family.upper()}_TEXT", at, [standard(LINT, at, "__NS", [value])])
        if not is_a(value, "bool", "int", "uint", "bits", "real", "time"):
            return self.wrong(name, at, "a number, BOOL or TIME", value.type)
        return standard(string(32), at, "TO_STRING", [value])

    def _from_string(self, name: str, at: int, value: Expr, target: Scalar) -> Expr:
        if target.family not in ("bool", "int", "uint", "bits", "real"):
            self.scope.error(at, f"{name} is not supported; convert to a number first")
            return poison(at)
        return standard(target, at, "FROM_STRING", [value])
