"""Runs tests in virtual time: each case, and each suite, from fresh memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil.plc.coverage import Coverage
from hil.plc.program import Fault, Memory, Program
from hil.plc.testing.framework import FAILURES, LEFT_OUT
from hil.plc.testing.project import Case, Suite, TestProject
from hil.plc.testing.results import Failure, Outcome

DISABLED = "DISABLED_"


@dataclass(frozen=True)
class Limits:
    """How many scans a suite may take, and the virtual time between them."""

    scans: int = 10_000
    period: int = 10_000_000  # ns


@dataclass
class Tests:
    """The outcomes of all tests, and what they executed."""

    outcomes: list[Outcome] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)


def run_tests(project: TestProject, limits: Limits | None = None) -> Tests:
    """Runs everything once."""
    tests, limits = Tests(), limits or Limits()
    for file, lines in project.refused.items():
        failures = tuple(_refusal(one) for one in lines)
        tests.outcomes.append(Outcome(Path(file).stem, "compiles", "refused", f"{file}:1:1", failures))
    for case in project.cases:
        tests.outcomes.append(_case(project, case, tests))
    for suite in project.suites:
        tests.outcomes += _Suite(project, suite, limits, tests).run()
    return tests


def _refusal(line: str) -> Failure:
    """A diagnostic: `file:line:column: error: words`."""
    place, _, words = line.partition(": error: ")
    return Failure(place, words, 0, 0)


@dataclass
class _State:
    """The framework's variables in the memory of a program."""

    program: Program
    memory: Memory

    def get(self, name: str) -> Any:
        return self.program.read(self.memory, f"__TEST_{name}")

    def set(self, name: str, value: Any) -> None:
        self.program.write(self.memory, f"__TEST_{name}", value)

    def taken(self) -> Iterator[tuple[int, int, str]]:
        """The failures since the last time: test, number of the place, words."""
        count = self.get("FAILED")
        for number in range(1, min(count, FAILURES) + 1):
            one = self.get(f"FAILURES[{number}]")
            words = f"expected {one['EXPECTED']}, actual {one['ACTUAL']}"
            yield one["CASE_"], one["PLACE"], words + (f": {one['MESSAGE']}" if one["MESSAGE"] else "")
        if count > FAILURES:
            yield 0, 0, f"{count - FAILURES} more failures in this scan"
        self.set("FAILED", 0)


def _faulted(fault: Fault) -> tuple[str, str]:
    return f"{fault.file}:{fault.line}:{fault.column}", f"PLC fault: {fault.kind}: {fault.message}"


def _case(project: TestProject, case: Case, tests: Tests) -> Outcome:
    """A TEST block or a method of a fixture: it runs once, and advances the time itself."""
    program, memory = project.program, project.program.new_memory()
    state = _State(program, memory)
    if case.name.upper().startswith(DISABLED):
        return Outcome(case.suite, case.name, "skipped", case.place)
    state.set("WHICH", case.number)
    state.set("NOW", 1)  # the only one
    fault = program.scan(memory, 0)
    now = state.get("CLOCK")
    failures = [Failure(project.places.words(place), words, 1, now) for _, place, words in state.taken()]
    if fault is not None:
        failures.append(Failure(*_faulted(fault), 1, now))
    tests.coverage += Coverage.of(program, memory)
    count = state.get("CASES[1].ASSERTIONS")
    verdict = "failed" if failures else "passed"
    return Outcome(case.suite, case.name, verdict, case.place, tuple(failures), 1, now, count)


class _Suite:
    """One suite of TcUnit. After a PLC fault it starts again without the test that made it."""

    def __init__(self, project: TestProject, suite: Suite, limits: Limits, tests: Tests) -> None:
        self._project, self._suite, self._limits, self._tests = project, suite, limits, tests
        self._left_out: list[str] = []
        self._faulted: dict[str, Failure] = {}
        self._failures: dict[int, dict[tuple[int, str], Failure]] = {}
        self._ended: dict[int, int] = {}  # scan in which a test was finished

    def run(self) -> list[Outcome]:
        """The outcomes of its tests, in the order in which they began."""
        while True:
            state, fault, scans = self._pass()
            self._tests.coverage += Coverage.of(state.program, state.memory)
            if fault is None:
                return self._outcomes(state, scans, "")
            number = state.get("NOW")
            name = state.get(f"CASES[{number}].NAME") if number > 0 else ""
            at = Failure(*_faulted(fault), scans, fault.t_ns)
            if not name or name in self._faulted or len(self._left_out) == LEFT_OUT:
                self._failures.setdefault(0, {})[0, str(at)] = at
                return self._outcomes(state, scans, f"the suite ended with a PLC fault at {at.place}")
            self._faulted[name] = at
            self._left_out.append(name)

    def _pass(self) -> tuple[_State, Fault | None, int]:
        """From fresh memory until every test is finished, a PLC fault, or the limit of scans."""
        program = self._project.program
        state, scan = _State(program, program.new_memory()), 0
        self._failures, self._ended = {}, {}
        for number, name in enumerate(self._left_out, 1):
            state.set(f"LEFT_OUT[{number}]", name)
        state.set("SUITE", self._suite.offset)
        for scan in range(1, self._limits.scans + 1):
            now = (scan - 1) * self._limits.period
            state.set("CLOCK", now)
            fault = program.scan(state.memory, now)
            self._note(state, scan, now)
            if fault is not None:
                return state, fault, scan
            if self._finished(state, scan):
                break
        return state, None, scan

    def _note(self, state: _State, scan: int, now: int) -> None:
        """Keeps each failure once: a test says the same in every scan until it is finished."""
        for number, place, words in state.taken():
            failure = Failure(self._project.places.words(place), words, scan, now)
            self._failures.setdefault(max(number, 0), {}).setdefault((place, words), failure)

    def _finished(self, state: _State, scan: int) -> bool:
        whole = True
        for number in range(1, state.get("COUNT") + 1):
            if state.get(f"CASES[{number}].FINISHED"):
                self._ended.setdefault(number, scan)
            elif not state.get(f"CASES[{number}].SKIPPED"):
                whole = False
        return whole

    def _outcomes(self, state: _State, scans: int, reason: str) -> list[Outcome]:
        suite, count = self._suite.name, state.get("COUNT")
        found = [self._outcome(state, number, scans, reason) for number in range(1, count + 1)]
        if outside := tuple(self._failures.get(0, {}).values()):
            found.append(Outcome(suite, "outside of every test", "error", "", outside, scans))
        return found

    def _outcome(self, state: _State, number: int, scans: int, reason: str) -> Outcome:
        suite, name = self._suite.name, state.get(f"CASES[{number}].NAME")
        count = state.get(f"CASES[{number}].ASSERTIONS")
        if name in self._faulted:
            fault = self._faulted[name]
            return Outcome(suite, name, "failed", fault.place, (fault,), fault.scan, fault.t_ns, count)
        if state.get(f"CASES[{number}].SKIPPED"):
            return Outcome(suite, name, "skipped")
        failures = [*self._failures.get(number, {}).values()]
        ended = self._ended.get(number, scans)
        now = (ended - 1) * self._limits.period
        if number not in self._ended:
            words = reason or f"did not finish within {scans} scans"
            failures.append(Failure("", words, scans, now))
        state_ = "failed" if failures else "passed"
        return Outcome(suite, name, state_, "", tuple(failures), ended, now, count)
