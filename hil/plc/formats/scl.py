"""SCL sources of STEP 7 and TIA Portal to Structured Text.

Quoted and #-marked names become plain ones, headings and REGIONs go, a DATA_BLOCK becomes a VAR_GLOBAL, an
ORGANIZATION_BLOCK a PROGRAM. Every other character keeps its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from hil.plc.formats.unit import Findings, Piece, Unit, assemble
from hil.plc.reading.lexer import KEYWORDS

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|\(/\*.*?\*/\)|/\*.*?\*/|\(\*.*?\*\))
    |(?P<string>'(?:\$.|[^'$\n])*')
    |(?P<pragma>\{[^{}]*\})
    |(?P<dtl>\bDTL\#\s*(\d+)-(\d+)-(\d+)(?:-(\d+):(\d+):(\d+)(?:\.(\d+))?)?)
    |(?P<prefix>\b(?:B|W|DW|LW|L|S5T|S5TIME)\#)
    |(?P<marked>(?<!\w)\#[ \t]*(?:"[^"\n]*"|\w+))
    |(?P<quoted>"[^"\n]*")
    |(?P<word>\b(?:DIV|GOTO)\b)
    |(?P<taken>\b(?:ARRAY|BY|CONFIGURATION|CONTINUE|DO|EXIT|FROM|PROGRAM|RESOURCE|RETURN|TO|TYPE)\b(?=\s*:))""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_PREFIXES = {"B": "BYTE", "W": "WORD", "DW": "DWORD", "LW": "LWORD", "L": "DINT", "S5T": "T", "S5TIME": "T"}
_WORDS = {"DIV": "/", "GOTO": "JMP"}
_DTL = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
_UNIT = re.compile(
    r"^[ \t]*(FUNCTION_BLOCK|FUNCTION|ORGANIZATION_BLOCK|DATA_BLOCK|TYPE)\b", re.IGNORECASE | re.MULTILINE
)
_NAME = re.compile(r"\s*([\w.]+)")
_SECTION = re.compile(r"\b(?:VAR(?:_\w+)?|BEGIN|STRUCT|CONST|LABEL|END_\w+)\b", re.IGNORECASE)
_HEADER = re.compile(
    r"^[ \t]*(?:(?:TITLE|AUTHOR|FAMILY|NAME|VERSION)[ \t]*[:=][^\n]*"
    r"|(?:KNOW_HOW_PROTECT|NON_RETAIN|RETAIN|UNLINKED|READ_ONLY|STANDARD|CODE_VERSION1|NON_OPT)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_VOID = re.compile(r"\s*:\s*VOID\b", re.IGNORECASE)
_BEGIN = re.compile(r"^[ \t]*BEGIN\b", re.IGNORECASE | re.MULTILINE)
_REGION = re.compile(r"^[ \t]*(?:END_)?REGION\b[^\n]*", re.IGNORECASE | re.MULTILINE)
_LABELS = re.compile(r"\bLABEL\b.*?\bEND_LABEL\b[ \t]*;?", re.IGNORECASE | re.DOTALL)
_CONST = re.compile(r"\bCONST\b(.*?)\bEND_CONST\b", re.IGNORECASE | re.DOTALL)
_CONSTANT = re.compile(r"(\w+)\s*(:=)\s*([^;]*)")
_ENO = re.compile(r"\bENO\b(?!\s*=>)", re.IGNORECASE)
# Possessive, from the beginning of a word on: a long row of digits is looked at once.
_COMPOUND = re.compile(r"(?<![\w.%])([\w.%]++(?:\[[^;:=]{0,500}\])?[\w.\[\]%]*+)[ \t]*+([-+*/])=([^;=][^;]*);")
_SECTIONS = re.compile(r"\b(?:END_)?VAR\b(?:[ \t]+(?:NON_)?RETAIN\b)?", re.IGNORECASE)
_INITIAL = re.compile(r"([^;\s][^;]*?:=[^;]*;)")
_ENDS = {"TYPE": "END_TYPE", "DATA_BLOCK": "END_DATA_BLOCK"}
_Edit = tuple[int, int, str]


def units(text: str, file: str, findings: Findings) -> list[Unit]:
    """The one unit that an SCL source becomes."""
    return [_Reader(text, file, findings).unit()]


def _identifier(name: str) -> str:
    """A name as it was quoted, as Structured Text takes it."""
    found = re.sub(r"\W", "_", name.strip()) or "_"
    return f"_{found}" if found[0].isdigit() or found.upper() in KEYWORDS else found


class _Reader:
    """Collects what changes; `plain` is the text without comments, strings and pragmas, names without quotes."""

    def __init__(self, text: str, file: str, findings: Findings) -> None:
        self.text, self.file, self.findings = text, file, findings
        self.edits: list[_Edit] = []
        self.starts = [0, *(one.end() for one in re.finditer("\n", text))]
        self.plain = self._names()

    def unit(self) -> Unit:
        """The whole source."""
        at = 0
        while found := _UNIT.search(self.plain, at):
            at = self._block(found)
        for one in _COMPOUND.finditer(self.plain):
            self._compound(one)
        for region in _REGION.finditer(self.plain):
            self._blank(region.start(), self._line_end(region.start()))
        text, lines = assemble(self._pieces())
        return Unit(text, self.file, lines, "scl")

    # ---- words

    def _names(self) -> str:
        """Notes what becomes of names and literals; gives the text in which units are looked for."""
        pieces, at = list[str](), 0
        for found in _TOKEN.finditer(self.text):
            kind, word = found.lastgroup or "", found.group()
            new = self._token(found)
            pieces.append(self.text[at : found.start()])
            named = kind in ("marked", "quoted", "taken")
            pieces.append("n" * len(word) if named else word if kind == "prefix" else re.sub(r"[^\n]", " ", word))
            at = found.end()
            if new != word:
                self.edits.append((found.start(), found.end(), new))
        return "".join(pieces) + self.text[at:]

    def _token(self, found: re.Match[str]) -> str:
        kind, word = found.lastgroup or "", found.group()
        if found["dtl"]:
            return _moment(found)
        if kind == "prefix":
            return _PREFIXES[word[:-1].upper()] + "#"
        if kind == "word":
            return _WORDS[word.upper()]
        if kind in ("marked", "quoted", "taken"):
            return _identifier(word.lstrip("# \t").strip('"'))
        return re.sub(r"[^\n]", " ", word) if word.startswith("(/*") else word

    # ---- units

    def _block(self, found: re.Match[str]) -> int:
        """One unit; gives where it ends."""
        kind, start = found[1].upper(), found.end()
        end = re.compile(rf"\b{_ENDS.get(kind, 'END_' + kind)}\b", re.IGNORECASE).search(self.plain, start)
        name = _NAME.match(self.plain, start)
        if end is None or name is None:
            line = bisect_right(self.starts, found.start(1))
            column = found.start(1) - self.starts[line - 1] + 1
            missing = "its name" if name is None else _ENDS.get(kind, "END_" + kind)
            self.findings.error(self.file, line, column, f"this {kind} lacks {missing}; export it again")
            return start
        if kind == "ORGANIZATION_BLOCK":
            self.edits += [(*found.span(1), "PROGRAM"), (*end.span(), "END_PROGRAM")]
        section = _SECTION.search(self.plain, name.end())
        self._heading(name.end(), section.start() if section else end.start())
        if kind == "TYPE":
            self._insert(name.end(), "" if self.plain[name.end() :].lstrip()[:1] == ":" else ":")
        elif kind == "DATA_BLOCK":
            self._data(found, name, end)
        else:
            self._code(name.end(), end.start())
        return end.end()

    def _heading(self, start: int, end: int) -> None:
        for one in _HEADER.finditer(self.plain, start, end):
            self._blank(one.start(), self._line_end(one.start()) if one.group().rstrip()[-1:] != "" else one.end())

    def _code(self, start: int, end: int) -> None:
        if void := _VOID.match(self.plain, start):
            self._blank(*void.span())
        for labels in _LABELS.finditer(self.plain, start, end):
            self._blank(*labels.span())
        for one in _CONST.finditer(self.plain, start, end):
            self._constants(one)
        begin = _BEGIN.search(self.plain, start, end)
        if begin is None:
            return
        speaks = _ENO.search(self.plain, begin.end(), end)
        first = "VAR_OUTPUT ENO : BOOL := TRUE; END_VAR ENO := TRUE; " if speaks else ""
        self.edits.append((*begin.span(), first))

    def _compound(self, found: re.Match[str]) -> None:
        """`x += y;` as `x := x + (y);`."""
        target = "".join(_TOKEN.sub(self._token, self.text[found.start(1) : found.end(1)]))
        self.edits += [(found.end(1), found.start(3), f" := {target} {found[2]} ("), (found.end(3), found.end(3), ")")]

    def _constants(self, found: re.Match[str]) -> None:
        """CONST a := 1; END_CONST has no types: each is that of its value."""
        self.edits += [(found.start(), found.start() + 5, "VAR CONSTANT"), (found.end() - 9, found.end(), "END_VAR")]
        for one in _CONSTANT.finditer(self.plain, found.start(1), found.end(1)):
            value = self.text[one.end(2) : one.end(3)].strip()
            self._insert(one.end(1), f" : {_type_of(value)}")

    def _data(self, found: re.Match[str], name: re.Match[str], end: re.Match[str]) -> None:
        """A global variable; what BEGIN assigns is assigned before the first scan."""
        self.edits.append((*found.span(1), "VAR_GLOBAL"))
        self._insert(name.end(), " :")
        begin = _BEGIN.search(self.plain, name.end(), end.start())
        stop = begin.start() if begin else end.start()
        words = list(_SECTIONS.finditer(self.plain, name.end(), stop))
        for place, one in enumerate(words):  # several sections are one structure
            new = "STRUCT" if place == 0 else "END_STRUCT" if place == len(words) - 1 else ""
            self.edits.append((*one.span(), new))
        closed = self.plain[name.end() : stop].rstrip().endswith(";")
        self._insert(stop, ("" if closed else ";") + " END_VAR")
        owner = _identifier(self.text[name.start(1) : name.end(1)].strip('"'))
        values = list(_INITIAL.finditer(self.plain, begin.end(), end.start())) if begin else []
        if begin is not None:
            self.edits.append((*begin.span(), f"\nFUNCTION __STARTUP_{owner}\n" if values else ""))
        for one in values:
            self._insert(one.start(), f"{owner}.")
        self.edits.append((*end.span(), "END_FUNCTION" if values else ""))

    # ---- edits

    def _blank(self, start: int, end: int) -> None:
        self.edits.append((start, end, re.sub(r"[^\n]", "", self.text[start:end])))

    def _insert(self, at: int, text: str) -> None:
        if text:
            self.edits.append((at, at, text))

    def _line_end(self, at: int) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found

    def _pieces(self) -> Iterator[Piece]:
        """The text with the edits done; the larger of two that overlap counts."""
        at = 0
        for start, end, new in sorted(self.edits, key=lambda one: (one[0], one[1] > one[0], -one[1])):
            if start < at:
                continue
            yield self._piece(self.text[at:start], at, True)
            yield self._piece(new, start, False)
            at = end
        yield self._piece(self.text[at:], at, True)

    def _piece(self, text: str, at: int, exact: bool) -> Piece:
        line = bisect_right(self.starts, at)
        return Piece(text, line, at - self.starts[line - 1] + 1, exact)


def _moment(found: re.Match[str]) -> str:
    """A literal of DTL as a structure."""
    groups = found.groups()
    first = list(found.re.groupindex.values())[list(found.re.groupindex).index("dtl")]
    year, month, day, hour, minute, second, rest = groups[first : first + 7]
    numbers = (year, month, day, hour or "0", minute or "0", second or "0")
    parts = [f"{name} := {int(number)}" for name, number in zip(_DTL, numbers, strict=True)]
    return f"({', '.join(parts)}, NANOSECOND := {int((rest or '0').ljust(9, '0')[:9])})"


def _type_of(value: str) -> str:
    if value.startswith("'"):
        return "STRING"
    if value.upper() in ("TRUE", "FALSE"):
        return "BOOL"
    if prefix := re.match(r"(\w+)#(?!\d+#)", value):
        word = prefix[1].upper()
        return (
            "TIME"
            if word in ("T", "S5T", "S5TIME", "TIME")
            else _PREFIXES.get(word, "DINT" if word.isdigit() else word)
        )
    if re.match(r"[+-]?\d+\.\d|[+-]?\d+E", value, re.IGNORECASE):
        return "REAL"
    return "INT" if re.fullmatch(r"[+-]?\d{1,4}", value) else "DINT"
