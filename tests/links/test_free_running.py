import threading
from typing import Any

import numpy as np

from hil.links import FreeRunning, LinkError, MemoryLink

MS = 1_000_000


class Memory(MemoryLink):
    """A link to a controller in the same memory: it answers twice the sample, and breaks when it is told."""

    def __init__(self, breaks: int = 0) -> None:
        super().__init__(self.answer, [("x", "f8")], [("y", "f8")])
        self.breaks, self.answered = breaks, threading.Event()

    def answer(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        if self.breaks:
            self.breaks -= 1
            raise LinkError("cut")
        into["y"] = 2 * out["x"]
        self.answered.set()


def run(link: Memory) -> FreeRunning:
    """Exchange until there is an answer, then stop."""
    free = FreeRunning(link, MS)
    free.start()
    free.outgoing.put(np.array([(21.0,)], link.outgoing), 1)
    assert link.answered.wait(20.0)
    free.stop()
    return free


def test_a_sample_goes_out_and_its_answer_comes_in() -> None:
    free, into = run(Memory()), np.zeros(1, [("y", "f8")])
    assert free.incoming.take(into) > 0
    assert into["y"] == 42.0
    assert free.error is None


def test_a_broken_link_is_opened_again() -> None:
    link = Memory(breaks=1)
    free = run(link)
    assert free.incoming.last > 0
    assert (link.health.opened, link.health.errors, link.health.connected) == (2, 1, False)


def test_answers_are_stale_from_two_periods_on_and_before_the_first() -> None:
    free = FreeRunning(Memory(), 10 * MS)
    assert free.stale(0)
    free.incoming.put(np.zeros(1, free.link.incoming), 100 * MS)
    assert not free.stale(120 * MS - 1)
    assert free.stale(120 * MS)
    assert (free.health.stale, free.health.age > 0) == (True, True)


def test_nothing_is_sent_before_the_first_sample() -> None:
    link = Memory()
    free = FreeRunning(link, MS)
    free.start()
    assert not link.answered.wait(0.02)
    free.stop()
    assert free.incoming.last == -1
