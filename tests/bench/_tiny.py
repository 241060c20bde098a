"""A project as small as one can be: a tank that a valve-less pump fills, a proportional controller, one scenario."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil.bench.rig import Rig, open_rig
from hil.bench.run import Options, Run

PLANT = """\
from hil.blocks import Plant
from hil.signals import record, signal


def derivative(t, h, p, x, u, dx):
    dx.level = u.inflow - p.leak * x.level + p.growth * x.level * x.level


def measure(t, h, p, x, u, y):
    y.outflow = p.leak * x.level


def trip(t, h, p, x, u, g):
    g.rim = x.level - p.rim


PLANT = Plant(
    name="tank", words="a leaking tank", source="made up", left_out="everything else",
    derivative=derivative, measure=measure, trip=trip,
    parameters=record(
        "Parameters",
        leak=signal("1/s", "leak", 0, 10, 0.1),
        rim=signal("m", "the rim", 0, 1e9, 10.0),
        growth=signal("1/m/s", "what makes it diverge", 0, 10, 0.0),
    ),
    state=record("State", level=signal("m", "level", 0, 100, 1.0)),
    inputs=record("Inputs", inflow=signal("m/s", "flow of the pump", -10, 10, 0.0)),
    outputs=record("Outputs", outflow=signal("m/s", "flow through the leak")),
    trips=record("Trips", rim=signal("m", "the tank ran over")),
)
"""

PROGRAM = """\
PROGRAM control
VAR_INPUT
    {attribute 'unit' := 'm'} LEVEL : LREAL;
    {attribute 'unit' := 'm'} SETPOINT : LREAL;
    GAIN : LREAL := 0.0;
    DIVISOR : INT;
END_VAR
VAR_OUTPUT
    {attribute 'unit' := 'm/s'} PUMP : LREAL;
    SHARE : INT;
    RUNNING : BOOL;
END_VAR
VAR
    INNER : LREAL;
END_VAR
PUMP := GAIN * (SETPOINT - LEVEL);
INNER := PUMP;
SHARE := 100 / DIVISOR;
RUNNING := TRUE;
END_PROGRAM

CONFIGURATION plant
    RESOURCE cpu ON virtual_plc
        TASK cyclic(INTERVAL := T#100ms, PRIORITY := 1);
        PROGRAM main WITH cyclic : control;
    END_RESOURCE
END_CONFIGURATION
"""

RIG = """\
name = "tiny"
title = "A tank under proportional control"

[plant]
model = "tank"
step = "100ms"

[blocks.LT1]
model = "sensor"
unit = "m"
period = "100ms"
values = { noise = 0.01 }

[operator.level]
unit = "m"
words = "the level asked for"
value = 2.0

[controller]
program = "control.st"
values = { GAIN = 1.0, DIVISOR = 7 }

[[wires]]
from = "plant.level"
to = "LT1.actual"

[[wires]]
from = "LT1.value"
to = "controller.LEVEL"

[[wires]]
from = "operator.level"
to = "controller.SETPOINT"

[[wires]]
from = "controller.PUMP"
to = "plant.inflow"

[scenarios.step]
words = "more is asked for"
duration = "10s"
events = [{ at = "5s", set = "operator.level", value = 4.0 }]

[[requirements]]
id = "R1"
text = "the tank never runs over"
kind = "bounds"
signal = "plant.level"
high = 5.0

[[requirements]]
id = "R2"
text = "the level comes near"
kind = "settling"
signal = "plant.level"
target = 1.8
band = 0.2
within = "4s"
until = "5s"
"""


@dataclass(frozen=True)
class Project:
    """A project in a folder; the files are changed by replacing a text that must be there."""

    folder: Path

    @property
    def rig(self) -> Path:
        return self.folder / "rig.toml"

    @property
    def plant(self) -> Path:
        return self.folder / "plant_models" / "tank.py"

    @property
    def program(self) -> Path:
        return self.folder / "control.st"

    def change(self, file: Path, old: str, new: str) -> int:
        """Replace a text that stands in a file; return the line where it stood."""
        text = file.read_text()
        assert text.count(old) >= 1, f"{old!r} does not stand in {file.name}"
        file.write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def open(self, **changes: Any) -> Rig:
        """Open the rig; `a__b` means the path `a.b`."""
        return open_rig(self.rig, {key.replace("__", "."): value for key, value in changes.items()})

    def run(self, out: str = "run", *, link: str | None = None, rate: int | None = None, seed: int | None = None,
            scenario: str | None = None, **changes: Any) -> dict[str, Any]:  # fmt: skip
        """Run the rig in this process; return its result."""
        options = Options(scenario, link, rate, seed, self.folder / out)
        return Run(self.open(**changes), options).execute()

    def hil(self, *arguments: str, limit: str = "") -> "subprocess.CompletedProcess[str]":
        """Run the command `hil` in the project's folder; `limit` is a shell's ulimit."""
        return subprocess.run(
            self.command(*arguments, limit=limit), cwd=self.folder, env=environment(), capture_output=True, text=True
        )

    def command(self, *arguments: str, limit: str = "") -> list[str]:
        """The command line of `hil`, below a limit where one is given."""
        command = [sys.executable, "-m", "hil", *arguments]
        return ["bash", "-c", f'{limit}; exec "$@"', "hil", *command] if limit else command


def tiny(folder: Path) -> Project:
    """Write the project."""
    project = Project(folder)
    project.plant.parent.mkdir(parents=True)
    project.plant.write_text(PLANT)
    project.program.write_text(PROGRAM)
    project.rig.write_text(RIG)
    return project


def environment() -> dict[str, str]:
    """The environment of a `hil` of its own: this source tree, this cache."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one), "COLUMNS": "200"}


def finding(result: dict[str, Any], name: str) -> dict[str, Any]:
    """The finding of one requirement."""
    (found,) = (one for one in result["findings"] if one["id"] == name)
    return dict(found)


def written(project: Project, out: str = "run") -> dict[str, Any]:
    """The result as the run folder has it."""
    return dict(json.loads((project.folder / out / "result.json").read_text()))
