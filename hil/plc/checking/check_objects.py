"""Objects and addresses in expressions: THIS, SUPER, methods, properties, references, pointers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hil.plc import syntax as s
from hil.plc.checking.access_paths import root_of, text_of
from hil.plc.checking.expressions import Expressions
from hil.plc.checking.scope import Scope
from hil.plc.checking.values import convert, operation, poison
from hil.plc.reading.parse_expressions import dotted
from hil.plc.tree import (
    AddressOf,
    Attempt,
    Bound,
    CallFunction,
    Const,
    DerefRef,
    Expr,
    FieldRef,
    PartRef,
    Place,
    Pou,
    ValueRef,
    Variable,
    VariableRef,
)
from hil.plc.types import (
    ADDRESS,
    ANY_INT,
    ANY_POINTER,
    BOOL,
    DINT,
    ELEMENTARY,
    POISON,
    Array,
    Interface,
    OpenArray,
    Pointer,
    Scalar,
    Struct,
    Type,
    machine,
    pointer,
    same,
)

if TYPE_CHECKING:
    from hil.plc.checking.units import Units


_SELF = ("THIS", "SUPER")


def in_out_key(instance: s.Expression, name: str) -> tuple[str, str]:
    """An in-out of an instance, by the text of both in capitals."""
    return dotted(instance).upper(), name.upper()


class Objects(Expressions):
    """Checks what concerns objects and addresses in one body."""

    units: Units

    def __init__(self, scope: Scope, units: Units) -> None:
        super().__init__(scope)
        self.units = units
        self.interface = units.interface
        self.handed: dict[tuple[str, str], Place] = {}  # by instance and in-out: what the last call above gives it
        self.effects = 0  # calls of members and writes through pointers, which may change what they do not name

    # ---- THIS and SUPER

    def owner(self) -> Pou | None:
        """The unit whose instance the body works on."""
        pou = self.scope.pou
        return None if pou is None else pou.owner or pou

    def this(self, at: int, super_: bool = False) -> Place | None:
        """The instance itself, as what its unit extends for SUPER; None when there is none."""
        owner = self.owner()
        if owner is not None and super_:
            owner = owner.bases[0] if owner.bases else None
        if owner is None or owner.memory is None:
            return None
        variable = Variable("SUPER" if super_ else "THIS", owner.memory, "local", "self", at)
        return VariableRef(owner.memory, at, variable)

    def special(self, node: s.Name) -> Place | Const | None:
        """THIS, SUPER, NULL, a property of the own unit, the one instance of a program; None for other names."""
        upper = node.name.upper()
        if upper in ("THIS", "SUPER"):
            found = self.this(node.at, upper == "SUPER")
            owner = self.owner()
            if found is None and owner is not None and owner.unknown_base:
                return poison(node.at)
            if found is None:
                what = "a METHOD or FUNCTION_BLOCK" if upper == "THIS" else "a unit that EXTENDS another"
                self.scope.error(node.at, f"{upper} is the object of {what}; remove it here")
                return poison(node.at)
            return found
        if upper == "NULL":
            return Const(ANY_POINTER, node.at, 0)
        owner, this = self.owner(), self.this(node.at)
        if owner is not None and this is not None and self.units.member(owner, upper, "GET") is not None:
            return self.property_value(this, node.name, node.at)
        return self.program(upper, node.at)

    def program(self, name: str, at: int) -> Place | None:
        """The one instance of a program that is named elsewhere."""
        names = self.scope.names
        key = self.scope.key(name, names.pou_declarations)
        declaration = dict.get(names.pou_declarations, key)
        if declaration is None or declaration.kind != "PROGRAM":
            return None
        pou = self.interface(key)
        if pou is None or pou.memory is None:
            return None
        pou.exposed = True
        if key not in names.singles:
            names.singles[key] = Variable(pou.name, pou.memory, "local", "absolute", at, image=pou.memory.image)
        return VariableRef(pou.memory, at, names.singles[key])

    # ---- members that are not fields

    def other_member(self, owner: Place, node: s.Member) -> Place | Const | None:
        """A property of an object, or what its in-out was given last; None when the member is neither."""
        return self.property_value(owner, node.name, node.at) or self.handed.get(in_out_key(node.base, node.name))

    def hides(self, type_: Type) -> bool:
        """Whether a type has more members than are known: its base was reported."""
        pou = self.unit_of(type_.target if isinstance(type_, Pointer) else type_)
        return pou is not None and pou.unknown_base

    def unit_of(self, type_: Type) -> Pou | None:
        """The unit of an object's or interface's type."""
        if isinstance(type_, Interface) or (isinstance(type_, Struct) and type_.block):
            return self.interface(type_.name.upper())
        return None

    def property_value(self, owner: Place, name: str, at: int) -> Place | None:
        """The value of a property, by its GET."""
        pou = self.unit_of(owner.type)
        get = self.units.member(pou, name, "GET") if pou is not None else None
        if get is None:
            return None
        call = self.member_call(get, owner, [], at)
        return self.follow(ValueRef(call.type, at, call))

    def property_target(self, node: s.Expression) -> tuple[Pou, Place] | None:
        """The SET of a property and its object, when the node names one."""
        if isinstance(node, s.Name):
            owner, name = self.this(node.at), node.name
            if self.scope.variable(name.upper()) is not None:
                return None
        elif isinstance(node, s.Member) and not self.is_qualified(node):
            if (found := self._object_of(node)) is None:
                return None
            owner, name = found, node.name
        else:
            return None
        pou = self.unit_of(owner.type) if owner is not None else None
        if pou is None or owner is None:
            return None
        set_ = self.units.member(pou, name, "SET")
        return None if set_ is None else (set_, owner)

    def _object_of(self, node: s.Member) -> Place | None:
        """The object before the dot, if it has properties at all: looking must not report anything twice."""
        names = self.scope.names
        if not any(key.endswith(f".{node.name.upper()}.SET") for key in self.units.setters):
            return None
        found = self.path(node.base)
        return None if isinstance(found, Const) or names is None else found

    def method(self, node: s.Expression) -> tuple[Pou, Place, bool] | None:
        """The method or action that a callee names, its object, and whether it is SUPER's."""
        if isinstance(node, s.Name):
            this, owner = self.this(node.at), self.owner()
            if this is None or owner is None or self.scope.variable(node.name.upper()) is not None:
                return None
            found = self.units.member(owner, node.name, "METHOD")
            return None if found is None else (found, this, False)
        if not isinstance(node, s.Member) or node.name.upper() not in self.units.method_names:
            return None
        if self.is_qualified(node) and self.program(dotted(node.base), node.at) is None:
            return None
        place = self.path(node.base)
        pou = self.unit_of(place.type)
        if pou is None or isinstance(place, Const):
            return None
        found = self.units.member(pou, node.name, "METHOD")
        above = node.base.base if isinstance(node.base, s.Deref) else node.base
        return None if found is None else (found, place, isinstance(above, s.Name) and above.name.upper() == "SUPER")

    def member_call(self, pou: Pou, instance: Place, inputs: list[Expr], at: int, super_: bool = False) -> CallFunction:
        """A call of a member with its inputs ready."""
        self.effects += 1
        related = pou.owner is not None and pou.owner.number > 0
        virtual = isinstance(instance.type, Interface) or (related and not super_ and not exact(instance))
        if pou.abstract and not virtual:
            self.scope.error(at, f"{pou.name} is abstract and has no body; call it on an object that has one")
        self.note_call(pou, at, virtual)
        result = pou.result.type if pou.result else POISON
        mark_addressed(instance)
        return CallFunction(result, at, pou, inputs, [], instance, virtual)

    def note_call(self, pou: Pou, at: int, virtual: bool = False) -> None:
        """Notes who calls whom, against recursion."""
        if self.scope.pou is None:
            return
        if virtual:
            self.scope.pou.virtual.setdefault(pou.name.upper(), pou)
        else:
            self.scope.pou.calls.setdefault(pou.name.upper(), (pou, at))

    # ---- access words

    def _member(self, node: s.Member) -> Place | Const:
        found = super()._member(node)
        if isinstance(found, FieldRef) and (unit := self.unit_of(found.base.type)) is not None:
            self._guard(unit, found.name, node.at)
        return found

    def _guard(self, unit: Pou, name: str, at: int) -> None:
        """Refuses a variable of an object that is PRIVATE, or PROTECTED, for others than its own kind."""
        declaring: Pou | None = unit
        variable = unit.variables.get(name.upper())
        while variable is not None and declaring is not None and declaring.bases:
            base = declaring.bases[0]
            if base.variables.get(name.upper()) is not variable:
                break
            declaring = base
        if variable is not None and declaring is not None:
            self.guard(variable.access, declaring, name, at)

    def guard(self, access: str, unit: Pou, name: str, at: int) -> None:
        """Refuses what is PRIVATE in a unit, or PROTECTED, for others than its own kind."""
        if not access:
            return
        mine = [one for one in (self.owner(),) if one is not None]
        above = mine[0].memory.kin if mine and mine[0].memory is not None else frozenset[str]()
        if unit in mine or (access == "PROTECTED" and unit.name.upper() in above):
            return
        self.scope.error(at, f"{name} is {access} in {unit.name}; make it PUBLIC or use what is")

    # ---- addresses

    def follow(self, found: Place) -> Place:
        """What a REFERENCE TO refers to; anything else as it is."""
        if isinstance(found.type, Pointer) and found.type.kind == "REFERENCE":
            return DerefRef(found.type.target, found.at, found, "the reference")
        return found

    def deref(self, node: s.Deref) -> Place | Const:
        """`p^`."""
        found = self.expression(node.base)
        if found.type is POISON:
            return poison(node.at)
        if isinstance(found.type, Struct) and isinstance(found, VariableRef) and found.variable.name in _SELF:
            return found
        if not isinstance(found.type, Pointer):
            name = text_of(node.base)
            self.scope.error(node.at, f"{name} is {found.type.name}, not a pointer or reference; remove the ^")
            return poison(node.at)
        return self.pointed(found, node.at, text_of(node.base))

    def pointed(self, found: Expr, at: int, text: str) -> Place | Const:
        """What a pointer points to."""
        assert isinstance(found.type, Pointer)
        target = found.type.target
        if found.type is ANY_POINTER:
            self.scope.error(at, f"{text} points to anything; assign it to a POINTER TO a type first")
        return poison(at) if target is POISON else DerefRef(target, at, found, text)

    def pointer_element(self, owner: Place, index: Expr, at: int, text: str) -> Place | Const:
        """`p[i]` of a pointer: the i-th value from there."""
        assert isinstance(owner.type, Pointer)
        size = Const(ADDRESS, at, owner.type.target.size)
        distance = operation(ADDRESS, at, "*", [convert(index, ADDRESS), size])
        return self.pointed(operation(owner.type, at, "+", [convert_address(owner), distance]), at, text)

    def address(self, place: Place, type_: Type, at: int) -> Expr:
        """The offset of a place."""
        if isinstance(place, DerefRef):
            return AddressOf(type_, at, place)
        root = root_of(place)
        root.pointed = root.addressed = root.read = root.written = True
        self.effects += 1
        if (pou := self.unit_of(place.type)) is not None:
            pou.exposed = True
        return AddressOf(type_, at, place)

    def place_of(self, node: s.Expression, what: str) -> Place | None:
        """A variable whose address is wanted; None when that was reported."""
        found = self.path(node)
        if found.type is POISON:
            return None
        if isinstance(found, Const | PartRef | ValueRef):
            self.scope.error(node.at, f"{what} needs a variable of its own; store the value in one first")
            return None
        return found

    def reference_to(self, node: s.Expression, target: Pointer, what: str) -> Expr:
        """The value of a REFERENCE: the address of what is given."""
        if isinstance(node, s.Literal) or (isinstance(node, s.Name) and node.name.upper() == "NULL"):
            return Const(target, node.at, 0)
        place = self.place_of(node, what)
        if place is None:
            return poison(node.at)
        if not self.fits_target(place.type, target.target):
            have = place.type.name
            self.scope.error(node.at, f"{what} refers to {target.target.name}, this is {have}; the types must be one")
            return poison(node.at)
        return self.address(place, target, node.at)

    def fits_target(self, have: Type, want: Type) -> bool:
        """Whether a pointer to `want` may point to this."""
        if want is POISON or have is POISON or same(have, want):
            return True
        return isinstance(have, Struct) and (want.name.upper() in have.kin or self.hides(have))

    def refer(self, expr: Expr, target: Type, what: str) -> Expr | None:
        """A value as a pointer or interface, or a pointer as a number; None when it does not fit."""
        source = expr.type
        if isinstance(target, Pointer):
            if isinstance(expr, Const) and (source is ANY_INT or source is ANY_POINTER):
                return Const(target, expr.at, int(expr.value) if not isinstance(expr.value, bytes) else 0)
            if isinstance(source, Pointer):
                return retyped(expr, target)
            if target.kind == "REFERENCE" and is_place(expr) and self.fits_target(source, target.target):
                return self.address(as_place(expr), target, expr.at)
            if isinstance(source, Struct) and isinstance(expr, VariableRef) and expr.variable.name == "THIS":
                return self.address(expr, target, expr.at)
            number = machine(source)
            if number is not None and number.family in ("int", "uint", "bits") and not isinstance(source, Interface):
                return retyped(convert(self.settle(expr), ADDRESS), target)
            return None
        if isinstance(target, Interface):
            return self._as_interface(expr, target)
        if isinstance(target, Scalar) and isinstance(source, Pointer) and target.family in ("bits", "uint", "int"):
            return convert(retyped(expr, ADDRESS), target)
        return None

    def _as_interface(self, expr: Expr, target: Interface) -> Expr | None:
        source = expr.type
        if isinstance(expr, Const) and (source is ANY_INT or source is ANY_POINTER):
            return Const(target, expr.at, 0)
        if isinstance(source, Interface) and target.name.upper() in source.kin:
            return retyped(expr, target)
        if isinstance(source, Pointer) and isinstance(source.target, Struct):
            source = source.target
            known = target.name.upper() in source.kin or self.hides(source)
            return retyped(expr, target) if known else None
        if self.hides(source):
            return Const(target, expr.at, 0)
        if isinstance(source, Struct) and target.name.upper() in source.kin and is_place(expr):
            return self.address(as_place(expr), target, expr.at)
        return None

    def attempt(self, expr: Expr, target: Type) -> Expr:
        """`?=`: the same object when it has the interface, or 0."""
        if isinstance(expr.type, Struct) and is_place(expr):
            expr = self.address(as_place(expr), ANY_POINTER, expr.at)
        name = target.target.name if isinstance(target, Pointer) else target.name
        return Attempt(target, expr.at, expr, name.upper())

    def pointer_operation(self, op: str, at: int, left: Expr, right: Expr) -> Expr | None:
        """Arithmetic and comparison with addresses; None when there are none."""
        kinds = (Pointer, Interface)
        if not isinstance(left.type, kinds) and not isinstance(right.type, kinds):
            return None
        both = [self._as_address(one) for one in (left, right)]
        one, other = both
        if one is None or other is None:
            return None
        if op in ("=", "<>", "<", ">", "<=", ">="):
            return operation(BOOL, at, op, [one, other])
        if op in ("+", "-"):
            type_ = left.type if isinstance(left.type, Pointer) else right.type
            if isinstance(left.type, Pointer) and isinstance(right.type, Pointer):
                return operation(
                    ELEMENTARY["LINT"], at, op, [convert(each, ELEMENTARY["LINT"]) for each in both if each]
                )
            return operation(type_, at, op, [one, other])
        if op in ("AND", "OR", "XOR"):
            return operation(ADDRESS, at, op, [one, other])
        return None

    def _as_address(self, expr: Expr) -> Expr | None:
        if isinstance(expr.type, Pointer | Interface):
            return retyped(expr, ADDRESS)
        if isinstance(expr.type, Struct) and is_place(expr) and expr.type.block:
            return self.address(as_place(expr), ADDRESS, expr.at)
        number = machine(self.settle(expr).type)
        if number is None or number.family not in ("int", "uint", "bits"):
            return None
        return convert(self.settle(expr), ADDRESS)

    # ---- the functions of addresses

    def address_function(self, node: s.Call, name: str) -> Expr | None:
        """ADR, REF, SIZEOF, LOWER_BOUND and their kind; None for other functions."""
        arguments = [one.value for one in node.arguments if one.value is not None]
        if name in ("ADR", "REF", "SIZEOF", "XSIZEOF", "__ISVALIDREF") and len(arguments) == 1:
            return self._of_place(node, name, arguments[0])
        if name in ("LOWER_BOUND", "UPPER_BOUND") and len(arguments) == 2:
            return self._bound_of(arguments[0], arguments[1], name == "UPPER_BOUND")
        if name in ("__QUERYINTERFACE", "__QUERYPOINTER") and len(arguments) == 2:
            return self.query(node, arguments[0], arguments[1])
        return None

    def query(self, node: s.Call, source: s.Expression, target: s.Expression) -> Expr:
        """__QUERYINTERFACE(a, b)."""
        raise NotImplementedError

    def _of_place(self, node: s.Call, name: str, argument: s.Expression) -> Expr:
        if name in ("SIZEOF", "XSIZEOF"):
            return self._size(argument)
        if name == "__ISVALIDREF":
            raw = self.raw_path(argument)
            if isinstance(raw, Const) or not isinstance(raw.type, Pointer):
                return poison(node.at) if raw.type is POISON else Const(BOOL, node.at, 1)
            return operation(BOOL, node.at, "<>", [retyped(raw, ADDRESS), Const(ADDRESS, node.at, 0)])
        place = self.place_of(argument, name)
        if place is None:
            return poison(node.at)
        type_: Type = pointer("REF_TO", place.type.name, lambda: place.type) if name == "REF" else ANY_POINTER
        return self.address(place, type_, node.at)

    def _size(self, argument: s.Expression) -> Expr:
        if isinstance(argument, s.Name) and self.scope.variable(argument.name.upper()) is None:
            type_ = self.units.type_of(s.NamedType(argument.at, argument.name), self.scope)
        else:
            type_ = self.expression(argument).type
        return poison(argument.at) if type_ is POISON else Const(ANY_INT, argument.at, type_.size)

    def _bound_of(self, node: s.Expression, dimension: s.Expression, upper: bool) -> Expr:
        place, number = self.path(node), self.whole_constant(dimension, "the dimension")
        if place.type is POISON or number is None:
            return poison(node.at)
        type_ = place.type
        count = type_.dimensions if isinstance(type_, OpenArray) else 0
        count = len(type_.bounds) if isinstance(type_, Array) else count
        if not 1 <= number <= count:
            self.scope.error(
                dimension.at, f"{text_of(node)} has {count} dimensions, {number} is none of them; change it"
            )
            return poison(node.at)
        if isinstance(type_, Array):
            return Const(DINT, node.at, type_.bounds[number - 1][upper])
        assert isinstance(place, VariableRef)
        return Bound(DINT, node.at, place.variable, number - 1, upper)


def exact(place: Place) -> bool:
    """Whether an object's class is known: a declared variable holds nothing else."""
    while isinstance(place, FieldRef):
        place = place.base
    if isinstance(place, VariableRef):
        return place.variable.storage != "reference" and place.variable.name != "THIS"
    return not isinstance(place, DerefRef | ValueRef)


def mark_addressed(place: Place) -> None:
    """Notes that a call works on the variable behind a path."""
    root = root_of(place)
    root.read = root.written = True


def is_place(expr: Expr) -> bool:
    """Whether an expression has an address."""
    return isinstance(expr, Place) and not isinstance(expr, PartRef | ValueRef)


def as_place(expr: Expr) -> Place:
    """The expression as the place that it is."""
    assert isinstance(expr, Place)
    return expr


def retyped(expr: Expr, target: Type) -> Expr:
    """The same machine value under another type."""
    if isinstance(expr, Const):
        return Const(target, expr.at, expr.value)
    return convert(expr, target)


def convert_address(expr: Expr) -> Expr:
    """A pointer as a number."""
    return retyped(expr, ADDRESS)
