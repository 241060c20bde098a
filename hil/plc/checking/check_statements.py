"""Statements to the typed tree."""

from __future__ import annotations

import itertools

from hil.plc import syntax as s
from hil.plc.checking.access_paths import root_of, text_of
from hil.plc.checking.calls import mark
from hil.plc.checking.dynamic import Dynamic
from hil.plc.checking.startup import ACTION
from hil.plc.checking.values import poison
from hil.plc.reading.parse_expressions import dotted
from hil.plc.tree import (
    Assign,
    CallBlock,
    CallFunction,
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
    PartRef,
    Place,
    Pou,
    Standard,
    Statement,
    Try,
    Variable,
)
from hil.plc.types import BOOL, DINT, INT, POISON, Array, Enum, Interface, Pointer, machine

_INIT_FLAGS = ("bInitRetains", "bInCopyCode")  # what every FB_Init takes first


class Statements(Dynamic):
    """Checks one body."""

    loops = 0  # around the statement
    chart: s.Chart | None = None  # what the body was made from

    def whole(self, declaration: s.Pou) -> list[Statement]:
        """The body of a unit, behind what its declarations assign at the start."""
        owner, self.chart = self.owner(), declaration.chart
        first = [] if owner is None or declaration.name.startswith(ACTION) else self._initials(owner, declaration.at)
        if not declaration.body and self.units.external(declaration, self.scope.pou):
            return [Evaluate(Standard(BOOL, declaration.at, "__NO_BODY", []))]
        return first + self.body(declaration.body)

    def _initials(self, owner: Pou, at: int) -> list[Statement]:
        """Runs the hidden actions that give variables their first values, those of the bases first."""
        found = [one for base in owner.bases for one in self._initials(base, at)]
        short = owner.name.rpartition(".")[2]
        action, this = self.units.member(owner, f"{ACTION}_{short}", "ACTION"), self.this(at)
        if action is not None and action.owner is owner and this is not None:
            self.note_call(action, at)
            found.append(Evaluate(CallFunction(POISON, at, action, [], [], this)))
        return found

    def body(self, nodes: list[s.Statement]) -> list[Statement]:
        """The typed statements; those with a mistake are left out."""
        found: list[Statement] = []
        for node in nodes:
            statement = self.statement(node)
            if statement is not None:
                found.append(statement)
                if node.at >= 0 and (self.chart is None or is_transition(node, self.chart)):
                    self.scope.names.places[id(statement)] = (statement, node.at)
        return found

    def statement(self, node: s.Statement) -> Statement | None:
        """Any statement; None when it was reported, or does nothing."""
        if isinstance(node, s.Assign):
            return self.assign(node)
        if isinstance(node, s.Several):
            return block([found for one in node.assigns if (found := self.statement(one)) is not None])
        if isinstance(node, s.Initialise):
            return self._initialise(node)
        if isinstance(node, s.Label):
            return Label(node.name.upper())
        if isinstance(node, s.Goto):
            return Goto(node.at, node.name.upper())
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
        if isinstance(node, s.Try):
            return self._try(node)
        return self._loop(node)

    def _try(self, node: s.Try) -> Statement:
        """A fault's number goes to a variable of ExceptionCode, or of a whole type."""
        body, code = self.body(node.body), None
        if node.code is not None:
            place = self.path(node.code)
            type_ = machine(place.type)
            if type_ is not None and type_.family in ("int", "uint", "bits") and not isinstance(place, Const):
                code = place
                mark(place, addressed=True)
            elif place.type is not POISON:
                self.scope.error(node.at, f"{text_of(node.code)} takes no exception code; declare it as ExceptionCode")
        return Try(node.at, body, code, self.body(node.handled), self.body(node.last))

    def _initialise(self, node: s.Initialise) -> Statement | None:
        """FB_Init with its arguments, or the inputs that they name; of an array for each element."""
        if not node.arguments and isinstance(type_ := self.path(node.target).type, Array):
            return self._initialise_each(node, type_)
        init = s.Member(node.at, node.target, "FB_Init")
        if self.method(init) is not None:
            hidden = [s.Argument(node.at, name, s.Literal(node.at, "FALSE", "FALSE")) for name in _INIT_FLAGS]
            named = bool(node.arguments and node.arguments[0].name)
            given = [*hidden, *node.arguments] if named else [*(s.Argument(node.at, "", one.value) for one in hidden)]
            return self._invoke(s.Invoke(node.at, s.Call(node.at, init, given if named else given + node.arguments)))
        if self.path(node.target).type is POISON:
            return None
        if self.hides(self.path(node.target).type):
            return None
        if any(not one.name for one in node.arguments):
            self.scope.error(node.at, f"{text_of(node.target)} has no FB_Init for these arguments; name its inputs")
            return None
        found: list[Statement] = []
        for argument in node.arguments:
            if argument.value is not None:
                member = s.Member(argument.at, node.target, argument.name)
                one = self.assign(s.Assign(argument.at, member, argument.value))
                found += [one] if one is not None else []
        return block(found)

    def _initialise_each(self, node: s.Initialise, type_: Array) -> Statement | None:
        counters = [self.hidden(DINT, node.at) for _ in type_.bounds]
        index = s.Index(node.at, node.target, [s.Name(node.at, one.name) for one in counters])
        one: s.Statement = s.Initialise(node.at, index, [])
        for counter, (low, high) in reversed(list(zip(counters, type_.bounds, strict=True))):
            ends = [s.Literal(node.at, "int", str(number)) for number in (low, high)]
            one = s.For(node.at, s.Name(node.at, counter.name), ends[0], ends[1], None, [one])
        return self.statement(one)

    def assign(self, node: s.Assign) -> Statement | None:
        """An assignment."""
        if node.op != ":=":
            return self._other_assign(node)
        if isinstance(node.value, s.Aggregate):
            return self._aggregate(node.target, node.value)
        if (set_ := self.property_target(node.target)) is not None:
            pou, instance = set_
            (formal,) = pou.section("input")
            value = self.value(node.value, formal.type, text_of(node.target))
            return None if value.type is POISON else Evaluate(self.member_call(pou, instance, [value], node.at))
        if (referring := self._address_given(node)) is not None:
            return referring
        target = self.target(node.target)
        value = self.expected(node.value, target.type if target is not None else None)
        if target is None:
            return None
        value = self.coerce(value, target.type, text_of(node.target))
        return None if value.type is POISON else Assign(target, value)

    def _address_given(self, node: s.Assign) -> Statement | None:
        """`r := ADR(x)` lets a REFERENCE to no number refer to x, as in B&R; None when this is something else."""
        value = node.value
        if not isinstance(value, s.Call) or dotted(value.callee).upper() != "ADR" or len(value.arguments) != 1:
            return None
        given, type_ = value.arguments[0].value, self.raw_path(node.target).type
        if given is None or not isinstance(type_, Pointer) or type_.kind != "REFERENCE" or machine(type_.target):
            return None
        place = self.place_of(given, text_of(node.target))
        if place is None:
            return If([], [])  # reported
        if place.type is not POISON and place.type.size < type_.target.size:
            words = f"{text_of(node.target)} refers to {type_.target.name}, this is {place.type.name}"
            self.scope.error(node.at, f"{words}, which is shorter; give a variable of that type")
            return None
        raw = self.raw_path(node.target)
        assert not isinstance(raw, Const)
        mark(raw)
        return Assign(raw, self.address(place, type_, node.at))

    def _aggregate(self, target: s.Expression, value: s.Aggregate) -> Statement | None:
        """`x := (a := 1, b := 2)`, member by member."""
        found: list[Statement] = []
        if isinstance(value.initial, s.ArrayInitial):
            return self._elements(target, value.initial)
        for at, name, item in value.initial.items:
            inner = s.Aggregate(at, item) if isinstance(item, s.StructInitial | s.ArrayInitial) else item
            one = self.assign(s.Assign(at, s.Member(at, target, name), inner))
            if one is not None:
                found.append(one)
        return block(found)

    def _elements(self, target: s.Expression, value: s.ArrayInitial) -> Statement | None:
        """`x := [1, 2(7)]`, element by element; those that are not named stay."""
        place = self.path(target)
        if not isinstance(place.type, Array):
            if place.type is not POISON:
                self.scope.error(value.at, f"[...] is for arrays, {text_of(target)} is {place.type.name}; change it")
            return None
        items: list[s.Initial] = []
        for count, item in value.items:
            times = 1 if count is None else self.whole_constant(count, "a repetition") or 0
            if isinstance(item, s.ArrayInitial) and count is not None:
                items += [each for _, each in item.items] * times
            else:
                items += [item] * times
        indexes = list(itertools.product(*(range(low, high + 1) for low, high in place.type.bounds)))
        if len(items) > len(indexes):
            self.scope.error(value.at, f"{len(items)} values for the {len(indexes)} elements of {text_of(target)}")
        found: list[Statement] = []
        for index, item in zip(indexes, items, strict=False):
            at = value.at
            inner = s.Aggregate(at, item) if isinstance(item, s.StructInitial | s.ArrayInitial) else item
            element = s.Index(at, target, [s.Literal(at, "int", str(number)) for number in index])
            one = self.assign(s.Assign(at, element, inner))
            found += [one] if one is not None else []
        return block(found)

    def _other_assign(self, node: s.Assign) -> Statement | None:
        if node.op in ("S=", "R="):
            target = self.target(node.target)
            value = self.condition(node.value)
            if target is None or value.type is POISON:
                return None
            kind = machine(target.type)
            if kind is None or kind.family != "bool":
                self.scope.error(
                    node.at, f"{node.op} sets a BOOL, {text_of(node.target)} is {target.type.name}; use :="
                )
                return None
            return If([(value, [Assign(target, Const(BOOL, node.at, int(node.op == "S=")))])], [])
        raw = self.raw_path(node.target)
        if isinstance(raw, Const) or raw.type is POISON:
            self.expression(node.value)
            return None
        if not isinstance(raw.type, Pointer | Interface):
            name = f"{text_of(node.target)} is {raw.type.name}"
            self.scope.error(node.at, f"{node.op} takes a reference, {name}; use :=")
            return None
        mark(raw)
        if node.op == "?=":
            given = self.expression(node.value)
            return None if given.type is POISON else Assign(raw, self.attempt(given, raw.type))
        assert isinstance(raw.type, Pointer)
        value = self.reference_to(node.value, raw.type, text_of(node.target))
        return None if value.type is POISON else Assign(raw, value)

    def _invoke(self, node: s.Invoke) -> Statement | None:
        if node.call.plain and not self._callable(node.call.callee):
            self.expression(node.call.callee)
            self.scope.error(node.at, f"{text_of(node.call.callee)} alone does nothing; expected ':=' or a call")
            return None
        if node.call.arguments and (member := self.method(node.call.callee)) is not None and member[0].kind == "ACTION":
            return self._act(node.call, member[0])
        found = self.block_call(node.call)
        if found is None or isinstance(found, CallBlock | If):
            return found
        return None if found.type is POISON and isinstance(found, Const) else Evaluate(found)

    def _act(self, node: s.Call, action: Pou) -> Statement | None:
        """An action with arguments, which are those of its unit: inputs first, then the action, then outputs."""
        at, callee = node.at, node.callee
        instance = callee.base if isinstance(callee, s.Member) else s.Name(at, "THIS")
        inputs = [one.name for one in (action.owner or action).section("input")]
        before, after = list[Statement | None](), list[Statement | None]()
        for place, one in enumerate(node.arguments):
            name = one.name or (inputs[place] if place < len(inputs) else "")
            if one.value is None or not name:
                continue
            member = s.Member(one.at, instance, name)
            if one.output:
                after.append(self.assign(s.Assign(one.at, one.value, member)))
            else:
                before.append(self.assign(s.Assign(one.at, member, one.value)))
        call = self.block_call(s.Call(at, callee, []))
        done = call if call is None or isinstance(call, CallBlock | If) else Evaluate(call)
        return block([one for one in (*before, done, *after) if one is not None])

    def _callable(self, callee: s.Expression) -> bool:
        """Whether a name alone is a call: of an action, a method, a program."""
        if self.method(callee) is not None or self.program(dotted(callee), callee.at) is not None:
            return True
        declared = self.scope.names.pou_declarations.get(
            self.scope.key(dotted(callee), self.scope.names.pou_declarations)
        )
        return declared is not None and "ACTION" in declared.modifiers

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
        if selector.type is not POISON and (type_ is None or type_.family not in ("int", "uint", "bits", "char")):
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
        before = self.effects
        body = self.body(node.body)
        self.loops -= 1
        if variable is None or type_ is None or any(one.type is POISON for one in (first, last, step)):
            return None
        if isinstance(step, Const) and step.value == 0:
            self.scope.error(step.at, "a step of 0 never ends; use BY with another number")
            return None
        root = root_of(variable)
        touched = self.effects > before and root.storage != "local"
        steady = root.section != "in_out" and not touched and not assigns(body, root)
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


def is_transition(node: s.Statement, chart: s.Chart) -> bool:
    """Whether a statement made from a chart is the test of a transition, which the user wrote."""
    return isinstance(node, s.If) and any(node.branches[0][0] is one.condition for one in chart.transitions)


def _enumerator(selector: Expr, value: int) -> str:
    if isinstance(selector.type, Enum):
        return next((name for name, number in selector.type.values.values() if number == value), str(value))
    return str(value)


def block(statements: list[Statement]) -> Statement | None:
    """Several statements as one."""
    return If([], statements) if statements else None


def leaves(body: list[Statement]) -> bool:
    """Whether an EXIT of this loop, or a RETURN, is in the body."""
    for one in body:
        if isinstance(one, Goto) or (isinstance(one, Jump) and one.kind != "CONTINUE"):
            return True
        if isinstance(one, If | Case | Try) and any(leaves(part) for part in blocks(one)):
            return True
        if isinstance(one, For | Loop) and _returns(one.body):
            return True
    return False


def _returns(body: list[Statement]) -> bool:
    return any(
        isinstance(one, Goto)
        or (isinstance(one, Jump) and one.kind == "RETURN")
        or any(_returns(part) for part in blocks(one))
        for one in body
    )


def blocks(one: Statement) -> list[list[Statement]]:
    """The lists of statements inside a statement."""
    if isinstance(one, If | Case):
        return [body for _, body in one.branches] + [one.otherwise]
    if isinstance(one, Try):
        return [one.body, one.handled, one.last]
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
        elif isinstance(one, Try) and one.code is not None:
            targets.append(one.code)
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
