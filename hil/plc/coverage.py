"""What of the source was executed: statements, branches and conditions of a run, or of several together.

The numbers are those that `hil.plc.lowering.coverage` counts; docs/plc-testing.md says what each of them means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from hil.plc.program import Memory, Program


class Spot(NamedTuple):
    """A statement, the outcome of a branch or of a condition, or a unit, with its place."""

    kind: str
    unit: str
    file: str
    line: int
    column: int
    word: str
    number: int


class Share(NamedTuple):
    """How many of how many were covered."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """Of nothing, everything is covered."""
        return 100.0 * self.covered / self.total if self.total else 100.0


@dataclass(frozen=True)
class Coverage:
    """Counts by spot. Of two programs, or of two copies of one text, the same spot is counted together."""

    counts: Mapping[Spot, int] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program, memory: Memory) -> Coverage:
        """What a program has executed on this memory; nothing when it was compiled without coverage."""
        numbers = memory[program.counters : program.counters + 8 * len(program.probes)].view(np.uint64)
        counts: dict[Spot, int] = {}
        for one, count in zip(program.probes, numbers.tolist(), strict=True):
            spot = Spot(*one)
            counts[spot] = counts.get(spot, 0) + count
        return cls(counts)

    def __add__(self, other: Coverage) -> Coverage:
        counts = dict(self.counts)
        for spot, count in other.counts.items():
            counts[spot] = counts.get(spot, 0) + count
        return Coverage(counts)

    @property
    def files(self) -> list[str]:
        """The sources, by name."""
        return sorted({one.file for one in self.counts})

    def within(self, file: str, unit: str | None = None) -> Coverage:
        """What lies in a file, or in a unit of it."""
        chosen = {one: n for one, n in self.counts.items() if one.file == file and unit in (None, one.unit)}
        return Coverage(chosen)

    def spots(self, kind: str) -> Iterator[tuple[Spot, int]]:
        """Those of a kind, by place."""
        found = [(one, count) for one, count in self.counts.items() if one.kind == kind]
        yield from sorted(found, key=lambda each: (*each[0][2:5], each[0].number))

    def share(self, kind: str) -> Share:
        """Units, statements and branches that were executed; conditions that were both TRUE and FALSE."""
        if kind != "condition":
            found = [count for _, count in self.spots(kind)]
            return Share(sum(count > 0 for count in found), len(found))
        seen: dict[tuple[object, ...], set[str]] = {}
        for one, count in self.spots(kind):
            seen.setdefault((*one[2:5], one.number), set()).update({one.word} if count else ())
        return Share(sum(len(words) == 2 for words in seen.values()), len(seen))

    @property
    def lines(self) -> dict[int, int]:
        """How often each line's statements were executed, the most frequent of them; lines of one file."""
        found: dict[int, int] = {}
        for one, count in self.spots("statement"):
            found[one.line] = max(found.get(one.line, 0), count)
        return found

    def as_dict(self) -> dict[str, Any]:
        """The shares of everything, of each file and of each unit, as plain data."""
        files = {
            name: {**_shares(one), "units": {unit: _shares(one.within(name, unit)) for unit in one.units}}
            for name in self.files
            for one in [self.within(name)]
        }
        return {**_shares(self), "files": files}

    @property
    def words(self) -> str:
        """The shares in one line."""
        parts = [(word, self.share(kind)) for word, kind in KINDS.items() if word != "units"]
        return ", ".join(f"{one.covered} of {one.total} {word} ({one.percent:.1f} %)" for word, one in parts)

    @property
    def units(self) -> list[str]:
        """The units by place."""
        return [one.unit for one, _ in self.spots("unit")]

    def lcov(self) -> str:
        """The tracefile that lcov and its kind read: FN and FNDA for units, BRDA for branches, DA for lines."""
        return "".join(f"{line}\n" for name in self.files for line in _record(name, self.within(name)))


KINDS = {"statements": "statement", "branches": "branch", "conditions": "condition", "units": "unit"}


def _shares(one: Coverage) -> dict[str, Any]:
    found = {f"{word}": one.share(kind) for word, kind in KINDS.items()}
    return {word: {"covered": s.covered, "total": s.total, "percent": round(s.percent, 2)} for word, s in found.items()}


def _record(name: str, one: Coverage) -> Iterator[str]:
    yield "TN:"
    yield f"SF:{name}"
    units = [(spot, count) for spot, count in one.spots("unit")]
    for spot, _ in units:
        yield f"FN:{spot.line},{spot.unit}"
    for spot, count in units:
        yield f"FNDA:{count},{spot.unit}"
    yield from _totals("FN", one.share("unit"))
    yield from _branches(one)
    yield from _totals("BR", one.share("branch"))
    for line, count in sorted(one.lines.items()):
        yield f"DA:{line},{count}"
    yield f"LF:{len(one.lines)}"
    yield f"LH:{sum(count > 0 for count in one.lines.values())}"
    yield "end_of_record"


def _totals(word: str, share: Share) -> Iterator[str]:
    yield f"{word}F:{share.total}"
    yield f"{word}H:{share.covered}"


def _branches(one: Coverage) -> Iterator[str]:
    """A block for each decision of a line; `-` where the decision was never reached."""
    decisions: dict[tuple[int, int, int], list[int]] = {}
    for spot, count in one.spots("branch"):
        decisions.setdefault((spot.line, spot.column, spot.number), []).append(count)
    block = {line: 0 for line, _, _ in decisions}
    for (line, _, _), outcomes in decisions.items():
        reached = any(outcomes)
        for number, count in enumerate(outcomes):
            yield f"BRDA:{line},{block[line]},{number},{count if reached else '-'}"
        block[line] += 1
