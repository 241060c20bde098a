"""Declarations to types, memory layouts and initial values."""

from __future__ import annotations

import re
from dataclasses import replace

from hil.plc import syntax as s
from hil.plc import types as ty
from hil.plc.scope import Names, Scope
from hil.plc.standard import Constants
from hil.plc.tree import Const, Pou, Variable
from hil.plc.types import POISON, Array, Field, Struct, Type, machine

SECTIONS = {
    "VAR": "local", "VAR_INPUT": "input", "VAR_OUTPUT": "output", "VAR_IN_OUT": "in_out", "VAR_TEMP": "temp",
    "VAR_EXTERNAL": "external", "VAR_GLOBAL": "global",
}  # fmt: skip
RETAINED = {"RETAIN", "PERSISTENT"}
LARGEST = 16 << 20  # bytes of one variable
MOST = 64 << 20  # bytes of all declared variables and members
_UNIT = re.compile(r"attribute\s+'unit'\s*:=\s*'([^']*)'", re.IGNORECASE)


def unit_of(pragmas: list[str]) -> str:
    """The unit from `{attribute 'unit' := 'K'}`; other pragmas mean nothing here."""
    return next((found.group(1) for one in pragmas if (found := _UNIT.search(one))), "")


class Declarations:
    """Resolves declarations on demand, so that their order does not matter."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._bytes = 0
        self._open: list[str] = []  # types being resolved, against structures that contain themselves

    # ---- types

    def type_of(self, spec: s.TypeSpec, scope: Scope) -> Type:
        """The type that was written; POISON when it was reported."""
        if isinstance(spec, s.NamedType):
            return self._named(spec, scope)
        if isinstance(spec, s.ArrayType):
            return self._array(spec, scope)
        if isinstance(spec, s.StringType):
            return self._string(spec, scope)
        if isinstance(spec, s.SubrangeType):
            return self._subrange(spec, scope)
        if isinstance(spec, s.EnumType):
            return self._enum(spec, scope, "(" + ", ".join(name for _, name, _ in spec.values) + ")")
        if isinstance(spec, s.StructType):
            return self._struct(spec, scope, f"STRUCT at line {scope.source.line(spec.at)}")
        return POISON

    def _named(self, spec: s.NamedType, scope: Scope) -> Type:
        upper = spec.name.upper()
        if upper in ty.ELEMENTARY:
            return ty.ELEMENTARY[upper]
        found = self.declared_type(upper)
        if found is not None:
            return found
        pou = self.names.pou_declarations.get(upper)
        if pou is not None and pou.kind == "FUNCTION_BLOCK":
            return self._block(pou, spec, scope)
        if pou is not None:
            scope.error(
                spec.at,
                f"{spec.name} is a {pou.kind.lower()}, not a type; declare instances of function blocks only",
            )
            return POISON
        blocks = [one.name for one in self.names.pou_declarations.values() if one.kind == "FUNCTION_BLOCK"]
        declared = [one.name for one in self.names.type_declarations.values()]
        known = [*ty.ELEMENTARY, "STRING", *declared, *blocks]
        scope.unknown(spec.at, "type or function block", spec.name, known, "declare it in TYPE ... END_TYPE")
        return POISON

    def _block(self, pou: s.Pou, spec: s.NamedType, scope: Scope) -> Type:
        if pou.name.upper() in self._open:
            scope.error(spec.at, f"{pou.name} contains itself; a function block cannot hold its own instance")
            return POISON
        interface = self.interface(pou.name.upper())
        assert interface is not None
        return interface.memory if interface.memory is not None else POISON

    def declared_type(self, upper: str) -> Type | None:
        """A type of a TYPE section by its name in capitals, or None."""
        if upper in self.names.types:
            return self.names.types[upper]
        declaration = self.names.type_declarations.get(upper)
        if declaration is None:
            return None
        scope = Scope(self.names, declaration.source)
        if upper in self._open:
            scope.error(declaration.at, f"{declaration.name} contains itself; a structure cannot hold its own kind")
            return POISON
        self._open.append(upper)
        found = self._declare(declaration, scope)
        self._open.pop()
        self.names.types[upper] = found
        return found

    def _declare(self, declaration: s.TypeDeclaration, scope: Scope) -> Type:
        spec, name = declaration.type, declaration.name
        if isinstance(spec, s.EnumType):
            found: Type = self._enum(spec, scope, name)
        elif isinstance(spec, s.StructType):
            found = self._struct(spec, scope, name)
        else:
            found = self.type_of(spec, scope)
        if declaration.initial is not None and found is not POISON:
            self.names.types[declaration.name.upper()] = found  # `:= RED` needs the enumeration itself
            found = replace(found, image=self.initial(declaration.initial, found, scope))
        return found

    def _array(self, spec: s.ArrayType, scope: Scope) -> Type:
        element = self.type_of(spec.element, scope)
        check, bounds, count = Constants(scope), list[tuple[int, int]](), 1
        for low, high in spec.ranges:
            first = check.whole_constant(low, "a bound of an array")
            last = check.whole_constant(high, "a bound of an array")
            if first is None or last is None:
                return POISON
            if last < first:
                scope.error(low.at, f"the bounds {first}..{last} are the wrong way round; write {last}..{first}")
                return POISON
            bounds.append((first, last))
            count *= last - first + 1
        if element is POISON:
            return POISON
        if count * element.size > LARGEST:
            size = count * element.size
            scope.error(spec.at, f"this array needs {size} bytes, a variable may have {LARGEST}; make it smaller")
            return POISON
        return ty.array(tuple(bounds), element)

    def _string(self, spec: s.StringType, scope: Scope) -> Type:
        if spec.name == "WSTRING":
            scope.error(spec.at, "WSTRING is not supported; use STRING")
            return POISON
        if spec.length is None:
            return ty.string(ty.DEFAULT_STRING)
        length = Constants(scope).whole_constant(spec.length, "the length of a string")
        if length is None:
            return POISON
        if not 1 <= length <= ty.LONGEST_STRING:
            scope.error(spec.length.at, f"a string has 1 to {ty.LONGEST_STRING} characters, not {length}; change it")
            return POISON
        return ty.string(length)

    def _subrange(self, spec: s.SubrangeType, scope: Scope) -> Type:
        base = self._named(s.NamedType(spec.at, spec.name), scope)
        if base is POISON:
            return POISON
        if not isinstance(base, ty.Scalar) or base.family not in ("int", "uint"):
            scope.error(spec.at, f"a subrange needs a whole type, {spec.name} is none; use INT or its kind")
            return POISON
        check = Constants(scope)
        low, high = (check.constant(one, base, "a bound of the subrange") for one in (spec.low, spec.high))
        if low is None or high is None:
            return POISON
        first, last = int(low.value), int(high.value)
        if last < first:
            scope.error(spec.low.at, f"the bounds {first}..{last} are the wrong way round; write {last}..{first}")
            return POISON
        name = f"{base.name} ({first}..{last})"
        image = ty.encode(base, min(max(0, first), last))
        return ty.Subrange(name, base.size, base.align, image, base, first, last)

    def _enum(self, spec: s.EnumType, scope: Scope, name: str) -> Type:
        base = self._named(s.NamedType(spec.at, spec.base), scope)
        if not isinstance(base, ty.Scalar) or base.family not in ("int", "uint", "bits"):
            if base is not POISON:
                scope.error(spec.at, f"an enumeration needs a whole type, {spec.base} is none; use INT or its kind")
            return POISON
        check, values, following = Constants(scope), dict[str, tuple[str, int]](), 0
        for at, value_name, expression in spec.values:
            if expression is not None:
                found = self._enum_number(expression, base, check, values)
                following = following if found is None else found
            if value_name.upper() in values:
                scope.error(at, f"{value_name} is already a value of this enumeration; choose another name")
            values[value_name.upper()] = (value_name, following)
            following += 1
        image = ty.encode(base, next(iter(values.values()))[1])
        type_ = ty.Enum(name, base.size, base.align, image, base, values)
        for upper in values:
            owners = self.names.enumerators.setdefault(upper, [])
            if not any(ty.same(type_, one) for one in owners):
                owners.append(type_)
        return type_

    def _enum_number(
        self, node: s.Expression, base: Type, check: Constants, values: dict[str, tuple[str, int]]
    ) -> int | None:
        if isinstance(node, s.Name) and node.name.upper() in values:
            return values[node.name.upper()][1]
        found = check.constant(node, base, "an enumerator's number")
        return None if found is None or isinstance(found.value, bytes) else int(found.value)

    def _struct(self, spec: s.StructType, scope: Scope, name: str) -> Type:
        members: list[Field] = []
        seen: set[str] = set()
        for one in spec.fields:
            if one.name.upper() in seen:
                scope.error(one.at, f"{one.name} is already a member of {name}; choose another name")
                continue
            seen.add(one.name.upper())
            type_, image = self._typed(one, scope)
            if type_ is POISON:
                return POISON  # its members are unknown, so are its uses
            members.append(self._field(one, replace(type_, image=image), "local", scope))
        return ty.struct_of(name, members)

    def _field(self, one: s.VariableDeclaration, type_: Type, section: str, scope: Scope) -> Field:
        return Field(one.name, type_, 0, section, unit_of(one.pragmas), scope.source.file, scope.source.line(one.at))

    def _typed(self, one: s.VariableDeclaration, scope: Scope) -> tuple[Type, bytes]:
        type_ = self.type_of(one.type, scope)
        self._bytes += type_.size
        if self._bytes > MOST:
            scope.error(one.at, f"with {one.name} the variables need more than {MOST} bytes; make arrays smaller")
            self._bytes = 0
            return POISON, POISON.image
        if one.initial is None or type_ is POISON:
            return type_, type_.image
        return type_, self.initial(one.initial, type_, scope)

    # ---- initial values

    def initial(self, node: s.Initial, type_: Type, scope: Scope) -> bytes:
        """The bytes of an initial value."""
        if isinstance(node, s.ArrayInitial):
            return self._array_image(node, type_, scope)
        if isinstance(node, s.StructInitial):
            return self._struct_image(node, type_, scope)
        if machine(type_) is None and not isinstance(type_, ty.String):
            cure = "write [a, b, ...]" if isinstance(type_, Array) else "write (member := value, ...)"
            scope.error(node.at, f"{type_.name} has no single value; {cure}")
            return type_.image
        found = Constants(scope).constant(node, type_, "the initial value")
        if found is None:
            return type_.image
        if isinstance(found.value, bytes) and len(found.value) > type_.size - 1:
            scope.error(node.at, f"{len(found.value)} characters do not fit {type_.name}; make it longer")
        return ty.encode(type_, found.value)

    def _array_image(self, node: s.ArrayInitial, type_: Type, scope: Scope) -> bytes:
        if not isinstance(type_, Array):
            scope.error(node.at, f"[...] is the initial value of an array, this is {type_.name}; write one value")
            return type_.image
        image, inner = bytearray(), type_.element
        if isinstance(inner, Array) and any(isinstance(item, s.ArrayInitial) for _, item in node.items):
            pass  # [[1, 2], [3, 4]]: each item is a row
        elif isinstance(inner, Array):
            inner = _innermost(inner)
        for count, item in node.items:
            times = 1 if count is None else Constants(scope).whole_constant(count, "a repetition") or 0
            one = self._flattened(item, type_, inner, scope)
            if len(image) + times * len(one) > type_.size:
                room = type_.size // inner.size
                scope.error(node.at, f"more initial values than the {room} elements of {type_.name}; remove some")
                return type_.image
            image += one * times
        return bytes(image) + type_.image[len(image) :]

    def _flattened(self, item: s.Initial, type_: Array, inner: Type, scope: Scope) -> bytes:
        """An item of [..]: an element, or a row of a two-dimensional array."""
        if isinstance(item, s.ArrayInitial) and len(type_.bounds) > 1:
            return self._array_image(item, ty.array(type_.bounds[1:], type_.element), scope)
        return self.initial(item, inner, scope)

    def _struct_image(self, node: s.StructInitial, type_: Type, scope: Scope) -> bytes:
        if not isinstance(type_, Struct):
            scope.error(node.at, f"(member := value) is for structures, this is {type_.name}; write one value")
            return type_.image
        image = bytearray(type_.image)
        for at, name, item in node.items:
            field = type_.fields.get(name.upper())
            if field is None:
                names = [one.name for one in type_.fields.values()]
                scope.unknown(at, f"member of {type_.name} called", name, names, f"it has {', '.join(names[:8])}")
                continue
            image[field.offset : field.offset + field.type.size] = self.initial(item, field.type, scope)
        return bytes(image)

    # ---- units of organisation

    def interface(self, upper: str) -> Pou | None:
        """A unit with its variables declared; None when unknown or still being declared."""
        if upper in self.names.pous:
            return self.names.pous[upper]
        declaration = self.names.pou_declarations.get(upper)
        if declaration is None or upper in self._open:
            return None
        self._open.append(upper)
        pou = Pou(declaration.name, declaration.kind, declaration.source, declaration.at)
        scope = Scope(self.names, declaration.source, pou, declaration.broken)
        members: list[Field] = []
        self._result(declaration, pou, scope)
        for section in declaration.sections:
            for one in section.variables:
                self._variable(one, section, scope, members)
        if declaration.kind != "FUNCTION":
            self._lay_out(pou, members)
        self._open.pop()
        self.names.pous[upper] = pou
        return pou

    def _result(self, declaration: s.Pou, pou: Pou, scope: Scope) -> None:
        if declaration.kind != "FUNCTION":
            if declaration.result is not None:
                scope.error(declaration.result.at, f"a {declaration.kind} has no result; use VAR_OUTPUT")
            return
        if declaration.result is None:
            return
        type_ = self.type_of(declaration.result, scope)
        pou.result = Variable(pou.name, type_, "result", "local", pou.at, image=type_.image, read=True)
        pou.variables[pou.name.upper()] = pou.result

    def _lay_out(self, pou: Pou, members: list[Field]) -> None:
        memory = ty.struct_of(pou.name, members, block=True)
        pou.memory = memory
        for variable in pou.variables.values():
            if variable.storage == "self":
                variable.offset = memory.fields[variable.name.upper()].offset

    def _variable(self, one: s.VariableDeclaration, section: s.Section, scope: Scope, members: list[Field]) -> None:
        pou, upper = scope.pou, one.name.upper()
        assert pou is not None
        role = SECTIONS.get(section.kind)
        if role is None or (role == "global"):
            scope.error(section.at, f"{section.kind} has no place in a {pou.kind}; use VAR or VAR_EXTERNAL")
            return
        if upper in pou.variables:
            line = scope.source.line(pou.variables[upper].at)
            scope.error(one.at, f"{one.name} is already declared at line {line}; choose another name")
            return
        if role == "external":
            self._external(one, scope)
            return
        type_, image = self._typed(one, scope)
        if pou.kind == "FUNCTION" and isinstance(type_, Struct) and type_.block and role != "in_out":
            what = f"{one.name} cannot be a {type_.name}"
            scope.error(one.at, f"a function keeps nothing between calls, so {what}; use a FUNCTION_BLOCK")
            type_ = POISON
        storage = "local" if role == "temp" or pou.kind == "FUNCTION" else "self"
        variable = Variable(one.name, type_, role, "reference" if role == "in_out" else storage, one.at, image=image)
        if "CONSTANT" in section.qualifiers:
            self._constant(variable, one)
        pou.variables[upper] = variable
        if variable.storage == "self":
            field = self._field(one, replace(type_, image=image), role, scope)
            members.append(replace(field, retain=bool(RETAINED & section.qualifiers)))

    def _constant(self, variable: Variable, one: s.VariableDeclaration) -> None:
        if machine(variable.type) is not None or isinstance(variable.type, ty.String):
            value = ty.decode(variable.type, variable.image)
            value = value.rstrip(b"\0") if isinstance(value, bytes) else value
            variable.constant = Const(variable.type, one.at, value)
        elif variable.section == "local":
            variable.section = "constant"

    def _external(self, one: s.VariableDeclaration, scope: Scope) -> None:
        assert scope.pou is not None
        found = self.names.globals.get(one.name.upper())
        type_ = self.type_of(one.type, scope)
        if found is None:
            known = [each.name for each in self.names.globals.values()]
            scope.unknown(one.at, "VAR_GLOBAL called", one.name, known, "declare it in VAR_GLOBAL")
            found = Variable(one.name, POISON, "external", "absolute", one.at)
        elif type_ is not POISON and found.type is not POISON and not ty.same(type_, found.type):
            scope.error(
                one.at,
                f"{one.name} is {found.type.name} in VAR_GLOBAL and {type_.name} here; make them the same",
            )
        scope.pou.variables[one.name.upper()] = found

    def globals_of(self, section: s.Section, scope: Scope) -> None:
        """Declares the variables of a VAR_GLOBAL."""
        for one in section.variables:
            upper = one.name.upper()
            if upper in self.names.globals:
                scope.error(one.at, f"{one.name} is already a global variable; choose another name")
                continue
            type_, image = self._typed(one, scope)
            variable = Variable(one.name, type_, "global", "absolute", one.at, image=image, unit=unit_of(one.pragmas))
            variable.retain = bool(RETAINED & section.qualifiers)
            if "CONSTANT" in section.qualifiers:
                self._constant(variable, one)
            self.names.globals[upper] = variable
            self.names.global_sources[upper] = scope.source


def _innermost(type_: Type) -> Type:
    while isinstance(type_, Array):
        type_ = type_.element
    return type_
