"""What came out for all files, as lines and as one JSON document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hil.plc.diagnostics import Diagnostic

SHORT = 100  # lines that a file counts for at least, when its time for a thousand lines is worked out


@dataclass
class Result:
    """One file: whether it could be read and became machine code, by which profile, in which time.

    `lacks`: something that it uses is missing or wrong elsewhere, and the statements that touch it were left out.
    """

    file: str
    dialect: str
    profile: str
    lines: int
    parsed: bool
    compiled: bool
    seconds: float
    diagnostics: list[Diagnostic] = field(default_factory=list)
    lacks: bool = False
    because: tuple[str, ...] = ()  # files that are wrong themselves and that it uses

    @property
    def pace(self) -> float:
        """Seconds for a thousand lines."""
        return 1000 * self.seconds / max(self.lines, SHORT)


@dataclass
class Outcome:
    """All files in the order of their names; `problems` are those of project files, `libraries` by project file."""

    results: list[Result]
    chosen: bool = False  # the profiles were chosen by dialect
    problems: list[Diagnostic] = field(default_factory=list)
    libraries: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)  # names that are nowhere, and how often they are used

    @property
    def parsed(self) -> int:
        """How many files could be read without a mistake."""
        return sum(one.parsed for one in self.results)

    @property
    def compiled(self) -> int:
        """How many files became machine code."""
        return sum(one.compiled for one in self.results)

    @property
    def good(self) -> bool:
        """Whether everything became machine code, with all that it uses."""
        return not self.problems and all(one.compiled and not one.lacks and not one.diagnostics for one in self.results)

    @property
    def worst(self) -> Result | None:
        """The file that took longest for its length."""
        return max(self.results, key=lambda one: one.pace, default=None)

    def lines(self) -> Iterator[str]:
        """One line for each diagnostic, then the count of files."""
        yield from (str(one) for one in self.problems)
        for one in self.results:
            yield from (str(each) for each in one.diagnostics)
        yield f"{len(self.results)} files, {self.parsed} parsed, {self.compiled} compiled"

    def notes(self) -> Iterator[str]:
        """What is worth knowing besides."""
        for project, names in self.libraries.items():
            if names and self.missing:
                yield f"{project}: asks for the libraries {', '.join(names)}"
        lacking = sum(one.compiled and one.lacks for one in self.results)
        if lacking:
            yield f"{lacking} of the compiled files use what is missing or wrong elsewhere and would not run without it"
        if self.chosen:
            counts = Counter(one.profile for one in self.results if one.profile)
            yield "profiles: " + (", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none")
        if self.worst is not None:
            yield f"worst time: {self.worst.pace:.2f} s per thousand lines ({self.worst.file})"

    def document(self) -> str:
        """The same as JSON."""
        worst = self.worst
        totals: dict[str, Any] = {"files": len(self.results), "parsed": self.parsed, "compiled": self.compiled}
        totals["seconds_per_1000_lines"] = None if worst is None else round(worst.pace, 4)
        totals["worst"] = None if worst is None else worst.file
        files = [
            {
                "file": one.file,
                "dialect": one.dialect,
                "profile": one.profile,
                "lines": one.lines,
                "parsed": one.parsed,
                "compiled": one.compiled,
                "lacks": one.lacks,
                "seconds": round(one.seconds, 6),
                "because": one.because,
                "diagnostics": [each._asdict() for each in one.diagnostics],
            }
            for one in self.results
        ]
        whole = {
            "files": files,
            "totals": totals,
            "problems": [one._asdict() for one in self.problems],
            "libraries": self.libraries,
            "missing": self.missing,
        }
        return json.dumps(whole, indent=1)
