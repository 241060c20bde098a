"""The language of CODESYS 3 and TwinCAT 3 beyond the standard."""

from __future__ import annotations

import pytest

from hil.plc import Diagnostics, compile_text
from tests.plc._scan import values

LISTS = """{list Plant}
{attribute 'qualified_only'}
VAR_GLOBAL CONSTANT count : INT := 2; END_VAR
{attribute 'qualified_only'}
VAR_GLOBAL level : ARRAY[1..count] OF INT := [7, 8]; END_VAR
{list Drives}
VAR_GLOBAL level : INT := 3; speed : INT := 4; END_VAR
{list Pumps}
VAR_GLOBAL speed : INT := 5; END_VAR
"""


def test_a_list_of_global_variables_stands_before_their_names() -> None:
    text = (
        LISTS
        + """PROGRAM P VAR a, b, c, d : INT; END_VAR
    a := Plant.level[2]; b := level; c := Drives.speed + Pumps.speed; d := Application.Plant.count; END_PROGRAM"""
    )
    assert values(text, "a", "b", "c", "d", "Plant.level[1]", "level") == [8, 3, 9, 2, 7, 3]


@pytest.mark.parametrize(("use", "words"), [("speed", "Drives.speed or PUMPS"), ("count", "no variable count")])
def test_a_name_of_several_lists_or_of_a_qualified_one_is_refused_alone(use: str, words: str) -> None:
    with pytest.raises(Diagnostics, match="(?i)" + words):
        compile_text(f"{LISTS} PROGRAM P VAR x : INT; END_VAR x := {use}; END_PROGRAM", profile="codesys")


def test_an_assignment_gives_its_value() -> None:
    text = """PROGRAM P VAR x, n : INT := 4; a, b : BOOL; END_VAR
    IF a := (x > 3) THEN n := 10; END_IF
    IF (b := x > 5) THEN n := 20; END_IF
    WHILE (x := x - 1) > 0 DO n := n + 1; END_WHILE
    RETURN(a := x = 0); n := 99; END_PROGRAM"""
    assert values(text, "a", "b", "x", "n") == [True, False, 0, 13]


def test_structures_and_arrays_are_made_where_a_call_wants_them() -> None:
    text = """TYPE Pair : STRUCT a : INT := 5; b : ARRAY[1..3] OF INT; END_STRUCT END_TYPE
    FUNCTION Sum : INT VAR_INPUT p : Pair; END_VAR Sum := p.a + p.b[1] + p.b[2] + p.b[3]; END_FUNCTION
    PROGRAM P VAR k : INT := 2; x, y : INT; l : ARRAY[0..2] OF INT; END_VAR
    x := Sum((a := 1, b := [k, 2(10)])); y := Sum(p := (b := [k * k])); l := [1, 2(k)]; END_PROGRAM"""
    assert values(text, "x", "y", "l[0]", "l[2]", scans=2) == [23, 9, 1, 2]


def test_a_constant_in_out_takes_values() -> None:
    text = """FUNCTION Count : INT VAR_IN_OUT CONSTANT s : STRING; n : INT; END_VAR Count := LEN(s) + n; END_FUNCTION
    PROGRAM P VAR t : STRING := 'abcd'; a, b, c : INT; END_VAR
    a := Count(t, a); b := Count('ab', 40); c := Count(CONCAT(t, 'e'), b + 1); END_PROGRAM"""
    assert values(text, "a", "b", "c") == [4, 42, 48]


QUERY = """INTERFACE IRun METHOD Speed : INT END_METHOD END_INTERFACE
INTERFACE IStop END_INTERFACE
FUNCTION_BLOCK Motor IMPLEMENTS IRun METHOD Speed : INT Speed := 7; END_METHOD END_FUNCTION_BLOCK
"""


def test_queries_ask_an_object_for_an_interface_and_for_its_address() -> None:
    text = (
        QUERY
        + """PROGRAM P VAR m : Motor; r, none : IRun; s : IStop; p : POINTER TO Motor; n : INT; bad : BOOL; END_VAR
    IF __QUERYINTERFACE(m, r) THEN n := r.Speed(); END_IF
    bad := __QUERYINTERFACE(m, s) OR __QUERYINTERFACE(none, s);
    IF __QUERYPOINTER(r, p) THEN n := n * 10 + p^.Speed(); END_IF END_PROGRAM"""
    )
    assert values(text, "n", "bad", "s") == [77, False, 0]


INIT = """FUNCTION_BLOCK Axis VAR n : INT := 3; END_VAR
METHOD FB_Init : BOOL VAR_INPUT bInitRetains, bInCopyCode : BOOL; END_VAR n := n * 10; END_METHOD END_FUNCTION_BLOCK
FUNCTION_BLOCK Fast EXTENDS Axis VAR k : INT := 1; END_VAR END_FUNCTION_BLOCK
VAR_GLOBAL g : Fast; END_VAR
"""


def test_fb_init_runs_for_every_instance_before_the_values_of_its_declaration() -> None:
    text = (
        INIT
        + """PROGRAM P VAR a : Axis; l : ARRAY[1..2, 0..1] OF Fast; b : Fast := (n := 4, k := 5); END_VAR
    b(); END_PROGRAM"""
    )
    paths = ("a.n", "l[1,0].n", "l[2,1].n", "b.n", "b.k", "g.n")
    assert values(text, *paths, scans=3) == [30, 30, 30, 4, 5, 30]


def test_initial_values_are_those_of_constants_structures_and_other_variables() -> None:
    text = """TYPE Pair : STRUCT a : INT := 4; b : ARRAY[1..3] OF INT := [1, 2, 3]; END_STRUCT END_TYPE
    VAR_GLOBAL CONSTANT whole : Pair := (a := 9); END_VAR
    FUNCTION_BLOCK Box VAR CONSTANT size : INT := 12; END_VAR VAR_INPUT v : INT; END_VAR END_FUNCTION_BLOCK
    PROGRAM P VAR s : Pair := whole; e : Pair := (); q : INT := whole.b[2]; r : INT := q + 1; f : Box := (v := r);
    z : INT := SIZEOF(Pair); t : ARRAY[0..Box.size] OF INT; n : STRING := __POUNAME(); c : INT := s.a; END_VAR
    z := z + UPPER_BOUND(t, 1); END_PROGRAM"""
    assert values(text, "s.a", "e.a", "e.b[3]", "q", "r", "f.v", "z", "n", "c") == [9, 4, 3, 2, 3, 3, 20, "P", 9]


def test_words_of_configurations_are_names_inside_of_units() -> None:
    text = "PROGRAM P VAR Configuration : INT; Resource, x : INT; END_VAR Resource := 2; x := Resource + 1; END_PROGRAM"
    assert values(text, "x") == [3]


def test_plain_arguments_may_stand_before_named_ones() -> None:
    text = """FUNCTION Split : INT VAR_INPUT a, b : INT; END_VAR VAR_OUTPUT rest : INT; END_VAR
    Split := a / b; rest := a MOD b; END_FUNCTION
    PROGRAM P VAR q, r : INT; s : STRING; END_VAR q := Split(17, b := 5, rest => r);
    s := CONCAT(STR1 := 'a', STR2 := LEFT(STR := 'bcd', SIZE := 2)); END_PROGRAM"""
    assert values(text, "q", "r", "s") == [3, 2, "abc"]


def test_a_unit_whose_base_is_missing_is_said_once() -> None:
    text = """FUNCTION_BLOCK A EXTENDS Missing SUPER^(); SUPER^.Run(x := 1); END_FUNCTION_BLOCK
    PROGRAM P VAR a : A(THIS^); b : A := (n := 1); END_VAR a.speed := 3; a.Stop(); a(k := b.n); END_PROGRAM"""
    with pytest.raises(Diagnostics) as caught:
        compile_text(text)
    assert [one.split(": error: ")[1][:34] for one in str(caught.value).splitlines()] == [
        "no FUNCTION_BLOCK Missing here; de"
    ]


MADE = """INTERFACE IRun METHOD Speed : INT END_METHOD END_INTERFACE
VAR_GLOBAL gone : INT; END_VAR
FUNCTION_BLOCK Motor IMPLEMENTS IRun VAR_INPUT k : INT := 5; END_VAR VAR n : INT := 2; END_VAR
METHOD FB_Init : BOOL VAR_INPUT bInitRetains, bInCopyCode : BOOL; factor : INT := 1; END_VAR n := n * factor; END_METHOD
METHOD FB_Exit : BOOL VAR_INPUT bInCopyCode : BOOL; END_VAR gone := gone + 1; END_METHOD
METHOD Speed : INT Speed := n + k; END_METHOD
END_FUNCTION_BLOCK
"""


def test_new_makes_an_object_and_delete_gives_its_memory_back() -> None:
    text = (
        MADE
        + """PROGRAM P VAR p, q : POINTER TO Motor; r : IRun; x, y : INT; END_VAR
    p := __NEW(Motor(factor := 10)); q := __NEW(Motor); r := p^; x := r.Speed(); y := q^.Speed();
    __DELETE(p); __DELETE(q); __DELETE(q); END_PROGRAM"""
    )
    assert values(text, "x", "y", "p", "q", "gone", scans=5000) == [25, 7, 0, 0, 10000]


def test_new_makes_many_values_until_the_pool_is_empty() -> None:
    text = """TYPE Pair : STRUCT a : INT := 4; b : LREAL; END_STRUCT END_TYPE
    PROGRAM P VAR p : POINTER TO Pair; b : POINTER TO BYTE; count, sum : INT; n : UINT := 3; END_VAR
    p := __NEW(Pair, n); p[2].b := 1.5; sum := p[0].a + p[2].a + LREAL_TO_INT(p[2].b * 2);
    REPEAT b := __NEW(BYTE, 1000); count := count + 1; UNTIL b = 0 END_REPEAT END_PROGRAM"""
    assert values(text, "sum", "count") == [11, 65]


def test_any_describes_what_is_given() -> None:
    text = """FUNCTION Size : DINT VAR_INPUT x : ANY; END_VAR Size := x.diSize * 100 + x.TypeClass; END_FUNCTION
    FUNCTION Bump : BOOL VAR_INPUT x : ANY_NUM; END_VAR VAR p : POINTER TO INT; END_VAR
    Bump := x.TypeClass = __SYSTEM.TYPE_CLASS.TYPE_INT; IF Bump THEN p := x.pValue; p^ := p^ + 1; END_IF END_FUNCTION
    PROGRAM P VAR i : INT := 41; s : STRING(9); a, b, c : DINT; no, yes : BOOL; END_VAR
    a := Size(3.5); b := Size(i); c := Size(s); yes := Bump(i); no := Bump(a); END_PROGRAM"""
    assert values(text, "a", "b", "c", "i", "yes", "no") == [815, 207, 1016, 42, True, False]


def test_enumerations_and_numbers_become_each_other_where_they_are_not_strict() -> None:
    types = "TYPE Light : (Off, On := 5); END_TYPE {attribute 'strict'} TYPE State : (Idle, Busy); END_TYPE "
    text = f"""{types} PROGRAM P VAR l : Light; s : State := State.Busy; n, m : INT; b : BOOL; END_VAR
    l := 5; n := l; m := s; b := l = n AND On + 1 = 6; l := n - 5; END_PROGRAM"""
    assert values(text, "n", "m", "b", "l") == [5, 1, True, 0]
    with pytest.raises(Diagnostics, match="State"):
        compile_text(types + " PROGRAM P VAR s : State; n : INT; END_VAR s := n; END_PROGRAM", profile="codesys")


def test_an_action_takes_the_arguments_of_its_unit() -> None:
    text = """FUNCTION_BLOCK Stack VAR_INPUT put : INT; END_VAR VAR_OUTPUT sum, calls : INT; END_VAR
    calls := calls + 100;
    ACTION Add: sum := sum + put; calls := calls + 1; END_ACTION END_FUNCTION_BLOCK
    PROGRAM P VAR s : Stack; x, n : INT; END_VAR
    s.Add(put := 4, sum => x); s.Add(5); s(); s.Add(put := x * 10, calls => n); x := s.sum; END_PROGRAM"""
    assert values(text, "x", "n") == [49, 103]


def test_an_action_may_be_a_chart() -> None:
    text = """PROGRAM P VAR n, m : INT; END_VAR
    ACTION Chart: INITIAL_STEP S0: END_STEP TRANSITION FROM S0 TO S1 := TRUE; END_TRANSITION
    STEP S1: Count(N); END_STEP TRANSITION FROM S1 TO S0 := n > 1; END_TRANSITION END_ACTION
    ACTION Count: n := n + 1; END_ACTION
    ACTION Other: INITIAL_STEP S0: Double(P); END_STEP END_ACTION
    ACTION Double: m := m * 2; END_ACTION
    Chart(); m := m + 1; Other(); END_PROGRAM"""
    assert [values(text, "n", "m", scans=one, profile="iec") for one in (1, 2, 3, 4, 6)] == [
        [0, 2], [1, 3], [2, 4], [2, 5], [3, 7]
    ]  # fmt: skip
