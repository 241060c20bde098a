"""Checks a project: collects its names, declares, checks every body, places the memory."""

from __future__ import annotations

from hil.plc import layout, prelude
from hil.plc import syntax as s
from hil.plc.check_statements import Statements
from hil.plc.declarations import Declarations
from hil.plc.diagnostics import Report
from hil.plc.literals import SECOND
from hil.plc.profiles import IEC, Profile
from hil.plc.scope import Names, Scope
from hil.plc.standard import Constants
from hil.plc.tree import Const, Instance, Pou, Project
from hil.plc.types import POISON, TIME


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
    instances = _instances(units, names, declarations, program)
    for instance in instances:
        memory = instance.pou.memory
        assert memory is not None
        image += bytes(-len(image) % max(memory.align, 8))
        instance.offset = len(image)
        image += memory.image
    image += bytes(-len(image) % 16)
    return Project(names.pous, list(names.globals.values()), names.global_sources, instances, image, names.profile)


def _instances(units: list[s.Unit], names: Names, declarations: Declarations, program: str | None) -> list[Instance]:
    if program is not None:
        pou = names.pous.get(program.upper())
        if pou is None or pou.kind != "PROGRAM":
            known = [one.name for one in names.pous.values() if one.kind == "PROGRAM"]
            scope = Scope(names, units[0].source)
            scope.unknown(0, "PROGRAM called", program, known, f"the programs are {', '.join(known) or 'none'}")
            return []
        return [_alone(pou, _interval_of(units, pou, names))]
    found = [
        instance
        for unit in units
        for configuration in unit.configurations
        for instance in _configured(configuration, names)
    ]
    if not found:
        found = [_alone(one, None) for one in names.pous.values() if one.kind == "PROGRAM"]
    return sorted(found, key=lambda one: one.priority)  # stable: equal priorities keep the order of the text


def _alone(pou: Pou, interval: int | None) -> Instance:
    return Instance(pou.name, pou, 0, pou.source.file, pou.source.line(pou.at), interval, 0)


def _interval_of(units: list[s.Unit], pou: Pou, names: Names) -> int | None:
    for unit in units:
        for configuration in unit.configurations:
            for instance in _configured(configuration, names):
                if instance.pou is pou:
                    return instance.interval
    return None


def _configured(configuration: s.Configuration, names: Names) -> list[Instance]:
    scope, tasks = Scope(names, configuration.source), dict[str, tuple[int | None, int]]()
    for task in configuration.tasks:
        tasks[task.name.upper()] = _task(task, scope)
    found: list[Instance] = []
    for one in configuration.instances:
        pou = names.pous.get(one.type.upper())
        if pou is None or pou.kind != "PROGRAM":
            known = [each.name for each in names.pous.values() if each.kind == "PROGRAM"]
            scope.unknown(one.at, "PROGRAM called", one.type, known, "declare it")
            continue
        if one.task and one.task.upper() not in tasks:
            known = [each.name for each in configuration.tasks]
            scope.unknown(one.at, "TASK called", one.task, known, "declare it in the RESOURCE")
        interval, priority = tasks.get(one.task.upper(), (None, 1 << 16))
        line = configuration.source.line(one.at)
        found.append(Instance(one.name, pou, 0, configuration.source.file, line, interval, priority))
    return found


def _task(task: s.Task, scope: Scope) -> tuple[int | None, int]:
    """INTERVAL in ns (None: every scan) and PRIORITY (0 is the most urgent)."""
    check, interval, priority = Constants(scope), None, 0
    for key, node in task.properties.items():
        if key == "INTERVAL":
            value = check.constant(node, TIME, "INTERVAL")
            if value is not None and value.type is not POISON:
                interval = _positive(value, scope)
        elif key == "PRIORITY":
            priority = check.whole_constant(node, "PRIORITY") or 0
        else:
            scope.unknown(node.at, "property of a TASK called", key, ["INTERVAL", "PRIORITY"], "use INTERVAL")
    return interval, priority


def _positive(value: Const, scope: Scope) -> int | None:
    assert not isinstance(value.value, bytes)
    if value.value <= 0:
        scope.error(value.at, f"INTERVAL is {int(value.value) / SECOND} s; it must be longer than zero")
        return None
    return int(value.value)
