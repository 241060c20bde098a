"""The functions of durations, dates and times of day (IEC 61131-3 tables 35 and 36)."""

from __future__ import annotations

from collections.abc import Callable

from hil.plc.checking.standard_base import StandardBase, is_a
from hil.plc.checking.values import operation, poison, standard
from hil.plc.tree import Expr
from hil.plc.types import ELEMENTARY, LINT, POISON, Scalar, base


def _table() -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for long in ("", "L"):
        time = f"{long}TIME"
        found |= {f"ADD_{time}": ("+", time, time), f"SUB_{time}": ("-", time, time)}
        for moment in (f"{long}TOD", f"{long}DT"):
            found |= {f"ADD_{moment}_{time}": ("+", moment, time), f"SUB_{moment}_{time}": ("-", moment, time)}
            found[f"SUB_{moment}_{moment}"] = ("-", moment, moment)
        found[f"SUB_{long}DATE_{long}DATE"] = ("-", f"{long}DATE", f"{long}DATE")
        found |= {name: (op, time, "") for op, name in (("*", f"MUL_{time}"), ("/", f"DIV_{time}"))}
    return found | {"MULTIME": ("*", "TIME", ""), "DIVTIME": ("/", "TIME", "")}


TYPED = _table()  # name: operator, type of the first argument, of the second ("" any number)
_JOINED = {
    "CONCAT_DATE_TOD": ("DATE", "TOD", "DT"), "CONCAT_DATE_LTOD": ("DATE", "LTOD", "LDT"),
    "CONCAT_LDATE_LTOD": ("LDATE", "LTOD", "LDT"),
}  # fmt: skip
_NOW = {"__SCAN_TIME": "TIME", "TIME": "TIME", "LTIME": "LTIME"}
Check = Callable[[str, int, list[Expr]], Expr]


class TimeFunctions(StandardBase):
    """Checks them. Those of the calendar are written in ST (prelude.st)."""

    def time_function(self, name: str) -> Check | None:
        """What checks a function of this name."""
        if name in TYPED:
            return self._typed_time
        if name in _JOINED:
            return self._joined_time
        if name in _NOW:
            return lambda name, at, arguments: standard(ELEMENTARY[_NOW[name]], at, "__SCAN_TIME", [])
        return {"__NS": self._nanoseconds, "__REFUSE": self._refused}.get(name)

    def _typed_time(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        op, one, other = TYPED[name]
        left = self.coerce(arguments[0], ELEMENTARY[one], f"{name}'s IN1")
        right = self.coerce(arguments[1], ELEMENTARY[other], f"{name}'s IN2") if other else arguments[1]
        if not other and not is_a(right, "int", "uint", "real", "any_int", "any_real"):
            return self.wrong(name, right.at, "a number as its second argument", right.type)
        return self.binary(op, at, left, right)

    def _joined_time(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        date, clock, result = _JOINED[name]
        left = self.coerce(arguments[0], ELEMENTARY[date], f"{name}'s IN1")
        right = self.coerce(arguments[1], ELEMENTARY[clock], f"{name}'s IN2")
        if left.type is POISON or right.type is POISON:
            return poison(at)
        return operation(ELEMENTARY[result], at, "+", [left, right])

    def _nanoseconds(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        """A time as its number in memory."""
        type_ = base(arguments[0].type)
        assert isinstance(type_, Scalar)
        return standard(LINT, at, name, arguments)

    def _refused(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        """Faults when its first argument holds; the second is the value that it names."""
        return standard(ELEMENTARY["BOOL"], at, name, arguments)
