"""The reading head over the tokens that the parsers share."""

from __future__ import annotations

from hil.errors import near
from hil.plc.diagnostics import Report, Source
from hil.plc.reading.lexer import KEYWORDS, SUGGESTED, Token, Tokens

DEEPEST = 150  # levels of nesting; a person writes 10, a generator 40


class SyntaxFault(Exception):
    """Reading cannot go on here; it was reported. Caught where reading can start again."""


class Cursor:
    """Looks at one token, takes it, or reports what was expected instead."""

    def __init__(self, source: Source, tokens: Tokens, report: Report) -> None:
        self.source, self.report = source, report
        self.tokens, self.pragmas, self.whole = tokens
        self.i = 0
        self.depth = 0
        self.open: list[tuple[str, ...]] = []  # the ENDs that the statements around would take
        self.kind = self.tokens[0].kind

    @property
    def token(self) -> Token:
        """The token under the head."""
        return self.tokens[self.i]

    @property
    def at(self) -> int:
        """Offset of the token under the head."""
        return self.tokens[self.i].at

    def peek(self, ahead: int = 1) -> str:
        """Kind of a later token."""
        return self.tokens[min(self.i + ahead, len(self.tokens) - 1)].kind

    def next(self) -> Token:
        """Takes the token; the end stays."""
        token = self.tokens[self.i]
        if token.kind != "end":
            self.i += 1
            self.kind = self.tokens[self.i].kind
        return token

    def accept(self, kind: str) -> bool:
        """Takes the token if it is of this kind."""
        if self.kind != kind:
            return False
        self.next()
        return True

    def word(self, *words: str) -> bool:
        """Whether the token is one of these names, which are keywords only in this place."""
        return self.kind == "id" and self.token.text.upper() in words

    def complain(self, at: int, text: str) -> None:
        """Reports a mistake, unless it follows from one in the characters, which was reported."""
        if self.kind != "error" and (self.whole or self.kind != "end"):
            self.report.error(self.source, at, text)

    def fail(self, text: str, at: int | None = None) -> SyntaxFault:
        """Reports and returns the exception to raise."""
        self.complain(self.at if at is None else at, text)
        return SyntaxFault()

    def expect(self, kind: str, where: str) -> Token:
        """Takes a token of this kind.

        Raises: SyntaxFault, reported as "expected X in <where>, found Y".
        """
        if self.kind == kind:
            return self.next()
        raise self.fail(f"expected {spoken(kind)} {where}, found {self.found()}")

    def found(self) -> str:
        """The token in the words of a diagnostic."""
        return self.token.text if self.kind == "end" else repr(self.token.text)

    def name(self, what: str) -> Token:
        """Takes the name of something that is being declared.

        Raises: SyntaxFault.
        """
        if self.kind == "id":
            return self.next()
        if self.kind in KEYWORDS:
            raise self.fail(f"{self.token.text} is a keyword and cannot name {what}; choose another name")
        raise self.fail(f"expected the name of {what}, found {self.found()}")

    def enter(self) -> None:
        """Goes one level deeper.

        Raises: SyntaxFault when the nesting is too deep to be meant.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"nested deeper than {DEEPEST} levels; split it with a variable or a function")

    def leave(self) -> None:
        """Comes back one level."""
        self.depth -= 1

    def semicolon(self, after: str) -> None:
        """Takes `;`; a forgotten one at the end of a line is reported there and reading goes on.

        Raises: SyntaxFault when what follows is on the same line.
        """
        if self.kind == ";":
            self.next()
            return
        if self.kind == "error":
            raise SyntaxFault
        last = self.tokens[max(self.i - 1, 0)]
        end = last.at + len(last.text)
        if self.kind == "end" or self.source.line(self.at) > self.source.line(last.at):
            self.complain(end, f"missing ';' after {after}")
            return
        hint = near(self.token.text, SUGGESTED) if self.kind == "id" else ""
        raise self.fail(f"expected ';' after {after}, found {self.found()}{hint}")


def spoken(kind: str) -> str:
    """A token kind in the words of a diagnostic."""
    names = {"id": "a name", "int": "a whole number", "end": "the end of the text"}
    return names.get(kind, kind if kind in KEYWORDS else f"'{kind}'")
