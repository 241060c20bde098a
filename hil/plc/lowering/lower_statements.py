"""Typed statements to LLVM."""

from __future__ import annotations

from collections import Counter

from hil.plc import layout
from hil.plc.lowering.conditions import connective
from hil.plc.lowering.costs import Costs
from hil.plc.lowering.emit import constant, symbol, value_type
from hil.plc.lowering.lower_objects import ObjectLowering
from hil.plc.lowering.module import Module
from hil.plc.tree import (
    Assign,
    CallBlock,
    Case,
    Const,
    Evaluate,
    Expr,
    For,
    Goto,
    If,
    Jump,
    Label,
    Loop,
    Operation,
    Pou,
    Sequence,
    Statement,
    Try,
    Variable,
    VariableRef,
    scalar,
)
from hil.plc.types import Scalar, String, machine

MOST_CASES = 256  # labels of a jump table; longer ranges are compared


class StatementLowering(ObjectLowering):
    """Lowers the body of one unit."""

    def __init__(self, module: Module, pou: Pou, costs: Costs) -> None:
        super().__init__(module, pou)
        self.costs = costs
        self.called: Counter[str] = Counter()  # call sites of function blocks
        self._loops: list[tuple[str, str]] = []  # (label of CONTINUE, label of EXIT)

    def other_value(self, expr: Expr) -> str:
        """Values that need statements first."""
        if not isinstance(expr, Sequence):
            return super().other_value(expr)
        self.body(expr.body)
        return self.value(expr.value)

    def body(self, statements: list[Statement]) -> None:
        """All statements in order."""
        for one in statements:
            self._statement(one)

    def _statement(self, one: Statement) -> None:
        self.probes.statement(one)
        if isinstance(one, Assign):
            self._assign(one)
        elif isinstance(one, Evaluate):
            self.value(one.call)
        elif isinstance(one, CallBlock):
            self._call_block(one)
        elif isinstance(one, If):
            self._if(one)
        elif isinstance(one, Case):
            self._case(one)
        elif isinstance(one, For):
            self._for(one)
        elif isinstance(one, Loop):
            self._loop(one)
        elif isinstance(one, Try):
            self._try(one)
        elif isinstance(one, Label):
            self.text.label(f"user.{symbol(one.name)}")
        elif isinstance(one, Goto):
            self.charge(str(1 + self.costs.body(self.pou.body)), one.at)
            self.text.go(f"user.{symbol(one.name)}")
        else:
            self._jump(one)

    def _assign(self, one: Assign) -> None:
        target, operand = one.target, self.value(one.value)
        if machine(target.type) is not None:
            self.store(target, operand)
        elif isinstance(target.type, String):
            self.copy_string(self.address(target), target.type, operand)
        else:
            self.copy(self.address(target), operand, target.type.size)

    def _call_block(self, one: CallBlock) -> None:
        for assign in one.inputs:
            self._assign(assign)
        instance, since = self.instance(one.instance), len(self.lent)
        formals = one.pou.section("in_out")
        references = "".join(
            f", {self.reference(place, formal.type)}" for place, formal in zip(one.references, formals, strict=True)
        )
        function, place = self.target_of(one)
        arguments = f"i64 %t, ptr %head, ptr %mem, ptr {instance}{references}"
        self.called[one.pou.name.upper()] += 1
        failed, done = self.text.fresh("failed"), self.text.fresh("called")
        with self.caught(failed if one.eno is not None else ""):
            self.check_status(self.text.let(f"call i64 {function}({place}{arguments})"))
            self.give_back(since)
        if one.eno is not None:
            self.store(one.eno, "true")
            self.text.go(done)
            self.text.label(failed)
            self.store(one.eno, "false")
            self.text.label(done)
        for assign in one.outputs:
            self._assign(assign)

    def _jump(self, one: Jump) -> None:
        if one.kind == "RETURN":
            self.text.go("exit")
        elif self._loops:
            self.text.go(self._loops[-1][one.kind == "EXIT"])

    def _if(self, one: If) -> None:
        text, done = self.text, self.text.fresh("endif")
        for condition, body in one.branches:
            yes, no = text.fresh("then"), text.fresh("else")
            self._branch(one, condition, (yes, no))
            text.label(yes)
            self.body(body)
            text.go(done)
            text.label(no)
        self.body(one.otherwise)
        text.label(done)

    def _branch(self, one: Statement, condition: Expr, targets: tuple[str, str], *, inverted: bool = False) -> None:
        """Jumps to one of two labels; where coverage is measured, every condition is evaluated."""
        if self.module.coverage is None:
            self._decide(condition, *targets)
            return
        self.probes.decision(one, condition)
        operand = self.value(condition)
        self.probes.outcome(one, condition, operand, inverted=inverted)
        self.text.split(operand, *targets)

    def _decide(self, condition: Expr, yes: str, no: str) -> None:
        """Jumps as soon as the answer is known."""
        text, operator = self.text, connective(condition)
        if not isinstance(condition, Operation) or not operator:
            text.split(self.value(condition), yes, no)
        elif operator == "NOT":
            self._decide(condition.operands[0], no, yes)
        else:
            for one in condition.operands[:-1]:
                more = text.fresh("more")
                self._decide(one, *((more, no) if operator == "AND" else (yes, more)))
                text.label(more)
            self._decide(condition.operands[-1], yes, no)

    def _case(self, one: Case) -> None:
        text, selector, type_ = self.text, self.value(one.selector), scalar(one.selector)
        done, otherwise = text.fresh("endcase"), text.fresh("otherwise")
        targets = [text.fresh("case") for _ in one.branches]
        table: dict[int, str] = {}
        size = sum(high - low + 1 for labels, _ in one.branches for low, high in labels)
        if size <= MOST_CASES:
            for (labels, _), target in zip(one.branches, targets, strict=True):
                for low, high in labels:
                    for number in range(low, high + 1):
                        table.setdefault(number, target)
            entries = " ".join(f"{value_type(type_)} {number}, label %{target}" for number, target in table.items())
            text.end(f"switch {value_type(type_)} {selector}, label %{otherwise} [ {entries} ]")
        else:
            self._compare_cases(one, selector, type_, targets)
            text.go(otherwise)
        for (labels, body), target in zip(one.branches, targets, strict=True):
            text.label(target)
            self.probes.branch(one, ", ".join(f"{low}" if low == high else f"{low}..{high}" for low, high in labels))
            self.body(body)
            text.go(done)
        text.label(otherwise)
        self.probes.branch(one, "ELSE")
        self.body(one.otherwise)
        text.label(done)

    def _compare_cases(self, one: Case, selector: str, type_: Scalar, targets: list[str]) -> None:
        text, kind, sign = self.text, value_type(type_), "s" if type_.signed else "u"
        for (labels, _), target in zip(one.branches, targets, strict=True):
            for low, high in labels:
                above = text.let(f"icmp {sign}ge {kind} {selector}, {constant(type_, low)}")
                below = text.let(f"icmp {sign}le {kind} {selector}, {constant(type_, high)}")
                following = text.fresh("next")
                text.split(text.let(f"and i1 {above}, {below}"), target, following)
                text.label(following)

    def _try(self, one: Try) -> None:
        """Faults of the body, and of what it calls, go to the handler; those of the handler go where they went."""
        text = self.text
        failed, last = text.fresh("catch"), text.fresh("finally")
        before, self.exception = self.exception, text.slot("i64")
        with self.caught(failed):
            self.body(one.body)
        text.go(last)
        text.label(failed)
        if one.code is not None:
            type_, code = scalar(one.code), text.let(f"load i64, ptr {self.exception}, align 8")
            self.store(one.code, self._narrow(code, type_, 64) if type_.bits < 64 else code)
        self.exception = before
        self.body(one.handled)
        text.label(last)
        self.body(one.last)

    # ---- loops

    def charge(self, passes: str, at: int) -> None:
        """Takes loop passes from what the scan may make."""
        text, self.module.counts = self.text, True
        place = text.let(f"getelementptr inbounds i8, ptr %head, i64 {layout.BUDGET}")
        left = text.let(f"load i64, ptr {place}, align 8")
        rest = text.let(f"sub i64 {left}, {passes}")
        text.do(f"store i64 {rest}, ptr {place}, align 8")
        bad = text.let(f"icmp slt i64 {rest}, 0")
        message = "the loops of one scan made more than {2:,} passes"
        self.guard(bad, "endless loop", at, message)

    def _loop(self, one: Loop) -> None:
        text = self.text
        head, inside, again, done = (text.fresh(hint) for hint in ("loop", "body", "again", "endloop"))
        text.go(again if one.before else head)
        text.label(head)
        self.charge(str(1 + self.costs.body(one.body)), one.at)
        text.label(inside)
        self._inside(one.body, again, done)
        text.label(again)
        self._branch(one, one.condition, (head, done), inverted=not one.before)
        text.label(done)

    def _inside(self, body: list[Statement], again: str, done: str) -> None:
        self._loops.append((again, done))
        self.body(body)
        self._loops.pop()

    def _for(self, one: For) -> None:
        """Counts so wide that nothing wraps; the variable ends one step behind its last pass if it can."""
        type_, text = scalar(one.variable), self.text
        width = 128 if type_.bits == 64 or any(scalar(each).bits == 64 for each in (one.last, one.step)) else 64
        first = self._bound(one.first, width)
        last, step = self._bound(one.last, width), self._bound(one.step, width)
        up = self._upwards(one, step, width)
        self.store(one.variable, self._narrow(first, type_, width))
        inside, again, more, done = (text.fresh(hint) for hint in ("for", "again", "more", "endfor"))
        entered = self._within(first, last, up, width)
        self.probes.outcome(one, None, entered)
        passes = self.costs.passes(one)
        counted = self.costs.counted(one)
        before = counted and one.steady and not one.leaves and width == 64 and not self.costs.wraps
        if before:
            self._charge_all(one, first, last, step, up, entered)
        text.split(entered, inside, done)
        text.label(inside)
        if counted and not before:
            self.charge(str(1 + self.costs.body(one.body)), one.at)
        known = self._known_range(one, passes)
        self._inside(one.body, again, done)
        if known is not None:
            del self.ranges.variables[known]
        text.label(again)
        self._advance(one, type_, width, (last, step, up), (inside, more, done))

    def _advance(
        self,
        one: For,
        type_: Scalar,
        width: int,
        bounds: tuple[str, str, str | bool],
        labels: tuple[str, str, str],
    ) -> None:
        (last, step, up), (inside, more, done), text = bounds, labels, self.text
        current = self.wide(self.load(one.variable), type_, width)
        following = text.let(f"add nsw i{width} {current}, {step}")
        if self.costs.wraps:
            following = self.wide(self._narrow(following, type_, width), type_, width)
        goes_on = self._within(following, last, up, width)
        self.probes.outcome(one, None, goes_on)
        beyond = text.fresh("last")
        text.split(goes_on, more, beyond)
        text.label(more)
        self.store(one.variable, self._narrow(following, type_, width))
        text.go(inside)
        text.label(beyond)
        if self.module.profile.for_variable_after == "one step behind":
            self._step_behind(one, type_, width, following)
        text.label(done)

    def _step_behind(self, one: For, type_: Scalar, width: int, following: str) -> None:
        text = self.text
        narrow = self._narrow(following, type_, width)
        back = self.wide(narrow, type_, width)
        fits = text.let(f"icmp eq i{width} {back}, {following}")
        kind = value_type(type_)
        self.store(one.variable, text.let(f"select i1 {fits}, {kind} {narrow}, {kind} {self.load(one.variable)}"))

    def _bound(self, expr: Expr, width: int) -> str:
        if isinstance(expr, Const) and not isinstance(expr.value, bytes):
            return str(int(expr.value))
        return self.wide(self.value(expr), scalar(expr), width)

    def _narrow(self, operand: str, type_: Scalar, width: int) -> str:
        if operand.lstrip("-").isdigit():
            low = int(operand) & ((1 << type_.bits) - 1)
            return str(low - (1 << type_.bits) if type_.signed and low >> (type_.bits - 1) else low)
        return self.text.let(f"trunc i{width} {operand} to {value_type(type_)}")

    def _upwards(self, one: For, step: str, width: int) -> str | bool:
        if isinstance(one.step, Const) and not isinstance(one.step.value, bytes):
            return one.step.value > 0
        return self.text.let(f"icmp sge i{width} {step}, 0")

    def _within(self, current: str, last: str, up: str | bool, width: int) -> str:
        text = self.text
        if isinstance(up, bool):
            return text.let(f"icmp {'sle' if up else 'sge'} i{width} {current}, {last}")
        rising = text.let(f"icmp sle i{width} {current}, {last}")
        falling = text.let(f"icmp sge i{width} {current}, {last}")
        return text.let(f"select i1 {up}, i1 {rising}, i1 {falling}")

    def _charge_all(self, one: For, first: str, last: str, step: str, up: str | bool, entered: str) -> None:
        """All passes at once, before the first."""
        text = self.text
        distance = text.let(f"sub nsw i64 {last}, {first}")
        if isinstance(one.step, Const):
            steps = distance if one.step.value == 1 else text.let(f"sdiv i64 {distance}, {step}")
        else:
            still = text.let(f"icmp eq i64 {step}, 0")  # a step of zero never ends
            safe = text.let(f"select i1 {still}, i64 1, i64 {step}")
            plain = text.let(f"sdiv i64 {distance}, {safe}")
            steps = text.let(f"select i1 {still}, i64 {layout.PASSES + 1}, i64 {plain}")
        passes = text.let(f"add nsw i64 {steps}, 1")
        made = text.let(f"select i1 {entered}, i64 {passes}, i64 0")
        weight = 1 + self.costs.body(one.body)
        self.charge(made if weight == 1 else text.let(f"mul nsw i64 {made}, {weight}"), one.at)

    def _known_range(self, one: For, passes: int | None) -> Variable | None:
        """Notes the range of the variable while constant bounds hold it; returns the variable."""
        if passes is None or not isinstance(one.variable, VariableRef):
            return None
        variable = one.variable.variable
        if variable not in self.slots or variable in self.ranges.variables:
            return None
        values = [int(each.value) for each in (one.first, one.last) if isinstance(each, Const)]
        type_ = scalar(one.variable)
        if not all(type_.range[0] <= each <= type_.range[1] for each in values):
            return None
        self.ranges.variables[variable] = (min(values), max(values))
        return variable
