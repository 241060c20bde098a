"""`hil plc check` on files that are parts: actions and methods without their unit, tests, collections of strangers."""

from pathlib import Path

import pytest

from hil.errors import is_slip
from hil.plc import Diagnostics, compile_file, compile_text
from hil.plc.front import check
from tests.plc.test_check import BLOCK, PROGRAM, compiled, judged, said
from tests.plc.test_cli_plc import called

LINK = """TYPE Link : STRUCT a, b : DINT; END_STRUCT END_TYPE
FUNCTION_BLOCK User VAR_INPUT Link : REFERENCE TO Link; END_VAR VAR_OUTPUT n : DINT; END_VAR
n := Link.a + Link.b; END_FUNCTION_BLOCK
PROGRAM P VAR u : User; l : Link := (a := 3, b := 4); d : DINT; END_VAR u.Link := ADR(%s); u(); END_PROGRAM"""


def test_actions_of_a_task_are_called_by_name_and_use_its_variables(tmp_path: Path) -> None:
    files = {"task.var": "VAR Speed : INT; END_VAR", "main.st": "PROGRAM _CYCLIC Ramp; Rest(); END_PROGRAM"}
    files["actions.st"] = "ACTION Ramp: Speed := Speed + 1; END_ACTION ACTION Rest: Speed := 0; END_ACTION"
    found = judged(tmp_path, files)
    assert compiled(found) == {"task.var": True, "main.st": True, "actions.st": True}
    assert found.good
    wrong = judged(tmp_path, files | {"actions.st": "ACTION Ramp: Speed := TRUE; END_ACTION"})
    assert not compiled(wrong)["actions.st"]


def test_a_method_alone_lacks_its_unit_and_its_own_mistakes_are_said(tmp_path: Path) -> None:
    good = "METHOD PUBLIC Read : BOOL VAR n : INT; END_VAR n := n + 1; Read := inner.Ready AND THIS^.x; END_METHOD"
    wrong = "METHOD Read : BOOL VAR n : INT; END_VAR n := TRUE; END_METHOD"
    found = judged(tmp_path, {"good.st": good, "wrong.st": wrong})
    assert compiled(found) == {"good.st": True, "wrong.st": False}
    assert [(Path(one.file).name, one.lacks) for one in found.results] == [("good.st", True), ("wrong.st", True)]
    assert said(found) == ["wrong.st:1:46: n is INT, but the value is BOOL; convert it with BOOL_TO_INT(...)"]


def test_tests_are_checked_with_what_they_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = "FUNCTION Add : INT VAR_INPUT a, b : INT; END_VAR Add := a + b; END_FUNCTION\n"
    setup = "SETUP\nVAR k : INT; END_VAR k := 1; END_SETUP\n"
    test = "TEST 'adds'\n ASSERT_EQ(Add(k, 2), 3); END_TEST\n"
    named = "TEST_PROGRAM Adds\n ASSERT_EQUAL(EXPECTED := 3, ACTUAL := Add(1, 2)); END_TEST_PROGRAM\n"
    assert judged(tmp_path, {"t.st": unit + setup + test + named}).good
    wrong = judged(tmp_path, {"t.st": unit + "TEST 'adds'\n ASSERT_EQ(Add(1, 2), T#3s); END_TEST\n"})
    assert compiled(wrong) == {"t.st": False}
    (tmp_path / "t.st").write_text(unit + named)
    assert called(["test", str(tmp_path / "t.st")], monkeypatch) == 0


def test_files_named_one_by_one_are_strangers(tmp_path: Path) -> None:
    found = judged(tmp_path, {"a.st": BLOCK, "b.st": BLOCK, "p.st": PROGRAM}, "a.st", "b.st", "p.st")
    assert compiled(found) == {"a.st": True, "b.st": True, "p.st": True}


def test_a_function_elsewhere_is_no_type(tmp_path: Path) -> None:
    user = "FUNCTION_BLOCK U VAR clock : Clock; END_VAR clock(); END_FUNCTION_BLOCK"
    clock = "FUNCTION Clock : UDINT Clock := 1; END_FUNCTION"
    found = judged(
        tmp_path,
        {"u.st": user, "clock.st": clock, "c.st": "PROGRAM C VAR n : UDINT; END_VAR n := Clock(); END_PROGRAM"},
    )
    assert compiled(found) == {"u.st": True, "clock.st": True, "c.st": True}
    assert {*found.missing} == {"Clock"}


def test_each_configuration_means_its_own_instances(tmp_path: Path) -> None:
    text = """PROGRAM M{0} VAR v{0} : INT; END_VAR ; END_PROGRAM
        CONFIGURATION C TASK t (INTERVAL := T#10ms, PRIORITY := 1); PROGRAM P1 WITH t : M{0};
        VAR_CONFIG P1.v{0} : INT := 3; END_VAR END_CONFIGURATION"""
    assert judged(tmp_path, {f"{k}.st": text.format(k) for k in "abc"}).good


@pytest.mark.parametrize(
    ("name", "known", "slip"),
    [("speeed", "speed", True), ("TRUNK", "TRUNC", True), ("seped", "speed", True), ("IP_C", "PWM_DC", False),
     ("TemperatrueLimt", "TemperatureLimit", True), ("Valve_2", "Valve_1", False), ("old_T_AVG", "T_AVG", False)],
)  # fmt: skip
def test_slips_of_the_pen(name: str, known: str, slip: bool) -> None:
    assert is_slip(name, known) is slip


@pytest.mark.parametrize(("value", "q"), [("(1, 2, (TRUE))", 3), ("(1, 2)", 3), ("(x := 4, y := 5)", 9), ("(0)", 0)])
def test_values_of_members_in_their_order(value: str, q: int) -> None:
    types = "TYPE In : STRUCT a : BOOL; END_STRUCT; S : STRUCT x, y : INT; i : In; END_STRUCT END_TYPE"
    text = f"{types} PROGRAM P VAR s : S := {value}; n : INT := (3); q : INT; END_VAR q := s.x + s.y; END_PROGRAM"
    program = compile_text(text)
    memory = program.new_memory()
    program.scan(memory, 0)
    assert (program.read(memory, "q"), program.read(memory, "n")) == (q, 3)


def test_more_values_than_members_are_refused() -> None:
    text = "TYPE S : STRUCT x, y : INT; END_STRUCT END_TYPE PROGRAM P VAR s : S := (1, 2, 3); END_VAR ; END_PROGRAM"
    with pytest.raises(Diagnostics, match="S has 2 members; remove the surplus"):
        compile_text(text)


def test_a_reference_takes_an_address() -> None:
    program = compile_text(LINK % "l")
    memory = program.new_memory()
    assert program.scan(memory, 0) is None
    assert program.read(memory, "u.n") == 7
    with pytest.raises(Diagnostics, match="refers to Link, this is DINT, which is shorter"):
        compile_text(LINK % "d")


def test_a_run_takes_the_first_profile_that_fits_and_nothing_missing(tmp_path: Path) -> None:
    (tmp_path / "p.st").write_text("PROGRAM P VAR w : WORD; n : INT := 7; END_VAR w := n; w := w + 1; END_PROGRAM")
    program = compile_file(tmp_path / "p.st", profile="auto")
    memory = program.new_memory()
    program.scan(memory, 0)
    assert program.read(memory, "w") == 8
    (tmp_path / "p.st").write_text("PROGRAM P VAR a : Pump; END_VAR a(); END_PROGRAM")
    assert not check([tmp_path / "p.st"]).good
    with pytest.raises(Diagnostics, match="no type or function block Pump here"):
        compile_file(tmp_path / "p.st", profile="auto")


def test_comments_of_automation_studio_do_not_nest(tmp_path: Path) -> None:
    files = {"task.var": "VAR\n a : INT; (* was (* INT := 3; *)\n b : INT;\nEND_VAR\n"}
    assert judged(tmp_path, files | {"p.st": "PROGRAM P a := b; END_PROGRAM"}, "task.var", "p.st").good
