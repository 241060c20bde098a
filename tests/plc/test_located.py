"""Addresses that share memory: bytes of one area, bits of a byte, the same address in two programs."""

from hil.plc import compile_text
from tests.plc._plc import MS, ran


def test_words_lie_over_bytes_and_double_words_over_words() -> None:
    found = ran("a AT %MD1 : DWORD; lo AT %MW2 : WORD; hi AT %MW3 : WORD; b : BYTE;",
                "a := 16#12345678; b := %MB5; hi := 16#ABCD;")  # fmt: skip
    assert (found["A"], found["LO"], found["B"]) == (0xABCD5678, 0x5678, 0x56)


def test_a_bit_is_a_bit_of_the_word_over_it() -> None:
    found = ran("w AT %QW1 : WORD; x AT %QX3.1 : BOOL; y, z : BOOL;", "x := TRUE; y := %QX3.1; z := %QX2.1;")
    assert (found["W"], found["Y"], found["Z"]) == (0x0200, True, False)
    assert "X" not in found  # read from outside by way of w


def test_a_bit_alone_is_a_variable_like_any_other() -> None:
    found = ran("x AT %IX0.1 : BOOL := TRUE; y : BOOL; z AT %IX0.2 : BOOL;", "y := %IX0.1; z := NOT %IX0.2;")
    assert (found["X"], found["Y"], found["Z"]) == (True, True, True)


def test_arrays_and_initial_values_lie_at_their_address() -> None:
    declared = "a AT %MB4 : ARRAY [0..3] OF BYTE := [1, 2, 3, 4]; d AT %MD1 : DWORD; r AT %MD9 : REAL := 2.5;"
    found = ran(declared + " w : DWORD;", "a[3] := 16#FF; w := %MD9;")
    assert (found["D"], found["W"]) == (0xFF030201, 0x40200000)


def test_programs_meet_at_an_address() -> None:
    text = """PROGRAM Reads VAR seen AT %MW5 : INT; twice : INT; END_VAR twice := 2 * seen; END_PROGRAM
    PROGRAM Writes VAR sent AT %MW5 : INT := 20; END_VAR sent := sent + 1; END_PROGRAM
    CONFIGURATION C RESOURCE R ON cpu TASK T(INTERVAL := T#10ms, PRIORITY := 1);
    PROGRAM W WITH T : Writes; PROGRAM R1 WITH T : Reads; END_RESOURCE END_CONFIGURATION"""
    program = compile_text(text)
    memory = program.new_memory()
    assert program.run(memory, 3, 0, 10 * MS) is None
    assert [program.read(memory, path) for path in ("W.sent", "R1.seen", "R1.twice")] == [23, 23, 46]


def test_deep_and_far_addresses_share_memory_with_themselves_alone() -> None:
    found = ran("a AT %IW1.2.3 : INT; b AT %IW1.2.3 : INT; c AT %IW1.2 : INT; f AT %MW99999999 : INT; g : INT;",
                "a := 7; f := 3; g := WORD_TO_INT(%MW99999999);")  # fmt: skip
    assert (found["B"], found["C"], found["G"]) == (7, 0, 3)
