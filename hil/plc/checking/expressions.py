"""Expressions to the typed tree: names, literals, access paths, operators."""

from __future__ import annotations

from hil.plc import literals
from hil.plc import syntax as s
from hil.plc.checking.access_paths import Paths
from hil.plc.checking.mixing import meeting, negated, number, stays_short
from hil.plc.checking.scope import Scope
from hil.plc.checking.values import characters_alike, convert, operation, poison, pseudo, spoken
from hil.plc.tree import (
    Const,
    Convert,
    Expr,
)
from hil.plc.types import (
    ANY_INT,
    ANY_REAL,
    BOOL,
    ELEMENTARY,
    LREAL,
    POISON,
    TIME,
    Array,
    Enum,
    Scalar,
    String,
    Struct,
    Type,
    base,
    common,
    machine,
    same,
    string,
)

_COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))


class Expressions(Paths):
    """Checks expressions in one scope. Calls are checked by a subclass."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def expression(self, node: s.Expression) -> Expr:
        """The typed expression; literals that met no type are still ANY_INT or ANY_REAL."""
        if isinstance(node, s.Literal):
            return self._literal_value(node)
        if isinstance(node, s.Binary):
            left = self.expression(node.left)
            if left.type.name == "DTL" and self.scope.names.profile.name == "siemens":
                return self._of_moments(node)
            return self.binary(node.op, node.at, left, self.expected(node.right, left.type))
        if isinstance(node, s.Unary):
            return self.unary(node.op, node.at, self.expression(node.operand))
        if isinstance(node, s.Call):
            return self.call(node)
        if isinstance(node, s.Aggregate):
            self.scope.error(node.at, "(member := value) stands only beside := in an assignment; assign it first")
            return poison(node.at)
        return self.read(node)

    def _of_moments(self, node: s.Binary) -> Expr:
        """DTL + TIME, DTL - TIME, DTL - DTL as T_ADD, T_SUB, T_DIFF; DTLs compare as moments."""
        at, op, right = node.at, node.op, self.expression(node.right)
        if right.type is POISON:
            return right
        if op in ("+", "-"):
            name = "T_ADD" if op == "+" else "T_DIFF" if right.type.name == "DTL" else "T_SUB"
            pair = [s.Argument(at, "", node.left), s.Argument(at, "", node.right)]
            return self.call(s.Call(at, s.Name(at, name), pair))
        if op not in _COMPARISONS or right.type.name != "DTL":
            return self._refuse(op, at, self.expression(node.left), right)
        moments = [
            self.call(s.Call(at, s.Name(at, "DTL_TO_LDT"), [s.Argument(at, "", one)]))
            for one in (node.left, node.right)
        ]
        return self.binary(op, at, *moments)

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
        return self._text_literal(at, text, text.startswith('"'))

    def _text_literal(self, at: int, text: str, wide: bool) -> Expr:
        content, width = literals.characters(text, wide), 2 if wide else 1
        return Const(string(len(content) // width, width), at, content)

    def _typed_literal(self, node: s.Literal) -> Expr:
        name = node.prefix.upper()
        if node.kind == "id":
            return self._qualified(node.at, node.prefix, node.text)
        if name in ("STRING", "WSTRING", "CHAR", "WCHAR") and node.kind == "string":
            text = self._text_literal(node.at, node.text, name.startswith("W"))
            return text if name.endswith("STRING") else self.coerce(text, ELEMENTARY[name], f"{node.prefix}#")
        plain = self._plain_literal(s.Literal(node.at, node.kind, node.text))
        target = ELEMENTARY.get(name) or self.scope.names.types.get(name)
        if target is None:
            raise ValueError(f"no type {node.prefix} for this literal; use an elementary type such as INT#5")
        return self.coerce(plain, target, f"{node.prefix}#")

    def _qualified(self, at: int, type_name: str, value: str) -> Expr:
        type_ = self.named_type(type_name)
        if not isinstance(type_, Enum):
            cure = "declare it in TYPE ... END_TYPE"
            self.scope.unknown(at, "enumeration", type_name, [], cure, elsewhere=True)
            return poison(at)
        return self.enum_value(at, type_, value)

    # ---- operators

    def unary(self, op: str, at: int, operand: Expr) -> Expr:
        """Minus or NOT."""
        type_ = machine(operand.type)
        if operand.type is POISON:
            return operand
        if op == "-" and self.counts_bits and type_ is not None and type_.family in ("uint", "bits"):
            type_ = negated(type_)
            operand = self._into(operand, type_)
        allowed = self._bit_logic if op == "NOT" else ("int", "real", "time", "any_int", "any_real")
        if type_ is None or type_.family not in allowed or isinstance(base(operand.type), Enum):
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
        type_ = None if type_ is None else number(type_, self.scope.names.profile)
        counting = ("int", "uint", "any_int", "bits") if self.counts_bits else ("int", "uint", "any_int")
        families = counting if op == "MOD" else (*counting, "real", "any_real")
        if not isinstance(type_, Scalar) or type_.family not in families:
            return self._refuse(op, at, left, right)
        whole = type_.family in counting
        if op in ("/", "MOD") and whole and isinstance(right, Const) and pseudo(right.type) and right.value == 0:
            self.scope.error(at, "this divides by zero; change the divisor")
            return poison(at)
        found = self.arithmetic(type_, at, op, [self._into(left, type_), self._into(right, type_)])
        return self.shortened(found) if stays_short(left.type, right.type) else found

    @property
    def counts_bits(self) -> bool:
        """Whether bit strings are numbers."""
        return self.scope.names.profile.bits_in_arithmetic == "numbers"

    @property
    def _bit_logic(self) -> tuple[str, ...]:
        """The families whose bits AND, OR, XOR and NOT take."""
        whole = self.scope.names.profile.implicit_conversions != "without loss"
        return ("bool", "bits", "int", "uint") if whole else ("bool", "bits")

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
        return meeting(one, other, self.scope.names.profile)

    def _meet_literal(self, literal: Expr, other: Expr) -> Type | None:
        type_ = number(base(other.type), self.scope.names.profile)
        if not isinstance(type_, Scalar):
            return None
        if literal.type is ANY_REAL:
            return type_ if type_.family == "real" else ANY_REAL if type_.family in ("int", "uint") else None
        if not self._literal_fits(literal, type_):
            return None
        settled = self.settle(literal) if type_.family in ("int", "uint") else literal
        if isinstance(literal, Const) and type_.family in ("int", "uint") and not isinstance(literal.value, bytes):
            fits = type_.range[0] <= literal.value <= type_.range[1]
            return type_ if fits else meeting(type_, settled.type, self.scope.names.profile)
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
        left, right = characters_alike(left, right)
        type_ = self.meet(left, right)
        if isinstance(left.type, String) and isinstance(right.type, String) and left.type.width == right.type.width:
            return operation(BOOL, at, op, [left, right])
        if type_ is not None and pseudo(type_):
            settled = self.settle(self.binary("+", at, left, right)).type
            type_ = settled
        if type_ is None or isinstance(type_, Struct | Array):
            return self._refuse(op, at, left, right)
        return self.compared(BOOL, at, op, [self._into(left, type_), self._into(right, type_)])

    def _logic(self, op: str, at: int, left: Expr, right: Expr) -> Expr:
        type_ = self.meet(left, right)
        families = ("bool",) if op in ("AND_THEN", "OR_ELSE") else self._bit_logic
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
        if self.counts_bits and isinstance(base_type, Scalar) and base_type.family in ("int", "uint", "bits"):
            left, base_type = convert(left, LREAL), LREAL
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
        moments = ("date", "tod", "dt")
        number = ["int", "uint", "real", "any_int", "any_real", *(["bits"] if self.counts_bits else [])]
        if self.scope.names.profile.date_and_duration == "date" and (one.family, other.family) == ("date", "time"):
            return operation(one, at, op, [left, right]) if op in ("+", "-") else None
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


def convert_later(expr: Expr, type_: Type) -> Expr:
    """A whole variable beside a real literal: becomes whatever real type the literal becomes."""
    return Convert(type_, expr.at, expr)
