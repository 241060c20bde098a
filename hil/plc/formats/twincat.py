"""TwinCAT 3 sources: one object per XML file, its texts in CDATA, the closing words left out."""

from __future__ import annotations

from typing import NamedTuple

from hil.plc.formats.parts import Resource, TaskEntry, closed, configuration, ended, header, identifier, text_of, unit
from hil.plc.formats.unit import Findings, Piece, Unit
from hil.plc.formats.xmltree import Element

_MEMBERS = ("method", "property", "action", "transition")
_OTHERS = {"NWL": "FBD or LD", "CFC": "CFC", "SFC": "SFC", "FBD": "FBD", "LD": "LD", "IL": "IL", "UML": "UML"}


class Listed(NamedTuple):
    """What a project's file lists: (name as written, line, column) of its sources, and libraries."""

    files: list[tuple[str, int, int]]
    libraries: list[str]


def project_files(root: Element) -> Listed:
    """The list in a `.plcproj`."""
    files = [
        (one.get("include"), one.line, one.column)
        for one in root.below("compile")
        if not any(flag.text().lower() == "true" for flag in one.all("excludeFromBuild"))
    ]
    named = root.below("placeholderReference", "libraryReference")
    return Listed(files, [one.get("include").partition(",")[0].lstrip("#") for one in named if one.get("include")])


def units(root: Element, file: str, findings: Findings) -> list[Unit]:
    """The units of a `.TcPOU`, `.TcDUT`, `.TcGVL`, `.TcIO` or `.TcTTO`."""
    found: list[Unit] = []
    for one in root if root.tag == "tcPlcObject" else [root]:
        if one.tag in ("POU", "itf"):
            found += _pou(one, file, findings)
        elif one.tag in ("DUT", "GVL"):
            found += _plain(one, file, findings)
        elif one.tag == "task":
            found.append(_task(one, file))
        else:
            findings.note(file, one.line, one.column, f"<{one.tag}> holds no program and was skipped")
    return found


def _declaration(one: Element, file: str, findings: Findings) -> list[Piece]:
    found = one.find("declaration")
    pieces = [] if found is None else found.pieces()
    if not text_of(pieces).strip():
        name = one.get("name", "this object")
        findings.error(file, one.line, one.column, f"{name} has no <Declaration>; export the project again")
        return []
    return ended(pieces)


def _plain(one: Element, file: str, findings: Findings) -> list[Unit]:
    """Types and lists of global variables stand complete in their declaration."""
    pieces = _declaration(one, file, findings)
    kind = "TYPE" if one.tag == "DUT" else "VAR_GLOBAL"
    return [unit(pieces, file, "twincat", kind, one.get("name"))] if pieces else []


def _pou(one: Element, file: str, findings: Findings) -> list[Unit]:
    pieces = _declaration(one, file, findings)
    if not pieces:
        return []
    kind, name = header(text_of(pieces))
    if kind not in ("FUNCTION_BLOCK", "FUNCTION", "PROGRAM", "INTERFACE", "CLASS"):
        words = "the declaration begins with no FUNCTION_BLOCK, FUNCTION, PROGRAM or INTERFACE; repair it"
        findings.error(file, pieces[0].line, pieces[0].column, words)
        return []
    for member in one.below(*_MEMBERS):
        pieces += _member(member, file, findings)
    pieces += _body(one, file, findings)
    return [unit(closed(pieces, f"END_{kind}", one.made("")), file, "twincat", kind, name or one.get("name"))]


def _body(one: Element, file: str, findings: Findings) -> list[Piece]:
    """The statements of an <Implementation>; other languages are named."""
    implementation = one.find("implementation")
    for body in implementation or ():
        if body.tag == "ST":
            return ended(body.pieces())
        language = _OTHERS.get(body.tag, body.tag)
        words = f"the body of {one.get('name')} is in {language}, which this format keeps for itself"
        findings.error(file, body.line, body.column, f"{words}; write it in ST, or export PLCopen XML")
    return []


def _member(one: Element, file: str, findings: Findings) -> list[Piece]:
    """A method, property, action or transition with the words that TwinCAT leaves out."""
    name = one.get("name")
    if one.tag == "method":
        pieces = _declaration(one, file, findings)
        return closed(pieces + _body(one, file, findings), "END_METHOD", one.made("")) if pieces else []
    if one.tag == "action":
        return [one.made(f"ACTION {name}:\n"), *_body(one, file, findings), one.made("END_ACTION\n")]
    if one.tag == "transition":
        findings.note(file, one.line, one.column, f"the transition {name} belongs to an SFC body and was skipped")
        return []
    pieces = _declaration(one, file, findings)
    if not pieces:
        return []
    for accessor in one.all("get", "set"):
        word, declared = accessor.tag.upper(), accessor.find("declaration")
        pieces.append(accessor.made(f"{word}\n"))
        pieces += ended([] if declared is None else declared.pieces()) + _body(accessor, file, findings)
        pieces.append(accessor.made(f"END_{word}\n"))
    return closed(pieces, "END_PROPERTY", one.made(""))


def _task(one: Element, file: str) -> Unit:
    """A task's file as a CONFIGURATION; its cycle time is in microseconds."""

    def said(tag: str) -> str:
        found = one.find(tag)
        return "" if found is None else found.text()

    name = identifier(one.get("name"), "Task")
    properties = [f"INTERVAL := T#{said('cycleTime')}us"] if said("cycleTime").isdecimal() else []
    properties += [f"PRIORITY := {said('priority')}"] if said("priority").isdecimal() else []
    calls = [call.text() for call in one.below("pouCall")]
    programs = [(identifier(call, "Program"), call) for call in calls if call]
    entry = TaskEntry(name, ", ".join(properties), programs, one.made(""))
    pieces = configuration(f"{name}_Configuration", one.made(""), [Resource("Resource", [entry], [])])
    return unit(pieces, file, "twincat", "CONFIGURATION", name)
