"""The standard functions of strings (IEC 61131-3 table 34)."""

from __future__ import annotations

from hil.plc.checking.standard_base import StandardBase, is_a
from hil.plc.checking.values import as_text, convert, poison, standard
from hil.plc.tree import Expr
from hil.plc.types import ELEMENTARY, INT, LONGEST_STRING, String, string


class TextFunctions(StandardBase):
    """Checks them."""

    def _strings(self, name: str, arguments: list[Expr], numbers: int) -> list[Expr] | None:
        """Strings followed by `numbers` whole numbers (as LINT); None when that was reported."""
        split, found = len(arguments) - numbers, list[Expr]()
        for place, one in enumerate(arguments):
            one = self.settle(one)
            if place < split and (fitted := self._alike(one, found)) is None:
                kind = found[0].type.name.split("[")[0] if found else "STRING"
                self.wrong(name, one.at, f"a {kind}", one.type)
                return None
            if place >= split and not is_a(one, "int", "uint"):
                self.wrong(name, one.at, "a whole number", one.type)
                return None
            found.append(fitted if place < split and fitted else convert(one, ELEMENTARY["LINT"]))
        return found

    def _alike(self, one: Expr, before: list[Expr]) -> Expr | None:
        """A string, or a character as one, with characters like those before it; None otherwise."""
        if before:
            return as_text(one, before[0].type)
        return as_text(one, string(1)) or as_text(one, string(1, 2))

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
        first = checked[0].type
        assert isinstance(first, String)
        return standard(string(min(capacity, LONGEST_STRING), first.width), at, name, checked)


def together(arguments: list[Expr]) -> tuple[String, list[Expr]] | None:
    """Strings of one kind, characters among them as strings, in the longest one's type; None when they are none."""
    kinds = [one.type for one in arguments if isinstance(one.type, String)]
    if not kinds:
        return None
    texts = [text for one in arguments if (text := as_text(one, kinds[0])) is not None]
    lengths = [one.type.capacity for one in texts if isinstance(one.type, String)]
    return (string(max(lengths), kinds[0].width), texts) if len(texts) == len(arguments) else None
