"""TwinCAT 3 sources: one object per XML file, its texts in CDATA, the closing words left out."""

from __future__ import annotations

from typing import NamedTuple

from hil.plc.formats.lowering import Lowering
from hil.plc.formats.parts import (
    Resource,
    TaskEntry,
    accessor_variables,
    closed,
    commented,
    configuration,
    ended,
    header,
    identifier,
    text_of,
    unit,
)
from hil.plc.formats.signatures import Signature, signature
from hil.plc.formats.twincat_cfc import nodes
from hil.plc.formats.unit import Findings, Piece, Unit
from hil.plc.formats.xmltree import Element

_MEMBERS = ("method", "property", "action", "transition")
_OTHERS = {"NWL": "FBD or LD", "SFC": "SFC", "FBD": "FBD", "LD": "LD", "IL": "IL", "UML": "UML"}


class Listed(NamedTuple):
    """What a project's file lists: (name as written, line, column) of its sources, and libraries."""

    files: list[tuple[str, int, int]]
    libraries: list[str]


def project_files(root: Element) -> Listed:
    """The list in a `.plcproj`, without what it, or a folder around it, leaves out of the build."""
    folders = tuple(f"{one.get('include')}\\".lower() for one in root.below("folder") if _left_out(one))
    files = [
        (one.get("include"), one.line, one.column)
        for one in root.below("compile")
        if not _left_out(one) and not one.get("include").lower().startswith(folders)
    ]
    named = root.below("placeholderReference", "libraryReference")
    return Listed(files, [one.get("include").partition(",")[0].lstrip("#") for one in named if one.get("include")])


def _left_out(one: Element) -> bool:
    return any(flag.text().lower() == "true" for flag in one.all("excludeFromBuild"))


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
    if pieces and one.tag == "GVL" and identifier(one.get("name"), ""):
        pieces = [one.made(f"{{list {one.get('name')}}}"), *pieces]
    return [unit(pieces, file, "twincat", kind, one.get("name"))] if pieces else []


class _Source:
    """The bodies of one unit or method, and the variables that they need besides."""

    def __init__(self, own: Signature, file: str, findings: Findings) -> None:
        self.own, self.file, self.findings = own, file, findings
        self._made: dict[str, str] = {}
        self._count = 0

    def body(self, one: Element) -> list[Piece]:
        """The statements of an <Implementation>; languages that are not read are named."""
        implementation = one.find("implementation")
        for body in implementation or ():
            if body.tag == "ST":
                return ended(commented(body.pieces()))
            if body.tag == "CFC":
                return self._network(body)
            language = _OTHERS.get(body.tag, body.tag)
            words = f"the body of {one.get('name')} is in {language}, which this format keeps for itself"
            self.findings.error(
                self.file, body.line, body.column, f"{words}; write it in ST or CFC, or export PLCopen XML"
            )
            break
        return []

    def _network(self, body: Element) -> list[Piece]:
        self._count += 1
        prefix = "net" if self._count == 1 else f"net{self._count}"
        found, unknown = nodes(body)
        for one in unknown:
            words = f"the CFC element {one.get('t') or one.tag} is not known; write it in ST"
            self.findings.error(self.file, one.line, one.column, words)
        lowering = Lowering(found, prefix, self.own, {}, self.file, self.findings)
        pieces = lowering.statements()
        self._made |= lowering.made
        return pieces

    def declarations(self, at: Element) -> list[Piece]:
        """The variables that the bodies got for themselves."""
        lines = "".join(f"{name} : {type_};\n" for name, type_ in self._made.items())
        return [at.made(f"VAR\n{lines}END_VAR\n")] if lines else []


def _pou(one: Element, file: str, findings: Findings) -> list[Unit]:
    pieces = _declaration(one, file, findings)
    if not pieces:
        return []
    kind, name = header(text_of(pieces))
    if kind not in ("FUNCTION_BLOCK", "FUNCTION", "PROGRAM", "INTERFACE", "CLASS"):
        words = "the declaration begins with no FUNCTION_BLOCK, FUNCTION, PROGRAM or INTERFACE; repair it"
        findings.error(file, pieces[0].line, pieces[0].column, words)
        return []
    source = _Source(signature(text_of(pieces)), file, findings)
    members = [piece for member in one.below(*_MEMBERS) for piece in _member(member, source)]
    body = source.body(one)
    whole = closed([*pieces, *source.declarations(one), *members, *body], f"END_{kind}", one.made(""))
    return [unit(whole, file, "twincat", kind, name or one.get("name"))]


def _member(one: Element, source: _Source) -> list[Piece]:
    """A method, property, action or transition with the words that TwinCAT leaves out."""
    name, file, findings = one.get("name"), source.file, source.findings
    if one.tag == "action":
        return [one.made(f"ACTION {name}:\n"), *source.body(one), one.made("END_ACTION\n")]
    if one.tag == "transition":
        findings.note(file, one.line, one.column, f"the transition {name} belongs to an SFC body and was skipped")
        return []
    pieces = _declaration(one, file, findings)
    if not pieces:
        return []
    if one.tag == "method":
        pieces += _with_variables(one, text_of(pieces), source)
        return closed(pieces, "END_METHOD", one.made(""))
    for accessor in one.all("get", "set"):
        word, declared = accessor.tag.upper(), accessor.find("declaration")
        local = accessor_variables([] if declared is None else declared.pieces())
        pieces += [accessor.made(f"{word}\n"), *local, *_with_variables(accessor, text_of(local), source)]
        pieces.append(accessor.made(f"END_{word}\n"))
    return closed(pieces, "END_PROPERTY", one.made(""))


def _with_variables(one: Element, declaration: str, outer: _Source) -> list[Piece]:
    """The body of a method or accessor behind the variables that it needs besides; it sees those of its unit."""
    own = signature(declaration)
    seen = Signature("METHOD", own.name, own.result, {**outer.own.types, **own.types}, own.inputs, own.outputs)
    inner = _Source(seen, outer.file, outer.findings)
    body = inner.body(one)
    return [*inner.declarations(one), *body]


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
    pieces = configuration(f"{name}_Configuration", one.made(""), [Resource("Cpu", [entry], [])])
    return unit(pieces, file, "twincat", "CONFIGURATION", name)
