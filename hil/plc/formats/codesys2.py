"""CODESYS 2.3 exports (`.EXP`): objects behind each other, actions behind the unit that they belong to."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import takewhile, zip_longest
from typing import NamedTuple

from hil.plc.diagnostics import Source
from hil.plc.formats.parts import Resource, TaskEntry, configuration, text_of, unit
from hil.plc.formats.text import flattened, masked
from hil.plc.formats.unit import Findings, Piece, Unit

_START = re.compile(
    r"""^[ \t]*(FUNCTION_BLOCK|FUNCTIONBLOCK|FUNCTION|PROGRAM|TYPE|VAR_GLOBAL|VAR_CONFIG|RESOURCE|ACTION
    |VISUALISATION|PLC_CONFIGURATION|LIBRARY|_[A-Z]\w*)\b""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_ENDS = {"FUNCTIONBLOCK": "END_FUNCTION_BLOCK", "VAR_GLOBAL": "END_VAR", "VAR_CONFIG": "END_VAR"}
_POUS = ("FUNCTION_BLOCK", "FUNCTION", "PROGRAM")
_NAME = re.compile(r"\s+([^\W\d]\w*)")
_LIST = re.compile(r"\(\*\s*@GLOBAL_VARIABLE_LIST\s*:=\s*'([^']*)'")
_DECLARED = re.compile(r"\(\*\s*@END_DECLARATION[^*]*\*\)[ \t]*\n?")
_SECTION = re.compile(r"\s*\bVAR\w*\b.*?\bEND_VAR\b[ \t]*;?[ \t]*\n?", re.IGNORECASE | re.DOTALL)
_GRAPHIC = re.compile(r"\s*_([A-Z]+)_BODY\b")
_IL = re.compile(r"\s*(?:LDN?|CALC?N?|JMPC?N?)[ \t]+[\w.%#\[\]]+[ \t]*(?:\n|$)", re.IGNORECASE)
_SFC = re.compile(
    r"\b(?:(?P<step>(?:INITIAL_STEP|STEP)\s+(\w+)\s*:(?!=))|(?P<transition>TRANSITION\b)|END_(?:STEP|TRANSITION)\b)",
    re.IGNORECASE,
)
_ASSOCIATIONS = re.compile(
    r"(?:\s*\w+\s*(?:\(\s*(?:N|R|S|L|D|P|SD|DS|SL|P0|P1)\b\s*(?:,[^()]*)?\)\s*)?;)*\s*$", re.IGNORECASE
)
_TASK = re.compile(r"\bTASK\s+(\w+)\s*\(([^()]*)\)\s*;", re.IGNORECASE)
_END_TASK = re.compile(r"\bEND_TASK\b", re.IGNORECASE)
_CALL = re.compile(r"\b([^\W\d]\w*)\s*(?:\([^()]*\)\s*)?;")
_SKIPPED = {
    "VISUALISATION": "a visualisation",
    "PLC_CONFIGURATION": "the PLC configuration",
    "LIBRARY": "a library's list",
}


class _Object(NamedTuple):
    """One object: its word in capitals, its name, and from where to where it stands."""

    word: str
    name: str
    start: int
    end: int


class _File:
    """The export, and the same without comments and strings."""

    def __init__(self, text: str, hidden: str, name: str, findings: Findings) -> None:
        self.text, self.hidden, self.name, self.findings = text, hidden, name, findings
        self._source = Source(name, text)

    def place(self, at: int) -> tuple[int, int]:
        return self._source.line(at), self._source.column(at)

    def piece(self, start: int, end: int) -> Piece:
        return Piece(self.text[start:end], *self.place(start))

    def made(self, text: str, at: int) -> Piece:
        return Piece(text, *self.place(at), False)

    def error(self, at: int, text: str) -> None:
        self.findings.error(self.name, *self.place(at), text)

    def note(self, at: int, text: str) -> None:
        self.findings.note(self.name, *self.place(at), text)


def units(text: str, file: str, findings: Findings) -> list[Unit]:
    """The units of an export; actions go to the unit before them."""
    if "@NESTEDCOMMENTS := 'No'" in text:
        text = flattened(text)
    source = _File(text, masked(text), file, findings)
    found: list[Unit] = []
    objects = _objects(source)
    if not objects:
        return [unit([source.piece(0, len(text))], file, "codesys2")] if source.hidden.strip() else []
    lists = [(one.start(), one[1]) for one in _LIST.finditer(text)]
    for number, one in enumerate(objects):
        if one.word in _POUS:
            actions = list(
                takewhile(
                    lambda other: other.word == "ACTION", map(objects.__getitem__, range(number + 1, len(objects)))
                )
            )
            found.append(unit(_pou(source, one, actions), file, "codesys2", one.word, one.name))
        elif one.word in ("TYPE", "VAR_GLOBAL", "VAR_CONFIG"):
            before = bisect_left(lists, (one.start, "")) - 1
            name = one.name or (lists[before][1] if before >= 0 else "")
            found.append(unit([source.piece(one.start, one.end)], file, "codesys2", one.word, name))
        elif one.word == "RESOURCE":
            found += _resource(source, one)
    return found


def _objects(source: _File) -> list[_Object]:
    """All objects in order; what belongs to none is reported once."""
    found, at, ends = list[_Object](), 0, dict[str, list[int]]()
    while start := _START.search(source.hidden, at):
        _stray(source, at, start.start(1))
        word = start[1].upper()
        closing = _end_word(word)
        if closing not in ends:
            pattern = re.compile(rf"\b{closing}\b[ \t]*;?", re.IGNORECASE)
            ends[closing] = [one.end() for one in pattern.finditer(source.hidden)]
        after = bisect_left(ends[closing], start.end())
        following = _START.search(source.hidden, start.end())
        missing = following.start() if following else len(source.text)
        stop = ends[closing][after] if after < len(ends[closing]) else missing
        if word == "FUNCTIONBLOCK":
            word = "FUNCTION_BLOCK"
        named = _NAME.match(source.hidden, start.end())
        name = named[1] if named and word in (*_POUS, "TYPE", "ACTION") else ""
        if word not in (*_POUS, "TYPE", "VAR_GLOBAL", "VAR_CONFIG", "RESOURCE", "ACTION"):
            what = _SKIPPED.get(word, word.strip("_").lower().replace("_", " "))
            source.note(start.start(1), f"{what} was skipped")
            _library(source, word, start.end())
        found.append(_Object(word, name, start.start(1), stop))
        at = stop
    if found:
        _stray(source, at, len(source.text))
    return found


def _library(source: _File, word: str, at: int) -> None:
    named = re.compile(r"\s*(.+?)\.lib\b", re.IGNORECASE).match(source.text, at)
    if word == "LIBRARY" and named:
        source.findings.libraries.append(named[1])


def _end_word(word: str) -> str:
    if word == "PLC_CONFIGURATION":
        return "PLC_END"
    return _ENDS.get(word, f"_END{word}" if word.startswith("_") else f"END_{word}")


def _stray(source: _File, start: int, end: int) -> None:
    between = source.hidden[start:end]
    rest = between.lstrip(" \t\n;")
    if rest:
        at = start + len(between) - len(rest)
        words = f"{rest.split()[0]!r} belongs to no object of the export; export the project again"
        source.error(at, words)


def _pou(source: _File, one: _Object, actions: list[_Object]) -> list[Piece]:
    """Declarations, actions, body: in the order in which the parser reads members."""
    split = _split(source, one)
    end = _last(source, "END_" + one.word, split, one.end)
    spelled = re.compile(r"FUNCTIONBLOCK\b", re.IGNORECASE).match(source.text, one.start)
    pieces = [source.piece(one.start, split)]
    if spelled:
        pieces = [source.made("FUNCTION_BLOCK", one.start), source.piece(spelled.end(), split)]
    if not text_of(pieces).endswith("\n"):
        pieces.append(source.made("\n", split))
    for action in actions:
        pieces += [*_action(source, action), source.made("\n", action.end)]
    return [*pieces, *_body(source, split, end, f"the body of {one.name}"), source.piece(end, one.end)]


def _split(source: _File, one: _Object) -> int:
    """Where the declarations end."""
    marker = _DECLARED.search(source.text, one.start, one.end)
    if marker:
        return marker.end()
    at = source.hidden.find("\n", one.start, one.end)
    at = one.end if at < 0 else at + 1
    while section := _SECTION.match(source.hidden, at, one.end):
        at = section.end()
    return at


def _action(source: _File, one: _Object) -> list[Piece]:
    """An action, its colon put in where it lacks."""
    heading = re.compile(r"ACTION\s+\w+(\s*:)?", re.IGNORECASE).match(source.hidden, one.start)
    if heading is None:
        source.error(one.start, "this ACTION has no name; name it")
        return []
    end = _last(source, "END_ACTION", heading.end(), one.end)
    colon = [] if heading[1] else [source.made(":", heading.end())]
    body = _body(source, heading.end(), end, f"the action {one.name}")
    return [source.piece(one.start, heading.end()), *colon, *body, source.piece(end, one.end)]


def _last(source: _File, word: str, start: int, end: int) -> int:
    """Where the closing word of an object stands, or its end."""
    found = source.hidden[start:end].upper().rfind(word)
    return end if found < 0 else start + found


def _body(source: _File, start: int, end: int, what: str) -> list[Piece]:
    """Statements as they stand; SFC in the standard's words; other languages are named."""
    hidden = source.hidden[start:end]
    graphic = _GRAPHIC.match(hidden)
    language = graphic[1] if graphic else "IL" if _IL.match(hidden) else ""
    if language:
        words = f"{what} is in {language}, which is not read from this format; write it in ST or export PLCopen XML"
        source.error(start + len(hidden) - len(hidden.lstrip()), words)
        return [source.made("\n", start)]
    if re.match(r"\s*INITIAL_STEP\b", hidden, re.IGNORECASE):
        return _sfc(source, start, end)
    return [source.piece(start, end)]


def _sfc(source: _File, start: int, end: int) -> list[Piece]:
    """Steps that hold statements get an action of their own, and transitions their semicolon."""
    pieces, actions, at = list[Piece](), list[Piece](), start
    opened: re.Match[str] | None = None
    for word in _SFC.finditer(source.hidden, start, end):
        if word["step"] or word["transition"]:
            opened = word
            continue
        if opened is None:
            continue
        inner = source.hidden[opened.end() : word.start()]
        if opened["transition"]:
            last = opened.end() + len(inner.rstrip())
            pieces.append(source.piece(at, last))
            if not inner.rstrip().endswith(";"):
                pieces.append(source.made(";", last))
            at = last
        elif not _ASSOCIATIONS.match(inner):
            name = f"{opened[2]}_active"
            actions += [source.made(f"ACTION {name}:", opened.start()), source.piece(opened.end(), word.start())]
            actions.append(source.made("END_ACTION\n", word.start()))
            pieces += [source.piece(at, opened.end()), source.made(f" {name}(N); ", opened.end())]
            at = word.start()
        opened = None
    return [*actions, *pieces, source.piece(at, end)]


def _resource(source: _File, one: _Object) -> list[Unit]:
    """The task configuration."""
    tasks = []
    starts = list(_TASK.finditer(source.hidden, one.start, one.end))
    for found, following in zip_longest(starts, starts[1:]):
        inner = source.hidden[found.end() : following.start() if following else one.end]
        programs = [(call[1], call[1]) for call in _CALL.finditer(_END_TASK.split(inner, maxsplit=1)[0])]
        properties = " ".join(source.text[found.start(2) : found.end(2)].split())
        tasks.append(TaskEntry(found[1], properties, programs, source.made("", found.start())))
    if not tasks:
        source.note(one.start, "a RESOURCE without tasks was skipped")
        return []
    resource = Resource("Cpu", tasks, [])
    pieces = configuration("Plc", source.made("", one.start), [resource])
    return [unit(pieces, source.name, "codesys2", "CONFIGURATION", "Plc")]
