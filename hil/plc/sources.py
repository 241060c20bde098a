"""The bytes that a program is made of: what its place in the cache depends on, found without reading any format."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from hil.errors import InputError

LARGEST = 32 * 1024 * 1024  # bytes of one file
# What a folder is searched for; the contents decide.
_WORDS = """
.st .iecst .exp .txt .xml .tcpou .tcdut .tcgvl .tcio .tctto .scl .udt .db .fun .var .typ .prg .pou .gvl .dut .cfc
"""
ENDINGS = frozenset(_WORDS.split())
PROJECT = ".plcproj"
_HIDDEN = frozenset(["__pycache__", "node_modules"])
_LISTED = re.compile(rb'Include="([^"]+)"')


def files_below(folder: Path) -> Iterator[Path]:
    """The files in a folder, and in those below that are not hidden."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in _HIDDEN)
        yield from (Path(place, name) for name in names)


def contents(path: Path) -> list[tuple[str, bytes]]:
    """The files that a program is made of, with their bytes: itself, a folder's, or what a project file lists besides.

    Raises: InputError when it cannot be read.
    """
    if path.is_dir():
        return [(str(one), _bytes(one)) for one in _sources(path)]
    own = _bytes(path)
    if path.suffix.lower() != PROJECT:
        return [(str(path), own)]
    listed = (path.parent / os.fsdecode(name).replace("\\", "/") for name in _LISTED.findall(own))
    files = {*_sources(path.parent), *(one for one in listed if one.is_file())} - {path}
    return [(str(path), own), *((str(one), _bytes(one)) for one in sorted(files))]


def _sources(folder: Path) -> list[Path]:
    return sorted(one for one in files_below(folder) if one.suffix.lower() in ENDINGS | {PROJECT})


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"'{path}' is no regular file; give a file or a folder")
        if status.st_size > LARGEST:
            raise InputError(f"'{path}' has more than the {LARGEST >> 20} MB that a file may have; split it")
        return path.read_bytes()
    except OSError as problem:
        raise InputError(f"cannot read '{path}': {problem.strerror}") from None
