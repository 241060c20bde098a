import pytest

from hil.errors import InputError
from hil.loop import HOST, Loop, base_step, call_block, handover
from tests.loop._kernels import LOG, calls, noting

MS = 1_000_000


def test_blocks_are_called_at_their_period_and_phase_in_the_order_of_the_schedule() -> None:
    log = LOG.new()
    loop = Loop([noting(log, 2 * MS), noting(log, 3 * MS, phase=MS), noting(log, MS)], MS)
    assert loop.run(5) == 0
    at = {2: [0, 2, 4], 3: [1, 4], 1: range(5)}
    expected = [[t * MS, h * MS] for t in range(5) for h in (2, 3, 1) if t in at[h]]
    assert calls(log) == expected
    assert (loop.tick, loop.t) == (5, 5 * MS)


def test_a_run_in_slices_is_the_same_run() -> None:
    whole, sliced = LOG.new(), LOG.new()
    Loop([noting(whole, 3), noting(whole, 2)], 1).run(20)
    loop = Loop([noting(sliced, 3), noting(sliced, 2)], 1)
    for until in (1, 1, 2, 7, 8, 20):
        loop.run(until)
    assert sliced.tobytes() == whole.tobytes()


def test_time_does_not_drift_over_a_year() -> None:
    log = LOG.new()
    year = 365 * 86400 * 1_000_000_000
    loop = Loop([noting(log, year)], MS)
    loop.memory["tick"] = year // MS - 1
    loop._entries["due"] = year // MS
    assert loop.run(year // MS + 1) == 0
    assert calls(log) == [[year, year]]


def test_a_status_stops_the_loop_behind_its_block_and_it_goes_on_from_there() -> None:
    before, stops, behind = LOG.new(), LOG.new(), LOG.new()
    stops["at"], stops["status"] = 2, 7
    loop = Loop([noting(one, 1) for one in (before, stops, behind)], 1)
    assert loop.run(4) == 7
    assert (loop.tick, loop.last) == (2, loop.steps[1])
    assert [len(calls(one)) for one in (before, stops, behind)] == [3, 3, 2]
    assert loop.run(4) == 0
    assert [[t for t, _ in calls(one)] for one in (before, stops, behind)] == [[0, 1, 2, 3]] * 3


def test_a_status_of_the_last_block_does_not_repeat_its_tick() -> None:
    first, last = LOG.new(), LOG.new()
    last["at"], last["status"] = 0, -3
    loop = Loop([noting(first, 1), noting(last, 1)], 1)
    assert [loop.run(2), loop.run(2)] == [-3, 0]
    assert [[t for t, _ in calls(one)] for one in (first, last)] == [[0, 1]] * 2


def test_the_host_is_asked_at_each_exchange() -> None:
    log = LOG.new()
    loop = Loop([noting(log, 1), handover("controller", 2)], 1)
    asked = []
    while status := loop.run(5):
        asked.append((status, loop.tick, loop.last.name))
    assert asked == [(HOST, tick, "controller") for tick in (0, 2, 4)]
    assert len(calls(log)) == 5


def test_a_halted_loop_stays_where_it_is() -> None:
    log = LOG.new()
    loop = Loop([noting(log, 1)], 1)
    loop.run(3)
    loop.halt()
    assert (loop.run(9), loop.tick, loop.halted, len(calls(log))) == (0, 3, True, 3)


def test_a_block_can_be_called_by_itself() -> None:
    log = LOG.new()
    log["at"], log["status"] = 41, 5
    assert [call_block(noting(log, 8), t) for t in (40, 41)] == [0, 5]
    assert calls(log) == [[40, 8], [41, 8]]


def test_the_base_step_is_the_shortest_period() -> None:
    assert base_step([("plant", 100 * MS), ("sensor", 20 * MS), ("controller", 60 * MS)]) == 20 * MS


def test_every_period_that_is_no_whole_multiple_is_named() -> None:
    with pytest.raises(InputError) as error:
        base_step([("plant", 100 * MS), ("sensor", 30 * MS), ("controller", 60 * MS), ("record", 31 * MS)])
    assert error.value.faults == (
        "plant has a period of 100ms, which is no whole multiple of the 30ms of sensor; take 90ms or change sensor",
        "record has a period of 31ms, which is no whole multiple of the 30ms of sensor; take 30ms or change sensor",
    )
