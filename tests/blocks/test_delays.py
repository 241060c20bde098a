"""Dead time: what goes in comes out so many periods later, to the bit."""

import numpy as np
import pytest

from hil.blocks.delays import CELLS, delay
from hil.testing import Alone

S = 1_000_000_000


@pytest.mark.parametrize("compiled", [True, False])
def test_what_goes_in_comes_out_later(compiled: bool) -> None:
    line = Alone(delay("K"), S, compiled=compiled, dead=3.0)
    values = [300.0 + n for n in range(8)]
    assert [line.step(actual=one)["value"] for one in values] == [300.0] * 3 + values[:5]


def test_without_dead_time_it_passes_on() -> None:
    line = Alone(delay("K"), S)
    assert [line.step(actual=one)["value"] for one in (1.0, 2.0, 3.0)] == [1.0, 2.0, 3.0]


def test_the_line_may_be_as_long_as_its_cells_and_is_cut_to_them() -> None:
    line = Alone(delay("K"), S, compiled=False, dead=1e6)
    found = [line.step(actual=float(n))["value"] for n in range(CELLS + 2)]
    assert np.array_equal(found[-3:], [0.0, 1.0, 2.0])
