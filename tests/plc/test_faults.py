"""A PLC fault ends the scan, says where and why, stays until it is cleared, and never the process."""

import pytest

from hil.plc import compile_text
from hil.plc.layout import PASSES
from tests.plc._plc import MS, attempt, ran

DIVIDE = """PROGRAM P VAR n, z : INT; END_VAR
n := n + 1;
IF n = 3 THEN n := n / z; END_IF;
END_PROGRAM"""


def test_a_fault_stays_until_it_is_cleared() -> None:
    program = compile_text(DIVIDE, file="x.st")
    memory = program.new_memory()
    assert program.run(memory, 10, 0, MS) == program.fault(memory) == program.scan(memory, 99 * MS)
    fault = program.fault(memory)
    assert fault is not None
    assert (fault.kind, fault.message, fault.t_ns) == ("division by zero", "3 divided by zero", 2 * MS)
    assert str(fault) == "x.st:3:22: division by zero: 3 divided by zero"
    assert program.read(memory, "n") == 3
    program.clear_fault(memory)
    assert program.scan(memory, 100 * MS) is None
    assert program.read(memory, "n") == 4


ENDLESS = [
    "WHILE TRUE DO ; END_WHILE;",
    "REPEAT n := n + 1; UNTIL FALSE END_REPEAT;",
    "FOR i := 1 TO 2 BY s DO ; END_FOR;",
    "FOR d := 0 TO 2000000000 DO n := n + 1; END_FOR;",
    "FOR i := 0 TO 20000 DO FOR j := 0 TO 20000 DO n := n + 1; END_FOR; END_FOR;",
    "FOR i := 0 TO 5 DO i := 2; END_FOR;",
    "FOR d := 0 TO 2000000000 DO IF d < 0 THEN EXIT; END_IF; END_FOR;",
    "WHILE n < 10 DO n := 0; END_WHILE;",
    "d := 2000000000; FOR d := 0 TO d DO n := n + 1; END_FOR;",
]


@pytest.mark.parametrize("body", ENDLESS)
def test_an_endless_loop_is_a_fault(body: str) -> None:
    _, fault = attempt("i, j, n, s : INT; d : DINT;", body)
    assert fault is not None
    assert (fault.kind, fault.line) == ("endless loop", 3)
    assert fault.message == f"the loops of one scan made more than {PASSES:,} passes"


def test_calls_that_multiply_are_counted() -> None:
    functions = "FUNCTION F0 : INT VAR_INPUT x : INT; END_VAR F0 := x; END_FUNCTION\n"
    for k in range(1, 40):
        functions += f"FUNCTION F{k} : INT VAR_INPUT x : INT; END_VAR F{k} := F{k - 1}(x) + F{k - 1}(x); END_FUNCTION\n"
    _, fault = attempt("n : INT;", "n := F39(1);", before=functions)
    assert fault is not None
    assert fault.kind == "endless loop"


def test_long_loops_that_end_are_no_fault() -> None:
    found = ran(
        "d, n : DINT; k : DINT := 4000000;",
        "FOR d := 1 TO k DO n := n + 1; END_FOR; WHILE d > 0 DO d := d - 1; END_WHILE;",
    )
    assert found["N"] == 4_000_000


def test_each_scan_has_its_own_passes() -> None:
    assert ran("d, n : DINT; k : DINT := 3000000;", "FOR d := 1 TO k DO n := n + 1; END_FOR;", 5)["N"] == 15_000_000


@pytest.mark.parametrize(
    ("declared", "body", "message"),
    [
        ("a : ARRAY [0..1, 2..3] OF INT; i : INT := 1; j : INT := 4;", "a[i, j] := 1;", "index 4 of a is outside 2..3"),
        ("a : ARRAY [-5..5] OF INT; i : INT := -6;", "i := a[i];", "index -6 of a is outside -5..5"),
        ("a : ARRAY [0..9] OF INT; u : UDINT := 4294967295;", "a[u] := 1;", "index 4294967295 of a is outside 0..9"),
        ("a : ARRAY [0..9] OF INT; l : LINT := -9223372036854775808;", "a[l] := 1;",
         "index -9223372036854775808 of a is outside 0..9"),
        ("a : ARRAY [0..9] OF INT; i : INT;", "FOR i := 0 TO 10 DO a[i] := i; END_FOR;",
         "index 10 of a is outside 0..9"),
        ("a : ARRAY [0..9] OF INT; i : INT;", "FOR i := 0 TO 9 DO a[i + 1] := i; END_FOR;",
         "index 10 of a is outside 0..9"),
        ("t : ARRAY [0..1] OF TON; i : INT := 2;", "t[i](IN := TRUE);", "index 2 of t is outside 0..1"),
    ],
)  # fmt: skip
def test_index_faults(declared: str, body: str, message: str) -> None:
    _, fault = attempt(declared, body)
    assert fault is not None
    assert (fault.kind, fault.message) == ("index out of bounds", message)


def test_a_fault_inside_a_function_inside_a_block_names_its_own_line() -> None:
    before = """FUNCTION F : INT VAR_INPUT x : INT; END_VAR
F := 10 / x;
END_FUNCTION
FUNCTION_BLOCK B VAR_INPUT x : INT; END_VAR VAR y : INT; END_VAR y := 7; y := F(x); END_FUNCTION_BLOCK
"""
    found, fault = attempt("b : B; n : INT;", "n := 1; b(x := 0); n := 2;", before=before)
    assert fault is not None
    assert (fault.line, fault.column, found["B"]["y"], found["N"]) == (2, 9, 7, 1)


def test_what_looks_dangerous_and_is_none() -> None:
    found = ran("r : REAL; z : REAL; i : INT; d : DINT := -2147483648; b : BYTE := 1; n : INT := 200;",
                "r := 1.0 / z; i := REAL_TO_INT(r); d := ABS(d); b := SHL(b, n);")  # fmt: skip
    assert (found["R"], found["I"], found["D"], found["B"]) == (float("inf"), 32767, -2147483648, 0)


def test_large_arrays_of_functions_do_not_need_a_stack() -> None:
    before = """FUNCTION F : LREAL VAR_INPUT x : DINT; END_VAR VAR a : ARRAY [0..999999] OF LREAL; END_VAR
    a[x] := 1.0; F := a[x] + a[x + 1]; END_FUNCTION\n"""
    assert ran("r : LREAL;", "r := F(5) + F(999998);", before=before)["R"] == 2.0
