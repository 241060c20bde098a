import ast
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.house._tree import ROOT, files

# A letter in brackets keeps this file from finding itself.
PLACES = re.compile(r"p[y]pi\.|pythonh[o]sted|npmj[s]|/hom[e]/\w|/roo[t]/|/wor[k]/|/tm[p]/\w")
PACKAGES = ["hil", "plant_models", "controllers"]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def longer_than(limit: int, folder: str, prefix: str = "") -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{function.lineno}: {function.name} has {lines} lines"
        for path in files("*.py")
        if path.is_relative_to(ROOT / folder)
        for function in functions(path)
        if function.name.startswith(prefix) and (lines := (function.end_lineno or 0) - function.lineno + 1) > limit
    ]


def test_no_file_names_a_place_that_only_its_author_has() -> None:
    places = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in files()
        if (found := PLACES.search(path.read_bytes().decode(errors="replace")))
    ]
    assert places == []


def test_no_file_is_large() -> None:
    large = {str(path.relative_to(ROOT)) for path in files() if path.stat().st_size > 100_000}
    assert large <= {"requirements.lock"}


@pytest.mark.parametrize("folder", [*PACKAGES, "ci"])
def test_no_function_exceeds_60_lines(folder: str) -> None:
    assert longer_than(60, folder) == []


def test_no_test_exceeds_25_lines() -> None:
    assert longer_than(25, "tests", "test_") == []


def test_decisions_are_numbered_without_gaps_and_dated() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    for number, path in zip(count(1), decisions, strict=False):
        assert re.fullmatch(rf"{number:04}-[a-z0-9-]+\.md", path.name)
        assert re.match(rf"# {number:04} .+\n\n20\d\d-\d\d-\d\d\b", path.read_text()), path.name
