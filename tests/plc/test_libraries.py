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


def typed_call(name: str, pou: s.Pou) -> tuple[list[str], str]:
    """Variables of the types that an overload takes, and a call with them."""
    number = name.replace(".", "_").replace("(", "_").rstrip(")")
    formals = [one for section in pou.sections if section.kind == "VAR_INPUT" for one in section.variables]
    types = [re.split(r"[;:]", pou.source.text[one.type.at :], maxsplit=1)[0] for one in formals]
    declared = [f"{number}_{place} : {type_};" for place, type_ in enumerate(types)]
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
    text = "PROGRAM P VAR n : Tc2_System.E_WATCHDOG_TIME_CONFIG; END_VAR n := eWATCHDOG_TIME_MINUTES; END_PROGRAM"
    program, memory, _ = run(text)
    assert program.read(memory, "n") == 2


def test_what_has_no_body_compiles_and_faults_when_it_is_called() -> None:
    text = "PROGRAM P VAR go : BOOL; n : DINT; END_VAR IF go THEN n := ADSLOGSTR(1, 'a', 'b'); END_IF; END_PROGRAM"
    program, memory, fault = run(text)
    assert fault is None
    program.write(memory, "go", True)
    fault = program.scan(memory, 0)
    assert fault is not None
    assert (fault.kind, "ADSLOGSTR" in fault.message) == ("no body here", True)


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
