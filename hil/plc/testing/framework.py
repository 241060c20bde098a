"""What tests call, as Structured Text: the state of a run, TcUnit's functions, and its FB_TestSuite.

The interface of TcUnit is that of its public documentation (tcunit.org); the bodies are ours. Of FB_TestSuite's many
methods only those are written that a project names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

FILE = "test framework"
CASES, FAILURES, LEFT_OUT = 500, 100, 64  # tests of one suite, failures of one scan, tests that are left out

STATE = f"""
TYPE __TEST_CASE : STRUCT NAME : STRING[255]; FINISHED, SKIPPED, ORDERED : BOOL; ASSERTIONS : DINT; END_STRUCT; END_TYPE
TYPE __TEST_FAILURE : STRUCT CASE_ : DINT; PLACE : DINT; EXPECTED, ACTUAL, MESSAGE : STRING[255]; END_STRUCT; END_TYPE
VAR_GLOBAL
  __TEST_CLOCK : LTIME;
  __TEST_WHICH, __TEST_NOW, __TEST_PLACE, __TEST_COUNT, __TEST_FAILED : DINT;
  __TEST_CASES : ARRAY [1..{CASES}] OF __TEST_CASE;
  __TEST_FAILURES : ARRAY [1..{FAILURES}] OF __TEST_FAILURE;
  __TEST_LEFT_OUT : ARRAY [1..{LEFT_OUT}] OF STRING[255];
END_VAR

FUNCTION __TEST_AT : BOOL
VAR_INPUT PLACE : DINT; END_VAR
__TEST_PLACE := PLACE;
__TEST_AT := TRUE;
END_FUNCTION

FUNCTION __TEST_JUDGES : BOOL
IF __TEST_NOW < 0 THEN RETURN; END_IF;
IF __TEST_NOW > 0 THEN
  IF __TEST_CASES[__TEST_NOW].FINISHED OR __TEST_CASES[__TEST_NOW].SKIPPED THEN RETURN; END_IF;
  __TEST_CASES[__TEST_NOW].ASSERTIONS := __TEST_CASES[__TEST_NOW].ASSERTIONS + 1;
END_IF;
__TEST_JUDGES := TRUE;
END_FUNCTION

FUNCTION __TEST_HERE : BOOL
VAR_INPUT PLACE : DINT; END_VAR
__TEST_PLACE := PLACE;
__TEST_HERE := __TEST_JUDGES();
END_FUNCTION

FUNCTION __TEST_FAIL
VAR_INPUT EXPECTED, ACTUAL, MESSAGE : STRING[255]; END_VAR
__TEST_FAILED := __TEST_FAILED + 1;
IF __TEST_FAILED <= {FAILURES} THEN
  __TEST_FAILURES[__TEST_FAILED].CASE_ := __TEST_NOW;
  __TEST_FAILURES[__TEST_FAILED].PLACE := __TEST_PLACE;
  __TEST_FAILURES[__TEST_FAILED].EXPECTED := EXPECTED;
  __TEST_FAILURES[__TEST_FAILED].ACTUAL := ACTUAL;
  __TEST_FAILURES[__TEST_FAILED].MESSAGE := MESSAGE;
END_IF;
END_FUNCTION

FUNCTION ADVANCE_TIME
VAR_INPUT DURATION : LTIME; END_VAR
__TEST_CLOCK := __TEST_CLOCK + DURATION;
END_FUNCTION
"""

_TCUNIT = f"""
VAR_GLOBAL __TEST_SUITE : POINTER TO FB_TestSuite; END_VAR

FUNCTION __TEST_FIND : DINT
VAR_INPUT NAME : STRING[255]; END_VAR
VAR i : DINT; END_VAR
FOR i := 1 TO __TEST_COUNT DO
  IF __TEST_CASES[i].NAME = NAME THEN __TEST_FIND := i; RETURN; END_IF;
END_FOR;
END_FUNCTION

FUNCTION __TEST_ENTER : DINT
VAR_INPUT NAME : STRING[255]; ORDERED : BOOL; END_VAR
VAR i : DINT; head : STRING[9]; END_VAR
i := __TEST_FIND(NAME);
IF i = 0 THEN
  __TEST_COUNT := __TEST_COUNT + 1;
  i := __TEST_COUNT;
  __TEST_CASES[i].NAME := NAME;
  __TEST_CASES[i].ORDERED := ORDERED;
  head := LEFT(NAME, 9);
  __TEST_CASES[i].SKIPPED := head = 'disabled_' OR head = 'Disabled_' OR head = 'DISABLED_';
END_IF;
__TEST_ENTER := i;
__TEST_NOW := i;
FOR i := 1 TO {LEFT_OUT} DO
  IF __TEST_LEFT_OUT[i] = '' THEN RETURN; END_IF;
  IF __TEST_LEFT_OUT[i] = NAME THEN __TEST_CASES[__TEST_NOW].SKIPPED := TRUE; END_IF;
END_FOR;
END_FUNCTION

FUNCTION TEST : BOOL
VAR_INPUT TestName : STRING[255]; END_VAR
VAR i : DINT; END_VAR
i := __TEST_ENTER(TestName, FALSE);
TEST := NOT __TEST_CASES[i].SKIPPED;
END_FUNCTION

FUNCTION TEST_ORDERED : BOOL
VAR_INPUT TestName : STRING[255]; END_VAR
VAR i, own : DINT; END_VAR
own := __TEST_ENTER(TestName, TRUE);
TEST_ORDERED := NOT (__TEST_CASES[own].SKIPPED OR __TEST_CASES[own].FINISHED);
FOR i := 1 TO own - 1 DO
  IF __TEST_CASES[i].ORDERED AND NOT (__TEST_CASES[i].FINISHED OR __TEST_CASES[i].SKIPPED) THEN
    TEST_ORDERED := FALSE;
  END_IF;
END_FOR;
IF NOT TEST_ORDERED THEN __TEST_NOW := -1; END_IF;
END_FUNCTION

FUNCTION TEST_FINISHED : BOOL
IF __TEST_NOW > 0 THEN
  __TEST_CASES[__TEST_NOW].FINISHED := TRUE;
  TEST_FINISHED := TRUE;
END_IF;
END_FUNCTION

FUNCTION TEST_FINISHED_NAMED : BOOL
VAR_INPUT TestName : STRING[255]; END_VAR
VAR i : DINT; END_VAR
i := __TEST_FIND(TestName);
IF i > 0 THEN
  __TEST_CASES[i].FINISHED := TRUE;
  TEST_FINISHED_NAMED := TRUE;
ELSE
  __TEST_FAIL('a test of this name', TestName, 'TEST_FINISHED_NAMED');
END_IF;
END_FUNCTION

FUNCTION IS_TEST_FINISHED : BOOL
VAR_INPUT TestName : STRING[255]; END_VAR
VAR i : DINT; END_VAR
i := __TEST_FIND(TestName);
IF i > 0 THEN IS_TEST_FINISHED := __TEST_CASES[i].FINISHED; END_IF;
END_FUNCTION

FUNCTION RUN
__TEST_NOW := 0;
__TEST_SUITE^();
__TEST_NOW := 0;
END_FUNCTION

FUNCTION RUN_IN_SEQUENCE
VAR_INPUT TimeBetweenTestSuites : TIME; END_VAR
RUN();
END_FUNCTION

FUNCTION_BLOCK FB_TestSuite
METHOD PUBLIC AreAllTestsFinished : BOOL
VAR i : DINT; END_VAR
AreAllTestsFinished := TRUE;
FOR i := 1 TO __TEST_COUNT DO
  IF NOT (__TEST_CASES[i].FINISHED OR __TEST_CASES[i].SKIPPED) THEN AreAllTestsFinished := FALSE; END_IF;
END_FOR;
END_METHOD
METHOD PUBLIC AssertTrue
VAR_INPUT Condition : BOOL; Message : STRING[255]; END_VAR
IF __TEST_JUDGES() AND_THEN NOT Condition THEN __TEST_FAIL('TRUE', 'FALSE', Message); END_IF;
END_METHOD
METHOD PUBLIC AssertFalse
VAR_INPUT Condition : BOOL; Message : STRING[255]; END_VAR
IF __TEST_JUDGES() AND_THEN Condition THEN __TEST_FAIL('FALSE', 'TRUE', Message); END_IF;
END_METHOD
"""
_WHOLE = ("BOOL", "BYTE", "WORD", "DWORD", "LWORD", "SINT", "INT", "DINT", "LINT", "USINT", "UINT", "UDINT", "ULINT")
_TIMES = ("TIME", "LTIME", "DATE", "DATE_AND_TIME", "TIME_OF_DAY")
_REAL = ("REAL", "LREAL")
_EXACT = (*_WHOLE, *_TIMES, "STRING", "WSTRING")
_ARRAYS = (*_WHOLE, *_REAL)
_LONG = {"STRING": "STRING[255]", "WSTRING": "WSTRING[255]"}


def tcunit(texts: list[str]) -> str:
    """TcUnit's units, with the assertions that the texts name."""
    named = {one.upper() for text in texts for one in re.findall(r"(?i)\b(?:Assert|WRITE_PROTECTED_)\w+", text)}
    methods = [text for name, text in _assertions() if name.upper() in named]
    writers = [text for name, text in _writers() if name in named]
    return "\n".join([_TCUNIT, *methods, "END_FUNCTION_BLOCK", *writers])


def _assertions() -> Iterator[tuple[str, str]]:
    for type_ in _EXACT + _REAL:
        yield f"AssertEquals_{type_}", _equal(f"AssertEquals_{type_}", type_)
    for type_ in _ARRAYS:
        yield f"AssertArrayEquals_{type_}", _arrays(f"AssertArrayEquals_{type_}", type_, 1)
    for type_ in _REAL:
        for count in (2, 3):
            yield f"AssertArray{count}dEquals_{type_}", _arrays(f"AssertArray{count}dEquals_{type_}", type_, count)


def _equal(name: str, type_: str) -> str:
    given = _LONG.get(type_, type_)
    close = type_ in _REAL
    delta = f"Delta : {type_}; " if close else ""
    test = "ABS(Expected - Actual) <= Delta OR Expected = Actual" if close else "Expected = Actual"
    return f"""METHOD PUBLIC {name}
VAR_INPUT Expected : {given}; Actual : {given}; {delta}Message : STRING[255]; END_VAR
IF __TEST_JUDGES() AND_THEN NOT ({test}) THEN
  __TEST_FAIL(TO_STRING(Expected), TO_STRING(Actual), Message);
END_IF;
END_METHOD"""


def _arrays(name: str, type_: str, count: int) -> str:
    """Sizes first, then element by element; the first that differs is the failure."""
    stars, numbers = ", ".join("*" * count), range(1, count + 1)
    delta = f"VAR_INPUT Delta : {type_}; END_VAR" if type_ in _REAL else ""
    places = {side: ", ".join(f"i{n} + LOWER_BOUND({side}, {n})" for n in numbers) for side in ("Expecteds", "Actuals")}
    wanted, found = f"Expecteds[{places['Expecteds']}]", f"Actuals[{places['Actuals']}]"
    same = f"{wanted} = {found}" + (f" OR ABS({wanted} - {found}) <= Delta" if delta else "")
    sizes = "".join(
        f"""
e{n} := UPPER_BOUND(Expecteds, {n}) - LOWER_BOUND(Expecteds, {n});
a{n} := UPPER_BOUND(Actuals, {n}) - LOWER_BOUND(Actuals, {n});
IF e{n} <> a{n} THEN
  __TEST_FAIL(CONCAT(DINT_TO_STRING(e{n} + 1), ' elements'), CONCAT(DINT_TO_STRING(a{n} + 1), ' elements'), Message);
  RETURN;
END_IF;"""
        for n in numbers
    )
    loops = "\n".join(f"FOR i{n} := 0 TO e{n} DO" for n in numbers)
    index = "CONCAT('[', " + ", ',', ".join(f"DINT_TO_STRING(i{n} + LOWER_BOUND(Expecteds, {n}))" for n in numbers)
    return f"""METHOD PUBLIC {name}
VAR_IN_OUT Expecteds : ARRAY [{stars}] OF {type_}; Actuals : ARRAY [{stars}] OF {type_}; END_VAR
{delta}
VAR_INPUT Message : STRING[255]; END_VAR
VAR {" ".join(f"i{n}, e{n}, a{n} : DINT;" for n in numbers)} END_VAR
IF NOT __TEST_JUDGES() THEN RETURN; END_IF;{sizes}
{loops}
IF NOT ({same}) THEN
  __TEST_FAIL(CONCAT({index}, '] = '), TO_STRING({wanted})), TO_STRING({found}), Message);
  RETURN;
END_IF;
{"END_FOR; " * count}
END_METHOD"""


def _writers() -> Iterator[tuple[str, str]]:
    for type_ in _EXACT + _REAL:
        name = f"WRITE_PROTECTED_{type_}"
        given = _LONG.get(type_, type_)
        head = f"FUNCTION {name} VAR_INPUT Ptr : POINTER TO {given}; Value : {given}; END_VAR"
        yield name, f"{head} Ptr^ := Value; END_FUNCTION"
