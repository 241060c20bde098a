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
from hil.plc.front.pruning import prune
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
    """What came out for one file: `compiled` when its own units became machine code."""

    compiled: bool
    profile: str
    found: list[Diagnostic] = field(default_factory=list)
    lacks: bool = False  # something that it uses is missing or wrong: its statements are left out
    because: frozenset[str] = frozenset()  # the files that are wrong or lack something themselves and that it uses
    uses: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether all of it became machine code."""
        return self.compiled and not self.lacks and not self.found

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """More is better."""
        return self.compiled, self.whole, -len(self.found)


@dataclass
class Findings:
    """What came out for a batch."""

    files: dict[str, Judged]
    missing: dict[str, Missing] = field(default_factory=dict)


def examine(files: list[File], profiles: tuple[str, ...]) -> Findings:
    """Judges the files of a batch by the profile that takes most of each, the first of equal ones."""
    whole = Findings({})
    judged = [one.name for one in files if one.judged]
    for profile in profiles:
        found = _examined(files, profile, frozenset(judged))
        for name in judged:
            if name not in whole.files or found.files[name].rank > whole.files[name].rank:
                whole.files[name] = found.files[name]
        whole.missing = whole.missing or found.missing
        judged = [one for one in judged if not whole.files[one].whole]
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
        touched = prune(project, report.faulty)
        wanted = {one.source for one in units if one.source.file in judged}
        failed = _Translation(project, report, wanted, touched).run()
    by_file: dict[str, Judged] = {name: Judged(True, profile) for name in judged}
    for unit_ in units:
        if (one := by_file.get(unit_.source.file)) is not None:
            one.compiled &= unit_.source not in failed and unit_.source not in report.faulty
            one.lacks |= unit_.source in sound.unsound or unit_.source in touched
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
        for section in tree.sections:
            section.variables = [one for one in section.variables if one.name.upper() in own]
    return tree


class _Soundness:
    """Which sources are free of mistakes and lack nothing, with everything that they use."""

    def __init__(self, units: list[s.Unit], project: Project, report: Report) -> None:
        users: dict[Source, set[Source]] = {}
        owners: dict[str, set[Source]] = {}
        for unit in units:
            names = {one.name.upper() for one in units_of(unit)} | offered(unit)
            for name in names:
                owners.setdefault(name, set()).add(unit.source)
        for source, used in report.uses.items():
            for name in used:
                for owner in owners.get(name, ()):
                    users.setdefault(owner, set()).add(source)
        for pou in project.pous.values():
            for callee, _ in pou.calls.values():
                users.setdefault(callee.source, set()).add(pou.source)
        waiting = [*report.faulty, *report.lacking]
        self.unsound = {one: one for one in waiting}  # and the one that is wrong itself
        for source in waiting:
            more = [one for one in users.get(source, ()) if one not in self.unsound]
            self.unsound |= dict.fromkeys(more, self.unsound[source])
            waiting += more

    def because(self, source: Source) -> set[str]:
        """The file that is wrong itself and that makes a source unsound, if any."""
        return {self.unsound[source].file} if source in self.unsound else set()


@dataclass
class _Translation:
    """Translates the judged sources; in `failed` those without machine code, each with a diagnostic if it is ours."""

    project: Project
    report: Report
    judged: set[Source]
    touched: set[Source]  # by what is missing: no wonder if these have no machine code
    failed: set[Source] = field(default_factory=set)

    def run(self) -> set[Source]:
        """Translates until nothing is refused any more."""
        while sources := self.judged - self.report.faulty - self.failed:
            text, refused = self._text(sources)
            if not refused:
                self._by_llvm(text, sorted(sources, key=lambda one: one.file))
                break
            for pou, fault in refused.items():
                self._fail(pou.source, pou.at, f"{type(fault).__name__} {fault}".strip())
                self._forget(pou)
        return self.failed

    def _text(self, sources: Iterable[Source]) -> tuple[str, dict[Pou, Exception]]:
        wanted = {*sources}
        roots = [one for one in self.project.pous.values() if one.source in wanted]
        return lower_each(replace(self.project, image=bytearray(self.project.image)), roots)

    def _forget(self, refused: Pou) -> None:
        """Empties a unit without machine code; when even that does not help, those that use it."""
        if refused.body:
            refused.body = []
            return
        for pou in self.project.pous.values():
            virtual = (one for method in pou.virtual for _, one in self.project.dispatch.get(method, []))
            if any(one is refused for one in (*(callee for callee, _ in pou.calls.values()), *virtual)):
                self.failed.add(pou.source)

    def _by_llvm(self, text: str, sources: list[Source]) -> None:
        """Fails the sources whose code LLVM does not take, found by halves."""
        try:
            verify(text)
        except (RuntimeError, LookupError) as fault:
            if len(sources) == 1:
                self._fail(sources[0], 0, str(fault).partition("\n")[0])
                return
            half = len(sources) // 2
            for part in (sources[:half], sources[half:]):
                self._by_llvm(self._text(part)[0], part)

    def _fail(self, source: Source, at: int, fault: str) -> None:
        self.failed.add(source)
        if source not in self.touched:
            words = "the compiler has no machine code for this"
            self.report.error(source, at, f"{words} ({fault}); report it with this file")
