"""Files checked together: diagnostics by file, and machine code for what is sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hil.blocks.native import verify
from hil.plc import syntax as s
from hil.plc.checking.checker import check
from hil.plc.compiler import room
from hil.plc.diagnostics import Diagnostic, Missing, Report, Source
from hil.plc.formats import Unit
from hil.plc.front.names import offered
from hil.plc.front.reading import parsed, units_of
from hil.plc.lowering.lower import lower_each
from hil.plc.profiles import PROFILES
from hil.plc.tree import Pou, Project


@dataclass(frozen=True)
class File:
    """A member of a batch. `own` are the names that it may declare; None when all (then a second one is a mistake)."""

    name: str
    units: tuple[Unit, ...]
    judged: bool
    sound: bool  # it could be read without a mistake
    own: frozenset[str] | None


@dataclass
class Judged:
    """What came out for one file."""

    compiled: bool
    profile: str
    found: list[Diagnostic] = field(default_factory=list)
    because: frozenset[str] = frozenset()  # the files that are wrong themselves and that it uses
    uses: frozenset[str] = frozenset()


@dataclass
class Findings:
    """What came out for a batch."""

    files: dict[str, Judged]
    missing: dict[str, Missing] = field(default_factory=dict)


def examine(files: list[File], profiles: tuple[str, ...]) -> Findings:
    """Judges the files of a batch by the first profile that takes each."""
    whole = Findings({})
    judged = [one.name for one in files if one.judged]
    for profile in profiles:
        found = _examined(files, profile, frozenset(judged))
        for name in judged:
            if name not in whole.files or found.files[name].compiled:
                whole.files[name] = found.files[name]
        whole.missing = whole.missing or found.missing
        judged = [one for one in judged if not found.files[one].compiled]
        if not any(one.sound and one.name in judged for one in files):
            break
    return whole


def _examined(files: list[File], profile: str, judged: frozenset[str]) -> Findings:
    with room():
        report, syntax = Report(), Report()
        units: list[s.Unit] = []
        for file in files:
            for unit in file.units:
                tree = parsed(unit, syntax)
                if not file.sound:
                    report.faulty.add(tree.source)
                units.append(_own(tree, file.own))
        report.faulty |= syntax.faulty
        project = check(units, report, None, PROFILES[profile])
        sound = _Soundness(units, project, report)
        for source in sound.lowered({one.source for one in units if one.source.file in judged}):
            report.faulty.add(source)
    by_file: dict[str, Judged] = {name: Judged(True, profile) for name in judged}
    for unit_ in units:
        if (one := by_file.get(unit_.source.file)) is not None:
            one.compiled &= unit_.source not in sound.unsound
            one.uses |= report.uses.get(unit_.source, set())
            one.because |= sound.because(unit_.source) - {unit_.source.file}
    for each in files:
        if each.name in by_file and not each.sound:
            by_file[each.name].compiled = False
    for diagnostic in report.found:
        if diagnostic.file in by_file:
            by_file[diagnostic.file].found.append(diagnostic)
    return Findings(by_file, report.missing)


def _own(tree: s.Unit, own: frozenset[str] | None) -> s.Unit:
    """The tree without declarations of names that mean those of another file here."""
    if own is not None:
        tree.types = [one for one in tree.types if one.name.upper() in own]
        tree.pous = [one for one in tree.pous if one.name.upper() in own]
    return tree


class _Soundness:
    """Which sources are free of mistakes, with everything that they use."""

    def __init__(self, units: list[s.Unit], project: Project, report: Report) -> None:
        self.units, self.project, self.report = units, project, report
        self._users: dict[Source, set[Source]] = {}
        owners: dict[str, set[Source]] = {}
        for unit in units:
            names = {one.name.upper() for one in units_of(unit)} | offered(unit)
            for name in names:
                owners.setdefault(name, set()).add(unit.source)
        for source, used in report.uses.items():
            for name in used:
                for owner in owners.get(name, ()):
                    self._users.setdefault(owner, set()).add(source)
        for pou in project.pous.values():
            for callee, _ in pou.calls.values():
                self._users.setdefault(callee.source, set()).add(pou.source)
        self.unsound: dict[Source, Source] = {}  # and the one that is wrong itself
        self._spread(report.faulty)

    def because(self, source: Source) -> set[str]:
        """The file that is wrong itself and that makes a source unsound, if any."""
        return {self.unsound[source].file} if source in self.unsound else set()

    def _spread(self, faulty: Iterable[Source]) -> None:
        waiting = [one for one in faulty if one not in self.unsound]
        self.unsound |= {one: one for one in waiting}
        for source in waiting:
            more = [one for one in self._users.get(source, ()) if one not in self.unsound]
            self.unsound |= dict.fromkeys(more, self.unsound[source])
            waiting += more

    def lowered(self, judged: set[Source]) -> set[Source]:
        """Translates what is sound and judged; gives the sources that could not be, each with a diagnostic."""
        failed = set[Source]()
        while sources := judged - self.unsound.keys():
            text, refused = lower_each(self._part(), self._roots(sources))
            if not refused:
                for source in self._refused_by_llvm(text, sorted(sources, key=lambda one: one.file)):
                    failed.add(source)
                break
            for pou, fault in refused.items():
                self._say(pou.source, pou.at, f"{type(fault).__name__} {fault}".strip())
                failed.add(pou.source)
            self._spread(failed)
        self._spread(failed)
        return failed

    def _refused_by_llvm(self, text: str, sources: list[Source]) -> list[Source]:
        """The sources whose code LLVM does not take, found by halves."""
        try:
            verify(text)
        except (RuntimeError, LookupError) as fault:
            if len(sources) == 1:
                self._say(sources[0], 0, str(fault).partition("\n")[0])
                return sources
            half = len(sources) // 2
            parts = (sources[:half], sources[half:])
            texts = [lower_each(self._part(), self._roots(part))[0] for part in parts]
            return [one for text, part in zip(texts, parts, strict=True) for one in self._refused_by_llvm(text, part)]
        return []

    def _say(self, source: Source, at: int, fault: str) -> None:
        words = "the compiler has no machine code for this"
        self.report.error(source, at, f"{words} ({fault}); report it with this file")

    def _roots(self, sources: Iterable[Source]) -> list[Pou]:
        wanted = {*sources}
        return [one for one in self.project.pous.values() if one.source in wanted]

    def _part(self) -> Project:
        """The project in which objects of unknown class never run what is not sound."""
        sound = {
            name: [(number, pou) for number, pou in table if pou.source not in self.unsound]
            for name, table in self.project.dispatch.items()
        }
        return replace(self.project, dispatch=sound, image=bytearray(self.project.image))
