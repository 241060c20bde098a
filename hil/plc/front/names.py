"""Which names a unit has for others, and which it takes from others, by its text alone."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hil.plc import syntax as s


def offered(tree: s.Unit) -> set[str]:
    """The global variables and the values of enumerations of a unit, in capitals."""
    found = set[str]()
    for section in (*tree.sections, *(one for each in tree.configurations for one in each.sections)):
        for name in (one.name.upper() for one in section.variables):
            found |= {name, *(f"{one}.{name}".upper() for one in (section.namespace, section.list) if one)}
    for one in tree.types:
        if isinstance(one.type, s.EnumType):
            found |= {name.upper() for _, name, _ in one.type.values}
    return found


def wanted(tree: s.Unit) -> set[str]:
    """The names, in capitals and with what stands before their dots, that are no variables of the unit itself."""
    found = set[str]()
    for pou in tree.pous:
        own = _own(pou)
        for one in (pou, *pou.members):
            inside = own | _own(one)
            outside = [each for each in one.sections if each.kind == "VAR_EXTERNAL"]
            found |= {each.name.upper() for section in outside for each in section.variables}
            found |= _free([one.sections, one.body, one.result, one.chart, one.extends, one.implements], inside)
    found |= _free([tree.types, tree.sections], set())
    for each in tree.configurations:
        found |= _free([each.sections, each.tasks, each.instances, each.paths], set())
        found |= {one.type.upper() for one in each.instances}
    return found


def typed(tree: s.Unit) -> frozenset[str]:
    """The names, in capitals, that a unit uses as types."""
    found, waiting = set[str](), list[Any]([tree.types, tree.sections, tree.pous])
    while waiting:
        one = waiting.pop()
        if isinstance(one, list | tuple):
            waiting += one
        elif isinstance(one, s.Node):
            found |= {one.name.upper()} if isinstance(one, s.NamedType) else set()
            waiting += [getattr(one, each.name) for each in fields(one)]
    return frozenset(found)


def routines(tree: s.Unit) -> frozenset[str]:
    """The functions and programs of a unit, in capitals: nothing that is a type."""
    return frozenset(one.name.upper() for one in tree.pous if one.kind in ("FUNCTION", "PROGRAM"))


def _own(pou: s.Pou) -> set[str]:
    """The variables and members of a unit; what is VAR_EXTERNAL is another's."""
    sections = [one for one in pou.sections if one.kind != "VAR_EXTERNAL"]
    own = {one.name.upper() for section in sections for one in section.variables}
    return own | {one.name.upper() for one in pou.members} | {pou.short.upper()}


def _free(parts: list[Any], own: set[str]) -> set[str]:
    found, waiting = set[str](), parts
    while waiting:
        one = waiting.pop()
        if isinstance(one, list | tuple):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, s.Name | s.Member) and (path := _path(one)):
            if path.partition(".")[0] not in own:
                found.add(path)
        elif isinstance(one, s.Node):
            found |= _named(one)
            waiting += [getattr(one, each.name) for each in fields(one)]
    return found


def _named(one: object) -> set[str]:
    """The types that a node names itself."""
    if isinstance(one, s.NamedType | s.SubrangeType):
        return {one.name.upper()}
    if isinstance(one, s.EnumType):
        return {one.base.upper()}
    if isinstance(one, s.StructType):
        return {one.extends.upper()} - {""}
    return {one.prefix.upper()} - {""} if isinstance(one, s.Literal) else set()


def _path(one: s.Expression) -> str:
    """`A.B.C`, or nothing where something else than names stands before a dot."""
    parts = list[str]()
    while isinstance(one, s.Member):
        parts.append(one.name.upper())
        one = one.base
    return ".".join([one.name.upper(), *reversed(parts)]) if isinstance(one, s.Name) else ""
