"""A file, a folder or a project file of any format to one program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hil.plc.checking.checker import check
from hil.plc.compiler import packed, room
from hil.plc.diagnostics import Diagnostics, Report
from hil.plc.formats import Unit, read_units
from hil.plc.front.reading import is_codesys, parsed
from hil.plc.lowering.coverage import Coverage
from hil.plc.profiles import PROFILES, Profile
from hil.plc.tree import Project

_FALLBACK = ("iec", "codesys", "siemens")  # for plain ST, which may be anybody's
_PROFILES = {"codesys2": "codesys", "twincat": "codesys", "ax": "siemens", "scl": "siemens"}


def built(path: Path, program: str | None, profile: Profile | None, coverage: bool) -> bytes:
    """The program as it is kept; without a profile by that of its dialect, for plain text by the first that takes it.

    Raises: Diagnostics, those of the first profile.
    """
    found = read_units([path])
    if found.problems:
        raise Diagnostics(found.problems)
    dialects = [one.dialect for one in found.units]
    by_dialect = [_PROFILES[one] for one in dialects if one in _PROFILES]
    drawn = {one.file for one in found.units if one.dialect == "plcopen"}
    by_dialect += ["codesys" for one in sorted(drawn) if is_codesys(Path(one))]
    profiles = (profile,) if profile else [PROFILES[one] for one in by_dialect[:1] or _FALLBACK]
    project = _first(found.units, program, profiles)
    if not project.instances:
        raise Diagnostics(f"{path}:1:1: error: no PROGRAM in here; declare one")
    return packed(project, Coverage(project.places) if coverage else None)


def _first(units: Sequence[Unit], program: str | None, profiles: Sequence[Profile]) -> Project:
    """The project by the first profile in which nothing is wrong and nothing is missing."""
    refused: Diagnostics | None = None
    for profile in profiles:
        report = Report()
        with room():
            project = check([parsed(one, report) for one in units], report, program, profile)
        try:
            report.stop()
        except Diagnostics as wrong:
            refused = refused or wrong
            continue
        if not report.lacking:
            return project
        lines = [f"{one.file}:1:1: error: this is a part of a unit that is not here; give its file, too"
                 for one in sorted(report.lacking, key=lambda each: each.file)]  # fmt: skip
        refused = refused or Diagnostics(lines)
    assert refused is not None
    raise refused
