"""SCL of STEP 7 and TIA Portal: names in quotes and with #, headings, data blocks, places of diagnostics."""

from pathlib import Path
from typing import Any

import pytest

from hil.plc import compile_units
from hil.plc.formats import read_units

MS = 1_000_000
_CALL = """
ORGANIZATION_BLOCK "Main"
TITLE = "cyclic"
{ S7_Optimized_Access := 'TRUE' }
VERSION : 0.1
   VAR_TEMP
      n : Int;
   END_VAR
BEGIN
%s
END_ORGANIZATION_BLOCK
"""


def ran(folder: Path, text: str, scans: int = 1) -> dict[str, Any]:
    """The global variables in capitals after some scans of 10 ms."""
    (folder / "a.scl").write_text(text, "utf-8")
    project = read_units([folder])
    assert project.problems == ()
    program = compile_units([(one.text, one.file) for one in project.units], profile="siemens")
    memory = program.new_memory()
    assert program.run(memory, scans, 0, 10 * MS) is None
    return {one.path.upper(): program.read(memory, one.path) for one in program.top}


_CALLERS = """
TYPE "U Point"
VERSION : 0.1
   STRUCT
      x : Int := 3;
      "type" : Int := 4;
   END_STRUCT;
END_TYPE
FUNCTION "Sum of 2" : Int
AUTHOR : me
FAMILY : tests
   VAR_INPUT
      p : "U Point";
   END_VAR
   VAR CONSTANT
      ONE : Int := 1;
   END_VAR
BEGIN
   REGION the sum (* not a comment
   #"Sum of 2" := #p.x + #p."type" + #ONE;
   END_REGION
END_FUNCTION
FUNCTION "Nothing" : Void
BEGIN
   RETURN;
END_FUNCTION
DATA_BLOCK "Data"
{ S7_Optimized_Access := 'TRUE' }
VERSION : 0.1
NON_RETAIN
   STRUCT
      a : Array[0..2] of Int;
      p : "U Point";
      sum : Int;
   END_STRUCT;
BEGIN
   a[1] := 7;
   p.x := 10;
END_DATA_BLOCK
"""


def test_blocks_call_each_other(tmp_path: Path) -> None:
    found = ran(tmp_path, _CALLERS + _CALL % '"Data".sum := "Sum of 2"(p := "Data".p); "Nothing"();')["DATA"]
    assert (found["sum"], list(found["a"]), found["p"]["x"]) == (15, [0, 7, 0], 10)


_COUNTER = """
FUNCTION_BLOCK "Counter"
   VAR_INPUT
      step {InstructionName := 'x'} : Int := 1;
   END_VAR
   VAR
      tmr {InstructionName := 'TON_TIME'; LibVersion := '1.0'} : TON_TIME;
      count : Int;
   END_VAR
BEGIN
   #count += #step;
   #tmr(IN := TRUE, PT := T#15ms);
   IF NOT ENO THEN #count := 0; END_IF;
END_FUNCTION_BLOCK
DATA_BLOCK "Counter_DB"
"Counter"
BEGIN
   step := 2;
END_DATA_BLOCK
DATA_BLOCK "Shared"
VAR RETAIN
   a : Int := 5;
END_VAR
VAR
   late : Bool;
END_VAR
BEGIN
END_DATA_BLOCK
"""


def test_data_block_of_a_function_block_and_of_sections(tmp_path: Path) -> None:
    found = ran(tmp_path, _COUNTER + _CALL % '"Counter_DB"(); "Shared".late := "Counter_DB".tmr.Q;', 3)
    assert (found["COUNTER_DB"]["count"], found["SHARED"]["a"], found["SHARED"]["late"]) == (6, 5, True)


def test_words_and_literals_of_scl(tmp_path: Path) -> None:
    text = """
    DATA_BLOCK "D"
       STRUCT
          w : Word := W#16#00F0;
          b : Byte := B#16#0F;
          t : Time := S5T#2S;
          at : DTL := DTL#2024-02-29-13:14:15.5;
          i, j : Int;
          bit : Bool;
       END_STRUCT;
    BEGIN
    END_DATA_BLOCK
    """
    body = """
       (/* a comment in (several) languages */)
       "D".i := 17 DIV 5; "D".bit := "D".w.%X4; "D".w := "D".w OR "D".b;
       IF "D".bit THEN GOTO done; END_IF;
       "D".j := 1;
       done: "D".j := "D".j + DINT_TO_INT(L#2);
    """
    found = ran(tmp_path, text + _CALL % body)["D"]
    assert (found["w"], found["t"], found["i"], found["j"], found["bit"]) == (0xFF, 2_000_000_000, 3, 2, True)
    assert [found["at"][one] for one in ("YEAR", "DAY", "SECOND", "NANOSECOND")] == [2024, 29, 15, 500_000_000]


def test_enable_output_of_a_block(tmp_path: Path) -> None:
    text = """
    FUNCTION "Half" : Int
       VAR_INPUT
          x : Int;
       END_VAR
    BEGIN
       #Half := #x / 2;
       ENO := #x MOD 2 = 0;
    END_FUNCTION
    DATA_BLOCK "D"
       STRUCT
          h : Int;
          even, odd : Bool;
       END_STRUCT;
    BEGIN
    END_DATA_BLOCK
    """
    found = ran(tmp_path, text + _CALL % '"D".h := "Half"(x := 8, ENO => "D".even); "Half"(x := 7, ENO => "D".odd);')
    assert (found["D"]["h"], found["D"]["even"], found["D"]["odd"]) == (4, True, False)


def test_instructions_of_the_library(tmp_path: Path) -> None:
    text = """
    DATA_BLOCK "D"
       STRUCT
          n : Real;
          s : Int;
          now : DTL;
          day : Date;
          f : DInt;
          on : IEC_TIMER;
          q : Bool;
       END_STRUCT;
    BEGIN
    END_DATA_BLOCK
    """
    body = """
       "D".n := NORM_X(MIN := 0, VALUE := 6912, MAX := 27648);
       "D".s := SCALE_X(MIN := INT#100, VALUE := "D".n, MAX := INT#200);
       #n := RD_SYS_T("D".now); "D".day := DTL_TO_DATE("D".now); "D".f := FLOOR(-2.5);
       "D".on.TON(IN := TRUE, PT := T#10ms, Q => "D".q);
    """
    found = ran(tmp_path, text + _CALL % body, 2)["D"]
    assert (found["n"], found["s"], found["day"], found["f"], found["q"]) == (0.25, 125, 0, -3, True)
    assert [found["now"][one] for one in ("YEAR", "MONTH", "WEEKDAY", "NANOSECOND")] == [1970, 1, 5, 10_000_000]


def test_old_form_with_constants(tmp_path: Path) -> None:
    text = """
    FUNCTION Area : REAL
    TITLE = 'a circle'
    VERSION : '1.0'
    CONST
       PI := 3.0; SCALE := 2; NAME := 'x';
    END_CONST
    VAR_INPUT
       r : REAL;
    END_VAR
    LABEL last; END_LABEL
    BEGIN
       Area := PI * r * r * SCALE;
       GOTO last;
       last: ;
    END_FUNCTION
    DATA_BLOCK D
    STRUCT
       a : REAL;
    END_STRUCT
    BEGIN
    END_DATA_BLOCK
    """
    assert ran(tmp_path, text + _CALL % "D.a := Area(r := 2.0);")["D"]["a"] == 24.0


def test_places_of_diagnostics_are_those_of_the_file(tmp_path: Path) -> None:
    text = 'FUNCTION "F" : Int\nVERSION : 0.1\nBEGIN\n   #F := "F b" +\n      #unknown;\nEND_FUNCTION\n'
    (tmp_path / "f.scl").write_text(text, "utf-8")
    (one,) = read_units([tmp_path]).units
    line, column = 5, one.text.splitlines()[4].index("unknown") + 1
    assert one.place(line, column) == (5, 7)


@pytest.mark.parametrize(
    "text", ['FUNCTION "F" : Int\nBEGIN\n', "DATA_BLOCK\n", 'TYPE "', '"', "#", 'FUNCTION_BLOCK "']
)
def test_damaged_sources_end_in_a_problem_or_a_unit(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.scl").write_text(text, "utf-8")
    project = read_units([tmp_path])
    assert project.units or project.problems
