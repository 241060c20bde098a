"""Vendors' libraries: units that a program names without declaring them."""

from __future__ import annotations

import re

import pytest

from hil.plc import Fault, Program, compile_text, libraries
from hil.plc import syntax as s
from hil.plc.compiler import examine
from hil.plc.diagnostics import Diagnostics
from hil.plc.profiles import CODESYS, IEC, PROFILES, Profile
from hil.plc.program import Memory


def run(text: str, profile: Profile = CODESYS) -> tuple[Program, Memory, Fault | None]:
    program = compile_text(text, profile=profile)
    memory = program.new_memory()
    return program, memory, program.scan(memory, 0)


_GIVEN = ("VAR_INPUT", "VAR_IN_OUT")


def typed_call(name: str, pou: s.Pou) -> tuple[list[str], str]:
    """Variables of the types that an overload takes, and a call with them."""
    number = name.replace(".", "_").replace("(", "_").rstrip(")")
    formals = [one for section in pou.sections if section.kind in _GIVEN for one in section.variables]
    types = [re.split(r"[;:]", pou.source.text[one.type.at :], maxsplit=1)[0] for one in formals]
    declared = [f"{number}_{place} : {type_.replace('[*]', '[0..7]')};" for place, type_ in enumerate(types)]
    given = ", ".join(f"{one.name} := {number}_{place}" for place, one in enumerate(formals))
    return declared, f"{name.partition('(')[0]}({given});"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.name)
def test_every_declaration_of_a_library_becomes_code(profile: Profile) -> None:
    """One text names all there is, so that each unit is read, checked and lowered."""
    index = libraries.index(profile)
    lines = [f"t{number} : {name};" for number, name in enumerate(index.types)]
    units = [(name, one.parsed().pous[0].kind) for name, one in index.units.items()]
    lines += [f"b{number} : {name};" for number, (name, kind) in enumerate(units) if kind != "FUNCTION"]
    several = {one for names in index.overloads.values() for one in names} | set(index.overloads)
    calls = [f"{name}();" for name, kind in units if kind == "FUNCTION" and name not in several]
    for name in sorted(several - set(index.overloads)):
        more, call = typed_call(name, index.units[name].parsed().pous[0])
        lines, calls = lines + more, [*calls, call]
    reads = [f"x{number} := SIZEOF({name}) = 0;" for number, name in enumerate(index.variables)]
    flags = [f"x{number} : BOOL;" for number in range(len(index.variables))]
    text = "\n".join(["PROGRAM P", "VAR", *lines, *flags, "END_VAR", *reads, "END_PROGRAM"])
    assert examine([(text, "all.st")], profile)[1] == []
    _, problems = examine(
        [("\n".join(["PROGRAM P", "VAR", *lines, "END_VAR", *calls, "END_PROGRAM"]), "all.st")], profile
    )
    assert [one for one in problems if "needs its in-out" not in one] == []


def test_a_type_and_a_constant_of_a_library_with_and_without_its_name() -> None:
    text = """PROGRAM P
    VAR a : T_MaxString := 'abc'; b : Tc2_System.T_MaxString; level : DWORD; END_VAR
    b := a; level := ADSLOG_MSGTYPE_WARN OR Tc2_System.ADSLOG_MSGTYPE_ERROR;
    END_PROGRAM"""
    program, memory, fault = run(text)
    assert fault is None
    assert (program.read(memory, "b"), program.read(memory, "level")) == ("abc", 6)
    assert program.find("b").type == "STRING[255]"


def test_an_enumerator_of_a_library_without_its_type() -> None:
    text = "PROGRAM P VAR n : Tc2_System.E_SeekOrigin; END_VAR n := SEEK_END; END_PROGRAM"
    program, memory, _ = run(text)
    assert program.read(memory, "n") == 2


def test_what_has_no_body_compiles_and_faults_when_it_is_called() -> None:
    text = "PROGRAM P VAR go : BOOL; n : UDINT; END_VAR IF go THEN n := HEXSTR_TO_DATA('a', 0, 1); END_IF; END_PROGRAM"
    program, memory, fault = run(text)
    assert fault is None
    program.write(memory, "go", True)
    fault = program.scan(memory, 0)
    assert fault is not None
    assert (fault.kind, "HEXSTR_TO_DATA" in fault.message) == ("no body here", True)


def test_an_external_block_of_ones_own_has_no_body_either() -> None:
    text = """{external} FUNCTION_BLOCK Drive
    VAR_INPUT on : BOOL; END_VAR METHOD Stop : BOOL END_METHOD END_FUNCTION_BLOCK
    PROGRAM P VAR d : Drive; END_VAR d.Stop(); END_PROGRAM"""
    _, _, fault = run(text, IEC)
    assert fault is not None
    assert fault.kind == "no body here"


def test_a_declaration_of_ones_own_hides_that_of_a_library() -> None:
    text = """FUNCTION ADSLOGSTR : DINT VAR_INPUT n : DINT; END_VAR ADSLOGSTR := 2 * n; END_FUNCTION
    TYPE T_MaxString : INT; END_TYPE
    PROGRAM P VAR n : DINT; s : T_MaxString; END_VAR s := 21; n := ADSLOGSTR(s); END_PROGRAM"""
    program, memory, fault = run(text)
    assert fault is None
    assert program.read(memory, "n") == 42


def test_other_profiles_do_not_see_a_library() -> None:
    with pytest.raises(Diagnostics, match="T_MaxString"):
        run("PROGRAM P VAR s : T_MaxString; END_VAR END_PROGRAM", IEC)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("DWORD_TO_HEXSTR(16#1AF, 6, FALSE)", "0001AF"),
        ("BYTE_TO_HEXSTR(16#AF, 1, TRUE)", "af"),
        ("F_ToUCase('abc-Z1')", "ABC-Z1"),
        ("F_ToLCase('ABC-z1')", "abc-z1"),
        ("F_LTrim('  a b ')", "a b "),
        ("F_RTrim('  a b ')", "  a b"),
        ("F_ToCHR(65)", "A"),
    ],
)
def test_texts_of_tc2_utilities(expression: str, wanted: str) -> None:
    program, memory, _ = run(f"PROGRAM P VAR s : T_MaxString; END_VAR s := {expression}; END_PROGRAM")
    assert program.read(memory, "s") == wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("LMOD(-7.5, 2.0)", -1.5), ("MODABS(-7.5, 2.0)", 0.5), ("LTRUNC(-1.7)", -1.0), ("FRAC(2.75)", 0.75),
        ("FLOOR(-1.2)", -2.0), ("FLOOR(3.0)", 3.0), ("FLOOR(1E300)", 1e300),
    ],
)  # fmt: skip
def test_numbers_of_tc2_math(expression: str, wanted: float) -> None:
    program, memory, _ = run(f"PROGRAM P VAR x : LREAL; END_VAR x := {expression}; END_PROGRAM")
    assert program.read(memory, "x") == wanted


def test_memory_is_copied_moved_filled_and_compared() -> None:
    text = """PROGRAM P
    VAR a : ARRAY[0..7] OF BYTE := [1, 2, 3, 4, 5, 6, 7, 8]; b, c : ARRAY[0..7] OF BYTE; r, s, n : DINT; END_VAR
    MEMCPY(ADR(b), ADR(a), 8); MEMMOVE(ADR(b) + 2, ADR(b), 4); MEMMOVE(ADR(a), ADR(a) + 1, 3);
    n := MEMSET(ADR(c) + 1, 16#AA, 3); r := MEMCMP(ADR(a), ADR(b), 8); s := MEMCMP(ADR(a), ADR(a), 8);
    END_PROGRAM"""
    program, memory, fault = run(text)
    assert fault is None
    assert [list(program.read(memory, one)) for one in "abc"] == [
        [2, 3, 4, 4, 5, 6, 7, 8], [1, 2, 1, 2, 3, 4, 7, 8], [0, 170, 170, 170, 0, 0, 0, 0]
    ]  # fmt: skip
    assert [program.read(memory, one) for one in ("n", "r", "s")] == [3, 1, 0]


def test_texts_behind_pointers_stop_where_the_target_is_full() -> None:
    text = """PROGRAM P VAR a : STRING(9) := 'abc'; b : STRING(9) := 'defg'; s : STRING(5); w, f : BOOL;
    n : UDINT; END_VAR
    f := CONCAT2(ADR(a), ADR(b), ADR(s), SIZEOF(s)); n := LEN2(ADR(s)); w := CONCAT2(ADR(a), ADR(a), ADR(b), 10);
    END_PROGRAM"""
    program, memory, _ = run(text)
    assert [program.read(memory, one) for one in ("s", "n", "f", "w", "b")] == ["abcde", 5, False, True, "abcabc"]


def test_a_moment_as_a_structure_and_back() -> None:
    text = """PROGRAM P VAR t : Tc2_Utilities.TIMESTRUCT; d : DT; END_VAR
    t := DT_TO_SYSTEMTIME(DT#2024-02-29-13:14:15); d := SYSTEMTIME_TO_DT(t); END_PROGRAM"""
    program, memory, _ = run(text)
    fields = ("wYear", "wMonth", "wDay", "wDayOfWeek", "wHour", "wMinute", "wSecond")
    assert [program.read(memory, f"t.{one}") for one in fields] == [2024, 2, 29, 4, 13, 14, 15]
    assert program.read(memory, "d") == 1_709_212_455_000_000_000


def test_an_axis_is_known_with_its_state() -> None:
    text = """PROGRAM P VAR axis : AXIS_REF; power : MC_Power; s : Tc2_MC2.MC_AxisStates; END_VAR
    axis.ReadStatus(); s := axis.Status.MotionState; IF axis.Status.Operational THEN power(Axis := axis); END_IF
    END_PROGRAM"""
    program, memory, fault = run(text)
    assert fault is None
    assert program.read(memory, "s") == 0
