"""One mistake, one line: the thing, the place, the cure."""

import pytest

from tests.plc._plc import errors, errors_in

DECLARED = "i, j : INT; d : DINT; r : REAL; b : BOOL; w : WORD; s : STRING; a : ARRAY [1..3] OF INT; t : TON; x : TIME;"
SENTENCES = [
    ("i := foo;", "no variable foo here; declare it in a VAR section"),
    ("speed_1 := 1;", "no variable speed_1 here; declare it in a VAR section"),
    ("i := b;", "i is INT, but the value is BOOL; convert it with BOOL_TO_INT(...)"),
    ("i := d;", "i is INT, but the value is DINT; convert it with DINT_TO_INT(...)"),
    ("i := 1.5;", "i is INT, but the value is a real number; write it without a decimal point, or LREAL_TO_INT(...)"),
    ("i := 40000;", "40000 does not fit INT, which holds -32768 to 32767; use a wider type"),
    ("b := 2;", "b is BOOL, but the value is a whole number; write TRUE or FALSE"),
    ("x := 5;", "x is TIME, but the value is a whole number; write a duration like T#1s"),
    ("x := T#5q;", "T#5q is no duration; write it like T#1h30m or T#1.5s"),
    ("i := s;", "i is INT, but the value is STRING[80]; convert it with STRING_TO_INT(...)"),
    ("i = 3;", "'=' compares; an assignment is written ':='"),
    ("b := i AND 1;", "AND does not combine INT with a whole number; bit logic takes BOOL, BYTE, WORD, DWORD or LWORD:"
                      " convert with INT_TO_WORD(...) and the like"),
    ("w := w + 1;", "+ does not combine WORD with a whole number; bit strings do not count: convert with"
                    " WORD_TO_UINT(...) and the like"),
    ("b := NOT i;", "NOT takes BOOL or a bit string, this is INT; convert it"),
    ("i := a;", "i is INT, but the value is ARRAY [1..3] OF INT; assign a value of the same type"),
    ("i := a[4];", "index 4 of a is outside 1..3; stay within the bounds"),
    ("i := a[1, 2];", "a has 1 dimension, here are 2 indexes; remove the surplus"),
    ("i := i[1];", "i is INT, not an array; remove the index"),
    ("i := a[r];", "an index must be a whole number, this is REAL; convert it"),
    ("i := i.x;", "i is INT and has no member x; remove it"),
    ("b := t.qq;", "no member of t (TON) called qq here; did you mean 'Q'?"),
    ("b := w.16;", "w is WORD, its parts are numbered 0 to 15; 16 is not"),
    ("t(INN := b);", "no parameter of TON called INN here; did you mean 'IN'?"),
    ("t(PT := 5);", "TON's PT is TIME, but the value is a whole number; write a duration like T#1s"),
    ("t(b, b := b);", "the call of TON mixes named and plain arguments; name all or none"),
    ("TON(IN := b);", "TON is a function block; declare an instance of it and call that"),
    ("i();", "i is INT and cannot be called; call a function block"),
    ("i := t(IN := b);", "t is TON and gives no value; call it as a statement"),
    ("EXIT;", "EXIT outside of a loop; use RETURN to leave the body"),
    ("IF i THEN ; END_IF;", "the condition is BOOL, but the value is INT; convert it with INT_TO_BOOL(...)"),
    ("FOR r := 1 TO 3 DO ; END_FOR;", "FOR counts in whole numbers, r is REAL; use an INT"),
    ("FOR i := 1 TO 3 BY 0 DO ; END_FOR;", "a step of 0 never ends; use BY with another number"),
    ("CASE r OF 1: ; END_CASE;", "CASE selects by a whole number or an enumeration, this is REAL"),
    ("CASE i OF 1: ; 1: ; END_CASE;", "the label 1 was already used at line 2; remove one"),
    ("CASE i OF 5..1: ; END_CASE;", "the range 5..1 is empty; write 1..5"),
    ("i := 3 +;", "expected an expression, found ';'"),
    ("i := (3;", "expected ')' to close the parenthesis, found ';'"),
    ("i := 3 j := 4;", "expected ';' after the assignment, found 'j'"),
    ("IF b THEN i := 1;", "this IF is never closed; add END_IF; before line 3"),
    ("END_IF;", "END_IF without its beginning; remove it"),
    ("i := 16#FG;", "expected ';' after the assignment, found 'G'"),
    ("i := 2#12;", "2#12 has digits that base 2 has not"),
    ("i := 1 ? 2;", "the character '?' has no meaning here; remove it"),
    ("s := 'open;", "this string never ends; close it with ' on the same line"),
    ("(* open", "this comment never ends; close it with *)"),
    ("i := i / 0;", "this divides by zero; change the divisor"),
    ("b := x > 1;", "> does not combine TIME with a whole number; convert one of them"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "sentence"), SENTENCES, ids=[one for one, _ in SENTENCES])
def test_sentence(statement: str, sentence: str) -> None:
    found = errors_in(DECLARED, statement)
    assert [one.split("error: ", 1)[1] for one in found] == [sentence]
    assert all(one.startswith("2:") for one in found[:1])


DECLARATIONS = [
    ("VAR x : INTT; END_VAR", "no type or function block INTT here; did you mean 'INT' or 'UINT'?"),
    ("VAR x, x : INT; END_VAR", "x is already declared at line 1; choose another name"),
    ("VAR FOR : INT; END_VAR", "FOR is a keyword and cannot name a variable; choose another name"),
    ("VAR x INT; END_VAR", "expected ':' before the variable's type, found 'INT'"),
    ("VAR x : ARRAY [3..1] OF INT; END_VAR", "the bounds 3..1 are the wrong way round; write 1..3"),
    ("VAR x : ARRAY [0..2000000000] OF INT; END_VAR",
     "this array needs 4000000002 bytes, a variable may have 16777216; make it smaller"),
    ("VAR a, b, c, d, e : ARRAY [1..16000000] OF BYTE; END_VAR",
     "with e the variables need more than 67108864 bytes; make arrays smaller"),
    ("VAR x : STRING[0]; END_VAR", "a string has 1 to 32767 characters, not 0; change it"),
    ("VAR x : INT := y; END_VAR", "no variable y here; declare it in a VAR section"),
    ("VAR y : INT; x : INT := y; END_VAR", "the initial value must be a constant; use a literal or a VAR CONSTANT"),
    ("VAR x : ARRAY [0..1] OF INT := [1, 2, 3]; END_VAR",
     "more initial values than the 2 elements of ARRAY [0..1] OF INT; remove some"),
    ("VAR x : P; END_VAR", "P is a program, not a type; declare instances of function blocks only"),
    ("VAR x : REAL (1..2); END_VAR", "a subrange needs a whole type, REAL is none; use INT or its kind"),
    ("VAR_EXTERNAL x : INT; END_VAR", "no VAR_GLOBAL called x here; declare it in VAR_GLOBAL"),
    ("VAR CONSTANT k : INT := 1; END_VAR k := 2;", "k is a constant and cannot be assigned; use a variable"),
    ("VAR x : INT;", "this VAR is never closed; add END_VAR"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), DECLARATIONS, ids=[one for one, _ in DECLARATIONS])
def test_declaration(text: str, sentence: str) -> None:
    assert [one.split("error: ", 1)[1] for one in errors(f"PROGRAM P {text}\nEND_PROGRAM")] == [sentence]


def test_one_mistake_gives_one_diagnostic() -> None:
    assert (
        len(errors_in("x : NOWHERE; i : INT;", "x.y := 3; i := x + 1; x(a := 2); IF x.z THEN i := x[3]; END_IF;")) == 1
    )
    assert len(errors_in("i : INT;", "i := foo + foo * foo; foo := 3; i := foo;")) == 1
    assert len(errors_in("a b : INT; c : INT;", "a := 1; b := 2; c := 3;")) == 1


def test_independent_mistakes_are_all_reported_in_order() -> None:
    found = errors_in("i : INT; b : BOOL;", "i := b;\nb := 7;\nfoo := 1;\ni := 2 2;\nb := i;")
    assert [one.split(": error")[0] for one in found] == ["2:6", "3:6", "4:1", "5:8", "6:6"]


def test_a_missing_semicolon_costs_nothing_else() -> None:
    assert errors_in("i, j : INT;", "i := 1\nj := 2;") == ["2:7: error: missing ';' after the assignment"]


def test_a_name_that_is_reserved_nowhere_just_works() -> None:
    names = "PID, ON, TASK, STEP, R, S, MIN, LEFT, PRIORITY, INTERVAL, ACTION, CONSTANT2"
    assert errors_in(f"{names} : INT;", "PID := ON + TASK; MIN := LEFT;") == []


def test_recursion_is_refused() -> None:
    text = "FUNCTION F : INT VAR_INPUT x : INT; END_VAR\nF := G(x); END_FUNCTION\n" \
           "FUNCTION G : INT VAR_INPUT x : INT; END_VAR\nG := F(x); END_FUNCTION PROGRAM P END_PROGRAM"  # fmt: skip
    assert errors(text) == ["4:6: error: G calls F, which calls it again; recursion is not allowed"]
    own = "FUNCTION_BLOCK B VAR b1 : B; END_VAR END_FUNCTION_BLOCK PROGRAM P END_PROGRAM"
    assert errors(own) == ["1:27: error: B contains itself; a function block cannot hold its own instance"]
    loop = "TYPE A : STRUCT b : B; END_STRUCT; B : STRUCT a : A; END_STRUCT; END_TYPE PROGRAM P END_PROGRAM"
    assert errors(loop) == ["1:6: error: A contains itself; a structure cannot hold its own kind"]


@pytest.mark.parametrize("text", ["(" * 5000, "NOT " * 5000 + "b", "i" + " + i" * 5000, "a[" * 5000])
def test_absurd_nesting_is_refused(text: str) -> None:
    found = errors_in("i : INT; b : BOOL; a : ARRAY [0..9] OF INT;", f"i := {text};")
    assert any("nested deeper than" in one or "operators in one expression" in one for one in found)


def test_deep_statements_are_refused() -> None:
    found = errors_in("b : BOOL;", "IF b THEN " * 3000)
    assert any("nested deeper than 150 levels; split it with a variable or a function" in one for one in found)


def test_nesting_that_a_person_writes_is_fine() -> None:
    assert errors_in("i : INT;", "i := " + "(" * 100 + "i" + ")" * 100 + " + i" * 1500 + ";") == []


def test_no_program() -> None:
    assert errors("FUNCTION F : INT F := 1; END_FUNCTION") == ["1:1: error: no PROGRAM in this text; declare one"]
    assert errors("banana") == [
        "1:1: error: expected PROGRAM, FUNCTION, FUNCTION_BLOCK, TYPE, VAR_GLOBAL or CONFIGURATION, found 'banana'"
    ]


def test_the_deepest_expression_compiles_and_one_more_is_refused() -> None:
    left = "i"
    for _ in range(140):
        left = f"({left} + " + " + ".join("i" * 14) + ")"
    assert errors_in("i : INT;", f"i := {left};") == []
    more = errors_in("i : INT;", f"i := {left}" + " + i" * 100 + ";")
    assert [one.split("error: ")[1] for one in more] == [
        "more than 2000 operators in one expression; split it with a variable"
    ]


def test_nested_loops_are_counted_once() -> None:
    assert errors_in("i : INT;", "FOR i := 0 TO 1 DO " * 100 + ";" + "END_FOR;" * 100) == []


def test_names_beyond_ascii() -> None:
    text = "FUNCTION Größe : INT VAR_INPUT länge : INT; END_VAR Größe := länge; END_FUNCTION\n"
    assert errors(text + "PROGRAM P VAR é : INT; END_VAR é := Größe(länge := 3); END_PROGRAM") == []


@pytest.mark.parametrize(
    ("literal", "sentence"),
    [
        ("1.0E400", "this number is larger than LREAL holds; use a smaller one"),
        ("16#" + "F" * 5000, "16#FFFFFFFFF... is larger than any type holds; use a smaller number"),
        ("9" * 5000, "999999999999... is larger than any type holds; use a smaller number"),
    ],
)
def test_numbers_beyond_every_type(literal: str, sentence: str) -> None:
    assert [one.split("error: ")[1] for one in errors_in("r : LREAL;", f"r := {literal};")] == [sentence]


def test_counts_of_thousands_of_digits_are_diagnostics() -> None:
    many = "9" * 5000
    for body in (f"n := w.{many};", f"n := %MW{many};", f"n := %IX{many}.{many};"):
        assert errors_in("w : WORD; n : INT;", body)
    chart = "INITIAL_STEP a: END_STEP TRANSITION (PRIORITY := {}) FROM a TO a := TRUE; END_TRANSITION"
    assert errors_in("", chart.format("16#1")) == [
        "2:50: error: expected the priority as a decimal number, found '16#1'",
    ]
