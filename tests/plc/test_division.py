"""A long module is compiled in parts, which together are the same program; loops over arrays become vectors."""

import ctypes
import re

import numpy as np
import pytest

from ci.benches.library import library
from hil.blocks.native import Library, object_code, optimised
from hil.blocks.workers import object_codes
from hil.plc.compiler import checked
from hil.plc.lowering.lower import Lowered, lower

RUN = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, *[ctypes.c_int64] * 3)
PROJECT = """
FUNCTION Half : REAL VAR_INPUT x : REAL; END_VAR Half := x / 2.0; END_FUNCTION
FUNCTION_BLOCK Low VAR_INPUT x : REAL; END_VAR VAR_OUTPUT y : REAL; text : STRING[20]; END_VAR VAR t : TON; END_VAR
  t(IN := x > 0.0, PT := T#30ms);
  y := Half(x) + SIN(x);
  IF t.Q THEN text := CONCAT('late ', REAL_TO_STRING(y)); END_IF;
END_FUNCTION_BLOCK
PROGRAM P VAR a, b : Low; n : INT; list : ARRAY [0..9] OF REAL; END_VAR
  a(x := 1.5); b(x := a.y + 0.25);
  list[n] := b.y; n := n + 1;
END_PROGRAM
"""


def ended(lowered: Lowered, codes: list[bytes], scans: int) -> bytes:
    library = Library(*codes)
    memory = np.frombuffer(lowered.image, np.uint8).copy()
    RUN(library.address("run"))(memory.ctypes.data, scans, 0, 10_000_000)
    return memory.tobytes()


@pytest.mark.parametrize("length", [0, 40, 10_000])
@pytest.mark.parametrize("scans", [1, 8, 12])  # the twelfth stands in a fault: n is 10
def test_parts_are_the_same_program(length: int, scans: int) -> None:
    lowered = lower(checked(PROJECT, "x.st"))
    whole = ended(lowered, [object_code(lowered.text, opt=3)], scans)
    beside = [one[1:] for one in lowered.division.apart]
    assert ended(lowered, object_codes(lowered.division.parts(length), 1, beside), scans) == whole


def test_each_unit_is_in_one_part() -> None:
    division = lower(checked(PROJECT, "x.st")).division
    parts = division.parts(0)
    assert len(parts) > len(division.apart) > 0
    for name in division.apart:
        assert sum(f"{name}(" in re.sub(r"declare [^\n]*|call [^\n]*", "", one) for one in parts) == 1


def loop(statement: str) -> str:
    """The optimised text of a counted loop over arrays of 64."""
    variables = "a, b : ARRAY [0..63] OF REAL; k : REAL; n : ARRAY [0..63] OF DINT; i : INT;"
    text = f"PROGRAM P VAR {variables} END_VAR FOR i := 0 TO 63 DO {statement} END_FOR; END_PROGRAM"
    return str(optimised(lower(checked(text, "x.st")).text, opt=3))


@pytest.mark.parametrize(
    "statement", ["a[i] := b[i] * k + a[i];", "n[i] := n[i] + 3;", "a[i] := MAX(a[i], b[63 - i]);"]
)
def test_counted_loops_over_arrays_become_vectors_without_checks(statement: str) -> None:
    found = loop(statement)
    assert re.search(r"(fmul|add|select|fcmp).* <\d+ x ", found)
    assert "@fault(" not in found


def test_an_index_that_may_leave_the_array_is_checked() -> None:
    assert "@fault(" in loop("a[i + 1] := 0.0;")


def test_the_library_of_the_bench_is_compiled_in_parts_and_runs() -> None:
    lowered = lower(checked(library(1_000), "library.st"))
    beside = [one[1:] for one in lowered.division.apart]
    whole = ended(lowered, [object_code(lowered.text, opt=1)], 5)
    assert ended(lowered, object_codes(lowered.division.parts(2_000), 1, beside), 5) == whole


def test_the_text_to_compile_grows_with_the_library_and_no_faster() -> None:
    small, large = (lower(checked(library(lines), "library.st")) for lines in (1_000, 4_000))
    assert len(large.text) < 4.5 * len(small.text)
    assert sum(map(len, large.division.parts())) < 1.5 * len(large.text)
