"""XML to elements that know their place; no DTD, no entities of a document's own, bounded depth and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from hil.plc.formats.unit import Piece

DEEPEST = 200
MOST_ELEMENTS = 2_000_000


class XmlFault(Exception):
    """The document cannot be read: line, column and what to say about it. Caught where a file is read."""

    def __init__(self, line: int, column: int, text: str) -> None:
        super().__init__(text)
        self.line, self.column, self.text = line, column, text


@dataclass(slots=True)
class Element:
    """An element; its tag and attributes have no namespace prefix, and `MainBody` is `mainBody` (but `ST` is `ST`)."""

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    content: list[Element | Piece] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        return (one for one in self.content if isinstance(one, Element))

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    def find(self, *path: str) -> Element | None:
        """The first element down a path of tags."""
        here: Element | None = self
        for tag in path:
            here = next((one for one in here or () if one.tag == tag), None)
        return here

    def all(self, *tags: str) -> list[Element]:
        """The children with one of these tags."""
        return [one for one in self if one.tag in tags]

    def below(self, *tags: str) -> Iterator[Element]:
        """Elements with one of these tags at any depth, in the document's order; not those inside of one found."""
        waiting = list(self)[::-1]
        while waiting:
            one = waiting.pop()
            if one.tag in tags:
                yield one
            else:
                waiting += list(one)[::-1]

    def pieces(self) -> list[Piece]:
        """All text inside; paragraphs and breaks of XHTML end a line."""
        found: list[Piece] = []
        for one in self.content:
            if isinstance(one, Piece):
                found.append(one)
                continue
            if one.tag == "br" or (one.tag == "p" and found):
                found.append(Piece("\n", one.line, one.column, False))
            found += one.pieces()
        return found

    def text(self) -> str:
        """All text inside, without the white space around it."""
        return "".join(one.text for one in self.pieces()).strip()

    def made(self, text: str) -> Piece:
        """Text that was made for this element."""
        return Piece(text, self.line, self.column, False)


def parse(text: str) -> Element:
    """The root element of a document.

    Raises: XmlFault.
    """
    builder = _Builder()
    try:
        builder.parser.Parse(text, True)
    except expat.ExpatError as fault:
        words = expat.ErrorString(fault.code)
        raise XmlFault(fault.lineno, fault.offset + 1, f"this is no XML: {words}; repair or export it again") from None
    except (UnicodeError, ValueError) as fault:
        raise XmlFault(1, 1, f"this is no XML: {fault}; repair or export it again") from None
    assert builder.root is not None
    return builder.root


class _Builder:
    """Builds the tree out of expat's events, whose positions are those of the decoded characters."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        self._names: dict[str, str] = {}
        self._run: list[str] = []  # fragments that follow each other in the file
        self._from = self._expected = (0, 0)
        self.parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.SkippedEntityHandler = self._doctype

    def _here(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def _doctype(self, *_: object) -> None:
        raise XmlFault(*self._here(), "a document type or entities of its own are not read; remove the DOCTYPE")

    def _name(self, name: str) -> str:
        if name not in self._names:
            local = name.rpartition(":")[2]
            self._names[name] = local[0].lower() + local[1:] if local[1:2].islower() else local
        return self._names[name]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush()
        here, self._count = self._here(), self._count + 1
        if len(self._open) >= DEEPEST:
            raise XmlFault(*here, f"<{name}> lies deeper than {DEEPEST} levels; export it again")
        if self._count > MOST_ELEMENTS:
            raise XmlFault(*here, f"more than {MOST_ELEMENTS} elements in one file; export it in parts")
        element = Element(self._name(name), {self._name(key): value for key, value in attributes.items()}, *here)
        if self._open:
            self._open[-1].content.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._flush()
        content = self._open.pop().content
        if any(isinstance(one, Element) for one in content):
            content[:] = [one for one in content if isinstance(one, Element) or not one.text.isspace()]

    def _data(self, text: str) -> None:
        here = self._here()
        if here != self._expected or not self._run:
            self._flush()
            self._from = here
        self._run.append(text)
        # A reference such as &lt; is longer in the file than its text, so what follows is not where it is expected.
        self._expected = (here[0] + 1, 1) if text == "\n" else (here[0], here[1] + len(text))

    def _flush(self) -> None:
        """Keeps the text that was read."""
        text = "".join(self._run)
        self._run.clear()
        owner = self._open[-1] if self._open else None
        if text and owner is not None:
            owner.content.append(Piece(text, *self._from))
