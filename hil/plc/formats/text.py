"""Bytes to text, and text without its comments."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# The encodings that a file may declare; Python's codecs hold others (zip, hex) that a file must not choose.
_KNOWN = re.compile(r"(?i)(utf-?8|us-ascii|iso-?8859-?\d{1,2}|latin-?1|(?:windows|cp)-?(?:125\d|866|437|850))$")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_HIDDEN = re.compile(r"""//[^\n]* | '(?:\$.|[^'$\n])*' | "(?:\$.|[^"$\n])*" | \{[^{}]*\} | \(\* | /\*""", re.VERBOSE)
_BRACKETS = {"(*": re.compile(r"\(\*|\*\)"), "/*": re.compile(r"\*/")}
_VISIBLE = re.compile(r"[^\n]")


def decode(data: bytes, *, xml: bool = False) -> str | None:
    """The text with `\\n` line ends and without byte-order mark; None when these bytes are no text."""
    found = _decoded(data, xml)
    found = found.removeprefix("\ufeff").rstrip("\x1a\x00")
    if len(_CONTROL.findall(found[:65536])) * 50 > len(found[:65536]):
        return None
    return found.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, xml: bool) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0" and data[3:4] == b"\0" and data[:1] != b"\0":
        return data.decode("utf-16-le", "replace")
    if data[:1] == b"\0" and data[2:3] == b"\0" and data[1:2] != b"\0":
        return data.decode("utf-16-be", "replace")
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")) if xml else None
    names = ["utf-8", "cp1252", "latin-1"]  # latin-1 takes every byte
    if declared is not None and _KNOWN.match(declared[1].decode()):
        names.insert(0, declared[1].decode())
    for name in names:
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise AssertionError("latin-1 takes every byte")


def masked(text: str, *, nested: bool = True, strings: bool = True) -> str:
    """The text with comments, strings and pragmas blanked, so that every other character keeps its place."""
    pieces, at = list[str](), 0
    for start, end in _hidden(text, nested):
        if strings or text[start] in "(/":
            pieces += [text[at:start], _VISIBLE.sub(" ", text[start:end])]
            at = end
    return "".join(pieces) + text[at:]


def closing(text: str) -> str:
    """What closes the comment that is still open at the end of a text; nothing when none is."""
    start, end = next(iter(deque(_hidden(text, nested=True), maxlen=1)), (0, 0))
    if end < len(text) or text[start : start + 2] not in _BRACKETS:
        return ""
    ends = {"(*": "*)", "/*": "*/"}[text[start : start + 2]]
    depth = text.count("(*", start) - text.count("*)", start) if ends == "*)" else 1 - text.count("*/", start)
    return ends * max(depth, 0)


def flattened(text: str) -> str:
    """The text of a dialect without nested comments: a `(*` inside of a comment becomes `( `, as long as before."""
    pieces, at = list[str](), 0
    for start, end in _hidden(text, nested=False):
        if text.startswith("(*", start):
            pieces += [text[at : start + 2], text[start + 2 : end].replace("(*", "( ")]
            at = end
    return "".join(pieces) + text[at:]


def _hidden(text: str, nested: bool) -> Iterator[tuple[int, int]]:
    """Where comments, strings and pragmas begin and end."""
    at = 0
    while found := _HIDDEN.search(text, at):
        at = found.end()
        if found.group() in _BRACKETS:
            at = _comment_end(text, found.start(), found.group(), nested)
        yield found.start(), at


def _comment_end(text: str, start: int, opening: str, nested: bool) -> int:
    depth = 0
    for found in _BRACKETS[opening].finditer(text, start + 2):
        if found.group() == opening:
            depth += nested
        elif depth == 0:
            return found.end()
        else:
            depth -= 1
    return len(text)
