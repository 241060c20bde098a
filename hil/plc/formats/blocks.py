"""Calls of functions and function blocks out of networks, and the variables that the values in between need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hil.plc.formats.network import Node, Origin, Port
from hil.plc.formats.network_types import OPERATORS, Types
from hil.plc.formats.parts import identifier
from hil.plc.formats.signatures import Signature
from hil.plc.formats.unit import Findings, Piece
from hil.plc.formats.values import (
    Value,
    atom,
    chain,
    joined_guards,
    negation,
    operation,
    written,
)
from hil.plc.formats.xmltree import Element

LONG = 300  # pieces of an expression; beyond it a variable holds what is so far
LONGEST = 4000  # pieces, where no variable can


class BlockCalls(Types):
    """Values by their origin, statements so far, and the variables they need."""

    def __init__(
        self,
        nodes: dict[str, Node],
        prefix: str,
        own: Signature,
        known: dict[str, Signature],
        file: str,
        findings: Findings,
    ) -> None:
        super().__init__(nodes, own, known)
        self.prefix, self.file, self.findings = prefix, file, findings
        self.values: dict[Origin, Value | None] = {}
        self.out: list[Piece] = []
        self.prologue: list[Piece] = []
        self.made: dict[str, str] = {}  # variables by name, with their types
        self.done: set[str] = set()
        self.labels: set[str] = set()
        self.jumps: list[tuple[Node, str]] = []
        self.uses: Counter[Origin] = Counter()
        self.feedback: set[Origin] = set()
        self.inline = False  # nothing in between is written, so nothing has to be kept
        self.memories: dict[str, list[Node]] = {}  # by element: what keeps a value on the loop that it lies on
        self._depth = 0
        self._prepare()

    def _prepare(self) -> None:
        """Counts the uses of each output, and settles outputs by the names that blocks give them."""
        for one in self.nodes.values():
            for port in [*one.inputs, *one.in_outs]:
                port.origins = [self.settled(origin) for origin in port.origins]
                if one.kind != "rightPowerRail":
                    self.uses.update(port.origins)
                if one.kind == "outVariable":
                    self.targets_of.update((origin, one) for origin in port.origins)
        self.connectors = {one.name.upper(): one for one in self.nodes.values() if one.kind == "connector"}
        self.targets = {one.name.upper() for one in self.nodes.values() if one.kind == "label"}

    def settled(self, origin: Origin) -> Origin:
        """The origin with the name that its block gives the output."""
        source = self.nodes.get(origin.node)
        if source is None or source.kind not in ("block", "composer", "selector"):
            return Origin(origin.node, "")
        names = [port.name for port in [*source.outputs, *source.in_outs]]
        wanted = origin.port
        if wanted in names:
            return origin
        if not names:
            return origin if source.instance else Origin(origin.node, "")
        same = [name for name in names if name.upper() == wanted.upper()]
        first = next((name for name in names if name.upper() != "ENO"), names[0])
        return Origin(origin.node, same[0] if same else first)

    def error(self, at: Element, text: str) -> None:
        """Notes a mistake at an element."""
        self.findings.error(self.file, at.line, at.column, text)

    def indented(self, at: Element) -> Piece:
        """White space of the IFs around."""
        return at.made("  " * self._depth)

    def open_if(self, node: Node, condition: Sequence[Piece]) -> None:
        """IF condition THEN."""
        at = node.element
        self.out += [self.indented(at), at.made("IF "), *condition, at.made(" THEN\n")]
        self._depth += 1

    def close_if(self, node: Node) -> None:
        """END_IF."""
        self._depth -= 1
        self.out += [self.indented(node.element), node.made("END_IF;\n")]

    # ---- values

    def wired(self, port: Port, node: Node) -> Value | None:
        """What an input gets; several connections to it are an OR, as the wires of a ladder are."""
        found = [self.value_of(origin, node) for origin in port.origins]
        values = [one for one in found if one is not None]
        if not values:
            return None
        value = values[0] if len(values) == 1 else chain(values, "OR", node.element)
        if len(value.pieces) > LONGEST:
            self.error(node.element, "the network before this element is too large for one expression; split it")
            return None
        return value

    def value_of(self, origin: Origin, node: Node) -> Value | None:
        """The value of an output; of one that is not evaluated yet, that of the scan before."""
        if origin in self.values:
            return self.values[origin]
        source = self.nodes.get(origin.node)
        if source is None:
            self.error(
                node.element, f"a connection comes from the element {origin.node}, which is not there; connect it"
            )
            return None
        if source.kind == "block" and source.instance:
            return self._member(source, origin.port)
        if source.kind == "inOutVariable":
            return written(source.words)
        if source.id in self.done:
            return None  # it has no value, which was reported
        self.feedback.add(origin)
        type_ = self.type_of(origin)
        if not type_:
            self.error(
                node.element,
                f"the type of the feedback from {source.name or source.kind} is not known; use a variable",
            )
            return None
        return atom(node.element, self.temporary(source, origin.port or "value", type_))

    def keep(self, node: Node, port: str, value: Value | None, type_: str, wanted: bool) -> Value | None:
        """The value, in a variable of its own when that is wanted, an earlier element waits for it, or it is long."""
        waited = Origin(node.id, port) in self.feedback
        wanted = (wanted or (value is not None and len(value.pieces) > LONG)) and not self.inline
        if value is None or not type_ or not (waited or wanted):
            return value
        if not waited and (value.text == "TRUE" or value.text in self.made):
            return value
        name = self.temporary(node, port or "value", type_)
        self.out += [self.indented(node.element), node.made(f"{name} := "), *value.pieces, node.made(";\n")]
        return atom(node.element, name, value.guard)

    def temporary(self, node: Node, what: str, type_: str) -> str:
        """A variable that the text gets for itself."""
        name = f"{self.prefix}_{identifier(node.id, 'n')}_{identifier(what, 'value')}"
        while name.upper() in self.own.types and name not in self.made:
            name += "_"
        self.made[name] = type_
        return name

    def edge(self, node: Node, what: str, edge: str, value: Value) -> Value:
        """The edge of a value, found by a standard function block of its own."""
        at = node.element
        if self.own.kind in ("FUNCTION", "METHOD"):
            self.error(at, f"an edge needs memory, and a {self.own.kind} has none; use a FUNCTION_BLOCK")
        name = self.temporary(node, f"{what}_edge" if what else "edge", "F_TRIG" if edge == "falling" else "R_TRIG")
        self.out += [self.indented(at), at.made(f"{name}(CLK := "), *value.pieces, at.made(");\n")]
        return atom(at, f"{name}.Q", value.guard)

    # ---- blocks

    def block(self, node: Node) -> None:
        """A call, with EN as an IF around it and ENO as its condition."""
        code = next((one.text() for one in node.element.below("STCode")), "")
        enable = next((port for port in node.inputs if port.name.upper() == "EN" and port.origins), None)
        guard = ""
        if enable is not None:
            condition = self.input_value(node, enable)
            if condition is not None and condition.text != "TRUE":
                guard = self._guard(node, condition)
        self.values[Origin(node.id, "ENO")] = atom(node.element, guard or "TRUE")
        if code:
            self._inside(node, guard, [*_code(node), node.made("\n")])
            for port in node.outputs:
                self.values[Origin(node.id, port.name)] = atom(node.element, guard or "TRUE")
        elif node.instance or self._is_program(node):
            self._instance(node, guard)
        else:
            self._function(node, guard)

    def _guard(self, node: Node, condition: Value) -> str:
        name = self.temporary(node, "en", "BOOL")
        self.out += [self.indented(node.element), node.made(f"{name} := "), *condition.pieces, node.made(";\n")]
        return name

    def _inside(self, node: Node, guard: str, statement: list[Piece]) -> None:
        if guard:
            self.open_if(node, (node.made(guard),))
        self.out += [self.indented(node.element), *statement]
        if guard:
            self.close_if(node)

    def _is_program(self, node: Node) -> bool:
        known = self.known.get(node.name.upper())
        return known is not None and known.kind == "PROGRAM"

    def input_value(self, node: Node, port: Port) -> Value | None:
        """What an input of a block gets, negated or as an edge where it is drawn so."""
        value = self.wired(port, node)
        if value is not None and port.edge:
            value = self.edge(node, port.name, port.edge, value)
        if value is not None and port.negated:
            value = negation(value, node.element)
        return value

    def arguments(self, node: Node) -> list[tuple[Port, Value]]:
        """The connected inputs with their values."""
        found = []
        for port in [*node.inputs, *node.in_outs]:
            value = None if port.name.upper() == "EN" else self.input_value(node, port)
            if value is not None:
                found.append((port, value))
        return found

    def _member(self, node: Node, port: str) -> Value | None:
        """An output of an instance."""
        instance = node.instance
        if not port:
            self.error(
                node.element, f"the outputs of {instance} have no names; open the body with its library and save it"
            )
            return None
        drawn = next((one for one in node.outputs if one.name == port), None)
        value = atom(node.element, f"{instance}.{port}")
        return negation(value, node.element) if drawn is not None and drawn.negated else value

    def _instance(self, node: Node, guard: str) -> None:
        arguments = self.arguments(node)
        name = node.instance or node.name
        named = all(port.name for port, _ in arguments)
        inner = _formal(node, arguments) if named else _listed(node, [value for _, value in arguments])
        self._inside(node, guard, [node.made(f"{name}("), *inner, node.made(");\n")])
        for port in node.outputs:
            if port.name and port.name.upper() != "ENO":
                self.values[Origin(node.id, port.name)] = self._member(node, port.name)
        self._in_out_values(node, arguments)

    def _in_out_values(self, node: Node, arguments: list[tuple[Port, Value]]) -> None:
        for port, value in arguments:
            if port in node.in_outs:
                self.values[Origin(node.id, port.name)] = value

    def _function(self, node: Node, guard: str) -> None:
        """A function's value: where it is used, or in a variable; further outputs always in variables."""
        main, *others = [port for port in node.outputs if port.name.upper() != "ENO"] or [Port("")]
        arguments = self.arguments(node)
        value = self._applied(node, arguments, others)
        self._in_out_values(node, arguments)
        origin = Origin(node.id, main.name)
        if value is None:
            self.values[origin] = None
            return
        inner = joined_guards([one for _, one in arguments])
        guard = " AND ".join(dict.fromkeys(one for one in (guard, inner) if one))
        type_ = self.type_of(origin)
        held = (
            (self.uses[origin] > 1 and not self.inline)
            or origin in self.feedback
            or bool(others)
            or (bool(guard) and bool(type_))
            or len(value.pieces) > LONG
        )
        if not self.uses[origin]:
            if node.name.upper() not in OPERATORS:
                self._inside(node, guard, [*value.pieces, node.made(";\n")])
            return
        if held and type_:
            name = self.temporary(node, main.name or "value", type_)
            self._inside(node, guard, [node.made(f"{name} := "), *value.pieces, node.made(";\n")])
            value = atom(node.element, name)
        if main.negated:
            value = negation(value, node.element)
        self.values[origin] = Value(value.pieces, value.level, guard)

    def _applied(self, node: Node, arguments: list[tuple[Port, Value]], others: list[Port]) -> Value | None:
        """The call as an expression; the standard operators between their operands."""
        name, values, at = node.name, [value for _, value in arguments], node.element
        upper = name.upper()
        if upper in OPERATORS and upper not in self.known:
            least = 1 if upper in ("NOT", "MOVE") else 2
            if len(values) < least:
                self.error(at, f"{upper} needs {least} inputs, {len(values)} are connected; connect the others")
                return None
            if upper == "MOVE":
                return values[0]
            return negation(values[0], at) if upper == "NOT" else operation(upper, values, at)
        inputs = [port for port in [*node.inputs, *node.in_outs] if port.name.upper() != "EN"]
        formal = upper in self.known or len(arguments) < len(inputs) or bool(others)
        pieces = (
            _formal(node, arguments) if formal and all(port.name for port, _ in arguments) else _listed(node, values)
        )
        for port in others:
            type_ = self.type_of(Origin(node.id, port.name))
            if type_ and self.uses[Origin(node.id, port.name)]:
                held = self.temporary(node, port.name, type_)
                pieces += [at.made(f"{', ' if pieces else ''}{port.name} => {held}")]
                self.values[Origin(node.id, port.name)] = atom(at, held)
        return Value((at.made(f"{name}("), *pieces, at.made(")")))

    def structure(self, node: Node) -> None:
        """A structure out of its members, in a variable, or the members out of a structure (both of CFC)."""
        if node.kind == "selector":
            whole = self.wired(node.inputs[0], node) if node.inputs else None
            for port in node.outputs:
                member = None if whole is None else Value((*whole.pieces, node.made(f".{port.name}")))
                self.values[Origin(node.id, port.name)] = member
            return
        name = self.temporary(node, "structure", node.name)
        for port, value in self.arguments(node):
            at = node.element
            self.out += [self.indented(at), at.made(f"{name}.{port.name} := "), *value.pieces, at.made(";\n")]
        for port in node.outputs:
            self.values[Origin(node.id, port.name)] = atom(node.element, name)


def _code(node: Node) -> list[Piece]:
    return [piece for one in node.element.below("STCode") for piece in one.pieces()]


def _formal(node: Node, arguments: list[tuple[Port, Value]]) -> list[Piece]:
    pieces: list[Piece] = []
    for port, value in arguments:
        pieces += [node.made(f"{', ' if pieces else ''}{port.name} := "), *value.pieces]
    return pieces


def _listed(node: Node, values: list[Value]) -> list[Piece]:
    pieces: list[Piece] = []
    for value in values:
        pieces += [node.made(", "), *value.pieces] if pieces else [*value.pieces]
    return pieces
