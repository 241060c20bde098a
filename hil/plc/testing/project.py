"""Files with tests to a program that runs them one at a time, each from fresh memory."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from hil.errors import InputError
from hil.plc import syntax as s
from hil.plc.checking.checker import check
from hil.plc.compiler import packed
from hil.plc.diagnostics import Diagnostics, Placed, Report, Source
from hil.plc.formats import Unit, read_units
from hil.plc.lowering.coverage import Coverage
from hil.plc.profiles import Profile, profile_of
from hil.plc.program import Program, compiler_digest
from hil.plc.reading.assertions import Places, Rewriter, mockable
from hil.plc.reading.parser import parse
from hil.plc.reading.test_blocks import TestUnit, parse_tests
from hil.plc.testing import fixtures, framework, suites

MAIN = "__TESTS"


@dataclass(frozen=True)
class Case:
    """A TEST block or a test method of a fixture: what `number` makes the program run."""

    number: int
    suite: str
    name: str
    place: str


@dataclass(frozen=True)
class Suite:
    """An instance of a function block that extends FB_TestSuite."""

    name: str
    offset: int


@dataclass
class TestProject:
    """A compiled program with its tests."""

    program: Program
    places: Places
    cases: list[Case] = field(default_factory=list)
    suites: list[Suite] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)  # files with tests that do not compile


def open_tests(paths: Sequence[Path], profile: Profile | str = "auto", *, coverage: bool = False) -> list[TestProject]:
    """The tests of files and folders, which are one project; a program for each PROGRAM that runs suites of TcUnit.

    Raises: Diagnostics for mistakes in them, InputError when there are no tests.
    """
    found = read_units(paths)
    if mistakes := [one for one in found.problems if ".plcproj:" not in one]:  # what a list names may be elsewhere
        raise Diagnostics(mistakes)
    maker = _Maker([*found.units], profile, coverage)
    refused: dict[str, list[str]] = {}
    while True:
        try:
            made = maker.projects()
        except Diagnostics as wrong:
            maker = maker.without(wrong, refused)
        else:
            break
    if not any(one.cases or one.suites for one in made):
        raise InputError("no tests here; write TEST blocks, extend FB_TestSuite, or mark a class with {TestFixture}")
    made[0].notes += [line for lines in refused.values() for line in lines]
    made[0].refused = {file: lines for file, lines in refused.items() if file in maker.tested}
    return made


class _Maker:
    """Reads the units once to know what they are, and again for each program: the checker changes what it checks."""

    def __init__(self, units: list[Unit], profile: Profile | str, coverage: bool) -> None:
        self.units, self.coverage, self.texts = units, coverage, [one.text for one in units]
        read = [_parsed(one, Report()) for one in units]
        self.plain = [one.unit for one in read]
        self.suites = suites.declared(self.plain)
        chosen = _profile(units, self.suites) if profile == "auto" else profile
        self.profile = profile_of(chosen)
        self.tested = {one.unit.source.file for one in read if one.tests or self._has_tests(one.unit)}

    def _has_tests(self, unit: s.Unit) -> bool:
        return bool(fixtures.declared([unit])) or any(one.name.upper() in self.suites for one in unit.pous)

    def projects(self) -> list[TestProject]:
        """The programs of all runners, or the one of all tests.

        Raises: Diagnostics.
        """
        runners = suites.runners(self.plain) if self.suites else []
        return [self.make(one) for one in runners] or [self.make(None)]

    def without(self, mistakes: Diagnostics, refused: dict[str, list[str]]) -> _Maker:
        """The same without the files that have mistakes, as long as tests are left.

        Raises: Diagnostics, the first ones, when no test compiles.
        """
        wrong = [file for file in {one.file: None for one in self.units} if _of(file, mistakes.faults)]
        refused.update({file: _of(file, mistakes.faults) for file in wrong})
        if not wrong or not self.tested - refused.keys():
            raise Diagnostics([line for lines in refused.values() for line in lines] or mistakes.faults)
        left = _Maker([one for one in self.units if one.file not in wrong], self.profile, self.coverage)
        left.tested = self.tested
        return left

    def _read(self) -> list[TestUnit]:
        report = Report()
        found = [_parsed(one, report) for one in self.units]
        report.stop()
        return found

    def make(self, runner: s.Pou | None) -> TestProject:
        """The program of one runner; without one, of all tests and suites."""
        read, places = self._read(), Places()
        units = [one.unit for one in read]
        own = frozenset(one.name.upper() for unit in units for one in unit.pous)
        blocks, mocks = _rewritten(read, places, own)
        cases = [Case(n, *each) for n, each in enumerate(_cases(blocks), 1)]
        classes = fixtures.declared(units)
        _programs_as_blocks(units, blocks)
        main, notes, names = s.Unit(Source(framework.FILE, "")), list[str](), set[str]()
        if runner is None:
            calls = [f"t{one.number}" for one in cases]
            variables = [f"t{one.number} : __TEST_{one.number};" for one in cases]
            methods = list(fixtures.methods(classes, len(cases) + 1))
            cases += [Case(*one.case) for one in methods]
            main, notes = self._main(variables, calls, classes, methods)
            names = {MAIN}
        units = [*units, *_block_units(blocks), *self._framework(own), main]
        if any(re.search(r"(?i)\bMOCK", text) for text in self.texts):
            main.sections += mockable(units, mocks)
        names |= {*self.suites, *(one.name.upper() for one in classes)} | ({runner.name.upper()} if runner else set())
        program = self._compiled(units, runner.name if runner else MAIN, frozenset(names))
        placed = program.symbols.blocks(self.suites)
        found = [Suite(path if runner else type_, offset) for path, type_, offset in placed]
        return TestProject(program, places, cases, found, notes)

    def _main(
        self, variables: list[str], calls: list[str], classes: list[s.Pou], methods: list[fixtures.Method]
    ) -> tuple[s.Unit, list[str]]:
        """The PROGRAM that runs the test of a number, or the suites."""
        runnable, notes = suites.runnable(self.plain, self.suites)
        variables += [f"f{n} : {one.name};" for n, one in enumerate(classes)]
        variables += [f"s{n} : {name};" for n, name in enumerate(runnable)]
        tests = [(number, f"{name}();") for number, name in enumerate(calls, 1)]
        tests += [(one.case[0], one.text) for one in methods]
        body = "".join(f"IF __TEST_WHICH = {number} THEN {text} END_IF;\n" for number, text in tests)
        body += "IF __TEST_WHICH = 0 THEN RUN(); END_IF;\n" if runnable else ""
        report = Report()
        text = f"PROGRAM {MAIN} VAR {' '.join(variables)} END_VAR\n{body} END_PROGRAM"
        unit = parse(Source(framework.FILE, text), report)
        report.stop()
        return unit, notes

    def _framework(self, own: frozenset[str]) -> list[s.Unit]:
        texts = [framework.STATE] + ([framework.tcunit(self.texts)] if self.suites else [])
        report = Report()
        units = [parse(Source(framework.FILE, one), report) for one in texts]
        report.stop()
        for unit in units:
            unit.pous = [one for one in unit.pous if one.name.upper() not in own]
        return units

    def _compiled(self, units: list[s.Unit], program: str, left_out: frozenset[str]) -> Program:
        report = Report()
        project = check(units, report, program, self.profile)
        report.stop()
        left_out |= {framework.FILE}
        content = packed(project, Coverage(project.places, left_out) if self.coverage else None)
        whole = "\0".join([compiler_digest(), program, *self.texts])
        return Program(content, sha256(whole.encode("utf-8", "surrogatepass")).hexdigest())


def _parsed(unit: Unit, report: Report) -> TestUnit:
    """What a unit declares; the variables of a list carry its name."""
    found = parse_tests(Placed(unit.file, unit.text, unit.place), report)
    for section in found.unit.sections if unit.kind == "VAR_GLOBAL" else ():
        section.list = unit.name
    return found


def _of(file: str, faults: Sequence[str]) -> list[str]:
    return [one for one in faults if one.startswith(f"{file}:")]


def _profile(units: list[Unit], found: set[str]) -> str:
    """What the files were written for."""
    dialects = {one.dialect for one in units}
    if found or dialects & {"twincat", "codesys2", "plcopen"}:
        return "codesys"
    return "siemens" if dialects & {"ax", "scl"} or any("{TestFixture}" in one.text for one in units) else "iec"


def _rewritten(read: list[TestUnit], places: Places, own: frozenset[str]) -> tuple[list[TestUnit], set[str]]:
    """Rewrites every body; returns the units that have TEST blocks and the functions that they mock."""
    mocks: set[str] = set()
    for one in read:
        ax = bool(re.search(r"(?i)\b(?:USING|NAMESPACE)\s+AxUnit\.Assert\b", one.unit.source.text))
        rewriter = Rewriter(one.unit.source, places, own, mocks, ax)
        for pou in _bodies(one.unit):
            pou.body = rewriter.body(pou.body)
        for block in (one.setup, one.teardown, *one.tests):
            if block is not None:
                block.body = rewriter.body(block.body)
        one.unit.sections += [each for config in one.unit.configurations for each in config.sections]
        one.unit.configurations.clear()
    return [one for one in read if one.tests], mocks


def _bodies(unit: s.Unit) -> Iterator[s.Pou]:
    for pou in unit.pous:
        yield pou
        yield from pou.members


def _cases(blocks: list[TestUnit]) -> Iterator[tuple[str, str, str]]:
    for one in blocks:
        source = one.unit.source
        for test in one.tests:
            place = f"{source.file}:{source.line(test.at)}:{source.column(test.at)}"
            yield Path(source.file).stem, test.name, place


def _block_units(blocks: list[TestUnit]) -> Iterator[s.Unit]:
    """Each TEST as a function block: the variables and statements of SETUP first, those of TEARDOWN behind it."""
    number = 0
    for one in blocks:
        unit = s.Unit(one.unit.source)
        for test in one.tests:
            number += 1
            around = [each for each in (one.setup, one.teardown) if each is not None]
            sections = [copy.deepcopy(section) for each in around for section in each.sections] + test.sections
            before = copy.deepcopy(one.setup.body) if one.setup else []
            behind = copy.deepcopy(one.teardown.body) if one.teardown else []
            run = s.Invoke(test.at, s.Call(test.at, s.Name(test.at, "__BODY"), [], plain=True))
            pou = s.Pou(test.at, "FUNCTION_BLOCK", f"__TEST_{number}", None, sections, [*before, run, *behind],
                        one.unit.source)  # fmt: skip
            pou.members.append(s.Pou(test.at, "ACTION", "__BODY", None, [], test.body, one.unit.source))
            unit.pous.append(pou)
        yield unit


def _programs_as_blocks(units: list[s.Unit], blocks: list[TestUnit]) -> None:
    """A PROGRAM that a test declares an instance of is a function block there."""
    wanted = {name for one in blocks for each in (one.setup, *one.tests) if each for name in _types(each.sections)}
    for pou in (each for unit in units for each in unit.pous):
        if pou.kind == "PROGRAM" and pou.name.upper() in wanted:
            pou.kind = "FUNCTION_BLOCK"


def _types(sections: list[s.Section]) -> Iterator[str]:
    for one in (each for section in sections for each in section.variables):
        spec = one.type
        while isinstance(spec, s.ArrayType):
            spec = spec.element
        if isinstance(spec, s.NamedType):
            yield spec.name.rpartition(".")[2].upper()
