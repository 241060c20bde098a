"""The library Util of CODESYS, as far as it is here: each unit over a table of its values."""

from hil.plc import compile_text
from tests.plc._plc import MS


def _courses(declared: str, body: str, scans: int = 1) -> dict[str, object]:
    program = compile_text(f"PROGRAM P VAR {declared} END_VAR {body} END_PROGRAM", profile="codesys")
    memory = program.new_memory()
    assert program.run(memory, scans, 0, 100 * MS) is None
    return {one.path: program.read(memory, one.path) for one in program.top if not one.members}


def test_bits_are_taken_put_packed_and_unpacked() -> None:
    found = _courses(
        "x, y : BOOL; d, e : DWORD; b : BYTE; u : UNPACK;",
        "x := EXTRACT(16#8, 3); y := EXTRACT(16#8, 2); d := PUTBIT(16#100, 31, TRUE); e := PUTBIT(16#FF, 0, FALSE);"
        "b := PACK(TRUE, FALSE, TRUE, FALSE, FALSE, FALSE, FALSE, TRUE); u(B := b, B7 => x);",
    )
    assert (found["x"], found["y"], found["d"], found["e"], found["b"]) == (True, False, 0x8000_0100, 0xFE, 0x85)


def test_blink_is_low_and_high_for_its_times_and_holds_without_enable() -> None:
    declared = "f : BLINK; n : INT; seen : ARRAY [0..13] OF BOOL;"
    body = "f(ENABLE := n < 9, TIMELOW := T#300ms, TIMEHIGH := T#200ms); seen[n] := f.OUT; n := n + 1;"
    low, high = [False] * 3, [True] * 2
    assert _courses(declared, body, 14)["seen"] == [*low, *high, *low, True, *[True] * 5]


def test_a_line_between_two_points_and_what_is_outside() -> None:
    declared = "f : LIN_TRAFO; y : REAL; bad : BOOL;"
    call = "f(IN := {}, IN_MIN := 0.0, IN_MAX := 10.0, OUT_MIN := -100.0, OUT_MAX := 100.0, OUT => y, ERROR => bad);"
    assert _courses(declared, call.format("7.5")) == {"y": 50.0, "bad": False}
    assert _courses(declared, call.format("10.5"))["bad"] is True


def test_limits() -> None:
    declared = "h : HYSTERESIS; l : LIMITALARM; n : INT; low, mid, high, o, u, il : BOOL;"
    body = """h(IN := 4, LOW := 5, HIGH := 9, OUT => low); h(IN := 7, OUT => mid); h(IN := 10, OUT => high);
    l(IN := 10, LOW := 5, HIGH := 9, O => o, U => u, IL => il);"""
    found = _courses(declared, body)
    assert [found[one] for one in ("low", "mid", "high", "o", "u", "il")] == [True, True, False, True, False, False]
