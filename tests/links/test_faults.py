"""Faults on a wire, each against what it says it does, on a clock of whole periods."""

from typing import Any

import numpy as np
import pytest

from hil.links import FAULTS, Arrivals, Faulty, MemoryLink, Quality

PERIOD = 10_000_000


def answer(t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
    into["y"] = out["x"]


def wire(seed: int = 1, **controls: float) -> Faulty:
    """A wire to a controller that answers each sample with itself."""
    memory = FAULTS.new()
    for name, value in controls.items():
        memory[f"fault_{name}"] = value
    link = Faulty(MemoryLink(answer, [("x", "f8")], [("y", "f8")]), PERIOD, seed, memory)
    link.open()
    return link


def exchange(link: Faulty, numbers: range) -> list[float]:
    """The answers to the numbers of the periods from 1 on, each sent in its own."""
    out, into, answers = np.zeros(1, link.outgoing), np.zeros(1, link.incoming), []
    for k in numbers:
        out["x"] = k
        link.exchange(k * PERIOD, out, into)
        answers.append(float(into["y"][0]))
    return answers


def test_without_faults_it_is_the_wire_below() -> None:
    link = wire()
    assert exchange(link, range(1, 6)) == [1, 2, 3, 4, 5]
    assert (link.arrived.oldest, link.arrived.stale(PERIOD)) == (5 * PERIOD, False)


def test_a_delay_acts_both_ways_and_the_answer_has_the_age_of_its_sample() -> None:
    link = wire(delay=0.02)
    assert exchange(link, range(1, 8)) == [0, 0, 0, 0, 1, 2, 3]
    assert (link.arrived.now - link.arrived.oldest, link.arrived.stale(PERIOD)) == (4 * PERIOD, True)


@pytest.mark.parametrize("fault", [{"drop": 1.0}, {"disconnect": 1}, {"babble": 5}], ids=str)
def test_nothing_gets_through_and_two_periods_make_it_stale(fault: dict[str, float]) -> None:
    link = wire()
    exchange(link, range(1, 3))
    for name, value in fault.items():
        link.controls[f"fault_{name}"] = value
    assert exchange(link, range(3, 4)) == [0.0]
    assert not link.arrived.stale(PERIOD)
    exchange(link, range(4, 5))
    assert link.arrived.stale(PERIOD)
    link.controls[:] = 0
    assert exchange(link, range(5, 6)) == [5.0]
    assert not link.arrived.stale(PERIOD)


def test_a_duplicate_arrives_behind_the_next_frame() -> None:
    """Each way: the controller hears the sample before, and we hear the answer before that."""
    assert exchange(wire(duplicate=1.0), range(1, 6)) == [1, 1, 1, 2, 3]


def test_frozen_values_look_fresh() -> None:
    link = wire()
    exchange(link, range(1, 3))
    link.controls["fault_freeze"] = 1
    out, into = np.full(1, 7.0).view(link.outgoing), np.full(1, 2.0).view(link.incoming)
    link.exchange(3 * PERIOD, out, into)
    assert (into["y"][0], link.arrived.oldest) == (2.0, 3 * PERIOD)


def test_a_value_that_is_bad_is_not_taken_and_an_uncertain_one_is_but_grows_old() -> None:
    link = wire(quality=Quality.BAD)
    assert exchange(link, range(1, 4)) == [0, 0, 0]
    link.controls["fault_quality"] = Quality.UNCERTAIN
    assert exchange(link, range(4, 6)) == [4, 5]
    assert link.arrived.stale(PERIOD)
    assert [(one.path, one.quality, one.age) for one in link.health.values] == [("y", "uncertain", -1)]


def test_a_corrupted_frame_differs_by_one_bit() -> None:
    link = wire(corrupt=1.0)
    sent, came = np.array([1.0]), np.array(exchange(link, range(1, 2)))
    flipped = int(sent.view("u8")[0]) ^ int(came.view("u8")[0])
    assert flipped.bit_count() in (0, 2)  # one bit each way, which may be the same one
    assert link.counters["corrupted"] == 2


def test_chances_are_the_same_in_every_run_of_a_seed_and_one_fault_does_not_move_another() -> None:
    half = exchange(wire(drop=0.5), range(1, 60))
    assert half == exchange(wire(drop=0.5), range(1, 60))
    assert half != exchange(wire(seed=2, drop=0.5), range(1, 60))
    assert half == exchange(wire(drop=0.5, freeze=0, jitter=0.0), range(1, 60))
    assert 10 < len(set(half)) < 30  # a quarter of the frames gets there and back


def test_an_answer_is_as_old_as_its_oldest_value() -> None:
    arrived = Arrivals(2)
    arrived.begin(10)
    arrived.mark(10)
    arrived.begin(20)
    arrived.mark(20, [Quality.GOOD, Quality.BAD])
    assert (arrived.oldest, arrived.stale(5), arrived.stale(6)) == (10, True, False)
