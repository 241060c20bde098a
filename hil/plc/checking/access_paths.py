"""Access paths to the typed tree: names, members, elements, parts."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.checking.temporaries import Temporaries
from hil.plc.checking.values import poison
from hil.plc.prelude import FILE, input_of
from hil.plc.prelude import FILE as LIBRARY
from hil.plc.reading.parse_expressions import dotted
from hil.plc.tree import (
    CastRef,
    Const,
    DerefRef,
    ElementRef,
    Expr,
    FieldRef,
    PartRef,
    Place,
    ValueRef,
    Variable,
    VariableRef,
)
from hil.plc.types import (
    ELEMENTARY,
    POISON,
    Array,
    Enum,
    OpenArray,
    Pointer,
    Scalar,
    String,
    Struct,
    Type,
    array,
    base,
    machine,
)

_PARTS = {"X": 1, "B": 8, "W": 16, "D": 32, "L": 64}


class Paths(Temporaries):
    """Checks what a path refers to. Expressions in it are checked by a subclass."""

    qualifier: s.Expression | None = None  # what stands before the dot of the path in work

    def expression(self, node: s.Expression) -> Expr:
        """The typed expression."""
        raise NotImplementedError

    def call(self, node: s.Call) -> Expr:
        """A call inside an expression."""
        raise NotImplementedError

    def enum_value(self, at: int, type_: Enum, value: str) -> Expr:
        """A value of an enumeration by its name."""
        found = type_.values.get(value.upper())
        if found is None:
            names = [name for name, _ in type_.values.values()]
            self.scope.unknown(at, f"value of {type_.name} called", value, names, f"it has {', '.join(names[:8])}")
            return poison(at)
        return Const(type_, at, found[1])

    def named_type(self, name: str) -> Type | None:
        """A declared type by name."""
        return self.scope.names.types.get(self.scope.key(name, self.scope.names.types))

    # ---- access paths

    def read(self, node: s.Expression) -> Expr:
        """The value at a path."""
        found = self.path(node)
        if isinstance(found, VariableRef):
            found.variable.read = True
            if (known := self.known(found.variable)) is not None:
                return Const(found.type, found.at, known.value)
        return found.value if isinstance(found, ValueRef) else found

    def known(self, variable: Variable) -> Const | None:
        """The value of a constant, where nobody gives it another one."""
        return None if variable.fixed else variable.constant

    def path(self, node: s.Expression) -> Place | Const:
        """What a path refers to, through references; a Const for an enumerator or a mistake."""
        found = self.raw_path(node)
        return found if isinstance(found, Const) else self.follow(found)

    def follow(self, found: Place) -> Place:
        """What a REFERENCE TO refers to."""
        return found

    def special(self, node: s.Name) -> Place | Const | None:
        """What a name means that is no variable and no enumerator."""
        return None

    def program(self, name: str, at: int) -> Place | None:
        """The one instance of a program."""
        return None

    def constant_of(self, unit: str, node: s.Member) -> Const | None:
        """A constant of a unit behind the unit's name."""
        names = self.scope.names
        key = self.scope.key(unit, names.pou_declarations)
        pou = names.declare_unit(key) if key in names.pou_declarations else None
        variable = None if pou is None else pou.variables.get(node.name.upper())
        if variable is None or variable.constant is None:
            return None
        return Const(variable.type, node.at, variable.constant.value)

    def hides(self, type_: Type) -> bool:
        """Whether a type has more members than are known."""
        return False

    def other_member(self, owner: Place, node: s.Member) -> Place | Const | None:
        """A member that is no field."""
        return None

    def deref(self, node: s.Deref) -> Place | Const:
        """`p^`."""
        self.scope.error(node.at, "an address is no constant; write the value")
        return poison(node.at)

    def pointer_element(self, owner: Place, index: Expr, at: int, text: str) -> Place | Const:
        """`p[i]`."""
        return poison(at)

    def raw_path(self, node: s.Expression) -> Place | Const:
        """What a name, member, element or part of one refers to; a Const for an enumerator or a mistake."""
        if isinstance(node, s.Name):
            return self._name(node)
        if isinstance(node, s.Member):
            return self._member(node)
        if isinstance(node, s.Index):
            return self._element(node)
        if isinstance(node, s.Part):
            return self._part(node)
        if isinstance(node, s.Deref):
            return self.deref(node)
        if isinstance(node, s.Direct):
            return self._direct(node)
        if isinstance(node, s.Call):
            called = self.call(node)
            return called if isinstance(called, Const | DerefRef) else ValueRef(called.type, node.at, called)
        self.scope.error(node.at, "this is a value, not a variable; store it in a variable first")
        return poison(node.at)

    def _name(self, node: s.Name) -> Place | Const:
        upper = node.name.upper()
        if variable := self.scope.variable(upper):
            return variable_at(variable, node.at)
        if (found := self.special(node)) is not None:
            return found
        owners = self.scope.enumerator(upper)
        if len(owners) == 1:
            return Const(owners[0], node.at, owners[0].values[upper][1])
        if owners:
            choices = " or ".join(f"{one.name}#{node.name}" for one in owners)
            self.scope.error(node.at, f"{node.name} belongs to several enumerations; write {choices}")
            return poison(node.at)
        if upper in self.scope.names.pou_declarations:
            self.scope.error(node.at, f"{node.name} is a {self._kind(upper)}, not a variable; call it or declare one")
            return poison(node.at)
        if len(lists := self.scope.names.globals.lists_of(upper)) > 1:
            self.scope.error(node.at, f"{node.name} is a variable of several lists; write {' or '.join(lists[:5])}")
            return poison(node.at)
        known, cure = self.scope.variable_names, "declare it in a VAR section"
        self.scope.unknown(
            node.at, "variable", node.name, known, cure, elsewhere=node is self.qualifier or self.scope.source.partial
        )
        return poison(node.at)

    def _kind(self, upper: str) -> str:
        return self.scope.names.pou_declarations[upper].kind.lower().replace("_", " ")

    def is_qualified(self, node: s.Member) -> bool:
        """Whether a name with dots begins with a namespace, a type or a list of variables, not with a variable."""
        first: s.Expression = node
        while isinstance(first, s.Member):
            first = first.base
        return isinstance(first, s.Name) and not self.scope.variable(first.name.upper()) and not self.special(first)

    def _qualified_name(self, node: s.Member) -> Place | Const | None:
        """Colour.RED, Namespace.variable, a variable behind the name of its list; None for other paths."""
        before = dotted(node.base)
        if not before or not self.is_qualified(node):
            return None
        type_ = self.named_type(before)
        if isinstance(type_, Enum):
            found = self.enum_value(node.at, type_, node.name)
            assert isinstance(found, Const)
            return found
        names = self.scope.names
        key = self.scope.key(f"{before}.{node.name}", names.globals)
        if (variable := names.globals.get(key)) is not None:
            return variable_at(variable, node.at)
        if (program := self.program(f"{before}.{node.name}", node.at)) is not None:
            return program
        if (constant := self.constant_of(before, node)) is not None:
            return constant
        owners = self.scope.enumerator(node.name.upper())
        known = isinstance(node.base, s.Member) or self.named_type(before) or before.upper() in names.pou_declarations
        return Const(owners[0], node.at, owners[0].values[node.name.upper()][1]) if owners and not known else None

    def _member(self, node: s.Member) -> Place | Const:
        if (qualified := self._qualified_name(node)) is not None:
            return qualified
        self.qualifier = node.base
        owner = self._place(node.base)
        if owner is None:
            return poison(node.at)
        declared = isinstance(owner.type, Struct) and node.name.upper() in owner.type.fields
        if not declared and (other := self.other_member(owner, node)) is not None:
            return other
        if not declared and self.hides(owner.type):
            return poison(node.at)
        if not isinstance(owner.type, Struct):
            self.scope.error(
                node.at, f"{text_of(node.base)} is {owner.type.name} and has no member {node.name}; remove it"
            )
            return poison(node.at)
        field = owner.type.fields.get(node.name.upper())
        unit = self.scope.names.pous.get(owner.type.name.upper()) if field is None else None
        if unit is not None and unit.source.file == FILE:
            field = owner.type.fields.get(input_of(owner.type.name, node.name.upper(), self.scope.names.profile))
        if field is None:
            names = [one.name for one in owner.type.fields.values() if not one.name.startswith("__")]
            kin = {owner.type.name.upper(), *owner.type.kin}
            members = [one for one in self.scope.names.pous.values() if one.owner and one.owner.name.upper() in kin]
            names += dict.fromkeys(one.declared.partition("(")[0] for one in members if one.declared)
            shown = ", ".join(names[:8]) or "none"
            what = f"member of {text_of(node.base)} ({owner.type.name}) called"
            self.scope.unknown(node.at, what, node.name, names, f"it has {shown}")
            return poison(node.at)
        return FieldRef(field.type, node.at, owner, field.name, field.offset)

    def _place(self, node: s.Expression) -> Place | None:
        found = self.path(node)
        if isinstance(found, Const) or found.type is POISON:
            return None
        if isinstance(found, VariableRef):
            found.variable.read = True
        return found

    def _element(self, node: s.Index) -> Place | Const:
        owner = self._place(node.base)
        if owner is None:
            return poison(node.at)
        name = text_of(node.base)
        if isinstance(owner.type, Pointer | OpenArray | String):
            return self._other_element(owner, node, name)
        if not isinstance(owner.type, Array):
            self.scope.error(node.at, f"{name} is {owner.type.name}, not an array; remove the index")
            return poison(node.at)
        type_, given = owner.type, node.indexes
        if len(given) > len(type_.bounds):  # an array of arrays: a[i, j] is a[i][j]
            self.scope.error(
                node.at, f"{name} has {_dimensions(type_)}, here are {len(given)} indexes; remove the surplus"
            )
            return poison(node.at)
        if len(given) < len(type_.bounds):
            self.scope.error(node.at, f"{name} has {_dimensions(type_)}, here is only {len(given)} index; add the rest")
            return poison(node.at)
        indexes = [self._index(one, bounds, name) for one, bounds in zip(given, type_.bounds, strict=True)]
        if any(one.type is POISON for one in indexes):
            return poison(node.at)
        return ElementRef(type_.element, node.indexes[0].at, owner, indexes, name)

    def _other_element(self, owner: Place, node: s.Index, name: str) -> Place | Const:
        """An element of an ARRAY [*], of a string, or behind a pointer."""
        type_ = owner.type
        count = type_.dimensions if isinstance(type_, OpenArray) else 1
        if len(node.indexes) != count:
            self.scope.error(node.at, f"{name} has {count} dimensions, here are {len(node.indexes)} indexes; change it")
            return poison(node.at)
        codes = self.scope.names.profile.string_elements == "codes from 0" or self.scope.source.file == LIBRARY
        bounds = (-(1 << 63), (1 << 63) - 1)
        if isinstance(type_, String):
            bounds = (0, type_.capacity - 1) if codes else (1, type_.capacity)
        indexes = [self._index(one, bounds, name) for one in node.indexes]
        if any(one.type is POISON for one in indexes):
            return poison(node.at)
        if isinstance(type_, Pointer):
            return self.pointer_element(owner, indexes[0], node.at, name)
        if isinstance(type_, OpenArray):
            return ElementRef(type_.element, node.indexes[0].at, owner, indexes, name)
        assert isinstance(type_, String)
        element = ELEMENTARY["BYTE" if type_.width == 1 else "WORD"] if codes else type_.character
        characters = CastRef(array((bounds,), element), node.at, owner)
        return ElementRef(element, node.indexes[0].at, characters, indexes, name)

    def _direct(self, node: s.Direct) -> Place | Const:
        """%IX0.0: the variable that was declared there, or one of its own."""
        variable = self.scope.names.located.direct(node.address)
        if variable is None:
            self.scope.error(node.at, f"{node.address} is no complete address; write one like %IX0.0 or %QW4")
            return poison(node.at)
        return variable_at(variable, node.at)

    def _index(self, node: s.Expression, bounds: tuple[int, int], name: str) -> Expr:
        index = self.settle(self.expression(node))
        type_ = machine(index.type)
        if index.type is POISON:
            return index
        if type_ is None or type_.family not in ("int", "uint", "bits"):
            self.scope.error(index.at, f"an index must be a whole number, this is {index.type.name}; convert it")
            return poison(index.at)
        if (
            isinstance(index, Const)
            and not isinstance(index.value, bytes)
            and not bounds[0] <= index.value <= bounds[1]
        ):
            self.scope.error(
                index.at,
                f"index {index.value} of {name} is outside {bounds[0]}..{bounds[1]}; stay within the bounds",
            )
            return poison(index.at)
        return index

    def _part(self, node: s.Part) -> Place | Const:
        owner = self._place(node.base)
        if owner is None:
            return poison(node.at)
        type_ = base(owner.type)
        if not isinstance(type_, Scalar) or type_.family not in ("bits", "int", "uint"):
            self.scope.error(node.at, f"{text_of(node.base)} is {owner.type.name} and has no bits; use a WORD")
            return poison(node.at)
        bits = _PARTS[node.size]
        if bits * (node.number + 1) > type_.bits:
            last = type_.bits // bits - 1
            name = f"{text_of(node.base)} is {type_.name}"
            self.scope.error(node.at, f"{name}, its parts are numbered 0 to {last}; {node.number} is not")
            return poison(node.at)
        if isinstance(owner, VariableRef):
            owner.variable.read = True
        names = {1: "BOOL", 8: "BYTE", 16: "WORD", 32: "DWORD", 64: "LWORD"}
        return PartRef(ELEMENTARY[names[bits]], node.at, owner, bits, bits * node.number)


def variable_at(variable: Variable, at: int) -> Place:
    """A variable, or the bit of another one that it is."""
    if variable.bit is None:
        return VariableRef(variable.type, at, variable)
    byte, bit = variable.bit
    byte.read = True
    return PartRef(ELEMENTARY["BOOL"], at, VariableRef(byte.type, at, byte), 1, bit)


def root_of(place: Place) -> Variable:
    """The variable whose memory a path lies in; of what a pointer points to some variable, anywhere."""
    while not isinstance(place, VariableRef):
        if isinstance(place, DerefRef):
            return Variable("memory", place.type, "local", "absolute", place.at)
        if isinstance(place, ValueRef):
            return Variable("value", place.type, "constant", "absolute", place.at)
        place = place.base
    return place.variable


def _dimensions(type_: Array) -> str:
    count = len(type_.bounds)
    return f"{count} dimension{'s' if count > 1 else ''}"


def text_of(node: s.Expression) -> str:
    """An access path in the words of the program."""
    if isinstance(node, s.Name):
        return node.name
    if isinstance(node, s.Member):
        return f"{text_of(node.base)}.{node.name}"
    if isinstance(node, s.Index):
        return f"{text_of(node.base)}[...]"
    if isinstance(node, s.Deref):
        return f"{text_of(node.base)}^"
    if isinstance(node, s.Direct):
        return node.address
    return "this"
