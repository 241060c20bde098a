"""Sources and the diagnostics about them: one line each, `file:line:column: error: thing and cure`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property

from hil.errors import InputError

MOST = 100  # diagnostics per source; beyond that the text is not Structured Text at all


class Diagnostics(InputError):
    """All mistakes found in one compilation; `faults` holds one line each."""


class Source:
    """One text with its name; turns offsets into lines and columns."""

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


class Report:
    """Collects diagnostics in the order of their places, each place once."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, int, int], str] = {}

    def error(self, source: Source, at: int, text: str) -> None:
        """Notes one mistake; a second one at the same place is a consequence of the first and is dropped."""
        key = (source.file, source.line(at), source.column(at))
        if key not in self._lines and not self.full:
            self._lines[key] = f"{source.file}:{key[1]}:{key[2]}: error: {text}"

    def add(self, other: Report) -> None:
        """Takes over what another report has."""
        self._lines |= other._lines

    @property
    def full(self) -> bool:
        """Whether there are as many diagnostics as anybody will read."""
        return len(self._lines) >= MOST

    @property
    def lines(self) -> list[str]:
        """The diagnostics, by place."""
        return [self._lines[key] for key in sorted(self._lines)]

    def stop(self) -> None:
        """Ends the compilation when anything was reported.

        Raises: Diagnostics with every line.
        """
        if self._lines:
            raise Diagnostics(self.lines)
