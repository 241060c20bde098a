"""The elements of FBD, LD and SFC bodies and their connections, in one form for PLCopen XML and IEC 61131-10."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from hil.plc.formats.parts import text_of, without_end
from hil.plc.formats.unit import Piece
from hil.plc.formats.xmltree import Element

# The words of IEC 61131-10 for the elements that PLCopen XML calls otherwise.
_KINDS = {"dataSource": "inVariable", "dataSink": "outVariable"}
_WORDS = """
inVariable outVariable inOutVariable block contact coil leftPowerRail rightPowerRail connector continuation label jump
return step transition jumpStep macroStep actionBlock selectionDivergence selectionConvergence simultaneousDivergence
simultaneousConvergence
"""
_KNOWN = frozenset(_WORDS.split())
_NAMES = ("typeName", "label", "targetLabel", "targetName", "name")


class Origin(NamedTuple):
    """What a connection comes from: an element, and which of its outputs ("" for its only one)."""

    node: str
    port: str


@dataclass(slots=True, eq=False)
class Port:
    """An input or output of a block, or the input of another element."""

    name: str
    origins: list[Origin] = field(default_factory=list)
    negated: bool = False
    edge: str = ""
    storage: str = ""


@dataclass(slots=True, eq=False)
class Node:
    """One element. `name` is a block's type, a label, a connector or a step; `words` the text of a variable.

    `instance` is the function block's; a program or action that is called has its own name there.
    """

    id: str
    kind: str
    element: Element
    index: int
    order: int | None
    x: float
    y: float
    name: str
    instance: str
    words: list[Piece]
    inputs: list[Port]
    outputs: list[Port]
    in_outs: list[Port]
    negated: bool
    edge: str
    storage: str

    @property
    def place(self) -> tuple[float, float, int]:
        """From top to bottom, from left to right, as written."""
        return self.y, self.x, self.index

    def made(self, text: str) -> Piece:
        """Text that was made for this element."""
        return self.element.made(text)


def nodes(body: Element) -> dict[str, Node]:
    """The elements of a body by their number; those of IEC 61131-10 in the order of their networks."""
    networks = sorted(body.all("network"), key=lambda one: _number(one.get("evaluationOrder")))
    elements = [one for network in networks for one in network] or list(body)
    points: dict[str, Origin] = {}
    listed: list[tuple[str, str, Element]] = []
    for index, one in enumerate(elements):
        kind = _kind(one)
        if kind not in _KNOWN:
            continue
        id_ = one.get("localId") or f"#{index}"
        listed.append((id_, kind, one))
        for port in [one, *one.below("outputVariable", "inOutVariable")]:
            for point in port.all("connectionPointOut"):
                if point.get("connectionPointOutId"):
                    points[point.get("connectionPointOutId")] = Origin(id_, port.get("parameterName"))
    found: dict[str, Node] = {}
    for index, (id_, kind, one) in enumerate(listed):
        while id_ in found:
            id_ += "'"  # a number twice: the first keeps it
        found[id_] = _node(id_, kind, one, index, points)
    _keep_meant_orders(found.values())
    return found


def _kind(one: Element) -> str:
    kind = one.get("type").rpartition(":")[2] if one.tag.endswith("Object") else one.tag
    kind = kind[:1].lower() + kind[1:]
    return _KINDS.get(kind, kind)


def _number(text: str) -> float:
    try:
        return min(max(float(text), -1e12), 1e12)
    except ValueError:
        return 0.0


def _true(one: Element, name: str) -> bool:
    return one.get(name).lower() in ("true", "1")


def _node(id_: str, kind: str, one: Element, index: int, points: dict[str, Origin]) -> Node:
    place = one.find("position") or one.find("relPosition")
    order = next((found.get("priorityInNetwork") for found in one.below("evaluationPriority")), "")
    order = order or one.get("executionOrderId")
    words = next((inner.pieces() for inner in one.all("expression", "variable")), [])
    words = without_end(words) if text_of(words).rstrip().endswith(";") else words
    spoken = one.get("identifier") or one.get("operand")
    return Node(
        id=id_,
        kind=kind,
        element=one,
        index=index,
        order=int(order) if order.isdecimal() and len(order) < 10 else None,
        x=_number(place.get("x")) if place is not None else 0.0,
        y=_number(place.get("y")) if place is not None else 0.0,
        name=next((one.get(key) for key in _NAMES if one.get(key)), ""),
        instance=_instance(one),
        words=words or ([one.made(spoken)] if spoken else []),
        inputs=_ports(one, ("inputVariables",), points) if kind == "block" else _plain_input(one, points),
        outputs=_ports(one, ("outputVariables",), points),
        in_outs=_ports(one, ("inOutVariables",), points),
        negated=_true(one, "negated"),
        edge=_modifier(one, "edge"),
        storage=_modifier(one, "storage"),
    )


def _instance(one: Element) -> str:
    call = next((found.text() for found in one.below("callType")), "")
    return one.get("instanceName") or (one.get("typeName") if call in ("program", "action") else "")


def _modifier(one: Element, name: str) -> str:
    value = one.get(name).lower()
    return "" if value == "none" else value


def _ports(one: Element, tags: tuple[str, ...], points: dict[str, Origin]) -> list[Port]:
    """The variables of a block."""
    found = []
    for list_ in one.all(*tags):
        for variable in list_:
            name = variable.get("formalParameter") or variable.get("parameterName")
            port = Port(name, origins(variable, points), _true(variable, "negated"))
            port.edge, port.storage = _modifier(variable, "edge"), _modifier(variable, "storage")
            found.append(port)
    return found


def _plain_input(one: Element, points: dict[str, Origin]) -> list[Port]:
    found = origins(one, points)
    return [Port("", found)] if found else []


def origins(one: Element, points: dict[str, Origin] | None = None) -> list[Origin]:
    """What the connection points of an element are connected to."""
    found: list[Origin] = []
    for point in [*one.all("connectionPointIn"), one]:
        for connection in point.all("connection"):
            if connection.get("refLocalId"):
                found.append(Origin(connection.get("refLocalId"), connection.get("formalParameter")))
            elif points and connection.get("refConnectionPointOutId") in points:
                found.append(points[connection.get("refConnectionPointOutId")])
    return found


def _keep_meant_orders(found: Iterable[Node]) -> None:
    """Editors that do not number write 0 everywhere: then, and where several elements share the 0, it is no order."""
    numbered = [one for one in found if one.order is not None]
    zeros = [one for one in numbered if one.order == 0]
    if len(zeros) > 1 or len(zeros) == len(numbered):
        for one in zeros:
            one.order = None


def loops(before: dict[str, list[str]], nodes: dict[str, Node]) -> dict[str, list[Node]]:
    """The elements that feed each other in a loop, by each of them (strongly connected components, Tarjan 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    open_: set[str] = set()
    found: dict[str, list[Node]] = {}
    for start in before:
        work = [(start, iter(before[start]))] if start not in number else []
        while work:
            here, rest = work[-1]
            if here not in number:
                number[here] = low[here] = len(number)
                path.append(here)
                open_.add(here)
            following = next((one for one in rest if one in before and (one not in number or one in open_)), None)
            if following is not None and following not in number:
                work.append((following, iter(before[following])))
            elif following is not None:
                low[here] = min(low[here], number[following])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == number[here]:
                    members = [path.pop()]
                    while members[-1] != here:
                        members.append(path.pop())
                    open_.difference_update(members)
                    if len(members) > 1 or here in before[here]:
                        loop = [nodes[each] for each in members]
                        found.update((one, loop) for one in members)
    return found
