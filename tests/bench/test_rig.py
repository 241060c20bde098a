"""Every mistake in a rig gives one sentence with its file and line, before anything moves."""

import os
from pathlib import Path

import pytest

from hil.bench.rig import open_rig
from hil.errors import InputError
from tests.bench._tiny import Project

RIG, PROGRAM, PLANT = "rig", "program", "plant"
Mistake = tuple[str, str, str, str]


def faults(project: Project, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """What is said of the rig from within its folder."""
    monkeypatch.chdir(project.folder)
    before = sorted(Path().rglob("*"))
    with pytest.raises(InputError) as error:
        open_rig(Path())
    assert [path for path in sorted(Path().rglob("*")) if "__pycache__" not in path.parts] == before
    return error.value.faults


def test_a_sound_rig_opens(project: Project) -> None:
    rig = project.open()
    assert (rig.step, rig.record_period, list(rig.blocks), len(rig.wires)) == (100_000_000, 100_000_000, ["LT1"], 4)


def test_a_text_of_the_program_needs_no_wire(project: Project) -> None:
    project.change(project.program, "DIVISOR : INT;", "DIVISOR : INT; NAME : STRING;")
    assert "NAME" not in project.open().controller.inputs.names


# What stands in a file, what stands there instead, and the one sentence that follows; {line} is where it stands.
MISTAKES: dict[str, Mistake] = {
    "unknown signal": (
        RIG, 'from = "plant.level"', 'from = "plant.levl"',
        "rig.toml:23: no signal 'plant.levl' on this rig; did you mean 'plant.level' or 'operator.level'?",
    ),
    "unknown variable": (
        RIG, 'from = "controller.PUMP"', 'from = "controller.PUMPE"',
        "rig.toml:36: program control has no variable 'PUMPE'; did you mean 'PUMP'?",
    ),
    "unit mismatch": (
        RIG, 'unit = "m"\nwords', 'unit = "K"\nwords',
        "rig.toml:31: cannot connect 'operator.level' [K] to 'controller.SETPOINT' [m]: units differ, add a converter "
        "between them (scale, offset and unit on the wire)",
    ),
    "unit of another size": (
        RIG, 'unit = "m"\nwords', 'unit = "mm"\nwords',
        "rig.toml:31: cannot connect 'operator.level' [mm] to 'controller.SETPOINT' [m]: units differ, put "
        'scale = 0.001, unit = "m" on the wire',
    ),
    "unknown unit": (
        RIG, 'unit = "m"\nwords', 'unit = "furlongz"\nwords',
        "rig.toml:31: cannot connect 'operator.level' [furlongz] to 'controller.SETPOINT' [m]: cannot compare their "
        "units: 'furlongz' is not defined in the unit registry",
    ),
    "no unit": (
        PROGRAM, "{attribute 'unit' := 'm'} SETPOINT", "SETPOINT",
        "rig.toml:31: cannot connect 'operator.level' [m] to 'controller.SETPOINT' [?]: controller.SETPOINT declares "
        "no unit; give the wire a unit, or write {attribute 'unit' := '...'} before the variable (control.st:4)",
    ),
    "a value for what is wired": (
        RIG, "values = { GAIN = 1.0", "values = { setpoint = 1.0, GAIN = 1.0",
        "rig.toml:21: controller.setpoint has a value here and is driven by a wire (rig.toml:31); keep one of them",
    ),
    "a scenario's name that leads out of the runs": (
        RIG, "[scenarios.step]", '[scenarios."../step"]',
        "rig.toml:39: scenarios.../step.[key]: string should match pattern '^[A-Za-z0-9_][A-Za-z0-9_-]*$', "
        "not '../step'",
    ),
    "a unit that neither end has": (
        RIG, 'to = "controller.SETPOINT"', 'to = "controller.SETPOINT"\nunit = "K"',
        "rig.toml:31: cannot connect 'operator.level' [m] to 'controller.SETPOINT' [m]: the wire says [K]; leave its "
        "unit out, or convert with scale and offset",
    ),
    "scale without unit": (
        RIG, 'to = "controller.SETPOINT"', 'to = "controller.SETPOINT"\nscale = 2.0',
        "rig.toml:31: cannot connect 'operator.level' [m] to 'controller.SETPOINT' [m]: a wire with scale or offset "
        "needs unit, the unit of what it delivers",
    ),
    "driven twice": (
        RIG, "[scenarios.step]", '[[wires]]\nfrom = "plant.level"\nto = "controller.level"\n\n[scenarios.step]',
        "rig.toml:39: 'controller.LEVEL' is driven twice, here and at rig.toml:27",
    ),
    "no input of the plant": (
        RIG, 'to = "plant.inflow"', 'to = "plant.level"',
        "rig.toml:35: cannot drive 'plant.level': wires end at inputs",
    ),
    "rates": (
        RIG, 'period = "100ms"', 'period = "150ms"',
        "rig.toml:11: blocks.LT1.period has a period of 150ms, which is no whole multiple of the 100ms of plant.step; "
        "take 100ms or change plant.step",
    ),
    "no rate at all": (
        RIG, 'period = "100ms"', 'period = "0s"',
        "rig.toml:11: blocks.LT1.period is 0s; a period is longer than nothing",
    ),
    "task and exchange": (
        RIG, 'program = "control.st"', 'program = "control.st"\nperiod = "150ms"',
        "rig.toml:21: 150ms is no whole multiple of the 100ms of the program's task",
    ),
    "no task": (
        PROGRAM, "(INTERVAL := T#100ms, PRIORITY := 1)", "(PRIORITY := 1)",
        "rig.toml:19: the program has no TASK with an INTERVAL; give the controller a period",
    ),
    "record and scenario": (
        RIG, "title", 'record = "300ms"\ntitle',
        "rig.toml:42: 10s is no whole number of record periods of 300ms, so its end would not be on record",
    ),
    "type in the program": (
        PROGRAM, "RUNNING := TRUE", "RUNNING := 1.5",
        "control.st:19:12: error: RUNNING is BOOL, but the value is a real number; assign a value of the same type",
    ),
    "missing program": (
        RIG, '"control.st"', '"contrl.st"',
        "rig.toml:20: cannot read 'contrl.st': No such file or directory",
    ),
    "missing plant": (
        RIG, '"tank"', '"tnk"', "rig.toml:5: no plant 'tnk' in {folder}/plant_models; did you mean 'tank'?",
    ),
    "value of the plant": (
        RIG, 'step = "100ms"', 'step = "100ms"\nvalues = { leak = 11 }',
        "rig.toml:7: plant tank: leak = 11 1/s is outside 0 .. 10 1/s",
    ),
    "parameter set": (
        RIG, 'step = "100ms"', 'step = "100ms"\nparameters = "old"',
        "rig.toml:4: plant tank has no parameter set 'old'; it has none",
    ),
    "missing block": (
        RIG, 'model = "sensor"', 'model = "sensr"',
        "rig.toml:9: no block model 'sensr'; did you mean 'sensor'?",
    ),
    "value of a block": (
        RIG, "noise = 0.01", "noise = -0.01",
        "rig.toml:12: LT1: noise = -0.01 m is outside 0 .. inf m",
    ),
    "input of a block": (
        RIG, '[[wires]]\nfrom = "plant.level"\nto = "LT1.actual"\n', "",
        "rig.toml:8: input LT1.actual is not wired; wire it, or give it a value",
    ),
    "input of the program": (
        RIG, ", DIVISOR = 7", "",
        "rig.toml:19: input controller.DIVISOR is not wired; wire it, or give it a value in [controller.values]",
    ),
    "value of no variable": (
        RIG, "DIVISOR = 7", "DIVISOR = 7, DIVISR = 1",
        "rig.toml:21: program control has no variable 'DIVISR'; did you mean 'DIVISOR'?",
    ),
    "value of no input": (
        RIG, "DIVISOR = 7", "DIVISOR = 7, INNER = 1",
        "rig.toml:21: INNER is no VAR_INPUT of the program (control.st:14); only an input can be given a value",
    ),
    "value beyond its type": (
        RIG, "DIVISOR = 7", "DIVISOR = 70000",
        "rig.toml:21: controller.DIVISOR = 70000 INT is outside -32768 .. 32767 INT (control.st:6)",
    ),
    "part of a whole number": (
        RIG, "DIVISOR = 7", "DIVISOR = 7.5",
        "rig.toml:21: controller.DIVISOR = 7.5 INT is not a whole number (control.st:6)",
    ),
    "watched": (
        RIG, 'program = "control.st"', 'program = "control.st"\nwatch = ["INNR"]',
        "rig.toml:21: program control has no variable 'INNR'; did you mean 'INNER'?",
    ),
    "event on nothing": (
        RIG, 'set = "operator.level"', 'set = "operator.levl"',
        "rig.toml:42: no signal 'operator.levl' on this rig; did you mean 'operator.level' or 'plant.level'?",
    ),
    "event on no variable": (
        RIG, 'set = "operator.level"', 'set = "controller.GAIM"',
        "rig.toml:42: program control has no variable 'GAIM'; did you mean 'GAIN'?",
    ),
    "event on no input": (
        RIG, 'set = "operator.level"', 'set = "controller.INNER"',
        "rig.toml:42: an event cannot set controller.INNER: it is no VAR_INPUT of control (control.st:14)",
    ),
    "event on an output": (
        RIG, 'set = "operator.level"', 'set = "plant.outflow"',
        "rig.toml:42: an event cannot set plant.outflow: it is written at every step",
    ),
    "event on a wire's end": (
        RIG, 'set = "operator.level"', 'set = "plant.inflow"',
        "rig.toml:42: plant.inflow is driven by a wire (rig.toml:35) and by this event",
    ),
    "event beyond a range": (
        RIG, 'set = "operator.level", value = 4.0', 'set = "plant.leak", value = 40',
        "rig.toml:42: the event sets plant.leak = 40 1/s is outside 0 .. 10 1/s",
    ),
    "event behind the end": (
        RIG, 'at = "5s"', 'at = "50s"', "rig.toml:42: the event at 50s is behind the scenario's end",
    ),
    "event between steps": (
        RIG, 'at = "5s"', 'at = "5050ms"', "rig.toml:42: 5s50ms is no whole number of steps of 100ms",
    ),
    "duration": (
        RIG, 'duration = "10s"', 'duration = "10050ms"', "rig.toml:41: 10s50ms is no whole number of steps of 100ms",
    ),
    "requirement on nothing": (
        RIG, 'signal = "plant.level"\nhigh', 'signal = "plant.levl"\nhigh',
        "rig.toml:44: no signal 'plant.levl' on this rig; did you mean 'plant.level' or 'operator.level'?",
    ),
    "requirement on no variable": (
        RIG, 'signal = "plant.level"\nhigh', 'signal = "controller.PUMPE"\nhigh',
        "rig.toml:44: program control has no variable 'PUMPE'; did you mean 'PUMP'?",
    ),
    "requirement in no scenario": (
        RIG, "high = 5.0", 'high = 5.0\nscenarios = ["stp"]', "rig.toml:44: no scenario 'stp'; there are step",
    ),
    "window outside": (
        RIG, 'until = "5s"', 'until = "50s"',
        "rig.toml:51: requirement R2: its window, 0s to 50s, is not within the 10s of scenario 'step'",
    ),
    "two of one name": (
        RIG, 'id = "R2"', 'id = "R1"', "rig.toml:51: requirement 'R1' stands here and at rig.toml:44",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_one_mistake_gives_one_sentence(project: Project, monkeypatch: pytest.MonkeyPatch, mistake: Mistake) -> None:
    file, old, new, sentence = mistake
    project.change(getattr(project, file), old, new)
    assert faults(project, monkeypatch) == (sentence.replace("{folder}", str(project.folder)),)


def test_a_duration_on_a_wire_is_whole_nanoseconds(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.change(
        project.program, "    DIVISOR : INT;", "    DIVISOR : INT;\n    {attribute 'unit' := 's'} DELAY : TIME;"
    )
    wire = '[[wires]]\nfrom = "operator.wait"\nto = "controller.DELAY"\n\n[scenarios.step]'
    project.change(
        project.rig, "[operator.level]", '[operator.wait]\nunit = "s"\nwords = "wait"\nvalue = 3.0\n\n[operator.level]'
    )
    line = project.change(project.rig, "[scenarios.step]", wire)
    assert faults(project, monkeypatch) == (
        f"rig.toml:{line}: cannot connect 'operator.wait' [s] to 'controller.DELAY' [ns]: units differ, "
        'put scale = 1000000000, unit = "ns" on the wire',
    )


LOOP = """\
[blocks.A]
model = "sensor"
unit = "m"
period = "100ms"

[blocks.B]
model = "sensor"
unit = "m"
period = "100ms"

[[wires]]
from = "A.value"
to = "B.actual"

[[wires]]
from = "B.value"
to = "A.actual"

[scenarios.step]"""


def test_an_algebraic_loop_is_printed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    line = project.change(project.rig, "[scenarios.step]", LOOP)
    assert faults(project, monkeypatch) == (
        f"rig.toml:{line}: algebraic loop: A -> B -> A; each needs the other's value of the same step, so let the loop "
        "pass through the plant or the controller",
    )


def test_a_plant_that_cannot_be_read_is_named_by_its_line(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    line = project.change(project.plant, "record, signal\n", "record, signl\n")
    (fault,) = faults(project, monkeypatch)
    assert fault.startswith(f"{project.plant}:{line}: ImportError: cannot import name 'signl'")


def test_all_mistakes_are_found_at_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [
        "unit mismatch",
        "rates",
        "value beyond its type",
        "event on nothing",
        "event between steps",
        "window outside",
    ]
    for name in kept:
        file, old, new, _ = MISTAKES[name]
        project.change(getattr(project, file), old, new)
    found = faults(project, monkeypatch)
    assert len(found) == len(kept)
    assert set(found) == {MISTAKES[name][3] for name in kept}


def test_a_folder_outside_every_project_is_refused(project: Project) -> None:
    os.rename(project.folder / "plant_models", project.folder / "models")
    with pytest.raises(InputError) as error:
        project.open()
    assert str(error.value) == (
        f"no folder plant_models/ in {project.rig} or above it: go into a project, or make one with 'hil new NAME'"
    )
