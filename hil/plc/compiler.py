"""Text in, program out: parse, check, lower, optimise, and the symbol table beside the code."""

from __future__ import annotations

import gc
import json
import math
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hil.blocks.native import object_code, verify
from hil.blocks.workers import object_codes
from hil.plc import syntax as s
from hil.plc.checking.checker import check
from hil.plc.diagnostics import Diagnostics, Report, Source
from hil.plc.lowering.carried import PASSES, carried
from hil.plc.lowering.coverage import Coverage
from hil.plc.lowering.lower import Lowered, lower, lower_each
from hil.plc.profiles import IEC, Profile
from hil.plc.reading.parser import parse
from hil.plc.tree import Instance, Project
from hil.plc.types import Array, Enum, Field, Interface, Pointer, Struct, Subrange, Type, numpy_kind

LONG = 40_000  # lines of unoptimised LLVM text, of some 7,000 lines of source, up to which all optimisations are done
FRAMES = 20_000  # of Python, for nested expressions; the parser bounds the nesting


@contextmanager
def room() -> Iterator[None]:
    """Lets Python nest as deeply as the expressions that the parser takes, and not look for cycles in growing trees."""
    before, collects = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(before, FRAMES))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        if collects:
            gc.enable()


Text = tuple[str, str]  # a text and the name of its file


def build(texts: list[Text], program: str | None, profile: Profile = IEC, coverage: bool = False) -> bytes:
    """Symbol table, initial memory and object code in one piece, as Program reads it.

    With `coverage` the code counts what it executes (lowering/coverage.py).

    Raises: Diagnostics.
    """
    with room():
        project = checked_units(texts, program, profile)
        if not project.instances:
            raise Diagnostics(f"{texts[0][1]}:1:1: error: no PROGRAM in this text; declare one")
        return packed(project, Coverage(project.places) if coverage else None)


def packed(project: Project, coverage: Coverage | None = None) -> bytes:
    """Symbol table, initial memory and object code of a checked project."""
    with room():
        lowered = lower(project, coverage=coverage)
    codes = _codes(lowered)
    head = _head(project, len(lowered.image))
    head["locations"] = [[one.kind, one.file, one.line, one.column, one.message] for one in lowered.locations]
    if lowered.coverage is not None:
        head["coverage"] = [lowered.counters, lowered.coverage.probes]
    parts = [json.dumps(head).encode(), zlib.compress(lowered.image, 1), *codes]
    return struct.pack(f"<{1 + len(parts)}I", len(parts), *(len(one) for one in parts)) + b"".join(parts)


def _codes(lowered: Lowered) -> list[bytes]:
    """Loops want the vectoriser; a library of thousands of lines wants to run at all, so it is compiled in parts."""
    if lowered.text.count("\n") > LONG:
        return object_codes(lowered.division.parts(), opt=1, beside=[one[1:] for one in lowered.division.apart])
    text = None if lowered.loops or lowered.coverage else carried(lowered.text)
    if text is not None:
        return [object_code(text, opt=PASSES)]
    return [object_code(lowered.text, opt=3 if lowered.loops else 2)]


def checked(text: str, file: str, program: str | None = None, profile: Profile = IEC) -> Project:
    """The typed project of a text.

    Raises: Diagnostics.
    """
    return checked_units([(text, file)], program, profile)


def checked_units(texts: list[Text], program: str | None = None, profile: Profile = IEC) -> Project:
    """The typed project of several texts, which name each other's units in any order.

    Raises: Diagnostics.
    """
    report = Report()
    project = check([parse(Source(file, text), report) for text, file in texts], report, program, profile)
    report.stop()
    return project


def examine(texts: list[Text], profile: Profile = IEC) -> tuple[list[str], list[str]]:
    """The files that could be read, and all diagnostics; without any, every unit became valid code."""
    read, units, every = list[str](), list[s.Unit](), Report()
    with room():
        for text, file in texts:
            report = Report()
            units.append(parse(Source(file, text), report))
            every.add(report)
            read += [] if report.lines else [file]
        project = check(units, every, None, profile)
        if not every.lines:
            text, refused = lower_each(project, list(project.pous.values()))
            for fault in refused.values():
                raise fault
            verify(text)
    return read, every.lines


def _head(project: Project, size: int) -> dict[str, Any]:
    """The symbol table; variables of several programs stand behind their instances' names."""
    table, instances = _Types(), project.instances
    roots: list[list[Any]] = []
    for variable in project.globals:
        source = project.global_sources[variable.name.upper()]
        place = (source.file, source.line(variable.at))
        number = table.number(variable.type)
        kept = [variable.retain, variable.location]
        fixed = variable.constant is not None or variable.section == "constant"
        section = "global constant" if fixed else "global"
        roots.append([variable.name, number, variable.offset, section, variable.unit, *place, *kept])
    for variable in project.direct:
        kind = table.number(variable.type)
        roots.append([variable.name, kind, variable.offset, "direct", "", "", 0, False, variable.name])
    for one in instances:
        memory = one.pou.memory
        assert memory is not None
        if len(instances) == 1:
            roots += [table.entry(field, one.offset, one.retain) for field in _shown(memory)]
        else:
            roots.append(
                [one.name, table.number(memory), one.offset, "program", "", one.file, one.line, one.retain, ""]
            )
        prefix = "" if len(instances) == 1 else one.name + "."
        for pou, field, variable in project.located:
            if pou is one.pou:
                roots.append([prefix + field.name, *table.entry(field, variable.offset, one.retain)[1:]])
    for name in project.access:
        roots.append([name.name, table.number(name.type), name.offset, "access", "", name.file, name.line, False, ""])
    intervals = [one.interval for one in instances if one.interval is not None]
    return {
        "name": instances[0].pou.name if len(instances) == 1 else ", ".join(one.name for one in instances),
        "size": size,
        "period": math.gcd(*intervals) if intervals else None,
        "types": table.types,
        "roots": roots,
        "instances": [_instance(one) for one in instances],
        "prefixes": [instances[0].name, instances[0].pou.name] if len(instances) == 1 else [],
    }


def _instance(one: Instance) -> dict[str, Any]:
    return {
        "name": one.name, "type": one.pou.name, "task": one.task, "resource": one.resource,
        "configuration": one.configuration, "interval": one.interval, "priority": one.priority,
        "single": one.trigger is not None
    }  # fmt: skip


def _shown(type_: Struct) -> list[Field]:
    """The members that were declared."""
    return [one for one in type_.fields.values() if not one.name.startswith("__")]


class _Types:
    """Numbers the types that variables have."""

    def __init__(self) -> None:
        self.types: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}

    def number(self, type_: Type) -> int:
        if type_.name in self._numbers:
            return self._numbers[type_.name]
        one: dict[str, Any] = {"name": type_.name, "kind": numpy_kind(type_), "size": type_.size}
        if isinstance(type_, Array):
            one |= {"bounds": type_.bounds, "of": self.number(type_.element)}
        elif isinstance(type_, Struct):
            one |= {"fields": [self.entry(field, 0) for field in _shown(type_)], "block": type_.block}
        elif isinstance(type_, Enum):
            one["values"] = list(type_.values.values())
        elif isinstance(type_, Subrange):
            one["range"] = (type_.low, type_.high)
        elif isinstance(type_, Pointer | Interface):
            one["pointer"] = True
        self.types.append(one)
        self._numbers[type_.name] = len(self.types) - 1
        return len(self.types) - 1

    def entry(self, field: Field, offset: int, retain: bool = False) -> list[Any]:
        return [
            field.name,
            self.number(field.type),
            offset + field.offset,
            field.section,
            field.unit,
            field.file,
            field.line,
            retain or field.retain,
            field.location,
        ]
