"""STRING, WSTRING, CHAR and WCHAR: literals, memory, conversions, and where they may stand."""

import pytest

from hil.errors import InputError
from hil.plc import compile_text
from tests.plc._plc import attempt, errors_in, evaluated, ran

LITERALS = [  # (features, literal, type, value)
    ("6/1a", "''", "STRING", ""),
    ("6/1b 6/1e", "'\"'", "CHAR", '"'),
    ("6/1c", "' '", "STRING", " "),
    ("6/1d 7/2", "'it$'s'", "STRING", "it's"),
    ("6/1f 7/1 7/3 7/4 7/5 7/6 7/7 1/2c", "'$$$L$N$P$R$T'", "STRING", "$\n\n\f\r\t"),
    ("6/1g", "'$0D$e9'", "STRING", "\ré"),
    ("6/2a", '""', "WSTRING", ""),
    ("6/2b", '"Ω"', "WCHAR", "Ω"),
    ("6/2c 6/2d", '" \'"', "WSTRING", " '"),
    ("6/2e 7/8", '"say $"so$""', "WSTRING", 'say "so"'),
    ("6/2f", '"$R$L"', "WSTRING", "\r\n"),
    ("6/2h", '"$20AC$000A€😀"', "WSTRING", "€\n€😀"),
    ("6/3a", "STRING#'OK'", "STRING", "OK"),
    ("6/3b", "CHAR#'a'", "CHAR", "a"),
    ("6/4a", 'WSTRING#"OK"', "WSTRING", "OK"),
    ("6/4b", 'WCHAR#"Ω"', "WCHAR", "Ω"),
    ("6/4c", "WSTRING#'OK'", "WSTRING", "OK"),
    ("6/4d", "WCHAR#'X'", "WCHAR", "X"),
]


@pytest.mark.parametrize(
    ("literal", "type_", "value"),
    [pytest.param(*row, marks=pytest.mark.feature(*features.split())) for features, *row in LITERALS],
)
def test_literal(literal: str, type_: str, value: str) -> None:
    assert evaluated({literal: type_}) == {literal: value}
    assert ran(f"x : {type_} := {literal};", "")["X"] == value


CONVERSIONS = {
    'WSTRING_TO_STRING("a€b")': ("STRING", "a?b"),
    "STRING_TO_WSTRING('é')": ("WSTRING", "é"),
    "STRING_TO_CHAR('ab')": ("CHAR", "a"),
    "STRING_TO_CHAR('')": ("CHAR", "\0"),
    'WSTRING_TO_WCHAR("€b")': ("WCHAR", "€"),
    "CHAR_TO_STRING('a')": ("STRING", "a"),
    'WCHAR_TO_WSTRING("€")': ("WSTRING", "€"),
    "CHAR_TO_WCHAR('é')": ("WCHAR", "é"),
    'WCHAR_TO_CHAR("€")': ("CHAR", "?"),
    'WCHAR_TO_CHAR("é")': ("CHAR", "é"),
    "CHAR_TO_BYTE('A')": ("BYTE", 65),
    "CHAR_TO_WORD('A')": ("WORD", 65),
    "CHAR_TO_DWORD('A')": ("DWORD", 65),
    "CHAR_TO_LWORD('A')": ("LWORD", 65),
    'WCHAR_TO_WORD("€")': ("WORD", 0x20AC),
    'WCHAR_TO_DWORD("€")': ("DWORD", 0x20AC),
    'WCHAR_TO_LWORD("€")': ("LWORD", 0x20AC),
    "BYTE_TO_CHAR(16#41)": ("CHAR", "A"),
    "WORD_TO_WCHAR(16#20AC)": ("WCHAR", "€"),
    "TO_WSTRING(INT#-7)": ("WSTRING", "-7"),
    'TO_INT("-7")': ("INT", -7),
    'WSTRING_TO_LREAL("1.5e3")': ("LREAL", 1500.0),
    "TO_STRING(CHAR#'x')": ("STRING", "x"),
}


@pytest.mark.feature(
    "27/WSTRING_TO_STRING",
    "27/STRING_TO_WSTRING",
    "27/STRING_TO_CHAR",
    "27/WSTRING_TO_WCHAR",
    "27/CHAR_TO_STRING",
    "27/WCHAR_TO_WSTRING",
    "27/CHAR_TO_WCHAR",
    "27/WCHAR_TO_CHAR",
)
def test_conversions() -> None:
    expected = {one: value for one, (_, value) in CONVERSIONS.items()}
    assert evaluated({one: type_ for one, (type_, _) in CONVERSIONS.items()}) == expected


def test_conversions_of_variables_as_of_constants() -> None:
    declared = "s : STRING := 'é1'; w : WSTRING := \"€2\"; c : CHAR := 'é'; d : WCHAR := \"€\"; i : INT := 65;"
    cases = {
        "STRING_TO_WSTRING(s)": ("WSTRING", "é1"), "WSTRING_TO_STRING(w)": ("STRING", "?2"),
        "STRING_TO_CHAR(s)": ("CHAR", "é"), "WSTRING_TO_WCHAR(w)": ("WCHAR", "€"), "CHAR_TO_STRING(c)": ("STRING", "é"),
        "WCHAR_TO_WSTRING(d)": ("WSTRING", "€"), "CHAR_TO_WCHAR(c)": ("WCHAR", "é"), "WCHAR_TO_CHAR(d)": ("CHAR", "?"),
        "CHAR_TO_BYTE(c)": ("BYTE", 0xE9), "WCHAR_TO_WORD(d)": ("WORD", 0x20AC), "INT_TO_WSTRING(i)": ("WSTRING", "65"),
        "TO_CHAR(INT_TO_BYTE(i))": ("CHAR", "A"), "WSTRING_TO_INT(RIGHT(w, 1))": ("INT", 2),
        "CONCAT(w, d)": ("WSTRING", "€2€"), "CONCAT(c, s)": ("STRING", "éé1"), "FIND(s, c)": ("INT", 1),
        "d = \"€\"": ("BOOL", True), "c < 'f'": ("BOOL", False), "c = s": ("BOOL", False),
    }  # fmt: skip
    found = evaluated({one: type_ for one, (type_, _) in cases.items()}, declared)
    assert found == {one: value for one, (_, value) in cases.items()}


def test_text_in_structures_arrays_in_outs_and_results() -> None:
    before = """TYPE Label : STRUCT name : WSTRING[3] := "abc"; mark : CHAR := '*'; END_STRUCT;
    Word4 : WSTRING[4]; END_TYPE
    FUNCTION Twice : WSTRING[6] VAR_INPUT w : WSTRING[3]; END_VAR VAR_IN_OUT n : WSTRING[6]; END_VAR
    VAR_TEMP t : WSTRING[6]; END_VAR t := CONCAT(w, w); n := INSERT(n, "-", 1); Twice := t; END_FUNCTION\n"""
    found = ran('a : ARRAY [0..1] OF Label; n : WSTRING[6] := "xy"; r, q : WSTRING; k : Word4;',
                "r := Twice(w := a[0].name, n := n); a[1] := a[0]; a[1].name := \"wxyz\"; k := \"12345\"; "
                "q := SEL(a[0].mark = '*', \"no\", a[1].name);", before=before)  # fmt: skip
    assert (found["R"], found["N"], found["Q"], found["K"]) == ("abcabc", "x-y", "wxy", "1234")
    assert found["A"] == [{"name": "abc", "mark": "*"}, {"name": "wxy", "mark": "*"}]


@pytest.mark.feature("Extensions/parts")
def test_characters_of_a_string_by_their_place() -> None:
    found = ran('s : STRING := \'abc\'; w : WSTRING := "abc"; b : BYTE; u : WORD;',
                "b := s[1]; s[0] := 16#41; u := w[2]; w[0] := 16#20AC;")  # fmt: skip
    assert found == {"S": "Abc", "W": "€bc", "B": 98, "U": 99}
    _, fault = attempt("s : STRING[4]; i : INT := 4;", "s[i] := 0;")
    assert str(fault) == "<text>:3:3: index out of bounds: index 4 of s is outside 0..3"


def test_a_character_selects_a_case() -> None:
    body = "CASE s[i] OF 16#30..16#39: n := n + 1; END_CASE; CASE c OF 'a', 'x'..'z': n := n + 10; END_CASE;"
    assert ran("s : STRING := 'a1'; c : CHAR := 'y'; i : INT := 1; n : INT;", body)["N"] == 11


def test_read_and_write() -> None:
    program = compile_text("PROGRAM P VAR w : WSTRING[3]; s : STRING[3]; c : CHAR; d : WCHAR; END_VAR END_PROGRAM")
    memory = program.new_memory()
    for path, value in {"w": "a€b", "s": "é", "c": "é", "d": "€"}.items():
        program.write(memory, path, value)
        assert program.read(memory, path) == value
    program.write(memory, "w", "😀")
    assert program.read(memory, "w") == "😀"


@pytest.mark.parametrize(
    ("path", "value"), [("w", "abcd"), ("w", "😀😀"), ("s", "€"), ("s", "a\0b"), ("c", "ab"), ("d", "😀")]
)
def test_what_does_not_fit_is_refused(path: str, value: str) -> None:
    program = compile_text("PROGRAM P VAR w : WSTRING[3]; s : STRING[3]; c : CHAR; d : WCHAR; END_VAR END_PROGRAM")
    with pytest.raises(InputError, match="cannot hold"):
        program.write(program.new_memory(), path, value)


def test_texts_are_kept_over_a_restart() -> None:
    program = compile_text("PROGRAM P VAR RETAIN w : WSTRING[3]; c : CHAR; END_VAR END_PROGRAM")
    memory = program.new_memory()
    program.write(memory, "w", "€")
    program.write(memory, "c", "x")
    kept, fresh = program.retained(memory), program.new_memory()
    assert program.restart(fresh, kept) == ()
    assert (program.read(fresh, "w"), program.read(fresh, "c")) == ("€", "x")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("w := 'abc';", "w is WSTRING[80], but the value is STRING[3]; convert it with STRING_TO_WSTRING(...)"),
        ("c := d;", "c is CHAR, but the value is WCHAR; convert it with WCHAR_TO_CHAR(...)"),
        ("c := 'ab';", "c is CHAR, but the value is STRING[2]; convert it with STRING_TO_CHAR(...)"),
        ("b := s = w;", "= does not combine STRING[80] with WSTRING[80]; convert one of them"),
        ("s := CONCAT(s, w);", "CONCAT takes a STRING, this is WSTRING[80]; convert it"),
        ("n := STRING_TO_INT(w);", "STRING_TO_INT takes a STRING, this is WSTRING[80]; convert it"),
        ("r := TO_REAL(c);", "TO_REAL is no conversion; characters convert to and from strings and codes"),
        ("s := 'Ω';", "this string has characters outside of Latin-1; STRING holds one byte each"),
        ('w := "$0000";', "$0000 ends a string; it cannot stand inside one"),
    ],
)
def test_what_does_not_mix(body: str, message: str) -> None:
    declared = "w : WSTRING; s : STRING; c : CHAR; d : WCHAR; n : INT; r : REAL; b : BOOL;"
    assert [one.split("error: ")[1] for one in errors_in(declared, body)] == [message]
