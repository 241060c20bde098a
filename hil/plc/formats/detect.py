"""Which format a file has, by what it says."""

from __future__ import annotations

import re
from pathlib import Path

from hil.plc.formats.text import decode, masked

HEAD = 65536  # bytes that are looked at

_TWINCAT = re.compile(r"<TcPlcObject\b")
_PLCOPEN = re.compile(r"<(?:\w+:)?(?:project|pou|pous|types)\b|plcopen\.org/xml|TC65SC65BWG7TF10")
_PROJECT = re.compile(r"<Project\b[^>]*developer/msbuild|<PlcProjectVersion>|<Compile Include=")
_CODESYS2 = re.compile(
    r"\(\*\s*@(?:NESTEDCOMMENTS|PATH|OBJECTFLAGS|SYMFILEFLAGS|END_DECLARATION|GLOBAL_VARIABLE_LIST)\b"
)
_SCL = re.compile(
    r"""^[ \t]*(?:(?:FUNCTION_BLOCK|FUNCTION|ORGANIZATION_BLOCK|DATA_BLOCK|TYPE)[ \t]*["“]
    |(?:ORGANIZATION_BLOCK|DATA_BLOCK)\b|(?:FUNCTION_BLOCK|FUNCTION)[ \t]+(?:FB|FC)[ \t]*\d+\b
    |VERSION[ \t]*:[ \t]*\d)|\{[ \t]*S7_\w+[ \t]*:=""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_AX = re.compile(
    r"""^[ \t]*(?:NAMESPACE[ \t]+[\w.]+|USING[ \t]+[\w.]+[ \t]*;
    |(?:(?:PUBLIC|ABSTRACT|FINAL|INTERNAL)[ \t]+)*CLASS[ \t])""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_OPENING = re.compile(
    r"\b(?:FUNCTION_BLOCK|FUNCTION|PROGRAM|TYPE|CONFIGURATION|INTERFACE|CLASS|METHOD|STRUCT|VAR(?:_[A-Z]\w*)?)\b", re.I
)
_CLOSING = re.compile(r"\bEND_[A-Z]", re.IGNORECASE)
AUTOMATION_STUDIO = (".var", ".typ", ".fun")  # declarations of B&R, whose comments do not nest
_BY_NAME = {
    ".st": "st",
    ".iecst": "st",
    ".scl": "scl",
    ".exp": "codesys2",
    ".tcpou": "twincat",
    ".tcdut": "twincat",
    ".tcgvl": "twincat",
    ".tcio": "twincat",
    ".tctto": "twincat",
    ".plcproj": "twincat",
}


def detect(path: Path, head: bytes) -> str:
    """The dialect of a file by its first bytes: st, codesys2, twincat, plcopen, ax or scl; empty when it is none.

    Where the contents are those of several dialects, or of none, the file's ending decides.
    """
    text = decode(head[:HEAD], xml=True)
    ending = path.suffix.lower()
    if text is None:
        return ""
    if text.lstrip().startswith("<"):
        return _xml(text) or ("twincat" if _BY_NAME.get(ending) == "twincat" else "")
    if _CODESYS2.search(text):
        return "codesys2"
    hidden = masked(text)
    if _AX.search(hidden):
        return "ax"
    if ending == ".scl" or _SCL.search(masked(text, strings=False)):
        return "scl"
    by_ending = ending in (".st", ".iecst") or (ending in AUTOMATION_STUDIO and _OPENING.search(text))
    if by_ending or (_OPENING.search(hidden) and _CLOSING.search(hidden)):
        return "st"
    if ending == ".exp" and re.search(r"^[ \t]*(?:RESOURCE|PLC_CONFIGURATION|VISUALISATION)\b", hidden, re.MULTILINE):
        return "codesys2"
    return "" if text.strip() else _BY_NAME.get(ending, "")


def _xml(text: str) -> str:
    if _TWINCAT.search(text) or _PROJECT.search(text):
        return "twincat"
    return "plcopen" if _PLCOPEN.search(text) else ""
