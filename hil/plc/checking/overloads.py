"""Functions and methods of one name that differ in what they take: which of them a call means.

The first function of a name keeps it, the others carry their parameters: `Scale(REAL, REAL)`. Methods of an overloaded
name all carry them, so that a class replaces the one of its base that takes the same.
"""

from __future__ import annotations

from collections import defaultdict

from hil.plc import syntax as s

Overloads = dict[str, list[str]]  # by a function's name in capitals: all that have it
_PASSED = ("VAR_INPUT", "VAR_IN_OUT", "VAR_OUTPUT")


def plain(name: str) -> str:
    """A name as it was declared, without parameters."""
    return name.partition("(")[0]


def signature(pou: s.Pou) -> str:
    """The types that a function or method takes."""
    kinds = [(one, section.kind) for section in pou.sections for one in section.variables if section.kind in _PASSED]
    return ", ".join(_spelled(one.type) + " out" * (kind == "VAR_OUTPUT") for one, kind in kinds)


def _spelled(spec: s.TypeSpec) -> str:
    """A type without the namespaces before its name."""
    if isinstance(spec, s.NamedType | s.StringType | s.SubrangeType):
        return spec.name.rpartition(".")[2]
    if isinstance(spec, s.PointerType):
        return f"{spec.kind} {_spelled(spec.target)}"
    if isinstance(spec, s.ArrayType):
        bounds = [f"{_bound(low)} to {_bound(high)}" for low, high in spec.ranges] or ["*"] * spec.open
        return f"ARRAY [{'; '.join(bounds)}] OF {_spelled(spec.element)}"
    return type(spec).__name__


def _bound(node: s.Expression) -> str:
    return node.text if isinstance(node, s.Literal) else node.name if isinstance(node, s.Name) else "?"


def distinguish(units: list[s.Unit], by_base: bool = False) -> Overloads:
    """Names every overload apart; `by_base`: a method without OVERRIDE that takes something else is one, too."""
    pous = [one for unit in units for one in unit.pous]
    _methods(pous, by_base)
    return _functions([one for one in pous if one.kind == "FUNCTION"])


def _functions(functions: list[s.Pou]) -> Overloads:
    groups: dict[str, dict[str, s.Pou]] = defaultdict(dict)
    for one in functions:
        key, takes = one.name.upper(), signature(one)
        group = groups[key]
        if group and takes.upper() not in group:
            one.name = f"{one.name}({takes})"
        group.setdefault(takes.upper(), one)
    return {key: [one.name.upper() for one in group.values()] for key, group in groups.items() if len(group) > 1}


def _methods(pous: list[s.Pou], by_base: bool) -> None:
    names = {name for one in pous for name in _several(one)}
    if by_base:
        names |= _against_bases(pous)
    if not names:
        return
    for pou in pous:
        for one in pou.members:
            if one.kind == "METHOD" and one.name.upper() in names:
                one.name = f"{one.name}({signature(one)})"


def _several(pou: s.Pou) -> set[str]:
    """The names that several methods of a unit have, which take different things."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in pou.members:
        if one.kind == "METHOD":
            found[one.name.upper()].add(signature(one).upper())
    return {name for name, takes in found.items() if len(takes) > 1}


def _against_bases(pous: list[s.Pou]) -> set[str]:
    """The names under which a class adds a method to those of its bases."""
    units = {one.short.upper(): one for one in pous}
    found: set[str] = set()
    for pou in pous:
        above: dict[str, set[str]] = defaultdict(set)
        waiting, seen = [pou], {pou.name}
        while waiting:
            for base in waiting.pop().extends:
                unit = units.get(base.name.rpartition(".")[2].upper())
                if unit is not None and unit.name not in seen:
                    seen.add(unit.name)
                    waiting.append(unit)
                    for one in unit.members:
                        above[one.name.upper()].add(signature(one).upper())
        for one in pou.members:
            upper = one.name.upper()
            if one.kind == "METHOD" and "OVERRIDE" not in one.modifiers and upper in above:
                found |= {upper} - ({upper} if signature(one).upper() in above[upper] else set())
    return found
