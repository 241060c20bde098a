"""SFC bodies as the textual form of IEC 61131-3 clause 6.7: steps with their actions, transitions FROM and TO steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hil.plc.formats.lowering import Lowering
from hil.plc.formats.network import Node, nodes, origins
from hil.plc.formats.parts import identifier, interval
from hil.plc.formats.unit import Piece
from hil.plc.formats.values import Value, atom, written
from hil.plc.formats.xmltree import Element

if TYPE_CHECKING:
    from hil.plc.formats.bodies import Bodies

_LINKS = frozenset(["selectionDivergence", "selectionConvergence", "simultaneousDivergence", "simultaneousConvergence"])
# Where CODESYS keeps a step's actions: of entry, while active, of exit.
_OF_STEPS = {
    "a6b08bd8-b696-47e3-9cbf-7408b61c9ff8": "P1",
    "700a583f-b4d4-43e4-8c14-629c7cd3bec8": "N",
    "a2621e18-7de3-4ea6-ae6d-89e9e0b7befd": "P0",
}
_QUALIFIER = "e174fc0d-80b0-4a9e-a530-ca239c249a50"  # where it keeps `D T#2s` of an action


class _Edge(NamedTuple):
    """One transition from steps to steps."""

    node: Node
    sources: tuple[str, ...]
    targets: list[str]


class Chart:
    """One SFC body, of a unit or of an action."""

    def __init__(self, body: Element, bodies: Bodies, action: str = "") -> None:
        self.bodies, self.nodes = bodies, nodes(body)
        self.prefix = f"{action}_" if action else ""  # of what is made here: charts of several actions share a unit
        self.lowering: Lowering | None = None
        self.body = body
        self._actions = 0
        self._action_blocks: dict[str, list[Node]] = {}
        for one in self.nodes.values():
            if one.kind == "actionBlock":
                for step in dict.fromkeys(origin.node for port in one.inputs for origin in port.origins):
                    self._action_blocks.setdefault(step, []).append(one)
        self._needed: dict[str, list[Piece]] = {}  # by step: actions that the conditions behind it need

    def text(self) -> list[Piece]:
        """Steps, then transitions; those out of one step from left to right, which is their priority."""
        transitions = [piece for edge in self._edges() for piece in self._transition(edge)]
        steps = [piece for one in self.nodes.values() if one.kind == "step" for piece in self._step(one)]
        for one in self.nodes.values():
            if one.kind == "macroStep":
                self._error(one.element, f"the macro step {one.name} is not supported; draw its steps here")
        return [*steps, *transitions]

    def _error(self, at: Element, text: str) -> None:
        self.bodies.findings.error(self.bodies.file, at.line, at.column, text)

    # ---- steps and actions

    def _step(self, step: Node) -> list[Piece]:
        word = "INITIAL_STEP" if step.element.get("initialStep").lower() == "true" else "STEP"
        pieces = [step.made(f"{word} {step.name}:\n"), *self._codesys_actions(step)]
        for block in self._action_blocks.get(step.id, ()):
            for action in block.element.all("action"):
                pieces += self._association(step, action)
        return [*pieces, *self._needed.get(step.name, ()), step.made("END_STEP\n")]

    def _association(self, step: Node, action: Element) -> list[Piece]:
        """`name(qualifier, time);`, the name that of an action, of a variable, or of one that is made here."""
        reference, inline = action.find("reference"), action.find("inline")
        if inline is not None:
            name = self._new_action(step)
            self.bodies.make_action(name, inline, self.bodies.inline(inline))
        elif reference is not None and reference.get("name"):
            name = self._named(step, action, reference.get("name"))
        else:
            self._error(action, f"an action of the step {step.name} names nothing; give it an action or a variable")
            return []
        duration = action.get("duration") or next((one.text() for one in action.all("duration")), "")
        qualifier = action.get("qualifier") or "N"
        for attribute in (one for data in action.all("addData") for one in data.below("attribute")):
            if attribute.get("guid").lower() == _QUALIFIER and " " in attribute.text():
                qualifier, _, duration = attribute.text().partition(" ")
        timed = f", {interval(duration) or duration.strip()}" if duration.strip() else ""
        return [action.made(f"{name}({qualifier}{timed});\n")]

    def _new_action(self, step: Node) -> str:
        self._actions += 1
        return f"{self.prefix}{identifier(step.name, 'step')}_action_{self._actions}"

    def _named(self, step: Node, at: Element, name: str) -> str:
        """The name itself, or an action around it when it is a path such as `motor.stop`."""
        if re.fullmatch(r"[^\W\d]\w*", name):
            return name
        made = self._new_action(step)
        self.bodies.make_action(made, at, [at.made(f"{name}();\n")])
        return made

    def _codesys_actions(self, step: Node) -> list[Piece]:
        pieces: list[Piece] = []
        for attribute in (one for data in step.element.all("addData") for one in data.below("attribute")):
            qualifier = _OF_STEPS.get(attribute.get("guid").lower())
            if qualifier is not None and attribute.text():
                pieces.append(attribute.made(f"{self._named(step, attribute, attribute.text())}({qualifier});\n"))
        return pieces

    # ---- transitions

    def _edges(self) -> list[_Edge]:
        """All transitions; one behind a convergence of alternatives becomes one for each of them."""
        targets: dict[str, list[str]] = {}
        for one in self.nodes.values():
            if one.kind in ("step", "jumpStep"):
                for found, _ in self._found_before(one, "transition"):
                    targets.setdefault(found.id, []).append(one.name)
        edges: list[_Edge] = []
        for one in self.nodes.values():
            if one.kind == "transition":
                steps = self._found_before(one, "step")
                together = tuple(step.name for step, alternative in steps if not alternative)
                edges += [
                    _Edge(one, (step.name,), targets.get(one.id, [])) for step, alternative in steps if alternative
                ]
                if together or not steps:
                    edges.append(_Edge(one, together, targets.get(one.id, [])))
        return sorted(edges, key=lambda edge: (_priority(edge.node), edge.node.x, edge.node.index))

    def _found_before(self, one: Node, kind: str) -> list[tuple[Node, bool]]:
        """The steps or transitions before an element, and whether they are alternatives to each other."""
        found: dict[str, tuple[Node, bool]] = {}
        waiting = [(origin, False) for port in one.inputs for origin in port.origins][::-1]
        seen: set[str] = set()
        while waiting:
            origin, alternative = waiting.pop()
            node = self.nodes.get(origin.node)
            if node is None or node.id in seen:
                continue
            seen.add(node.id)
            if node.kind == kind:
                found.setdefault(node.id, (node, alternative))
            elif node.kind in _LINKS:
                inner = [origin for port in node.inputs for origin in port.origins]
                several = alternative or (node.kind == "selectionConvergence" and len(inner) > 1)
                waiting += [(each, several) for each in inner[::-1]]
        return list(found.values())

    def _transition(self, edge: _Edge) -> list[Piece]:
        node, sources, targets = edge
        at = node.element
        if not sources or not targets:
            side = "behind no step" if not sources else "before no step"
            self._error(at, f"a transition stands {side}; connect it")
            return []
        condition, statements = self._condition(node)
        if condition is None:
            self._error(at, "the condition of a transition is no expression; write one")
            condition = atom(at, "FALSE")
        elif statements:
            self._before(node, sources, statements)
        priority = node.element.get("priority")
        first = f"TRANSITION (PRIORITY := {priority})" if priority.isdecimal() and priority != "0" else "TRANSITION"
        head = f"{first} FROM {_steps(sources)} TO {_steps(targets)}\n:= "
        return [at.made(head), *condition.pieces, at.made(";\nEND_TRANSITION\n")]

    def _before(self, node: Node, steps: tuple[str, ...], statements: list[Piece]) -> None:
        """What a condition needs, such as a timer's call, runs while a step before the transition is active."""
        name = f"{self.prefix}{identifier(steps[0], 'step')}_condition_{identifier(node.id, 'transition')}"
        self.bodies.make_action(name, node.element, statements)
        for step in steps:
            self._needed.setdefault(step, []).append(node.made(f"{name}(N);\n"))

    def _condition(self, node: Node) -> tuple[Value | None, list[Piece]]:
        """The condition, and statements that it needs."""
        holder = node.element.find("condition")
        if holder is None:
            return None, []
        reference, inline = holder.find("reference"), holder.find("inline")
        if reference is not None:
            name = reference.get("name")
            if name.upper() in self.bodies.transitions:
                return self.bodies.named_condition(name)
            return (written([reference.made(name)]) if name else None), []
        if inline is not None:
            return self.bodies.condition(inline, inline.get("name"))
        wired = origins(holder)
        if not wired:
            return None, []
        if self.lowering is None:
            self.lowering = self.bodies.lowering(self.body)
        self.lowering.again()
        value = self.lowering.condition(wired, node)
        self.bodies.keep(self.lowering)
        return value, list(self.lowering.out)


def _priority(node: Node) -> int:
    text = node.element.get("priority")
    return int(text) if text.isdecimal() and 0 < len(text) < 10 and int(text) > 0 else 1 << 30


def _steps(names: tuple[str, ...] | list[str]) -> str:
    once = list(dict.fromkeys(names))
    return once[0] if len(once) == 1 else f"({', '.join(once)})"
