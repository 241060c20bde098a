"""Sources with TEST blocks: SETUP, TEARDOWN and TEST 'name' ... END_TEST beside all that a source declares."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hil.plc import syntax as s
from hil.plc.diagnostics import Report, Source
from hil.plc.reading.cursor import Cursor
from hil.plc.reading.lexer import tokens_of
from hil.plc.reading.parse_types import SECTIONS
from hil.plc.reading.parser import SourceParser

_NAMED = ("TEST_PROGRAM", "TEST_FUNCTION_BLOCK")  # with a name as that of a unit
_ENDS = ("END_SETUP", "END_TEARDOWN", "END_TEST", *(f"END_{one}" for one in _NAMED))
IS_TEST = re.compile(
    r"""^[ \t]*(?:TEST\s+['"]|(?:SETUP|TEARDOWN|TEST_PROGRAM|TEST_FUNCTION_BLOCK)\b)""", re.IGNORECASE | re.MULTILINE
)


@dataclass
class Block:
    """A SETUP, TEARDOWN or TEST."""

    name: str
    at: int
    sections: list[s.Section] = field(default_factory=list)
    body: list[s.Statement] = field(default_factory=list)


@dataclass
class TestUnit:
    """Everything that one source declares, its tests among it."""

    unit: s.Unit
    setup: Block | None = None
    teardown: Block | None = None
    tests: list[Block] = field(default_factory=list)


def parse_tests(source: Source, report: Report) -> TestUnit:
    """What a source declares; mistakes go to the report."""
    parser = _TestParser(source, tokens_of(source, report), report)
    parser.tests.unit = parser.unit()
    return parser.tests


class _TestParser(SourceParser):
    def __init__(self, *given: object) -> None:
        Cursor.__init__(self, *given)  # type: ignore[arg-type]
        self.tests = TestUnit(s.Unit(self.source))

    def final(self) -> bool:
        return super().final() or self.word(*_ENDS)

    def _declaration(self, unit: s.Unit) -> None:
        if self.word("TEST") and self.peek() == "string":
            self.next()
            text = self.token.text[1:-1].replace("$'", "'").replace('$"', '"')
            at = self.next().at
            self.tests.tests.append(self._test_block(Block(text, at), "END_TEST"))
        elif self.word(*_NAMED) and self.peek() == "id":
            end = f"END_{self.next().text.upper()}"
            name = self.next()
            self.tests.tests.append(self._test_block(Block(name.text, name.at), end))
        elif self.word("SETUP", "TEARDOWN"):
            word = self.next().text.upper()
            block = self._test_block(Block(word, self.at), f"END_{word}")
            if word == "SETUP":
                self.tests.setup = block
            else:
                self.tests.teardown = block
        else:
            super()._declaration(unit)

    def _test_block(self, block: Block, end: str) -> Block:
        while self.kind in SECTIONS:
            block.sections.append(self.section()[0])
        block.body = self.statements(end)
        if not self.word(end):
            raise self.fail(f"this {end[4:]} is never closed; add {end} before {self.found()}")
        self.next()
        self.accept(";")
        return block

    def _statement(self) -> s.Statement | None:
        at = self.at
        if self.word("MOCK") and self.peek() == "id":
            self.next()
            target = self._postfix(self._primary())
            self.semicolon("MOCK")
            return s.Invoke(at, s.Call(at, s.Name(at, "MOCK"), [s.Argument(at, "", target)]))
        if self.word("MOCK_FUNCTION") and self.peek() == "id":
            self.next()
            name = self.next()
            if not self.word("RETURNS"):
                raise self.fail(f"expected RETURNS behind the function's name, found {self.found()}")
            self.next()
            arguments = [s.Argument(at, "", s.Name(name.at, name.text)), s.Argument(at, "", self.expression())]
            self.semicolon("MOCK_FUNCTION")
            return s.Invoke(at, s.Call(at, s.Name(at, "MOCK_FUNCTION"), arguments))
        return super()._statement()
