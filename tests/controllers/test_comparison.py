"""What the comparison integrates, and that the counts of a period are those of the strategy."""

import numpy as np
import pytest

from controllers.design import comparison
from hil.bench.library import find_block

TEN_MINUTES = {"level": np.linspace(0.0, 2.0, 600), "wanted": np.ones(600)}


def test_errors_are_integrated_in_minutes() -> None:
    assert comparison.off(TEN_MINUTES, "level", "wanted", 0, 10) == pytest.approx(5.0, rel=1e-2)
    assert comparison.off(TEN_MINUTES, "level", "wanted", 0, 5) == pytest.approx(2.5, rel=1e-2)


def test_what_is_beyond_a_bound_is_integrated_from_a_minute_on() -> None:
    assert comparison.above(TEN_MINUTES, "level", 1.0, 0) == pytest.approx(2.5, rel=1e-2)
    assert comparison.above(TEN_MINUTES, "level", 3.0, 0) == 0.0


@pytest.mark.parametrize(("rig", "name"), [("quadtank", "mpc_quadtank"), ("vandevusse", "mpc_vandevusse")])
def test_the_set_point_that_jumps_brings_bounds_into_force(rig: str, name: str) -> None:
    signal, *ends = comparison.JUMPS[rig]
    alone = comparison.at_rest(find_block(f"strategies.{name}", None, comparison.ROOT), rig)
    assert alone.step()["iterations"] == 1
    assert max(alone.step(**{signal: end})["iterations"] for end in ends) > 5
