"""Declarations to types, memory layouts and initial values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from hil.plc import literals
from hil.plc import syntax as s
from hil.plc import types as ty
from hil.plc.checking.constants import Constants, Initials
from hil.plc.checking.scope import Names, Scope
from hil.plc.tree import Pou
from hil.plc.types import POISON, Array, Field, Struct, Type, machine

LARGEST = 16 << 20  # bytes of one variable
MOST = 64 << 20  # bytes of all declared variables and members
_ANY = frozenset(f"ANY{kind}" for kind in ("", "_NUM", "_REAL", "_INT", "_BIT", "_STRING", "_DATE", "_MAGNITUDE"))
_UNIT = re.compile(r"attribute\s+'unit'\s*:=\s*'([^']*)'", re.IGNORECASE)


def unit_of(pragmas: list[str]) -> str:
    """The unit from `{attribute 'unit' := 'K'}`; other pragmas mean nothing here."""
    return next((found.group(1) for one in pragmas if (found := _UNIT.search(one))), "")


class Declarations:
    """Resolves types on demand, so that their order does not matter. Units are declared by a subclass."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._bytes = 0
        self._open: list[str] = []  # types being resolved, against structures that contain themselves
        self._later: list[Callable[[], object]] = []  # targets of pointers and interfaces that nobody asked for yet
        names.declare_type, names.declare_unit, names.type_of = self.declared_type, self.interface, self.type_of

    def finish_pointers(self) -> None:
        """Declares what pointers and interfaces stand for."""
        while self._later:
            self._later.pop()()

    def interface(self, upper: str) -> Pou | None:
        """A unit with its variables declared; None when unknown or still being declared."""
        raise NotImplementedError

    # ---- types

    def type_of(self, spec: s.TypeSpec, scope: Scope) -> Type:
        """The type that was written; POISON when it was reported."""
        if isinstance(spec, s.NamedType):
            return self._named(spec, scope)
        if isinstance(spec, s.ArrayType):
            return self._array(spec, scope)
        if isinstance(spec, s.PointerType):
            return self._pointer(spec, scope)
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
        found = self.declared_type(scope.key(upper, self.names.type_declarations))
        if found is not None:
            return found
        pou = self.names.pou_declarations.get(scope.key(upper, self.names.pou_declarations))
        if pou is not None and pou.kind == "INTERFACE":
            return self.interface_type(pou)
        if pou is not None and pou.kind in ("FUNCTION_BLOCK", "CLASS"):
            return self._block(pou, spec, scope)
        if pou is not None:
            scope.error(
                spec.at,
                f"{spec.name} is a {pou.kind.lower()}, not a type; declare instances of function blocks only",
            )
            return POISON
        if upper in _ANY and (described := self.declared_type(scope.key("ANYTYPE", self.names.type_declarations))):
            return described
        if upper in ty.POINTERS:
            return ty.ANY_POINTER
        blocks = [one.name for one in self.names.pou_declarations.values() if one.kind == "FUNCTION_BLOCK"]
        declared = [one.name for one in self.names.type_declarations.values()]
        known = [*ty.ELEMENTARY, "STRING", "WSTRING", *declared, *blocks]
        cure = "declare it in TYPE ... END_TYPE"
        scope.unknown(spec.at, "type or function block", spec.name, known, cure, elsewhere=True)
        return POISON

    def interface_type(self, declaration: s.Pou) -> Type:
        """The type of variables that hold objects with this INTERFACE."""
        upper = declaration.name.upper()
        if upper not in self.names.types:
            self.names.types[upper] = ty.Interface(declaration.name, 8, 8, bytes(8), self.kin(declaration))
            self._later.append(lambda: self.interface(upper))
        return self.names.types[upper]

    def kin(self, declaration: s.Pou, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """All that an object of a unit may be taken for, in capitals: itself, its bases, its interfaces."""
        upper = declaration.name.upper()
        found = {upper}
        scope = Scope(self.names, declaration.source, prefixes=declaration.prefixes)
        for one in (*declaration.extends, *declaration.implements):
            other = self.names.pou_declarations.get(scope.key(one.name, self.names.pou_declarations))
            if other is not None and other.name.upper() not in seen:
                found |= self.kin(other, seen | {upper})
        return frozenset(found)

    def _pointer(self, spec: s.PointerType, scope: Scope) -> Type:
        """A pointer; its target is resolved when it is used, because it may be what is just being declared."""
        target, found = spec.target, list[Type]()
        if isinstance(target, s.NamedType):
            name = target.name.upper()
            name = scope.key(name, self.names.type_declarations)
            name = name if name in self.names.type_declarations else scope.key(name, self.names.pou_declarations)
        else:
            found.append(self.type_of(target, scope))
            name = found[0].name
            if isinstance(found[0], ty.OpenArray):
                words = "a reference keeps no bounds, so it cannot lead to an ARRAY [*]"
                scope.error(spec.at, f"{words}; name the bounds, or pass the array as VAR_IN_OUT")
            if found[0] is POISON or isinstance(found[0], ty.OpenArray):
                return POISON

        def resolve() -> Type:
            if not found:
                found.append(self.type_of(target, scope))
            return found[0]

        self._later.append(resolve)
        return ty.pointer(spec.kind, name, resolve)

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
        scope = Scope(self.names, declaration.source, prefixes=declaration.prefixes)
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
        if spec.open and element is not POISON:
            name = f"ARRAY [{', '.join('*' * spec.open)}] OF {element.name}"
            return ty.OpenArray(name, 8, 8, bytes(8), element, spec.open)
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
        width = 2 if spec.name == "WSTRING" else 1
        if spec.length is None:
            return ty.string(int(scope.names.profile.string_length), width)
        length = Constants(scope).whole_constant(spec.length, "the length of a string")
        if length is None:
            return POISON
        if not 1 <= length <= ty.LONGEST_STRING:
            scope.error(spec.length.at, f"a string has 1 to {ty.LONGEST_STRING} characters, not {length}; change it")
            return POISON
        return ty.string(length, width)

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
        if not spec.named and base is ty.INT and any(_beyond(one) for _, _, one in spec.values):
            base = ty.DINT  # CODESYS takes a wider type for numbers that need one
        for at, value_name, expression in spec.values:
            if expression is not None:
                found = self._enum_number(expression, base, check, values)
                following = following if found is None else found
            if value_name.upper() in values:
                scope.error(at, f"{value_name} is already a value of this enumeration; choose another name")
            values[value_name.upper()] = (value_name, following)
            following += 1
        image = ty.encode(base, next(iter(values.values()))[1])
        type_ = ty.Enum(name, base.size, base.align, image, base, values, spec.named, spec.strict)
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
        start = self._named(s.NamedType(spec.at, spec.extends), scope) if spec.extends else None
        if start is POISON:
            return POISON
        if start is not None and not isinstance(start, Struct):
            scope.error(spec.at, f"{start.name} is no structure and cannot be extended; name a STRUCT")
            return POISON
        seen = set(start.fields) if start is not None else set[str]()
        for one in spec.fields:
            if one.name.upper() in seen:
                scope.error(one.at, f"{one.name} is already a member of {name}; choose another name")
                continue
            seen.add(one.name.upper())
            type_, image = self.typed(one, scope)
            if type_ is POISON:
                return POISON  # its members are unknown, so are its uses
            members.append(self.field_of(one, replace(type_, image=image), "local", scope))
        return ty.union_of(name, members) if spec.union else ty.struct_of(name, members, start=start)

    def field_of(self, one: s.VariableDeclaration, type_: Type, section: str, scope: Scope) -> Field:
        """A declared variable as a member; it is placed later."""
        line = scope.source.line(one.at)
        place = (scope.source.file, line)
        return Field(one.name, type_, 0, section, unit_of(one.pragmas), *place, location=one.location)

    def typed(self, one: s.VariableDeclaration, scope: Scope) -> tuple[Type, bytes]:
        """The type and the initial bytes of a declared variable."""
        type_ = self.type_of(one.type, scope)
        self._bytes += type_.size
        if self._bytes > MOST:
            scope.error(one.at, f"with {one.name} the variables need more than {MOST} bytes; make arrays smaller")
            self._bytes = 0
            return POISON, POISON.image
        if one.initial is None or type_ is POISON or isinstance(type_, ty.Pointer | ty.Interface):
            return type_, type_.image  # addresses are not known yet: see initial_assigns
        return type_, self.initial(one.initial, type_, scope)

    def unknown_base(self, type_: Struct) -> bool:
        """Whether a block has more members than are known."""
        pou = self.interface(type_.name.upper()) if type_.block else None
        return pou is not None and pou.unknown_base

    # ---- initial values

    def initial(self, node: s.Initial, type_: Type, scope: Scope) -> bytes:
        """The bytes of an initial value."""
        if isinstance(node, s.Aggregate):
            node = node.initial
        if type_ is POISON:
            return type_.image
        if isinstance(node, s.ArrayInitial):
            return self._array_image(node, type_, scope)
        if isinstance(node, s.StructInitial):
            return self._struct_image(node, type_, scope)
        composed = machine(type_) is None and not isinstance(type_, ty.String)
        if composed and (image := Initials(scope).composed(node, type_)) is not None:
            return image
        if composed:
            cure = "write [a, b, ...]" if isinstance(type_, Array) else "write (member := value, ...)"
            scope.error(node.at, f"{type_.name} has no single value; {cure}")
            return type_.image
        found = Initials(scope).constant(node, type_, "the initial value")
        if found is None:
            return type_.image
        if isinstance(type_, ty.String) and isinstance(found.type, ty.String) and found.type.capacity > type_.capacity:
            scope.error(node.at, f"{found.type.capacity} characters do not fit {type_.name}; make it longer")
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
            if count is not None and isinstance(item, s.ArrayInitial) and not isinstance(inner, Array):
                one = b"".join(self.initial(each, inner, scope) for _, each in item.items)  # 2(7, 8)
            else:
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
            if len(node.items) == 1 and not node.items[0][1]:  # a value in parentheses
                return self.initial(node.items[0][2], type_, scope)
            scope.error(node.at, f"(member := value) is for structures, this is {type_.name}; write one value")
            return type_.image
        image, order = bytearray(type_.image), iter(type_.fields)
        for at, given, item in node.items:
            name = given or next(order, "")
            if not name:
                scope.error(at, f"{type_.name} has {len(type_.fields)} members; remove the surplus")
                break
            field = type_.fields.get(name.upper())
            if field is None:
                if self.unknown_base(type_):
                    continue
                names = [one.name for one in type_.fields.values() if not one.name.startswith("__")]
                scope.unknown(at, f"member of {type_.name} called", name, names, f"it has {', '.join(names[:8])}")
                continue
            image[field.offset : field.offset + field.type.size] = self.initial(item, field.type, scope)
        return bytes(image)


def _beyond(node: s.Expression | None) -> bool:
    """Whether a literal is no INT."""
    if not isinstance(node, s.Literal) or node.kind != "int" or node.prefix:
        return False
    return not ty.INT.range[0] <= literals.whole(node.text) <= ty.INT.range[1]


def _innermost(type_: Type) -> Type:
    while isinstance(type_, Array):
        type_ = type_.element
    return type_
