"""A file, a folder or a project file of any format to one program."""

from __future__ import annotations

from pathlib import Path

from hil.plc.checking.checker import check
from hil.plc.compiler import packed, room
from hil.plc.diagnostics import Diagnostics, Report
from hil.plc.formats import read_units
from hil.plc.front.reading import is_codesys, parsed
from hil.plc.lowering.coverage import Coverage
from hil.plc.profiles import PROFILES, Profile

_PROFILES = {"codesys2": "codesys", "twincat": "codesys", "ax": "siemens", "scl": "siemens"}


def built(path: Path, program: str | None, profile: Profile | None, coverage: bool) -> bytes:
    """The program as it is kept; without a profile by that of its dialect, which for plain text is iec.

    Raises: Diagnostics.
    """
    found = read_units([path])
    if found.problems:
        raise Diagnostics(found.problems)
    dialects = [one.dialect for one in found.units]
    by_dialect = [_PROFILES[one] for one in dialects if one in _PROFILES]
    drawn = {one.file for one in found.units if one.dialect == "plcopen"}
    by_dialect += ["codesys" for one in sorted(drawn) if is_codesys(Path(one))]
    report = Report()
    with room():
        trees = [parsed(one, report) for one in found.units]
        project = check(trees, report, program, profile or PROFILES[by_dialect[0] if by_dialect else "iec"])
    report.stop()
    if not project.instances:
        raise Diagnostics(f"{path}:1:1: error: no PROGRAM in here; declare one")
    return packed(project, Coverage(project.places) if coverage else None)
