"""The standard functions (IEC 61131-3 tables 22 to 35): what they take and what they give."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hil.plc import syntax as s
from hil.plc.expressions import Expressions
from hil.plc.tree import Const, Expr, Standard
from hil.plc.types import (
    ANY_REAL,
    BOOL,
    DINT,
    ELEMENTARY,
    INT,
    LONGEST_STRING,
    LREAL,
    POISON,
    TIME,
    Scalar,
    String,
    Type,
    base,
    machine,
    same,
    string,
)
from hil.plc.values import convert, poison, pseudo, spoken

_OPERATORS = {
    "ADD": "+", "MUL": "*", "SUB": "-", "DIV": "/", "MOD": "MOD", "EXPT": "**", "AND": "AND", "OR":
    "OR", "XOR": "XOR",
    "GT": ">", "GE": ">=", "EQ": "=", "LE": "<=", "LT": "<", "NE": "<>",
}  # fmt: skip
_CHAINS = frozenset(("GT", "GE", "EQ", "LE", "LT"))  # a > b > c means a > b and b > c
_VARIADIC = frozenset(("ADD", "MUL", "AND", "OR", "XOR", *_CHAINS))
_REAL = frozenset(["SQRT", "LN", "LOG", "EXP", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2"])
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
    "REPLACE": 4, "FIND": 2, "ATAN2": 2, **dict.fromkeys(_REAL - {"ATAN2"}, 1),
}  # fmt: skip


class StandardFunctions(Expressions):
    """Checks calls of standard functions."""

    def standard_names(self) -> list[str]:
        """The names, for suggestions."""
        return [*_OPERATORS, *_COUNTS, "MAX", "MIN", "MUX", "CONCAT"]

    def standard_call(self, node: s.Call, name: str) -> Expr | None:
        """The call, or None when there is no such standard function."""
        check = self._checker(name)
        if check is None:
            return None
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
            "CONCAT": self._joined, "INSERT": self._joined, "REPLACE": self._joined,
            "__SCAN_TIME": self._scan_time,
        }  # fmt: skip
        if name in named:
            return named[name]
        return self._conversion(name)

    def _arguments(self, node: s.Call, name: str) -> list[Expr] | None:
        """The arguments in order; None when their number or names are wrong."""
        formals, given = _FORMALS.get(name, ("IN",)), node.arguments
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
        least = 0 if name.startswith("__") else 2 if name in _VARIADIC or name in ("MUX", "CONCAT") else 1
        if (wanted is not None and len(given) != wanted) or len(given) < least:
            words = f"{wanted}" if wanted is not None else f"at least {least}"
            self.scope.error(node.at, f"{name} takes {words} argument{'s' * (words != '1')}, here are {len(given)}")
            return None
        return [self.expression(one.value) for one in given if one.value is not None]

    def _wrong(self, name: str, at: int, wanted: str, found: Type) -> Expr:
        self.scope.error(at, f"{name} takes {wanted}, this is {spoken(found)}; convert it")
        return poison(at)

    def _operator(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        op = _OPERATORS[name]
        if name in _CHAINS and len(arguments) > 2:
            pairs = pairwise(arguments)
            tests = [self.binary(op, at, left, right) for left, right in pairs]
            return _fold(tests, lambda one, other: self.binary("AND", at, one, other))
        return _fold(arguments, lambda one, other: self.binary(op, at, one, other))

    def _real(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        wide = [convert(one, LREAL) if _is(one, "int", "uint") else one for one in arguments]
        for one in wide:
            if not _is(one, "real", "any_int", "any_real"):
                return self._wrong(name, one.at, "REAL or LREAL", one.type)
        typed = [one for one in wide if not pseudo(one.type)]
        if not typed:
            return Standard(ANY_REAL, at, name, wide)
        type_ = base(typed[0].type)
        for one in typed:
            type_ = self.meet(one, Const(type_, at, 0)) or type_
        return Standard(type_, at, name, [self.coerce(one, type_, "the argument") for one in wide])

    def _abs(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        value = arguments[0]
        if not _is(value, "int", "uint", "real", "any_int", "any_real"):
            return self._wrong(name, at, "a number", value.type)
        return value if _is(value, "uint") else Standard(base(value.type), at, name, [value])

    def _move(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        return arguments[0]

    def _not(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        return self.unary("NOT", at, arguments[0])

    def _trunc(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        value = self.settle(arguments[0])
        return convert(value, DINT, truncate=True) if _is(value, "real") else self._wrong(name, at, "REAL", value.type)

    def _shift(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        value, count = self.settle(arguments[0]), self.settle(arguments[1])
        if not _is(value, "bits", "int", "uint"):
            return self._wrong(name, at, "a bit string", value.type)
        if not _is(count, "int", "uint", "bits"):
            return self._wrong(name, count.at, "a whole number as its second argument", count.type)
        return Standard(base(value.type), at, name, [value, convert(count, ELEMENTARY["LINT"])])

    def _together(self, name: str, at: int, arguments: list[Expr]) -> tuple[Type, list[Expr]] | None:
        """The arguments in the one type they share; None when that was reported."""
        if all(isinstance(one.type, String) for one in arguments):
            longest = max(one.type.capacity for one in arguments if isinstance(one.type, String))
            return string(longest), arguments
        type_: Type | None = arguments[0].type
        for one in arguments[1:]:
            if type_ is not None and not same(type_, one.type):
                type_ = self.meet(Standard(type_, at, name, []) if not pseudo(type_) else arguments[0], one)
        if type_ is not None and pseudo(type_):
            return type_, arguments
        if type_ is None:
            words = " and ".join(dict.fromkeys(spoken(one.type) for one in arguments))
            self.scope.error(at, f"{name} takes values of one type, here are {words}; convert them")
            return None
        fitted = [self.coerce(one, type_, "the argument") for one in arguments]
        return None if any(one.type is POISON for one in fitted) else (type_, fitted)

    def _extreme(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        together = self._together(name, at, arguments)
        if together is None:
            return poison(at)
        type_, values = together
        if machine(type_) is None:
            return self._wrong(name, at, "numbers, durations or bit strings", type_)
        return _fold(values, lambda one, other: Standard(base(type_), at, name, [one, other]))

    def _limit(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        together = self._together(name, at, arguments)
        if together is None or machine(together[0]) is None:
            return poison(at) if together is None else self._wrong(name, at, "numbers", together[0])
        low, value, high = together[1]
        type_ = base(together[0])
        return Standard(type_, at, "MIN", [Standard(type_, at, "MAX", [value, low]), high])

    def _select(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        choice = self.coerce(arguments[0], BOOL, "SEL's G")
        together = self._together(name, at, arguments[1:])
        if together is None or choice.type is POISON:
            return poison(at)
        return Standard(together[0], at, name, [choice, *together[1]])

    def _mux(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        number = self.settle(arguments[0])
        if not _is(number, "int", "uint"):
            return self._wrong(name, number.at, "a whole number as its first argument", number.type)
        together = self._together(name, at, arguments[1:])
        if together is None:
            return poison(at)
        return Standard(together[0], at, name, [convert(number, ELEMENTARY["LINT"]), *together[1]])

    # ---- strings

    def _strings(self, name: str, arguments: list[Expr], numbers: int) -> list[Expr] | None:
        """Strings followed by `numbers` whole numbers (as LINT); None when that was reported."""
        split, found = len(arguments) - numbers, list[Expr]()
        for place, one in enumerate(arguments):
            one = self.settle(one)
            if place < split and not isinstance(one.type, String):
                self._wrong(name, one.at, "a STRING", one.type)
                return None
            if place >= split and not _is(one, "int", "uint"):
                self._wrong(name, one.at, "a whole number", one.type)
                return None
            found.append(one if place < split else convert(one, ELEMENTARY["LINT"]))
        return found

    def _len(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        checked = self._strings(name, arguments, 0)
        return poison(at) if checked is None else Standard(INT, at, name, checked)

    def _slice(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        checked = self._strings(name, arguments, len(arguments) - 1)
        return poison(at) if checked is None else Standard(checked[0].type, at, name, checked)

    def _joined(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        checked = self._strings(name, arguments, {"INSERT": 1, "REPLACE": 2}.get(name, 0))
        if checked is None:
            return poison(at)
        capacity = sum(one.type.capacity for one in checked if isinstance(one.type, String))
        return Standard(string(min(capacity, LONGEST_STRING)), at, name, checked)

    # ---- conversions

    def _conversion(self, name: str) -> Callable[[str, int, list[Expr]], Expr] | None:
        """X_TO_Y, TO_Y, X_TRUNC_Y, TRUNC_Y."""
        for word in ("TO", "TRUNC"):
            source, found, target = name.rpartition(f"{word}_")
            if found and target in (*ELEMENTARY, "STRING") and (not source or source.endswith("_")):
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
            return self._wrong(name, at, "a STRING", value.type)
        if target == "STRING":
            return value if isinstance(value.type, String) else self._to_string(name, at, value)
        if isinstance(value.type, String):
            return self._from_string(name, at, value, ELEMENTARY[target])
        if machine(value.type) is None:
            return self._wrong(name, at, "an elementary value", value.type)
        return convert(value, ELEMENTARY[target], truncate)

    def _to_string(self, name: str, at: int, value: Expr) -> Expr:
        if not _is(value, "bool", "int", "uint", "bits", "real", "time"):
            return self._wrong(name, at, "a number, BOOL or TIME", value.type)
        return Standard(string(32), at, "TO_STRING", [value])

    def _from_string(self, name: str, at: int, value: Expr, target: Scalar) -> Expr:
        if target.family not in ("bool", "int", "uint", "bits", "real"):
            self.scope.error(at, f"{name} is not supported; convert to a number first")
            return poison(at)
        return Standard(target, at, "FROM_STRING", [value])

    def _scan_time(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        return Standard(TIME, at, name, [])


def _is(expr: Expr, *families: str) -> bool:
    type_ = base(expr.type)
    return isinstance(type_, Scalar) and type_.family in families


def _fold(items: list[Expr], combine: Callable[[Expr, Expr], Expr]) -> Expr:
    found = items[0]
    for item in items[1:]:
        found = combine(found, item)
    return found
