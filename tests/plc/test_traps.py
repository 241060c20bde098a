"""Where runtimes differ: our choice in each row of docs/plc.md, profile `iec`."""

import pytest

from tests.plc._plc import MS, attempt, errors_in, evaluated, ran


def test_whole_numbers_keep_their_width() -> None:
    assert ran("a : INT := 30000; b : INT;", "b := (a + a) / 2;")["B"] == -2768
    assert evaluated({"(INT#30000 + INT#30000) / 2": "INT"}) == {"(INT#30000 + INT#30000) / 2": -2768}


@pytest.mark.parametrize("op", ["/", "MOD"])
def test_division_by_zero_is_a_fault(op: str) -> None:
    _, fault = attempt("a : INT := 7; z, r : INT;", f"r := 1;\nr := a {op} z;")
    assert fault is not None
    assert (fault.kind, fault.line, fault.column) == ("division by zero", 4, 8)
    assert "7" in fault.message


def test_index_out_of_bounds_is_a_fault() -> None:
    found, fault = attempt("a : ARRAY [3..5] OF INT; i : INT := 6; after : INT;", "after := 1;\na[i] := 1;")
    assert str(fault) == "<text>:4:3: index out of bounds: index 6 of a is outside 3..5"
    assert (found["A"], found["AFTER"]) == ([0, 0, 0], 1)


def test_for_up_to_the_highest_value_of_its_type_ends() -> None:
    found = ran("i : SINT; j : USINT; n, m : INT;",
                "FOR i := 120 TO 127 DO n := n + 1; END_FOR;\nFOR j := 248 TO 255 DO m := m + 1; END_FOR;")  # fmt: skip
    assert (found["N"], found["I"], found["M"], found["J"]) == (8, 127, 8, 255)


def test_for_with_a_negative_step_in_a_variable() -> None:
    found = ran("i, n : INT; s : INT := -2;", "FOR i := 10 TO 1 BY s DO n := n + 1; END_FOR;")
    assert (found["N"], found["I"]) == (5, 0)


def test_for_leaves_its_variable_one_step_behind() -> None:
    assert ran("i : INT;", "FOR i := 1 TO 3 DO ; END_FOR;")["I"] == 4
    assert ran("i : INT;", "FOR i := 5 TO 3 DO ; END_FOR;")["I"] == 5


def test_real_to_int_rounds_ties_to_even_and_saturates() -> None:
    cases = {
        "REAL_TO_INT(2.5)": 2,
        "REAL_TO_INT(-2.5)": -2,
        "REAL_TO_INT(3.5)": 4,
        "REAL_TO_INT(1.0E9)": 32767,
    }
    declared = "x : ARRAY [0..3] OF REAL := [2.5, -2.5, 3.5, 1.0E9]; y : ARRAY [0..3] OF INT; i : INT;"
    found = ran(declared, "FOR i := 0 TO 3 DO y[i] := REAL_TO_INT(x[i]); END_FOR;")
    assert found["Y"] == list(cases.values())
    assert list(evaluated(dict.fromkeys(cases, "INT")).values()) == list(cases.values())
    assert ran("x : REAL := 3.0E9; y : DINT;", "y := REAL_TO_DINT(x);")["Y"] == 2147483647


def test_time_as_a_number_counts_milliseconds() -> None:
    found = ran("t : TIME := T#1s500ms; d : DINT := 1500; a : DINT; b, c : TIME;",
                "a := TIME_TO_DINT(t); b := DINT_TO_TIME(d); c := T#1ms;")  # fmt: skip
    assert (found["A"], found["B"], found["C"]) == (1500, 1500 * MS, MS)


def test_dates_subtract_to_a_duration() -> None:
    found = ran("a : DATE := D#2024-03-01; b : DATE := D#2024-02-28; t : TIME;", "t := a - b;")
    assert found["T"] == 2 * 86_400_000 * MS


def test_and_evaluates_both_sides_and_then_does_not() -> None:
    before = "FUNCTION F : BOOL VAR_IN_OUT n : INT; END_VAR n := n + 1; F := TRUE; END_FUNCTION\n"
    found = ran("n, m : INT; b : BOOL;", "b := FALSE AND F(n); b := FALSE AND_THEN F(m);", before=before)
    assert (found["N"], found["M"]) == (1, 0)


def test_f_trig_has_the_standards_body() -> None:
    found = ran(
        "f : F_TRIG; first : BOOL; n : INT;",
        "f(CLK := FALSE); n := n + 1; IF n = 1 THEN first := f.Q; END_IF;",
        2,
    )
    assert (found["FIRST"], found["F"]["Q"]) == (True, False)


def test_ctud_with_both_edges_in_one_scan_does_not_change() -> None:
    assert ran("c : CTUD; b : BOOL;", "c(CU := b, CD := b, PV := 5); b := NOT b;", 6)["C"]["CV"] == 0


def test_ton_without_a_delay_follows_in_the_same_scan() -> None:
    assert ran("t : TON; q : BOOL;", "t(IN := TRUE, PT := T#0s, Q => q);")["Q"] is True


def test_insert_puts_behind_the_position() -> None:
    assert ran("s : STRING;", "s := INSERT('hello world', '-', 5);")["S"] == "hello- world"


def test_the_longer_of_equal_beginnings_is_greater() -> None:
    assert ran("b, c : BOOL;", "b := 'abc' < 'ab'; c := 'ab' < 'abc';") == {"B": False, "C": True}


def test_subrange_violation_is_a_fault() -> None:
    found, fault = attempt("s : INT (0..10) := 3; i : INT := 11;", "s := i;")
    assert str(fault) == "<text>:3:6: subrange violation: s takes 0 to 10, 11 is outside"
    assert found["S"] == 3
    assert errors_in("s : INT (0..10);", "s := 11;") == ["2:6: error: s takes 0 to 10, 11 is outside; change it"]


def test_mux_out_of_range_is_a_fault() -> None:
    _, fault = attempt("k : INT := 3; r : INT;", "r := MUX(k, 10, 20, 30);")
    assert str(fault) == "<text>:3:6: MUX out of range: MUX has inputs 0 to 2, 3 was asked for"


def test_lowest_number_by_minus_one_wraps() -> None:
    found = ran("a : DINT := -2147483648; m : DINT := -1; q, r : DINT;", "q := a / m; r := a MOD m;")
    assert (found["Q"], found["R"]) == (-2147483648, 0)


def test_a_real_literal_takes_the_type_that_it_meets() -> None:
    found = ran("r, s : REAL; l : LREAL;", "r := 0.1; s := r * 3.0; l := s;")
    assert found["L"] == 0.30000001192092896
