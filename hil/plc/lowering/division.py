"""A module in several texts that are compiled one by one, for LLVM takes its time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cached_property

PART = 15_000  # lines of text with which a part is full
_NAME = re.compile(r"@[\w.$-]+")
_DEFINED = re.compile(r"^(?:define [^@\n]*)?(@[\w.$-]+)(?: =|\()", re.MULTILINE)


class Division:
    """The definitions of a module by the names that they define; those `apart` are there once, seen by all parts."""

    def __init__(self, frame: str, definitions: list[str], apart: Collection[str]) -> None:
        self._frame = frame  # what every part begins with
        self._definitions, self._apart = definitions, apart

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {name: one for one in self._definitions for name in _DEFINED.findall(one)}

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        return {one: set(_NAME.findall(one)) for one in self._definitions}

    @cached_property
    def apart(self) -> list[str]:
        """The units that are there once, in their order."""
        return [one for one in self._texts if one in self._apart]

    def parts(self, length: int = PART) -> list[str]:
        """Texts of about this many lines, each with all that it needs and the heads of what others have."""
        inside, groups, lines = self._needed(self.apart, ()), [list[str]()], 0
        for name in self.apart:
            if lines > length:
                groups.append([])
                lines = 0
            groups[-1].append(name)
            lines += self._texts[name].count("\n")
        groups.append([one for one in self._texts if one not in inside])
        return [self._part(group) for group in groups]

    def _needed(self, names: Iterable[str], ends: Iterable[str]) -> set[str]:
        """What is referred to from `names` on, without going through the `ends`."""
        found, waiting, stops = set[str](), list(names), set(ends)
        while waiting:
            name = waiting.pop()
            if name in self._texts and name not in found:
                found.add(name)
                waiting += self._names[self._texts[name]] - stops - found
        return found

    def _part(self, names: list[str]) -> str:
        needed, apart = self._needed(names, self.apart), set(self.apart)
        referred = {one for name in needed for one in self._names[self._texts[name]]} & apart - needed
        heads = [_declaration(self._texts[name]) for name in self._texts if name in referred]
        bodies = {self._texts[name]: name in apart for name in self._texts if name in needed}
        opened = [one.replace("define internal ", "define ", 1) if seen else one for one, seen in bodies.items()]
        return "\n".join([self._frame, *heads, *opened])


def _declaration(definition: str) -> str:
    head = definition[: definition.index("\n")].rpartition("{")[0]
    return head[: head.rindex(")") + 1].replace("define internal ", "declare ", 1)
