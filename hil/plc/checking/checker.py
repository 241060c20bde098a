"""Checks a project: collects its names, declares, checks every body, places the memory."""

from __future__ import annotations

import re

from hil.plc import layout
from hil.plc import syntax as s
from hil.plc.checking import located, overloads, paths, startup
from hil.plc.checking.check_calls import check_jumps, check_overrides, classes_of, dispatch_of, refuse_recursion
from hil.plc.checking.check_statements import Statements
from hil.plc.checking.configurations import instances_of
from hil.plc.checking.constants import Constants
from hil.plc.checking.scope import Names, Scope
from hil.plc.checking.units import Units, seen_from
from hil.plc.checking.vendor import Asked, Vendor, attach
from hil.plc.diagnostics import Report
from hil.plc.profiles import IEC, Profile
from hil.plc.tree import Project

STARTUP = "__STARTUP"
_WORD = re.compile(r"[^\W\d]\w*")


def check(units: list[s.Unit], report: Report, program: str | None = None, profile: Profile = IEC) -> Project:
    """The typed project; mistakes go to the report. `program` runs that one alone."""
    lost = frozenset(word for unit in units if unit.broken for word in _WORD.findall(unit.source.text.upper()))
    vendor = Vendor(profile)
    names = Names(report, Asked(vendor.type), Asked(vendor.block), lost=lost, profile=profile)
    names.vendor_enumeration = vendor.enumeration
    names.overloads = overloads.distinguish(units, by_base=profile.name == "siemens")
    _start(units, frozenset(vendor.index.units))
    _collect(units, names)
    attach(names, vendor)
    declarations = Units(names, vendor.index.related)
    for unit in units:
        for section in (*unit.sections, *(one for each in unit.configurations for one in each.sections)):
            declarations.announce(section, Scope(names, unit.source, prefixes=section.prefixes))
    attach(names, vendor)
    names.globals.ask = lambda upper: declarations.announce_library(vendor.variable(upper))
    for upper in list(names.type_declarations):
        declarations.declared_type(upper)
    _cover(units, names, declarations)
    names.globals.finish()
    _bodies(names, declarations)
    classes = classes_of(names)
    dispatch = dispatch_of(names, declarations, classes)
    check_overrides(names, declarations)
    refuse_recursion(names, dispatch)
    for pou in names.pous.values():
        check_jumps(pou, names)
    project = _place(units, names, declarations, program)
    project.classes, project.dispatch, project.places = classes, dispatch, names.places
    project.startup = [one for key, one in names.pous.items() if key.startswith(STARTUP)]
    return project


def _cover(units: list[s.Unit], names: Names, declarations: Units) -> None:
    """Finds out which bytes of %I, %Q and %M lie under variables that are no BOOL."""
    for unit in units:
        names.located.cover(unit.addresses)
    for unit, section, one in located.declarations(units):
        spot = located.spot_of(one.location, names.profile)
        if spot is not None and spot.bit < 0:
            scope = Scope(names, unit.source, prefixes=section.prefixes)
            names.located.over(spot, declarations.type_of(one.type, scope).size)


def _start(units: list[s.Unit], library: frozenset[str]) -> None:
    """Initial values to be worked out become statements; those of global variables a function of their source."""
    project = startup.Project.of(units, library)
    for number, unit in enumerate(units):
        for pou in unit.pous:
            startup.prepare(pou, project)
        sections = [*unit.sections, *(one for each in unit.configurations for one in each.sections)]
        for place, section in enumerate(sections):
            late = [one for one in section.variables if project.moving(one)]
            if not late:
                continue
            body = startup.assignments(late, project)
            for one in late:
                one.initial = None
            name, prefixes = f"{STARTUP}{number}_{place}", seen_from(section)
            unit.pous.append(s.Pou(0, "FUNCTION", name, None, [], body, unit.source, prefixes=prefixes))


def _collect(units: list[s.Unit], names: Names) -> None:
    for unit in units:
        for type_ in unit.types:
            _once(type_.name, type_.at, unit, names)
            dict.setdefault(names.type_declarations, type_.name.upper(), type_)
        for pou in unit.pous:
            if _is_ours(pou, unit, names):
                continue
            _once(pou.name, pou.at, unit, names)
            dict.setdefault(names.pou_declarations, pou.name.upper(), pou)


def _is_ours(pou: s.Pou, unit: s.Unit, names: Names) -> bool:
    """Whether a function without a body here, or with open types, is a standard function, which is ours to run."""
    if not pou.generic and not (pou.external and not pou.body):
        return False
    if Constants(Scope(names, unit.source)).has_standard(pou.short.upper()):
        return True
    if pou.generic:
        words = f"{pou.name} leaves {', '.join(pou.generic)} open; write one FUNCTION for each type"
        names.report.error(unit.source, pou.at, words)
    return bool(pou.generic)


def _once(name: str, at: int, unit: s.Unit, names: Names) -> None:
    upper = name.upper()
    first = dict.get(names.type_declarations, upper) or dict.get(names.pou_declarations, upper)
    if first is not None:
        place = f"{first.source.file}:{first.source.line(first.at)}"
        names.report.error(unit.source, at, f"{name} is already declared at {place}; choose another name")


def _bodies(names: Names, declarations: Units) -> None:
    waiting = list(names.pou_declarations)
    done: set[str] = set()
    while waiting:
        for upper in waiting:
            declarations.interface(upper)
        declarations.finish_pointers()
        for upper in [*waiting, *declarations.members]:
            if upper not in done:
                done.add(upper)
                _body(upper, names, declarations)
        waiting = [upper for upper in names.pou_declarations if upper not in done]  # standard blocks met on the way
    declarations.finish_pointers()


def _body(upper: str, names: Names, declarations: Units) -> None:
    declaration = declarations.members.get(upper) or names.pou_declarations[upper]
    pou = names.pous[upper]
    check = Statements(declarations.scope_of(declaration, pou), declarations)
    pou.body = check.whole(declaration)


def _place(units: list[s.Unit], names: Names, declarations: Units, program: str | None) -> Project:
    """Lays out header, globals and program instances."""
    image = bytearray(layout.HEADER)
    own = [one for one in names.globals.values() if not one.far]
    for variable in (*own, *names.statics, *names.singles.values()):
        image += bytes(-len(image) % variable.type.align)
        variable.offset = len(image)
        image += variable.image
    instances = instances_of(units, names, declarations, program)
    names.located.place(image)
    for instance in instances:
        memory = instance.pou.memory
        assert memory is not None
        if (single := names.singles.pop(instance.pou.name.upper(), None)) is not None:
            instance.offset = single.offset
        else:
            image += bytes(-len(image) % max(memory.align, 8))
            instance.offset = len(image)
            image += memory.image
        if instance.variable is not None:
            instance.variable.offset = instance.offset
        if instance.trigger is not None:
            instance.trigger.offset = len(image)
            image += bytes(1)
    image += bytes(-len(image) % 16)
    shown = [one for one in names.globals.values() if one.bit is None]
    project = Project(names.pous, shown, names.globals.sources, instances, image, names.profile)
    project.direct, project.located = names.located.named(), names.located_fields
    for unit in units:
        for configuration in unit.configurations:
            if program is None:
                paths.apply(configuration, project, declarations)
    return project
