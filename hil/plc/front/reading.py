"""One file to its units, what it declares and which words it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from hil.plc import syntax as s
from hil.plc.compiler import room
from hil.plc.diagnostics import Diagnostic, Placed, Report
from hil.plc.formats import Unit, read_file
from hil.plc.front.names import offered, routines, typed, wanted
from hil.plc.reading.checked_tests import parse_checked
from hil.plc.reading.parser import parse
from hil.plc.reading.test_blocks import IS_TEST

_PARTIAL = ("codesys2", "twincat", "scl")  # formats with one object of a project in a file
HEAD = 65536  # bytes of XML that tell who wrote it
_PLACE = re.compile(r":(\d+):(\d+): (?:error: )?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Reading:
    """What one file holds, all names in capitals.

    `declared` are its types and units with their places, `offered` its global variables and the values of its
    enumerations; `wanted` are names that may be those of others.
    """

    file: str
    dialect: str = ""
    lines: int = 0
    units: tuple[Unit, ...] = ()
    found: tuple[Diagnostic, ...] = ()
    declared: dict[str, tuple[int, int]] = field(default_factory=dict)
    offered: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()  # those that it uses as types
    routines: frozenset[str] = frozenset()  # those that it declares and that are none
    seconds: float = 0.0
    codesys: bool = False  # PLCopen XML that CODESYS wrote

    @property
    def source(self) -> bool:
        """Whether this is a PLC source at all, or something that must be one and is not."""
        return bool(self.dialect or self.found)


def read(path: Path, sure: bool, dialect: str) -> Reading:
    """A file with all that its neighbours and the report need of it."""
    start = perf_counter()
    file = read_file(path, sure, dialect)
    found = [diagnostic(str(path), one) for one in file.problems]
    declared = dict[str, tuple[int, int]]()
    has, wants, types, routine = set[str](), set[str](), set[str](), set[str]()
    with room():
        for unit in file.units:
            report = Report()
            tree = parsed(unit, report)
            found += report.found
            for one in units_of(tree):
                declared.setdefault(one.name.upper(), (tree.source.line(one.at), tree.source.column(one.at)))
            has |= offered(tree)
            wants |= wanted(tree)
            types |= typed(tree)
            routine |= routines(tree)
    codesys = file.dialect == "plcopen" and is_codesys(path)
    seconds = perf_counter() - start
    return Reading(
        str(path), file.dialect, file.lines, file.units, tuple(found), declared, frozenset(has), frozenset(wants),
        frozenset(types), frozenset(routine), seconds, codesys
    )  # fmt: skip


def units_of(tree: s.Unit) -> list[s.TypeDeclaration | s.Pou]:
    """The types and units that a source declares."""
    return [*tree.types, *tree.pous]


def is_codesys(path: Path) -> bool:
    """Whether a PLCopen XML file names the makers of CODESYS in its namespaces or its header."""
    with path.open("rb") as file:
        head = file.read(HEAD).lower()
    return b"3s-software.com" in head or b'productname="codesys' in head


def diagnostic(file: str, line: str) -> Diagnostic:
    """A problem of the readers, which is one line of text."""
    found = _PLACE.fullmatch(line.removeprefix(file))
    return Diagnostic(file, int(found[1]), int(found[2]), found[3]) if found else Diagnostic(file, 1, 1, line)


def parsed(unit: Unit, report: Report) -> s.Unit:
    """The tree of a unit; the variables of a list carry its name."""
    source = Placed(unit.file, unit.text, unit.place)
    source.partial = unit.dialect in _PARTIAL
    tree = parse_checked(source, report) if IS_TEST.search(unit.text) else parse(source, report)
    for section in tree.sections if unit.kind == "VAR_GLOBAL" else ():
        section.list = section.list or unit.name
    return tree
