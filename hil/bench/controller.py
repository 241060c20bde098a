"""The controller's side of a rig: its program, and those of its variables that the rig has to do with."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hil.bench.rig_file import RigFile, Source
from hil.errors import near
from hil.signals import Record, Signal, in_words, record
from hil.verdicts.requirements import signals_of

if TYPE_CHECKING:
    from hil.plc import Program, Variable

_PREFIX = "controller."


@dataclass(frozen=True)
class ControllerSide:
    """A compiled program with the records of what the bench writes to it (inputs) and reads from it (outputs)."""

    path: Path
    program: "Program"
    variables: "dict[str, Variable]"
    inputs: Record
    outputs: Record
    period: int

    @property
    def program_inputs(self) -> tuple[str, ...]:
        """The inputs of the program itself, as declared; the bench has to drive each."""
        return tuple(
            one.path
            for one in self.program.variables
            if one.section == "input" and one.path.isidentifier() and not one.text
        )

    def noted(self, path: str) -> bool:
        """Whether a path names an unknown variable, or a text; that was noted when the program was opened."""
        name = path.removeprefix(_PREFIX)
        return name != path and self.spelt(path) == path and name not in (*self.inputs.names, *self.outputs.names)

    def spelt(self, path: str) -> str:
        """Return a signal's path with a variable of the controller as the program spells it."""
        name = path.removeprefix(_PREFIX)
        found = self.variables.get(name.casefold()) if name != path else None
        return _PREFIX + found.path if found else path

    def why_no_input(self, path: str) -> str | None:
        """Return why a variable of the controller is none that the bench may write."""
        found = self.variables.get(path.removeprefix(_PREFIX).casefold())
        if found is None or not path.startswith(_PREFIX):
            return None
        return f"it is no VAR_INPUT of {self.program.name} ({found.file}:{found.line})"

    def place_of(self, path: str) -> str:
        """Return where a variable is declared."""
        found = self.variables.get(path.removeprefix(_PREFIX).casefold())
        return f"{found.file}:{found.line}" if found else "it is no variable of the program"


def open_controller(file: RigFile, source: Source, *, coverage: bool = False) -> tuple[ControllerSide, list[str]]:
    """Compile the controller's program and find the variables that the rig names; return the faults in that too.

    Raises:
        InputError: no such file, or faults in the program; all at once.
    """
    from hil.plc import compile_file

    path = shortest(source.path.parent / file.controller.program)
    program = compile_file(path, file.controller.name, coverage=coverage)
    variables = {one.path.casefold(): one for one in program.variables}
    inputs: dict[str, Signal] = {}
    outputs: dict[str, Signal] = {}
    faults = []
    for name, place, is_input in _named(file, source):
        found = variables.get(name.casefold())
        if found is None:
            cure = near(name, [one.path for one in program.variables])
            faults.append(f"{place}: program {program.name} has no variable {name!r}{cure}")
        elif found.text:
            faults.append(
                f"{place}: {found.path} is a {found.type} ({found.file}:{found.line}); a wire carries a number"
            )
        elif is_input and found.section == "input":
            inputs[found.path] = _signal(found, file)
        else:
            outputs[found.path] = _signal(found, file)
    for name, value in file.controller.values.items():
        if found := variables.get(name.casefold()):
            faults += [f"{source.at('controller', 'values', name)}: {one}" for one in _value_faults(found, value)]
    period = file.controller.period or program.period
    if period is None:
        faults.append(
            f"{source.at('controller')}: the program has no TASK with an INTERVAL; give the controller a period"
        )
    elif program.period and period % program.period:
        faults.append(
            f"{source.at('controller', 'period')}: {in_words(period)} is no whole multiple of the "
            f"{in_words(program.period)} of the program's task"
        )
    only_read = {name: one for name, one in outputs.items() if name not in inputs}
    sides = record("Inputs", **inputs), record("Outputs", **only_read)
    return ControllerSide(path, program, variables, *sides, period or 0), faults


def shortest(path: Path) -> Path:
    """Return a path without `..`, relative to where we are if it lies below, for messages that people read."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path.resolve()


def _named(file: RigFile, source: Source) -> Iterator[tuple[str, str, bool]]:
    """Return each variable that the rig names: its path, where it is named, whether it is written there."""

    def own(path: str) -> str | None:
        return path.removeprefix(_PREFIX) if path.startswith(_PREFIX) else None

    for i, wire in enumerate(file.wires):
        for key, path in (("from", wire.source), ("to", wire.target)):
            if name := own(path):
                yield name, source.at("wires", i, key), key == "to"
    for name in file.controller.values:
        yield name, source.at("controller", "values", name), True
    for name in file.controller.watch:
        yield name, source.at("controller", "watch"), False
    for key, scenario in file.scenarios.items():
        for i, event in enumerate(scenario.events):
            if name := own(event.set):
                yield name, source.at("scenarios", key, "events", i), True
    for i, requirement in enumerate(file.requirements):
        for path in signals_of(requirement):
            if name := own(path):
                yield name, source.at("requirements", i), False


def _signal(variable: "Variable", file: RigFile) -> Signal:
    # A duration is whole nanoseconds in memory, whatever its declaration says: a wire has to convert.
    is_time = variable.type in ("TIME", "LTIME")
    unit = "ns" if is_time else variable.unit or ("1" if variable.type == "BOOL" else "")
    given = {name.casefold(): value for name, value in file.controller.values.items()}
    initial = given.get(variable.path.casefold(), 0.0)
    low, high = _range(variable)
    return Signal(
        variable.path, unit, f"{variable.type} of the program", low, high, min(max(initial, low), high),
        kind=variable.kind,
    )  # fmt: skip


def _range(variable: "Variable") -> tuple[float, float]:
    if variable.type == "BOOL":
        return 0, 1
    if variable.kind.startswith("f"):
        return -math.inf, math.inf
    ends = np.iinfo(variable.kind)
    return int(ends.min), int(ends.max)


def _value_faults(variable: "Variable", value: float) -> Iterator[str]:
    place = f"({variable.file}:{variable.line})"
    if variable.section != "input":
        yield f"{variable.path} is no VAR_INPUT of the program {place}; only an input can be given a value"
    elif not variable.text and (
        fault := Signal(variable.path, variable.type, "", *_range(variable), kind=variable.kind).fault(value)
    ):
        yield f"controller.{fault} {place}"
