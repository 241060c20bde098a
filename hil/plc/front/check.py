"""`hil plc check`: reads all files, finds who uses whom, and judges them in batches, each step within its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hil.errors import InputError, near
from hil.plc.diagnostics import Diagnostic, Missing
from hil.plc.formats import Lines, Unit
from hil.plc.front import batch as batches
from hil.plc.front.given import Given, Member, collect
from hil.plc.front.neighbours import Batch, Neighbours
from hil.plc.front.outcome import Outcome, Result
from hil.plc.front.reading import Reading, diagnostic, read
from hil.plc.front.workers import Answer, Task, answers
from hil.plc.profiles import profile_of

DIALECTS = {"auto": "", "st": "st", "exp": "codesys2", "codesys2": "codesys2", "twincat": "twincat",
            "plcopen": "plcopen", "ax": "ax", "scl": "scl"}  # fmt: skip
_FALLBACK = ("iec", "codesys", "siemens")  # for plain ST, which may be anybody's
_PROFILES = {"codesys2": ("codesys",), "twincat": ("codesys",), "ax": ("siemens",), "scl": ("siemens",)}
_FIRST = Unit("PROGRAM P VAR t : TON; END_VAR t(); END_PROGRAM", "", Lines(), "st")
_LEAST = 5.0  # seconds that a step has at least, for whatever the machine does besides
_LINE = 30  # bytes
_PACE = 1.5e-3  # seconds for a line, in each step


def check(
    paths: Sequence[Path], dialect: str = "auto", profile: str | None = None, libraries: Sequence[Path] = ()
) -> Outcome:
    """Judges files and projects; `libraries` are seen by them and not judged.

    Raises: InputError for paths, dialects and profiles that are not there.
    """
    if dialect not in DIALECTS:
        raise InputError(f"no dialect '{dialect}'{near(dialect, DIALECTS) or '; use ' + ', '.join(DIALECTS)}")
    profiles = None if profile in (None, "auto") else (profile_of(profile).name,)
    # What the workers need is imported and made ready once, here: they are copies of this process.
    batches.examine([batches.File("", (_FIRST,), True, True, None)], ("iec",))
    return _Check(collect(paths, libraries), DIALECTS[dialect], profiles).outcome()


@dataclass
class _Check:
    given: Given
    dialect: str
    profiles: tuple[str, ...] | None
    members: list[Member] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    results: dict[int, Result] = field(default_factory=dict)
    missing: dict[str, list[Missing]] = field(default_factory=dict)
    uses: dict[int, frozenset[str]] = field(default_factory=dict)  # the names that a file takes, itself included

    def outcome(self) -> Outcome:
        self._read()
        neighbours = Neighbours(self.readings, {place for place, one in enumerate(self.members) if one.aside})
        self._judge(neighbours, self._batches(neighbours))
        counts = self._count_uses()
        problems = [diagnostic(one.partition(".plcproj:")[0] + ".plcproj", one) for one in self.given.problems]
        results = [self.results[number] for number in sorted(self.results)]
        return Outcome(results, self.profiles is None, problems, self.given.libraries, counts)

    def _read(self) -> None:
        members = list(self.given.members.values())
        tasks = [
            Task(read, (one.path, one.sure, self.dialect), _LEAST + _size(one.path) / 30 * _PACE) for one in members
        ]
        found: dict[int, Reading] = {}
        for number, answer in answers(tasks):
            file = str(members[number].path)
            found[number] = answer.value if not answer.fault else Reading(file, found=(_at_start(file, answer),))
        kept = [number for number in sorted(found) if members[number].sure or found[number].source]
        self.members, self.readings = [members[one] for one in kept], [found[one] for one in kept]
        for number, one in enumerate(self.readings):
            if self.members[number].reported:
                good = not one.found
                self.results[number] = Result(
                    one.file, one.dialect, "", one.lines, good, good and not one.units, one.seconds, [*one.found]
                )

    def _profiles_of(self, one: Reading) -> tuple[str, ...]:
        if self.profiles is not None:
            return self.profiles
        return ("codesys",) if one.codesys else _PROFILES.get(one.dialect, _FALLBACK)

    def _batches(self, neighbours: Neighbours) -> list[Batch]:
        """A project is one batch; other files go together as far as they can."""
        projects: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        loose: dict[tuple[str, ...], list[int]] = {}
        for number, one in enumerate(self.readings):
            if not one.units or not self.members[number].reported:
                continue
            project, profiles = self.members[number].project, self._profiles_of(one)
            if project:
                projects.setdefault((project, profiles), []).append(number)
            else:
                loose.setdefault(profiles, []).append(number)
        found = [neighbours.together(roots, profiles, True) for (_, profiles), roots in projects.items()]
        for profiles, roots in loose.items():
            found += neighbours.apart(roots, profiles)
        return found

    def _judge(self, neighbours: Neighbours, waiting: list[Batch]) -> None:
        """Works through the batches; one that fails is split, until the file is found that makes it fail."""
        while waiting:
            tasks = [Task(batches.examine, self._task(neighbours, one), _LEAST + one.lines * _PACE) for one in waiting]
            again: list[Batch] = []
            for number, answer in sorted(answers(tasks), key=lambda one: one[0]):
                again += self._take(neighbours, waiting[number], answer)
            waiting = again
        for number, uses in sorted(self.uses.items()):
            self._twins(neighbours, number, uses)

    def _task(self, neighbours: Neighbours, batch: Batch) -> tuple[list[batches.File], tuple[str, ...]]:
        roots, files, own = {*batch.roots}, list[batches.File](), neighbours.own(batch)
        for number in sorted(batch.members):
            one = self.readings[number]
            files.append(
                batches.File(
                    one.file, one.units, number in roots, not one.found, None if number in batch.strict else own[number]
                )
            )
        return files, batch.profiles

    def _take(self, neighbours: Neighbours, batch: Batch, answer: Answer) -> list[Batch]:
        if answer.fault and len(batch.roots) > 1:
            roots = sorted(batch.roots, key=lambda one: (len(neighbours.used(one)), one))
            half, strict = len(roots) // 2, bool(batch.strict)
            return [neighbours.together(part, batch.profiles, strict) for part in (roots[:half], roots[half:])]
        lines, again = batch.lines or 1, list[int]()
        for number in batch.roots:
            result = self.results[number]
            result.seconds += answer.seconds * self.readings[number].lines / lines
            if answer.fault:
                result.compiled = False
                result.diagnostics.append(_at_start(result.file, answer))
                continue
            judged = answer.value.files[result.file]
            if len(batch.roots) > 1 and not batch.strict and judged.because & batch.bent:
                again.append(number)
                continue
            result.profile, result.compiled, result.lacks = judged.profile, judged.compiled, judged.lacks
            result.because = tuple(sorted(judged.because))
            result.diagnostics = sorted({*result.diagnostics, *judged.found})
            self.uses[number] = judged.uses
        if not answer.fault:
            for name, one in answer.value.missing.items():
                self.missing.setdefault(name, []).append(one)
        return [neighbours.together([one], batch.profiles, False) for one in again]

    def _twins(self, neighbours: Neighbours, number: int, uses: frozenset[str]) -> None:
        """A name that a file uses and that two files beside or below it declare is a mistake of the second.

        Files that are named one by one, as those of a collection, are no project: there the first is meant.
        """
        for name in sorted(uses):
            twins = neighbours.twins(number, name)
            second = self.results.get(twins[1]) if twins else None
            if second is None or self.members[twins[1]].project or any(self.members[one].alone for one in twins):
                continue
            first = self.readings[twins[0]]
            place, other = self.readings[twins[1]].declared[name], first.declared[name]
            words = f"{name} is already declared at {first.file}:{other[0]}; choose another name"
            line = Diagnostic(second.file, *place, words)
            second.compiled = False
            if line not in second.diagnostics:
                second.diagnostics.append(line)

    def _count_uses(self) -> dict[str, int]:
        """Leaves of the lines about one missing name the first, with the number of uses; gives that of all names."""
        counts, words = dict[str, int](), dict[tuple[str, int, int], str]()
        for _, several in sorted(self.missing.items()):
            first, *others = sorted(several, key=lambda one: one.place)
            uses = counts[first.name] = sum(one.uses for one in several)
            words |= {one.place: "" for one in others}
            words[first.place] = f" ({uses} uses)" if uses > 1 else " "
        for result in self.results.values():
            said = [(one, words.get((one.file, one.line, one.column), " ")) for one in result.diagnostics]
            result.diagnostics = [one._replace(message=(one.message + more).rstrip()) for one, more in said if more]
        return counts


def _size(path: Path) -> int:
    try:
        return min(path.stat().st_size, 1 << 25)
    except OSError:
        return 0


def _at_start(file: str, answer: Answer) -> Diagnostic:
    return Diagnostic(file, 1, 1, f"this file {answer.fault}; report it")
