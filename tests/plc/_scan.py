"""Compiles a text, runs some scans and reads variables: what tests of the language share."""

from __future__ import annotations

from typing import Any

from hil.plc import Fault, compile_text

STEP = 10_000_000  # ns between scans


def values(text: str, *paths: str, scans: int = 1, profile: str = "codesys") -> list[Any]:
    """The variables after some scans of 10 ms that must not fault."""
    program = compile_text(text, profile=profile)
    memory = program.new_memory()
    assert program.run(memory, scans, 0, STEP) is None
    return [program.read(memory, path) for path in paths]


def fault(text: str, profile: str = "codesys") -> Fault:
    """The fault that the first scan ends in."""
    program = compile_text(text, profile=profile)
    found = program.scan(program.new_memory(), 0)
    assert found is not None
    return found
