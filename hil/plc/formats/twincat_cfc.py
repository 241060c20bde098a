"""TwinCAT's CFC bodies as networks: items in their order of execution, pins with numbers, connections between pins."""

from __future__ import annotations

from collections.abc import Iterator

from hil.plc.formats.network import Node, Origin, Port
from hil.plc.formats.parts import text_of, without_end, without_start
from hil.plc.formats.unit import Piece
from hil.plc.formats.xmltree import Element

_KINDS = {
    "CFCBoxElement": "block",
    "CFCInputElement": "inVariable",
    "CFCOutputElement": "outVariable",
    "CFCReturnElement": "return",
    "CFCJumpElement": "jump",
    "CFCLabelElement": "label",
    "CFCConnectionMarkSinkElement": "connector",
    "CFCConnectionMarkSourceElement": "continuation",
    "CFCComposerElement": "composer",
    "CFCSelectorElement": "selector",
}
_SILENT = ("CFCConnection", "CFCCommentElement", "CFCPageElement")


def nodes(body: Element) -> tuple[dict[str, Node], list[Element]]:
    """The elements of a CFC body by their number, and those that are not known."""
    items = [(one, one.get("t") or list_.get("cet")) for list_ in _lists(body, "Items") for one in list_]
    sources = {_said(one, "DestPinId"): _said(one, "SourcePinId") for one, type_ in items if type_ == "CFCConnection"}
    owners: dict[str, Origin] = {}
    found: dict[str, Node] = {}
    unknown: list[Element] = []
    for index, (one, type_) in enumerate(items):
        kind = _KINDS.get(type_)
        if kind is None:
            unknown += [] if type_ in _SILENT else [one]
            continue
        node = _node(one, kind, index)
        while node.id in found:
            node.id += "'"
        found[node.id] = node
        owners.update(
            (pin, Origin(node.id, port.name)) for pin, port in zip(_pins(one, "Output"), node.outputs, strict=True)
        )
    for node in found.values():
        for pin, port in zip(_pins(node.element, "Input"), node.inputs, strict=True):
            origin = owners.get(sources.get(pin, ""))
            port.origins = [] if origin is None else [origin]
    return found, unknown


def _node(one: Element, kind: str, index: int) -> Node:
    inputs, outputs = _pin_elements(one, "Input"), _pin_elements(one, "Output")
    texts = [text_of(text) for text in _texts(one)] if kind in ("block", "composer", "selector") else []
    if kind == "composer":  # says its members and its type
        texts[len(inputs) : len(inputs)] = [""] * len(outputs)
    elif kind == "selector":  # says its type and its members
        texts = [*[""] * len(inputs), *texts[1:], *texts[:1]]
    names = texts + [""] * (len(inputs) + len(outputs) + 2 - len(texts))
    rest = names[len(inputs) + len(outputs) :]
    words = next(iter(_texts(one)), []) if not texts else []
    storage = next((_said(pin, "SetReset").lower() for pin in inputs), "") if kind == "outVariable" else ""
    x, y, *_ = [*_numbers(_said(one, "Bounds")), 0.0, 0.0]
    pin = next(iter([*inputs, *outputs]), None)
    return Node(
        id=_said(one, "Id").rstrip("L") or f"#{index}",
        kind=kind,
        element=one,
        index=index,
        order=None if kind in ("inVariable", "connector", "continuation") else index + 1,
        x=x,
        y=y,
        name=rest[0] if texts else text_of(words).strip(),
        instance=rest[1] if kind == "block" else "",
        words=words,
        inputs=[_port(each, name) for each, name in zip(inputs, names, strict=False)],
        outputs=[_port(each, name) for each, name in zip(outputs, names[len(inputs) :], strict=False)],
        in_outs=[],
        negated=kind in ("inVariable", "outVariable", "return", "jump") and pin is not None and _negated(pin),
        edge="",
        storage=storage if storage in ("set", "reset") else "",
    )


def _port(pin: Element, name: str) -> Port:
    return Port(name, [], _negated(pin))


def _negated(pin: Element) -> bool:
    return _said(pin, "Negated").lower() == "true"


def _numbers(text: str) -> Iterator[float]:
    for part in text.split(","):
        if part.strip().lstrip("-").isdecimal() and len(part) < 12:
            yield float(part)


def _lists(one: Element, name: str) -> Iterator[Element]:
    """The inner lists of the objects with a name."""
    for each in one.below("o"):
        if each.get("n") == name:
            yield from (inner for inner in each if inner.get("n") == "InnerList")
        elif each.get("t") == "CFCImplementationObject":
            yield from _lists(each, name)


def _pin_elements(one: Element, side: str) -> list[Element]:
    """The pins of a side: one, or a list of them."""
    found: list[Element] = []
    for each in one.all("o"):
        if each.get("n") == side:
            found.append(each)
        elif each.get("n") == side + "s":
            found += [pin for list_ in each for pin in list_ if pin.tag == "o"]
    return found


def _pins(one: Element, side: str) -> list[str]:
    return [_said(pin, "Id") for pin in _pin_elements(one, side)]


def _texts(one: Element) -> list[list[Piece]]:
    """What an element says: names of inputs, outputs, type and instance, or one expression."""
    found: list[list[Piece]] = []
    for each in one.all("o"):
        if each.get("n") == "Text":
            found.append(_quoted(each))
        elif each.get("n") == "Texts":
            found += [_quoted(text) for list_ in each for text in list_ if text.tag == "o"]
    return found


def _quoted(one: Element) -> list[Piece]:
    """The text between the quotation marks of the archive."""
    value = next((each for each in one if each.tag == "v" and each.get("n") == "Text"), None)
    pieces = [] if value is None else value.pieces()
    return without_start(without_end(pieces, '"'), 1) if text_of(pieces)[:1] == '"' else pieces


def _said(one: Element, name: str) -> str:
    """A value of an element, without the quotation marks of the archive."""
    return next((each.text().strip('"') for each in one if each.tag == "v" and each.get("n") == name), "")
