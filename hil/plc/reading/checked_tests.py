"""TEST blocks among the units of a source that is only checked: each as a block, its assertions as conditions."""

from __future__ import annotations

import copy

from hil.plc import syntax as s
from hil.plc.diagnostics import Report, Source
from hil.plc.reading.assertions import Places, Rewriter
from hil.plc.reading.test_blocks import Block, parse_tests


def parse_checked(source: Source, report: Report) -> s.Unit:
    """Everything that a source with tests declares; a test sees the variables of SETUP and TEARDOWN."""
    found = parse_tests(source, report)
    rewriter = _Conditions(source, Places())
    around = [one for one in (found.setup, found.teardown) if one is not None]
    for test in found.tests or around[:1]:
        sections = [copy.deepcopy(section) for one in around if one is not test for section in one.sections]
        pou = s.Pou(test.at, "FUNCTION_BLOCK", f"__TEST_{test.at}", None, sections + test.sections, [], source)
        for one in _in_order(found.setup, test, found.teardown):
            pou.body += rewriter.body(copy.deepcopy(one.body))
        found.unit.pous.append(pou)
    return found.unit


def _in_order(*blocks: Block | None) -> list[Block]:
    return list({id(one): one for one in blocks if one is not None}.values())


class _Conditions(Rewriter):
    """What an assertion compares is all that there is to check of it."""

    def _failing(
        self,
        one: s.Statement,
        judged: tuple[s.Expression, s.Expression, s.Expression],
        message: s.Expression,
        *,
        ends: bool = True,
    ) -> s.Statement:
        return s.If(one.at, [(judged[0], [])], [])

    def _advance(self, one: s.Invoke) -> s.Statement:
        return s.Several(one.at, [])

    _mock = _mock_function = _verified = _advance
