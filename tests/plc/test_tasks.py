"""Tasks in virtual time: SINGLE, priorities, connections, watchdogs."""

import pytest

from hil.plc import compile_text
from tests.plc._plc import MS, errors

PROGRAMS = """VAR_GLOBAL order : STRING; trig : BOOL; g : INT := 3; h : DINT; END_VAR
PROGRAM A VAR n : INT; END_VAR n := n + 1; order := CONCAT(order, 'a'); END_PROGRAM
PROGRAM B VAR n : INT; END_VAR n := n + 1; order := CONCAT(order, 'b'); END_PROGRAM
PROGRAM Twice VAR_INPUT x : INT; END_VAR VAR_OUTPUT y : INT; END_VAR y := 2 * x; END_PROGRAM
PROGRAM Loops VAR i, n : DINT; END_VAR WHILE i < n DO i := i + 1; END_WHILE; i := 0; END_PROGRAM
"""


def configured(inside: str) -> str:
    return f"{PROGRAMS} CONFIGURATION C RESOURCE R ON CPU {inside} END_RESOURCE END_CONFIGURATION"


@pytest.mark.feature("63/SINGLE")
def test_single_runs_on_the_rising_edge() -> None:
    program = compile_text(configured("TASK T(SINGLE := trig, PRIORITY := 1); PROGRAM P1 WITH T : A; PROGRAM P2 : B;"))
    memory, seen = program.new_memory(), []
    for k, level in enumerate((0, 1, 1, 0, 1, 0)):
        program.write(memory, "trig", level)
        assert program.scan(memory, k * MS) is None
        seen.append(program.read(memory, "P1.n"))
    assert seen == [0, 1, 1, 1, 2, 2]
    assert program.read(memory, "P2.n") == 6


def test_single_takes_any_condition_and_a_running_one_counts_as_risen_at_the_first_scan() -> None:
    program = compile_text(configured("TASK T(SINGLE := g = 3); PROGRAM P1 WITH T : A;"))
    memory = program.new_memory()
    program.run(memory, 5, 0, MS)
    assert program.read(memory, "n") == 1


@pytest.mark.feature("63/PRIORITY")
def test_the_most_urgent_task_is_first_when_both_are_due() -> None:
    tasks = "TASK SLOW(INTERVAL := T#2ms, PRIORITY := 2); TASK FAST(INTERVAL := T#1ms, PRIORITY := 1);"
    program = compile_text(configured(f"{tasks} PROGRAM P1 WITH SLOW : A; PROGRAM P2 WITH FAST : B;"))
    memory = program.new_memory()
    program.run(memory, 4, 0, MS)
    assert program.read(memory, "order") == "babbab"


@pytest.mark.feature("62/PROGRAM")
def test_connections_carry_in_before_and_out_after() -> None:
    instances = "PROGRAM P1 : Twice(x := g, y => h); PROGRAM P2 : Twice(x := P1.y + 1);"
    program = compile_text(configured(instances.replace("P1.y", "g")))
    memory = program.new_memory()
    program.run(memory, 2, 0, MS)
    assert (program.read(memory, "h"), program.read(memory, "P1.x"), program.read(memory, "P2.y")) == (6, 3, 8)


def test_mistakes_in_connections_and_tasks() -> None:
    cases = {
        "PROGRAM P1 : Twice(z := g);": "no parameter of Twice called z here; it has x, y",
        "PROGRAM P1 : Twice(x := trig);": "Twice's x is INT, but the value is BOOL; convert it with BOOL_TO_INT(...)",
        "TASK T(SINGLE := g); PROGRAM P1 WITH T : A;": "the condition is BOOL, but the value is INT; convert it with "
        "INT_TO_BOOL(...)",
        "TASK T(WATCHDOG := 0); PROGRAM P1 WITH T : A;": "WATCHDOG is 0; it is a number of loop passes from 1 to "
        "10,000,000",
        "TASK T(INTERVALL := T#1s); PROGRAM P1 WITH T : A;": "no property of a TASK called INTERVALL here; did you "
        "mean 'INTERVAL'?",
    }
    for inside, message in cases.items():
        assert [one.split("error: ")[1] for one in errors(configured(inside))] == [message]


@pytest.mark.feature("Extensions/WATCHDOG")
def test_a_watchdog_is_a_bound_on_the_loop_passes_of_one_scan() -> None:
    tasks = "TASK T(WATCHDOG := 100); TASK U(PRIORITY := 1); PROGRAM P1 WITH T : Loops; PROGRAM P2 WITH U : Loops;"
    program = compile_text(configured(tasks), "w.st")
    memory = program.new_memory()
    program.write(memory, "P1.n", 100)
    program.write(memory, "P2.n", 5000)
    assert program.run(memory, 3, 0, MS) is None
    program.write(memory, "P1.n", 101)
    assert str(program.scan(memory, 0)) == "w.st:5:40: endless loop: the loops of one scan made more than 100 passes"


FULL = """FUNCTION_BLOCK F VAR n : INT := 1; END_VAR VAR_OUTPUT q : INT; END_VAR q := n; END_FUNCTION_BLOCK
VAR_GLOBAL g : INT; END_VAR
PROGRAM A VAR f : F; k : DINT; END_VAR f(); k := k + f.q; END_PROGRAM
CONFIGURATION C RESOURCE R ON CPU PROGRAM P1 : A; PROGRAM P2 : A; END_RESOURCE
VAR_CONFIG P1.f.n : INT := 7; R.P2.k AT %MD4 : DINT := 100; g : INT := 9; END_VAR
VAR_ACCESS Level : R.P1.f.q : INT READ_ONLY; Total : P2.k : DINT READ_WRITE; END_VAR
END_CONFIGURATION
"""


@pytest.mark.feature("62/VAR_CONFIG", "62/VAR_ACCESS")
def test_var_config_sets_initial_values_and_var_access_names_variables() -> None:
    program = compile_text(FULL)
    memory = program.new_memory()
    assert (program.read(memory, "g"), program.read(memory, "Total")) == (9, 100)
    program.run(memory, 2, 0, MS)
    assert [program.read(memory, path) for path in ("Level", "P1.k", "total", "P2.f.n")] == [7, 14, 102, 1]
    program.write(memory, "TOTAL", 5)
    assert (program.read(memory, "P2.k"), program.find("level").section) == (5, "access")


def test_mistakes_in_paths() -> None:
    cases = {
        ("P1.f.n : INT := 7", "P1.f.m : INT := 7"): "F has no member m; change the path",
        ("P1.f.n : INT := 7", "P1.f.n : DINT := 7"): "P1.f.n is INT, here it is DINT; make them the same",
        ("P1.f.n : INT := 7", "P1.f.n : INT := TRUE"): "the initial value is INT, but the value is BOOL; convert it "
        "with BOOL_TO_INT(...)",
        ("R.P2.k AT", "R.P3.k AT"): "no instance or global variable P3 here; the path begins with one of them",
        ("R.P1.f.q : INT", "R.P1.f.q.z : INT"): "INT has no member z; change the path",
        ("READ_ONLY;", "READ_NONE;"): "expected ';' after the path, found 'READ_NONE'",
    }
    for (old, new), message in cases.items():
        assert [one.split("error: ")[1] for one in errors(FULL.replace(old, new))] == [message]
