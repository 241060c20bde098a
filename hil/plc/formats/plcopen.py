"""PLCopen XML and IEC 61131-10, whatever the namespace: types, units, global variables, configurations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hil.plc.formats.bodies import Bodies
from hil.plc.formats.declarations import GLOBAL, Declaration, globals_text, inherited, interface_text, type_text
from hil.plc.formats.parts import (
    Resource,
    TaskEntry,
    accessor_variables,
    closed,
    configuration,
    ended,
    header,
    identifier,
    interval,
    text_of,
    unit,
)
from hil.plc.formats.signatures import Signature, signature
from hil.plc.formats.text import masked
from hil.plc.formats.unit import Findings, Piece, Unit
from hil.plc.formats.xmltree import Element

# What a document declares; inside of one of these nothing else is declared, but for resources.
_POUS = {
    "pou": "",
    "program": "PROGRAM",
    "functionBlock": "FUNCTION_BLOCK",
    "function": "FUNCTION",
    "class": "CLASS",
    "interface": "INTERFACE",
}
_TYPES = ("dataType", "dataTypeDecl")
_POU_TYPES = {
    "program": "PROGRAM",
    "functionblock": "FUNCTION_BLOCK",
    "function": "FUNCTION",
    "class": "CLASS",
    "interface": "INTERFACE",
}


def units(root: Element, file: str, findings: Findings) -> list[Unit]:
    """The units of a document: types, global variables, units of organisation, configurations."""
    found: list[Unit] = []
    declared = [(one, _declaration(one, file, findings)) for one in _pous(root)]
    signatures: dict[str, Signature] = {}
    for _, declaration in declared:
        if declaration is not None:
            one = signature(text_of(declaration.pieces))
            signatures.setdefault(one.name.upper(), one)
    for type_ in root.below(*_TYPES):
        found.append(unit(type_text(type_, file, findings), file, "plcopen", "TYPE", type_.get("name")))
    for list_ in _global_lists(root):
        found.append(unit(globals_text(list_, file, findings), file, "plcopen", "VAR_GLOBAL", list_.get("name")))
    for element, declaration in declared:
        if declaration is not None:
            found.append(_pou(element, declaration, signatures, file, findings))
    found += _configurations(root, file, findings)
    for library in root.below("library"):
        if library.get("name"):
            findings.libraries.append(library.get("name").partition(",")[0].lstrip("#"))
    return found


def _pous(root: Element) -> Iterator[Element]:
    """The units of organisation; the root itself may be one. An <interface> is one only if it has a name."""
    for one in [root] if root.tag in _POUS else root.below(*_POUS):
        if one.tag in _POUS and one.get("name"):
            yield one


def _global_lists(root: Element) -> list[Element]:
    """Lists of global variables with a name, and those that stand in no configuration."""
    found: list[Element] = []
    waiting = [(root, "")]
    while waiting:
        one, parent = waiting.pop()
        if one.tag == GLOBAL and (one.get("name") or parent in ("data", "globalNamespace", "namespaceDecl")):
            found.append(one)
        elif one.tag not in _POUS or one is root:
            waiting += [(inner, one.tag) for inner in list(one)[::-1]]
    return found


def _declaration(one: Element, file: str, findings: Findings) -> Declaration | None:
    """What stands before the body: as plain text where the file has it, otherwise out of the elements."""
    plain = _plain_text(one) or _whole_text(one)
    if plain:
        kind, name = header(text_of(plain))
        if kind in _POU_TYPES.values():
            return Declaration(kind, name or one.get("name"), ended(plain))
    kind = _POUS.get(one.tag, "") or _POU_TYPES.get(one.get("pouType").lower().replace("_", ""), "")
    if not kind:
        words = (
            f"pouType {one.get('pouType')!r} of {one.get('name')} is unknown; use program, functionBlock or function"
        )
        findings.error(file, one.line, one.column, words)
        return None
    return Declaration(kind, one.get("name"), interface_text(one, kind, file, findings))


def _plain_text(one: Element) -> list[Piece]:
    """The declaration that CODESYS and its kin keep as text beside the elements."""
    places = [place for place in one if place.tag in ("addData", "interface", "interfaceAsPlainText")]
    for place in places:
        for text in (
            [place]
            if place.tag == "interfaceAsPlainText"
            else place.below("interfaceAsPlainText", "textDeclaration", "method", "property", "action")
        ):
            if text.tag in ("interfaceAsPlainText", "textDeclaration"):
                pieces = text.pieces()
                if text_of(pieces).strip():
                    return pieces
    return []


def _whole_text(one: Element) -> list[Piece]:
    """The body of a unit without an interface that holds the whole unit, from its heading to its closing word."""
    bodies = [] if one.find("interface") is not None else [text for body in one.all("body") for text in body.all("ST")]
    pieces = bodies[0].pieces() if len(bodies) == 1 else []
    kind, name = header(text_of(pieces))
    whole = re.fullmatch(rf"\s*{kind}\b.*\bEND_{kind}\s*;?\s*", masked(text_of(pieces)), re.IGNORECASE | re.DOTALL)
    return pieces if kind and name.upper() == one.get("name").upper() and whole else []


def _pou(
    one: Element, declaration: Declaration, signatures: dict[str, Signature], file: str, findings: Findings
) -> Unit:
    kind, name, pieces = declaration
    if kind != "INTERFACE":
        pieces = inherited(one, pieces)
    bodies = Bodies(one, signature(text_of(pieces)), signatures, file, findings)
    members = [*_members(one, bodies, file, findings), *bodies.actions(one)]
    body = [] if _whole_text(one) else bodies.body(one)
    parts = [*pieces, *bodies.declarations(), *members, *bodies.made_actions(), *ended(body)]
    return unit(closed(parts, f"END_{kind}", one.made("")), file, "plcopen", kind, name)


def _members(one: Element, bodies: Bodies, file: str, findings: Findings) -> list[Piece]:
    """Methods and properties: of CODESYS in <addData>, of IEC 61131-10 beside the body."""
    found: list[Piece] = []
    for place in [one, *one.all("addData", "methods", "properties")]:
        for member in place.below("method", "property") if place is not one else place.all("method", "property"):
            found += _method(member, bodies, file, findings) if member.tag == "method" else _property(member, bodies)
    return found


def _method(one: Element, bodies: Bodies, file: str, findings: Findings) -> list[Piece]:
    plain = ended(_plain_text(one))
    declared = plain or interface_text(one, "METHOD", file, findings)
    inner = bodies.of_member(one, signature(text_of(declared)))
    body = inner.body(one)
    return closed([*declared, *inner.declarations(), *ended(body)], "END_METHOD", one.made(""))


def _property(one: Element, bodies: Bodies) -> list[Piece]:
    plain = ended(_plain_text(one))
    pieces = plain or interface_text(one, "PROPERTY", bodies.file, bodies.findings)
    for word, tags in (("GET", ("getAccessor", "getter", "get")), ("SET", ("setAccessor", "setter", "set"))):
        for accessor in one.all(*tags):
            inner = bodies.of_member(accessor, signature(text_of(pieces)))
            declared, body = accessor_variables(_plain_text(accessor)), inner.body(accessor)
            pieces = [*pieces, accessor.made(f"{word}\n"), *declared, *inner.declarations(), *ended(body)]
            pieces.append(accessor.made(f"END_{word}\n"))
    return closed(pieces, "END_PROPERTY", one.made(""))


def _configurations(root: Element, file: str, findings: Findings) -> list[Unit]:
    """Configurations with their resources, and resources alone, as CODESYS has them."""

    def variables(holder: Element) -> list[Piece]:
        lists = [list_ for list_ in holder.all(GLOBAL) if not list_.get("name")]
        return [piece for list_ in lists for piece in globals_text(list_, file, findings)]

    found: list[Unit] = []
    for one in root.below("configuration", "resource"):
        resources = [
            Resource(identifier(each.get("name"), "Cpu"), _tasks(each), variables(each))
            for each in (one.below("resource") if one.tag == "configuration" else [one])
        ]
        shared = variables(one) if one.tag == "configuration" else []
        if shared or any(each.tasks or each.variables for each in resources):
            name = identifier(one.get("name"), "Plc")
            pieces = configuration(name, one.made(""), resources, shared)
            found.append(unit(pieces, file, "plcopen", "CONFIGURATION", name))
    return found


def _tasks(resource: Element) -> list[TaskEntry]:
    """Tasks and what they run; programs without a task come last, as an entry without a name."""
    tasks: list[TaskEntry] = []
    by_name: dict[str, list[tuple[str, str]]] = {}
    for one in resource.all("task"):
        time = interval(one.get("interval"))
        priority = one.get("priority").strip()
        single = one.get("single").strip()
        properties = [f"SINGLE := {single}"] if single else []
        periodic = bool(time.strip("T#0.msuhd")) and not single  # an interval of zero: as often as the PLC scans
        properties += [f"INTERVAL := {time}"] if periodic else []
        properties += [f"PRIORITY := {priority}"] if priority.isdecimal() else ["PRIORITY := 0"]
        programs = [_instance(call) for call in one.all("pouInstance") if call.get("name")]
        by_name[one.get("name").upper()] = programs
        tasks.append(TaskEntry(identifier(one.get("name"), "Task"), ", ".join(properties), programs, one.made("")))
    alone: list[tuple[str, str]] = []
    for call in resource.all("pouInstance", "programInstance"):
        if call.get("name"):
            by_name.get(call.get("associatedTaskName").upper(), alone).append(_instance(call))
    return [*tasks, TaskEntry("", "", alone, resource.made(""))] if alone else tasks


def _instance(call: Element) -> tuple[str, str]:
    """Instance and type; CODESYS names the program alone."""
    name = call.get("name")
    return identifier(name, "Program"), call.get("typeName") or call.get("type") or name
