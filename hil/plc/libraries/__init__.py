"""Vendors' libraries, as far as programs name them: each unit is parsed when a program first asks for it.

A file `NAME.st` beside this one begins with `{profiles codesys ...}`, the profiles that see it. Its declarations begin
and end in the first column; NAMESPACE lines may stand around them. A unit behind `{external}` has no body here: it
compiles, and a run that calls it ends in a PLC fault that names it. What a program declares itself always goes first.
Functions of one name are overloads; `{each INT REAL}` writes one for each type, which stands where EACH is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from hil.plc import syntax as s
from hil.plc.diagnostics import Report, Source
from hil.plc.profiles import Profile
from hil.plc.reading.parser import parse

_HEAD = re.compile(r"\{profiles ([\w ]+)\}")
_PART = re.compile(
    r"^(?:NAMESPACE[ ]+(?P<space>[\w.]+)|(?P<close>END_NAMESPACE)|(?P<using>USING[ ][^;]+;)"
    r"|(?P<unit>(?:\{external\}\s*)?(?:\{each (?P<each>[\w ]+)\}\s*)?"
    r"(?P<kind>FUNCTION_BLOCK|FUNCTION|INTERFACE|CLASS|TYPE)\b"
    r"(?P<rest>.*?)\bEND_(?P=kind)\b;?[ \t]*$)|VAR_GLOBAL\b(?P<variables>.*?)^END_VAR)",
    re.MULTILINE | re.DOTALL,
)
_NAME = re.compile(r"\s*(?:(?:FINAL|ABSTRACT|PUBLIC|INTERNAL)\s+)*(\w+)")
_ENUMERATION = re.compile(r"\s*\w+\s*:\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*\w*\s*(?::=\s*\w+)?\s*;")
_VARIABLE = re.compile(r"^[ \t]+(\w+)\s*:(?!=).*?;", re.MULTILINE | re.DOTALL)
_RELATED = re.compile(r"\b(?:EXTENDS|IMPLEMENTS)\s+([\w.]+(?:\s*,\s*[\w.]+)*)")
_EACH = re.compile(r"(?<![A-Za-z])EACH(?![A-Za-z])")
_BLOCKS = ("FUNCTION_BLOCK", "FUNCTION", "INTERFACE", "CLASS")


@dataclass(frozen=True)
class Text:
    """One declaration as it is written, and where."""

    file: str
    line: int
    text: str

    def parsed(self) -> s.Unit:
        """The declaration; a library that cannot be read is a mistake of ours.

        Raises: Diagnostics.
        """
        report = Report()
        unit = parse(Source(self.file, "\n" * (self.line - 1) + self.text), report)
        report.stop()
        return unit


@dataclass
class Index:
    """The declarations that a profile sees, by name in capitals."""

    units: dict[str, Text] = field(default_factory=dict)
    types: dict[str, Text] = field(default_factory=dict)
    variables: dict[str, Text] = field(default_factory=dict)
    enumerators: dict[str, str] = field(default_factory=dict)  # the type of each
    overloads: dict[str, list[str]] = field(default_factory=dict)  # of functions with several, by their name
    related: set[str] = field(default_factory=set)  # units that extend others or are extended

    def add(self, file: str, text: str) -> None:
        """Takes note of what a file declares."""
        space, using = "", ""
        for found in _PART.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            if found["variables"] is not None:
                self._variables(file, line, found["variables"], (space, using))
            elif found["unit"] is not None:
                self._unit(file, line, found, (space, using))
            else:
                space = found["space"] or ("" if found["close"] else space)
                using = using + found["using"] if found["using"] else using if space else ""

    def _variables(self, file: str, line: int, rest: str, around: tuple[str, str]) -> None:
        """Each variable of a VAR_GLOBAL for itself."""
        space, prefix, close = _around(*around)
        words = rest[: rest.index("\n")]
        for one in _VARIABLE.finditer(rest):
            place = line + rest.count("\n", 0, one.start(1))
            body = f"{prefix}VAR_GLOBAL{words} {one[0].strip()} END_VAR{close}"
            self.variables.setdefault(f"{space}{one[1]}".upper(), Text(file, place, body))

    def _unit(self, file: str, line: int, found: re.Match[str], around: tuple[str, str]) -> None:
        space, prefix, close = _around(*around)
        kind, rest = found["kind"], found["rest"]
        named = _NAME.match(rest)
        assert named is not None
        upper = f"{space}{named[1]}".upper()
        for one in (found["each"] or "EACH").split():
            self._note(upper, kind, Text(file, line, prefix + _EACH.sub(one, found["unit"]) + close))
        if kind == "TYPE" and (values := _ENUMERATION.match(rest)) is not None:
            for name in values[1].split(","):
                self.enumerators.setdefault(name.partition(":=")[0].strip().upper(), upper)
        if kind in _BLOCKS and (above := _RELATED.findall(rest)):
            self.related |= {upper, *(one.strip().upper() for each in above for one in each.split(","))}

    def _note(self, upper: str, kind: str, text: Text) -> None:
        """A declaration; of functions with one name each has a number as well."""
        table = self.units if kind in _BLOCKS else self.types
        first = table.setdefault(upper, text)
        if kind == "FUNCTION" and first is not text:
            names = self.overloads.setdefault(upper, [f"{upper}(1)"])
            table[names[0]] = first
            names.append(f"{upper}({len(names) + 1})")
            table[names[-1]] = text


def _around(space: str, using: str) -> tuple[str, str, str]:
    """Before a name, before a declaration and behind it."""
    return (f"{space}.", f"NAMESPACE {space} {using} ", " END_NAMESPACE") if space else ("", "", "")


@cache
def index(profile: Profile) -> Index:
    """What the libraries of a profile declare."""
    found = Index()
    for one in sorted(resources.files("hil.plc.libraries").iterdir(), key=lambda each: each.name):
        if one.name.endswith(".st"):
            text = one.read_text("utf-8")
            head = _HEAD.search(text)
            assert head is not None
            if profile.name in head[1].split():
                found.add(f"library {one.name.removesuffix('.st')}", text)
    return found
