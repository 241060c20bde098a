"""FBD and LD to statements: each sink after what it needs, values that several need in variables of their own.

Elements with an execution order run in it; the others from top to bottom and left to right, each behind the elements
that feed it. A loop is broken where an element needs one that is only being evaluated: it gets the value of
the scan before (IEC 61131-3, the evaluation of networks and their feedback variables).
"""

from __future__ import annotations

from hil.plc.formats.blocks import BlockCalls
from hil.plc.formats.network import Node, Origin, Port, loops
from hil.plc.formats.parts import text_of
from hil.plc.formats.unit import Piece
from hil.plc.formats.values import Value, atom, chain, negation, written

_SINKS = frozenset(["block", "composer", "outVariable", "inOutVariable", "coil", "label", "jump", "return"])

MOST_JUMPS = 50  # that leap over one place; each is an IF around it


class Lowering(BlockCalls):
    """The statements of one body."""

    def statements(self) -> list[Piece]:
        """The whole body."""
        found = loops({one.id: [each.node for each in self.origins(one)] for one in self.nodes.values()}, self.nodes)
        once = {id(loop): sorted(filter(_remembers, loop), key=_in_order) for loop in found.values()}
        self.memories = {one: once[id(loop)] for one, loop in found.items()}
        for one in sorted(self.nodes.values(), key=_in_order):
            if one.kind in _SINKS:
                for memory in () if _remembers(one) else self.memories.get(one.id, ()):
                    self.need(memory)  # a loop is cut best at what has a value of its own
                self.need(one)
        while self.jumps:
            self._close_jump(self.jumps[-1])
        return [*self.prologue, *self.out]

    def condition(self, origins: list[Origin], at: Node) -> Value | None:
        """The value of a connection, as of a transition; statements that it needs, calls alone, are in `out`."""
        self.inline = True
        origins = [self.settled(origin) for origin in origins]
        for origin in origins:
            self.uses[origin] = max(self.uses[origin], 1)
            if origin.node in self.nodes:
                self.need(self.nodes[origin.node])
        return self.wired(Port("", origins), at)

    def again(self) -> None:
        """Forgets what was evaluated, for the next condition out of the same body."""
        self.done.clear()
        self.values.clear()
        self.out.clear()

    # ---- order

    def need(self, one: Node) -> None:
        """Evaluates an element behind everything that it needs."""
        waiting: list[tuple[Node, bool]] = [(one, False)]
        begun: set[str] = set()
        while waiting:
            node, ready = waiting.pop()
            if node.id in self.done:
                continue
            if ready:
                self._evaluate(node)
                self.done.add(node.id)
                continue
            if node.id in begun:
                continue
            begun.add(node.id)
            waiting.append((node, True))
            for origin in reversed(self.origins(node)):
                source = self.nodes.get(origin.node)
                if source is None or source.id in self.done or self._later(source, node):
                    continue
                waiting.append((source, False))

    def _later(self, source: Node, node: Node) -> bool:
        """Whether both are numbered and the source comes later, so that its value is that of the scan before."""
        return source.order is not None and node.order is not None and source.order > node.order

    def origins(self, node: Node) -> list[Origin]:
        """What an element is fed by."""
        if node.kind == "continuation":
            return [origin for origin in [self._connector(node)] if origin is not None]
        return [origin for port in [*node.inputs, *node.in_outs] for origin in port.origins]

    def _connector(self, node: Node) -> Origin | None:
        one = self.connectors.get(node.name.upper())
        return None if one is None else Origin(one.id, "")

    # ---- one element

    def _evaluate(self, node: Node) -> None:
        if node.kind == "block":
            self.block(node)
        elif node.kind in ("composer", "selector"):
            self.structure(node)
        elif node.kind == "label":
            self._label(node)
        elif node.kind in ("jump", "return"):
            self._jump(node)
        elif node.kind in ("coil", "outVariable", "inOutVariable"):
            self._sink(node)
        else:
            origin = Origin(node.id, "")
            contact = node.kind == "contact"
            type_ = "BOOL" if contact else self.type_of(origin) if origin in self.feedback else ""
            self.values[origin] = self.keep(node, "", self._value(node), type_, contact and self.uses[origin] > 1)

    def _sink(self, node: Node) -> None:
        """What takes a value; a coil hands its own on, as it was before the coil wrote its variable."""
        origin = Origin(node.id, "")
        value = self.wired(node.inputs[0], node) if node.inputs else None
        if node.kind == "coil":
            value = self.keep(node, "", value, "BOOL", self.uses[origin] > 0)
        if node.inputs or node.kind != "inOutVariable":
            self._assign(node, value)
        self.values[origin] = value if node.kind == "coil" else written(node.words)

    def _value(self, node: Node) -> Value | None:
        """The value of an element that changes nothing."""
        at = node.element
        if node.kind == "leftPowerRail":
            return atom(at, "TRUE")
        if node.kind == "inVariable":
            value = written(node.words)
            return negation(value, at) if node.negated else value
        if node.kind == "contact":
            value = written(node.words)
            if node.edge:
                value = self.edge(node, "", node.edge, value)
            value = negation(value, at) if node.negated else value
            flow = self.wired(node.inputs[0], node) if node.inputs else atom(at, "TRUE")
            return chain([flow or atom(at, "TRUE"), value], "AND", at)
        if node.kind == "continuation":
            origin = self._connector(node)
            if origin is None:
                self.error(at, f"no connector is called {node.name}; add it")
                return None
            return self.value_of(origin, node)
        return self.wired(node.inputs[0], node) if node.inputs else None

    def _assign(self, node: Node, value: Value | None) -> None:
        """The statement of an output variable or a coil."""
        target, at = text_of(node.words).strip(), node.element
        if value is None or not target:
            what = target or "a variable without a name"
            self.findings.note(self.file, at.line, at.column, f"{what} is connected to nothing and was skipped")
            return
        if value.guard:
            self.open_if(node, atom(at, value.guard).pieces)
        pieces = self._stored(node, written(node.words).pieces, value)
        self.out += [self.indented(at), *pieces, at.made(";\n")]
        if value.guard:
            self.close_if(node)

    def _stored(self, node: Node, target: tuple[Piece, ...], value: Value) -> list[Piece]:
        at, storage = node.element, node.storage
        if node.edge:
            value = self.edge(node, "", node.edge, value)
        if node.negated:
            value = negation(value, at)
        if storage in ("set", "reset"):
            truth = "TRUE" if storage == "set" else "FALSE"
            return [at.made("IF "), *value.pieces, at.made(" THEN "), *target, at.made(f" := {truth}; END_IF")]
        return [*target, at.made(" := "), *value.pieces]

    # ---- labels and jumps: a forward jump becomes a flag, and what it leaps over an IF

    def _jump(self, node: Node) -> None:
        at = node.element
        value = self.wired(node.inputs[0], node) if node.inputs else atom(at, "TRUE")
        value = value or atom(at, "TRUE")
        if node.negated:
            value = negation(value, at)
        if node.kind == "return":
            self.out += [self.indented(at), at.made("IF "), *value.pieces, at.made(" THEN RETURN; END_IF;\n")]
            return
        if node.name.upper() in self.labels or node.name.upper() not in self.targets:
            why = "goes backwards" if node.name.upper() in self.labels else "has no label"
            self.error(at, f"the jump to {node.name} {why}, which is not read; write the loop in ST")
            return
        if len(self.jumps) >= MOST_JUMPS:
            self.error(at, f"more than {MOST_JUMPS} jumps leap over this place; write it in ST")
            return
        flag = self.temporary(node, "jump", "BOOL")
        self.prologue.append(at.made(f"{flag} := FALSE;\n"))
        self.out += [self.indented(at), at.made(f"{flag} := "), *value.pieces, at.made(";\n")]
        self._open_jump((node, flag))

    def _open_jump(self, jump: tuple[Node, str]) -> None:
        node, flag = jump
        self.open_if(node, (node.made(f"NOT {flag}"),))
        self.jumps.append(jump)

    def _close_jump(self, jump: tuple[Node, str]) -> None:
        self.jumps.remove(jump)
        self.close_if(jump[0])

    def _label(self, node: Node) -> None:
        self.labels.add(node.name.upper())
        if not any(jump.name.upper() == node.name.upper() for jump, _ in self.jumps):
            return
        kept = [jump for jump in self.jumps if jump[0].name.upper() != node.name.upper()]
        while self.jumps:
            self._close_jump(self.jumps[-1])
        for jump in kept:
            self._open_jump(jump)


def _remembers(one: Node) -> bool:
    return one.kind == "inOutVariable" or bool(one.instance)


def _in_order(one: Node) -> tuple[bool, int, tuple[float, float, int]]:
    return one.order is None, one.order or 0, one.place
