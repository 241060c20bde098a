"""Features of the standard one by one, each by a program of its own; the markers make docs/plc-compliance.md."""

from typing import Any

import pytest

from hil.plc import compile_text
from tests.plc._plc import MS, errors, evaluated, ran

# features: (declarations, body, what r holds then)
BODIES: dict[str, tuple[str, str, Any]] = {
    "1/1": ("r : INT; größe, 温度 : INT := 1;", "r := größe + 温度;", 2),
    "1/2a 2/1 2/2": ("r, IW215 : INT; LimSw5 : INT := 2;", "iw215 := LIMSW5; R := IW215;", 2),
    "2/3": ("r, _MAIN : INT; lim_sw_5 : INT := 3;", "_main := Lim_Sw_5; r := _MAIN;", 3),
    "3/1 3/2a 3/2b": ("r : INT; // (* one\n", "(* two\n*) r := /* three\n */ 1; // r := 2;", 1),
    "3/3a 3/3b": ("r : INT;", "(* (* r := 2; *) r := 3; *) r := 1; /* /* */ r := 4; */", 1),
    "4/1": ("{attribute 'x'} r : INT; {VERSION 2.0}", "{author me} r := 1; {x := 256, y := 384}", 1),
    "1/2b 5/1 5/2 5/3 5/4 5/5 5/6 5/9": (
        "r : LREAL;", "r := -12 + 1_000 + 2#1010 + 8#17 + 16#Ff + INT#-5 + 0.5 + 2.5E-1 + 1.0e+1;", 1273.75,
    ),
    "5/7 5/8": ("r : INT; a : BOOL := 1; b : BOOL := 0; c : BOOL := TRUE; d : BOOL := FALSE;",
                "IF a AND NOT b AND c AND NOT d AND BOOL#1 THEN r := 1; END_IF;", 1),
    "8/1": ("r : TIME;", "r := T#1d1h1m1s1ms1us1ns;", 90_061_001_001_001),
    "8/2a 8/2b": ("r : TIME;", "r := t#14ms + T#-14.7s + TIME#14.7h + time#1.5D;", 182_505_314 * MS),
    "8/3a 8/3b": ("r : TIME;", "r := t#25h_15m + TIME#5d_14h_12m_18s_3.5ms;", 574_038_003_500_000),
    "9/1a 9/1b": ("r : TIME;", "r := DATE#1970-01-03 - D#1970-01-02;", 86_400_000 * MS),
    "9/2a 9/2b": ("r : LTIME;", "r := LDATE#1970-01-03 - LD#1970-01-02;", 86_400_000 * MS),
    "9/3a 9/3b": ("r : TIME;", "r := TIME_OF_DAY#00:00:02.5 - TOD#00:00:01;", 1500 * MS),
    "9/4a 9/4b": ("r : LTIME;", "r := LTIME_OF_DAY#00:00:02.5 - LTOD#00:00:01;", 1500 * MS),
    "9/5a 9/5b": ("r : TIME;", "r := DATE_AND_TIME#1970-01-02-00:00:00 - DT#1970-01-01-23:59:59;", 1000 * MS),
    "9/6a 9/6b": ("r : LTIME;", "r := LDATE_AND_TIME#1970-01-02-00:00:00 - LDT#1970-01-01-23:59:59.5;", 500 * MS),
    "11/array of blocks 41/declaration": (
        "r : INT; t : ARRAY [1..2] OF CTU;", "t[2](CU := TRUE, PV := 9); r := t[2].CV;", 1,
    ),
    "11/constant expressions 14/expressions": ("r : INT := 2 * SHL(4, 1) + 1; a : ARRAY [0..3 * 2] OF INT;", "", 17),
    "11/structure of blocks": ("r : INT; s : STRUCT t : CTU; END_STRUCT;", "s.t(CU := TRUE); r := s.t.CV;", 1),
    "38/SEL 38/MUX 38/EQ 38/NE": (
        "r : INT; e : (RED, GREEN, BLUE); f : (X1) := X1;",
        "e := SEL(TRUE, RED, GREEN); IF EQ(e, GREEN) AND NE(e, BLUE) THEN e := MUX(2, RED, GREEN, BLUE); END_IF;\n"
        "IF e = BLUE THEN r := 2; END_IF;", 2,
    ),
    "12/REF_TO 12/REF 12/^ 12/assign 12/NULL 13/reference 14/reference 71/^": (
        "r, i : INT; a : REF_TO INT := REF(i); b : REF_TO INT;",
        "IF b = NULL THEN b := a; b^ := 5; b := NULL; r := a^ + i; END_IF;", 10,
    ),
    "13/elementary 14/elementary": ("r : INT := 3; x, y, z : REAL := 1.5;", "", 3),
    "13/array 14/array": (
        "r : INT; a : ARRAY [1..2, 1..3] OF INT := [1, 2(7, 8), 9];", "r := a[1, 3] * 10 + a[2, 3];", 89,
    ),
    "16/I 16/Q 16/M 16/X 16/B 16/W 16/D 16/L 16/simple 16/hierarchical 16/*": (
        "r : INT; a AT %IX1.2.3 : BOOL; b AT %QB7 : BYTE; c AT %MW3 : WORD; d AT %ID48 : DWORD; e AT %ML8 : LWORD;\n"
        "f AT %I* : INT := 4;", "b := 16#FF; c := b; d := c; e := d; r := BYTE_TO_INT(b) + f;", 259,
    ),
    "17/X 17/B 17/W 17/D": (
        "r : LWORD; b : BYTE; w : WORD; d : DWORD;",
        "b.%X0 := TRUE; b.7 := TRUE; w.%B1 := b; d.%W1 := w; r.%D1 := d; r.%B0 := d.%B3; r.0 := FALSE;",
        0x8100000000000080,
    ),
    "72/:=": ("r : INT; a, b : ARRAY [0..1] OF INT := [1, 2];", "b[0] := 7; a := b; r := a[0];", 7),
    "72/IF 72/;": (
        "r : INT; i : INT := 2;", "IF i = 1 THEN r := 1; ELSIF i = 2 THEN r := 2; ELSE r := 3; END_IF; ;", 2,
    ),
    "72/CASE": ("r : INT; i : INT := 5;", "CASE i OF 1, 2: r := 1; 4..6: r := 2; ELSE r := 3; END_CASE;", 2),
    "72/FOR 72/CONTINUE 72/EXIT": (
        "r, i : INT;",
        "FOR i := 9 TO 0 BY -1 DO IF i = 8 THEN CONTINUE; END_IF; IF i = 6 THEN EXIT; END_IF; r := r + i; END_FOR;", 16,
    ),
    "72/WHILE": ("r : INT;", "WHILE r < 5 DO r := r + 2; END_WHILE;", 6),
    "72/REPEAT": ("r : INT;", "REPEAT r := r + 2; UNTIL r >= 1 END_REPEAT;", 2),
    "72/RETURN": ("r : INT;", "r := 1; RETURN; r := 2;", 1),
    "71/( ) 71/call 71/- 71/+ 71/** 71/* / MOD 71/+ - 71/< > <= >= 71/= <> 71/NOT 71/& AND 71/XOR 71/OR": (
        "r : LREAL; b : BOOL;",
        "b := NOT (1 > 2) & 2 >= 2 AND 1 < 2 AND 1 <= 1 XOR 1 = 2 OR 1 <> 1; \n"
        "IF b THEN r := -(+2.0) ** 2.0 + ABS(-3.0) * 4.0 / 8.0 - (7 MOD 4); END_IF;",
        2.5,
    ),
    "18/both 18/none 18/EN 18/ENO": (
        "r : INT; a, b : BOOL;",
        "r := ADD(EN := TRUE, IN1 := 1, IN2 := 2, ENO => a) + ADD(3, 4) \n"
        " + ADD(EN := FALSE, IN1 := 5, IN2 := 6) + ADD(IN1 := 7, IN2 := 8, ENO => b);\n"
        "IF NOT a OR NOT b THEN r := 0; END_IF;", 25,
    ),
    "42/formal 42/incomplete 42/outputs 42/non-formal 41/initial 72/call": (
        "r : INT; c : CTU := (PV := 2); q : BOOL; d : CTU;",
        "c(CU := TRUE); c(CU := FALSE); c(CU := TRUE, R := FALSE, PV := 2, Q => q, CV => r);\n"
        "d(TRUE, FALSE, 5); IF q THEN r := r + d.CV; END_IF;", 3,
    ),
    "Extensions/AND_THEN": ("r, n : INT;", "IF n <> 0 AND_THEN 1 / n > 0 OR_ELSE n = 0 THEN r := 1; END_IF;", 1),
}  # fmt: skip
FUNCTION = """FUNCTION F : INT VAR_INPUT a : INT; b : INT := 20; END_VAR VAR_OUTPUT o : INT := 3; END_VAR
VAR_IN_OUT io : INT; END_VAR VAR_TEMP t : INT; END_VAR VAR v : INT := 4; END_VAR VAR_EXTERNAL g : INT; END_VAR
t := a + b + v; io := io + 1; g := g + 1; F := t; END_FUNCTION
FUNCTION Procedure VAR_IN_OUT io : INT; END_VAR io := io + 100; END_FUNCTION
VAR_GLOBAL g : INT; END_VAR
"""
BLOCK = """FUNCTION_BLOCK B VAR_INPUT RETAIN i : INT := 2; up : BOOL R_EDGE; down : BOOL F_EDGE; END_VAR
VAR_OUTPUT o : INT; END_VAR VAR_IN_OUT io : INT; END_VAR VAR v : INT := 1; END_VAR VAR_TEMP t : INT; END_VAR
VAR_EXTERNAL g : INT; END_VAR
t := i * 10; v := v + 1; IF up THEN io := io + 1; END_IF; IF down THEN io := io + 100; END_IF; g := g + 1;
o := t + v; END_FUNCTION_BLOCK
VAR_GLOBAL g : INT; END_VAR
"""


def _rows() -> list[Any]:
    return [pytest.param(*row, id=ids, marks=pytest.mark.feature(*_split(ids))) for ids, row in BODIES.items()]


def _split(ids: str) -> list[str]:
    """The features of a row: each begins with the number of its table."""
    found = list[str]()
    for word in ids.split(" "):
        table = word.partition("/")[0]
        if (table.isdigit() and "/" in word) or table == "Extensions":
            found.append(word)
        else:
            found[-1] += f" {word}"
    return found


@pytest.mark.parametrize(("declarations", "body", "expected"), _rows())
def test_body(declarations: str, body: str, expected: Any) -> None:
    assert ran(declarations, body)["R"] == expected


@pytest.mark.feature(
    "19/result", "19/no result", "19/VAR_INPUT", "19/VAR_OUTPUT", "19/VAR_IN_OUT", "19/VAR_TEMP", "19/VAR"
)
@pytest.mark.feature("19/VAR_EXTERNAL", "19/initial", "20/formal", "20/incomplete", "20/non-formal", "20/no result")
def test_functions() -> None:
    body = """r := F(a := 1, b := 2, io := n, o => x) + F(a := 1, io := n) + F(1, 2, n, x); Procedure(io := n);"""
    found = ran("r, n, x : INT;", body, before=FUNCTION)
    assert (found["R"], found["N"], found["X"], found["G"]) == (7 + 25 + 7, 103, 4, 3)


@pytest.mark.feature("40/FUNCTION_BLOCK", "40/VAR_INPUT", "40/VAR_OUTPUT", "40/VAR_IN_OUT", "40/VAR_TEMP", "40/VAR")
@pytest.mark.feature("40/VAR_EXTERNAL", "40/initial", "40/RETAIN", "40/edges")
def test_function_blocks() -> None:
    found = ran("b : B; n : INT; x : BOOL := TRUE;", "b(up := x, down := x, io := n); x := NOT x;", 4, BLOCK)
    assert (found["B"]["o"], found["N"], found["G"]) == (25, 202, 4)


RANGES = {
    "BOOL": (1, False, True), "SINT": (2, -128, 127), "INT": (3, -(2**15), 2**15 - 1),
    "DINT": (4, -(2**31), 2**31 - 1), "LINT": (5, -(2**63), 2**63 - 1), "USINT": (6, 0, 255), "UINT": (7, 0, 2**16 - 1),
    "UDINT": (8, 0, 2**32 - 1), "ULINT": (9, 0, 2**64 - 1), "REAL": (10, -(2.0**-149), 2.0**127),
    "LREAL": (11, -5e-324, 1.7976931348623157e308), "TIME": ("12a", -(2**63), 2**63 - 1),
    "LTIME": ("12b", -(2**63), 2**63 - 1), "DATE": ("13a", -(86400 * 10**9), 86400 * 10**9),
    "LDATE": ("13b", -(86400 * 10**9), 86400 * 10**9), "TIME_OF_DAY": ("14a", 0, 86400 * 10**9 - 1),
    "LTOD": ("14b", 0, 86400 * 10**9 - 1), "DATE_AND_TIME": ("15a", -1, 1), "LDT": ("15b", -1, 1),
    "STRING": ("16a", "", "é" * 80), "WSTRING": ("16b", "", "€" * 80), "CHAR": ("17a", "\0", "ÿ"),
    "WCHAR": ("17b", "\0", "€"), "BYTE": (18, 0, 255), "WORD": (19, 0, 2**16 - 1), "DWORD": (20, 0, 2**32 - 1),
    "LWORD": (21, 0, 2**64 - 1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "lowest", "highest"),
    [pytest.param(type_, low, high, marks=pytest.mark.feature(f"10/{n}")) for type_, (n, low, high) in RANGES.items()],
)
def test_elementary_type(type_: str, lowest: Any, highest: Any) -> None:
    """Zero at first; both ends are held, moved and read back."""
    program = compile_text(f"PROGRAM P VAR_INPUT a : {type_}; END_VAR VAR b : {type_}; END_VAR b := a; END_PROGRAM")
    memory = program.new_memory()
    assert program.read(memory, "b") == ("" if "STRING" in type_ else "\0" if "CHAR" in type_ else 0)
    for value in (lowest, highest):
        program.write(memory, "a", value)
        assert program.scan(memory, 0) is None
        assert program.read(memory, "b") == value


WHOLE = ["LINT", "DINT", "INT", "SINT", "ULINT", "UDINT", "UINT", "USINT"]
NUMERIC, BITS = ["LREAL", "REAL", *WHOLE], ["LWORD", "DWORD", "WORD", "BYTE"]
MOMENTS = "LTIME_TO_TIME TIME_TO_LTIME LDT_TO_DT LDT_TO_DATE LDT_TO_LTOD LDT_TO_TOD DT_TO_LDT DT_TO_DATE DT_TO_LTOD " \
    "DT_TO_TOD LTOD_TO_TOD TOD_TO_LTOD"  # fmt: skip


@pytest.mark.parametrize(
    ("sources", "targets"),
    [
        pytest.param(NUMERIC, NUMERIC, marks=pytest.mark.feature("23/all", "22/X_TO_Y", "22/TO_Y")),
        pytest.param([*BITS, "BOOL"], [*BITS, "BOOL"], marks=pytest.mark.feature("24/all")),
        pytest.param([*BITS, "BOOL"], NUMERIC, marks=pytest.mark.feature("25/all")),
        pytest.param(NUMERIC, BITS, marks=pytest.mark.feature("25/all")),
    ],
)
def test_every_conversion_of_one(sources: list[str], targets: list[str]) -> None:
    """What is 1 stays 1, by both names, but for a real and a bit string of one length: those are the same bits."""
    alike = {("LREAL", "LWORD"), ("REAL", "DWORD"), ("LWORD", "LREAL"), ("DWORD", "REAL")}
    pairs = [(one, other) for one in sources for other in targets if one != other and (one, other) not in alike]
    declared = "".join(f"v{one} : {one} := 1;" for one in sources)
    cases = {f"{one}_TO_{other}(v{one})": other for one, other in pairs}
    cases |= {f"TO_{other}(v{one})": other for one, other in pairs}
    assert {call: value for call, value in evaluated(cases, declared).items() if value != 1} == {}
    assert evaluated({"LWORD_TO_LREAL(LREAL_TO_LWORD(1.5))": "LREAL", "DWORD_TO_REAL(16#3F800000)": "REAL"}) == {
        "LWORD_TO_LREAL(LREAL_TO_LWORD(1.5))": 1.5, "DWORD_TO_REAL(16#3F800000)": 1.0,
    }  # fmt: skip


@pytest.mark.feature("26/all")
def test_conversions_of_moments() -> None:
    day, clock = 86_400_000 * MS, 3_600_000 * MS
    declared = "vTIME, vLTIME : TIME := T#1h; vDT : DT := DT#1970-01-02-01:00:00; vTOD : TOD := TOD#01:00:00;"
    declared += "vLDT : LDT := LDT#1970-01-02-01:00:00; vLTOD : LTOD := LTOD#01:00:00;"
    names = MOMENTS.split()
    found = evaluated({f"{one}(v{one.partition('_')[0]})": one.rpartition("_")[2] for one in names}, declared)
    expected = {"DATE": day, "DT": day + clock, "LDT": day + clock}
    assert list(found.values()) == [expected.get(one.rpartition("_")[2], clock) for one in names]


NAMESPACES = """NAMESPACE Outer.Inner FUNCTION Three : INT Three := 3; END_FUNCTION
NAMESPACE Deep FUNCTION Four : INT Four := 4; END_FUNCTION END_NAMESPACE END_NAMESPACE
FUNCTION_BLOCK User USING Outer.Inner; VAR_OUTPUT o : INT; END_VAR o := Three(); END_FUNCTION_BLOCK
"""


@pytest.mark.feature("64/INTERNAL")
def test_internal_units_are_read() -> None:
    text = "NAMESPACE A FUNCTION_BLOCK INTERNAL B VAR_OUTPUT o : INT := 7; END_VAR END_FUNCTION_BLOCK END_NAMESPACE\n"
    assert ran("r : INT; b : A.B;", "b(); r := b.o;", before=text)["R"] == 7


@pytest.mark.feature("64/NAMESPACE", "65/nested", "65/dotted", "66/unit")
def test_namespaces() -> None:
    found = ran("r : INT; u : User;", "u(); r := u.o * 100 + Outer.Inner.Three() * 10 + Outer.Inner.Deep.Four();",
                before=NAMESPACES)  # fmt: skip
    assert found["R"] == 334


CLASSES = """CLASS ABSTRACT Base VAR PROTECTED n : INT := 1; END_VAR METHOD PUBLIC ABSTRACT Get : INT END_METHOD
METHOD PUBLIC Twice : INT VAR_INPUT x : INT; END_VAR Twice := THIS.Get() + x; END_METHOD END_CLASS
CLASS FINAL Leaf EXTENDS Base METHOD PUBLIC OVERRIDE Get : INT Get := n + 4; END_METHOD
METHOD PUBLIC OVERRIDE Twice : INT VAR_INPUT x : INT; END_VAR Twice := SUPER.Twice(x) * 2; END_METHOD END_CLASS
"""


@pytest.mark.feature(
    "48/CLASS", "48/FINAL", "48/METHOD", "48/EXTENDS", "48/OVERRIDE", "48/ABSTRACT", "48/SUPER", "48/THIS"
)
@pytest.mark.feature("48/access", "49/declaration", "50/formal", "50/non-formal")
def test_classes() -> None:
    assert ran("r : INT; l : Leaf;", "r := l.Twice(x := 1) * 100 + l.Twice(2);", before=CLASSES)["R"] == 1214
    assert errors(CLASSES + "CLASS Wrong EXTENDS Leaf END_CLASS PROGRAM P END_PROGRAM") != []


PARTS = """SPLIT_TOD(IN := TOD#23:59:58.007, HOUR => h, MINUTE => m, SECOND => s, MILLISECOND => ms);
a := ((LINT#1 * h * 100 + m) * 100 + s) * 1000 + ms;
SPLIT_LTOD(IN := LTOD#00:00:00, HOUR => h, MINUTE => m, SECOND => s);
b := h + m + s; SPLIT_LDT(IN := LDT#2000-02-29-12:34:56, YEAR => y, MONTH => mo, DAY => d, HOUR => h, MINUTE => m);
c := (((LINT#1 * y * 100 + mo) * 100 + d) * 100 + h) * 100 + m;"""


@pytest.mark.feature("36/SPLIT_TOD", "36/SPLIT_LTOD", "36/SPLIT_LDT")
def test_parts_of_moments() -> None:
    found = ran(
        "y, mo, d, h, m, s, ms : INT; a, b, c : LINT;",
        PARTS,
    )
    assert (found["A"], found["B"], found["C"]) == (235_958_007, 0, 200_002_291_234)


OBJECTS = """INTERFACE ICount METHOD Up : INT END_METHOD END_INTERFACE
INTERFACE IBoth EXTENDS ICount METHOD Down : INT END_METHOD END_INTERFACE
FUNCTION_BLOCK Both IMPLEMENTS IBoth VAR n : INT; END_VAR
METHOD Up : INT n := n + 1; Up := n; END_METHOD METHOD Down : INT n := n - 1; Down := n; END_METHOD
n := n + 10; END_FUNCTION_BLOCK
"""


@pytest.mark.feature("51/EXTENDS", "51/INTERFACE", "53/METHOD", "53/IMPLEMENTS")
def test_function_blocks_as_objects() -> None:
    body = "b(); i := b; r := i.Up() * 100 + i.Down();"
    assert ran("r : INT; b : Both; i : IBoth;", body, before=OBJECTS)["R"] == 1110


CHART = """PROGRAM P VAR n : INT; q : BOOL; END_VAR
INITIAL_STEP S: q; END_STEP STEP T: n := n + 1; END_STEP
TRANSITION go FROM S TO T := TRUE; END_TRANSITION
ACTION Add: n := n + 10; END_ACTION
END_PROGRAM"""


@pytest.mark.feature("55/names", "59/none")
def test_a_chart_with_a_named_transition_and_an_action_without_a_qualifier() -> None:
    program = compile_text(CHART.replace(" n := n + 1;", " Add;"))
    memory = program.new_memory()
    assert program.run(memory, 1, 0, MS) is None
    assert (program.read(memory, "q"), program.read(memory, "n")) == (True, 0)
    assert program.run(memory, 3, MS, MS) is None
    assert program.read(memory, "n") > 0


@pytest.mark.feature("Extensions/ACTION")
def test_actions_of_programs() -> None:
    text = "PROGRAM P VAR n : INT; END_VAR Add(); ACTION Add: n := n + 10; END_ACTION END_PROGRAM"
    program = compile_text(text)
    memory = program.new_memory()
    assert program.run(memory, 2, 0, MS) is None
    assert program.read(memory, "n") == 20


@pytest.mark.feature("62/RESOURCE", "62/CONFIGURATION", "62/VAR_GLOBAL", "62/PROGRAM", "63/non-preemptive")
def test_two_resources_run_in_one_time() -> None:
    text = """PROGRAM Main VAR_INPUT i : INT; END_VAR VAR_OUTPUT o : INT; END_VAR o := o + i; END_PROGRAM
    CONFIGURATION C VAR_GLOBAL g : INT := 2; h : INT; END_VAR
    RESOURCE A ON PLC TASK T(INTERVAL := T#10ms, PRIORITY := 1); PROGRAM P WITH T : Main(i := g, o => h); END_RESOURCE
    RESOURCE B ON PLC TASK T(INTERVAL := T#20ms, PRIORITY := 1); PROGRAM Q WITH T : Main(i := g); END_RESOURCE
    END_CONFIGURATION"""
    program = compile_text(text)
    memory = program.new_memory()
    assert program.run(memory, 4, 0, 10 * MS) is None
    assert (program.read(memory, "h"), program.read(memory, "P.o"), program.read(memory, "Q.o")) == (8, 8, 4)
