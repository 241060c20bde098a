"""What the readers hand on: Structured Text, and where each character of it stands in its file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

MOST = 100  # problems of one file; beyond that nobody reads on


class Piece(NamedTuple):
    """Text with its place in the file: `exact` when each character stands there, otherwise made for that place."""

    text: str
    line: int
    column: int
    exact: bool = True


class Anchor(NamedTuple):
    """From this line and column of a unit's text on, the text belongs to this place of its file."""

    line: int
    column: int
    file_line: int
    file_column: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """Places of a unit's text in its file, by ascending line and column; lines and columns count from 1."""

    anchors: tuple[Anchor, ...] = (Anchor(1, 1, 1, 1, True),)

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the file of a line and column of the text."""
        at = bisect_right(self.anchors, (line, column), key=lambda one: (one.line, one.column)) - 1
        found = self.anchors[max(at, 0)]
        if not found.exact:
            return found.file_line, found.file_column
        if line == found.line:
            return found.file_line, found.file_column + column - found.column
        return found.file_line + line - found.line, column


@dataclass(frozen=True, slots=True)
class Unit:
    """Structured Text that the parser reads: one declaration where the format has them apart, a whole file otherwise.

    `dialect` is "st", "codesys2", "twincat", "plcopen", "ax" or "scl". `kind` (PROGRAM, TYPE, VAR_GLOBAL, ...) and
    `name` are empty where the text alone says so; the name of a VAR_GLOBAL is that of its list, as in `GVL.x`.
    """

    text: str
    file: str
    lines: Lines
    dialect: str
    kind: str = ""
    name: str = ""

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the file of a line and column of the text."""
        return self.lines.place(line, column)


def assemble(pieces: Iterable[Piece]) -> tuple[str, Lines]:
    """The text of the pieces and its places; neighbours in the file become one anchor."""
    anchors, texts = list[Anchor](), list[str]()
    line, column = 1, 1
    expected: tuple[int, int, bool] | None = None
    for text, file_line, file_column, exact in pieces:
        if not text:
            continue
        if (file_line, file_column, exact) != expected:
            anchors.append(Anchor(line, column, file_line, file_column, exact))
        breaks = text.count("\n")
        last = len(text) - text.rfind("\n")  # column behind the text, when it has a line break
        line, column = line + breaks, last if breaks else column + len(text)
        if exact:
            file_line, file_column = file_line + breaks, last if breaks else file_column + len(text)
        expected = (file_line, file_column, exact)
        texts.append(text)
    return "".join(texts), Lines(tuple(anchors)) if anchors else Lines()


class Findings:
    """Collects what is wrong in the files, what was left out on purpose, and the libraries that projects name."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.libraries: list[str] = []
        self._counts: dict[str, int] = {}

    def error(self, file: str, line: int, column: int, text: str) -> None:
        """Notes one mistake; `text` names the thing and the cure."""
        count = self._counts[file] = self._counts.get(file, 0) + 1
        if count <= MOST:
            self.problems.append(f"{file}:{line}:{column}: error: {text}")

    def note(self, file: str, line: int, column: int, text: str) -> None:
        """Notes something that was skipped and that no program needs."""
        self.notes.append(f"{file}:{line}:{column}: note: {text}")
