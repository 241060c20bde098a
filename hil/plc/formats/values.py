"""Expressions that are put together out of pieces, with parentheses where the precedence asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hil.plc.formats.parts import text_of
from hil.plc.formats.unit import Piece
from hil.plc.formats.xmltree import Element

ATOM, NOT, AND, OR, OTHER = range(5)
INFIX = {
    "ADD": "+", "SUB": "-", "MUL": "*", "DIV": "/", "MOD": "MOD", "EXPT": "**", "XOR": "XOR", "GT": ">", "GE": ">=",
    "EQ": "=", "LE": "<=", "LT": "<", "NE": "<>",
}  # fmt: skip
_CHAINED = frozenset(["GT", "GE", "EQ", "LE", "LT"])
_SIMPLE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.#%$'\"")


@dataclass(frozen=True, slots=True)
class Value:
    """An expression; `guard` is the Boolean that says whether the block before it ran at all (EN)."""

    pieces: tuple[Piece, ...]
    level: int = ATOM
    guard: str = ""

    @property
    def text(self) -> str:
        """What it says."""
        return text_of(self.pieces)


def atom(at: Element, text: str, guard: str = "") -> Value:
    """A name or literal that was made for an element."""
    return Value((at.made(text),), ATOM, guard)


def written(pieces: Sequence[Piece]) -> Value:
    """An expression as somebody wrote it."""
    text = text_of(pieces).strip()
    return Value(_stripped(pieces), ATOM if _SIMPLE.issuperset(text) or text[1:].isidentifier() else OTHER)


def _stripped(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Without the white space in front, whose place nobody needs, and behind."""
    found = [one for one in pieces if one.text.strip()]
    if found:
        first = found[0]
        bare = first.text.lstrip()
        cut = first.text[: len(first.text) - len(bare)]
        if first.exact and cut:
            breaks = cut.count("\n")
            column = len(cut) - cut.rfind("\n") if breaks else first.column + len(cut)
            first = Piece(bare, first.line + breaks, column)
        found[0] = first._replace(text=bare)
        found[-1] = found[-1]._replace(text=found[-1].text.rstrip())
    return tuple(found)


def bracketed(value: Value, at: Element, highest: int) -> tuple[Piece, ...]:
    """The pieces, in parentheses unless they bind as tightly as asked."""
    if value.level <= highest:
        return value.pieces
    return (at.made("("), *value.pieces, at.made(")"))


def negation(value: Value, at: Element) -> Value:
    """NOT value."""
    return Value((at.made("NOT "), *bracketed(value, at, ATOM)), NOT, value.guard)


def chain(values: Sequence[Value], word: str, at: Element) -> Value:
    """Values joined by AND or OR; TRUE is left out of AND and is all of OR."""
    rest = [one for one in values if one.text != "TRUE"]
    guard = joined_guards(values)
    if not rest or (word == "OR" and len(rest) < len(values)):
        return atom(at, "TRUE", guard)
    level = AND if word == "AND" else OR
    pieces = list(bracketed(rest[0], at, level)) if len(rest) > 1 else list(rest[0].pieces)
    for one in rest[1:]:
        pieces += [at.made(f" {word} "), *bracketed(one, at, level)]
    return Value(tuple(pieces), level if len(rest) > 1 else rest[0].level, guard)


def operation(name: str, values: Sequence[Value], at: Element) -> Value:
    """The standard operators, written between their operands; comparisons of several are pairs joined by AND."""
    if name in ("AND", "OR"):
        return chain(values, name, at)
    if name in _CHAINED and len(values) > 2:
        return chain([operation(name, pair, at) for pair in pairwise(values)], "AND", at)
    pieces = list(bracketed(values[0], at, ATOM))
    for one in values[1:]:
        pieces += [at.made(f" {INFIX[name]} "), *bracketed(one, at, ATOM)]
    return Value(tuple(pieces), OTHER, joined_guards(values))


def joined_guards(values: Sequence[Value]) -> str:
    """One condition out of those of several values."""
    return " AND ".join(dict.fromkeys(one.guard for one in values if one.guard))
