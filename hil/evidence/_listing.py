"""A source with what was executed of it, line by line, for the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hil.plc.coverage import Coverage

_AROUND = 3  # lines shown before and behind one that can be executed


@dataclass(frozen=True)
class Line:
    """A line of a source; `count` is None where nothing can be executed, `gaps` says what was never seen on it."""

    number: int
    text: str
    count: int | None = None
    gaps: str = ""
    skipped: bool = False  # some lines were left out before this one

    @property
    def state(self) -> str:
        """Of the line: `missed`, `partial`, `hit`, or nothing."""
        if self.count is None:
            return ""
        return "missed" if not self.count else "partial" if self.gaps else "hit"


@dataclass(frozen=True)
class Listing:
    """One file of a coverage."""

    file: str
    coverage: Coverage
    lines: tuple[Line, ...]


def listing(file: str, text: str, coverage: Coverage) -> Listing:
    """The lines of a file that can be executed, with those around them."""
    one = coverage.within(file)
    counts, gaps = one.lines, _gaps(one)
    shown, last = list[Line](), 0
    near = {line + offset for line in counts for offset in range(-_AROUND, _AROUND + 1)}
    for number, content in enumerate(text.splitlines(), 1):
        if number in near:
            count = counts.get(number)
            shown.append(Line(number, content, count, "; ".join(gaps.get(number, ())), number > last + 1))
            last = number
    return Listing(file, one, tuple(shown))


def _gaps(one: Coverage) -> dict[int, list[str]]:
    """What was never seen, by line, of the statements that were executed."""
    found: dict[int, list[str]] = {}
    for line, words in _missing(one):
        found.setdefault(line, []).append(words)
    return found


def _missing(one: Coverage) -> Iterator[tuple[int, str]]:
    reached = one.lines
    for spot, count in one.spots("branch"):
        if not count and reached.get(spot.line, 1):
            yield spot.line, f"branch {spot.word} never taken"
    for spot, count in one.spots("condition"):
        if not count and reached.get(spot.line, 1):
            yield spot.line, f"condition at column {spot.column} never {spot.word}"
