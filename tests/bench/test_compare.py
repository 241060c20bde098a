"""By how much one trace differs from another, on traces whose difference is known."""

import numpy as np
import pytest

from hil.bench.compare import Difference, difference

K = np.arange(200)
COMMAND = np.where(K > 50, np.exp(-(K - 50) / 30.0), 0.0)
TRACE = {"controller.COMMAND": COMMAND, "plant.T": 300 + np.cumsum(COMMAND), "plant.P": np.full(200, 5.0)}


def later(ticks: int) -> dict[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"]:
    """The trace, so many ticks later."""
    return {name: np.concatenate((np.full(ticks, one[0]), one[: len(one) - ticks])) for name, one in TRACE.items()}


@pytest.mark.parametrize("ticks", range(4))
def test_a_trace_that_comes_later_is_the_same_that_many_ticks_later(ticks: int) -> None:
    assert difference(TRACE, later(ticks)) == Difference(ticks, 0, "", 0.0)


def test_what_differs_after_that_is_counted_and_the_worst_named() -> None:
    rounded = {**later(1), "plant.T": np.round(later(1)["plant.T"], 1), "plant.P": np.full(200, 5.01)}
    found = difference(TRACE, rounded)
    assert (found.ticks, found.channels, found.worst) == (1, 2, "plant.P")
    assert found.largest == pytest.approx(0.01)


def test_a_trace_that_ends_early_is_compared_as_far_as_it_goes_and_an_empty_one_is_far() -> None:
    short = {name: one[:60] for name, one in TRACE.items()}
    assert difference(TRACE, short) == Difference(0, 0, "", 0.0)
    assert difference(TRACE, {name: one[:0] for name, one in TRACE.items()}).largest == float("inf")
