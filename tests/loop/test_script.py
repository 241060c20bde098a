import numpy as np
import pytest

from hil.loop import Change, call_block, script


def played(changes: list[tuple[int, int, float]], ticks: int, kind: str = "f8", first: float = 0.0) -> list[float]:
    """The value at each tick of 10 ns, for changes of one value: start, end, value."""
    value = np.array([first], kind)
    step = script([Change(start, end, value.ctypes.data, kind, to) for start, end, to in changes], 10)
    found = []
    for tick in range(ticks):
        assert call_block(step, 10 * tick) == 0
        found.append(value[0].item())
    return found


def test_a_step_happens_at_its_tick_and_not_before() -> None:
    assert played([(20, 20, 5.0)], 5) == [0, 0, 5, 5, 5]
    assert played([(0, 0, 5.0)], 2) == [5, 5]


def test_a_ramp_begins_where_the_value_is_and_reaches_its_end_exactly() -> None:
    assert played([(10, 50, 9.0)], 7, first=1.0) == [1, 1, 3, 5, 7, 9, 9]


def test_a_ramp_that_ends_between_two_ticks_is_over_at_the_next() -> None:
    assert played([(0, 25, 10.0)], 5) == [0, 4, 8, 10, 10]


def test_later_changes_take_over_in_the_order_of_their_starts() -> None:
    assert played([(30, 30, 1.0), (10, 10, 4.0)], 5) == [0, 4, 4, 1, 1]
    assert played([(0, 40, 8.0), (20, 40, 0.0)], 6) == [0, 2, 4, 2, 0, 0]


def test_a_change_is_done_once_so_that_others_may_write_behind_it() -> None:
    value = np.array([0.0])
    step = script([Change(0, 0, value.ctypes.data, "f8", 5.0)], 10)
    call_block(step, 0)
    value[0] = 6.0
    call_block(step, 10)
    assert value[0] == 6.0


@pytest.mark.parametrize("kind", ["i4", "u1", "b1"])
def test_a_change_has_the_kind_of_its_signal(kind: str) -> None:
    assert played([(10, 10, 1.0)], 3, kind) == [0, 1, 1]


def test_a_scenario_without_events_plays() -> None:
    assert played([], 2, first=3.0) == [3, 3]
