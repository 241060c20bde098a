"""Types, declarations and statements, each shown by a program."""

from typing import Any

import pytest

from hil.plc import compile_text
from tests.plc._plc import attempt, errors, errors_in, evaluated, ran


def test_precedence_is_the_standards() -> None:
    table: dict[str, Any] = {
        "2 + 3 * 4": 14, "(2 + 3) * 4": 20, "-2 + 3": 1, "7 - 2 - 1": 4, "8 / 2 / 2": 2, "10 MOD 4 * 2": 4,
    }  # fmt: skip
    assert evaluated(dict.fromkeys(table, "INT")) == table
    logic = {"TRUE OR FALSE AND FALSE": True, "NOT FALSE AND FALSE": False, "TRUE XOR TRUE OR TRUE": True,
             "1 + 1 = 2": True,
             "TRUE OR TRUE XOR TRUE": True, "1 < 2 = TRUE": True}  # fmt: skip
    assert evaluated(dict.fromkeys(logic, "BOOL")) == logic
    assert evaluated({"-2.0 ** 2.0": "LREAL", "2.0 * 3.0 ** 2.0": "LREAL"}) == {
        "-2.0 ** 2.0": 4.0,
        "2.0 * 3.0 ** 2.0": 18.0,
    }


def test_literals() -> None:
    table = {
        "16#FF": 255,
        "2#1010_0001": 161,
        "8#17": 15,
        "1_000": 1000,
        "INT#16#10": 16,
        "DINT#-5": -5,
        "-32768": -32768,
    }
    assert evaluated(dict.fromkeys(table, "DINT")) == table
    reals = {"1.5E3": 1500.0, "REAL#0.5": 0.5, "1_0.2_5": 10.25, "2E-1": 0.2}
    assert evaluated(dict.fromkeys(reals, "LREAL")) == reals


@pytest.mark.feature("11/array", "11/structure", "14/user-defined")
def test_arrays_structures_and_their_initial_values() -> None:
    before = """TYPE
      POINT : STRUCT x : REAL := 1.0; y, z : INT; END_STRUCT;
      LINE : ARRAY [1..2] OF POINT := [(x := 2.0), (y := 3, z := 4)];
      GRID : ARRAY [0..1, -1..1] OF INT := [[1, 2, 3], [4, 5, 6]];
    END_TYPE
    """
    declared = (
        "l : LINE; g : GRID; f : ARRAY [0..1, 0..1] OF INT := [1, 2(7)]; p : POINT := (y := 9); q : POINT; s : INT;"
    )
    found = ran(declared, "q := l[2]; q.x := 5.0; s := g[1, -1] + g[0, 1]; l[1] := p;", before=before)
    assert found["Q"] == {"x": 5.0, "y": 3, "z": 4}
    assert found["L"] == [{"x": 1.0, "y": 9, "z": 0}, {"x": 1.0, "y": 3, "z": 4}]
    assert (found["G"], found["F"], found["S"]) == ([[1, 2, 3], [4, 5, 6]], [[1, 7], [7, 0]], 7)


@pytest.mark.feature("11/enumeration", "11/named values", "38/EQ")
def test_enumerations() -> None:
    before = "TYPE COLOUR : (RED, GREEN := 5, BLUE); MODE : USINT (OFF := 1, ON); END_TYPE\n"
    found = ran("c : COLOUR := GREEN; d, e : COLOUR; m : MODE := MODE#ON; k : (A, B); n : INT;",
                "d := BLUE; e := COLOUR#GREEN; k := B; IF c = COLOUR.GREEN THEN n := 1; END_IF;\n"
                "CASE d OF RED: n := n + 10; BLUE, GREEN: n := n + 20; END_CASE;", before=before)  # fmt: skip
    assert [found[name] for name in "CDEMKN"] == [5, 6, 5, 2, 1, 21]


@pytest.mark.feature("11/subrange", "11/derived", "14/CONSTANT", "13/user-defined")
def test_subranges_aliases_and_constants() -> None:
    before = (
        "TYPE LEVEL : INT (0..100) := 50; SPEED : REAL := 1.5; END_TYPE VAR_GLOBAL CONSTANT N : INT := 3; END_VAR\n"
    )
    found = ran("l : LEVEL; s : SPEED; a : ARRAY [1..N] OF INT := [N(7)]; b : INT;".replace("N(7)", "3(7)"),
                "b := a[N] + l; l := l + 1;", before=before)  # fmt: skip
    assert (found["L"], found["S"], found["A"], found["B"]) == (51, 1.5, [7, 7, 7], 57)


def test_case_with_ranges_and_else() -> None:
    text = (
        "CASE i OF 1, 3: r[i] := 1; 4..6: r[i] := 2; -1: r[0] := 3; 1000..30000: r[0] := 9; ELSE r[i] := 4; END_CASE;"
    )
    found = ran("i : INT; r : ARRAY [0..8] OF INT;", f"FOR i := 0 TO 8 DO {text} END_FOR; i := 2000; {text}")
    assert found["R"] == [9, 1, 4, 1, 2, 2, 2, 4, 4]


def test_loops_exit_and_continue() -> None:
    found = ran("i, n, w, r : INT;", """
        FOR i := 0 TO 100 BY 10 DO IF i = 30 THEN CONTINUE; END_IF; IF i > 60 THEN EXIT; END_IF; n := n + i; END_FOR;
        WHILE w < 5 DO w := w + 1; END_WHILE;
        REPEAT r := r + 1; IF r = 2 THEN CONTINUE; END_IF; UNTIL r >= 3 END_REPEAT;""")  # fmt: skip
    assert (found["N"], found["I"], found["W"], found["R"]) == (180, 70, 5, 3)


def test_the_body_may_change_the_variable_of_its_loop() -> None:
    assert ran("i, n : INT;", "FOR i := 1 TO 10 DO n := n + 1; i := i + 1; END_FOR;")["N"] == 5


def test_functions_with_defaults_outputs_and_in_outs() -> None:
    before = """
    FUNCTION SCALED : REAL VAR_INPUT x : REAL; k : REAL := 2.0; END_VAR SCALED := x * k; END_FUNCTION
    FUNCTION SPLIT : INT VAR_INPUT x : INT; END_VAR VAR_OUTPUT high : INT; END_VAR VAR_IN_OUT calls : INT; END_VAR
      SPLIT := x MOD 10; high := x / 10; calls := calls + 1; END_FUNCTION
    FUNCTION GREET : STRING[20] VAR_INPUT who : STRING[5]; END_VAR GREET := CONCAT('hi ', who); END_FUNCTION
    """
    found = ran("a, b : REAL; l, h, c : INT; s : STRING;", """a := SCALED(3.0); b := SCALED(k := 3.0, x := 1.0);
      l := SPLIT(47, calls := c);""".replace("47, ", "x := 47, high => h, ")
      + "l := l + SPLIT(x := 9, calls := c);\n"
      + "s := CONCAT(GREET('bob'), GREET('christopher'));", before=before)  # fmt: skip
    assert (found["A"], found["B"], found["L"], found["H"], found["C"]) == (6.0, 3.0, 16, 4, 2)
    assert found["S"] == "hi bobhi chris"


def test_function_blocks_keep_their_memory_and_nest() -> None:
    before = """
    FUNCTION_BLOCK INNER VAR_INPUT d : INT := 1; END_VAR VAR_OUTPUT q : INT; END_VAR VAR_TEMP t : INT; END_VAR
      t := t + d; q := q + t; END_FUNCTION_BLOCK
    FUNCTION_BLOCK OUTER VAR_IN_OUT sum : INT; END_VAR VAR i : ARRAY [0..1] OF INNER; k : INT; END_VAR
      FOR k := 0 TO 1 DO i[k](d := k + 1); sum := sum + i[k].q; END_FOR; END_FUNCTION_BLOCK
    """
    found = ran("o : OUTER; s, q : INT; n : INNER := (d := 5);", "o(sum := s); n(q => q); q := q + 1;", 2, before)
    assert (found["S"], found["Q"], found["O"]["i"][1]["q"]) == (1 + 2 + 2 + 4, 11, 4)


def test_globals_and_externals() -> None:
    before = """VAR_GLOBAL g : INT := 5; a : ARRAY [0..1] OF INT; END_VAR
    FUNCTION_BLOCK B VAR_EXTERNAL g : INT; END_VAR g := g + 1; a[1] := g; END_FUNCTION_BLOCK\n"""
    found = ran("b : B;", "b(); g := g * 2;", 2, before)
    assert (found["G"], found["A"]) == (26, [0, 13])


@pytest.mark.feature("Extensions/PERSISTENT")
def test_located_retained_and_commented_declarations() -> None:
    text = """PROGRAM P (* outer (* inner *) still *)
    VAR RETAIN x AT %QX0.0 : BOOL := TRUE; {attribute 'hide'} PID : INT; /* c */ END_VAR // end of line
    VAR PERSISTENT y AT %MW3 : WORD; END_VAR
    PID := PID + 1;; y.3 := x;
    END_PROGRAM"""
    program = compile_text(text)
    memory = program.new_memory()
    program.scan(memory, 0)
    assert (program.read(memory, "pid"), program.read(memory, "Y")) == (1, 8)


def test_bits_and_parts() -> None:
    found = ran("w : WORD; d : DWORD := 16#12345678; b : BYTE; x : BOOL; i : INT := 5;",
                "w.15 := TRUE; w.0 := TRUE; b := d.%B1; d.%W1 := 16#ABCD; x := i.2; i.0 := FALSE;")  # fmt: skip
    assert (found["W"], found["B"], found["D"], found["X"], found["I"]) == (0x8001, 0x56, 0xABCD5678, True, 4)


@pytest.mark.feature("63/INTERVAL", "63/PRIORITY")
def test_tasks_run_by_their_intervals_in_the_order_of_priority() -> None:
    text = """VAR_GLOBAL order : STRING; END_VAR
    PROGRAM FAST VAR n : INT; END_VAR n := n + 1; order := CONCAT(order, 'f'); END_PROGRAM
    PROGRAM SLOW VAR n : INT; END_VAR n := n + 1; order := CONCAT(order, 's'); END_PROGRAM
    CONFIGURATION C RESOURCE R ON PLC
      TASK T1 (INTERVAL := T#30ms, PRIORITY := 5); TASK T2 (INTERVAL := T#10ms, PRIORITY := 1);
      PROGRAM A WITH T1 : SLOW; PROGRAM B WITH T2 : FAST;
    END_RESOURCE END_CONFIGURATION"""
    program = compile_text(text)
    memory = program.new_memory()
    assert program.period == 10_000_000
    program.run(memory, 7, 40_000_000, 10_000_000)
    assert (program.read(memory, "A.n"), program.read(memory, "B.n")) == (3, 7)
    assert program.read(memory, "order") == "fsfffsfffs"


@pytest.mark.feature("47/PROGRAM")
def test_a_program_can_be_chosen() -> None:
    text = "PROGRAM A VAR n : INT; END_VAR n := 1; END_PROGRAM PROGRAM B VAR n : INT; END_VAR n := 2; END_PROGRAM"
    program = compile_text(text, program="b")
    memory = program.new_memory()
    program.scan(memory, 0)
    assert program.read(memory, "n") == program.read(memory, "B.n") == 2


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [("SINT", "INT", True), ("USINT", "INT", True), ("INT", "REAL", True), ("DINT", "REAL", False),
     ("DINT", "LREAL", True), ("LINT", "LREAL", False), ("BYTE", "WORD", True), ("WORD", "INT", False),
     ("INT", "UINT", False), ("REAL", "LREAL", True), ("LREAL", "REAL", False), ("BOOL", "BYTE", True),
     ("TIME", "LTIME", True), ("LTIME", "TIME", False), ("UINT", "DINT", True), ("UDINT", "DINT", False)],
)  # fmt: skip
def test_what_widens_by_itself(source: str, target: str, allowed: bool) -> None:
    found = errors_in(f"a : {source}; b : {target};", "b := a;")
    cure = f"2:6: error: b is {target}, but the value is {source}; convert it with {source}_TO_{target}(...)"
    assert found == ([] if allowed else [cure])


def test_strings_are_cut_to_their_room_and_leave_nothing_behind() -> None:
    found = ran("s : STRING[4]; t : STRING[4] := 'wxyz'; n : INT;", "s := 'abcdefgh'; t := 'a'; n := LEN(t);")
    assert (found["S"], found["T"], found["N"]) == ("abcd", "a", 1)


def test_retentive_nothing_in_a_function_from_call_to_call() -> None:
    before = """FUNCTION F : INT VAR_INPUT x : INT; END_VAR
      VAR a : ARRAY [0..9] OF INT; n : INT := 2; s : STRING := 'ab'; END_VAR
      a[x] := a[x] + 1; n := n + 1; s := CONCAT(s, 'c'); F := a[x] * 100 + n * 10 + LEN(s); END_FUNCTION\n"""
    assert ran("r : INT;", "r := F(1); r := F(1);", 3, before)["R"] == 133


def test_errors_in_configurations() -> None:
    found = errors("PROGRAM P END_PROGRAM CONFIGURATION C TASK T(INTERVAL := T#0s);\nPROGRAM A WITH U : P;\n"
                   "PROGRAM B WITH T : Q; END_CONFIGURATION")  # fmt: skip
    assert [one.split("error: ")[1] for one in found] == [
        "INTERVAL is 0.0 s; it must be longer than zero",
        "no TASK called U here; declare it in the RESOURCE",
        "no PROGRAM called Q here; declare it",
    ]


def test_after_a_fault_the_values_of_the_scan_are_seen() -> None:
    found, fault = attempt("n, i : INT; a : ARRAY [0..3] OF INT;", "FOR i := 0 TO 9 DO n := n + 1; a[i] := n; END_FOR;")
    assert fault is not None
    assert (found["N"], found["I"], found["A"]) == (5, 4, [1, 2, 3, 4])
