"""Structured Text to tokens (IEC 61131-3 clause 6.1 to 6.3), with nested comments and kept pragmas."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from hil.plc.diagnostics import Report, Source
from hil.plc.reading.conditions import Conditions

_WORDS = """
IF THEN ELSIF ELSE END_IF CASE OF END_CASE FOR TO BY DO END_FOR WHILE END_WHILE REPEAT UNTIL END_REPEAT EXIT
CONTINUE RETURN AND OR XOR NOT MOD AND_THEN OR_ELSE TRUE FALSE VAR VAR_INPUT VAR_OUTPUT VAR_IN_OUT VAR_TEMP
VAR_GLOBAL VAR_EXTERNAL VAR_ACCESS VAR_CONFIG END_VAR PROGRAM END_PROGRAM FUNCTION END_FUNCTION FUNCTION_BLOCK
END_FUNCTION_BLOCK TYPE END_TYPE STRUCT END_STRUCT ARRAY CONFIGURATION END_CONFIGURATION RESOURCE END_RESOURCE
VAR_INST VAR_STAT END_UNION END_METHOD END_PROPERTY END_INTERFACE END_CLASS END_NAMESPACE END_ACTION END_GET END_SET
END_STEP END_TRANSITION __TRY __CATCH __FINALLY __ENDTRY
"""
_OUTER = frozenset(("CONFIGURATION", "RESOURCE"))  # keywords where a name follows
_NAMED = re.compile(r"\s+[^\W\d]|\s*\(\*|\s*//")
KEYWORDS = frozenset(_WORDS.split())
# What a misspelt word may have been meant as: the words that stand in bodies and often elsewhere.
SUGGESTED = KEYWORDS - frozenset(_WORDS[_WORDS.index("VAR_INST") :].split())
# The pieces of a date literal; fixed widths, so that `D#2024-03-01-x` still subtracts x.
_DATE = r"\d{1,4}-\d{1,2}-\d{1,2}"
_CLOCK = r"\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?"
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n\f\v\ufeff\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000]+)
    |(?P<comment>//[^\n]*)
    |(?P<open>\(\*|/\*)
    |(?P<pragma>\{{\{{.*?\}}\}}|\{{[^}}]*\}}|@[^\W\d]\w*)
    |(?P<time>(?:LTIME|TIME|LT|T)\#[+-]?[0-9][0-9_.a-z]*)
    |(?P<date>(?:LDT|DT|LDATE_AND_TIME|DATE_AND_TIME)\#{_DATE}-{_CLOCK}
      |(?:LTOD|TOD|LTIME_OF_DAY|TIME_OF_DAY)\#{_CLOCK}|(?:LDATE|DATE|LD|D)\#{_DATE})
    |(?P<prefix>[A-Za-z_][A-Za-z0-9_]*\#)
    |(?P<id>[^\W\d]\w*)
    |(?P<real>[0-9][0-9_]*(?:\.[0-9][0-9_]*(?:E[+-]?[0-9]+)?|E[+-]?[0-9]+))
    |(?P<int>[0-9]{{1,2}}\#[0-9A-F_]+|[0-9][0-9_]*)
    |(?P<string>'(?:\$[^\r\n]|[^'$\r\n])*'|"(?:\$[^\r\n]|[^"$\r\n])*")
    |(?P<direct>%(?:[IQM][XBWDLR]?\*?[0-9.]*|[XBWDL][0-9]+))
    |(?P<op>:=|=>|<=|>=|<>|\?=|\*\*|\.\.|&&|\|\||[-+*/=<>&()\[\],;:.^])""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_SHORT = {"&&": "AND_THEN", "||": "OR_ELSE"}  # as SIMATIC AX has them beside the words
_BRACKETS = {"(*": re.compile(r"\(\*|\*\)"), "/*": re.compile(r"/\*|\*/")}


# Words that begin a declaration, or stand in the middle of a statement, and name something before one of these signs.
_NAMING = {
    **dict.fromkeys(("TYPE", "CONFIGURATION", "RESOURCE"), frozenset((":", ":=", ",", ".", "[", ";", ")", "=", "<>"))),
    **dict.fromkeys(("CONTINUE", "TO", "BY", "END_STEP"), frozenset((":", ":="))),
}
_DESCRIPTION = re.compile(r"\(\*@KEY@:DESCRIPTION\*\).*?\(\*@KEY@:END_DESCRIPTION\*\)", re.DOTALL)  # of an export


class Token(NamedTuple):
    """`kind` is a keyword in capitals, an operator, or id int real time date string prefix direct error end."""

    kind: str
    text: str
    at: int


class Tokens(NamedTuple):
    """The tokens of one source, the last of kind `end`; `pragmas` are those before the token of an index.

    `whole` is false when a comment or pragma never ended and took the rest of the text with it.
    """

    tokens: list[Token]
    pragmas: dict[int, list[str]]
    whole: bool


def tokens_of(source: Source, report: Report) -> Tokens:
    """All tokens; unreadable characters are reported once per run of them and skipped."""
    text, tokens, pragmas = source.text, list[Token](), dict[int, list[str]]()
    at, end, match, whole, nested, conditions = 0, len(text), _TOKEN.match, True, True, Conditions()
    skips = False
    while at < end:
        found = match(text, at)
        if found is None:
            whole = whole and text[at] != "{"
            tokens.append(Token("error", text[at], at))
            at = _skip_unreadable(source, at, report)
            continue
        kind, word = found.lastgroup or "", found.group()
        if kind == "open":
            at, closed, nested = _comment_end(source, at, word, nested, report)
            whole = whole and closed
            continue
        if kind == "pragma" and conditions.take(word):
            skips = not conditions.active
        elif skips:
            pass
        elif kind == "id":
            upper = word.upper()
            names = upper in _OUTER and _NAMED.match(text, found.end()) is None  # `Configuration : T;` in a VAR
            tokens.append(Token(upper if upper in KEYWORDS and not names else "id", word, at))
        elif kind == "op":
            tokens.append(Token(_SHORT.get(word, word), word, at))
        elif kind == "pragma":
            pragmas.setdefault(len(tokens), []).append(word)
        elif kind not in ("space", "comment"):
            tokens.append(Token(kind, word, at))
        at = found.end()
    tokens.append(Token("end", "the end of the text", end))
    _name(tokens)
    return Tokens(tokens, pragmas, whole)


def _name(tokens: list[Token]) -> None:
    """Makes names of the words that can only be names where they stand."""
    for place, (one, following) in enumerate(pairwise(tokens)):
        if one.kind in _NAMING and following.kind in _NAMING[one.kind]:
            tokens[place] = one._replace(kind="id")


def _comment_end(source: Source, start: int, word: str, nested: bool, report: Report) -> tuple[int, bool, bool]:
    """Offset behind a comment, whether it was closed, and whether comments still nest.

    They nest (edition 3) until one would not end: in edition 2 the first end is the end.
    """
    if described := _DESCRIPTION.match(source.text, start):
        return described.end(), True, nested
    depth, close = 0, word[::-1].replace("(", ")")
    for found in _BRACKETS[word].finditer(source.text, start) if nested else ():
        depth += 1 if found.group() == word else -1
        if depth == 0:
            return found.end(), True, True
    if (end := source.text.find(close, start + 2)) >= 0:
        return end + 2, True, False
    report.error(source, start, f"this comment never ends; close it with {close}")
    return len(source.text), False, nested


def _skip_unreadable(source: Source, at: int, report: Report) -> int:
    char = source.text[at]
    if char in "'\"":
        report.error(source, at, f"this string never ends; close it with {char} on the same line")
        stop = source.text.find("\n", at)
        return len(source.text) if stop < 0 else stop
    if char == "{":
        report.error(source, at, "this pragma never ends; close it with }")
        return len(source.text)
    report.error(source, at, f"the character {char!r} has no meaning here; remove it")
    while at < len(source.text) and _TOKEN.match(source.text, at) is None and source.text[at] not in "'\"{":
        at += 1
    return at
