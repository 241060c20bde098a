"""A run that keeps fields in registers leaves the same memory as one that stores each of them, also by a fault."""

import pytest

from ci.benches.plc import FOLDER
from hil.blocks.native import object_code
from hil.plc.compiler import checked
from hil.plc.lowering.carried import PASSES, carried
from hil.plc.lowering.lower import Lowered, lower
from tests.plc.test_division import ended

BLOCKS = """
FUNCTION_BLOCK Share VAR_INPUT part : DINT := 7; whole : DINT; on : BOOL; END_VAR VAR_OUTPUT y : DINT; END_VAR
  VAR late : TON; last : BOOL; END_VAR
  late(IN := on AND NOT last, PT := T#20ms);
  last := late.Q;
  y := y + part / whole;
END_FUNCTION_BLOCK
"""
# Statements of a program with n counted up from 1 in each scan; some fault in the seventh scan, or in the first.
BODIES = {
    "before the call": "y := 10 / (7 - n); a(whole := n); b(part := a.y, whole := 3, on := TRUE);",
    "in a call": "a(whole := 7 - n, on := n > 2); b(part := y, whole := 3); y := a.y;",
    "between calls": "a(whole := n, on := TRUE); y := 10 / (7 - n); b(whole := a.y + 1);",
    "at once": "y := 10 / (1 - n); a(whole := n); b(whole := n);",
    "calls under conditions": "IF n MOD 2 = 0 THEN a(part := n, whole := 3); ELSE b(whole := a.part); END_IF;",
    "an input read before the call": "y := a.whole + b.part; a(whole := n); b(part := y, whole := n);",
    "an input written aside": "a(whole := n); a.whole := y; y := y + 1; b(whole := a.whole + 1); b.part := n;",
    "a return": "a(whole := n); IF n > 4 THEN RETURN; END_IF; b(part := n, whole := n);",
    "parts of a word": "w.3 := n > 3; w.%B1 := 16#12; y := WORD_TO_DINT(w); a(whole := 1 + y);",
    "reals": "r := r * 0.5 + DINT_TO_REAL(n); l := REAL_TO_LREAL(r) / 3.0; a(whole := REAL_TO_DINT(r));",
}


def program(body: str) -> Lowered:
    declared = "n, y : DINT; w : WORD; r : REAL; l : LREAL; a, b : Share;"
    return lower(checked(f"{BLOCKS} PROGRAM P VAR {declared} END_VAR n := n + 1; {body} END_PROGRAM", "x.st"))


@pytest.mark.parametrize("scans", [1, 2, 6, 7, 9])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_memory_is_the_same(body: str, scans: int) -> None:
    lowered = program(body)
    text = carried(lowered.text)
    assert text is not None or body == BODIES["at once"]
    kept = object_code(text or lowered.text, opt=PASSES)
    assert ended(lowered, [kept], scans) == ended(lowered, [object_code(lowered.text, opt=1)], scans)


def test_the_motors_keep_every_byte() -> None:
    path = FOLDER / "motor.st"
    lowered = lower(checked(path.read_text(), str(path)))
    text = carried(lowered.text)
    assert text is not None
    assert ended(lowered, [object_code(text, opt=PASSES)], 20_000) == ended(
        lowered, [object_code(lowered.text, opt=2)], 20_000
    )


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("k : INT; list : ARRAY [0..9] OF INT;", "k := k + 1; list[k] := k;"),
        ("k, m : INT; at : POINTER TO INT;", "at := ADR(k); at^ := at^ + 1; m := k;"),
        ("one, other : STRING[20];", "one := CONCAT(other, 'x'); other := one;"),
    ],
)
def test_programs_that_reach_memory_in_other_ways_stay_as_they_are(declared: str, body: str) -> None:
    assert carried(lower(checked(f"PROGRAM P VAR {declared} END_VAR {body} END_PROGRAM", "x.st")).text) is None
