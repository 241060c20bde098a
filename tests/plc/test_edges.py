"""The standard functions at their edges, each as a constant and in machine code: `expression: (type, value)`.

The tables and their order are those of IEC 61131-3 edition 3.
"""

import math
import re
from typing import Any

import numpy as np
import pytest

from tests.plc._plc import MS, attempt, evaluated

Table = dict[str, tuple[str, Any]]
DAY = 86_400_000 * MS
INF, NAN = math.inf, math.nan

NUMERIC: Table = {  # table 28
    "ABS(SINT#-128)": ("SINT", -128),
    "ABS(LINT#-9223372036854775808)": ("LINT", -(2**63)),
    "ABS(ULINT#18446744073709551615)": ("ULINT", 2**64 - 1),
    "ABS(LREAL#-0.0)": ("LREAL", 0.0),
    "SQRT(LREAL#0.0)": ("LREAL", 0.0),
    "SQRT(LREAL#-1.0)": ("LREAL", NAN),
    "SQRT(LREAL#1.0E300 * 1.0E300)": ("LREAL", INF),
    "LN(LREAL#0.0)": ("LREAL", -INF),
    "LN(LREAL#-1.0)": ("LREAL", NAN),
    "LOG(LREAL#0.0)": ("LREAL", -INF),
    "LOG(LREAL#1.0E-300)": ("LREAL", -300.0),
    "EXP(LREAL#0.0)": ("LREAL", 1.0),
    "EXP(LREAL#1000.0)": ("LREAL", INF),
    "EXP(LREAL#-1000.0)": ("LREAL", 0.0),
    "EXP(REAL#100.0)": ("REAL", INF),
    "SIN(LREAL#0.0)": ("LREAL", 0.0),
    "COS(LREAL#0.0)": ("LREAL", 1.0),
    "TAN(LREAL#0.0)": ("LREAL", 0.0),
    "SIN(LREAL#1.0E308 * 10.0)": ("LREAL", NAN),
    "ASIN(LREAL#1.0)": ("LREAL", math.pi / 2),
    "ASIN(LREAL#1.5)": ("LREAL", NAN),
    "ACOS(LREAL#-1.0)": ("LREAL", math.pi),
    "ACOS(LREAL#-1.5)": ("LREAL", NAN),
    "ATAN(LREAL#1.0E308 * 10.0)": ("LREAL", math.pi / 2),
    "ATAN2(LREAL#0.0, LREAL#-1.0)": ("LREAL", math.pi),
    "ATAN2(LREAL#0.0, LREAL#0.0)": ("LREAL", 0.0),
    "ATAN2(LREAL#-1.0, LREAL#0.0)": ("LREAL", -math.pi / 2),
}
ARITHMETIC: Table = {  # table 29
    "ADD(INT#32767, INT#1)": ("INT", -32768),
    "ADD(UINT#65535, UINT#1)": ("UINT", 0),
    "ADD(REAL#3.0E38, REAL#3.0E38)": ("REAL", INF),
    "MUL(DINT#65536, DINT#65536)": ("DINT", 0),
    "MUL(SINT#-128, SINT#-1)": ("SINT", -128),
    "SUB(USINT#0, USINT#1)": ("USINT", 255),
    "SUB(INT#-32768, INT#1)": ("INT", 32767),
    "DIV(INT#-7, INT#2)": ("INT", -3),
    "DIV(INT#-32768, INT#-1)": ("INT", -32768),
    "DIV(LREAL#1.0, LREAL#0.0)": ("LREAL", INF),
    "DIV(LREAL#0.0, LREAL#0.0)": ("LREAL", NAN),
    "MOD(INT#-7, INT#2)": ("INT", -1),
    "MOD(INT#7, INT#-2)": ("INT", 1),
    "MOD(LINT#-9223372036854775808, LINT#-1)": ("LINT", 0),
    "EXPT(LREAL#0.0, INT#0)": ("LREAL", 1.0),
    "EXPT(LREAL#-8.0, LREAL#0.5)": ("LREAL", NAN),
    "EXPT(LREAL#-2.0, INT#3)": ("LREAL", -8.0),
    "EXPT(LREAL#10.0, INT#309)": ("LREAL", INF),
    "MOVE(LINT#-9223372036854775808)": ("LINT", -(2**63)),
    "MOVE('full')": ("STRING[4]", "full"),
    "-SINT#-128": ("SINT", -128),
}
SHIFTS: Table = {  # table 30
    "SHL(LWORD#16#8000000000000001, INT#1)": ("LWORD", 2),
    "SHL(BYTE#16#01, INT#7)": ("BYTE", 0x80),
    "SHL(BYTE#16#FF, INT#0)": ("BYTE", 0xFF),
    "SHL(BYTE#16#FF, INT#8)": ("BYTE", 0),
    "SHL(BOOL#TRUE, INT#0)": ("BOOL", True),
    "SHL(BOOL#TRUE, INT#1)": ("BOOL", False),
    "SHR(LWORD#16#8000000000000000, INT#63)": ("LWORD", 1),
    "SHR(LWORD#16#8000000000000000, INT#64)": ("LWORD", 0),
    "SHR(WORD#16#FFFF, INT#-1)": ("WORD", 0),
    "ROL(BYTE#16#81, INT#8)": ("BYTE", 0x81),
    "ROL(DWORD#16#80000001, INT#33)": ("DWORD", 3),
    "ROR(WORD#16#0001, INT#1)": ("WORD", 0x8000),
    "ROR(WORD#16#0001, INT#-1)": ("WORD", 2),
    "ROR(LWORD#16#1, UINT#65)": ("LWORD", 1 << 63),
}
BITWISE: Table = {  # table 31
    "AND(BOOL#TRUE, BOOL#TRUE, BOOL#FALSE)": ("BOOL", False),
    "AND(LWORD#16#FFFFFFFFFFFFFFFF, LWORD#16#0F)": ("LWORD", 15),
    "OR(BYTE#16#80, BYTE#16#01, BYTE#16#10)": ("BYTE", 0x91),
    "XOR(BOOL#TRUE, BOOL#TRUE, BOOL#TRUE)": ("BOOL", True),
    "XOR(WORD#16#FFFF, WORD#16#FFFF)": ("WORD", 0),
    "NOT(LWORD#16#0)": ("LWORD", 2**64 - 1),
    "NOT(BOOL#FALSE)": ("BOOL", True),
}
SELECTION: Table = {  # table 32
    "MOVE(REAL#0.1)": ("REAL", float(np.float32(0.1))),
    "SEL(BOOL#FALSE, 'no', 'yes')": ("STRING", "no"),
    'SEL(BOOL#TRUE, "no", "yes")': ("WSTRING", "yes"),
    "SEL(BOOL#TRUE, D#2024-02-28, D#2024-02-29)": ("DATE", 19782 * DAY),
    "MAX(SINT#-128, SINT#127, SINT#0)": ("SINT", 127),
    "MAX(ULINT#18446744073709551615, ULINT#0)": ("ULINT", 2**64 - 1),
    "MAX('ab', 'abc', 'aZ')": ("STRING", "abc"),
    "MAX(TOD#23:59:59, TOD#00:00:00)": ("TOD", DAY - 1000 * MS),
    "MAX(LREAL#1.0, LREAL#0.0 / LREAL#0.0)": ("LREAL", 1.0),
    "MIN(BYTE#16#FF, BYTE#16#7F)": ("BYTE", 0x7F),
    'MIN("b", "aé", "aa")': ("WSTRING", "aa"),
    "MIN(T#-1ns, T#0s)": ("TIME", -1),
    "LIMIT(INT#0, INT#0, INT#10)": ("INT", 0),
    "LIMIT(INT#0, INT#10, INT#10)": ("INT", 10),
    "LIMIT(INT#10, INT#5, INT#0)": ("INT", 0),
    "LIMIT('b', 'a', 'c')": ("STRING", "b"),
    "MUX(USINT#0, 'a', 'bc', 'def')": ("STRING", "a"),
    "MUX(LINT#2, INT#1, INT#2, INT#3)": ("INT", 3),
}
COMPARISON: Table = {  # table 33
    "GT(INT#3, INT#2, INT#2)": ("BOOL", False),
    "GE(INT#3, INT#2, INT#2)": ("BOOL", True),
    "EQ(INT#2, INT#2, INT#3)": ("BOOL", False),
    "LE('a', 'a', 'b')": ("BOOL", True),
    "LT('a', 'a', 'b')": ("BOOL", False),
    'NE("é", "é")': ("BOOL", False),
    "GT(UDINT#4294967295, UDINT#0)": ("BOOL", True),
    "LREAL#0.0 / LREAL#0.0 = LREAL#0.0": ("BOOL", False),
    "LREAL#0.0 / LREAL#0.0 <> LREAL#0.0 / LREAL#0.0": ("BOOL", True),
    "LREAL#-0.0 = LREAL#0.0": ("BOOL", True),
    "'' < 'a'": ("BOOL", True),
    "'é' > 'z'": ("BOOL", True),
    "DT#1969-12-31-23:59:59 < DT#1970-01-01-00:00:00": ("BOOL", True),
}
STRINGS: Table = {  # table 34
    "LEN('')": ("INT", 0),
    'LEN("é€")': ("INT", 2),
    "LEFT('abc', INT#0)": ("STRING", ""),
    "LEFT('abc', LINT#9223372036854775807)": ("STRING", "abc"),
    "LEFT('', INT#1)": ("STRING", ""),
    "RIGHT('abc', INT#0)": ("STRING", ""),
    "RIGHT('abc', LINT#-9223372036854775808)": ("STRING", ""),
    "RIGHT('abc', INT#3)": ("STRING", "abc"),
    "MID('abc', INT#1, INT#3)": ("STRING", "c"),
    "MID('abc', INT#1, INT#4)": ("STRING", ""),
    "MID('abc', INT#0, INT#1)": ("STRING", ""),
    "MID('abc', INT#3, INT#0)": ("STRING", "abc"),
    'MID("a€c", INT#1, INT#2)': ("WSTRING", "€"),
    "CONCAT('', '')": ("STRING", ""),
    "CONCAT('full', 'er')": ("STRING[4]", "full"),
    "CONCAT('a', CHAR#'b', 'c')": ("STRING", "abc"),
    "INSERT('', 'ab', INT#0)": ("STRING", "ab"),
    "INSERT('ab', '', INT#1)": ("STRING", "ab"),
    "INSERT('abcd', 'X', INT#4)": ("STRING", "abcdX"),
    "INSERT('abcd', 'X', INT#5)": ("STRING", "abcdX"),
    "INSERT('abcd', 'X', INT#-1)": ("STRING", "Xabcd"),
    "DELETE('abcd', INT#4, INT#1)": ("STRING", ""),
    "DELETE('abcd', INT#1, INT#4)": ("STRING", "abc"),
    "DELETE('abcd', INT#1, INT#5)": ("STRING", "abcd"),
    "DELETE('abcd', INT#-1, INT#2)": ("STRING", "abcd"),
    "REPLACE('abcd', '', INT#4, INT#1)": ("STRING", ""),
    "REPLACE('abcd', 'XY', INT#0, INT#3)": ("STRING", "abXYcd"),
    "REPLACE('abcd', 'XY', INT#9, INT#4)": ("STRING", "abcXY"),
    "FIND('abab', 'ab')": ("INT", 1),
    "FIND('aab', 'ab')": ("INT", 2),
    "FIND('', 'a')": ("INT", 0),
    "FIND('ab', 'abc')": ("INT", 0),
    'FIND("a€€b", "€b")': ("INT", 3),
    "FIND('abc', CHAR#'c')": ("INT", 3),
}
TIMES: Table = {  # table 35
    "ADD(T#1s, T#2s)": ("TIME", 3000 * MS),
    "ADD_LTIME(LTIME#1ns, LTIME#-2ns)": ("LTIME", -1),
    "ADD_LTOD_LTIME(LTOD#23:59:59, LTIME#999ms)": ("LTOD", DAY - MS),
    "ADD_DT_TIME(DT#2024-02-28-23:59:59, T#1s)": ("DT", 19782 * DAY),
    "ADD_LDT_LTIME(LDT#1999-12-31-23:59:59, LTIME#1s)": ("LDT", 10957 * DAY),
    "SUB(T#1s, T#2s)": ("TIME", -1000 * MS),
    "SUB_DATE_DATE(D#2024-03-01, D#2024-02-01)": ("TIME", 29 * DAY),
    "SUB_DATE_DATE(D#2023-03-01, D#2023-02-01)": ("TIME", 28 * DAY),
    "SUB_DATE_DATE(D#2100-03-01, D#2100-02-01)": ("TIME", 28 * DAY),
    "SUB_TOD_TOD(TOD#00:00:00, TOD#23:59:59.999)": ("TIME", -(DAY - MS)),
    "SUB_LTIME(LTIME#1ns, LTIME#2ns)": ("LTIME", -1),
    "SUB_LTOD_LTIME(LTOD#00:00:01, LTIME#1ms)": ("LTOD", 999 * MS),
    "SUB_LTOD_LTOD(LTOD#00:00:00, LTOD#00:00:01)": ("LTIME", -1000 * MS),
    "SUB_LDT_LTIME(LDT#1970-01-01-00:00:00, LTIME#1ns)": ("LDT", -1),
    "SUB_LDT_LDT(LDT#2000-01-01-00:00:00, LDT#1999-12-31-00:00:00)": ("LTIME", DAY),
    "MUL_TIME(T#1s, LREAL#-0.5)": ("TIME", -500 * MS),
    "MUL(T#1s, INT#-3)": ("TIME", -3000 * MS),
    "DIV_TIME(T#1s, INT#3)": ("TIME", 333_333_333),
    "DIV(T#-1s, INT#3)": ("TIME", -333_333_333),
    "DIV_LTIME(LTIME#1ns, INT#2)": ("LTIME", 0),
}
CALENDAR: Table = {  # table 36
    "CONCAT_DATE(INT#2000, INT#2, INT#29)": ("DATE", 11016 * DAY),
    "CONCAT_DATE(INT#2024, INT#12, INT#31)": ("DATE", 20088 * DAY),
    "CONCAT_DATE(INT#1970, INT#1, INT#1)": ("DATE", 0),
    "CONCAT_DATE_TOD(D#1969-12-31, TOD#23:59:59)": ("DT", -1000 * MS),
    "CONCAT_DATE_LTOD(D#1970-01-02, LTOD#00:00:00)": ("LDT", DAY),
    "CONCAT_TOD(INT#23, INT#59, INT#59, INT#999)": ("TOD", DAY - MS),
    "CONCAT_LTOD(INT#0, INT#0, INT#0, INT#0)": ("LTOD", 0),
    "CONCAT_DT(INT#1999, INT#12, INT#31, INT#23, INT#59, INT#59, INT#999)": ("DT", 10957 * DAY - MS),
    "CONCAT_LDT(INT#2000, INT#1, INT#1, INT#0, INT#0, INT#0, INT#0)": ("LDT", 10957 * DAY),
    "DAY_OF_WEEK(D#2000-02-29)": ("INT", 2),
    "DAY_OF_WEEK(LD#1969-12-31)": ("INT", 3),
}
ENDIAN: Table = {  # table 37
    "TO_BIG_ENDIAN(LINT#1)": ("LINT", 1 << 56),
    "TO_BIG_ENDIAN(REAL#1.0)": ("REAL", float(np.frombuffer(b"\x3f\x80\0\0", "<f4")[0])),
    "TO_BIG_ENDIAN(USINT#200)": ("USINT", 200),
    "TO_BIG_ENDIAN(T#1ns)": ("TIME", 1 << 56),
    "TO_BIG_ENDIAN(TO_BIG_ENDIAN(LREAL#0.1))": ("LREAL", 0.1),
    "TO_LITTLE_ENDIAN(DINT#-2)": ("DINT", -2),
    "FROM_BIG_ENDIAN(WORD#16#0102)": ("WORD", 0x0201),
    "FROM_LITTLE_ENDIAN(WORD#16#0102)": ("WORD", 0x0102),
}
VALID: Table = {  # table 39
    "IS_VALID(LREAL#0.0 / LREAL#0.0)": ("BOOL", False),
    "IS_VALID(LREAL#1.0 / LREAL#0.0)": ("BOOL", False),
    "IS_VALID(REAL#3.4028234E38)": ("BOOL", True),
    "IS_VALID_BCD(BYTE#16#99)": ("BOOL", True),
    "IS_VALID_BCD(BYTE#16#9A)": ("BOOL", False),
    "IS_VALID_BCD(LWORD#16#9999999999999999)": ("BOOL", True),
    "IS_VALID_BCD(LWORD#16#A000000000000000)": ("BOOL", False),
}
TABLES = {
    "28 numeric": NUMERIC, "29 arithmetic": ARITHMETIC, "30 shift": SHIFTS, "31 bitwise": BITWISE,
    "32 selection": SELECTION, "33 comparison": COMPARISON, "34 string": STRINGS, "35 time": TIMES,
    "36 calendar": CALENDAR, "37 endian": ENDIAN, "39 valid": VALID,
}  # fmt: skip
_LITERAL = re.compile(r"""[A-Z]+#(?:'.'|[-+\w.:#]+)|'[^']*'|"[^"]*\"""")
_TYPES = {"T": "TIME", "D": "DATE", "LD": "LDATE", "'": "STRING", '"': "WSTRING"}


def in_variables(expression: str, declared: list[str]) -> str:
    """The expression with a variable in place of each literal, so that nothing of it is a constant."""

    def declare(found: re.Match[str]) -> str:
        literal = found.group()
        kind = literal[0] if literal[0] in "'\"" else literal.partition("#")[0]
        declared.append(f"v{len(declared)} : {_TYPES.get(kind, kind)} := {literal};")
        return f"v{len(declared) - 1}"

    return _LITERAL.sub(declare, expression)


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (one == other or (one != one and other != other))


def _tables() -> list[Any]:
    """The names of the tables, each with the functions that its rows call as features."""
    found = []
    for name, table in TABLES.items():
        called = dict.fromkeys(row.partition("(")[0] for row in table if re.match(r"[A-Z]+[A-Z_0-9]*\(", row))
        found.append(pytest.param(name, marks=pytest.mark.feature(*(f"{name[:2]}/{one}" for one in called))))
    return found


@pytest.mark.parametrize("name", _tables())
def test_constants(name: str) -> None:
    table = TABLES[name]
    found = evaluated({expression: type_ for expression, (type_, _) in table.items()})
    assert {one: found[one] for one, (_, value) in table.items() if not same(found[one], value)} == {}


@pytest.mark.parametrize("name", _tables())
def test_variables(name: str) -> None:
    declared = list[str]()
    table = {in_variables(expression, declared): row for expression, row in TABLES[name].items()}
    found = evaluated({expression: type_ for expression, (type_, _) in table.items()}, "".join(declared))
    assert {one: found[one] for one, (_, value) in table.items() if not same(found[one], value)} == {}


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("i := DIV(i, z)", "division by zero"),
        ("i := MOD(i, z)", "division by zero"),
        ("t := T#1s / z", "division by zero"),
        ("i := MUX(i, 1, 2)", "MUX out of range"),
        ("i := MUX(z - 1, 1, 2)", "MUX out of range"),
        ("d := CONCAT_DATE(2023, 2, i + 22)", "no such date or time"),
        ("d := CONCAT_DATE(2100, 2, i + 22)", "no such date or time"),
        ("d := CONCAT_DATE(2024, z, 1)", "no such date or time"),
        ("c := CONCAT_TOD(i + 17, 0, 0, 0)", "no such date or time"),
        ("c := CONCAT_TOD(0, 0, 0, i + 993)", "no such date or time"),
    ],
)
def test_what_has_no_value_is_a_fault(call: str, kind: str) -> None:
    _, fault = attempt("i : INT := 7; z : INT; d : DATE; c : TOD; t : TIME;", f"{call};")
    assert fault is not None
    assert fault.kind == kind
