"""Checks a project: collects its names, declares, checks every body, places the memory."""

from __future__ import annotations

from hil.plc import layout, prelude
from hil.plc import syntax as s
from hil.plc.check_calls import check_jumps, check_overrides, classes_of, dispatch_of, refuse_recursion
from hil.plc.check_statements import Statements
from hil.plc.diagnostics import Report
from hil.plc.expressions import Expressions
from hil.plc.literals import SECOND
from hil.plc.scope import Names, Scope
from hil.plc.startup import assignments, moving, prepare
from hil.plc.tree import Const, Instance, Pou, Project
from hil.plc.types import POISON, TIME
from hil.plc.units import Units

STARTUP = "__STARTUP"


class _Blocks(dict[str, s.Pou]):
    """Declared units by name in capitals, and behind them the standard function blocks."""

    def get(self, key: str, default: s.Pou | None = None) -> s.Pou | None:  # type: ignore[override]
        return self[key] if key in self else default  # noqa: SIM401 (this is get)

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        found = prelude.block(key) if isinstance(key, str) else None
        if found is not None:
            self[str(key)] = found
        return found is not None


def check(units: list[s.Unit], report: Report, program: str | None = None) -> Project:
    """The typed project; mistakes go to the report. `program` runs that one alone."""
    names = Names(report, pou_declarations=_Blocks(), broken=any(unit.broken for unit in units))
    _start(units)
    _collect(units, names)
    declarations = Units(names)
    for unit in units:
        for section in (*unit.sections, *(one for each in unit.configurations for one in each.sections)):
            declarations.announce(section, Scope(names, unit.source, prefixes=section.prefixes))
    for upper in list(names.type_declarations):
        declarations.declared_type(upper)
    names.globals.finish()
    _bodies(names, declarations)
    classes = classes_of(names)
    dispatch = dispatch_of(names, declarations, classes)
    check_overrides(names, declarations)
    refuse_recursion(names, dispatch)
    for pou in names.pous.values():
        check_jumps(pou, names)
    project = _place(units, names, declarations, program)
    project.classes, project.dispatch = classes, dispatch
    project.startup = [one for key, one in names.pous.items() if key.startswith(STARTUP)]
    return project


def _start(units: list[s.Unit]) -> None:
    """Initial values to be worked out become statements; those of global variables a function of their source."""
    interfaces = frozenset(one.short.upper() for unit in units for one in unit.pous if one.kind == "INTERFACE")
    for number, unit in enumerate(units):
        for pou in unit.pous:
            prepare(pou, interfaces)
        sections = [*unit.sections, *(one for each in unit.configurations for one in each.sections)]
        late = [(one, section) for section in sections for one in section.variables if moving(one, interfaces)]
        if not late:
            continue
        body = assignments([one for one, _ in late])
        for one, _ in late:
            one.initial = None
        section = late[0][1]
        name = f"{STARTUP}{number}"
        unit.pous.append(s.Pou(0, "FUNCTION", name, None, [], body, unit.source, prefixes=section.prefixes))


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


def _bodies(names: Names, declarations: Units) -> None:
    waiting = list(names.pou_declarations)
    done: set[str] = set()
    while waiting:
        for upper in waiting:
            declarations.interface(upper)
        for upper in [*waiting, *declarations.members]:
            if upper not in done:
                done.add(upper)
                _body(upper, names, declarations)
        waiting = [upper for upper in names.pou_declarations if upper not in done]  # standard blocks met on the way
    for resolve in declarations.pointers:
        resolve()


def _body(upper: str, names: Names, declarations: Units) -> None:
    declaration = declarations.members.get(upper) or names.pou_declarations[upper]
    pou = names.pous[upper]
    check = Statements(declarations.scope_of(declaration, pou), declarations)
    pou.body = check.whole(declaration)


def _place(units: list[s.Unit], names: Names, declarations: Units, program: str | None) -> Project:
    """Lays out header, globals and program instances."""
    image = bytearray(layout.HEADER)
    for variable in (*names.globals.values(), *names.statics, *names.direct.values(), *names.singles.values()):
        image += bytes(-len(image) % variable.type.align)
        variable.offset = len(image)
        image += variable.image
    instances = _instances(units, names, declarations, program)
    for instance in instances:
        memory = instance.pou.memory
        assert memory is not None
        if (single := names.singles.pop(instance.pou.name.upper(), None)) is not None:
            instance.offset = single.offset
            continue
        image += bytes(-len(image) % max(memory.align, 8))
        instance.offset = len(image)
        image += memory.image
    image += bytes(-len(image) % 16)
    return Project(names.pous, list(names.globals.values()), names.globals.sources, instances, image)


def _instances(units: list[s.Unit], names: Names, declarations: Units, program: str | None) -> list[Instance]:
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
        called = {callee for one in names.pous.values() for callee in one.calls}
        programs = [one for one in names.pous.values() if one.kind == "PROGRAM"]
        found = [_alone(one, None) for one in programs if one.name.upper() not in called]
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
    scope = Scope(names, configuration.source, prefixes=configuration.prefixes)
    tasks = dict[str, tuple[int | None, int]]()
    for task in configuration.tasks:
        tasks[task.name.upper()] = _task(task, scope)
    found: list[Instance] = []
    for one in configuration.instances:
        pou = names.pous.get(scope.key(one.type, names.pous))
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
    check, interval, priority = Expressions(scope), None, 0
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
