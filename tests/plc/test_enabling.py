"""EN and ENO, of standard functions, functions and function blocks."""

import pytest

from tests.plc._plc import errors_in, ran

DIVIDE = """FUNCTION Divide : INT VAR_INPUT a, b : INT; END_VAR Divide := a / b; END_FUNCTION
FUNCTION_BLOCK Divider VAR_INPUT a, b : INT; END_VAR VAR_OUTPUT q : INT := 5; END_VAR q := a / b; END_FUNCTION_BLOCK
FUNCTION Own : INT VAR_INPUT EN : BOOL; a : INT; END_VAR IF EN THEN Own := a; ELSE Own := -a; END_IF; END_FUNCTION
FUNCTION Quiet VAR_INPUT a : INT; END_VAR VAR_IN_OUT n : INT; END_VAR n := n / a; END_FUNCTION
"""


@pytest.mark.parametrize(
    ("call", "result", "eno"),
    [
        ("DIV(EN := TRUE, IN1 := 7, IN2 := z, ENO => ok)", 0, False),
        ("DIV(EN := TRUE, IN1 := 7, IN2 := z + 2, ENO => ok)", 3, True),
        ("DIV(EN := FALSE, IN1 := 7, IN2 := 2, ENO => ok)", 0, False),
        ("ADD(IN1 := 1, IN2 := 2, IN3 := 4, ENO => ok)", 7, True),
        ("MUX(K := z + 5, IN0 := 1, IN1 := 2, ENO => ok)", 0, False),
        ("Divide(a := 7, b := z, ENO => ok)", 0, False),
        ("Divide(EN := z = 0, a := 7, b := 2, ENO => ok)", 3, True),
        ("Divide(EN := z > 0, a := 7, b := 2, ENO => ok)", 0, False),
        ("1 + Divide(7, DIV(1, z, ENO => inner), ENO => ok)", 1, False),
        ("Own(EN := FALSE, a := 7)", -7, True),
    ],
)
def test_functions(call: str, result: int, eno: bool) -> None:
    found = ran("z, r : INT; ok, inner : BOOL := TRUE; after : INT;", f"r := {call}; after := 1;", before=DIVIDE)
    assert (found["R"], found["OK"], found["AFTER"]) == (result, eno, 1)


@pytest.mark.parametrize(
    ("call", "q", "eno"),
    [
        ("fb(EN := TRUE, a := 7, b := z, ENO => ok, q => r)", 5, False),
        ("fb(EN := FALSE, a := 7, b := 2, ENO => ok, q => r)", 5, False),
        ("fb(a := 7, b := 2, ENO => ok, q => r)", 3, True),
    ],
)
def test_function_blocks(call: str, q: int, eno: bool) -> None:
    found = ran("z, r, after : INT; ok : BOOL := TRUE; fb : Divider;", f"{call}; after := 1;", before=DIVIDE)
    assert (found["FB"]["q"], found["OK"], found["AFTER"]) == (q, eno, 1)


def test_a_function_without_a_result_and_an_instance_that_is_left_out() -> None:
    found = ran(
        "n : INT := 9; ok : BOOL; t : TON;", "Quiet(0, n, ENO => ok); t(EN := FALSE, IN := TRUE);", before=DIVIDE
    )
    assert (found["N"], found["OK"], found["T"]["IN"]) == (9, False, False)


def test_in_a_loop_that_counts_with_a_register() -> None:
    body = "FOR i := 1 TO 5 DO n := n + DIV(12, i - 3, ENO => ok); IF ok THEN good := good + 1; END_IF; END_FOR;"
    found = ran("i, n, good : INT; ok : BOOL;", body)
    assert (found["N"], found["GOOD"]) == (-6 - 12 + 12 + 6, 4)


def test_eno_is_a_variable_of_bool_and_en_a_condition() -> None:
    found = errors_in("i, r : INT;", "r := ABS(EN := i, IN := r, ENO => i);\nr := ABS(r, ENO => 3);")
    assert found == [
        "2:16: error: the condition is BOOL, but the value is INT; convert it with INT_TO_BOOL(...)",
        "2:35: error: ENO is BOOL, this variable is INT; use a BOOL",
        "3:20: error: this is a value, not a variable; store it in a variable first",
    ]
