from pathlib import Path

import pytest

from hil.plc import compile_text
from tests.plc.formats._samples import EXPORT, read

GRAPHIC = EXPORT.replace("pump(on := TRUE);", "_FBD_BODY\n_NETWORKS : 1\n_NETWORK")


def test_an_export_becomes_one_unit_for_each_object(tmp_path: Path) -> None:
    project = read(tmp_path, "pumps.exp", EXPORT)
    assert [(one.kind, one.name) for one in project.units] == [
        ("FUNCTION_BLOCK", "Pump"), ("VAR_GLOBAL", "Limits"), ("TYPE", "Mode"), ("PROGRAM", "Main"),
        ("CONFIGURATION", "Plc"),
    ]  # fmt: skip
    assert (project.problems, project.libraries) == ((), ("Standard",))
    assert {one.dialect for one in project.units} == {"codesys2"}


def test_actions_move_into_their_unit_before_its_body(tmp_path: Path) -> None:
    text = read(tmp_path, "pumps.exp", EXPORT).units[0].text
    assert text.split("'0' *)\n")[1] == (
        "ACTION count:\nruns := runs + 1;\nEND_ACTION\nIF on THEN count(); END_IF\nEND_FUNCTION_BLOCK"
    )


def test_every_line_keeps_its_place(tmp_path: Path) -> None:
    lines = EXPORT.split("\n")
    for unit in read(tmp_path, "pumps.exp", EXPORT).units[:4]:
        for number, line in enumerate(unit.text.split("\n"), 1):
            place, column = unit.place(number, 1)
            assert lines[place - 1][column - 1 :].startswith(line)


def test_what_no_program_needs_is_noted(tmp_path: Path) -> None:
    notes = read(tmp_path, "pumps.exp", EXPORT).notes
    skipped = ["a library's list was skipped", "a visualisation was skipped", "workspace was skipped"]
    assert [one.split(": note: ")[1] for one in notes] == skipped


def test_the_task_configuration_names_tasks_and_programs(tmp_path: Path) -> None:
    unit = read(tmp_path, "pumps.exp", EXPORT).configurations[0]
    assert "TASK fast (PRIORITY := 1, INTERVAL := T#5ms);\nPROGRAM Main WITH fast : Main;\n" in unit.text
    assert EXPORT.split("\n")[unit.place(3, 1)[0] - 1].startswith("TASK fast")


def test_an_export_without_actions_compiles_and_runs(tmp_path: Path) -> None:
    text = EXPORT.replace("count();", "runs := runs + 1;").replace("ACTION count:\nruns := runs + 1;\nEND_ACTION", "")
    program = compile_text("\n".join(one.text for one in read(tmp_path, "pumps.exp", text).units))
    memory = program.new_memory()
    assert program.run(memory, 3, 0, 5_000_000) is None
    assert (program.period, program.read(memory, "pump.runs")) == (5_000_000, 3)


@pytest.mark.parametrize(("body", "language"), [
    ("_FBD_BODY\n_NETWORKS : 1", "FBD"), ("_LD_BODY\n_NETWORKS : 1", "LD"), ("_CFC_BODY\n_ELEMENT", "CFC"),
    ("LD on\nST off\n", "IL"),
])  # fmt: skip
def test_a_body_in_another_language_is_named(tmp_path: Path, body: str, language: str) -> None:
    project = read(tmp_path, "pumps.exp", EXPORT.replace("pump(on := TRUE);", body))
    (problem,) = project.problems
    assert f":31:1: error: the body of Main is in {language}, which is not read from this format; write it" in problem
    assert "pump : Pump;" in project.units[3].text


def test_steps_with_statements_get_an_action_and_transitions_a_semicolon(tmp_path: Path) -> None:
    chart = "INITIAL_STEP Go:\nx := 1;\nEND_STEP\nTRANSITION FROM Go TO Rest:= x > 0\nEND_TRANSITION\n"
    chart += "STEP Rest:\nblink(N);\nEND_STEP\n"
    text = f"PROGRAM P\nVAR\nx : INT;\nEND_VAR\n(* @END_DECLARATION := '0' *)\n{chart}END_PROGRAM\n"
    (unit,) = read(tmp_path, "p.exp", text).units
    assert unit.text.partition("'0' *)\n")[2] == (
        "ACTION Go_active:\nx := 1;\nEND_ACTION\nINITIAL_STEP Go: Go_active(N); END_STEP\n"
        "TRANSITION FROM Go TO Rest:= x > 0;\nEND_TRANSITION\nSTEP Rest:\nblink(N);\nEND_STEP\nEND_PROGRAM"
    )


def test_comments_that_do_not_nest_are_read_so(tmp_path: Path) -> None:
    text = EXPORT.replace("'Yes'", "'No'").replace("(* END_FUNCTION_BLOCK is", "(* (* END_FUNCTION_BLOCK is")
    project = read(tmp_path, "pumps.exp", text)
    assert project.problems == ()
    assert "(* (  END_FUNCTION_BLOCK is" in project.units[0].text


def test_text_outside_of_every_object_is_a_problem(tmp_path: Path) -> None:
    project = read(tmp_path, "pumps.exp", EXPORT.replace("TYPE Mode", "Modus TYPE Mode"))
    assert project.problems[0].endswith("error: 'Modus' belongs to no object of the export; export the project again")
