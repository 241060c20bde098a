"""Pieces of Structured Text that several formats put together: closing words, members, configurations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hil.plc.formats.text import closing, masked
from hil.plc.formats.unit import Piece, Unit, assemble
from hil.plc.reading.lexer import KEYWORDS

_HEADER = re.compile(
    r"""\b(FUNCTION_BLOCK|FUNCTION|PROGRAM|INTERFACE|CLASS|TYPE|VAR_GLOBAL|VAR_CONFIG|CONFIGURATION|METHOD|PROPERTY)\b
    (?:\s+(?:PUBLIC|PRIVATE|PROTECTED|INTERNAL|FINAL|ABSTRACT|OVERRIDE)\b)*\s*([^\W\d]\w*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_DURATION = re.compile(
    r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?$", re.IGNORECASE
)


class Header(NamedTuple):
    """What a declaration declares."""

    kind: str
    name: str


def header(text: str) -> Header:
    """Kind and name of the first declaration of a text; empty when there is none."""
    found = _HEADER.search(masked(text))
    if found is None:
        return Header("", "")
    kind = found[1].upper()
    return Header(kind, "" if kind.startswith("VAR_") else found[2] or "")


def unit(pieces: Iterable[Piece], file: str, dialect: str, kind: str = "", name: str = "") -> Unit:
    """A unit out of its pieces."""
    text, lines = assemble(pieces)
    return Unit(text, file, lines, dialect, kind, name)


def text_of(pieces: Iterable[Piece]) -> str:
    """The pieces' text."""
    return "".join(one.text for one in pieces)


def behind(pieces: Sequence[Piece], text: str) -> Piece:
    """Made text that belongs to the end of what was read."""
    if not pieces:
        return Piece(text, 1, 1, False)
    last = pieces[-1]
    breaks = last.text.count("\n") if last.exact else 0
    column = len(last.text) - last.text.rfind("\n") if breaks else last.column + (len(last.text) if last.exact else 0)
    return Piece(text, last.line + breaks, column, False)


def ended(pieces: list[Piece]) -> list[Piece]:
    """The pieces with a line end behind them, unless there is nothing or one is there."""
    if not pieces or pieces[-1].text.endswith("\n"):
        return pieces
    return [*pieces, behind(pieces, "\n")]


def commented(pieces: list[Piece]) -> list[Piece]:
    """A body whose last comment was never closed, with the comment closed: the format says where the body ends."""
    missing = closing(text_of(pieces))
    return [*pieces, behind(pieces, f" {missing}\n")] if missing else pieces


_ACCESS = re.compile(r"\s*(?:\b(?:PUBLIC|PRIVATE|PROTECTED|INTERNAL|FINAL|ABSTRACT|OVERRIDE)\b\s*)+", re.IGNORECASE)


def accessor_variables(pieces: list[Piece]) -> list[Piece]:
    """The variables of a GET or SET, without the access words that CODESYS and TwinCAT write before them."""
    words = _ACCESS.match(masked(text_of(pieces)))
    return ended(without_start(pieces, words.end()) if words else pieces)


def closed(pieces: list[Piece], word: str, at: Piece) -> list[Piece]:
    """The pieces with a closing word such as END_FUNCTION_BLOCK, unless they have it."""
    if re.search(rf"\b{word}\b", masked(text_of(pieces)), re.IGNORECASE):
        return ended(pieces)
    found = ended(pieces)
    return [*found, behind(found, word + "\n") if found else at._replace(text=word + "\n", exact=False)]


class TaskEntry(NamedTuple):
    """A task: its properties as written between the brackets, and what it runs as (instance, type)."""

    name: str
    properties: str
    programs: list[tuple[str, str]]
    at: Piece


class Resource(NamedTuple):
    """A resource: its name, tasks and global variables."""

    name: str
    tasks: list[TaskEntry]
    variables: list[Piece]


def configuration(name: str, at: Piece, resources: Iterable[Resource], variables: Iterable[Piece] = ()) -> list[Piece]:
    """A CONFIGURATION; each line belongs to the place of its task."""
    pieces = [at._replace(text=f"CONFIGURATION {name}\n", exact=False), *variables]
    for resource in resources:
        pieces.append(at._replace(text=f"RESOURCE {resource.name} ON PLC\n", exact=False))
        pieces += resource.variables
        lines = [(one.at, f"TASK {one.name} ({one.properties});\n") for one in resource.tasks if one.name]
        for task in resource.tasks:
            to_task = f" WITH {task.name}" if task.name else ""
            lines += [(task.at, f"PROGRAM {instance}{to_task} : {type_};\n") for instance, type_ in task.programs]
        pieces += [where._replace(text=line, exact=False) for where, line in lines]
        pieces.append(at._replace(text="END_RESOURCE\n", exact=False))
    return [*pieces, at._replace(text="END_CONFIGURATION\n", exact=False)]


def interval(text: str) -> str:
    """A task's interval as an IEC literal: of `T#20ms`, of an XML duration `PT0.02S`, or of seconds."""
    text = text.strip()
    if "#" in text:
        return text
    found = _DURATION.match(text)
    if found is not None and any(found.groups()):
        return "T#" + "".join(f"{value}{unit}" for unit, value in found.groupdict().items() if value)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return f"T#{text}s"
    if re.fullmatch(r"(?:\d+(?:\.\d+)?(?:d|h|ms|m|s|us|ns))+", text, re.IGNORECASE):
        return f"T#{text}"
    return text if re.fullmatch(r"[^\W\d]\w*", text) else ""


def identifier(text: str, otherwise: str) -> str:
    """The text as a name: what no name can hold becomes `_`, and a keyword gets one behind."""
    found = re.sub(r"\W", "_", text.strip())
    found += "_" if found.upper() in KEYWORDS else ""
    return found if re.match(r"[^\W\d]", found) else (f"{otherwise}_{found}" if found else otherwise)


def without_end(pieces: Sequence[Piece], mark: str = ";") -> list[Piece]:
    """Without the last mark and what is behind it."""
    found = list(pieces)
    while found and mark not in found[-1].text:
        found.pop()
    if not found:
        return []
    return [*found[:-1], found[-1]._replace(text=found[-1].text.rpartition(mark)[0])]


def without_start(pieces: Sequence[Piece], skip: int) -> list[Piece]:
    """Without the first `skip` characters."""
    found = list(pieces)
    while found and skip >= len(found[0].text):
        skip -= len(found.pop(0).text)
    if not found:
        return []
    first = found[0]
    gone, rest = first.text[:skip], first.text[skip:]
    breaks = gone.count("\n") if first.exact else 0
    column = len(gone) - gone.rfind("\n") if breaks else first.column + (skip if first.exact else 0)
    return [Piece(rest, first.line + breaks, column, first.exact), *found[1:]]
