"""The standard functions (IEC 61131-3 tables 22 to 35): what they take and what they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from hil.plc import syntax as s
from hil.plc.checking.standard_base import is_a
from hil.plc.checking.standard_convert import ConversionFunctions
from hil.plc.checking.standard_text import TextFunctions, together
from hil.plc.checking.standard_times import TYPED, TimeFunctions
from hil.plc.checking.values import convert, poison, pseudo, spoken, standard
from hil.plc.tree import Const, Convert, Expr
from hil.plc.types import (
    ANY_REAL,
    BOOL,
    DINT,
    ELEMENTARY,
    LONGEST_STRING,
    LREAL,
    POISON,
    Scalar,
    String,
    Type,
    base,
    machine,
    same,
    string,
)

_OPERATORS = {
    "ADD": "+", "MUL": "*", "SUB": "-", "DIV": "/", "MOD": "MOD", "EXPT": "**", "AND": "AND", "OR":
    "OR", "XOR": "XOR",
    "GT": ">", "GE": ">=", "EQ": "=", "LE": "<=", "LT": "<", "NE": "<>",
}  # fmt: skip
_TEXT = frozenset(("LEN", "LEFT", "RIGHT", "MID", "CONCAT", "INSERT", "DELETE", "REPLACE", "FIND"))
_CHAINS = frozenset(("GT", "GE", "EQ", "LE", "LT"))  # a > b > c means a > b and b > c
_VARIADIC = frozenset(("ADD", "MUL", "AND", "OR", "XOR", *_CHAINS))
_REAL = frozenset(["SQRT", "LN", "LOG", "EXP", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2"])
_ENDIAN = ("TO_BIG_ENDIAN", "TO_LITTLE_ENDIAN", "FROM_BIG_ENDIAN", "FROM_LITTLE_ENDIAN")
_FORMALS = {
    "SEL": ("G", "IN0", "IN1"), "LIMIT": ("MN", "IN", "MX"), "SHL": ("IN", "N"), "SHR": ("IN", "N"),
    "ROL": ("IN", "N"), "ROR": ("IN", "N"), "LEFT": ("IN", "L"), "RIGHT": ("IN", "L"), "MID": ("IN",
    "L", "P"),
    "INSERT": ("IN1", "IN2", "P"), "DELETE": ("IN", "L", "P"), "REPLACE": ("IN1", "IN2", "L", "P"),
    "FIND": ("IN1", "IN2"), "LEN": ("IN",), "EXPT": ("IN1", "IN2"), "ATAN2": ("Y", "X"), "MUX": ("K",),
}  # fmt: skip
_COUNTS = {
    "SUB": 2, "DIV": 2, "MOD": 2, "EXPT": 2, "NE": 2, "ABS": 1, "MOVE": 1, "NOT": 1, "TRUNC": 1, "SEL":
    3, "LIMIT": 3,
    "SHL": 2, "SHR": 2, "ROL": 2, "ROR": 2, "LEN": 1, "LEFT": 2, "RIGHT": 2, "MID": 3, "INSERT": 3,
    "DELETE": 3,
    "REPLACE": 4, "FIND": 2, "ATAN2": 2, **dict.fromkeys(_REAL - {"ATAN2"}, 1), "IS_VALID": 1, "IS_VALID_BCD": 1,
    **dict.fromkeys(_ENDIAN, 1), **dict.fromkeys(TYPED, 2), "CONCAT_DATE_TOD": 2, "CONCAT_DATE_LTOD": 2,
    "CONCAT_LDATE_LTOD": 2, "TIME": 0, "LTIME": 0,
}  # fmt: skip
_TEXTS = frozenset(["LEN", "LEFT", "RIGHT", "MID", "CONCAT", "INSERT", "DELETE", "REPLACE", "FIND"])
_CODESYS_NAMES = {"STR": "IN", "STR1": "IN1", "STR2": "IN2", "SIZE": "L", "LEN": "L", "POS": "P"}  # of their parameters


class StandardFunctions(TextFunctions, ConversionFunctions, TimeFunctions):
    """Checks calls of standard functions."""

    def standard_names(self) -> list[str]:
        """The names, for suggestions."""
        return [*_OPERATORS, *_COUNTS, "MAX", "MIN", "MUX", "CONCAT", *TYPED]

    def has_standard(self, name: str) -> bool:
        """Whether there is a standard function of this name in capitals."""
        general, _, suffix = name.rpartition("_")
        return self._checker(name) is not None or (suffix in ELEMENTARY and self._checker(general) is not None)

    def standard_call(self, node: s.Call, name: str) -> Expr | None:
        """The call, or None when there is no such standard function."""
        check = self._checker(name)
        if check is None:
            return self._typed_name(node, name)
        arguments = self._arguments(node, name)
        if arguments is None or any(one.type is POISON for one in arguments):
            return poison(node.at)
        return check(name, node.at, arguments)

    def _checker(self, name: str) -> Callable[[str, int, list[Expr]], Expr] | None:
        if name in _OPERATORS:
            return self._operator
        if name in _REAL:
            return self._real
        if name in ("SHL", "SHR", "ROL", "ROR"):
            return self._shift
        named: dict[str, Callable[[str, int, list[Expr]], Expr]] = {
            "ABS": self._abs, "MOVE": self._move, "NOT": self._not, "TRUNC": self._trunc, "SEL": self._select,
            "MUX": self._mux, "MAX": self._extreme, "MIN": self._extreme, "LIMIT": self._limit,
            "LEN": self._len,
            "FIND": self._len, "LEFT": self._slice, "RIGHT": self._slice, "MID": self._slice,
            "DELETE": self._slice,
            "IS_VALID": self._valid, "IS_VALID_BCD": self._valid, **dict.fromkeys(_ENDIAN, self._endian),
            "CONCAT": self._joined, "INSERT": self._joined, "REPLACE": self._joined,
        }  # fmt: skip
        if name in named:
            return named[name]
        return self.time_function(name) or self.conversion(name)

    def _typed_name(self, node: s.Call, name: str) -> Expr | None:
        """ADD_INT, SQRT_LREAL and their kind: the function with its values in that type."""
        general, _, suffix = name.rpartition("_")
        texts: dict[str, Type] = {"STRING": string(LONGEST_STRING), "WSTRING": string(LONGEST_STRING, 2)}
        types = ({} if general in _TEXT else ELEMENTARY) | texts
        if suffix not in types or general not in (*_OPERATORS, *_COUNTS, "MAX", "MIN", "MUX", "CONCAT"):
            return None
        arguments = self._arguments(node, general)
        check = self._checker(general)
        if arguments is None or check is None:
            return poison(node.at)
        type_, other = types[suffix], {"SEL": 0, "MUX": 0, "SHL": 1, "SHR": 1, "ROL": 1, "ROR": 1, "EXPT": 1}
        typed = [
            one
            if place == other.get(general) or (suffix in texts and is_a(one, "int", "uint", "any_int"))
            else self.coerce(one, type_, f"{name}'s argument")
            for place, one in enumerate(arguments)
        ]
        return poison(node.at) if any(one.type is POISON for one in typed) else check(general, node.at, typed)

    def _arguments(self, node: s.Call, name: str) -> list[Expr] | None:
        """The arguments in order; None when their number or names are wrong."""
        formals, given = _FORMALS.get(name, ("IN",)), node.arguments
        if name in _TEXTS and self.scope.names.profile.name == "codesys":
            given = [replace(one, name=_CODESYS_NAMES.get(one.name.upper(), one.name)) for one in given]
        if given and given[0].name:
            order = {formal: place for place, formal in enumerate(formals)}
            order |= {
                f"IN{number}": number + len(order) for number in range(len(given) + 1) if f"IN{number}" not in order
            }
            if any(one.name.upper() not in order or one.output for one in given):
                self.scope.error(node.at, f"{name} takes {', '.join(formals)}; write it {name}({', '.join(formals)})")
                return None
            given = sorted(given, key=lambda one: order[one.name.upper()])
        wanted = _COUNTS.get(name)
        least = (
            0
            if name in ("__SCAN_TIME", "TIME", "LTIME")
            else 2
            if name in _VARIADIC or name in ("MUX", "CONCAT")
            else 1
        )
        if (wanted is not None and len(given) != wanted) or len(given) < least:
            words = f"{wanted}" if wanted is not None else f"at least {least}"
            self.scope.error(node.at, f"{name} takes {words} argument{'s' * (words != '1')}, here are {len(given)}")
            return None
        return [self.expression(one.value) for one in given if one.value is not None]

    def _operator(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        op = _OPERATORS[name]
        if name in _CHAINS and len(arguments) > 2:
            pairs = pairwise(arguments)
            tests = [self.binary(op, at, left, right) for left, right in pairs]
            return _fold(tests, lambda one, other: self.binary("AND", at, one, other))
        return _fold(arguments, lambda one, other: self.binary(op, at, one, other))

    def _real(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        wide = [convert(one, LREAL) if is_a(one, "int", "uint") else one for one in arguments]
        for one in wide:
            if not is_a(one, "real", "any_int", "any_real"):
                return self.wrong(name, one.at, "REAL or LREAL", one.type)
        typed = [one for one in wide if not pseudo(one.type)]
        if not typed:
            return standard(ANY_REAL, at, name, wide)
        type_ = base(typed[0].type)
        for one in typed:
            type_ = self.meet(one, Const(type_, at, 0)) or type_
        return standard(type_, at, name, [self.coerce(one, type_, "the argument") for one in wide])

    def _abs(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        value = arguments[0]
        if not is_a(value, "int", "uint", "real", "any_int", "any_real"):
            return self.wrong(name, at, "a number", value.type)
        return value if is_a(value, "uint") else standard(base(value.type), at, name, [value])

    def _move(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        return arguments[0]

    def _not(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        return self.unary("NOT", at, arguments[0])

    def _trunc(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        value = self.settle(arguments[0])
        if is_a(value, "int", "uint", "bits") and self.scope.names.profile.implicit_conversions == "low bits":
            return convert(value, DINT)  # it becomes a REAL first, which changes nothing
        return convert(value, DINT, truncate=True) if is_a(value, "real") else self.wrong(name, at, "REAL", value.type)

    def _shift(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        value, count = self.settle(arguments[0]), self.settle(arguments[1])
        if not is_a(value, "bool", "bits", "int", "uint"):
            return self.wrong(name, at, "a bit string", value.type)
        if not is_a(count, "int", "uint", "bits"):
            return self.wrong(name, count.at, "a whole number as its second argument", count.type)
        places, type_ = convert(count, ELEMENTARY["LINT"]), base(value.type)
        if name == "SHR" and is_a(value, "int") and self.scope.names.profile.shift_of_signed == "sign":
            if isinstance(value, Convert) and value.temporary:
                return Convert(
                    type_, at, standard(value.operand.type, at, "SAR", [value.operand, places]), temporary=True
                )
            name = "SAR"
        return standard(type_, at, name, [value, places])

    def _together(self, name: str, at: int, arguments: list[Expr]) -> tuple[Type, list[Expr]] | None:
        """The arguments in the one type they share; None when that was reported."""
        if (texts := together(arguments)) is not None:
            return texts
        type_: Type | None = arguments[0].type
        for one in arguments[1:]:
            if type_ is not None and not same(type_, one.type):
                type_ = self.meet(standard(type_, at, name, []) if not pseudo(type_) else arguments[0], one)
        if type_ is not None and pseudo(type_):
            return type_, arguments
        if type_ is None:
            words = " and ".join(dict.fromkeys(spoken(one.type) for one in arguments))
            self.scope.error(at, f"{name} takes values of one type, here are {words}; convert them")
            return None
        fitted = [self.coerce(one, type_, "the argument") for one in arguments]
        return None if any(one.type is POISON for one in fitted) else (type_, fitted)

    def _extreme(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        alike = self._together(name, at, arguments)
        if alike is None:
            return poison(at)
        type_, values = alike
        if machine(type_) is None and not isinstance(type_, String):
            return self.wrong(name, at, "elementary values", type_)
        return _fold(values, lambda one, other: standard(base(type_), at, name, [one, other]))

    def _limit(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        alike = self._together(name, at, arguments)
        if alike is None:
            return poison(at)
        if machine(alike[0]) is None and not isinstance(alike[0], String):
            return self.wrong(name, at, "elementary values", alike[0])
        low, value, high = alike[1]
        type_ = base(alike[0])
        return standard(type_, at, "MIN", [standard(type_, at, "MAX", [value, low]), high])

    def _select(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        choice = self.coerce(arguments[0], BOOL, "SEL's G")
        alike = self._together(name, at, arguments[1:])
        if alike is None or choice.type is POISON:
            return poison(at)
        return standard(alike[0], at, name, [choice, *alike[1]])

    def _mux(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        number = self.settle(arguments[0])
        if not is_a(number, "int", "uint"):
            return self.wrong(name, number.at, "a whole number as its first argument", number.type)
        alike = self._together(name, at, arguments[1:])
        if alike is None:
            return poison(at)
        return standard(alike[0], at, name, [convert(number, ELEMENTARY["LINT"]), *alike[1]])

    def _valid(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        value, families = self.settle(arguments[0]), ("real",) if name == "IS_VALID" else ("bits",)
        if not is_a(value, *families):
            return self.wrong(name, at, "REAL or LREAL" if name == "IS_VALID" else "a bit string", value.type)
        if name == "IS_VALID":
            return standard(BOOL, at, name, [convert(value, LREAL)])
        return standard(BOOL, at, name, [convert(value, ELEMENTARY["LWORD"])])

    def _endian(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        """This machine is little-endian, so that one pair changes nothing."""
        value = self.settle(arguments[0])
        if not isinstance(base(value.type), Scalar):
            return self.wrong(name, at, "an elementary value", value.type)
        return value if "LITTLE" in name else standard(base(value.type), at, "__SWAP", [value])


def _fold(items: list[Expr], combine: Callable[[Expr, Expr], Expr]) -> Expr:
    found = items[0]
    for item in items[1:]:
        found = combine(found, item)
    return found
