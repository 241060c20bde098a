"""What came of tests, in lines and as JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


_WORDS = {
    "passed": "passed", "failed": "failed", "error": "in error", "skipped": "skipped", "refused": "files do not compile"
}  # fmt: skip
_ERRORS = ("error", "refused")


@dataclass(frozen=True)
class Failure:
    """An assertion that did not hold, or a PLC fault; `scan` counts from 1."""

    place: str
    words: str
    scan: int
    t_ns: int

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.words}" + (f" (scan {self.scan}, t = {self.t_ns / 1e9:g} s)" if self.scan else "")


@dataclass(frozen=True)
class Outcome:
    """What came of one test: `state` is passed, failed, skipped, error (a fault outside of every test) or refused."""

    suite: str
    name: str
    state: str
    place: str = ""
    failures: tuple[Failure, ...] = ()
    scans: int = 0
    t_ns: int = 0  # virtual time that it took
    assertions: int = 0

    @property
    def lines(self) -> list[str]:
        """The test's line, and one for each failure."""
        word = {"passed": "PASS", "failed": "FAIL", "skipped": "SKIP", "error": "ERROR", "refused": "ERROR"}[self.state]
        return [f"{word:5} {self.suite}: {self.name}", *(f"      {one}" for one in self.failures)]


def closing(outcomes: Sequence[Outcome]) -> str:
    """How many tests there were, and what came of them."""
    counts = {state: sum(one.state == state for one in outcomes) for state in _WORDS}
    always = ("passed", "failed", "skipped")
    parts = [f"{count} {_WORDS[state]}" for state, count in counts.items() if count or state in always]
    return f"{len(outcomes) - counts['refused']} tests, {', '.join(parts)}"


def junit(outcomes: Sequence[Outcome]) -> str:
    """The file that CI servers read; times are virtual, so the same tests make the same file."""
    suites = ET.Element("testsuites")
    for name in dict.fromkeys(one.suite for one in outcomes):
        own = [one for one in outcomes if one.suite == name]
        suite = ET.SubElement(suites, "testsuite", name=_clean(name), tests=str(len(own)))
        for word, states in (("failures", ("failed",)), ("errors", _ERRORS), ("skipped", ("skipped",))):
            suite.set(word, str(sum(one.state in states for one in own)))
        suite.set("time", f"{sum(one.t_ns for one in own) / 1e9:g}")
        suite.extend(_case(one) for one in own)
    ET.indent(suites)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + ET.tostring(suites, encoding="unicode") + "\n"


def _case(one: Outcome) -> ET.Element:
    time = f"{one.t_ns / 1e9:g}"
    case = ET.Element("testcase", classname=_clean(one.suite), name=_clean(one.name), time=time)
    case.set("assertions", str(one.assertions))
    if one.place:
        file, line, _ = one.place.rsplit(":", 2)
        case.set("file", file)
        case.set("line", line)
    if one.state == "skipped":
        ET.SubElement(case, "skipped")
    for failure in one.failures[:1]:
        element = ET.SubElement(case, "error" if one.state in _ERRORS else "failure", message=_clean(failure.words))
        element.text = _clean("\n".join(map(str, one.failures)))
    return case


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
