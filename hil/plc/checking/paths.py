"""VAR_CONFIG and VAR_ACCESS: initial values and names for variables of program instances (IEC 61131-3 clause 6.8.2)."""

from __future__ import annotations

from hil.errors import near
from hil.plc import syntax as s
from hil.plc import types as ty
from hil.plc.checking.scope import Scope
from hil.plc.checking.units import Units
from hil.plc.tree import Access, Instance, Project
from hil.plc.types import POISON, Struct, Type


def apply(configuration: s.Configuration, project: Project, declarations: Units) -> None:
    """Sets the initial values of VAR_CONFIG and notes the names of VAR_ACCESS."""
    scope = Scope(declarations.names, configuration.source, prefixes=configuration.prefixes)
    for one in configuration.paths:
        found = _find(one, project, scope, configuration)
        type_ = declarations.type_of(one.type, scope)
        if found is None or type_ is POISON or found[0] is POISON:
            continue
        own, offset = found
        if not ty.same(own, type_):
            path = ".".join(one.path)
            scope.error(one.at, f"{path} is {own.name}, here it is {type_.name}; make them the same")
        elif one.access:
            line = configuration.source.line(one.at)
            project.access.append(Access(one.access, own, offset, configuration.source.file, line))
        elif one.initial is not None:
            project.image[offset : offset + own.size] = declarations.initial(one.initial, own, scope)


def _find(one: s.Path, project: Project, scope: Scope, configuration: s.Configuration) -> tuple[Type, int] | None:
    """Type and offset of a path from a resource, an instance or a global variable on; None when it was reported."""
    file = configuration.source.file  # its own instances hide those of other configurations
    instances = {each.name.upper(): each for each in sorted(project.instances, key=lambda each: each.file == file)}
    variables = {each.name.upper(): each for each in project.globals}
    steps = one.path if len(one.path) == 1 or one.path[0].upper() in (*instances, *variables) else one.path[1:]
    first = steps[0].upper()
    type_: Type
    if first in instances:
        type_, offset = _memory(instances[first]), instances[first].offset
    elif first in variables:
        type_, offset = variables[first].type, variables[first].offset
    else:
        known = [each.name for each in project.instances] + [each.name for each in project.globals]
        lost = any(each.name.upper() == first for each in configuration.instances)  # its program is nowhere
        cure = "the path begins with one of them"
        scope.unknown(one.at, "instance or global variable", steps[0], known, cure, elsewhere=lost)
        return None
    for step in steps[1:]:
        field = type_.fields.get(step.upper()) if isinstance(type_, Struct) else None
        if field is None:
            names = [each.name for each in type_.fields.values()] if isinstance(type_, Struct) else []
            scope.error(one.at, f"{type_.name} has no member {step}{near(step, names) or '; change the path'}")
            return None
        type_, offset = field.type, offset + field.offset
    return type_, offset


def _memory(instance: Instance) -> Struct:
    assert instance.pou.memory is not None
    return instance.pou.memory
