"""What is known about whole numbers while compiling, so that an index inside a FOR needs no check."""

from __future__ import annotations

from hil.plc.tree import Const, Convert, Expr, Operation, Standard, Variable, VariableRef
from hil.plc.types import Scalar, machine

Range = tuple[int, int]


class Ranges:
    """Lowest and highest value of expressions; the variables of running FOR loops are the facts."""

    def __init__(self) -> None:
        self.variables: dict[Variable, Range] = {}

    def of(self, expr: Expr) -> Range:
        """The range of a whole number: never narrower than the truth."""
        type_ = machine(expr.type)
        if type_ is None or type_.family == "real":
            return -(1 << 64), 1 << 64
        found = self._inner(expr, type_)
        return found if type_.range[0] <= found[0] and found[1] <= type_.range[1] else type_.range

    def _inner(self, expr: Expr, type_: Scalar) -> Range:
        if isinstance(expr, Const) and not isinstance(expr.value, bytes):
            return int(expr.value), int(expr.value)
        if isinstance(expr, VariableRef):
            return self.variables.get(expr.variable, type_.range)
        if isinstance(expr, Convert):
            source = machine(expr.operand.type)
            whole = source is not None and source.family in ("int", "uint", "bits", "bool")
            return self.of(expr.operand) if whole else type_.range
        if isinstance(expr, Standard) and expr.name in ("MIN", "MAX"):
            (a, b), (c, d) = (self.of(one) for one in expr.operands)
            return (min(a, c), min(b, d)) if expr.name == "MIN" else (max(a, c), max(b, d))
        if isinstance(expr, Operation) and len(expr.operands) == 2:
            return self._operation(expr, type_)
        return type_.range

    def _operation(self, expr: Operation, type_: Scalar) -> Range:
        if machine(expr.operands[0].type) is not type_:
            return type_.range
        (a, b), (c, d) = (self.of(one) for one in expr.operands)
        if expr.op == "+":
            return a + c, b + d
        if expr.op == "-":
            return a - d, b - c
        if expr.op == "*":
            corners = (a * c, a * d, b * c, b * d)
            return min(corners), max(corners)
        if expr.op == "MOD" and c == d and c > 0:
            return (0 if a >= 0 else 1 - c), min(c - 1, max(b, 0))
        if expr.op == "AND" and type_.family == "bits":
            return 0, min(b, d)
        return type_.range
