"""Standard functions at their edges: the table reads `expression: (type, value)`."""

import math
from typing import Any

import numpy as np
import pytest

from tests.plc._plc import MS, errors_in, evaluated

Table = dict[str, tuple[str, Any]]
NUMERIC: Table = {
    "ABS(INT#-5)": ("INT", 5),
    "ABS(SINT#-128)": ("SINT", -128),
    "ABS(-2.5)": ("LREAL", 2.5),
    "SQRT(2.0)": ("LREAL", math.sqrt(2)),
    "LN(EXP(1.0))": ("LREAL", math.log(math.exp(1))),
    "LOG(1000.0)": ("LREAL", math.log10(1000)),
    "SIN(0.5)": ("LREAL", math.sin(0.5)),
    "COS(0.5)": ("LREAL", math.cos(0.5)),
    "TAN(0.5)": ("LREAL", math.tan(0.5)),
    "ASIN(0.5)": ("LREAL", math.asin(0.5)),
    "ACOS(0.5)": ("LREAL", math.acos(0.5)),
    "ATAN(0.5)": ("LREAL", math.atan(0.5)),
    "ATAN2(1.0, -1.0)": ("LREAL", math.atan2(1, -1)),
    "EXPT(2.0, 10)": ("LREAL", 1024.0),
    "2.0 ** 0.5": ("LREAL", 2**0.5),
    "SIN(REAL#0.5)": ("REAL", float(np.float32(math.sin(0.5)))),
    "ADD(1, 2, 3)": ("INT", 6),
    "MUL(2, 3, 4)": ("INT", 24),
    "SUB(5, 7)": ("INT", -2),
    "DIV(-7, 2)": ("INT", -3),
    "MOD(-7, 2)": ("INT", -1),
    "-7 MOD 3": ("INT", -1),
    "MOVE(INT#7)": ("INT", 7),
    "MAX(1, 5, 3)": ("INT", 5),
    "MIN(T#3s, T#2s)": ("TIME", 2000 * MS),
    "LIMIT(0, 11, 10)": ("INT", 10),
    "LIMIT(0, -1, 10)": ("INT", 0),
    "SEL(TRUE, 1, 2)": ("INT", 2),
    "SEL(G := FALSE, IN0 := 1.5, IN1 := 2.5)": ("REAL", 1.5),
    "MUX(1, 10, 20, 30)": ("INT", 20),
    "GT(3, 2, 1)": ("BOOL", True),
    "GT(3, 1, 2)": ("BOOL", False),
    "EQ(2, 2)": ("BOOL", True),
    "NE(2, 2)": ("BOOL", False),
    "AND(TRUE, FALSE)": ("BOOL", False),
    "NOT(BYTE#16#0F)": ("BYTE", 0xF0),
    "XOR(BYTE#16#FF, BYTE#16#0F)": ("BYTE", 0xF0),
}
BITS: Table = {
    "SHL(BYTE#16#81, 1)": ("BYTE", 2),
    "SHR(BYTE#16#81, 1)": ("BYTE", 0x40),
    "SHL(BYTE#16#81, 8)": ("BYTE", 0),
    "SHR(DWORD#16#FFFFFFFF, 32)": ("DWORD", 0),
    "SHL(LWORD#1, 63)": ("LWORD", 1 << 63),
    "SHL(WORD#1, INT#-1)": ("WORD", 0),
    "ROL(BYTE#16#81, 1)": ("BYTE", 3),
    "ROR(BYTE#16#81, 1)": ("BYTE", 0xC0),
    "ROL(WORD#16#8001, 17)": ("WORD", 3),
}
CONVERSIONS: Table = {
    "TRUNC(2.9)": ("DINT", 2),
    "TRUNC(-2.9)": ("DINT", -2),
    "REAL_TRUNC_INT(-2.9)": ("INT", -2),
    "REAL_TO_INT(2.5)": ("INT", 2),
    "REAL_TO_INT(3.5)": ("INT", 4),
    "LREAL_TO_LINT(1.0E300)": ("LINT", 2**63 - 1),
    "LREAL_TO_UINT(-5.0)": ("UINT", 0),
    "DINT_TO_INT(70000)": ("INT", 4464),
    "INT_TO_USINT(-1)": ("USINT", 255),
    "UDINT_TO_LREAL(4294967295)": ("LREAL", 4294967295.0),
    "INT_TO_BOOL(4)": ("BOOL", True),
    "BOOL_TO_INT(TRUE)": ("INT", 1),
    "WORD_TO_INT(16#FFFF)": ("INT", -1),
    "TO_REAL(INT#3)": ("REAL", 3.0),
    "TIME_TO_LREAL(T#1s500ms)": ("LREAL", 1500.0),
    "REAL_TO_TIME(0.5)": ("TIME", 500_000),
    "TOD_TO_UDINT(TOD#00:00:01)": ("UDINT", 1000),
    "DT_TO_DATE(DT#1970-01-02-03:00:00)": ("DATE", 86_400_000 * MS),
    "DT_TO_TOD(DT#1970-01-02-03:00:00)": ("TOD", 3 * 3_600_000 * MS),
    "DT_TO_TOD(DT#1969-12-31-03:00:00)": ("TOD", 3 * 3_600_000 * MS),
    "INT_TO_STRING(-12)": ("STRING", "-12"),
    "ULINT_TO_STRING(18446744073709551615)": ("STRING", "18446744073709551615"),
    "BOOL_TO_STRING(TRUE)": ("STRING", "TRUE"),
    "REAL_TO_STRING(0.1)": ("STRING", "0.1"),
    "LREAL_TO_STRING(0.1)": ("STRING", "0.1"),
    "LREAL_TO_STRING(2.0)": ("STRING", "2.0"),
    "LREAL_TO_STRING(0.30000000000000004)": ("STRING", "0.30000000000000004"),
    "TIME_TO_STRING(T#1s500ms)": ("STRING", "T#1500ms"),
    "STRING_TO_INT('42')": ("INT", 42),
    "STRING_TO_INT('99999')": ("INT", 32767),
    "STRING_TO_LREAL('-1.5e3')": ("LREAL", -1500.0),
    "STRING_TO_BOOL('true')": ("BOOL", True),
    "STRING_TO_INT('x')": ("INT", 0),
}
TEXT: Table = {
    "LEN('')": ("INT", 0),
    "LEN('hello')": ("INT", 5),
    "LEFT('hello', 2)": ("STRING", "he"),
    "LEFT('hello', 9)": ("STRING", "hello"),
    "LEFT('hello', -1)": ("STRING", ""),
    "RIGHT('hello', 2)": ("STRING", "lo"),
    "RIGHT('hello', 9)": ("STRING", "hello"),
    "RIGHT('hello', -1)": ("STRING", ""),
    "MID('hello', 2, 3)": ("STRING", "ll"),
    "MID('hello', 9, 3)": ("STRING", "llo"),
    "MID('hello', 2, 9)": ("STRING", ""),
    "CONCAT('a', 'bc', 'd')": ("STRING", "abcd"),
    "INSERT('ad', 'bc', 1)": ("STRING", "abcd"),
    "INSERT('ad', 'bc', 0)": ("STRING", "bcad"),
    "INSERT('ad', 'bc', 9)": ("STRING", "adbc"),
    "DELETE('abcd', 2, 2)": ("STRING", "ad"),
    "DELETE('abcd', 9, 2)": ("STRING", "a"),
    "DELETE('abcd', 0, 2)": ("STRING", "abcd"),
    "REPLACE('abcd', 'X', 2, 2)": ("STRING", "aXd"),
    "FIND('abcbc', 'bc')": ("INT", 2),
    "FIND('abc', 'x')": ("INT", 0),
    "FIND('abc', '')": ("INT", 0),
    "CONCAT('abc', 'def')": ("STRING[4]", "abcd"),
    "'abc' = 'abc'": ("BOOL", True),
    "'it$'s$N'": ("STRING", "it's\n"),
    "SEL(TRUE, 'no', 'yes')": ("STRING", "yes"),
}
TIMES: Table = {
    "T#1s + T#500ms": ("TIME", 1500 * MS),
    "T#1s - T#1.5s": ("TIME", -500 * MS),
    "T#1s * 3": ("TIME", 3000 * MS),
    "2.5 * T#1s": ("TIME", 2500 * MS),
    "T#1s / 4": ("TIME", 250 * MS),
    "T#1d2h3m4s5ms6us7ns": ("TIME", ((26 * 60 + 3) * 60 + 4) * 1000 * MS + 5_006_007),
    "TOD#12:00:00 + T#1m": ("TOD", 43_260_000 * MS),
    "DT#2024-03-01-00:00:00 - DT#2024-02-28-12:00:00": ("TIME", 36 * 3_600_000 * MS),
    "D#2024-03-01 - D#2024-02-28": ("TIME", 48 * 3_600_000 * MS),
    "T#1s > T#999ms": ("BOOL", True),
}


@pytest.mark.parametrize(
    "table", [NUMERIC, BITS, CONVERSIONS, TEXT, TIMES], ids=["numeric", "bits", "conversions", "text", "times"]
)
@pytest.mark.feature("21/overloaded", "22/TRUNC", "22/X_TRUNC_Y")
def test_table(table: Table) -> None:
    found = evaluated({expression: type_ for expression, (type_, _) in table.items()})
    assert found == {expression: value for expression, (_, value) in table.items()}


def test_functions_work_on_variables_as_on_constants() -> None:
    """The constants above are worked out by the compiler; here the machine code does."""
    declared = "i : INT := -7; j : INT := 2; x : LREAL := 2.5; b : BYTE := 16#81; n : INT := 8; s : STRING := 'hello';"
    table: Table = {
        "i / j": ("INT", -3), "i MOD j": ("INT", -1), "ABS(i)": ("INT", 7), "LREAL_TO_INT(x)": ("INT", 2),
        "LREAL_TO_INT(-x)": ("INT", -2), "SHL(b, n)": ("BYTE", 0), "ROL(b, n + 1)": ("BYTE", 3),
        "INT_TO_USINT(i)": ("USINT", 249), "MID(s, 2, j)": ("STRING", "el"), "LIMIT(0, i, 5)": ("INT", 0),
        "x ** j": ("LREAL", 6.25), "INT_TO_REAL(i) / 2": ("REAL", -3.5), "-i": ("INT", 7), "NOT b": ("BYTE", 0x7E),
        "b.7 AND b.0 AND NOT b.1": ("BOOL", True), "i * 2.5": ("REAL", -17.5), "MAX(i, j)": ("INT", 2),
    }  # fmt: skip
    found = evaluated({expression: type_ for expression, (type_, _) in table.items()}, declared)
    assert found == {expression: value for expression, (_, value) in table.items()}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("SQRT(b)", "SQRT takes REAL or LREAL, this is BOOL; convert it"),
        ("MAX(i, b)", "MAX takes values of one type, here are INT and BOOL; convert them"),
        ("LEFT(i, 1)", "LEFT takes a STRING, this is INT; convert it"),
        ("SHL(i)", "SHL takes 2 arguments, here are 1"),
        ("LIMIT(A := 1, IN := 2, MX := 3)", "LIMIT takes MN, IN, MX; write it LIMIT(MN, IN, MX)"),
        ("SQTR(2.0)", "no function SQTR here; did you mean 'SQRT'?"),
    ],
)
def test_wrong_arguments(expression: str, message: str) -> None:
    found = errors_in("b : BOOL; i : INT; r : LREAL;", f"r := {expression};")
    assert [one.split("error: ")[1] for one in found] == [message]
