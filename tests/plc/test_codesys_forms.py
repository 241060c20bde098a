"""What CODESYS 3 and TwinCAT 3 allow beyond the standard, in small."""

from __future__ import annotations

import pytest

from hil.plc import Diagnostics, compile_text
from tests.plc._scan import values


def test_not_takes_whole_numbers_by_their_bits() -> None:
    text = "PROGRAM P VAR i : INT := 5; u : USINT := 1; a : INT; b : USINT; END_VAR a := NOT i; b := NOT u; END_PROGRAM"
    assert values(text, "a", "b") == [-6, 254]
    with pytest.raises(Diagnostics, match="NOT takes BOOL or a bit string, this is INT"):
        compile_text(text)


def test_the_blocks_of_the_standard_have_the_inputs_that_codesys_gives_them() -> None:
    text = """PROGRAM P VAR s : SR; r : RS; u : CTU; d : CTD_DINT; b : CTUD; END_VAR
    s(SET1 := TRUE, RESET := TRUE); r(SET := TRUE, RESET1 := TRUE); u.RESET := FALSE; u(CU := TRUE, PV := 1);
    d(CD := FALSE, LOAD := TRUE, PV := 4); b(CU := TRUE, CD := FALSE, R := FALSE, LD := FALSE, PV := 1); END_PROGRAM"""
    assert values(text, "s.Q1", "r.Q1", "u.Q", "d.CV", "b.QU") == [True, False, True, 4, True]
    with pytest.raises(Diagnostics, match="no parameter of SR called SET1"):
        compile_text(text)


def test_a_block_in_a_function_is_new_in_each_call() -> None:
    text = """FUNCTION_BLOCK Sum VAR_INPUT x : INT; END_VAR VAR_OUTPUT all : INT := 10; END_VAR all := all + x;
    END_FUNCTION_BLOCK
    FUNCTION Twice : INT VAR_INPUT x : INT; END_VAR VAR s : Sum; END_VAR s(x := x); s(x := x); Twice := s.all;
    END_FUNCTION
    PROGRAM P VAR a, b : INT; END_VAR a := Twice(1); b := Twice(2); END_PROGRAM"""
    assert values(text, "a", "b", scans=2) == [12, 14]


def test_plain_arguments_stand_at_their_places_beside_named_ones() -> None:
    text = """FUNCTION F : INT VAR_INPUT a, b, c : INT; END_VAR F := a * 100 + b * 10 + c; END_FUNCTION
    PROGRAM P VAR x, y : INT; END_VAR x := F(a := 1, 2, c := 3); y := F(4, c := 6, b := 5); END_PROGRAM"""
    assert values(text, "x", "y") == [123, 456]
    with pytest.raises(Diagnostics, match="a is given twice"):
        compile_text(text.replace("a := 1, 2", "2, a := 1"), profile="codesys")


def test_a_literal_of_as_many_bits_keeps_its_bits() -> None:
    text = "PROGRAM P VAR u : UINT := -1; i : INT := 16#FFFE; n : ULINT; END_VAR n := -1; END_PROGRAM"
    assert values(text, "u", "i", "n") == [65535, -2, 2**64 - 1]
    for wide in ("u := 65536", "u := -32769"):
        with pytest.raises(Diagnostics, match="does not fit UINT"):
            compile_text(text.replace("n := -1", wide), profile="codesys")


def test_trunc_of_a_whole_number_is_itself() -> None:
    text = "PROGRAM P VAR i : INT := -7; a, b : DINT; END_VAR a := TRUNC(i); b := TRUNC(2.9); END_PROGRAM"
    assert values(text, "a", "b") == [-7, 2]


def test_an_abstract_structure_is_a_structure() -> None:
    text = """TYPE ABSTRACT Base : STRUCT n : INT := 3; END_STRUCT END_TYPE
    TYPE Whole EXTENDS Base : STRUCT m : INT := 4; END_STRUCT END_TYPE
    PROGRAM P VAR w : Whole; x : INT; END_VAR x := w.n + w.m; END_PROGRAM"""
    assert values(text, "x") == [7]
