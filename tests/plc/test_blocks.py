"""The standard function blocks over their diagrams, one character per scan of 100 ms."""

import pytest

from hil.plc import compile_text

SCAN = 100_000_000
TIMING = [  # (block, PT, IN, Q, ET in scans)
    ("TON", "T#300ms", "0111111001100", "0000111000000", "0012333000100"),
    ("TON", "T#300ms", "0110110110", "0000000000", "0010010010"),
    ("TON", "T#300ms", "1111111111", "0001111111", "0123333333"),
    ("TON", "T#0s", "0110", "0110", "0000"),
    ("TOF", "T#300ms", "0110000010110", "0111110011111", "0000123300000"),
    ("TOF", "T#300ms", "0000000000", "0000000000", "0000000000"),
    ("TOF", "T#300ms", "1010010001", "1111111111", "0000100120"),
    ("TOF", "T#0s", "0100", "0100", "0000"),
    ("TP", "T#300ms", "0100000111111", "0111000111000", "0012000012333"),
    ("TP", "T#300ms", "0101010100000", "0111011100000", "0012001200000"),
    ("TP", "T#300ms", "1111111111", "1110000000", "0123333333"),
    ("TP", "T#0s", "0110", "0000", "0000"),
]


def bits(text: str) -> list[bool]:
    return [one == "1" for one in text]


@pytest.mark.parametrize("kind", ["", "_TIME", "_LTIME"])
@pytest.mark.parametrize(("block", "pt", "given", "q", "et"), TIMING)
@pytest.mark.feature(*(f"46/{block}{kind}" for block in ("TP", "TON", "TOF") for kind in ("", "_TIME", "_LTIME")))
def test_timer(block: str, kind: str, pt: str, given: str, q: str, et: str) -> None:
    program = compile_text(
        f"PROGRAM P VAR_INPUT i : BOOL; END_VAR VAR t : {block}{kind}; END_VAR t(IN := i, PT := {pt}); END_PROGRAM"
    )
    memory, seen = program.new_memory(), list[tuple[bool, int]]()
    for k, one in enumerate(bits(given)):
        program.write(memory, "i", one)
        program.scan(memory, k * SCAN)
        seen.append((program.read(memory, "t.Q"), program.read(memory, "t.ET") // SCAN))
    assert "".join("01"[one] for one, _ in seen) == q
    assert "".join(str(one) for _, one in seen) == et


def course(block: str, inputs: dict[str, str], outputs: dict[str, str]) -> dict[str, str]:
    length = len(next(iter(inputs.values())))
    extra = ", PV := 3" if block.startswith("CT") else ""
    declared = " ".join(f"{name} : BOOL;" for name in inputs)
    given = ", ".join(f"{name} := {name}" for name in inputs)
    program = compile_text(
        f"PROGRAM P VAR_INPUT {declared} END_VAR VAR b : {block}; END_VAR b({given}{extra}); END_PROGRAM"
    )
    memory, seen = program.new_memory(), dict.fromkeys(outputs, "")
    for k in range(length):
        for name, text in inputs.items():
            program.write(memory, name, text[k] == "1")
        assert program.scan(memory, k * SCAN) is None
        for name in outputs:
            seen[name] += str(int(program.read(memory, f"b.{name}")))
    return seen


@pytest.mark.parametrize(
    ("block", "inputs", "outputs"),
    [
        ("CTU", {"CU": "01011010100", "R": "00000000010"}, {"CV": "01122233400", "Q": "00000011100"}),
        ("CTU_UDINT", {"CU": "010101", "R": "000000"}, {"CV": "011223", "Q": "000001"}),
        ("CTD", {"CD": "0010101010", "LD": "0100000000"}, {"Q": "1000001111"}),
        ("CTUD", {"CU": "010101000", "CD": "000000101", "R": "000000000", "LD": "000000000"},
         {"CV": "011223221", "QU": "000001000", "QD": "100000000"}),
        ("R_TRIG", {"CLK": "1101100"}, {"Q": "1001000"}),
        ("F_TRIG", {"CLK": "1101001"}, {"Q": "0010100"}),
        ("SR", {"S1": "0101010", "R": "0011011"}, {"Q1": "0101110"}),
        ("RS", {"S": "0101010", "R1": "0011011"}, {"Q1": "0100000"}),
    ],
)  # fmt: skip
@pytest.mark.feature("43/SR", "43/RS", "44/R_TRIG", "44/F_TRIG", "45/CTU", "45/CTD", "45/CTUD")
def test_course(block: str, inputs: dict[str, str], outputs: dict[str, str]) -> None:
    assert course(block, inputs, outputs) == outputs


LONG = ("DINT", "LINT", "UDINT", "ULINT")
ENDS = {
    "": (-(2**15), 2**15 - 1), "_INT": (-(2**15), 2**15 - 1), "_DINT": (-(2**31), 2**31 - 1),
    "_LINT": (-(2**63), 2**63 - 1), "_UINT": (0, 2**16 - 1), "_UDINT": (0, 2**32 - 1), "_ULINT": (0, 2**64 - 1),
}  # fmt: skip


@pytest.mark.feature(*(f"45/{block}_{one}" for block in ("CTU", "CTD", "CTUD") for one in LONG))
@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize(("block", "pulse"), [("CTU", "CU"), ("CTD", "CD"), ("CTUD", "CU"), ("CTUD", "CD")])
def test_a_counter_stops_at_the_ends_of_its_type(block: str, pulse: str, kind: str) -> None:
    text = f"PROGRAM P VAR c : {block}{kind}; b : BOOL; END_VAR c({pulse} := b, PV := 1); b := NOT b; END_PROGRAM"
    program, (low, high) = compile_text(text), ENDS[kind]
    memory, step, end = program.new_memory(), *((1, high) if pulse == "CU" else (-1, low))
    program.write(memory, "c.CV", end - step)
    program.run(memory, 10, 0, SCAN)
    assert program.read(memory, "c.CV") == end


@pytest.mark.parametrize("kind", ENDS)
def test_a_counter_of_every_type(kind: str) -> None:
    inputs = {"CU": "0101010100", "CD": "0000000010", "R": "0000000001", "LD": "1000000000"}
    outputs = {"CV": "3445566760", "QU": "1111111110", "QD": "0000000001"}
    assert course(f"CTUD{kind}", inputs, outputs) == outputs


def test_timers_stand_still_when_the_time_of_the_scans_does() -> None:
    program = compile_text("PROGRAM P VAR t : TON; END_VAR t(IN := TRUE, PT := T#1s); END_PROGRAM")
    memory = program.new_memory()
    program.run(memory, 1000, 5, 0)
    assert program.read(memory, "t.ET") == 0
