"""Statements to the typed tree."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.calls import Calls, root_of
from hil.plc.expressions import text_of
from hil.plc.tree import (
    Assign,
    CallBlock,
    Case,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Jump,
    Loop,
    PartRef,
    Place,
    Statement,
    Variable,
)
from hil.plc.types import INT, POISON, Enum, machine
from hil.plc.values import poison


class Statements(Calls):
    """Checks one body."""

    loops = 0  # around the statement

    def body(self, nodes: list[s.Statement]) -> list[Statement]:
        """The typed statements; those with a mistake are left out."""
        found: list[Statement] = []
        for node in nodes:
            statement = self._statement(node)
            if statement is not None:
                found.append(statement)
        return found

    def _statement(self, node: s.Statement) -> Statement | None:
        if isinstance(node, s.Assign):
            return self._assign(node)
        if isinstance(node, s.Invoke):
            return self._invoke(node)
        if isinstance(node, s.If):
            branches = [(self.condition(condition), self.body(body)) for condition, body in node.branches]
            return If(branches, self.body(node.otherwise))
        if isinstance(node, s.Case):
            return self._case(node)
        if isinstance(node, s.For):
            return self._for(node)
        if isinstance(node, s.Jump):
            if node.kind != "RETURN" and not self.loops:
                self.scope.error(node.at, f"{node.kind} outside of a loop; use RETURN to leave the body")
            return Jump(node.kind)
        return self._loop(node)

    def _assign(self, node: s.Assign) -> Statement | None:
        target = self.target(node.target)
        value = self.expression(node.value)
        if target is None:
            return None
        value = self.coerce(value, target.type, text_of(node.target))
        return None if value.type is POISON else Assign(target, value)

    def _invoke(self, node: s.Invoke) -> Statement | None:
        found = self.block_call(node.call)
        if found is None or isinstance(found, CallBlock | If):
            return found
        return None if found.type is POISON and isinstance(found, Const) else Evaluate(found)

    def _loop(self, node: s.While | s.Repeat) -> Statement:
        before = isinstance(node, s.While)
        condition = self.condition(node.condition if isinstance(node, s.While) else node.until)
        self.loops += 1
        body = self.body(node.body)
        self.loops -= 1
        if not before and condition.type is not POISON:
            condition = self.unary("NOT", condition.at, condition)
        return Loop(node.at, condition, body, before)

    def _case(self, node: s.Case) -> Statement | None:
        selector = self.settle(self.expression(node.selector))
        type_ = machine(selector.type)
        if selector.type is not POISON and (type_ is None or type_.family not in ("int", "uint", "bits")):
            self.scope.error(
                selector.at, f"CASE selects by a whole number or an enumeration, this is {selector.type.name}"
            )
            selector = poison(selector.at)
        taken: dict[int, int] = {}
        branches: list[tuple[list[tuple[int, int]], list[Statement]]] = []
        for labels, body in node.branches:
            ranges = [found for label in labels if (found := self._label(selector, label, taken)) is not None]
            branches.append((ranges, self.body(body)))
        return Case(selector, branches, self.body(node.otherwise))

    def _label(
        self, selector: Expr, label: tuple[s.Expression, s.Expression | None], taken: dict[int, int]
    ) -> tuple[int, int] | None:
        if selector.type is POISON:
            return None
        low = self.constant(label[0], selector.type, "the label")
        high = self.constant(label[1], selector.type, "the label") if label[1] is not None else low
        if low is None or high is None or isinstance(low.value, bytes) or isinstance(high.value, bytes):
            return None
        first, last = int(low.value), int(high.value)
        if last < first:
            self.scope.error(low.at, f"the range {first}..{last} is empty; write {last}..{first}")
        if first in taken and first == last:
            line = self.scope.source.line(taken[first])
            shown = _enumerator(selector, first)
            self.scope.error(low.at, f"the label {shown} was already used at line {line}; remove one")
        taken[first] = low.at
        return first, last

    def _for(self, node: s.For) -> Statement | None:
        variable = self.target(node.variable)
        if variable is not None:
            root_of(variable).read = True
            type_ = machine(variable.type)
            if type_ is None or type_.family not in ("int", "uint", "bits") or isinstance(variable, PartRef):
                name = f"{text_of(node.variable)} is {variable.type.name}"
                self.scope.error(node.at, f"FOR counts in whole numbers, {name}; use an INT")
                variable = None
        type_ = machine(variable.type) if variable is not None else None
        first, last, step = (self._bound(one, type_) for one in (node.first, node.last, node.step))
        self.loops += 1
        body = self.body(node.body)
        self.loops -= 1
        if variable is None or type_ is None or any(one.type is POISON for one in (first, last, step)):
            return None
        if isinstance(step, Const) and step.value == 0:
            self.scope.error(step.at, "a step of 0 never ends; use BY with another number")
            return None
        root = root_of(variable)
        steady = root.section != "in_out" and not assigns(body, root)
        return For(node.at, variable, first, last, step, body, steady, leaves(body))

    def _bound(self, node: s.Expression | None, type_: object) -> Expr:
        """A bound or the step, any whole type: the loop counts wide enough for all."""
        if node is None:
            return Const(INT, 0, 1)
        found = self.settle(self.expression(node))
        kind = machine(found.type)
        if found.type is POISON or type_ is None:
            return poison(node.at)
        if kind is None or kind.family not in ("int", "uint", "bits"):
            self.scope.error(found.at, f"FOR counts in whole numbers, this bound is {found.type.name}; convert it")
            return poison(node.at)
        return found


def _enumerator(selector: Expr, value: int) -> str:
    if isinstance(selector.type, Enum):
        return next((name for name, number in selector.type.values.values() if number == value), str(value))
    return str(value)


def leaves(body: list[Statement]) -> bool:
    """Whether an EXIT of this loop, or a RETURN, is in the body."""
    for one in body:
        if isinstance(one, Jump) and one.kind != "CONTINUE":
            return True
        if isinstance(one, If | Case) and any(leaves(part) for part in blocks(one)):
            return True
        if isinstance(one, For | Loop) and _returns(one.body):
            return True
    return False


def _returns(body: list[Statement]) -> bool:
    return any(
        (isinstance(one, Jump) and one.kind == "RETURN") or any(_returns(part) for part in blocks(one)) for one in body
    )


def blocks(one: Statement) -> list[list[Statement]]:
    """The lists of statements inside a statement."""
    if isinstance(one, If | Case):
        return [body for _, body in one.branches] + [one.otherwise]
    return [one.body] if isinstance(one, For | Loop) else []


def assigns(body: list[Statement], variable: Variable) -> bool:
    """Whether a body may change the variable: by name, or because others see its memory."""
    if variable.storage in ("absolute", "reference") or variable.addressed:
        return True
    for one in flat(body):
        targets: list[Place] = []
        if isinstance(one, Assign):
            targets.append(one.target)
        elif isinstance(one, CallBlock):
            targets += [assign.target for assign in one.outputs]
        elif isinstance(one, For):
            targets.append(one.variable)
        if any(root_of(target) is variable for target in targets):
            return True
    return False


def flat(body: list[Statement]) -> list[Statement]:
    """All statements of a body, those inside others too."""
    found: list[Statement] = []
    for one in body:
        found.append(one)
        for part in blocks(one):
            found += flat(part)
    return found
