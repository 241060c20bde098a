"""The standard functions of strings (IEC 61131-3 table 34)."""

from __future__ import annotations

from hil.plc.checking.standard_base import StandardBase, is_a
from hil.plc.checking.values import convert, poison, standard
from hil.plc.tree import Expr
from hil.plc.types import ELEMENTARY, INT, LONGEST_STRING, String, string


class TextFunctions(StandardBase):
    """Checks them."""

    def _strings(self, name: str, arguments: list[Expr], numbers: int) -> list[Expr] | None:
        """Strings followed by `numbers` whole numbers (as LINT); None when that was reported."""
        split, found = len(arguments) - numbers, list[Expr]()
        for place, one in enumerate(arguments):
            one = self.settle(one)
            if place < split and not isinstance(one.type, String):
                self.wrong(name, one.at, "a STRING", one.type)
                return None
            if place >= split and not is_a(one, "int", "uint"):
                self.wrong(name, one.at, "a whole number", one.type)
                return None
            found.append(one if place < split else convert(one, ELEMENTARY["LINT"]))
        return found

    def _len(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        checked = self._strings(name, arguments, 0)
        return poison(at) if checked is None else standard(INT, at, name, checked)

    def _slice(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        checked = self._strings(name, arguments, len(arguments) - 1)
        return poison(at) if checked is None else standard(checked[0].type, at, name, checked)

    def _joined(self, name: str, at: int, arguments: list[Expr]) -> Expr:
        checked = self._strings(name, arguments, {"INSERT": 1, "REPLACE": 2}.get(name, 0))
        if checked is None:
            return poison(at)
        capacity = sum(one.type.capacity for one in checked if isinstance(one.type, String))
        return standard(string(min(capacity, LONGEST_STRING)), at, name, checked)
