"""The wall clock, by what must hold however slow the machine is."""

import time
from typing import Any

import numpy as np

from hil.loop import Loop, Pace
from tests.loop._kernels import LOG, calls, noting

SECOND = 1_000_000_000


def paced(step: int, rate: int, ticks: int, *, tolerance: int = 0, grace: int = 0) -> tuple[Any, Any]:
    health = np.zeros(2, "i8")
    pace = Pace(step, rate, health, tolerance=tolerance, grace=grace)
    loop = Loop([pace.step], step)
    pace.start()
    assert loop.run(ticks) == 0
    return pace.p, health


def test_a_clock_that_no_machine_can_keep_is_late_at_every_tick_and_never_waits() -> None:
    p, health = paced(1_000, 10**9, 5_000)
    assert p["late"] == p["longest_run"] == health[1] == 5_000
    assert p["first_late"] == 0
    assert p["worst"] >= health[0] > 0


def test_nothing_counts_during_the_grace() -> None:
    p, _ = paced(1_000, 10**9, 5_000, grace=2_000_000)
    assert p["late"] == 3_000
    assert p["first_late"] == 2_000_000


def test_what_is_tolerated_is_not_late() -> None:
    p, health = paced(1_000, 10**9, 100, tolerance=3600 * SECOND)
    assert [p["late"][0], p["worst"][0], health[1]] == [0, 0, 0]
    assert health[0] > 0


def test_no_tick_begins_before_its_instant() -> None:
    log = LOG.new()
    pace = Pace(100_000, 1, np.zeros(2, "i8"), tolerance=3600 * SECOND, grace=0)
    loop = Loop([pace.step, noting(log, 100_000)], 100_000)
    pace.start()
    for tick in range(1, 31):
        loop.run(tick)
        assert time.monotonic_ns() - pace.p["start"][0] >= (tick - 1) * 100_000
    assert len(calls(log)) == 30


def test_a_faster_clock_divides_every_instant() -> None:
    pace = Pace(SECOND, 1000, np.zeros(2, "i8"), tolerance=3600 * SECOND, grace=0)
    loop = Loop([pace.step], SECOND)
    pace.start()
    loop.run(4)
    assert time.monotonic_ns() - pace.p["start"][0] >= 3_000_000
