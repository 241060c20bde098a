"""Data types with named values (IEC 61131-3 clause 6.4.4.4): names for some values, all others allowed."""

from tests.plc._plc import errors, ran

_STATUS = "TYPE Status : WORD (OK := 16#0, BAD := 16#8001); Mode : INT (Slow := 1, Fast := 2); END_TYPE\n"


def test_other_values_than_the_named_ones() -> None:
    found = ran("m : Mode := 7; n : Mode; i : INT; d : DINT;", "n := Mode#Fast + 3; i := m; d := n;", before=_STATUS)
    assert (found["M"], found["N"], found["I"], found["D"]) == (7, 5, 7, 5)


def test_beside_values_of_the_type() -> None:
    body = """w := Status#BAD; b := w = Status#BAD AND s <> w; s := w OR 16#2;
    CASE m OF 0: i := 5; Mode#Slow: i := 6; END_CASE"""
    found = ran("w : WORD; s : Status; b : BOOL; m : Mode; i : INT;", body, before=_STATUS)
    assert (found["W"], found["S"], found["B"], found["I"]) == (0x8001, 0x8003, True, 6)


def test_parameters_take_both() -> None:
    before = _STATUS + "FUNCTION Next : Mode VAR_INPUT m : Mode; END_VAR Next := -m; END_FUNCTION\n"
    found = ran("a, b : INT; m : Mode := Mode#Fast;", "a := Next(m); b := Next(INT#9);", before=before)
    assert (found["A"], found["B"]) == (-2, -9)


def test_enumerations_take_their_own_values_alone() -> None:
    (found,) = errors(
        "TYPE Colour : (Red, Green); END_TYPE PROGRAM P VAR c : Colour; END_VAR\nc := INT#1;\nEND_PROGRAM"
    )
    assert found.startswith("2:6: error: c is Colour, but the value is INT")
