"""Functions and methods of one name: the arguments choose."""

import pytest

from tests.plc._plc import errors, evaluated, ran

_SCALES = """
FUNCTION Scale : INT VAR_INPUT x : INT; END_VAR Scale := x * 2; END_FUNCTION
FUNCTION Scale : LREAL VAR_INPUT x : LREAL; END_VAR Scale := x / 2.0; END_FUNCTION
FUNCTION Scale : INT VAR_INPUT x : INT; y : INT; END_VAR Scale := x * y; END_FUNCTION
FUNCTION Scale : INT VAR_INPUT x : STRING; END_VAR Scale := LEN(x); END_FUNCTION
"""


@pytest.mark.feature("Extensions/overloads")
def test_function_of_the_arguments_types() -> None:
    cases = {"Scale(INT#4)": "INT", "Scale(LREAL#5.0)": "LREAL", "Scale(3, 5)": "INT", "Scale('four')": "INT"}
    found = evaluated(cases, before=_SCALES)
    assert list(found.values()) == [8, 2.5, 15, 4]


def test_exact_type_goes_before_a_conversion() -> None:
    found = evaluated({"Scale(SINT#4)": "INT", "Scale(REAL#5.0)": "LREAL", "Scale(7)": "INT"}, before=_SCALES)
    assert list(found.values()) == [8, 2.5, 14]


def test_names_of_arguments_choose_too() -> None:
    before = """
    FUNCTION At : INT VAR_INPUT row : INT; END_VAR At := row; END_FUNCTION
    FUNCTION At : INT VAR_INPUT column : LINT; END_VAR At := 100; END_FUNCTION
    """
    assert evaluated({"At(row := 3)": "INT", "At(column := 3)": "INT"}, before=before) == {
        "At(row := 3)": 3,
        "At(column := 3)": 100,
    }


def test_calls_inside_of_calls() -> None:
    nested = "Scale(" * 60 + "INT#0" + ")" * 60
    assert evaluated({nested: "INT"}, before=_SCALES) == {nested: 0}


def test_function_of_each_namespace_in_use() -> None:
    before = """
    NAMESPACE A FUNCTION Kind : INT VAR_INPUT x : INT; END_VAR Kind := 1; END_FUNCTION END_NAMESPACE
    NAMESPACE B FUNCTION Kind : INT VAR_INPUT x : STRING; END_VAR Kind := 2; END_FUNCTION END_NAMESPACE
    USING A, B;
    """
    assert list(evaluated({"Kind(7)": "INT", "Kind('x')": "INT"}, before=before).values()) == [1, 2]


_CLASSES = """
CLASS Base
METHOD PUBLIC Take : INT VAR_INPUT a : INT; END_VAR Take := a; END_METHOD
METHOD PUBLIC Take : INT VAR_INPUT a : STRING; END_VAR Take := 100; END_METHOD
END_CLASS
CLASS Derived EXTENDS Base
METHOD PUBLIC OVERRIDE Take : INT VAR_INPUT a : INT; END_VAR Take := SUPER.Take(a) + 1; END_METHOD
METHOD PUBLIC Take : INT VAR_INPUT a : LREAL; END_VAR Take := 200; END_METHOD
END_CLASS
FUNCTION Through : INT VAR_IN_OUT one : Base; END_VAR Through := one.Take(7); END_FUNCTION
"""


def test_methods_of_a_class_and_its_base() -> None:
    body = "a := one.Take(3); b := one.Take('x'); c := one.Take(1.5); d := Through(one);"
    found = ran("one : Derived; a, b, c, d : INT;", body, before=_CLASSES)
    assert (found["A"], found["B"], found["C"], found["D"]) == (4, 100, 200, 8)


def test_no_overload_fits() -> None:
    (found,) = errors(_SCALES + "PROGRAM P VAR b : BOOL; i : INT; END_VAR\ni := Scale(b);\nEND_PROGRAM")
    assert found.startswith("7:6: error: no Scale takes (BOOL); there is one for (INT), (LREAL), (INT, INT), (STRING")


def test_twice_the_same_is_refused() -> None:
    one = "FUNCTION F : INT VAR_INPUT x : INT; END_VAR F := x; END_FUNCTION\n"
    (found,) = errors(one + one + "PROGRAM P END_PROGRAM")
    assert found == "2:10: error: F is already declared at <text>:1; choose another name"
