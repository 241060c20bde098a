"""The string functions and the text of dates against plain Python, on random arguments."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hil.plc import Program, compile_text

LETTERS = {"STRING": "aab é", "WSTRING": "aab€é"}
ROOM = 6
NUMBERS = st.one_of(st.integers(-2, ROOM + 2), st.sampled_from([-(2**63), 2**63 - 1]))
CALLS = """n := LEN(a); f := FIND(a, b); lt := LEFT(a, l); rt := RIGHT(a, l); md := MID(a, l, p);
ct := CONCAT(a, b); ins := INSERT(a, b, p); del := DELETE(a, l, p); rep := REPLACE(a, b, l, p); less := a < b;"""


@cache
def program(kind: str) -> Program:
    texts = "lt, rt, md, ct, ins, del, rep"
    return compile_text(f"""PROGRAM P VAR_INPUT a, b : {kind}[{ROOM}]; l, p : LINT; END_VAR
    VAR {texts} : {kind}[{2 * ROOM}]; n, f : INT; less : BOOL; END_VAR {CALLS} END_PROGRAM""")


def reference(a: str, b: str, length: int, position: int) -> dict[str, Any]:
    """Positions count from 1; what lies outside is brought inside."""
    count, before = max(length, 0), max(position - 1, 0)
    behind, inside = min(before + count, len(a)), min(max(position, 0), len(a))
    return {
        "n": len(a), "f": a.find(b) + 1 if b else 0, "lt": a[:count], "rt": a[max(len(a) - count, 0) :],
        "md": a[before : before + count], "ct": a + b, "ins": a[:inside] + b + a[inside:],
        "del": a[:before] + a[behind:], "rep": a[:before] + b + a[behind:], "less": a < b,
    }  # fmt: skip


@pytest.mark.parametrize("kind", LETTERS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_strings(kind: str, data: st.DataObject) -> None:
    text = st.text(LETTERS[kind], max_size=ROOM)
    a, b, length, position = data.draw(st.tuples(text, text, NUMBERS, NUMBERS))
    memory = program(kind).new_memory()
    for name, value in {"a": a, "b": b, "l": length, "p": position}.items():
        program(kind).write(memory, name, value)
    assert program(kind).scan(memory, 0) is None
    expected = reference(a, b, length, position)
    assert {name: program(kind).read(memory, name) for name in expected} == expected


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1678, 1, 1), datetime(2261, 12, 31, 23, 59, 59), timezones=st.just(UTC))
DATES = """PROGRAM P VAR_INPUT m : DT; END_VAR VAR y, mo, d, h, mi, s, ms, w : INT; text : STRING; n, back : DT; END_VAR
SPLIT_DT(IN := m, YEAR => y, MONTH => mo, DAY => d, HOUR => h, MINUTE => mi, SECOND => s, MILLISECOND => ms);
w := DAY_OF_WEEK(DT_TO_DATE(m)); n := CONCAT_DT(y, mo, d, h, mi, s, ms); text := DT_TO_STRING(m);
back := STRING_TO_DT(text); END_PROGRAM"""


@cache
def dates() -> Program:
    return compile_text(DATES)


@settings(max_examples=300, deadline=None)
@given(moment=MOMENTS)
@pytest.mark.feature("36/SPLIT_DT", "36/DAY_OF_WEEK")
def test_dates(moment: datetime) -> None:
    memory, ns = dates().new_memory(), (moment - EPOCH) // timedelta(microseconds=1) * 1000
    dates().write(memory, "m", ns)
    assert dates().scan(memory, 0) is None
    found = [dates().read(memory, name) for name in ("y", "mo", "d", "h", "mi", "s", "ms")]
    assert found == [*moment.timetuple()[:6], moment.microsecond // 1000]
    assert dates().read(memory, "w") == moment.isoweekday() % 7
    assert dates().read(memory, "n") == ns - ns % 1_000_000
    assert dates().read(memory, "back") == ns
    assert dates().read(memory, "text").startswith(f"DT#{moment:%Y-%m-%d-%H:%M:%S}")


DURATIONS = {
    "T#1d2h3m4s5ms6us7ns": 93_784_005_006_007, "-1.5s": -1_500_000_000, "t#1h_30m": 5_400_000_000_000,
    "LTIME#-0.25us": -250, "T#106751d23h47m16s854ms775us807ns": 2**63 - 1, "T#200000d": 2**63 - 1,
    "T#1_0s": 10**10, "": 0, "x": 0, "T#": 0, "T#5": 0, "T#5x": 0, "T#s": 0, "5s later": 0,
}  # fmt: skip


@pytest.mark.feature("Extensions/text")
def test_text_as_durations_and_dates() -> None:
    moments = {"2024-02-29": 19782, "D#1969-12-31": -1, "2023-02-29": 0, "2024-2-9": 19762, "2024-02": 0, "D#1-1-1": 0}
    whole = {
        "42": 42, " \t-42": -42, "+7": 7, "1_000": 1000, "16#fF": 255, "2#1010": 10, "8#17": 15, "-16#8": -8, "9x": 9,
        "2#12": 1, "16#": 0, "10#5": 10, "#5": 0, "_1": 0, "--1": 0, "": 0, "99999": 32767, "-99999": -32768,
    }  # fmt: skip
    clocks = {"TOD#23:59:59.999": 86_399_999, "12:30": 45_000_000, "24:00:00": 0, "1:2:3": 3_723_000, "1:2:3 ": 0}
    rows = [("INT", whole, 1), ("TIME", DURATIONS, 1), ("DATE", moments, 86_400 * 10**9), ("TOD", clocks, 10**6)]
    cases = [
        (f"STRING_TO_{kind}(s{kind}{n})", kind, f"s{kind}{n} : STRING := '{text}';", value * unit)
        for kind, table, unit in rows
        for n, (text, value) in enumerate(table.items())
    ]
    declared = "".join(f"{text} r{n} : {kind};" for n, (_, kind, text, _) in enumerate(cases))
    body = "".join(f"r{n} := {call};\n" for n, (call, *_) in enumerate(cases))
    program = compile_text(f"PROGRAM P VAR {declared} END_VAR {body} END_PROGRAM")
    memory = program.new_memory()
    assert program.scan(memory, 0) is None
    assert [program.read(memory, f"r{n}") for n in range(len(cases))] == [value for *_, value in cases]


@pytest.mark.parametrize("profile", ["iec", "codesys", "siemens", "matiec"])
def test_text_is_read_alike_in_every_profile(profile: str) -> None:
    calls = "n := STRING_TO_DINT('-16#10'); t := STRING_TO_TIME('T#1m1.5s'); d := STRING_TO_DATE('D#2024-02-29');"
    found = compile_text(f"PROGRAM P VAR n : DINT; t : TIME; d : DATE; END_VAR {calls} END_PROGRAM", profile=profile)
    memory = found.new_memory()
    assert found.scan(memory, 0) is None
    assert [found.read(memory, name) for name in "ntd"] == [-16, 61_500_000_000, 19782 * 86_400 * 10**9]
