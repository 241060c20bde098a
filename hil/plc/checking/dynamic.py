"""Objects and values that a program makes while it runs: __NEW, __DELETE, and the descriptors behind ANY."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.checking.check_objects import as_place, is_place, retyped
from hil.plc.checking.making import Making
from hil.plc.checking.values import convert, operation, poison
from hil.plc.reading.parse_expressions import dotted
from hil.plc.tree import (
    Assign,
    CallFunction,
    Const,
    DerefRef,
    Evaluate,
    Expr,
    FieldRef,
    For,
    If,
    Place,
    Sequence,
    Statement,
    VariableRef,
)
from hil.plc.types import (
    ADDRESS,
    ANY_POINTER,
    BOOL,
    DINT,
    ELEMENTARY,
    POISON,
    ULINT,
    Array,
    Enum,
    Interface,
    Pointer,
    Scalar,
    String,
    Struct,
    Subrange,
    Type,
    decode,
    pointer,
)

_CLASSES = {"DATE": 19, "DT": 20, "TOD": 21, "LTIME": 37, "TIME": 18, "BOOL": 0}  # the numbers of TYPE_CLASS
_CLASSES |= {"BYTE": 2, "WORD": 3, "DWORD": 4, "LWORD": 5, "SINT": 6, "INT": 7, "DINT": 8, "LINT": 9, "USINT": 10}
_CLASSES |= {"UINT": 11, "UDINT": 12, "ULINT": 13, "REAL": 14, "LREAL": 15}


class Dynamic(Making):
    """Checks them."""

    def statement(self, node: s.Statement) -> Statement | None:
        """Any statement."""
        raise NotImplementedError

    def address_function(self, node: s.Call, name: str) -> Expr | None:
        """See Objects; __NEW and __DELETE besides."""
        given = [one.value for one in node.arguments if one.value is not None]
        if name == "__NEW" and len(given) in (1, 2):
            return self._new(node.at, given[0], given[1] if len(given) == 2 else None)
        if name == "__DELETE" and len(given) == 1:
            return self._delete(node.at, given[0])
        return super().address_function(node, name)

    # ---- __NEW and __DELETE

    def _new(self, at: int, what: s.Expression, count: s.Expression | None) -> Expr:
        """The address of a new value with its initial value, or of `count` of them; 0 when there is no room."""
        arguments = what.arguments if isinstance(what, s.Call) else []
        name = dotted(what.callee if isinstance(what, s.Call) else what)
        type_ = self.units.type_of(s.NamedType(at, name), self.scope)
        number = Const(ULINT, at, 1) if count is None else self.settle(self.expression(count))
        pou = self.prelude("__ALLOCATE")
        if type_ is POISON or number.type is POISON or pou is None:
            return poison(at)
        if (unit := self.unit_of(type_)) is not None:
            unit.exposed = True
        many, kind = convert(number, ULINT), pointer("POINTER", type_.name, lambda: type_)
        place = VariableRef(kind, at, self.hidden(kind, at))
        size = operation(ULINT, at, "*", [many, Const(ULINT, at, type_.size)])
        body: list[Statement] = [Assign(place, retyped(CallFunction(ULINT, at, pou, [size], []), kind))]
        first = self._first_values(place, type_, None if count is None else many)
        if arguments or self.method(s.Member(at, s.Deref(at, s.Name(at, place.variable.name)), "FB_Init")) is not None:
            node = s.Initialise(at, s.Deref(at, s.Name(at, place.variable.name)), arguments)
            first += [one] if (one := self.statement(node)) is not None else []
        return Sequence(kind, at, [*body, If([(self._there(place), first)], [])], place)

    def _first_values(self, place: VariableRef, type_: Type, many: Expr | None) -> list[Statement]:
        """Assigns the initial values; memory that was just taken is zero."""
        at = place.at
        if not any(type_.image):
            return []
        value = Const(type_, at, decode(type_, type_.image))
        if many is None:
            return [Assign(DerefRef(type_, at, place, "__NEW"), value)]
        counter = VariableRef(DINT, at, self.hidden(DINT, at))
        element = self.pointer_element(place, counter, at, "__NEW")
        assert not isinstance(element, Const)
        last = operation(
            ELEMENTARY["LINT"], at, "-", [convert(many, ELEMENTARY["LINT"]), Const(ELEMENTARY["LINT"], at, 1)]
        )
        return [For(at, counter, Const(DINT, at, 0), last, Const(DINT, at, 1), [Assign(element, value)], False, False)]

    def _there(self, place: Place) -> Expr:
        return operation(BOOL, place.at, "<>", [retyped(place, ADDRESS), Const(ADDRESS, place.at, 0)])

    def _delete(self, at: int, what: s.Expression) -> Expr:
        """Runs FB_Exit, gives the memory back and clears the pointer."""
        raw, pou = self.raw_path(what), self.prelude("__RELEASE")
        if isinstance(raw, Const) or raw.type is POISON or pou is None:
            return poison(at)
        if not isinstance(raw.type, Pointer | Interface):
            self.scope.error(at, f"__DELETE takes a pointer, this is {raw.type.name}; give what __NEW gave")
            return poison(at)
        body: list[Statement] = []
        leave = s.Member(at, what if isinstance(raw.type, Interface) else s.Deref(at, what), "FB_Exit")
        known = isinstance(raw.type, Interface) or self.unit_of(raw.type.target) is not None
        if known and self.method(leave) is not None:
            copying = s.Argument(at, "", s.Literal(at, "FALSE", "FALSE"))
            one = self.statement(s.Invoke(at, s.Call(at, leave, [copying])))
            body += [one] if one is not None else []
        address = convert(retyped(raw, ADDRESS), ULINT)
        body.append(Evaluate(CallFunction(BOOL, at, pou, [address], [])))
        body.append(Assign(raw, Const(raw.type, at, 0)))
        self.effects += 1
        return Sequence(BOOL, at, [If([(self._there(raw), body)], [])], Const(BOOL, at, 1))

    # ---- ANY

    def value(self, node: s.Expression, target: Type, what: str) -> Expr:
        """See Expressions; an input that is ANY takes a description of what is given."""
        if not isinstance(target, Struct) or target.name != "AnyType":
            return super().value(node, target, what)
        given = self.settle(self.expression(node))
        return given if given.type is POISON or given.type.name == "AnyType" else self._described(given, target)

    def _described(self, given: Expr, target: Struct) -> Expr:
        at, body = given.at, list[Statement]()
        if not is_place(given):
            kept = VariableRef(given.type, at, self.hidden(given.type, at))
            body.append(Assign(kept, given))
            given = kept
        place = VariableRef(target, at, self.hidden(target, at))
        values = {
            "TYPECLASS": Const(target.fields["TYPECLASS"].type, at, class_of(given.type)),
            "PVALUE": retyped(self.address(as_place(given), ANY_POINTER, at), target.fields["PVALUE"].type),
            "DISIZE": Const(DINT, at, given.type.size),
        }
        for name, value in values.items():
            field = target.fields[name]
            body.append(Assign(FieldRef(field.type, at, place, field.name, field.offset), value))
        return Sequence(target, at, body, place)


def class_of(type_: Type) -> int:
    """The number of a type's class, as TYPE_CLASS counts them."""
    if isinstance(type_, Scalar):
        return _CLASSES.get(type_.name, 28)
    if isinstance(type_, String):
        return 16 if type_.width == 1 else 17
    if isinstance(type_, Pointer):
        return 23 if type_.kind == "REFERENCE" else 22
    known: tuple[tuple[type[Type], int], ...] = ((Subrange, 24), (Enum, 25), (Array, 26), (Interface, 39))
    return next((number for kind, number in known if isinstance(type_, kind)), 28)
