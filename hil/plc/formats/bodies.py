"""Bodies of units, actions, methods and transitions in whatever language, as Structured Text."""

from __future__ import annotations

from hil.plc.formats.lowering import Lowering
from hil.plc.formats.network import nodes
from hil.plc.formats.parts import commented, ended, text_of, without_end, without_start
from hil.plc.formats.sfc import Chart
from hil.plc.formats.signatures import Signature
from hil.plc.formats.unit import Findings, Piece
from hil.plc.formats.values import Value, written
from hil.plc.formats.xmltree import Element

_NETWORKS = ("FBD", "LD", "CFC")


class Bodies:
    """The bodies of one unit, and the variables and actions that they need besides."""

    def __init__(
        self, unit: Element, own: Signature, known: dict[str, Signature], file: str, findings: Findings
    ) -> None:
        self.unit, self.own, self.known, self.file, self.findings = unit, own, known, file, findings
        self._made: dict[str, str] = {}
        self._actions: list[Piece] = []
        self._count = 0
        named = [one for place in unit.all("transitions") for one in place.all("transition")]
        self.transitions = {one.get("name").upper(): one for one in named}

    def of_member(self, one: Element, own: Signature) -> Bodies:
        """The same for a method or an accessor, which has variables of its own."""
        types = {**self.own.types, **own.types}
        inner = Signature(own.kind or "METHOD", own.name, own.result, types, own.inputs, own.outputs)
        return Bodies(one, inner, self.known, self.file, self.findings)

    def declarations(self) -> list[Piece]:
        """The variables that the bodies got for themselves."""
        if not self._made:
            return []
        lines = "".join(f"{name} : {type_};\n" for name, type_ in self._made.items())
        return [self.unit.made(f"VAR\n{lines}END_VAR\n")]

    def made_actions(self) -> list[Piece]:
        """The actions that steps got for themselves."""
        return self._actions

    def body(self, holder: Element) -> list[Piece]:
        """The statements of the bodies of an element, one behind the other."""
        found: list[Piece] = []
        for one in holder.all("body", "mainBody"):
            contents = one.all("bodyContent")
            for language, content in [pair for each in contents or [one] for pair in _languages(each)]:
                found += ended(self._statements(language, content, holder))
        return found

    def actions(self, holder: Element) -> list[Piece]:
        """The actions that a unit declares."""
        found: list[Piece] = []
        places = [holder, *holder.all("actions")]
        inside = [one for data in holder.all("addData") for one in data.below("action", "method", "property", "pou")]
        for one in [*(one for place in places for one in place.all("action")), *inside]:
            if one.tag == "action" and one.get("name") and one.all("body", "mainBody"):
                found += self.action(one.get("name"), one, self.body(one))
        return found

    def action(self, name: str, at: Element, body: list[Piece]) -> list[Piece]:
        """A named action."""
        return [at.made(f"ACTION {name}:\n"), *ended(body), at.made("END_ACTION\n")]

    def _statements(self, language: str, content: Element, holder: Element) -> list[Piece]:
        if language == "ST":
            pieces = content.pieces()
            return commented(pieces) if text_of(pieces).strip() else []
        if language in _NETWORKS:
            lowering = self.lowering(content)
            pieces = lowering.statements()
            self.keep(lowering)
            return pieces
        if language == "SFC":
            return Chart(content, self, holder.get("name") if holder.tag == "action" else "").text()
        what = f"the body of {holder.get('name') or self.own.name}"
        words = f"{what} is in {language}, which is not supported; write it in ST, FBD, LD or SFC"
        self.findings.error(self.file, content.line, content.column, words)
        return []

    def lowering(self, content: Element) -> Lowering:
        """The networks of a body; their variables have names that no other body of the unit uses."""
        self._count += 1
        prefix = "net" if self._count == 1 else f"net{self._count}"
        return Lowering(nodes(content), prefix, self.own, self.known, self.file, self.findings)

    def keep(self, lowering: Lowering) -> None:
        """Declares what a lowering made."""
        self._made |= lowering.made

    # ---- what charts ask for

    def make_action(self, name: str, at: Element, body: list[Piece]) -> None:
        """An action that a step got for itself."""
        self._actions += self.action(name, at, body)

    def inline(self, holder: Element) -> list[Piece]:
        """The statements inside of an element that holds a body directly, as `<inline>` does."""
        return [
            piece
            for language, content in _languages(holder)
            for piece in ended(self._statements(language, content, holder))
        ]

    def condition(self, holder: Element, name: str) -> tuple[Value | None, list[Piece]]:
        """The Boolean expression of a transition's body, None when it is none, and the statements that it needs."""
        for language, content in _languages(holder):
            if language == "ST":
                return _expression(content.pieces(), name), []
            if language in _NETWORKS:
                lowering = self.lowering(content)
                sinks = [one for one in lowering.nodes.values() if one.kind in ("outVariable", "coil") and one.inputs]
                if len(sinks) == 1:
                    value = lowering.condition(sinks[0].inputs[0].origins, sinks[0])
                    self.keep(lowering)
                    return value, lowering.out
            break
        return None, []

    def named_condition(self, name: str) -> tuple[Value | None, list[Piece]]:
        """The same of a transition that the unit declares by name."""
        for body in self.transitions[name.upper()].all("body"):
            return self.condition(body, name)
        return None, []


def _languages(holder: Element) -> list[tuple[str, Element]]:
    """The languages of a body with their elements; IEC 61131-10 names them in the type of the content."""
    kind = holder.get("type").rpartition(":")[2]
    if kind and kind != "ST":
        return [(kind, holder)]
    found = [(one.tag, one) for one in holder if one.tag in ("ST", "IL", *_NETWORKS, "SFC")]
    hidden = [one for data in holder.all("addData") for one in data.below("CFC", "cfc")]
    if hidden and not any(list(one) for _, one in found):
        return [("CFC", one) for one in hidden]
    return found


def _expression(pieces: list[Piece], name: str) -> Value | None:
    """An expression, or what `name := expression;` or `:= expression;` assigns."""
    text = text_of(pieces).strip()
    if text.endswith(";"):
        pieces = without_end(pieces)
        text = text_of(pieces).strip()
    head, assigned, rest = text.partition(":=")
    if assigned and head.strip().upper() in ("", name.upper()):
        text, skip = rest, text_of(pieces).index(":=") + 2
        pieces = without_start(pieces, skip)
    return written(pieces) if text.strip() and ";" not in text and ":=" not in text.split("(")[0] else None
