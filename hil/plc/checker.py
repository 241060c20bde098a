"""Checks a project: collects its names, declares, checks every body, places the memory."""

from __future__ import annotations

from hil.plc import layout, paths, prelude
from hil.plc import syntax as s
from hil.plc.check_statements import Statements
from hil.plc.configurations import instances_of
from hil.plc.declarations import Declarations
from hil.plc.diagnostics import Report
from hil.plc.profiles import IEC, Profile
from hil.plc.scope import Names, Scope
from hil.plc.tree import Pou, Project


class _Blocks(dict[str, s.Pou]):
    """Declared units by name in capitals, and behind them the standard function blocks."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self.profile = profile

    def get(self, key: str, default: s.Pou | None = None) -> s.Pou | None:  # type: ignore[override]
        return self[key] if key in self else default  # noqa: SIM401 (this is get)

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        found = prelude.block(key, self.profile) if isinstance(key, str) else None
        if found is not None:
            self[str(key)] = found
        return found is not None


def check(units: list[s.Unit], report: Report, program: str | None = None, profile: Profile = IEC) -> Project:
    """The typed project; mistakes go to the report. `program` runs that one alone."""
    broken = any(unit.broken for unit in units)
    names = Names(report, pou_declarations=_Blocks(profile), broken=broken, profile=profile)
    declarations = Declarations(names)
    _collect(units, names)
    for upper in list(names.type_declarations):
        declarations.declared_type(upper)
    for unit in units:
        for section in unit.sections:
            declarations.globals_of(section, Scope(names, unit.source))
        for configuration in unit.configurations:
            for section in configuration.sections:
                declarations.globals_of(section, Scope(names, unit.source))
    _bodies(names, declarations)
    _refuse_recursion(names)
    return _place(units, names, declarations, program)


def _collect(units: list[s.Unit], names: Names) -> None:
    for unit in units:
        for type_ in unit.types:
            _once(type_.name, type_.at, unit, names)
            names.type_declarations.setdefault(type_.name.upper(), type_)
        for pou in unit.pous:
            _once(pou.name, pou.at, unit, names)
            dict.setdefault(names.pou_declarations, pou.name.upper(), pou)


def _once(name: str, at: int, unit: s.Unit, names: Names) -> None:
    upper = name.upper()
    first = names.type_declarations.get(upper) or dict.get(names.pou_declarations, upper)
    if first is not None:
        place = f"{first.source.file}:{first.source.line(first.at)}"
        names.report.error(unit.source, at, f"{name} is already declared at {place}; choose another name")


def _bodies(names: Names, declarations: Declarations) -> None:
    waiting = list(names.pou_declarations)
    done: set[str] = set()
    while waiting:
        for upper in waiting:
            done.add(upper)
            declaration = names.pou_declarations[upper]
            pou = declarations.interface(upper)
            assert pou is not None
            scope = Scope(names, declaration.source, pou, declaration.broken)
            pou.body = Statements(scope, declarations.interface).body(declaration.body)
        waiting = [upper for upper in names.pou_declarations if upper not in done]  # standard blocks met on the way


def _refuse_recursion(names: Names) -> None:
    state: dict[str, int] = {}  # 1: on the path, 2: done

    def visit(pou: Pou) -> None:
        upper = pou.name.upper()
        state[upper] = 1
        for name, (callee, at) in pou.calls.items():
            if state.get(name) == 1:
                names.report.error(
                    pou.source,
                    at,
                    f"{pou.name} calls {callee.name}, which calls it again; recursion is not allowed",
                )
            elif name not in state:
                visit(callee)
        state[upper] = 2

    for pou in list(names.pous.values()):
        if pou.name.upper() not in state:
            visit(pou)


def _place(units: list[s.Unit], names: Names, declarations: Declarations, program: str | None) -> Project:
    """Lays out header, globals and program instances."""
    image = bytearray(layout.HEADER)
    for variable in names.globals.values():
        image += bytes(-len(image) % variable.type.align)
        variable.offset = len(image)
        image += variable.image
    instances = instances_of(units, names, declarations, program)
    for instance in instances:
        memory = instance.pou.memory
        assert memory is not None
        image += bytes(-len(image) % max(memory.align, 8))
        instance.offset = len(image)
        image += memory.image
        if instance.variable is not None:
            instance.variable.offset = instance.offset
        if instance.trigger is not None:
            instance.trigger.offset = len(image)
            image += bytes(1)
    image += bytes(-len(image) % 16)
    project = Project(names.pous, list(names.globals.values()), names.global_sources, instances, image, names.profile)
    for unit in units:
        for configuration in unit.configurations:
            if program is None:
                paths.apply(configuration, project, declarations)
    return project
