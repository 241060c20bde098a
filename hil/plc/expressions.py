"""Expressions to the typed tree: names, literals, access paths, operators."""

from __future__ import annotations

from hil.plc import literals
from hil.plc import syntax as s
from hil.plc.parse_expressions import dotted
from hil.plc.scope import Scope
from hil.plc.temporaries import Temporaries
from hil.plc.tree import (
    CastRef,
    Const,
    Convert,
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
    ANY_INT,
    ANY_REAL,
    BOOL,
    ELEMENTARY,
    POISON,
    TIME,
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
    common,
    machine,
    same,
    string,
)
from hil.plc.values import convert, operation, poison, pseudo, spoken

_COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))
_PARTS = {"X": 1, "B": 8, "W": 16, "D": 32, "L": 64}


class Expressions(Temporaries):
    """Checks expressions in one scope. Calls are checked by a subclass."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def expression(self, node: s.Expression) -> Expr:
        """The typed expression; literals that met no type are still ANY_INT or ANY_REAL."""
        if isinstance(node, s.Literal):
            return self._literal_value(node)
        if isinstance(node, s.Binary):
            left = self.expression(node.left)
            return self.binary(node.op, node.at, left, self.expected(node.right, left.type))
        if isinstance(node, s.Unary):
            return self.unary(node.op, node.at, self.expression(node.operand))
        if isinstance(node, s.Call):
            return self.call(node)
        if isinstance(node, s.Aggregate):
            self.scope.error(node.at, "(member := value) stands only beside := in an assignment; assign it first")
            return poison(node.at)
        return self._read(node)

    def call(self, node: s.Call) -> Expr:
        """A call inside an expression."""
        self.scope.error(node.at, "a call cannot stand in a constant; write the value")
        return poison(node.at)

    def value(self, node: s.Expression, target: Type, what: str) -> Expr:
        """The expression in the type that takes it."""
        return self.coerce(self.expected(node, target), target, what)

    def expected(self, node: s.Expression, target: Type | None) -> Expr:
        """An expression where a type is wanted: an enumerator of several enumerations is that of the wanted one."""
        upper = node.name.upper() if isinstance(node, s.Name) else ""
        if isinstance(target, Enum) and upper in target.values and self.scope.variable(upper) is None:
            return Const(target, node.at, target.values[upper][1])
        return self.expression(node)

    def condition(self, node: s.Expression) -> Expr:
        """An expression that must be BOOL."""
        return self.value(node, BOOL, "the condition")

    def constant(self, node: s.Expression, target: Type | None, what: str) -> Const | None:
        """A constant of the given type (or of its own); None when it was reported."""
        found = self.expected(node, target)
        found = self.settle(found) if target is None else self.coerce(found, target, what)
        if found.type is POISON:
            return None
        if not isinstance(found, Const):
            self.scope.error(found.at, f"{what} must be a constant; use a literal or a VAR CONSTANT")
            return None
        return found

    def whole_constant(self, node: s.Expression, what: str) -> int | None:
        """A whole number known now; None when it was reported."""
        found = self.constant(node, None, what)
        if found is None:
            return None
        type_ = machine(found.type)
        if type_ is None or type_.family not in ("int", "uint", "bits") or isinstance(found.value, bytes):
            self.scope.error(found.at, f"{what} must be a whole number, this is {found.type.name}; change it")
            return None
        return int(found.value)

    # ---- literals

    def _literal_value(self, node: s.Literal) -> Expr:
        try:
            if node.prefix:
                return self._typed_literal(node)
            return self._plain_literal(node)
        except ValueError as problem:
            self.scope.error(node.at, str(problem))
            return poison(node.at)

    def _plain_literal(self, node: s.Literal) -> Expr:
        at, text = node.at, node.text
        if node.kind == "int":
            return Const(ANY_INT, at, literals.whole(text))
        if node.kind == "real":
            return Const(ANY_REAL, at, literals.real(text))
        if node.kind in ("TRUE", "FALSE"):
            return Const(BOOL, at, int(node.kind == "TRUE"))
        if node.kind == "time":
            long = text.upper().startswith("L")
            return Const(ELEMENTARY["LTIME"] if long else TIME, at, literals.duration(text))
        if node.kind == "date":
            name, ns = literals.moment(text)
            return Const(ELEMENTARY[name], at, ns)
        if text.startswith('"'):
            raise ValueError("a WSTRING literal has no type here; write it in single quotes")
        content = literals.characters(text)
        return Const(string(len(content)), at, content)

    def _typed_literal(self, node: s.Literal) -> Expr:
        name = node.prefix.upper()
        if node.kind == "id":
            return self._qualified(node.at, node.prefix, node.text)
        if name == "STRING" and node.kind == "string":
            return self._plain_literal(s.Literal(node.at, "string", node.text))
        plain = self._plain_literal(s.Literal(node.at, node.kind, node.text))
        target = ELEMENTARY.get(name) or self.scope.names.types.get(name)
        if target is None:
            raise ValueError(f"no type {node.prefix} for this literal; use an elementary type such as INT#5")
        return self.coerce(plain, target, f"{node.prefix}#")

    def _qualified(self, at: int, type_name: str, value: str) -> Expr:
        type_ = self.named_type(type_name)
        if not isinstance(type_, Enum):
            self.scope.unknown(at, "enumeration", type_name, [], "declare it in TYPE ... END_TYPE")
            return poison(at)
        return self._enum_value(at, type_, value)

    def _enum_value(self, at: int, type_: Enum, value: str) -> Expr:
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

    def _read(self, node: s.Expression) -> Expr:
        found = self.path(node)
        if isinstance(found, VariableRef):
            found.variable.read = True
            if found.variable.constant is not None:
                return Const(found.type, found.at, found.variable.constant.value)
        return found.value if isinstance(found, ValueRef) else found

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
            return VariableRef(variable.type, node.at, variable)
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
        self.scope.unknown(node.at, "variable", node.name, self.scope.variable_names, "declare it in a VAR section")
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
            found = self._enum_value(node.at, type_, node.name)
            assert isinstance(found, Const)
            return found
        names = self.scope.names
        key = self.scope.key(f"{before}.{node.name}", names.globals)
        if (variable := names.globals.get(key)) is not None:
            return VariableRef(variable.type, node.at, variable)
        if (program := self.program(f"{before}.{node.name}", node.at)) is not None:
            return program
        owners = self.scope.enumerator(node.name.upper())
        known = isinstance(node.base, s.Member) or self.named_type(before) or before.upper() in names.pou_declarations
        return Const(owners[0], node.at, owners[0].values[node.name.upper()][1]) if owners and not known else None

    def _member(self, node: s.Member) -> Place | Const:
        if (qualified := self._qualified_name(node)) is not None:
            return qualified
        owner = self._place(node.base)
        if owner is None:
            return poison(node.at)
        declared = isinstance(owner.type, Struct) and node.name.upper() in owner.type.fields
        if not declared and (other := self.other_member(owner, node)) is not None:
            return other
        if not isinstance(owner.type, Struct):
            self.scope.error(
                node.at, f"{text_of(node.base)} is {owner.type.name} and has no member {node.name}; remove it"
            )
            return poison(node.at)
        field = owner.type.fields.get(node.name.upper())
        if field is None:
            names = [one.name for one in owner.type.fields.values()]
            shown = ", ".join(names[:8])
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
        bounds = (0, type_.capacity - 1) if isinstance(type_, String) else (-(1 << 63), (1 << 63) - 1)
        indexes = [self._index(one, bounds, name) for one in node.indexes]
        if any(one.type is POISON for one in indexes):
            return poison(node.at)
        if isinstance(type_, Pointer):
            return self.pointer_element(owner, indexes[0], node.at, name)
        if isinstance(type_, OpenArray):
            return ElementRef(type_.element, node.indexes[0].at, owner, indexes, name)
        assert isinstance(type_, String)
        characters = CastRef(array(((0, type_.capacity - 1),), ELEMENTARY["BYTE"]), node.at, owner)
        return ElementRef(ELEMENTARY["BYTE"], node.indexes[0].at, characters, indexes, name)

    def _direct(self, node: s.Direct) -> Place | Const:
        """%IX0.0: the variable that was declared there, or one of its own."""
        variable = self.scope.names.direct_variable(node.address)
        if variable is None:
            self.scope.error(node.at, f"{node.address} is no complete address; write one like %IX0.0 or %QW4")
            return poison(node.at)
        return VariableRef(variable.type, node.at, variable)

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

    # ---- operators

    def unary(self, op: str, at: int, operand: Expr) -> Expr:
        """Minus or NOT."""
        type_ = machine(operand.type)
        if operand.type is POISON:
            return operand
        allowed = ("bool", "bits") if op == "NOT" else ("int", "real", "time", "any_int", "any_real")
        if type_ is None or type_.family not in allowed or isinstance(operand.type, Enum):
            wanted = "BOOL or a bit string" if op == "NOT" else "a signed number or a duration"
            self.scope.error(at, f"{op} takes {wanted}, this is {spoken(operand.type)}; convert it")
            return poison(at)
        if op == "-" and isinstance(operand, Const) and pseudo(operand.type) and not isinstance(operand.value, bytes):
            return Const(operand.type, at, -operand.value)
        if type_.family == "bool" and isinstance(operand, Const):
            return Const(type_, at, int(not operand.value))
        if op == "-":
            return self.arithmetic(type_, at, "NEG", [operand])
        return operation(type_, at, op, [operand])

    def binary(self, op: str, at: int, left: Expr, right: Expr) -> Expr:
        """An operator between two values."""
        if left.type is POISON or right.type is POISON:
            return poison(at)
        if (pointed := self.pointer_operation(op, at, left, right)) is not None:
            return pointed
        if op in _COMPARISONS:
            return self._comparison(op, at, left, right)
        if op in ("AND", "OR", "XOR", "AND_THEN", "OR_ELSE"):
            return self._logic(op, at, left, right)
        if op == "**":
            return self._power(at, left, right)
        if timed := self._timed(op, at, left, right):
            return timed
        type_ = self.meet(left, right)
        families = ("int", "uint", "any_int") if op == "MOD" else ("int", "uint", "real", "any_int", "any_real")
        if not isinstance(type_, Scalar) or type_.family not in families:
            return self._refuse(op, at, left, right)
        whole = type_.family in ("int", "uint", "any_int")
        if op in ("/", "MOD") and whole and isinstance(right, Const) and pseudo(right.type) and right.value == 0:
            self.scope.error(at, "this divides by zero; change the divisor")
            return poison(at)
        return self.arithmetic(type_, at, op, [self._into(left, type_), self._into(right, type_)])

    def pointer_operation(self, op: str, at: int, left: Expr, right: Expr) -> Expr | None:
        """An operator on addresses; None when there are none."""
        return None

    def meet(self, left: Expr, right: Expr) -> Type | None:
        """The type in which two values are compared or combined; a literal takes the other's type."""
        one, other = base(left.type), base(right.type)
        if pseudo(one) and pseudo(other):
            return ANY_REAL if ANY_REAL in (one, other) else ANY_INT
        if pseudo(one):
            return self._meet_literal(left, right)
        if pseudo(other):
            return self._meet_literal(right, left)
        return common(one, other)

    def _meet_literal(self, literal: Expr, other: Expr) -> Type | None:
        type_ = base(other.type)
        if not isinstance(type_, Scalar):
            return None
        if literal.type is ANY_REAL:
            return type_ if type_.family == "real" else ANY_REAL if type_.family in ("int", "uint") else None
        if not self._literal_fits(literal, type_):
            return None
        settled = self.settle(literal) if type_.family in ("int", "uint") else literal
        if isinstance(literal, Const) and type_.family in ("int", "uint") and not isinstance(literal.value, bytes):
            fits = type_.range[0] <= literal.value <= type_.range[1]
            return type_ if fits else common(type_, settled.type)
        return type_

    def _into(self, expr: Expr, type_: Type) -> Expr:
        if pseudo(type_):
            return expr if pseudo(expr.type) else convert_later(expr, type_)
        if isinstance(expr, Convert) and expr.temporary and same(expr.type, type_):
            return expr
        return self.literal_in(expr, type_) or self.coerce(expr, type_, "the operand")

    def _refuse(self, op: str, at: int, left: Expr, right: Expr) -> Expr:
        one, other = spoken(left.type), spoken(right.type)
        cure = "convert one of them"
        families = {type_.family for type_ in (base(left.type), base(right.type)) if isinstance(type_, Scalar)}
        if op in ("AND", "OR", "XOR") and families & {"int", "uint"}:
            cure = "bit logic takes BOOL, BYTE, WORD, DWORD or LWORD: convert with INT_TO_WORD(...) and the like"
        elif "bits" in families and op not in ("AND", "OR", "XOR"):
            cure = "bit strings do not count: convert with WORD_TO_UINT(...) and the like"
        self.scope.error(at, f"{op} does not combine {one} with {other}; {cure}")
        return poison(at)

    def _comparison(self, op: str, at: int, left: Expr, right: Expr) -> Expr:
        type_ = self.meet(left, right)
        if isinstance(base(left.type), String) and isinstance(base(right.type), String):
            return operation(BOOL, at, op, [left, right])
        if type_ is not None and pseudo(type_):
            settled = self.settle(self.binary("+", at, left, right)).type
            type_ = settled
        if type_ is None or isinstance(type_, Struct | Array):
            return self._refuse(op, at, left, right)
        return self.compared(BOOL, at, op, [self._into(left, type_), self._into(right, type_)])

    def _logic(self, op: str, at: int, left: Expr, right: Expr) -> Expr:
        type_ = self.meet(left, right)
        families = ("bool",) if op in ("AND_THEN", "OR_ELSE") else ("bool", "bits")
        if type_ is ANY_INT:
            type_ = ELEMENTARY["LWORD"]
        if not isinstance(type_, Scalar) or type_.family not in families:
            return self._refuse(op, at, left, right)
        if type_.family == "bool" and self.scope.names.profile.and_on_bool == "short-circuit":
            op = {"AND": "AND_THEN", "OR": "OR_ELSE"}.get(op, op)
        return operation(type_, at, op, [self._into(left, type_), self._into(right, type_)])

    def _power(self, at: int, left: Expr, right: Expr) -> Expr:
        base_type, exponent = base(left.type), base(right.type)
        numbers = ("int", "uint", "real", "any_int", "any_real")
        if not isinstance(base_type, Scalar) or base_type.family not in ("real", "any_int", "any_real"):
            self.scope.error(at, f"** takes a REAL or LREAL base, this is {spoken(left.type)}; convert it")
            return poison(at)
        if not isinstance(exponent, Scalar) or exponent.family not in numbers:
            self.scope.error(at, f"** takes a number as exponent, this is {spoken(right.type)}; convert it")
            return poison(at)
        if not pseudo(base_type):
            wide = right if exponent.family == "real" else self.settle(right)
            power = convert(wide, base_type) if base(wide.type) is not base_type else wide
            return operation(base_type, at, "**", [left, self.adapt(power, base_type)])
        if pseudo(exponent):
            return operation(ANY_REAL, at, "**", [left, right])
        target = exponent if exponent.family == "real" else ELEMENTARY["LREAL"]
        return operation(target, at, "**", [self.adapt(left, target), convert(right, target)])

    def _timed(self, op: str, at: int, left: Expr, right: Expr) -> Expr | None:
        """Arithmetic with durations and moments (table 30), or None."""
        one, other = base(left.type), base(right.type)
        if not isinstance(one, Scalar) or not isinstance(other, Scalar):
            return None
        moments, number = ("date", "tod", "dt"), ("int", "uint", "real", "any_int", "any_real")
        if op in ("+", "-") and other.family == "time" and one.family in ("time", "tod", "dt"):
            type_ = common(one, other) if one.family == "time" else one
            assert type_ is not None
            return operation(type_, at, op, [left, right])
        if op == "-" and one.family == other.family and one.family in moments:
            return operation(ELEMENTARY["LTIME" if one.name.startswith("L") else "TIME"], at, op, [left, right])
        if op in ("*", "/") and one.family == "time" and other.family in number:
            return operation(one, at, op + "T", [left, self._factor(right)])
        if op == "*" and other.family == "time" and one.family in number:
            return operation(other, at, "*T", [right, self._factor(left)])
        return None

    def _factor(self, expr: Expr) -> Expr:
        """The number beside a duration: whole numbers as LINT, reals as LREAL."""
        settled = self.settle(expr)
        type_ = base(settled.type)
        assert isinstance(type_, Scalar)
        target = ELEMENTARY["LREAL" if type_.family == "real" else "LINT"]
        return settled if same(type_, target) else convert(settled, target)


def root_of(place: Place) -> Variable:
    """The variable whose memory a path lies in; of what a pointer points to some variable, anywhere."""
    while not isinstance(place, VariableRef):
        if isinstance(place, DerefRef):
            return Variable("memory", place.type, "local", "absolute", place.at)
        if isinstance(place, ValueRef):
            return Variable("value", place.type, "constant", "absolute", place.at)
        place = place.base
    return place.variable


def convert_later(expr: Expr, type_: Type) -> Expr:
    """A whole variable beside a real literal: becomes whatever real type the literal becomes."""
    return Convert(type_, expr.at, expr)


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
