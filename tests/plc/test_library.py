"""The rest of the standard library: times, dates, BCD, typed names, text of dates, constants."""

from typing import Any

import pytest

from hil.plc import compile_text
from tests.plc._plc import MS, attempt, errors, errors_in, evaluated, ran

DAY = 86_400_000 * MS
Table = dict[str, tuple[str, Any]]
TIMES: Table = {
    "ADD_TIME(T#1s, T#2s)": ("TIME", 3000 * MS),
    "ADD_TOD_TIME(TOD#12:00:00, T#1h)": ("TOD", 13 * 3_600_000 * MS),
    "ADD_DT_TIME(DT#1970-01-01-00:00:00, T#1d)": ("DT", DAY),
    "SUB_TIME(T#1s, T#2s)": ("TIME", -1000 * MS),
    "SUB_DATE_DATE(D#2024-03-01, D#2024-02-28)": ("TIME", 2 * DAY),
    "SUB_LDATE_LDATE(LDATE#2024-03-01, LDATE#2024-02-28)": ("LTIME", 2 * DAY),
    "SUB_TOD_TIME(TOD#12:00:00, T#1h)": ("TOD", 11 * 3_600_000 * MS),
    "SUB_TOD_TOD(TOD#12:00:00, TOD#13:00:00)": ("TIME", -3_600_000 * MS),
    "SUB_DT_TIME(DT#1970-01-02-00:00:00, T#1d)": ("DT", 0),
    "SUB_DT_DT(DT#1970-01-02-00:00:00, DT#1970-01-01-00:00:00)": ("TIME", DAY),
    "MUL_TIME(T#2s, 1.5)": ("TIME", 3000 * MS),
    "MULTIME(T#2s, 3)": ("TIME", 6000 * MS),
    "DIV_TIME(T#3s, 2)": ("TIME", 1500 * MS),
    "DIVTIME(T#3s, 2.0)": ("TIME", 1500 * MS),
    "ADD_LTIME(LTIME#1us, LTIME#1ns)": ("LTIME", 1001),
    "MUL_LTIME(LTIME#3ns, 2)": ("LTIME", 6),
    "CONCAT_DATE_TOD(D#1970-01-02, TOD#00:00:01)": ("DT", DAY + 1000 * MS),
    "CONCAT_DATE(2024, 2, 29) - D#2024-02-28": ("TIME", DAY),
    "CONCAT_DATE(1970, 1, 1)": ("DATE", 0),
    "CONCAT_DATE(1969, 12, 31)": ("DATE", -DAY),
    "CONCAT_TOD(1, 2, 3, 4)": ("TOD", 3_723_004 * MS),
    "CONCAT_DT(1970, 1, 2, 0, 0, 0, 5)": ("DT", DAY + 5 * MS),
    "DAY_OF_WEEK(D#1970-01-01)": ("INT", 4),
    "DAY_OF_WEEK(D#2024-02-29)": ("INT", 4),
    "DAY_OF_WEEK(D#1900-01-07)": ("INT", 0),
}
TEXT: Table = {
    "DATE_TO_STRING(D#2024-02-09)": ("STRING", "D#2024-02-09"),
    "TO_STRING(D#1901-12-31)": ("STRING", "D#1901-12-31"),
    "TOD_TO_STRING(TOD#01:02:03)": ("STRING", "TOD#01:02:03"),
    "TOD_TO_STRING(TOD#23:59:59.05)": ("STRING", "TOD#23:59:59.050"),
    "DT_TO_STRING(DT#2024-02-09-01:02:03.000000004)": ("STRING", "DT#2024-02-09-01:02:03.000000004"),
    "TO_STRING(DT#1969-12-31-23:59:59)": ("STRING", "DT#1969-12-31-23:59:59"),
}
NUMBERS: Table = {
    "WORD_BCD_TO_UINT(16#1234)": ("UINT", 1234),
    "BCD_TO_UINT(WORD#16#9999)": ("UINT", 9999),
    "LWORD_BCD_TO_ULINT(16#9999_9999_9999_9999)": ("ULINT", 9_999_999_999_999_999),
    "UINT_TO_BCD_WORD(1234)": ("WORD", 0x1234),
    "TO_BCD_BYTE(USINT#42)": ("BYTE", 0x42),
    "TO_BCD_DWORD(UDINT#99999999)": ("DWORD", 0x99999999),
    "IS_VALID_BCD(WORD#16#1A)": ("BOOL", False),
    "IS_VALID(REAL#1.0)": ("BOOL", True),
    "IS_VALID(1.0E308 * 10.0)": ("BOOL", False),
    "TO_BIG_ENDIAN(WORD#16#1234)": ("WORD", 0x3412),
    "FROM_BIG_ENDIAN(DINT#1)": ("DINT", 0x01000000),
    "TO_LITTLE_ENDIAN(WORD#16#1234)": ("WORD", 0x1234),
    "DWORD_TO_REAL(16#3F800000)": ("REAL", 1.0),
    "LREAL_TO_LWORD(1.0)": ("LWORD", 0x3FF0000000000000),
    "ADD_INT(1, 2)": ("INT", 3),
    "SQRT_LREAL(4.0)": ("LREAL", 2.0),
    "MAX_DINT(INT#1, 70000)": ("DINT", 70000),
    "SEL_REAL(TRUE, 1, 2)": ("REAL", 2.0),
    "GT_INT(2, 1)": ("BOOL", True),
    "SHL_BYTE(16#81, 1)": ("BYTE", 2),
    "TRUNC_INT(2.9)": ("INT", 2),
}


@pytest.mark.parametrize("table", [TIMES, TEXT, NUMBERS], ids=["times", "text", "numbers"])
@pytest.mark.feature(
    "21/typed",
    "22/TRUNC_Y",
    "22/X_BCD_TO_Y",
    "22/BCD_TO_Y",
    "22/X_TO_BCD_Y",
    "22/TO_BCD_Y",
    "35/ADD_TIME",
    "35/ADD_TOD_TIME",
    "35/SUB_TIME",
    "35/SUB_LDATE_LDATE",
    "35/SUB_TOD_TIME",
    "35/SUB_DT_TIME",
    "35/SUB_DT_DT",
    "35/MUL_LTIME",
)
def test_table(table: Table) -> None:
    found = evaluated({expression: type_ for expression, (type_, _) in table.items()})
    assert found == {expression: value for expression, (_, value) in table.items()}


@pytest.mark.feature("36/SPLIT_DATE")
def test_every_day_of_four_centuries_and_back() -> None:
    body = """d := D#1800-01-01; FOR i := 0 TO 146096 DO
      SPLIT_DATE(IN := d, YEAR => y, MONTH => m, DAY => k);
      IF CONCAT_DATE(y, m, k) <> d THEN wrong := wrong + 1; END_IF;
      d := DT_TO_DATE(DATE_TO_DT(d) + T#1d); END_FOR;"""
    found = ran("d : DATE; y, m, k : INT; i, wrong : DINT;", body)
    assert (found["Y"], found["M"], found["K"], found["WRONG"]) == (2199, 12, 31, 0)


@pytest.mark.feature("36/SPLIT_DT")
def test_a_moment_in_its_parts() -> None:
    body = """SPLIT_DT(IN := DT#2024-02-29-23:59:58.007, YEAR => y, MONTH => m, DAY => d,
                       HOUR => h, MINUTE => mi, SECOND => s, MILLISECOND => ms);"""
    found = ran("y, m, d, h, mi, s, ms : INT;", body)
    assert list(found.values()) == [2024, 2, 29, 23, 59, 58, 7]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("d := CONCAT_DATE(2023, n, 29)", "no such date or time: 29 is outside of what CONCAT_DATE takes"),
        ("c := CONCAT_TOD(24, n, 0, 0)", "no such date or time: 24 is outside of what CONCAT_TOD takes"),
        ("u := WORD_BCD_TO_UINT(w)", "not a BCD number: 31 has a digit above 9 in BCD"),
        ("b := TO_BCD_BYTE(n + 98)", "not a BCD number: 100 does not fit BYTE, which holds 0 to 99 as BCD"),
        ("b := TO_BCD_BYTE(n - 3)", "not a BCD number: -1 does not fit BYTE, which holds 0 to 99 as BCD"),
    ],
)
def test_what_faults(call: str, message: str) -> None:
    _, fault = attempt("d : DATE; c : TOD; u : UINT; w : WORD := 16#1F; b : BYTE; n : INT := 2;", f"{call};")
    assert fault is not None
    assert f"{fault.kind}: {fault.message}" == message


def test_the_scans_time_and_the_other_timers() -> None:
    found = ran("a : TIME; b : LTIME; t : TON_LTIME; u : TP_TIME; c : CTUD_ULINT;",
                "a := TIME(); b := LTIME(); t(IN := TRUE, PT := LTIME#10ms); c(CU := t.Q, PV := 1);", 2)  # fmt: skip
    assert (found["A"], found["B"], found["T"]["Q"], found["C"]["CV"]) == (10 * MS, 10 * MS, True, 1)


@pytest.mark.feature("Extensions/SEMA", "Extensions/RTC")
def test_a_semaphore_and_a_clock() -> None:
    found = ran("s : SEMA; r : RTC; first : BOOL; n : INT;",
                "s(CLAIM := TRUE); n := n + 1; IF n = 1 THEN first := s.BUSY; END_IF; "
                "r(IN := TRUE, PDT := DT#1970-01-02-00:00:00);", 3)  # fmt: skip
    assert (found["FIRST"], found["S"]["BUSY"], found["R"]["CDT"]) == (False, True, DAY + 20 * MS)


# text: (type, the same with something in it that is known only at run time)
CONSTANTS = {
    "SQRT(2.0)": ("LREAL", "SQRT(x + 2.0)"), "2.0 ** 0.5": ("LREAL", "(x + 2.0) ** 0.5"),
    "SIN(1.0) + COS(1.0)": ("LREAL", "SIN(x + 1.0) + COS(x + 1.0)"), "EXP(REAL#0.1)": ("REAL", "EXP(f + 0.1)"),
    "LN(10.0) / LOG(2.0)": ("LREAL", "LN(x + 10.0) / LOG(x + 2.0)"), "TAN(1.5)": ("REAL", "TAN(f + 1.5)"),
    "ATAN2(1.0, -3.0)": ("LREAL", "ATAN2(x + 1.0, -3.0)"), "EXPT(REAL#1.1, 7)": ("REAL", "EXPT(f + 1.1, 7)"),
    "SHL(WORD#16#8181, 3)": ("WORD", "SHL(w OR 16#8181, 3)"), "ROR(BYTE#16#81, 1)": ("BYTE", "ROR(b OR 16#81, 1)"),
    "ROL(SINT#-127, 9)": ("SINT", "ROL(i - 127, 9)"), "SHR(DWORD#16#FFFF, 99)": ("DWORD", "SHR(d OR 16#FFFF, 99)"),
    "MAX(1, 5, 3)": ("INT", "MAX(1, k + 5, 3)"), "LIMIT(0, 11, 10)": ("INT", "LIMIT(0, k + 11, 10)"),
    "ABS(-5)": ("INT", "ABS(k - 5)"), "SEL(TRUE, 1, 2)": ("INT", "SEL(k = 0, 1, 2)"),
    "MUX(1, 10, 20)": ("INT", "MUX(k + 1, 10, 20)"), "TRUNC(2.9)": ("DINT", "TRUNC(x + 2.9)"),
    "REAL_TO_INT(2.5)": ("INT", "REAL_TO_INT(f + 2.5)"), "LEN('abc')": ("INT", "LEN(CONCAT(s, 'abc'))"),
    "CONCAT('ab', 'c')": ("STRING", "CONCAT(s, 'abc')"), "LEFT('abc', 2)": ("STRING", "LEFT('abc', k + 2)"),
    "RIGHT('abc', 2)": ("STRING", "RIGHT('abc', k + 2)"), "(1.0E10) ** 40.0": ("LREAL", "(x + 1.0E10) ** 40.0"),
}  # fmt: skip


def test_constants_are_what_the_machine_code_gives() -> None:
    declared = "".join(f"c{n} : {type_} := {text};" for n, (text, (type_, _)) in enumerate(CONSTANTS.items()))
    given = "".join(f"r{n}, m{n} : {type_};" for n, (type_, _) in enumerate(CONSTANTS.values()))
    body = "".join(f"r{n} := c{n}; m{n} := {other};\n" for n, (_, other) in enumerate(CONSTANTS.values()))
    zero = "x : LREAL; f : REAL; w : WORD; b : BYTE; i : SINT; d : DWORD; k : INT; s : STRING;"
    program = compile_text(f"PROGRAM P VAR CONSTANT {declared} END_VAR VAR {zero}{given} END_VAR {body} END_PROGRAM")
    memory = program.new_memory()
    assert program.scan(memory, 0) is None
    for n, text in enumerate(CONSTANTS):
        assert program.read(memory, f"r{n}") == program.read(memory, f"m{n}"), text


def test_bounds_and_lengths_from_functions_of_constants() -> None:
    text = """VAR_GLOBAL CONSTANT N : INT := MAX(3, 2); END_VAR
    PROGRAM P VAR CONSTANT M : INT := SHL(N, 1); END_VAR
    VAR a : ARRAY [0..M - 1] OF INT; s : STRING[LEN('four')]; x : ARRAY [1..N ** 1] OF INT; END_VAR END_PROGRAM"""
    assert errors(text) == ["3:79: error: ** takes a REAL or LREAL base, this is INT; convert it"]
    program = compile_text(text.replace("N ** 1", "TRUNC(2.0 ** 3.0)"))
    assert [program.find(name).shape for name in ("a", "x")] == [(6,), (8,)]
    assert program.find("s").type == "STRING[4]"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("t := ADD_TIME(t, 5);", "ADD_TIME's IN2 is TIME, but the value is a whole number; write a duration like T#1s"),
        ("t := MUL_TIME(t, t);", "MUL_TIME takes a number as its second argument, this is TIME; convert it"),
        ("i := BCD_TO_UINT(i);", "BCD_TO_UINT takes a bit string, this is INT; convert it"),
        ("i := ADD_INT(i, 1.5);", "ADD_INT's argument is INT, but the value is a real number; write it without a "
         "decimal point, or LREAL_TO_INT(...)"),
        ("i := CONCAT_DATE_TOD(t);", "CONCAT_DATE_TOD takes 2 arguments, here are 1"),
    ],
)  # fmt: skip
def test_wrong_arguments(body: str, message: str) -> None:
    assert [one.split("error: ")[1] for one in errors_in("t : TIME; i : INT;", body)] == [message]
