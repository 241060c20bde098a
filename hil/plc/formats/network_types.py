"""Types of what networks compute: a variable in between needs one."""

from __future__ import annotations

import re

from hil.plc.formats.network import Node, Origin
from hil.plc.formats.parts import text_of
from hil.plc.formats.signatures import Signature, function_type, output_type
from hil.plc.formats.values import INFIX

OPERATORS = frozenset([*INFIX, "AND", "OR", "NOT", "MOVE"])
_LITERALS = (
    (re.compile(r"(?:TRUE|FALSE)$", re.IGNORECASE), "BOOL"),
    (re.compile(r"L?T(?:IME)?#", re.IGNORECASE), "TIME"),
    (re.compile(r"'"), "STRING"),
)
_NAMED = re.compile(r"[^\W\d][\w.]*(?:\s*[\[(]\s*\w+\s*[\])])?$")
_TYPED = re.compile(r"([A-Z]+)#", re.IGNORECASE)


class Types:
    """Finds types among what a document declares and the standard's own blocks and functions."""

    def __init__(self, nodes: dict[str, Node], own: Signature, known: dict[str, Signature]) -> None:
        self.nodes, self.own, self.known = nodes, own, known
        self.targets_of: dict[Origin, Node] = {}
        self._types: dict[Origin, str] = {}

    def type_of(self, origin: Origin, seen: set[Origin] | None = None) -> str:
        """The type of an output as far as the document tells; empty when it does not."""
        found = self._types.get(origin) or self._found_type(origin, set() if seen is None else seen)
        if found:
            self._types[origin] = found
        return found

    def _found_type(self, origin: Origin, seen: set[Origin]) -> str:
        node = self.nodes.get(origin.node)
        if node is None or origin in seen or len(seen) > 200:
            return ""
        seen.add(origin)
        if node.kind in ("contact", "coil", "leftPowerRail"):
            return "BOOL"
        if node.kind in ("inVariable", "inOutVariable"):
            return self._type_of_words(text_of(node.words).strip())
        if node.kind == "block" and node.instance:
            return output_type(node.name, origin.port, self.known)
        fixed = ""
        if node.kind == "block":
            fixed = "BOOL" if origin.port.upper() == "ENO" else self._declared(node, origin.port)
        return fixed or self._type_of_inputs(node, seen) or self._type_of_target(origin)

    def _type_of_inputs(self, node: Node, seen: set[Origin]) -> str:
        """The type of the first input that tells one, but for those that select or enable."""
        operator = node.name.upper() in OPERATORS
        for port in node.inputs:
            if operator or port.name.upper() not in ("EN", "G", "K", "N"):
                found = next((type_ for one in port.origins if (type_ := self.type_of(one, seen))), "")
                if found and port.name.upper() != "EN":
                    return found
        return ""

    def _declared(self, node: Node, port: str) -> str:
        known = self.known.get(node.name.upper())
        if known is not None and port.upper() in known.types:
            return known.types[port.upper()]
        return function_type(node.name, self.known)

    def _type_of_target(self, origin: Origin) -> str:
        target = self.targets_of.get(origin)
        return "" if target is None else self._type_of_words(text_of(target.words).strip())

    def _type_of_words(self, words: str) -> str:
        if words.upper() in self.own.types:
            type_ = self.own.types[words.upper()]
            return type_ if _NAMED.match(type_) else ""
        instance, _, member = words.partition(".")
        if member and instance.upper() in self.own.types:
            return output_type(self.own.types[instance.upper()], member, self.known)
        for pattern, type_ in _LITERALS:
            if pattern.match(words):
                return type_
        typed = _TYPED.match(words)
        return typed[1].upper() if typed else ""
