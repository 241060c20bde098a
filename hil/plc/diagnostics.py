"""Sources and the diagnostics about them: one line each, `file:line:column: error: thing and cure`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from hil.errors import InputError

MOST = 100  # diagnostics per file; beyond that the text is not Structured Text at all


class Diagnostics(InputError):
    """All mistakes found in one compilation; `faults` holds one line each."""


class Source:
    """One text with its name; turns offsets into lines and columns.

    `partial`: its format has one object of a project in a file, and global variables in files of their own.
    """

    partial = False

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def line(self, at: int) -> int:
        """Line number (from 1) of the character at offset `at`."""
        return bisect_right(self._starts, at)

    def column(self, at: int) -> int:
        """Column (from 1) of the character at offset `at`."""
        return at - self._starts[self.line(at) - 1] + 1


class Placed(Source):
    """A text that a reader made of a file: its lines and columns are those of the file."""

    def __init__(self, file: str, text: str, place: Callable[[int, int], tuple[int, int]]) -> None:
        super().__init__(file, text)
        self._place = place

    def line(self, at: int) -> int:
        """Line number in the file of the character at offset `at` of the text."""
        return self._place(*self._spot(at))[0]

    def column(self, at: int) -> int:
        """Column in the file of the character at offset `at` of the text."""
        return self._place(*self._spot(at))[1]

    def _spot(self, at: int) -> tuple[int, int]:
        line = super().line(at)
        return line, at - self._starts[line - 1] + 1


class Diagnostic(NamedTuple):
    """One mistake and its place."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: error: {self.message}"


@dataclass
class Missing:
    """A name that is nowhere: where it is used first, how often and in which files; `slip`: it is a mistake there."""

    place: tuple[str, int, int]
    name: str
    slip: bool = True
    uses: int = 1
    files: set[str] = field(default_factory=set)


class Report:
    """Collects diagnostics in the order of their places, each place once, and which source each concerns.

    `faulty` are the sources in which something is wrong, said or not; `lacking` those that use what is declared
    nowhere, perhaps in a library that is not here; `uses` are the names that each source takes from others, in
    capitals; `missing` the names that are nowhere.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int], str] = {}
        self._counts: dict[str, int] = {}
        self.faulty: set[Source] = set()
        self.lacking: set[Source] = set()
        self.uses: dict[Source, set[str]] = {}
        self.missing: dict[str, Missing] = {}

    def error(self, source: Source, at: int, text: str) -> None:
        """Notes one mistake; a second one at the same place is a consequence of the first and is dropped."""
        self.faulty.add(source)
        self.note(source, at, text)

    def lack(self, source: Source, *, slip: bool = False) -> None:
        """Notes that a source uses a name that is nowhere; a slip of the pen is a mistake."""
        (self.faulty if slip else self.lacking).add(source)

    def note(self, source: Source, at: int, text: str) -> None:
        """Keeps the words of a diagnostic, whoever is to blame."""
        key = (source.file, source.line(at), source.column(at))
        count = self._counts.get(source.file, 0)
        if key not in self._found and count < MOST:
            self._found[key] = text
            self._counts[source.file] = count + 1

    def use(self, source: Source, name: str) -> None:
        """Notes that a source takes a name from another one, or from itself."""
        self.uses.setdefault(source, set()).add(name)

    def add(self, other: Report) -> None:
        """Takes over what another report has."""
        self._found |= other._found
        self.faulty |= other.faulty
        self.lacking |= other.lacking

    @property
    def found(self) -> list[Diagnostic]:
        """The diagnostics, by place."""
        return [Diagnostic(*key, self._found[key]) for key in sorted(self._found)]

    @property
    def lines(self) -> list[str]:
        """The diagnostics, by place, one line each."""
        return [str(one) for one in self.found]

    def stop(self) -> None:
        """Ends the compilation when anything was reported.

        Raises: Diagnostics with every line.
        """
        if self._found:
            raise Diagnostics(self.lines)
