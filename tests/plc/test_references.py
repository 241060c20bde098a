"""References, pointers, unions, open arrays: whatever an address holds, the process lives."""

import pytest

from hil.plc import compile_text
from tests.plc._plc import attempt, errors_in, ran


@pytest.mark.feature("Extensions/POINTER")
def test_a_pointer_is_followed_and_moved() -> None:
    found = ran(
        "p : POINTER TO INT; v : INT := 5; a : ARRAY [0..3] OF INT := [1, 2, 3, 4]; x, y, z : INT;",
        "p := ADR(v); p^ := p^ + 1; p := ADR(a); x := p[2]; p := p + SIZEOF(INT); y := p^; z := v;",
    )
    assert (found["X"], found["Y"], found["Z"]) == (3, 2, 6)


def test_a_reference_is_what_it_refers_to() -> None:
    found = ran(
        "r : REFERENCE TO INT; a, b : INT; ok, no : BOOL;",
        "no := __ISVALIDREF(r); r REF= a; r := 7; b := r + 1; ok := __ISVALIDREF(r);",
    )
    assert (found["A"], found["B"], found["NO"], found["OK"]) == (7, 8, False, True)


def test_ref_to_of_the_standard() -> None:
    found = ran("r, q : REF_TO REAL; x : REAL; b : BOOL;", "b := r = NULL; r := REF(x); q := r; q^ := 2.5;")
    assert (found["X"], found["B"]) == (2.5, True)


def test_a_pointer_into_a_structure_and_a_list() -> None:
    types = "TYPE Node : STRUCT v : INT; following : POINTER TO Node; END_STRUCT END_TYPE\n"
    found = ran(
        "a, b : Node; p : POINTER TO Node; sum : INT;",
        "a.v := 1; b.v := 2; a.following := ADR(b); p := ADR(a);\n"
        "WHILE p <> 0 DO sum := sum + p^.v; p := p^.following; END_WHILE;",
        before=types,
    )
    assert found["SUM"] == 3


@pytest.mark.parametrize("address", ["0", "1", "63", "16#7FFFFFFF", "16#FFFFFFFFFFFFFFFF", "1000000"])
@pytest.mark.parametrize("use", ["x := p^;", "p^ := x;", "s^.a := 1;", "s^ := t;", "c := q^;"])
def test_an_address_of_nothing_is_a_fault(address: str, use: str) -> None:
    types = "TYPE T : STRUCT a : INT; b : ARRAY [1..20] OF LREAL; END_STRUCT END_TYPE\n"
    declarations = (
        "n : ULINT; x : LREAL; p : POINTER TO LREAL; s : POINTER TO T; t : T; q : POINTER TO STRING; c : STRING;"
    )
    _, fault = attempt(declarations, f"n := {address}; p := n; s := n; q := n;\n{use}", before=types)
    assert fault is not None
    assert (fault.kind, fault.line) == ("null or foreign pointer", 5)


def test_every_address_of_the_memory_is_a_value_or_a_fault() -> None:
    program = compile_text(
        "PROGRAM P VAR p : POINTER TO LREAL; q : POINTER TO STRING; x : LREAL; s : STRING; END_VAR\n"
        "x := p^; s := q^; p^ := -1.0; q^ := s; END_PROGRAM"
    )
    for address in range(0, program.size + 200, 7):
        memory = program.new_memory()
        program.write(memory, "p", address)
        program.write(memory, "q", address + 3)
        program.run(memory, 3, 0, 1)


@pytest.mark.feature("Extensions/UNION")
def test_a_union_is_the_same_bytes() -> None:
    types = "TYPE U : UNION r : REAL; d : DWORD; b : ARRAY [0..3] OF BYTE; END_UNION END_TYPE\n"
    found = ran("u : U; d : DWORD; b : BYTE;", "u.r := 1.0; d := u.d; b := u.b[3];", before=types)
    assert (found["D"], found["B"]) == (0x3F800000, 0x3F)


@pytest.mark.feature("15/*", "15/LOWER_BOUND", "15/UPPER_BOUND")
def test_an_open_array_has_the_bounds_of_what_is_given() -> None:
    function = """FUNCTION Sum : DINT VAR_IN_OUT a : ARRAY [*] OF INT; END_VAR VAR i : DINT; END_VAR
    FOR i := LOWER_BOUND(a, 1) TO UPPER_BOUND(a, 1) DO Sum := Sum + a[i]; END_FOR; END_FUNCTION
    FUNCTION Past : INT VAR_IN_OUT a : ARRAY [*, *] OF INT; END_VAR Past := a[UPPER_BOUND(a, 1), 3]; END_FUNCTION\n"""
    declarations = "a : ARRAY [3..5] OF INT := [1, 2, 3]; b : ARRAY [-1..0] OF INT := [7, 8];"
    declarations += "m : ARRAY [1..2, 1..2] OF INT; x, y : DINT; n : INT;"
    found = ran(declarations, "x := Sum(a); y := Sum(b);", before=function)
    assert (found["X"], found["Y"]) == (6, 15)
    _, fault = attempt(declarations, "n := Past(m);", before=function)
    assert fault is not None
    assert fault.message == "index 3 of a is outside its bounds, which end at 2"


def test_parts_direct_variables_and_characters() -> None:
    found = ran(
        "w : WORD; s : STRING := 'abc'; c : BYTE; q : BOOL; lamp AT %QX0.1 : BOOL;",
        "w.%B1 := 16#12; w.0 := TRUE; w.%X2 S= TRUE; c := s[1]; s[0] := 16#78; %IX3.4 := TRUE; q := %IX3.4;",
    )
    assert (found["W"], found["C"], found["S"], found["Q"]) == (0x1205, ord("b"), "xbc", True)


@pytest.mark.feature("Extensions/JMP")
def test_jumps_and_labels() -> None:
    assert ran("n : INT;", "again: n := n + 1; IF n < 5 THEN JMP again; END_IF; JMP over; n := 0; over: ;")["N"] == 5
    _, fault = attempt("n : INT;", "again: n := n + 1; JMP again;")
    assert fault is not None
    assert fault.kind == "endless loop"


def test_a_loop_that_a_pointer_holds_back_ends_in_a_fault() -> None:
    _, fault = attempt("i : INT; p : POINTER TO INT;", "p := ADR(i); FOR i := 1 TO 3 DO p^ := 1; END_FOR;")
    assert fault is not None
    assert fault.kind == "endless loop"


MISTAKES = [
    ("i^ := 1;", "i is INT, not a pointer or reference; remove the ^"),
    ("p REF= i;", "p refers to LREAL, this is INT; the types must be one"),
    ("i REF= i;", "REF= takes a reference, i is INT; use :="),
    ("p := ADR(i + 1);", "this is a value, not a variable; store it in a variable first"),
    ("JMP nowhere;", "no label NOWHERE here or around this JMP; write NOWHERE: before a statement"),
    ("IF b THEN in: i := 1; END_IF; JMP in;", "no label IN here or around this JMP"),
    ("i S= b;", "S= sets a BOOL, i is INT; use :="),
    ("i;", "i alone does nothing; expected ':=' or a call"),
]


@pytest.mark.parametrize(("body", "message"), MISTAKES)
def test_each_mistake_is_one_diagnostic(body: str, message: str) -> None:
    found = errors_in("i : INT; b : BOOL; p : POINTER TO LREAL;", body)
    assert len(found) == 1
    assert message in found[0]
