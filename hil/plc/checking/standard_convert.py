"""The conversions X_TO_Y, TO_Y, X_TRUNC_Y, TRUNC_Y, X_BCD_TO_Y, X_TO_BCD_Y (IEC 61131-3 tables 22 to 27)."""

from __future__ import annotations

import re
from collections.abc import Callable

from hil.plc.checking.standard_base import StandardBase, is_a
from hil.plc.checking.values import as_text, characters, convert, poison, standard
from hil.plc.tree import Const, Expr
from hil.plc.types import ELEMENTARY, LINT, POISON, Enum, Scalar, String, base, machine, same, string

_BITS = "BYTE|WORD|DWORD|LWORD"
_FROM_BCD = re.compile(rf"(?:({_BITS})_)?BCD_TO_(USINT|UINT|UDINT|ULINT|SINT|INT|DINT|LINT)")
_TEXTS = ("STRING", "WSTRING")
_TO_BCD = re.compile(rf"(?:(USINT|UINT|UDINT|ULINT|SINT|INT|DINT|LINT)_)?TO_BCD_({_BITS})")


class ConversionFunctions(StandardBase):
    """Checks them."""

    def conversion(self, name: str) -> Callable[[str, int, list[Expr]], Expr] | None:
        """What checks a conversion of this name."""
        if (found := _FROM_BCD.fullmatch(name)) or _TO_BCD.fullmatch(name):
            return self._from_bcd if found else self._to_bcd
        if name == "__TEXT_OF":
            return self._text_of
        for word in ("TO", "TRUNC"):
            source, parted, target = name.rpartition(f"{word}_")
            if parted and target in (*ELEMENTARY, *_TEXTS) and (not source or source.endswith("_")):
                from_name = source[:-1]
                if from_name in (*ELEMENTARY, *_TEXTS, ""):
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
        if source in _TEXTS:
            value = self._text(name, value, _width(source))
        elif source:
            value = self.coerce(value, ELEMENTARY[source], f"{name}'s argument")
        value = self.settle(value)
        if value.type is POISON:
            return value
        if target in _TEXTS:
            return self._to_text(name, at, value, _width(target))
        if isinstance(value.type, String):
            return self._from_text(name, at, value, ELEMENTARY[target])
        if machine(value.type) is None:
            return self.wrong(name, at, "an elementary value", value.type)
        if is_a(value, "char") or ELEMENTARY[target].family == "char":
            return self._character(name, at, value, ELEMENTARY[target])
        return convert(value, ELEMENTARY[target], truncate)

    def _text_of(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        """The text of any elementary value, of an enumeration its number: what a failed test shows."""
        value = self.settle(arguments[0])
        type_ = base(value.type)
        shown = convert(value, type_.base) if isinstance(type_, Enum) else value
        if not isinstance(base(shown.type), Scalar | String) and shown.type is not POISON:
            return Const(string(10), at, b"an address")
        return self._convert("TO_STRING", at, [shown], "", "STRING", False)

    def _text(self, name: str, value: Expr, width: int) -> Expr:
        """An argument that must be a STRING, or a WSTRING; a character will do."""
        fitted = as_text(value, string(1, width))
        if fitted is None and value.type is not POISON:
            return self.wrong(name, value.at, "a STRING" if width == 1 else "a WSTRING", value.type)
        return fitted or value

    def _character(self, name: str, at: int, value: Expr, target: Scalar) -> Expr:
        """Characters are numbered by their code; what CHAR has not is a question mark."""
        families = ("char", "bits", "int", "uint")
        if not is_a(value, *families) or target.family not in families:
            self.scope.error(at, f"{name} is no conversion; characters convert to and from strings and codes")
            return poison(at)
        if is_a(value, "char") and target.family == "char" and target.bits < _bits(value):
            if isinstance(value, Const):
                assert not isinstance(value.value, bytes)
                return Const(target, at, value.value if value.value < 256 else ord("?"))
            return standard(target, at, "NARROW_CHARACTER", [value])
        return convert(value, target)

    def _to_text(self, name: str, at: int, value: Expr, width: int) -> Expr:
        """A value as a STRING or WSTRING."""
        type_ = base(value.type)
        if isinstance(type_, Scalar) and type_.family == "char":
            value = characters(value, type_.size)
        elif not isinstance(type_, String):
            value = self._to_string(name, at, value)
        if not isinstance(value.type, String) or value.type.width == width:
            return value
        return standard(string(value.type.capacity, width), at, "WIDEN" if width == 2 else "NARROW", [value])

    def _from_text(self, name: str, at: int, value: Expr, target: Scalar) -> Expr:
        """What a STRING or WSTRING says; as a character its first one, zero when it is empty."""
        assert isinstance(value.type, String)
        if target.family == "char":
            first = standard(value.type.character, at, "FIRST", [value])
            return first if same(value.type.character, target) else self._character(name, at, first, target)
        return self._from_string(name, at, self._to_text(name, at, value, 1), target)

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
        if target.family in ("time", "date", "tod", "dt"):
            moment = self.in_st(f"__READ_{target.family.upper()}", at, [value])
            return moment if moment.type is POISON else convert(moment, target)
        if target.family in ("int", "uint", "bits"):
            return self._whole(at, value, target)
        return standard(target, at, "FROM_STRING", [value])

    def _whole(self, at: int, value: Expr, target: Scalar) -> Expr:
        """The whole number that a text begins with, 0 if none; beyond the range the nearest end of it."""
        long = ELEMENTARY["ULINT" if target.bits == 64 and not target.signed else "LINT"]
        number = self.in_st(f"__READ_{long.name}", at, [value])
        if number.type is POISON or target.bits == 64:
            return number if number.type is POISON else convert(number, target)
        low, high = (Const(long, at, end) for end in target.range)
        return convert(standard(long, at, "MIN", [standard(long, at, "MAX", [number, low]), high]), target)


def _width(name: str) -> int:
    """Bytes of the characters of a STRING or WSTRING."""
    return 2 if name == "WSTRING" else 1


def _bits(value: Expr) -> int:
    found = machine(value.type)
    assert found is not None
    return found.bits
