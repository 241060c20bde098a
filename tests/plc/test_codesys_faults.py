"""__TRY, __CATCH, __FINALLY of CODESYS: a fault of the PLC goes to the handler, with its number."""

from __future__ import annotations

import pytest

from hil.plc import Diagnostics, compile_text
from tests.plc._scan import fault, values

DIVIDE = """FUNCTION Divide : INT VAR_INPUT a, b : INT; END_VAR Divide := a / b; END_FUNCTION
FUNCTION_BLOCK Row VAR_INPUT i : INT; END_VAR VAR_OUTPUT got : INT;
    END_VAR VAR a : ARRAY[1..3] OF INT := [5, 6, 7]; END_VAR
got := a[i]; END_FUNCTION_BLOCK
"""


def tried(body: str, handler: str = "caught := caught + 1;", more: str = "") -> str:
    declared = "VAR x, zero, caught, ended : INT; e : ExceptionCode; row : Row; p : POINTER TO INT; END_VAR"
    tried = f"__TRY {body} __CATCH(e) {handler} {more} __ENDTRY; ended := ended + 1;"
    return f"{DIVIDE} PROGRAM P {declared} {tried} END_PROGRAM"


@pytest.mark.parametrize(("body", "number"), [
    ("x := 1 / zero;", 0x103), ("x := Divide(1, zero);", 0x103), ("row(i := 4);", 0x102), ("x := p^;", 0x51),
    ("WHILE TRUE DO x := x + 1; END_WHILE;", 0x10),
])  # fmt: skip
def test_a_fault_jumps_to_the_handler_with_its_number(body: str, number: int) -> None:
    assert values(tried(f"{body} x := -1;"), "e", "caught", "ended") == [number, 1, 1]


def test_without_a_fault_the_handler_does_not_run() -> None:
    assert values(tried("x := Divide(6, 2);"), "x", "e", "caught", "ended") == [3, 0, 0, 1]


def test_what_was_done_before_the_fault_stays_done() -> None:
    assert values(tried("FOR x := 1 TO 9 DO caught := 10; row(i := x); END_FOR;"), "x", "caught", "row.got") == [
        4,
        11,
        7,
    ]


@pytest.mark.parametrize(("body", "caught"), [("x := 1 / zero;", 1), ("x := 5;", 0)])
def test_the_last_part_runs_in_both_cases(body: str, caught: int) -> None:
    text = tried(body, more="__FINALLY ended := 10;")
    assert values(text, "caught", "ended") == [caught, 11]


def test_nested_handlers_and_a_fault_in_a_handler() -> None:
    inner = "__TRY x := 1 / zero; __CATCH row(i := 9); caught := 100; __ENDTRY"
    assert values(tried(inner), "e", "caught") == [0x102, 1]
    assert fault(tried("x := 1 / zero;", handler="x := Divide(2, zero);")).kind == "division by zero"


def test_a_function_answers_by_its_handler() -> None:
    text = f"""{DIVIDE} FUNCTION Safe : INT VAR_INPUT b : INT; END_VAR __TRY Safe := Divide(8, b);
    __CATCH Safe := -1; __ENDTRY
    END_FUNCTION PROGRAM P VAR a, b : INT; END_VAR a := Safe(2); b := Safe(0); END_PROGRAM"""
    assert values(text, "a", "b", scans=3) == [4, -1]


@pytest.mark.parametrize(("text", "words"), [
    ("__TRY x := 1;", "this __TRY is never closed; add __ENDTRY; before"),
    ("__TRY x := 1; __CATCH(t) x := 2; __ENDTRY", "t takes no exception code; declare it as ExceptionCode"),
])  # fmt: skip
def test_mistakes_around_a_handler(text: str, words: str) -> None:
    with pytest.raises(Diagnostics, match=words):
        compile_text(f"PROGRAM P VAR x : INT; t : STRING; END_VAR {text} END_PROGRAM", profile="codesys")
