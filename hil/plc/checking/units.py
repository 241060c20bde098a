"""Units of organisation with their variables, members and bases."""

from __future__ import annotations

import re
from dataclasses import replace

from hil.plc import layout
from hil.plc import syntax as s
from hil.plc import types as ty
from hil.plc.checking.declarations import Declarations, unit_of
from hil.plc.checking.scope import Names, Scope
from hil.plc.diagnostics import Source
from hil.plc.tree import Const, Pou, Variable
from hil.plc.types import POISON, Field, Struct, machine

SECTIONS = {
    "VAR": "local", "VAR_INPUT": "input", "VAR_OUTPUT": "output", "VAR_IN_OUT": "in_out", "VAR_TEMP": "temp",
    "VAR_EXTERNAL": "external", "VAR_GLOBAL": "global", "VAR_STAT": "static", "VAR_INST": "instance",
}  # fmt: skip
RETAINED = {"RETAIN", "PERSISTENT"}
_PASSING = ("METHOD", "GET", "SET", "ACTION")  # members: they keep nothing, except in VAR_INST and VAR_STAT
_EXTERNAL = re.compile(r"\{\s*external(_\w+)?\s*\}", re.IGNORECASE)
CLASS = "__CLASS"  # the member an object begins with: the number of its class


class Units(Declarations):
    """Declares units on demand."""

    def __init__(self, names: Names, related: set[str]) -> None:
        super().__init__(names)
        self._classes = 0
        self.members: dict[str, s.Pou] = {}
        self.setters: set[str] = set()
        self.method_names: set[str] = set()
        self._overloads: dict[str, list[Pou]] = {}  # by a method's name without its parameters
        self._waiting: list[tuple[Pou, s.Pou]] = []  # members, which may name units that are just being declared
        self._extended = self._find_extended() | related

    def _find_extended(self) -> set[str]:
        """Units in a hierarchy, in capitals: their objects begin with the number of their class."""
        found: set[str] = set()
        for one in list(dict.values(self.names.pou_declarations)):
            if one.extends or one.implements:
                found |= self.kin(one)
        return found

    def interface(self, upper: str) -> Pou | None:
        """A unit with its variables declared; None when unknown or still being declared."""
        if upper in self.names.pous:
            return self.names.pous[upper]
        declaration = self.names.pou_declarations.get(upper)
        if declaration is None or upper in self._open:
            return None
        self._open.append(upper)
        pou = Pou(declaration.name, declaration.kind, declaration.source, declaration.at)
        pou.abstract = "ABSTRACT" in declaration.modifiers
        self._bases(declaration, pou)
        scope = self.scope_of(declaration, pou)
        self._result(declaration, pou, scope)
        if declaration.kind == "INTERFACE":
            self._open.pop()
            self._finish(upper, pou, declaration)
            return pou
        members = self._variables(declaration, scope)
        members += self._instance_members(declaration, scope)
        if declaration.kind != "FUNCTION":
            self._lay_out(pou, members, declaration)
        self._open.pop()
        self._finish(upper, pou, declaration)
        return pou

    def _finish(self, upper: str, pou: Pou, declaration: s.Pou) -> None:
        self.names.pous[upper] = pou
        self._waiting += [(pou, one) for one in declaration.members]
        while self._waiting and not self._open:
            self._member(*self._waiting.pop(0))

    def external(self, declaration: s.Pou, pou: Pou | None) -> bool:
        """Whether a unit, or the one a member is of, stands behind {external}: its body is somewhere else."""
        owner = pou.owner if pou is not None else None
        above = self.names.pou_declarations.get(owner.name.upper()) if owner is not None else None
        return any(_EXTERNAL.fullmatch(word) for one in (declaration, above) if one is not None for word in one.pragmas)

    def scope_of(self, declaration: s.Pou, pou: Pou) -> Scope:
        """The names seen from a unit."""
        owner = pou.owner or pou
        broken = declaration.broken or owner.unknown_base
        return Scope(self.names, declaration.source, pou, broken, declaration.prefixes)

    def _bases(self, declaration: s.Pou, pou: Pou) -> None:
        scope = Scope(self.names, declaration.source, prefixes=declaration.prefixes)
        pou.unknown_base = declaration.broken
        for one in declaration.extends:
            if one.name.upper().endswith("IQUERYINTERFACE"):  # what every CODESYS interface has
                continue
            key = scope.key(one.name, self.names.pou_declarations)
            base = self.interface(key)
            if base is None:
                known = [each.name for each in self.names.pou_declarations.values()]
                if key in self._open:
                    scope.error(one.at, f"{declaration.name} extends itself; remove EXTENDS {one.name}")
                else:
                    scope.unknown(one.at, declaration.kind, one.name, known, "declare it", elsewhere=True)
                pou.unknown_base = True
                continue
            kinds = ("INTERFACE",) if pou.kind == "INTERFACE" else ("FUNCTION_BLOCK", "CLASS")
            if base.kind not in kinds:
                pou.unknown_base = True
                scope.error(one.at, f"a {pou.kind} does not extend the {base.kind} {one.name}; name a {kinds[0]}")
                continue
            base_declaration = self.names.pou_declarations[key]
            if "FINAL" in base_declaration.modifiers:
                scope.error(one.at, f"{base.name} is FINAL and cannot be extended; extend another one")
            pou.unknown_base = pou.unknown_base or base.unknown_base
            pou.bases.append(base)
            pou.variables |= {name: each for name, each in base.variables.items() if each.access != "PRIVATE"}
        for one in declaration.implements:
            key = scope.key(one.name, self.names.pou_declarations)
            if key not in self.names.pou_declarations:
                known = [each.name for each in self.names.pou_declarations.values() if each.kind == "INTERFACE"]
                scope.unknown(one.at, "INTERFACE called", one.name, known, "declare it", elsewhere=True)

    def _variables(self, declaration: s.Pou, scope: Scope) -> list[Field]:
        """Declares the variables, constants first since bounds may need them; the order stays that of the text."""
        members: list[Field] = []
        assert scope.pou is not None
        inherited = dict(scope.pou.variables)
        sections = sorted(declaration.sections, key=lambda one: "CONSTANT" not in one.qualifiers)
        for section in sections:
            for one in section.variables:
                self._variable(one, section, scope, members)
        places = {one.name.upper(): one.at for section in declaration.sections for one in section.variables}
        own = sorted(set(scope.pou.variables) - set(inherited), key=lambda name: places.get(name, -1))
        scope.pou.variables = inherited | {name: scope.pou.variables[name] for name in own}
        order = {name: place for place, name in enumerate(own)}
        return sorted(members, key=lambda one: order.get(one.name.upper(), -1))

    def _instance_members(self, declaration: s.Pou, scope: Scope) -> list[Field]:
        """The VAR_INST of methods, which the object keeps."""
        found: list[Field] = []
        for member in declaration.members:
            for section in member.sections:
                for one in section.variables if section.kind == "VAR_INST" else ():
                    type_, image = self.typed(one, scope)
                    type_ = type_ if type_ is POISON else replace(type_, image=image)
                    found.append(replace(self.field_of(one, type_, "local", scope), name=_kept(member.name, one.name)))
        return found

    def _result(self, declaration: s.Pou, pou: Pou, scope: Scope) -> None:
        if declaration.kind not in ("FUNCTION", "METHOD", "GET", "SET"):
            if declaration.result is not None:
                scope.error(declaration.result.at, f"a {declaration.kind} has no result; use VAR_OUTPUT")
            return
        if declaration.result is None:
            return
        type_ = self.type_of(declaration.result, scope)
        if declaration.kind == "SET":
            value = Variable(declaration.short, type_, "input", "local", pou.at, image=type_.image)
            pou.variables[declaration.short.upper()] = value
            return
        pou.result = Variable(declaration.short, type_, "result", "local", pou.at, image=type_.image, read=True)
        pou.variables[declaration.short.upper()] = pou.result

    def _lay_out(self, pou: Pou, members: list[Field], declaration: s.Pou) -> None:
        start = pou.bases[0].memory if pou.bases else None
        if pou.name.upper() in self._extended:
            self._classes += 1
            pou.number = self._classes
            if start is None:
                members.insert(0, Field(CLASS, ty.LINT, 0))
        if declaration.members:  # actions and methods reach the in-outs that the body was called with
            given = [one for one in pou.section("in_out") if not isinstance(one.type, ty.OpenArray)]
            names = [layout.kept(one.name) for one in given]
            inherited = set(start.fields) if start is not None else set[str]()
            members += [Field(name, ty.LINT, 0) for name in names if name.upper() not in inherited]
        memory = ty.struct_of(pou.name, members, block=True, start=start)
        if pou.number:
            memory = replace(memory, image=ty.encode(ty.LINT, pou.number) + memory.image[8:])
        memory = replace(memory, kin=self.kin(declaration))
        pou.memory = memory
        for variable in pou.variables.values():
            if variable.storage == "self":
                variable.offset = memory.fields[variable.name.upper()].offset

    def _variable(self, one: s.VariableDeclaration, section: s.Section, scope: Scope, members: list[Field]) -> None:
        pou, upper = scope.pou, one.name.upper()
        assert pou is not None
        role = SECTIONS.get(section.kind)
        if role is None or role == "global" or (role == "instance" and pou.kind not in _PASSING):
            scope.error(section.at, f"{section.kind} has no place in a {pou.kind}; use VAR or VAR_EXTERNAL")
            return
        if upper in pou.variables and pou.variables[upper] is not pou.result:
            line = scope.source.line(pou.variables[upper].at)
            scope.error(one.at, f"{one.name} is already declared at line {line}; choose another name")
            return
        if role == "external":
            self._external(one, scope)
            return
        type_, image = self.typed(one, scope)
        passing = pou.kind == "FUNCTION" or pou.kind in _PASSING
        if isinstance(type_, ty.OpenArray) and passing and role in ("input", "output"):
            role = "in_out"  # it has no size of its own, so it is passed by its address
        if isinstance(type_, ty.OpenArray) and role != "in_out":
            scope.error(one.at, "ARRAY [*] takes the bounds of what it is given, so it is a VAR_IN_OUT; move it")
            type_ = POISON
        keeps = isinstance(type_, Struct) and type_.block and self.names.profile.blocks_in_functions == "refused"
        if pou.kind == "FUNCTION" and keeps and role not in ("in_out", "static"):
            what = f"{one.name} cannot be a {type_.name}"
            scope.error(one.at, f"a function keeps nothing between calls, so {what}; use a FUNCTION_BLOCK")
            type_ = POISON
        whole = None if role == "in_out" else self.names.pous.get(type_.name.upper())
        if whole is not None and whole.abstract and isinstance(type_, Struct) and type_.block:
            what = f"{type_.name} is ABSTRACT, so {one.name} cannot be one"
            scope.error(one.at, f"{what}; declare one of a type that extends it, or a reference")
            type_ = POISON
        storage = "reference" if role == "in_out" else "local" if role == "temp" or passing else "self"
        if role in ("static", "instance"):
            storage, role = "absolute" if role == "static" or pou.owner is None else "self", "local"
        variable = Variable(one.name, type_, role, storage, one.at, image=image)
        variable.access = _access(section.qualifiers)
        if section.kind == "VAR_INST" and pou.owner is not None and pou.owner.memory is not None:
            method = pou.name.split(".")[-2 if pou.kind in ("GET", "SET") else -1]
            variable.offset = pou.owner.memory.fields[_kept(method, one.name).upper()].offset
        if storage == "absolute":
            self.names.statics.append(variable)
        if "CONSTANT" in section.qualifiers:
            variable.fixed = role in ("input", "in_out")
            self._constant(variable, one)
        pou.variables[upper] = variable
        if (
            one.location
            and pou.kind == "PROGRAM"
            and storage == "self"
            and self._located(variable, one, section, scope)
        ):
            return
        if variable.storage == "self":
            type_ = type_ if type_ is POISON else replace(type_, image=image)
            field = self.field_of(one, type_, "constant" if "CONSTANT" in section.qualifiers else role, scope)
            members.append(replace(field, retain=bool(RETAINED & section.qualifiers)))

    def _located(self, variable: Variable, one: s.VariableDeclaration, section: s.Section, scope: Scope) -> bool:
        """Puts a variable of a program where its address is; False when that is none yet."""
        if not self.names.located.put(variable, one.location):
            return False
        variable.storage = "absolute"
        if variable.bit is None and variable.type is not POISON and scope.pou is not None:
            field = self.field_of(one, variable.type, variable.section, scope)
            field = replace(field, retain=bool(RETAINED & section.qualifiers))
            self.names.located_fields.append((scope.pou, field, variable))
        return True

    def _constant(self, variable: Variable, one: s.VariableDeclaration) -> None:
        if machine(variable.type) is not None or isinstance(variable.type, ty.String):
            value = ty.decode(variable.type, variable.image)
            if isinstance(variable.type, ty.String):
                value = ty.characters(variable.type, variable.image)
            variable.constant = Const(variable.type, one.at, value)
        elif variable.section == "local":
            variable.section = "constant"

    def _external(self, one: s.VariableDeclaration, scope: Scope) -> None:
        assert scope.pou is not None
        found = self.names.globals.get(scope.key(one.name, self.names.globals))
        type_ = self.type_of(one.type, scope)
        if found is None:
            known = [each.name for each in self.names.globals.values()]
            scope.unknown(one.at, "VAR_GLOBAL called", one.name, known, "declare it in VAR_GLOBAL", elsewhere=True)
            found = Variable(one.name, POISON, "external", "absolute", one.at)
        elif type_ is not POISON and found.type is not POISON and not ty.same(type_, found.type):
            scope.error(
                one.at,
                f"{one.name} is {found.type.name} in VAR_GLOBAL and {type_.name} here; make them the same",
            )
        scope.pou.variables[one.name.upper()] = found

    # ---- global variables

    def announce(self, section: s.Section, scope: Scope) -> None:
        """Takes note of the variables of a VAR_GLOBAL; each is declared when it is first needed."""
        prefix = f"{section.namespace.upper()}." if section.namespace else ""
        scope = replace(scope, prefixes=seen_from(section))
        for one in section.variables:
            upper = prefix + one.name.upper()
            if section.list:
                upper = f"{prefix}{section.list.upper()}.{one.name.upper()}"
                if not section.qualified_only:
                    self.names.globals.without_list(prefix + one.name.upper(), upper)
            if upper in self.names.globals:
                scope.error(one.at, f"{one.name} is already a global variable; choose another name")
                continue
            self.names.globals.later(upper, lambda one=one: self._global(one, section, scope))  # type: ignore[misc]

    def announce_library(self, unit: s.Unit | None) -> None:
        """Takes note of a library's global variable."""
        for section in unit.sections if unit is not None else ():
            self.announce(section, Scope(self.names, unit.source, prefixes=section.prefixes))  # type: ignore[union-attr]

    def _global(self, one: s.VariableDeclaration, section: s.Section, scope: Scope) -> tuple[Variable, Source]:
        type_, image = self.typed(one, scope)
        name = f"{section.namespace}.{one.name}" if section.namespace else one.name
        if section.qualified_only or len(self.names.globals.lists_of(name.upper())) > 1:
            name = f"{section.list}.{one.name}" if section.list else name
        variable = Variable(name, type_, "global", "absolute", one.at, image=image, unit=unit_of(one.pragmas))
        variable.retain, variable.location = bool(RETAINED & section.qualifiers), one.location
        if one.location and type_ is not POISON:
            self.names.located.put(variable, one.location)
        if "CONSTANT" in section.qualifiers:
            self._constant(variable, one)
        return variable, scope.source

    # ---- members

    def _member(self, owner: Pou, declaration: s.Pou) -> None:
        """Declares a method, a part of a property or an action of a unit."""
        upper = member_key(owner.name, declaration.name, declaration.kind)
        if upper in self.names.pous:
            scope = Scope(self.names, declaration.source)
            scope.error(declaration.at, f"{declaration.name} is already a member of {owner.name}; choose another name")
            return
        pou = Pou(upper, declaration.kind, declaration.source, declaration.at, owner=owner)
        pou.abstract = "ABSTRACT" in declaration.modifiers or owner.kind == "INTERFACE"
        pou.final, pou.override = "FINAL" in declaration.modifiers, "OVERRIDE" in declaration.modifiers
        pou.access = _access(declaration.modifiers)
        pou.declared = declaration.name
        self.names.pous[upper] = pou
        self.members[upper] = declaration
        owner.exposed = True
        if declaration.kind == "SET":
            self.setters.add(upper)
        elif declaration.kind != "GET":
            self.method_names.add(declaration.short.upper())
        if "(" in declaration.name:
            self._overloads.setdefault(upper.partition("(")[0], []).append(pou)
        scope = self.scope_of(declaration, pou)
        self._result(declaration, pou, scope)
        self._variables(declaration, scope)

    def member(self, owner: Pou, name: str, kind: str) -> Pou | None:
        """A member of a unit or of what it extends."""
        found = self.names.pous.get(member_key(owner.name, name, kind))
        if found is not None:
            return found
        for base in owner.bases:
            if (found := self.member(base, name, kind)) is not None:
                return found
        return next(iter(self.overloads(owner, name)), None) if kind == "METHOD" and "(" not in name else None

    def overloads(self, owner: Pou, name: str) -> list[Pou]:
        """The methods of an overloaded name, those of the bases behind; empty when the name is not overloaded."""
        found = list(self._overloads.get(member_key(owner.name, name, "METHOD"), ()))
        taken = {one.name.partition("(")[2] for one in found}
        for base in owner.bases:
            found += [one for one in self.overloads(base, name) if one.name.partition("(")[2] not in taken]
        return found


def _access(words: set[str]) -> str:
    """Who may not use a variable or member: PRIVATE, PROTECTED, or nobody is kept away."""
    return "PRIVATE" if "PRIVATE" in words else "PROTECTED" if "PROTECTED" in words else ""


def seen_from(section: s.Section) -> s.Prefixes:
    """What may stand before a name in a section of global variables: its own list, too."""
    return (f"{section.list.upper()}.", *section.prefixes) if section.list else section.prefixes


def _kept(method: str, name: str) -> str:
    """The member in which an object keeps a VAR_INST."""
    return f"__{method}_{name}"


def member_key(owner: str, name: str, kind: str) -> str:
    """A member among the units, in capitals; the parts of a property have names of their own."""
    return f"{owner}.{name}{'.' + kind if kind in ('GET', 'SET') else ''}".upper()
