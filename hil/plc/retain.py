"""What RETAIN and PERSISTENT variables keep over a restart: bytes by path and type, so that a changed program takes
what still fits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from hil.errors import InputError

if TYPE_CHECKING:
    from hil.plc.program import Memory, Program
    from hil.plc.symbols import Variable

FORMAT = "hil plc retained 1"


def retained(program: Program, memory: Memory) -> bytes:
    """The retained variables' values as they lie in memory, JSON."""
    values = {one.path: [one.type, _slot(memory, one).tobytes().hex()] for one in _kept(program)}
    return json.dumps({"format": FORMAT, "values": values}).encode()


def restart(program: Program, memory: Memory, kept: bytes) -> tuple[str, ...]:
    """Sets every variable to its initial value, then the retained ones back; returns the paths that fit nothing.

    Raises: InputError when `kept` is not what `retained` gave.
    """
    values = _read(kept)
    memory[:] = program.new_memory()
    for one in _kept(program):
        type_, content = values.get(one.path, ("", b""))
        slot = _slot(memory, one)
        if type_ == one.type and len(content) == len(slot):
            slot[:] = np.frombuffer(content, np.uint8)
            del values[one.path]
    return tuple(values)


def _kept(program: Program) -> Iterator[Variable]:
    return (one for one in program.variables if one.retain)


def _slot(memory: Memory, one: Variable) -> Memory:
    size = np.dtype(one.kind).itemsize
    return memory[one.offset : one.offset + size]


def _read(kept: bytes) -> dict[str, tuple[str, bytes]]:
    if not kept:
        return {}
    try:
        content = json.loads(kept)
        if content["format"] != FORMAT:
            raise ValueError
        return {str(path): (str(type_), bytes.fromhex(text)) for path, (type_, text) in content["values"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError("these are no retained values; give what Program.retained returned, or b''") from None
