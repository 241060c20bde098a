"""Takes what cannot become machine code out of a project, so that the rest can: names that are nowhere, wrong units."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields, is_dataclass

from hil.plc.diagnostics import Source
from hil.plc.tree import Case, Evaluate, For, Guarded, If, Loop, Pou, Project, Statement, Variable
from hil.plc.types import POISON, Type


def prune(project: Project, wrong: Collection[Source]) -> set[Source]:
    """Empties the units of wrong sources and drops statements that touch what is unknown; the sources of the latter."""
    touched = set[Source]()
    for pou in project.pous.values():
        if pou.source in wrong:
            pou.body = []
        elif _prune(pou.body) or any(one.type is POISON for one in pou.variables.values()):
            touched.add(pou.source)
    return touched


def _prune(body: list[Statement]) -> bool:
    """Drops statements; whether there were any to drop."""
    kept = [one for one in body if not any(map(_unknown, _head(one)))]
    dropped = len(kept) < len(body)
    body[:] = kept
    for one in kept:
        for inner in _bodies(one):
            dropped |= _prune(inner)
    return dropped


def _bodies(one: Statement) -> list[list[Statement]]:
    if isinstance(one, If | Case):
        return [*(body for _, body in one.branches), one.otherwise]
    return [one.body] if isinstance(one, For | Loop) else []


def _head(one: Statement) -> Iterable[object]:
    """What a statement works out itself, without the statements inside."""
    if isinstance(one, If):
        return [condition for condition, _ in one.branches]
    if isinstance(one, Case):
        return [one.selector]
    if isinstance(one, For):
        return [one.variable, one.first, one.last, one.step]
    if isinstance(one, Loop):
        return [one.condition]
    if isinstance(one, Evaluate):  # a call without a value has no type
        call = one.call.call if isinstance(one.call, Guarded) else one.call
        return [getattr(call, each.name) for each in fields(call) if each.name not in ("type", "at", "pou")]
    return [one]


def _unknown(node: object) -> bool:
    """Whether an unknown type is anywhere in a part of the tree."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one is POISON:
            return True
        if isinstance(one, list | tuple):
            waiting += one
        elif is_dataclass(one) and not isinstance(one, Type | Variable | Pou):
            waiting += [getattr(one, each.name) for each in fields(one)]
    return False
