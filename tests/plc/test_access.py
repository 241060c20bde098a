"""PRIVATE and PROTECTED: who may use a variable or a method (IEC 61131-3 table 48)."""

import pytest

from tests.plc._plc import errors, ran

_CLASSES = """
CLASS Base
VAR PUBLIC seen : INT; END_VAR
VAR PRIVATE secret : INT := 1; END_VAR
VAR PROTECTED shared : INT := 2; END_VAR
METHOD PUBLIC Show : INT Show := secret * 10 + shared; END_METHOD
METHOD PRIVATE Hide : INT Hide := 1; END_METHOD
METHOD PROTECTED Share : INT Share := THIS.Hide() + 1; END_METHOD
END_CLASS
CLASS Derived EXTENDS Base
VAR PRIVATE secret : INT := 7; END_VAR
METHOD PUBLIC Sum : INT Sum := secret * 100 + shared + THIS.Share() * 1000; END_METHOD
END_CLASS
"""


def test_own_kind_may_and_a_private_name_is_free_again() -> None:
    found = ran("one : Derived; a, b : INT;", "a := one.Sum(); b := one.Show();", before=_CLASSES)
    assert (found["A"], found["B"]) == (2702, 12)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("a := one.seen;", ""),
        ("a := one.secret;", "secret is PRIVATE in Base"),
        ("one.shared := 1;", "shared is PROTECTED in Base"),
        ("a := one.Hide();", "HIDE is PRIVATE in Base"),
        ("a := one.Share();", "SHARE is PROTECTED in Base"),
    ],
)
def test_others(body: str, refused: str) -> None:
    found = errors(f"{_CLASSES}PROGRAM P VAR one : Base; a : INT; END_VAR\n{body}\nEND_PROGRAM")
    assert [refused in one for one in found] == ([True] if refused else [])


def test_private_is_not_for_derived_classes() -> None:
    text = "CLASS D2 EXTENDS Base METHOD PUBLIC Get : INT\nGet := THIS.Hide();\nEND_METHOD END_CLASS"
    (found,) = errors(_CLASSES + text + " PROGRAM P END_PROGRAM")
    assert "HIDE is PRIVATE in Base; make it PUBLIC or use what is" in found
