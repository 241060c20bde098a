"""Random expressions and small programs in every profile: the machine code against an evaluator that shares nothing
with it. `ci/fuzz plc --cases N` tries any number."""

import numpy as np
import pytest

from ci.fuzzers import plc
from hil.plc import PROFILES
from tests.plc._reference import value
from tests.plc._rules import RULES, Rules


@pytest.mark.parametrize("profile", PROFILES)
def test_machine_code_agrees_with_the_evaluator(profile: str) -> None:
    assert plc.fuzz(480, 0, [profile]) == (480, "")


@pytest.mark.parametrize("profile", ["codesys", "matiec"])
def test_an_evaluator_of_another_profile_is_found_out(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, profile, Rules())
    assert "the evaluator has" in plc.fuzz(2000, 0, [profile])[1]


def test_the_evaluator_knows_what_is_published() -> None:
    """(30000 + 30000) / 2 in INT, and 0.3 * 0.1 with a REAL."""
    doubled = ("/", "INT", ("+", "INT", ("var", "INT", "a"), ("var", "INT", "a")), ("const", "INT", 2))
    product = ("to", "LREAL", ("*", "REAL", ("var", "REAL", "r"), ("lit", "REAL", 0.1)))
    variables = {"a": 30000, "r": np.float32(0.3)}
    assert [value(doubled, variables, RULES[one]) for one in ("iec", "codesys")] == [-2768, 30000]
    assert value(product, variables, RULES["iec"]) == np.float32(0.3) * np.float32(0.1)
