"""Every row of the profiles, each profile beside `iec`; the table reads topic: body, variable, values."""

from dataclasses import fields, replace
from typing import Any

import pytest

from ci.benches.plc import FOLDER
from hil.errors import InputError
from hil.plc import Diagnostics, compile_file, compile_text, compile_units
from hil.plc.profiles import IEC, MEANINGS, PROFILES, SOURCES, Profile, rows

FIELDS = [one.name for one in fields(Profile)][1:]
DECLARED = """a : INT := 30000; k : INT := 3; z : INT; r : REAL := 0.3; big : REAL := 3.0E9; i : SINT;
 w : DWORD := 16#3F800000; sub : INT (0..10); n, res : INT; d : DINT; l : LREAL;
 t : TIME := T#1s500ms; e : (OFF, ON, SLOW, FAST); s3 : STRING[3]; f : F_TRIG; ton1 : TON; b, first : BOOL; tm : TIME;
 ctud1 : CTUD; s : STRING; step : INT := -2; halves : ARRAY [0..1] OF REAL := [2.5, -2.5]; arr : ARRAY [0..1] OF INT;"""
FUNCTION = "FUNCTION Touch : BOOL VAR_IN_OUT n : INT; END_VAR n := n + 1; Touch := TRUE; END_FUNCTION\n"
FUNCTION += "FUNCTION Longer : BOOL VAR_IN_OUT s : STRING; END_VAR s := CONCAT('x', s); END_FUNCTION\n"
COUNTED = "FUNCTION Counted : INT VAR c : CTU; END_VAR c(CU := TRUE, PV := 9); Counted := c.CV; END_FUNCTION\n"
# field: (body, variable, {choice: value after one scan, or the kind of the fault, or "refused" by the compiler})
CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "whole_arithmetic": ("res := (a + a) / 2;", "res", {"native width": -2768, "32-bit temporaries": 30000}),
    "real_literals": (
        "l := r * 0.1;", "l", {"type they meet": 0.030000001192092896, "LREAL": 0.30000001192092896 * 0.1}),
    "implicit_conversions": (
        "w := z - k; l := w;", "l",
        {"without loss": "refused", "no fewer bits": 4294967293.0, "low bits": 4294967293.0}),
    "bits_in_arithmetic": ("w := w + 1;", "w", {"refused": "refused", "numbers": 0x3F800001}),
    "enumerations": ("e := 2; res := e + 1;", "res", {"types of their own": "refused", "numbers": 3}),
    "shift_of_signed": ("z := -2; res := SHR(z, 1);", "res", {"zeros": 32767, "sign": -1}),
    "division_by_zero": ("res := a / z;", "res", {"fault": "division by zero"}),
    "modulo_by_zero": ("res := a MOD z;", "res", {"fault": "division by zero", "zero": 0}),
    "index_out_of_bounds": ("arr[k] := 1;", "res", {"fault": "index out of bounds"}),
    "for_to_highest": ("FOR i := 120 TO 127 DO n := n + 1; END_FOR;", "n", {"ends": 8, "endless": "endless loop"}),
    "for_negative_step": ("FOR z := 10 TO 1 BY step DO n := n + 1; END_FOR;", "n", {"counts down": 5}),
    "for_variable_after": ("FOR i := 1 TO 3 DO ; END_FOR;", "i", {"one step behind": 4, "last pass": 3}),
    "real_to_whole": ("res := REAL_TO_INT(halves[z]) * 10 + REAL_TO_INT(halves[z + 1]);", "res", {"ties to even": 18}),
    "real_beyond_range": ("d := REAL_TO_DINT(big);", "d", {"nearest end": 2147483647, "low bits": -1294967296}),
    "bits_as_real": ("l := DWORD_TO_REAL(w);", "l", {"same bits": 1.0, "number": 1065353216.0}),
    "time_as_number": ("d := TIME_TO_DINT(t);", "d", {"milliseconds": 1500, "seconds": 1}),
    "duration_literals": ("tm := T#1ms;", "tm", {"exact": 1_000_000}),
    "date_difference": ("tm := D#2024-03-01 - D#2024-02-28;", "tm", {"duration": 172_800_000_000_000}),
    "date_and_duration": (
        "b := DATE#2024-02-28 + T#1d = D#2024-02-29;", "b", {"refused": "refused", "date": True}),
    "and_on_bool": ("b := b AND Touch(n); b := TRUE OR Touch(n);", "n", {"both sides": 2, "short-circuit": 0}),
    "f_trig_first_scan": ("f(CLK := FALSE, Q => b);", "b", {"TRUE": True, "FALSE": False}),
    "ctud_both_edges": ("ctud1(CU := TRUE, CD := TRUE, CV => res);", "res", {"no change": 0}),
    "ton_zero_delay": ("ton1(IN := TRUE, PT := T#0s, Q => b);", "b", {"same scan": True, "next scan": False}),
    "insert_position": ("s := INSERT('hello world', '-', 5);", "s", {"behind": "hello- world"}),
    "direct_addresses": (
        "%MB2 := 5; %MB1 := 3; res := WORD_TO_INT(%MW1);", "res", {"by size": 5, "by byte": 0x0503, "apart": 0}),
    "in_out_strings": (
        "s3 := 'abc'; b := Longer(s3); s := s3;", "s", {"same length": "refused", "any length": "xab"}),
    "string_order": ("b := 'abc' < 'ab';", "b", {"shorter first": False}),
    "string_length": ("res := SIZEOF(s);", "res", {"80": 81, "126": 127, "254": 255}),
    "string_elements": (
        "s := 'abc'; b := s[1] = 'a'; z := BOOL_TO_INT(b);", "z", {"codes from 0": "refused", "characters from 1": 1}),
    "subrange_violation": ("sub := a;", "sub", {"fault": "subrange violation", "stored": 30000}),
    "blocks_in_functions": ("n := Counted() + Counted();", "n", {"refused": "refused", "anew": 2}),
    "mux_out_of_range": ("res := 7; res := MUX(k, 10, 20, 30);", "res", {"fault": "MUX out of range", "zero": 0}),
}  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("field", FIELDS)
def test_row(field: str, profile: Profile) -> None:
    body, variable, expected = CASES[field]
    own = COUNTED if "Counted" in body else ""
    text = f"{FUNCTION}{own}PROGRAM P VAR {DECLARED} END_VAR {body} END_PROGRAM"
    wanted = expected[getattr(profile, field)]
    if wanted == "refused":
        with pytest.raises(Diagnostics):
            compile_text(text, profile=profile)
        return
    program = compile_text(text, profile=profile)
    memory = program.new_memory()
    fault = program.scan(memory, 0)
    assert (program.read(memory, variable) if fault is None else fault.kind) == wanted


def test_every_choice_is_in_the_table_with_words() -> None:
    assert list(CASES) == list(MEANINGS) == FIELDS
    for field, (_, _, expected) in CASES.items():
        assert list(expected) == list(MEANINGS[field])
        assert {getattr(one, field) for one in PROFILES.values()} == set(MEANINGS[field])
    assert all(set(one) <= set(FIELDS) for one in SOURCES.values())


def test_rows_name_choice_meaning_and_source() -> None:
    found = {field: rest for field, *rest in rows(PROFILES["matiec"])}
    assert found["modulo_by_zero"] == ["zero", "x MOD 0 is 0", "probes of matiec with gcc -O2"]
    assert rows(PROFILES["siemens"])[0][3] == "not known from a source: as iec"


def test_matiec_ends_the_real_pid_with_its_published_value() -> None:
    program = compile_file(FOLDER / "pidr.st", profile="matiec")
    memory = program.new_memory()
    program.run(memory, 100_000, 0, 10_000_000)
    assert program.read(memory, "X1") == -4.6880707740783691


def test_a_profile_of_ones_own_and_the_cache() -> None:
    text = "PROGRAM P VAR a, b : INT := 7; END_VAR a := a MOD (b - b); END_PROGRAM"
    own = compile_text(text, profile=replace(IEC, name="own", modulo_by_zero="zero"))
    assert own.scan(own.new_memory(), 0) is None
    usual = compile_text(text)
    assert usual.scan(usual.new_memory(), 0) is not None
    assert own.digest != usual.digest


def test_an_unknown_profile() -> None:
    with pytest.raises(InputError, match="no profile 'codesis'; did you mean 'codesys'"):
        compile_text("", profile="codesis")
    with pytest.raises(InputError, match="no profile 'x'; they are iec, codesys, siemens, matiec"):
        compile_text("", profile="x")


WIDE = {
    "USINT_TO_INT(u - v)": 255,  # a conversion by name takes what the type holds
    "BOOL_TO_INT(u - v < 0)": 1,  # a comparison takes the wide value
    "BOOL_TO_INT(a + a = -5536)": 0,
    "DINT_TO_INT((a + a) / 2)": 30000,
    "SHR(a + a, 1)": 30000,
    "-(a + a) / 2": -30000,
    "ABS(a + a)": 5536,
}


def test_where_wide_temporaries_are_cut() -> None:
    declared = "a : INT := 30000; u : USINT; v : USINT := 1; d : DINT; " + "".join(
        f"r{k} : INT; " for k in range(len(WIDE))
    )
    body = "d := a + a;" + "".join(f"r{k} := {one};" for k, one in enumerate(WIDE))
    program = compile_text(f"PROGRAM P VAR {declared} END_VAR {body} END_PROGRAM", profile="codesys")
    memory = program.new_memory()
    assert program.scan(memory, 0) is None
    assert program.read(memory, "d") == 60000
    assert [program.read(memory, f"r{k}") for k in range(len(WIDE))] == list(WIDE.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_a_constant_beyond_lint_is_what_the_machine_code_makes_of_it(profile: str) -> None:
    text = (
        "PROGRAM P VAR r : LREAL := 1.0E19; a, b : ULINT; END_VAR a := LREAL_TO_ULINT(r); b := LREAL_TO_ULINT(1.0E19);"
    )
    program = compile_units([(text + " END_PROGRAM", "p.st")], profile=profile)
    memory = program.new_memory()
    assert program.run(memory, 1, 0, 1) is None
    assert program.read(memory, "a") == program.read(memory, "b")
