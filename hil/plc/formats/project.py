"""Files and folders to the units of one project."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.plc.formats import codesys2, plcopen, scl, twincat
from hil.plc.formats.detect import AUTOMATION_STUDIO, HEAD, detect
from hil.plc.formats.text import decode, flattened, masked
from hil.plc.formats.unit import Findings, Lines, Unit
from hil.plc.formats.xmltree import XmlFault, parse
from hil.plc.sources import ENDINGS, LARGEST, PROJECT, files_below

_SURE = frozenset([".st", ".iecst", ".exp", ".tcpou", ".tcdut", ".tcgvl", ".tcio", ".tctto", ".plcproj", ".scl"])
_TWINCAT = frozenset([".tcpou", ".tcdut", ".tcgvl", ".tcio", ".tctto"])


@dataclass(frozen=True, slots=True)
class Read:
    """One file: what it is (empty when it is no PLC source), its lines, units and problems."""

    dialect: str
    lines: int
    units: tuple[Unit, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """Units by file and in a file's order; `problems` are `file:line:column: error: ...`, `notes` what was skipped.

    `libraries` are the names of the libraries that a project's own file asks for.
    """

    units: tuple[Unit, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    files: int = 0

    @property
    def configurations(self) -> tuple[Unit, ...]:
        """The units that say which tasks run which programs."""
        return tuple(one for one in self.units if one.kind == "CONFIGURATION")


def read_units(paths: Sequence[Path]) -> Project:
    """Everything that files and folders (with the folders below) declare; never raises, problems are in the result."""
    findings = Findings()
    units: list[Unit] = []
    seen: set[Path] = set()
    for path, given in _files(paths, findings):
        whole = Path(os.path.abspath(path))
        if whole not in seen:
            seen.add(whole)
            units += _read(path, given, findings)
    once = tuple(dict.fromkeys(findings.libraries))
    return Project(tuple(units), tuple(findings.problems), tuple(findings.notes), once, len(seen))


def read_file(path: Path, given: bool = True, dialect: str = "") -> Read:
    """One file; never raises. `given` says that it must be a source, `dialect` which, where its contents do not."""
    findings = Findings()
    data = _bytes(path, findings)
    if data is None:
        return Read("", 0, (), tuple(findings.problems))
    found = dialect or detect(path, data[:HEAD])
    units = _units(path, data, given, found, findings)
    return Read(found, data.count(b"\n") + 1, tuple(units), tuple(findings.problems))


def sources_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files in a folder, and in those below, that may be sources by their ending; and the project files, sorted."""
    found, lists = list[Path](), list[Path]()
    for one in files_below(folder):
        if one.suffix.lower() in ENDINGS:
            found.append(one)
        elif one.suffix.lower() == PROJECT:
            lists.append(one)
    return sorted(found), sorted(lists)


def is_sure(path: Path) -> bool:
    """Whether a file must be a source by its ending."""
    return path.suffix.lower() in _SURE


def listed(path: Path) -> tuple[list[Path], list[str], list[str]]:
    """The sources that a TwinCAT project file lists, the libraries it names, and what is wrong with it."""
    findings = Findings()
    files = _listed(path, findings)
    return files, list(dict.fromkeys(findings.libraries)), findings.problems


def _files(paths: Sequence[Path], findings: Findings) -> Iterator[tuple[Path, bool]]:
    """Files in order, and whether they must be sources: because they were given, or by their ending."""
    for path in paths:
        if path.is_dir():
            yield from _folder(path, findings)
        elif path.suffix.lower() == ".plcproj":
            yield from ((one, True) for one in _listed(path, findings))
        else:
            yield path, True


def _folder(folder: Path, findings: Findings) -> Iterator[tuple[Path, bool]]:
    found, lists = sources_in(folder)
    owners = [one.parent for one in lists]
    files = [
        one
        for one in found
        if one.suffix.lower() not in _TWINCAT or not any(one.is_relative_to(owner) for owner in owners)
    ]
    for one in lists:
        files += _listed(one, findings)
    yield from ((one, one.suffix.lower() in _SURE) for one in sorted(set(files)))


def _listed(path: Path, findings: Findings) -> list[Path]:
    """The sources that a TwinCAT project's file lists."""
    text = _text(path, findings, xml=True)
    if text is None:
        return []
    try:
        listed = twincat.project_files(parse(text))
    except XmlFault as fault:
        findings.error(str(path), fault.line, fault.column, fault.text)
        return []
    findings.libraries += listed.libraries
    files: list[Path] = []
    for name, line, column in listed.files:
        one = _beside(path.parent, name)
        if one.suffix.lower() not in _TWINCAT:
            continue
        if one.is_file():
            files.append(one)
        else:
            findings.error(str(path), line, column, f"the project lists {name}, which is not there; add or unlist it")
    return files


def _beside(folder: Path, name: str) -> Path:
    """The file of a name that Windows wrote, where the case of letters may differ."""
    path = folder
    for part in name.replace("\\", "/").split("/"):
        one = path / part
        if part not in ("", ".", "..") and not one.exists() and path.is_dir():
            one = next((other for other in sorted(path.iterdir()) if other.name.lower() == part.lower()), one)
        path = one
    return path


def _bytes(path: Path, findings: Findings) -> bytes | None:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            findings.error(str(path), 1, 1, "this is no regular file; give a file or a folder")
            return None
        size = status.st_size
        if size <= LARGEST:
            with path.open("rb") as file:
                return file.read(LARGEST)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        findings.error(str(path), 1, 1, f"this file cannot be read ({reason}); check the path and its rights")
        return None
    limit = f"the {LARGEST >> 20} MB that a file may have"
    findings.error(str(path), 1, 1, f"{size / 1024 / 1024:.1f} MB are more than {limit}; split it")
    return None


def _text(path: Path, findings: Findings, *, xml: bool) -> str | None:
    data = _bytes(path, findings)
    text = None if data is None else decode(data, xml=xml)
    if data is not None and text is None:
        findings.error(str(path), 1, 1, "these bytes are no text; save the file as UTF-8 text")
    return text


def _read(path: Path, given: bool, findings: Findings) -> list[Unit]:
    """The units of one file."""
    data = _bytes(path, findings)
    return [] if data is None else _units(path, data, given, detect(path, data[:HEAD]), findings)


def _units(path: Path, data: bytes, given: bool, dialect: str, findings: Findings) -> list[Unit]:
    file = str(path)
    text = decode(data, xml=dialect in _XML)
    if text is not None and not text.lstrip().startswith("<") and not masked(text).strip():
        findings.note(file, 1, 1, "this file is empty, or holds comments alone")
        return []
    if text is None or not dialect:
        if given:
            words = "no PLC source is recognised in this file; give Structured Text, an export of CODESYS, TwinCAT "
            findings.error(file, 1, 1, words + "or PLCopen XML, or SCL")
        return []
    try:
        if dialect in _XML and text.lstrip().startswith("<"):
            return _XML[dialect](text.lstrip() if text[:1] in "\n\t " else text, file, findings)
        if dialect == "codesys2":
            return codesys2.units(text, file, findings)
    except XmlFault as fault:
        findings.error(file, fault.line, fault.column, fault.text)
        return []
    if dialect == "scl":
        return scl.units(text, file, findings)
    if path.suffix.lower() in AUTOMATION_STUDIO:
        text = flattened(text)
    return [Unit(text, file, Lines(), dialect or "st")]


def _twincat(text: str, file: str, findings: Findings) -> list[Unit]:
    return twincat.units(parse(text), file, findings)


def _plcopen(text: str, file: str, findings: Findings) -> list[Unit]:
    return plcopen.units(parse(text), file, findings)


_XML: dict[str, Callable[[str, str, Findings], list[Unit]]] = {"twincat": _twincat, "plcopen": _plcopen}
