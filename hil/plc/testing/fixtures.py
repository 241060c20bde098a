"""Fixtures of AxUnit: `{TestFixture} CLASS` with `{Test}`, `{TestSetup}` and `{TestTeardown}` methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hil.plc import syntax as s

_PRAGMA = re.compile(r"\{\s*(\w+)\s*(?:\((.*)\))?\s*\}", re.DOTALL)


@dataclass(frozen=True)
class Method:
    """A test: (number, suite, name, place) and the statements that run it."""

    case: tuple[int, str, str, str]
    text: str


def declared(units: list[s.Unit]) -> list[s.Pou]:
    """The classes that are fixtures."""
    return [one for unit in units for one in unit.pous if _marked(one, "TESTFIXTURE")]


def methods(classes: list[s.Pou], first: int) -> Iterator[Method]:
    """The tests of each fixture, one for every set of arguments."""
    number = first
    for place, one in enumerate(classes):
        setups = "".join(f"f{place}.{each.name}(); " for each in one.members if _marked(each, "TESTSETUP"))
        ends = "".join(f" f{place}.{each.name}();" for each in one.members if _marked(each, "TESTTEARDOWN"))
        for method in one.members:
            for arguments in _marked(method, "TEST"):
                shown = f"{method.name}({arguments})" if arguments else method.name
                source = one.source
                where = f"{source.file}:{source.line(method.at)}:{source.column(method.at)}"
                run = f"{setups}f{place}.{method.name}({arguments});{ends}"
                yield Method((number, one.name, shown, where), run)
                number += 1


def _marked(pou: s.Pou, word: str) -> list[str]:
    """The arguments of each pragma of this name before a declaration."""
    found = [_PRAGMA.fullmatch(one.strip()) for one in pou.pragmas]
    return [one[2] or "" for one in found if one is not None and one[1].upper() == word]
