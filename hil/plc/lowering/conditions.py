"""Which conditions may be left half evaluated: nobody can tell, for nothing in them acts or faults."""

from __future__ import annotations

from hil.plc.tree import Const, Convert, Expr, FieldRef, Operation, PartRef, VariableRef
from hil.plc.types import BOOL, machine

_FAULTLESS = frozenset(("AND", "OR", "XOR", "AND_THEN", "OR_ELSE", "NOT", "=", "<>", "<", ">", "<=", ">="))
_PAIRS = {"AND": "AND", "AND_THEN": "AND", "OR": "OR", "OR_ELSE": "OR"}


def silent(expr: Expr) -> bool:
    """Whether evaluating an expression changes nothing and cannot fault."""
    if isinstance(expr, Const | VariableRef):
        return True
    if isinstance(expr, FieldRef | PartRef):
        return silent(expr.base)
    if isinstance(expr, Convert):
        return silent(expr.operand)
    return isinstance(expr, Operation) and expr.op in _FAULTLESS and all(silent(one) for one in expr.operands)


def connective(expr: Expr) -> str:
    """AND, OR, or NOT around one of them, where jumps can take the place of the operator; or nothing."""
    if not isinstance(expr, Operation) or machine(expr.type) is not BOOL:
        return ""
    if expr.op == "NOT":
        return "NOT" if connective(expr.operands[0]) else ""
    whole = expr.op in ("AND_THEN", "OR_ELSE") or all(silent(one) for one in expr.operands[1:])
    return _PAIRS.get(expr.op, "") if whole else ""
