import re
from typing import Any

import pytest

from hil.bench.rig_file import RigFile, read_rig
from hil.errors import InputError
from tests.bench._tiny import Project

UNREAD = {
    "unknown key": (
        'step = "100ms"', 'step = "100ms"\nsolvr = "rk4"', ("7: unknown key 'plant.solvr'; did you mean 'solver'?",),
    ),
    "unknown key of the rig": (
        "title =", "titel =", ("1: 'title' is missing", "2: unknown key 'titel'; did you mean 'title'?"),
    ),
    "unknown key of a requirement": (
        "high = 5.0", "high = 5.0\nlwo = 1.0", ("50: unknown key 'requirements.0.lwo'; did you mean 'low'?",),
    ),
    "unknown key of a wire": (
        'to = "LT1.actual"', 'to = "LT1.actual"\nunits = "m"',
        ("26: unknown key 'wires.0.units'; did you mean 'unit'?",),
    ),
    "unknown key of an event": (
        'at = "5s"', 'at = "5s", word = "so"',
        ("42: unknown key 'scenarios.step.events.0.word'; did you mean 'words'?",),
    ),
    "no kind": (
        'kind = "bounds"\n', "",
        ("44: 'requirements.0.kind' is missing; there are bounds, settling, overshoot, response",),
    ),
    "unknown kind": (
        'kind = "bounds"', 'kind = "bound"',
        ("44: requirements.0: no kind 'bound' of requirement; there are bounds, settling, overshoot, response",),
    ),
    "no time": (
        'duration = "10s"', 'duration = "10 parsec"',
        ("41: scenarios.step.duration: '10 parsec' is not a time; "
         "write a number and a unit (ns, us, ms, s, min, h, d), as 1h30min",),
    ),
    "time without a unit": (
        'duration = "10s"', "duration = 10",
        ("41: scenarios.step.duration: write a time as text with its unit, as '90s', not 10",),
    ),
    "text for a number": (
        "high = 5.0", 'high = "5.0"', ("49: requirements.0.high: input should be a valid number, not '5.0'",),
    ),
    "limits the wrong way": ("high = 5.0", "high = 5.0\nlow = 7.0", ("44: requirements.0: low = 7 is above high = 5",)),
    "no limit": ("high = 5.0", "", ("44: requirements.0: bounds need low, high or both",)),
    "solver": (
        'step = "100ms"', 'step = "100ms"\nsolver = "rk5"',
        ("7: plant.solver: input should be 'euler', 'rk4' or 'ros2', not 'rk5'",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "faults"), UNREAD.values(), ids=list(UNREAD))
def test_what_a_rig_does_not_have_is_named_with_its_line(
    project: Project, old: str, new: str, faults: tuple[str, ...]
) -> None:
    project.change(project.rig, old, new)
    with pytest.raises(InputError) as error:
        project.open()
    assert error.value.faults == tuple(f"{project.rig}:{fault}" for fault in faults)


def test_what_is_no_toml_says_where(project: Project) -> None:
    project.change(project.rig, 'name = "tiny"', "name = ")
    with pytest.raises(InputError, match=f"^{re.escape(str(project.rig))}: not a TOML file: Invalid value .at line 1"):
        project.open()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda project: project.rig.unlink(), "No such file or directory"),
        (lambda project: project.rig.write_bytes(b"\xff\xfe"), "it is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(project: Project, make: Any, reason: str) -> None:
    make(project)
    with pytest.raises(InputError) as error:
        read_rig(project.folder)
    assert str(error.value) == (
        f"cannot read the rig {project.rig}: {reason}; give a folder with a rig.toml, or the file"
    )


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("plant.step", "200ms", lambda file: file.plant.step / 1e6),
        ("plant.leak", 0.5, lambda file: file.plant.values["leak"]),
        ("plant.values.leak", 0.5, lambda file: file.plant.values["leak"]),
        ("LT1.noise", 0.5, lambda file: file.blocks["LT1"].values["noise"]),
        ("blocks.LT1.period", "200ms", lambda file: file.blocks["LT1"].period / 1e6),
        ("operator.level", 3.0, lambda file: file.operator["level"].value),
        ("controller.GAIN", 3.0, lambda file: file.controller.values["GAIN"]),
        ("controller.period", "200ms", lambda file: file.controller.period / 1e6),
        ("requirements.R1.high", 3.0, lambda file: file.requirements[0].high),
        ("requirements.1.band", 3.0, lambda file: file.requirements[1].band),
        ("scenarios.step.events.0.value", 3.0, lambda file: file.scenarios["step"].events[0].value),
        ("overruns.total", 3, lambda file: file.overruns.total),
        ("seed", 3, lambda file: file.seed),
    ],
)
def test_set_lays_a_value_over_the_file(project: Project, path: str, value: Any, where: Any) -> None:
    assert where(project.open(**{path: value}).file) == (200 if value == "200ms" else value)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("requirements.R9.high", "--set requirements.R9.high: no 'R9' there; it has R1, R2"),
        ("requirements.R1", "--set requirements.R1: name a key of one of its tables, as requirements.R1.0.KEY"),
        ("name.first.x", "--set name.first.x: 'name' is a value and has nothing below it"),
        ("controller.watch.0.x", "--set controller.watch.0.x: 'watch' is a value and has nothing below it"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(project: Project, path: str, sentence: str) -> None:
    project.change(project.rig, 'program = "control.st"', 'program = "control.st"\nwatch = ["INNER"]')
    with pytest.raises(InputError) as error:
        project.open(**{path: 1})
    assert str(error.value) == sentence


def test_the_schema_knows_every_key_of_the_file() -> None:
    schema = RigFile.model_json_schema(by_alias=True)
    assert set(schema["properties"]) == {
        "name", "title", "seed", "record", "plant", "blocks", "operator", "controller", "links", "overruns", "targets",
        "wires", "scenarios", "requirements",
    }  # fmt: skip
    assert schema["additionalProperties"] is False
    assert {"from", "to"} <= set(schema["$defs"]["WirePart"]["properties"])
