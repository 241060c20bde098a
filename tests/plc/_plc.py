"""Small programs for the tests of the virtual PLC."""

from typing import Any

from hil.plc import Diagnostics, Fault, compile_text

MS = 1_000_000


def ran(declarations: str, body: str, scans: int = 1, before: str = "", period: int = 10 * MS) -> dict[str, Any]:
    """The variables by name in capitals after some scans; a PLC fault fails the test."""
    found, fault = attempt(declarations, body, scans, before, period)
    assert fault is None, fault
    return found


def attempt(
    declarations: str, body: str, scans: int = 1, before: str = "", period: int = 10 * MS
) -> tuple[dict[str, Any], Fault | None]:
    """The variables and the fault after some scans."""
    program = compile_text(f"{before}PROGRAM P\nVAR {declarations} END_VAR\n{body}\nEND_PROGRAM\n")
    memory = program.new_memory()
    fault = program.run(memory, scans, 0, period)
    return {one.path.upper(): program.read(memory, one.path) for one in program.top}, fault


def evaluated(cases: dict[str, str], declarations: str = "", before: str = "", prepare: str = "") -> dict[str, Any]:
    """Expressions, given as {expression: type}, each in a variable of its own, in one program."""
    results = "".join(f"r{number} : {type_}; " for number, type_ in enumerate(cases.values()))
    body = "".join(f"r{number} := {expression};\n" for number, expression in enumerate(cases))
    found = ran(declarations + results, prepare + body, before=before)
    return {expression: found[f"R{number}"] for number, expression in enumerate(cases)}


def errors(text: str) -> list[str]:
    """The diagnostics of a text, without the file's name."""
    try:
        compile_text(text)
    except Diagnostics as found:
        return [one.removeprefix("<text>:") for one in found.faults]
    return []


def errors_in(declarations: str, body: str) -> list[str]:
    """The diagnostics of a body that begins on line 2."""
    return errors(f"PROGRAM P VAR {declarations} END_VAR\n{body}\nEND_PROGRAM")
