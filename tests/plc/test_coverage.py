"""Coverage of the source: what each counter counts, the LCOV file, and a program that is the same without it."""

from pathlib import Path

import pytest

from hil.plc import Program, compile_text, compile_units
from hil.plc.compiler import checked
from hil.plc.coverage import Coverage
from hil.plc.lowering.coverage import Coverage as Counters
from hil.plc.lowering.lower import lower
from tests.plc.test_cli_plc import called

MS = 1_000_000
BRANCHES = """PROGRAM P VAR i, n, s : INT; END_VAR
IF n > 5 THEN n := 0;
ELSIF n = 2 THEN n := n + 1; END_IF;
CASE s OF
0: s := 1;
1, 3..5: s := 2;
ELSE s := 0; END_CASE;
FOR i := 1 TO 3 DO
n := n + 1; IF i = 2 THEN EXIT; END_IF; END_FOR;
WHILE n > 9 DO n := 0; END_WHILE;
REPEAT n := n + 1; UNTIL n > 3 END_REPEAT;
END_PROGRAM
"""


def covered(text: str, scans: int = 1, **values: object) -> Coverage:
    program = compile_units([(text, "x.st")], coverage=True)
    memory = program.new_memory()
    for path, value in values.items():
        program.write(memory, path, value)
    program.run(memory, scans, 0, 10 * MS)
    return Coverage.of(program, memory)


def outcomes(found: Coverage, kind: str) -> dict[tuple[int, str], int]:
    return {(one.line, one.word): count for one, count in found.spots(kind)}


def conditions(expression: str, **values: bool) -> list[tuple[str, int]]:
    text = f"PROGRAM P VAR a, b, c, q : BOOL; END_VAR\nq := {expression};\nEND_PROGRAM"
    return [(one.word, count) for one, count in covered(text, **values).spots("condition")]


@pytest.mark.feature("Extensions/coverage")
def test_branches_are_counted_by_outcome() -> None:
    found = outcomes(covered(BRANCHES), "branch")
    assert (found[2, "TRUE"], found[2, "FALSE"]) == (0, 1)
    assert (found[3, "TRUE"], found[3, "FALSE"]) == (0, 1)
    assert (found[4, "0"], found[4, "1, 3..5"], found[4, "ELSE"]) == (1, 0, 0)
    assert (found[8, "TRUE"], found[8, "FALSE"]) == (2, 0)  # EXIT in the second pass: the end was never reached
    assert (found[10, "TRUE"], found[10, "FALSE"]) == (0, 1)
    assert (found[11, "TRUE"], found[11, "FALSE"]) == (1, 1)


def test_statements_are_counted_where_they_begin() -> None:
    found = covered(BRANCHES)
    assert found.lines == {2: 1, 3: 0, 4: 1, 5: 1, 6: 0, 7: 0, 8: 1, 9: 2, 10: 1, 11: 2}
    on_line_10 = [(one.column, count) for one, count in found.spots("statement") if one.line == 10]
    assert on_line_10 == [(1, 1), (16, 0)]


def test_and_evaluates_both_conditions_and_then_does_not() -> None:
    assert conditions("a AND b") == [("TRUE", 0), ("FALSE", 1), ("TRUE", 0), ("FALSE", 1)]
    assert conditions("a AND_THEN b") == [("TRUE", 0), ("FALSE", 1), ("TRUE", 0), ("FALSE", 0)]
    assert conditions("a OR_ELSE b", a=True) == [("TRUE", 1), ("FALSE", 0), ("TRUE", 0), ("FALSE", 0)]
    assert conditions("NOT a XOR (b OR c)", b=True)[::2] == [("TRUE", 0), ("TRUE", 1), ("TRUE", 0)]


def test_an_assignment_without_operators_is_no_decision() -> None:
    assert conditions("a") == []
    assert conditions("NOT a") == []


def test_constants_have_the_outcome_that_they_have() -> None:
    text = "PROGRAM P VAR n : INT; END_VAR\nIF FALSE THEN n := 1; END_IF;\nWHILE TRUE DO EXIT; END_WHILE;\nEND_PROGRAM"
    found = covered(text)
    assert outcomes(found, "branch") == {(2, "FALSE"): 1, (3, "TRUE"): 1}
    assert found.share("condition").total == 0
    assert found.share("statement") == (3, 4)


def test_every_kind_of_unit_is_counted() -> None:
    text = """FUNCTION F : INT F := 1; END_FUNCTION
FUNCTION NEVER : INT NEVER := 1; END_FUNCTION
FUNCTION_BLOCK FB VAR n : INT; END_VAR
METHOD Start : INT n := n + 1; END_METHOD
PROPERTY Speed : INT GET Speed := n; END_GET SET n := Speed; END_SET END_PROPERTY
ACTION Halt: n := 0; END_ACTION
Halt(); END_FUNCTION_BLOCK
PROGRAM P VAR b : FB; t : TON; END_VAR
b.Start(); b.Speed := F(); b(); t(IN := TRUE, PT := T#1s); END_PROGRAM"""
    found = covered(text, scans=2)
    counted = {one.unit: count for one, count in found.spots("unit")}
    members = {"FB.Start": 2, "FB.Speed.GET": 0, "FB.Speed.SET": 2, "FB.Halt": 2}
    assert counted == {"F": 2, "NEVER": 0, "FB": 2, **members, "P": 2}
    assert found.within("x.st", "NEVER").share("statement") == (0, 1)


def test_a_chart_counts_its_transitions_and_actions() -> None:
    text = """PROGRAM P VAR n : INT; go : BOOL; END_VAR
INITIAL_STEP one: count(N); END_STEP
STEP two: END_STEP
TRANSITION FROM one TO two := go AND n > 3; END_TRANSITION
TRANSITION FROM two TO one := n < 0; END_TRANSITION
ACTION count: n := n + 1; END_ACTION
END_PROGRAM"""
    found = covered(text, scans=10, go=True)
    assert outcomes(found, "branch") == {(4, "TRUE"): 1, (4, "FALSE"): 3, (5, "TRUE"): 0, (5, "FALSE"): 5}
    assert [one.line for one, _ in found.spots("statement")] == [4, 5, 6]


def test_results_and_faults_are_those_without_coverage() -> None:
    text = "PROGRAM P VAR n, z : INT; r : LREAL := 0.1; END_VAR r := r * 1.7; n := n + 1; z := 9 / (5 - n); END_PROGRAM"
    plain, counted = compile_text(text), compile_units([(text, "<text>")], coverage=True)

    def ended(program: Program) -> tuple[object, ...]:
        memory = program.new_memory()
        return str(program.run(memory, 9, 0, MS)), program.read(memory, "r"), program.read(memory, "z")

    assert ended(counted) == ended(plain)
    assert plain.digest != counted.digest


def test_without_the_counters_the_code_is_that_of_before() -> None:
    plain = lower(checked(BRANCHES, "x.st"))
    project = checked(BRANCHES, "x.st")
    counted = lower(project, coverage=Counters(project.places))
    own = counted.text[: counted.text.index("@counters =")].splitlines()
    bare = "\n".join(line for line in own if "call void @count" not in line)
    assert plain.text.startswith(bare)
    assert counted.image.startswith(plain.image)
    assert "@count" not in plain.text


def parsed(tracefile: str) -> dict[str, dict[str, list[str]]]:
    """An independent reading of the format of geninfo(1): records by source, lines by keyword."""
    records: dict[str, dict[str, list[str]]] = {}
    current: dict[str, list[str]] = {}
    for line in tracefile.splitlines():
        word, _, value = line.partition(":")
        if word == "SF":
            current = records.setdefault(value, {})
        elif word not in ("TN", "end_of_record"):
            current.setdefault(word, []).append(value)
    return records


def test_the_tracefile_says_what_was_counted() -> None:
    record = parsed(covered(BRANCHES).lcov())["x.st"]
    assert record["DA"][:4] == ["2,1", "3,0", "4,1", "5,1"]
    assert (record["LF"], record["LH"]) == (["10"], ["7"])
    assert (record["FN"], record["FNDA"]) == (["1,P"], ["1,P"])
    assert record["BRDA"][:7] == ["2,0,0,0", "2,0,1,1", "3,0,0,0", "3,0,1,1", "4,0,0,1", "4,0,1,0", "4,0,2,0"]
    assert (record["BRF"], record["BRH"]) == (["15"], ["9"])


def test_runs_of_one_source_add_up() -> None:
    both = covered(BRANCHES) + covered(BRANCHES, n=7)
    assert outcomes(both, "branch")[2, "TRUE"] == 1
    assert both.share("statement").total == covered(BRANCHES).share("statement").total


def test_run_writes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, trace = tmp_path / "x.st", tmp_path / "x.info"
    file.write_text(BRANCHES)
    assert called(["run", str(file), "--period", "1ms", "--coverage", str(trace)], monkeypatch) == 0
    assert "coverage: 10 of 15 statements (66.7 %), 9 of 15 branches (60.0 %)" in capsys.readouterr().out
    assert parsed(trace.read_text())[str(file)]["LH"] == ["7"]
