"""Repetitive control of a mill: its table as derived, its stability condition, and what it learns by itself."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from controllers.design import eccentricity, tables
from hil.bench.library import find_block
from hil.testing import Alone

ROOT = Path(__file__).parents[2]
BLOCK = find_block("strategies.repetitive_mill", None, ROOT)
MS = 1_000_000


@pytest.fixture(scope="module")
def mill() -> eccentricity.Mill:
    return eccentricity.running()


def test_the_strategy_has_the_table_that_is_derived() -> None:
    assert tables.different(eccentricity.derive(), eccentricity.written()) == []


def test_it_converges_at_its_rate_and_stands_a_lead_that_is_wrong_by_80_degrees(mill: eccentricity.Mill) -> None:
    pole, down, up = eccentricity.margins(mill, eccentricity.derive()["RESPONSE"], 0.2)
    assert pole == pytest.approx(-0.2, rel=0.05)
    assert down < -80
    assert up > 80


def test_a_lead_that_is_wrong_by_more_than_90_degrees_makes_it_grow(mill: eccentricity.Mill) -> None:
    matrix = eccentricity.whole(mill, eccentricity.derive()["RESPONSE"], 0.2, np.radians(95.0))
    assert np.linalg.eigvals(matrix).real.max() > 0.01


def learning(on: float = 1.0, strip5: float = 16.7, seconds: float = 8.0, lead: float = 0.0) -> tuple[Alone, Any]:
    """A stand 3 whose force answers the gap by -4 GN/m at once; its roll is 5 um out of round, at 0.7 rad."""
    block = Alone(BLOCK, 2 * MS, on=on, strip5=strip5, rate=1.0, in3=1e-3)
    response, gap, turn = eccentricity.written()["RESPONSE"][2], 1e-3, 0.0
    for n in range(round(seconds / 0.002)):
        turn = 14.85 * n * 0.002
        shift = (response[1] + lead) / 14.85  # the plant has the lead of the table, in time
        round_out = 5e-6 * np.cos(14.85 * (n * 0.002 + shift) + 0.7)
        force = 9e6 - response[0] * (gap - 1e-3 + round_out)
        gap = block.step(force3=force, angle3=turn)["out3"]
    return block, gap


def test_nothing_is_learned_or_changed_while_it_is_off() -> None:
    block, gap = learning(on=0.0, seconds=1.0)
    assert gap == 1e-3
    assert not block.memory["state"]["a"].any()


def test_it_is_not_learned_at_low_speed() -> None:
    block, gap = learning(strip5=3.0, seconds=1.0)
    assert gap == 1e-3
    assert not block.memory["state"]["b"].any()


def test_amplitude_and_angle_of_the_eccentricity_are_learned() -> None:
    block, _ = learning()
    a, b = (float(block.memory["state"][one][0, 2]) for one in ("a", "b"))
    assert np.hypot(a, b) == pytest.approx(5e-6, rel=0.05)
    assert np.cos(np.arctan2(-b, a) - 0.7 - np.pi) == pytest.approx(1.0, abs=0.05)


def test_a_correction_is_never_larger_than_its_bound() -> None:
    block = Alone(BLOCK, 2 * MS, on=1.0, strip5=16.7, most=2e-6)
    for n in range(500):
        out = block.step(force1=1e7 * np.sin(7.3 * n * 0.002), angle1=7.3 * n * 0.002)
        assert abs(out["out1"]) <= 2e-6
