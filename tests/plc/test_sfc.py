"""Sequential function charts: evolution and action qualifiers, one character per scan of 10 ms."""

import pytest

from hil.plc import compile_text
from tests.plc._plc import errors

SCAN = 10_000_000
# The step Run is active in scans 2 to 6; the step Late, which resets, in scans 9 and after.
QUALIFIERS = [  # (association, Q of the action)
    ("N", "001111100000"),
    ("P", "001000000000"),
    ("P1", "001000000000"),
    ("P0", "000000010000"),
    ("S", "001111111000"),
    ("L, T#30ms", "001110000000"),
    ("L, T#90ms", "001111100000"),
    ("D, T#30ms", "000001100000"),
    ("D, T#90ms", "000000000000"),
    ("SD, T#30ms", "000001111000"),
    ("SD, T#60ms", "000000001000"),
    ("DS, T#30ms", "000001111000"),
    ("DS, T#60ms", "000000000000"),
    ("SL, T#30ms", "001110000000"),
    ("SL, T#60ms", "001111110000"),
]
CHART = """PROGRAM P VAR q : BOOL; END_VAR
INITIAL_STEP Start: END_STEP
STEP Run: q({}); END_STEP
STEP Rest: END_STEP
STEP Late: q(R); END_STEP
TRANSITION FROM Start TO Run := Start.T >= T#20ms; END_TRANSITION
TRANSITION FROM Run TO Rest := Run.T >= T#50ms; END_TRANSITION
TRANSITION FROM Rest TO Late := Rest.T >= T#20ms; END_TRANSITION
END_PROGRAM"""


def seen(text: str, names: str, scans: int, **inputs: bool) -> list[str]:
    """The values of BOOLs, one row per name."""
    program = compile_text(text)
    memory, rows = program.new_memory(), [""] * len(names.split())
    for name, value in inputs.items():
        program.write(memory, name, value)
    for k in range(scans):
        assert program.scan(memory, k * SCAN) is None
        rows = [row + str(int(program.read(memory, one))) for row, one in zip(rows, names.split(), strict=True)]
    return rows


@pytest.mark.parametrize(("association", "q"), QUALIFIERS)
@pytest.mark.feature(
    "54/STEP",
    "54/X",
    "54/T",
    "55/TRANSITION",
    "56/BOOL",
    "57/textual",
    "60/no final scan",
    "61/sequence",
    "59/N",
    "59/R",
    "59/S",
    "59/L",
    "59/D",
    "59/P",
    "59/SD",
    "59/DS",
    "59/SL",
    "59/P1",
    "59/P0",
)
def test_qualifier(association: str, q: str) -> None:
    rows = seen(CHART.format(association), "Run.X Late.X q", 12)
    assert rows == ["001111100000", "000000000111", q]


@pytest.mark.feature("61/divergence")
def test_one_of_several_transitions_is_taken() -> None:
    text = """PROGRAM P VAR_INPUT first, second : BOOL; END_VAR
    INITIAL_STEP S: END_STEP STEP A: END_STEP STEP B: END_STEP
    TRANSITION {a} FROM S TO A := first; END_TRANSITION
    TRANSITION {b} FROM S TO B := second; END_TRANSITION
    END_PROGRAM"""
    plain, turned = text.format(a="", b=""), text.format(a="(PRIORITY := 2)", b="(PRIORITY := 1)")
    assert seen(plain, "S.X A.X B.X", 3, first=True, second=True) == ["100", "011", "000"]
    assert seen(turned, "S.X A.X B.X", 3, first=True, second=True) == ["100", "000", "011"]
    assert seen(plain, "S.X A.X B.X", 3, first=False, second=True) == ["100", "000", "011"]


@pytest.mark.feature("61/simultaneous")
def test_parallel_branches_begin_and_end_together() -> None:
    text = """PROGRAM P VAR x : INT; END_VAR
    INITIAL_STEP S: END_STEP STEP A: END_STEP STEP B: END_STEP STEP C: END_STEP
    TRANSITION FROM S TO (A, B) := TRUE; END_TRANSITION
    TRANSITION FROM B TO C := TRUE; END_TRANSITION
    TRANSITION FROM (A, C) TO S := TRUE; END_TRANSITION
    END_PROGRAM"""
    assert seen(text, "S.X A.X B.X C.X", 6) == ["100100", "011011", "010010", "001001"]


@pytest.mark.feature("56/ACTION")
def test_an_action_is_a_body() -> None:
    text = """FUNCTION_BLOCK F VAR_OUTPUT n, m : INT; END_VAR
    INITIAL_STEP S: Count; Once(P1); END_STEP
    ACTION Count: n := n + 1; END_ACTION
    ACTION Once: m := m + 1; END_ACTION
    END_FUNCTION_BLOCK
    PROGRAM P VAR f : F; END_VAR f(); END_PROGRAM"""
    program = compile_text(text)
    memory = program.new_memory()
    assert program.run(memory, 5, 0, SCAN) is None
    assert (program.read(memory, "f.n"), program.read(memory, "f.m")) == (5, 1)


MISTAKES = [
    ("STEP A: END_STEP", "a chart has one INITIAL_STEP; declare exactly one"),
    (
        "INITIAL_STEP S: q(X); END_STEP",
        "X is no qualifier of an action; use one of D, DS, L, N, P, P0, P1, R, S, SD, SL",
    ),
    ("INITIAL_STEP S: q(D); END_STEP", "the qualifier D needs a time, as in (D, T#5s)"),
    ("INITIAL_STEP S: q(N, T#1s); END_STEP", "the qualifier N takes no time; remove it"),
    ("INITIAL_STEP S: END_STEP TRANSITION FROM S TO T := TRUE; END_TRANSITION", "no STEP T in this chart; declare it"),
    ("INITIAL_STEP S: nowhere(N); END_STEP", "no variable nowhere here"),
]


@pytest.mark.parametrize(("chart", "message"), MISTAKES)
def test_each_mistake_is_one_diagnostic(chart: str, message: str) -> None:
    found = errors(f"PROGRAM P VAR q : BOOL; END_VAR\n{chart}\nEND_PROGRAM")
    assert len(found) == 1
    assert message in found[0]
