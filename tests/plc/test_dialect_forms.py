"""What exports and other tools write around plain ST, each form with what it means."""

import pytest

from hil.plc.compiler import examine
from tests.plc._plc import attempt, errors, ran

MEANS = [
    ("a : ARRAY [1..4] OF INT := 1, 2, 2(7);", "", {"A": [1, 2, 7, 7]}),
    ("big : (SMALL := 1, LARGE := 16#8000);", "IF big = SMALL THEN x := 4; END_IF", {"X": 4}),
    ("a : ARRAY [1..3] OF INT := 3(5);", "", {"A": [5, 5, 5]}),
    ("p : Pair := (both := 1, 2, last := 3);", "x := p.both[2] + p.last;", {"X": 5}),
    ("Type, Configuration : INT;", "Type := 4; Configuration := Type;", {"CONFIGURATION": 4}),
    ("p : Named;", "p.Type := 3; IF p.Type = 3 THEN x := p.Type; END_IF", {"X": 3}),
    ("\u00a0y :\u2003INT := 2;", "x\u00a0:= y;", {"X": 2}),
    ("s : STRING;", "s := '20 €';", {"S": "20 \x80"}),  # as a file in Windows-1252 has it
    ("y : INT := 2; AT %MW1 : INT := 7;", "x := y;", {"X": 2}),
]
TYPES = """TYPE Pair : STRUCT both : ARRAY [1..2] OF INT; last : INT; END_STRUCT END_TYPE
TYPE Named : STRUCT Type : INT; END_STRUCT END_TYPE
"""


@pytest.mark.parametrize(("declarations", "body", "expected"), MEANS)
def test_form(declarations: str, body: str, expected: dict[str, object]) -> None:
    found = ran(declarations + " x : INT;", body, before=TYPES)
    assert {name: list(found[name]) if isinstance(one, list) else found[name] for name, one in expected.items()} == (
        expected
    )


READ = [
    "(*@KEY@:DESCRIPTION*) anything at all, it's IF words *( (*@KEY@:END_DESCRIPTION*) PROGRAM P END_PROGRAM",
    "VAR a : INT; END_VAR PROGRAM P a := 1; END_PROGRAM",
    "FUNCTION_BLOCK F PUBLIC PROPERTY x : INT GET x := 1; END_GET END_PROPERTY END_FUNCTION_BLOCK",
    "PROGRAM P VAR a : INT; END_VAR VAR_ACCESS other : a : INT READ_ONLY; END_VAR a := 1; END_PROGRAM",
    "PROGRAM P END_PROGRAM RESOURCE R ON CPU TASK T (INTERVAL := T#1s); PROGRAM One WITH T : P; END_RESOURCE",
    "UNIT U; INTERFACE USES V, W; FUNCTION f; VAR_GLOBAL g : INT; END_VAR END_INTERFACE "
    "IMPLEMENTATION FUNCTION f : INT f := g; END_FUNCTION END_IMPLEMENTATION",
    "@EXTERNAL FUNCTION LEN : INT VAR_INPUT in : STRING; END_VAR END_FUNCTION "
    "PROGRAM P VAR n : INT; END_VAR n := LEN('four'); END_PROGRAM",
    "{external} FUNCTION ABS<T : ANY_NUM> : T VAR_INPUT in : T; END_VAR END_FUNCTION",
]


@pytest.mark.parametrize("text", READ)
def test_text_is_read_and_compiled(text: str) -> None:
    assert examine([(text, "a.st")]) == (["a.st"], [])


def test_two_charts_in_one_body_need_an_initial_step_each() -> None:
    chart = "INITIAL_STEP {0}1 : END_STEP STEP {0}2 : END_STEP TRANSITION FROM {0}1 TO {0}2 := TRUE; END_TRANSITION\n"
    assert errors(f"PROGRAM P {chart.format('A')} {chart.format('B')} END_PROGRAM") == []
    second = chart.format("B").replace("INITIAL_STEP", "STEP")
    assert errors(f"PROGRAM P {chart.format('A')} {second} END_PROGRAM") == [
        "1:24: error: a chart has one INITIAL_STEP; declare exactly one"
    ]


def test_open_types_are_for_the_standard_functions() -> None:
    text = "FUNCTION Twice<T : ANY_NUM> : T VAR_INPUT x : T; END_VAR Twice := x + x; END_FUNCTION"
    assert errors(text)[0] == "1:10: error: Twice leaves T open; write one FUNCTION for each type"


def test_an_in_out_of_an_instance_is_what_the_last_call_above_gave_it() -> None:
    block = "FUNCTION_BLOCK Adder VAR_IN_OUT sum : INT; END_VAR sum := sum + 1; END_FUNCTION_BLOCK\n"
    body = "f(sum := a); x := f.sum; f(sum := b); f.sum := f.sum * 10;"
    found = ran("a, x : INT; b : INT := 6; f : Adder;", body, before=block)
    assert (found["A"], found["X"], found["B"]) == (1, 1, 70)
    assert "has no member" not in str(
        errors(f"{block}PROGRAM P VAR f : Adder; x : INT; END_VAR x := f.sum; END_PROGRAM")
    )
    assert errors(f"{block}PROGRAM P VAR f : Adder; x : INT; END_VAR x := f.sum; END_PROGRAM") != []


def test_actions_and_methods_reach_the_in_outs_of_the_last_call() -> None:
    block = """FUNCTION_BLOCK Filter VAR_IN_OUT level : INT; END_VAR VAR calls : INT; END_VAR
    METHOD Half level := level / 2; END_METHOD
    ACTION Count: calls := calls + 1; level := level + calls; END_ACTION
    Count(); Half(); Count; END_FUNCTION_BLOCK
    """
    found = ran("f : Filter; a : INT := 9; b : INT := 100;", "f(level := a); f(level := b); f.Half();", before=block)
    assert (found["A"], found["B"]) == (7, 27)  # (9 + 1) / 2 + 2, ((100 + 3) / 2 + 4) / 2
    _, fault = attempt("f : Filter;", "f.Half();", before=block)
    assert fault is not None
    assert fault.message == "level is nothing before Filter is called; call it first"
