"""SIMATIC AX: its language beside the standard's, and its system library."""

from typing import Any

from hil.plc import Diagnostics, compile_text

MS = 1_000_000


def ran(declarations: str, body: str, scans: int = 1, before: str = "") -> dict[str, Any]:
    """The variables in capitals after some scans of 10 ms in the profile siemens."""
    text = f"{before}\nPROGRAM P VAR {declarations} END_VAR\n{body}\nEND_PROGRAM"
    program = compile_text(text, profile="siemens")
    memory = program.new_memory()
    assert program.run(memory, scans, 0, 10 * MS) is None
    return {one.path.upper(): program.read(memory, one.path) for one in program.top}


def test_timers_of_the_system_library() -> None:
    text = "on(signal := TRUE, duration := T#20ms, output => a); off(signal := TIME() < T#5ms, duration := T#20ms);"
    names = "on : OnDelay; off : System.Timer.OffDelay; once : Pulse; a, b, c : BOOL;"
    body = text + "once(signal := TRUE, duration := T#15ms); b := off.output; c := once.output;"
    seen = [ran(names, body, scans, "USING System.Timer;") for scans in (1, 2, 3, 4)]
    assert [one["A"] for one in seen] == [False, False, True, True]
    assert [one["B"] for one in seen] == [True, True, True, False]
    assert [one["C"] for one in seen] == [True, True, False, False]


def test_edges_of_the_system_library() -> None:
    body = "x := NOT x; up(signal := x); down(signal := x); IF up.detected THEN n := n + 1; END_IF; d := down.detected;"
    found = ran("up : RisingEdge; down : FallingEdge; x, d : BOOL; n : INT;", body, 4, "USING System.EdgeDetection;")
    assert (found["N"], found["D"]) == (2, True)


def test_strings_of_the_system_library() -> None:
    body = """a := Concat('ab', ToString(DINT#-12), 'z'); n := LengthOf(a); p := PositionOf(a, '12');
    b := Replace(Insert(Remove(a, 3, 1), 0, '>'), 1, 1, '='); c := Substring(a, 2, 3); d := StartOf(a, 2);"""
    found = ran("a, b, c, d : STRING; n, p : INT;", body, before="USING System.Strings;")
    assert [found[one] for one in "ABCD"] == ["ab-12z", "=ab12z", "b-1", "ab"]
    assert (found["N"], found["P"]) == (6, 4)


def test_moments_are_split_and_made() -> None:
    body = """SplitDateAndTime(value := LDT#2024-02-29-13:14:15.678, year => y, month => m, day => d, hour => h);
    NewDateAndTime(y, m, d, h, 14, 15, 678, made); w := GetDayOfWeek(made);
    same := made = LDT#2024-02-29-13:14:15.678;"""
    found = ran("y, m, d, h, w : INT; made : LDT; same : BOOL;", body, before="USING System.DateTime;")
    assert (found["Y"], found["M"], found["D"], found["H"], found["W"], found["SAME"]) == (2024, 2, 29, 13, 4, True)


def test_bits_by_number() -> None:
    body = "b := System.BitAccess.GetBit(w, USINT#3); w := System.BitAccess.SetBit(w, USINT#0, TRUE);"
    found = ran("w : WORD := 16#0008; b : BOOL;", body)
    assert (found["B"], found["W"]) == (True, 9)


def test_array_of_any_size_is_an_input_of_a_function_and_a_method() -> None:
    before = """FUNCTION Sum : INT VAR_INPUT a : ARRAY [*] OF INT; END_VAR VAR_TEMP i : DINT; END_VAR
    FOR i := LOWER_BOUND(a, 1) TO UPPER_BOUND(a, 1) DO Sum := Sum + a[i]; END_FOR; END_FUNCTION
    CLASS C METHOD PUBLIC Last : INT VAR_INPUT a : ARRAY [*] OF INT; END_VAR Last := a[UPPER_BOUND(a, 1)]; END_METHOD
    END_CLASS"""
    found = ran(
        "a : ARRAY [2..4] OF INT := [1, 2, 4]; c : C; s, l : INT;", "s := Sum(a); l := c.Last(a);", before=before
    )
    assert (found["S"], found["L"]) == (7, 4)


def test_method_calls_the_function_of_its_own_name() -> None:
    before = """USING System.Strings;
    CLASS Text VAR t : STRING := 'ac'; END_VAR
    METHOD PUBLIC Insert : STRING t := Insert(t, 1, 'b'); Insert := t; END_METHOD END_CLASS"""
    assert ran("x : Text; s : STRING;", "s := x.Insert();", before=before)["S"] == "abc"


def test_assertions_of_the_unit_tests_compile() -> None:
    before = """USING AxUnit; NAMESPACE Tests {TestFixture} CLASS Fixture
    {Test} METHOD PUBLIC Equal_values Assert.Equal(expected := 3, actual := 1 + 2); END_METHOD
    {Test} METHOD PUBLIC Equal_texts AxUnit.Assert.Equal(expected := 'a', actual := 'b'); END_METHOD
    END_CLASS END_NAMESPACE"""
    assert ran("n : INT;", "n := 1;", before=before)["N"] == 1


def test_own_assertion_beside_those_of_the_library() -> None:
    before = """TYPE State : (Off, On); END_TYPE
    NAMESPACE AxUnit.Assert FUNCTION Equal VAR_INPUT expected : State; actual : State; END_VAR
    Equal(expected = actual, TRUE); END_FUNCTION END_NAMESPACE"""
    try:
        ran("n : INT;", "IF n > 0 THEN AxUnit.Assert.Equal(State#On, State#Off); END_IF;", before=before)
    except Diagnostics as found:
        raise AssertionError(found) from None


def test_conversions_without_a_word() -> None:
    body = """w := i; i := w; n := w = i; u := b; r := d; d := t; t := d + 250; d := t - d;
    k := i AND 16#0F; m := i OR w;"""
    declared = "w : WORD; i : INT := -2; b : BYTE := 16#80; u : UINT; r : REAL; d : DINT := 7; t : TIME := T#1s;"
    found = ran(declared + " n : BOOL; k : INT; m : DINT;", body)
    assert (found["W"], found["I"], found["U"], found["R"], found["D"], found["K"]) == (0xFFFE, -2, 128, 7.0, 250, 14)


def test_logic_that_leaves_out_its_right_side() -> None:
    before = """FUNCTION Touch : BOOL VAR_IN_OUT n : INT; END_VAR n := n + 1; Touch := TRUE; END_FUNCTION"""
    body = "a := FALSE && Touch(n); b := TRUE || Touch(n); c := a || b && Touch(n);"
    found = ran("a, b, c : BOOL; n : INT;", body, before=before)
    assert (found["A"], found["B"], found["C"], found["N"]) == (False, True, True, 1)


def test_named_values_where_their_type_is_changed() -> None:
    before = """TYPE Status : WORD (OK := 16#0, BAD := 16#8001); END_TYPE
    FUNCTION Fail VAR_IN_OUT w : WORD; END_VAR w := 16#8001; END_FUNCTION"""
    found = ran("s : Status; bad : BOOL;", "Fail(s); bad := s = Status#BAD;", before=before)
    assert found["BAD"] is True


def test_measured_time() -> None:
    body = "IF n = 0 THEN m.Start(); END_IF; n := n + 1; IF n = 3 THEN m.Stop(); END_IF; s := m.GetElapsedSeconds();"
    found = ran("m : RuntimeMeasurement; n : INT; s : LREAL;", body, 5, "USING Siemens.Simatic.S71500.Clocks;")
    assert found["S"] == 0.02
