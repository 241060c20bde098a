"""Conditional compilation by pragmas: {IF defined (NAME)} {ELSIF ...} {ELSE} {END_IF}, {define NAME}."""

from __future__ import annotations

import re

_FORM = re.compile(r"\{\s*(IF|ELSIF|ELSE|END_IF|DEFINE|UNDEFINE)\b(.*)\}", re.IGNORECASE | re.DOTALL)
_TERM = re.compile(r"\s*(NOT\b|AND\b|OR\b|[()]|(\w+)\s*\(\s*(?:\w+\s*:)?\s*(\w*)[^)]*\)|\w+)", re.IGNORECASE)


class Conditions:
    """Which part of a text counts; only names given by {define NAME} are defined."""

    def __init__(self) -> None:
        self._open: list[tuple[bool, bool]] = []  # (this part counts, some part counted)
        self._defined: set[str] = set()

    @property
    def active(self) -> bool:
        """Whether the text here counts."""
        return all(counts for counts, _ in self._open)

    def take(self, pragma: str) -> bool:
        """Whether the pragma was one of these."""
        found = _FORM.fullmatch(pragma)
        if found is None:
            return False
        word, rest = found.group(1).upper(), found.group(2)
        if word == "IF":
            truth = self._truth(rest)
            self._open.append((truth, truth))
        elif word == "DEFINE" and self.active:
            self._defined.update(rest.upper().split()[:1])
        elif word == "UNDEFINE" and self.active:
            self._defined.difference_update(rest.upper().split()[:1])
        elif word in ("ELSIF", "ELSE") and self._open:
            _, some = self._open.pop()
            truth = not some and (word == "ELSE" or self._truth(rest))
            self._open.append((truth, some or truth))
        elif word == "END_IF" and self._open:
            self._open.pop()
        return True

    def _truth(self, text: str) -> bool:
        """`defined (NAME)` joined by NOT, AND, OR; every other test is false."""
        words: list[str] = []
        for found in _TERM.finditer(text):
            word = found.group(1).upper()
            if found.group(2):
                word = str(found.group(2).upper() == "DEFINED" and found.group(3).upper() in self._defined)
            words.append(word)
        return any(_all(part) for part in _split(words, "OR"))


def _split(words: list[str], at: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == at:
            parts.append([])
        elif word not in "()":
            parts[-1].append(word)
    return parts


def _all(words: list[str]) -> bool:
    """Tests joined by AND, each perhaps behind NOT."""
    return all((part[-1:] == ["True"]) != (part.count("NOT") % 2 == 1) for part in _split(words, "AND"))
