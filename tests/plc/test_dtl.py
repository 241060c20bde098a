"""DTL in SCL: moments that a duration is added to and that compare (TIA Portal, instructions T_ADD, T_SUB, T_DIFF)."""

import pytest

from hil.plc import Diagnostics, compile_text

TEXT = """PROGRAM P VAR a, b, c : DTL; d : TIME; less, same, more : BOOL; END_VAR
a.YEAR := 2024; a.MONTH := 2; a.DAY := 28; a.HOUR := 23;
b := a + T#2h; c := b - T#2h; d := b - a; less := a < b; same := a = c; more := a >= b; %s END_PROGRAM"""


def test_moments_take_durations_and_compare() -> None:
    program = compile_text(TEXT % "", profile="siemens")
    memory = program.new_memory()
    assert program.scan(memory, 0) is None
    assert [program.read(memory, f"b.{one}") for one in ("YEAR", "MONTH", "DAY", "HOUR")] == [2024, 2, 29, 1]
    assert program.read(memory, "d") == 7_200_000_000_000
    assert [program.read(memory, one) for one in ("less", "same", "more")] == [True, True, False]


@pytest.mark.parametrize("wrong", ["b := a * T#2h;", "b := a + b;", "less := a < T#2h;", "b := a + 1;"])
def test_what_moments_do_not_take(wrong: str) -> None:
    with pytest.raises(Diagnostics):
        compile_text(TEXT % wrong, profile="siemens")
