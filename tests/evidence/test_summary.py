"""The page of many runs shows for each the requirement to look at first."""

import pytest

from hil.evidence.summary import tightest
from tests.evidence.samples import finding


def first(*findings: dict[str, object]) -> object:
    found = tightest(findings)
    return found and found["id"]


def of(name: str, verdict: str, margin: float | None, **ends: float) -> dict[str, object]:
    return finding(name, "holds", verdict, margin) | {"low": None, "high": None} | ends


def test_the_least_margin_for_what_is_allowed_comes_first() -> None:
    wide = of("A", "pass", 5.0, low=0.0, high=100.0)
    narrow = of("B", "pass", 0.9, low=-1.0, high=1.0)
    one_sided = of("C", "pass", 200.0, high=2950.0)
    assert [first(narrow, wide), first(wide, one_sided), first(narrow)] == ["A", "C", "B"]


def test_what_failed_comes_before_what_is_tight() -> None:
    assert first(of("A", "pass", 0.1, high=1.0), of("B", "fail", None)) == "B"


@pytest.mark.parametrize("margin", [None, float("inf"), 0.0])
def test_what_has_no_margin_comes_last(margin: float | None) -> None:
    assert first(of("A", "pass", margin), of("B", "pass", 3.0, high=0.0)) == "B"


def test_no_findings_have_none() -> None:
    assert first() is None
