"""What is known when all bodies are checked: who may call whom, which object runs which method, where jumps go."""

from __future__ import annotations

from collections import Counter

from hil.plc.checking.access_paths import root_of
from hil.plc.checking.check_statements import blocks, flat
from hil.plc.checking.scope import Names
from hil.plc.checking.units import Units
from hil.plc.tree import For, Goto, If, Label, Pou, Statement
from hil.plc.types import same

Dispatch = dict[str, list[tuple[int, Pou]]]


def classes_of(names: Names) -> dict[str, list[Pou]]:
    """By class or interface in capitals: the classes whose objects it may be."""
    found: dict[str, list[Pou]] = {}
    for pou in names.pous.values():
        if pou.number and pou.memory is not None:
            for one in sorted(pou.memory.kin):
                found.setdefault(one, []).append(pou)
    return found


def dispatch_of(names: Names, units: Units, classes: dict[str, list[Pou]]) -> Dispatch:
    """By method, or body, that is called on objects of unknown class: what each class runs."""
    wanted = {key: one for pou in list(names.pous.values()) for key, one in pou.virtual.items()}
    found: Dispatch = {}
    for key, method in wanted.items():
        owner = method.owner or method
        for one in classes.get(owner.name.upper(), []):
            runs: Pou | None = one
            if method.owner is not None:
                short = method.name.split(".")[-2 if method.kind in ("GET", "SET") else -1]
                runs = units.member(one, short, method.kind)
            if runs is not None and not one.abstract and (method.owner is None or not runs.abstract):
                found.setdefault(key, []).append((one.number, runs))
    return found


def check_overrides(names: Names, units: Units) -> None:
    """A method takes and gives what the one takes and gives that it replaces; a class has all it promises."""
    for pou in list(names.pous.values()):
        if pou.owner is not None:
            short = pou.name.split(".")[-2 if pou.kind in ("GET", "SET") else -1]
            _modifiers(pou, pou.owner, short, names, units)
            for base in pou.owner.bases:
                above = units.member(base, short, pou.kind)
                if above is not None and short.upper() not in ("FB_INIT", "FB_EXIT", "FB_REINIT"):
                    _same_shape(pou, above, names)
        elif pou.kind in ("FUNCTION_BLOCK", "CLASS") and pou.memory is not None and not pou.unknown_base:
            _complete(pou, names, units)


def _modifiers(pou: Pou, owner: Pou, short: str, names: Names, units: Units) -> None:
    """A FINAL member stays as it is; a member with OVERRIDE has one above it, or in an interface."""
    above = [one for base in owner.bases if (one := units.member(base, short, pou.kind)) is not None]
    final = next((one for one in above if one.final and one.access != "PRIVATE"), None)
    if final is not None and final.owner is not None:
        text = f"{pou.short} is FINAL in {final.owner.name} and cannot be replaced; choose another name"
        names.report.error(pou.source, pou.at, text)
    if pou.override and not above and not owner.unknown_base and not _promised(pou, owner, short, names, units):
        text = f"no base of {owner.name} has {pou.short}, which is OVERRIDE here; remove OVERRIDE or correct the name"
        names.report.error(pou.source, pou.at, text)


def _promised(pou: Pou, owner: Pou, short: str, names: Names, units: Units) -> bool:
    """Whether a base or an interface has a member of this name, whatever it takes."""
    plain = short.partition("(")[0]
    kin = owner.memory.kin if owner.memory is not None else frozenset()
    others = [names.pous[one] for one in kin if one in names.pous and names.pous[one] is not owner]
    return any(units.member(one, plain, pou.kind) is not None for one in (*owner.bases, *others))


def _complete(pou: Pou, names: Names, units: Units) -> None:
    """Every method that the interfaces and abstract bases of a class declare has a body."""
    assert pou.memory is not None
    missing: dict[str, None] = {}
    for key in sorted(pou.memory.kin):
        for name, one in list(names.pous.items()):
            if one.owner is None or one.owner.name.upper() != key or not one.abstract:
                continue
            short = name.split(".")[-2 if one.kind in ("GET", "SET") else -1]
            mine = units.member(pou, short, one.kind)
            if mine is None or (mine.abstract and not pou.abstract):
                missing[short] = None
            elif mine is not one:
                _same_shape(mine, one, names)
    if missing and not pou.abstract:
        listed = ", ".join(list(missing)[:5])
        names.report.error(
            pou.source, pou.at, f"{pou.name} does not have {listed}; write the METHOD or make it ABSTRACT"
        )


def _same_shape(pou: Pou, above: Pou, names: Names) -> None:
    sections = ("input", "in_out", "output")
    ours, theirs = ([one.type for one in each.section(*sections)] for each in (pou, above))
    results = [each.result.type for each in (pou, above) if each.result is not None]
    fits = len(ours) == len(theirs) and all(same(one, other) for one, other in zip(ours, theirs, strict=True))
    if not fits or len(results) == 1 or (len(results) == 2 and not same(*results)):
        text = f"{pou.name} differs from {above.name}, which it replaces; give it the same parameters and result"
        names.report.error(pou.source, pou.at, text)


def refuse_recursion(names: Names, dispatch: Dispatch) -> None:
    """Plain recursion is a mistake; by way of objects it may be none, so it is bounded while it runs."""
    _refuse_direct(names)
    edges = {key: set(pou.calls) for key, pou in names.pous.items()}
    for key, pou in names.pous.items():
        for method in pou.virtual:
            edges[key] |= {one.name.upper() for _, one in dispatch.get(method, [])}
    for key in _in_cycles(edges):
        names.pous[key].reentrant = True


def _refuse_direct(names: Names) -> None:
    state: dict[str, int] = {}  # 1: on the path, 2: done

    def visit(pou: Pou) -> None:
        upper = pou.name.upper()
        state[upper] = 1
        for name, (callee, at) in pou.calls.items():
            if state.get(name) == 1:
                names.report.error(
                    pou.source,
                    at,
                    f"{pou.name} calls {callee.name}, which calls it again; recursion is not allowed",
                )
            elif name not in state:
                visit(callee)
        state[upper] = 2

    for pou in list(names.pous.values()):
        if pou.name.upper() not in state:
            visit(pou)


def _in_cycles(edges: dict[str, set[str]]) -> list[str]:
    """The units that can reach themselves (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[str] = []

    def visit(key: str) -> None:
        index[key] = low[key] = len(index)
        stack.append(key)
        for other in sorted(edges.get(key, ())):
            if other not in index:
                visit(other)
                low[key] = min(low[key], low[other])
            elif other in stack:
                low[key] = min(low[key], index[other])
        if low[key] == index[key]:
            at = stack.index(key)
            component = stack[at:]
            del stack[at:]
            if len(component) > 1 or key in edges.get(key, ()):
                found.extend(component)

    for key in edges:
        if key not in index:
            visit(key)
    return found


def check_jumps(pou: Pou, names: Names) -> None:
    """Every JMP has its label in the same list of statements or around it; loops that others touch count themselves."""
    labels = Counter(one.name for one in flat(pou.body) if isinstance(one, Label))
    for name in [name for name, count in labels.items() if count > 1]:
        names.report.error(pou.source, pou.at, f"{pou.name} has the label {name} twice; rename one")
    _jumps(pou, pou.body, frozenset(), names)
    for one in flat(pou.body):
        if isinstance(one, For) and root_of(one.variable).pointed:
            one.steady = False


def _jumps(pou: Pou, body: list[Statement], outer: frozenset[str], names: Names) -> None:
    body = _unwrapped(body)
    seen = {one.name for one in body if isinstance(one, Label)}
    for one in body:
        if isinstance(one, Goto) and one.name not in seen | outer:
            text = f"no label {one.name} here or around this JMP; write {one.name}: before a statement"
            names.report.error(pou.source, one.at, text)
        for part in blocks(one):
            _jumps(pou, part, outer | seen, names)


def _unwrapped(body: list[Statement]) -> list[Statement]:
    """Statements that were made of one stand in an IF without conditions."""
    found: list[Statement] = []
    for one in body:
        found += one.otherwise if isinstance(one, If) and not one.branches else [one]
    return found
