"""Configurations: the tasks, the program instances in them and what connects them (IEC 61131-3 clause 6.8)."""

from __future__ import annotations

from dataclasses import dataclass

from hil.plc import layout
from hil.plc import syntax as s
from hil.plc.checking.check_statements import Statements
from hil.plc.checking.constants import Constants
from hil.plc.checking.scope import Names, Scope
from hil.plc.checking.units import Units
from hil.plc.literals import SECOND
from hil.plc.tree import Assign, CallBlock, Const, Expr, If, Instance, Operation, Place, Pou, Statement, Variable
from hil.plc.tree import VariableRef as Ref
from hil.plc.types import BOOL, POISON, TIME

_PROPERTIES = ["INTERVAL", "PRIORITY", "SINGLE", "WATCHDOG"]


@dataclass
class _Task:
    """INTERVAL in ns (None: every scan), PRIORITY (0 is the most urgent), SINGLE, and loop passes until a fault."""

    interval: int | None = None
    priority: int = 0
    single: s.Expression | None = None
    watchdog: int = layout.PASSES


def instances_of(units: list[s.Unit], names: Names, declarations: Units, program: str | None) -> list[Instance]:
    """What runs, the most urgent first; `program` alone, if that is named."""
    configured = [
        instance
        for unit in units
        for configuration in unit.configurations
        for instance in _configured(configuration, names, declarations)
    ]
    programs = [one for one in names.pous.values() if one.kind == "PROGRAM"]
    if program is None:
        called = {callee for one in names.pous.values() for callee in one.calls}
        found = configured or [_alone(one, None) for one in programs if one.name.upper() not in called]
        return sorted(found, key=lambda one: one.priority)  # stable: equal priorities keep the order of the text
    pou = names.pous.get(program.upper())
    if pou is None or pou.kind != "PROGRAM":
        known = [one.name for one in programs]
        scope = Scope(names, units[0].source)
        scope.unknown(0, "PROGRAM called", program, known, f"the programs are {', '.join(known) or 'none'}")
        return []
    return [_alone(pou, next((one.interval for one in configured if one.pou is pou), None))]


def _alone(pou: Pou, interval: int | None) -> Instance:
    return Instance(pou.name, pou, 0, pou.source.file, pou.source.line(pou.at), interval, 0)


def _configured(configuration: s.Configuration, names: Names, declarations: Units) -> list[Instance]:
    scope = Scope(names, configuration.source, prefixes=configuration.prefixes)
    tasks, own = dict[str, _Task](), dict[tuple[str, str], _Task]()  # each resource has names of its own
    for task in configuration.tasks:
        tasks[task.name.upper()] = own[task.resource.upper(), task.name.upper()] = _task(task, scope)
    found: list[Instance] = []
    for one in configuration.instances:
        pou = names.pous.get(scope.key(one.type, names.pous))
        if pou is None or pou.kind != "PROGRAM":
            known = [each.name for each in names.pous.values() if each.kind == "PROGRAM"]
            scope.unknown(one.at, "PROGRAM called", one.type, known, "declare it", elsewhere=True)
            continue
        if one.task and one.task.upper() not in tasks:
            known = [each.name for each in configuration.tasks]
            scope.unknown(one.at, "TASK called", one.task, known, "declare it in the RESOURCE")
        anywhere = tasks.get(one.task.upper(), _Task(priority=1 << 16))
        task_ = own.get((one.resource.upper(), one.task.upper()), anywhere)
        line = configuration.source.line(one.at)
        instance = Instance(one.name, pou, 0, configuration.source.file, line, task_.interval, task_.priority)
        instance.retain, instance.watchdog = one.retain, task_.watchdog
        instance.task, instance.resource, instance.configuration = one.task, one.resource, configuration.name
        if one.connections or task_.single is not None:
            _around(instance, one, task_.single, scope, declarations)
        found.append(instance)
    return found


def _task(task: s.Task, scope: Scope) -> _Task:
    check, found = Constants(scope), _Task()
    for key, node in task.properties.items():
        if key == "INTERVAL":
            value = check.constant(node, TIME, "INTERVAL")
            if value is not None and value.type is not POISON:
                found.interval = _positive(value, scope)
        elif key == "PRIORITY":
            found.priority = check.whole_constant(node, "PRIORITY") or 0
        elif key == "SINGLE":
            found.single = node
        elif key == "WATCHDOG":
            passes = check.whole_constant(node, "WATCHDOG")
            if passes is not None and not 0 < passes <= layout.PASSES:
                text = f"WATCHDOG is {passes}; it is a number of loop passes from 1 to {layout.PASSES:,}"
                scope.error(node.at, text)
            found.watchdog = passes or layout.PASSES
        else:
            scope.unknown(node.at, "property of a TASK called", key, _PROPERTIES, f"use {', '.join(_PROPERTIES)}")
    return found


def _positive(value: Const, scope: Scope) -> int | None:
    assert not isinstance(value.value, bytes)
    if value.value <= 0:
        scope.error(value.at, f"INTERVAL is {int(value.value) / SECOND} s; it must be longer than zero")
        return None
    return int(value.value)


def _around(
    instance: Instance, node: s.Instance, single: s.Expression | None, scope: Scope, declarations: Units
) -> None:
    """A unit around the program that carries its inputs in and its outputs out, when SINGLE rises if there is one."""
    memory = instance.pou.memory
    assert memory is not None
    runner = Pou(f"{instance.name}..scan", "PROGRAM", scope.source, node.at)
    variable = Variable(instance.name, memory, "global", "absolute", node.at)
    runner.variables[instance.name.upper()] = variable
    check = Statements(Scope(scope.names, scope.source, runner, scope.broken), declarations)
    called = check.block_call(s.Call(node.at, s.Name(node.at, instance.name), node.connections))
    if not isinstance(called, CallBlock | If):
        return
    runner.body = [called]
    instance.runner, instance.variable = runner, variable
    if single is not None:
        condition = check.condition(single)
        instance.trigger = Variable("", BOOL, "global", "absolute", node.at)
        runner.body = _rising(condition, instance.trigger, called)


def _rising(condition: Expr, trigger: Variable, called: Statement) -> list[Statement]:
    """The call where the condition has become TRUE since the scan before; FALSE before the first."""
    before: Place = Ref(BOOL, condition.at, trigger)
    rose = Operation(BOOL, condition.at, "AND_THEN", [condition, Operation(BOOL, condition.at, "NOT", [before])])
    again = Ref(BOOL, condition.at, trigger)
    return [If([(rose, [Assign(again, Const(BOOL, 0, 1)), called])], [Assign(again, condition)])]
