"""The loop's end of a free-running link against the link's own end, in another thread."""

import threading
from time import monotonic_ns
from typing import Any

import numpy as np

from hil.links.mailbox import EMPTY, Mailbox
from hil.loop import Loop, call_block, trade
from tests.loop._kernels import PATTERN, TORN, checking, filling

SECOND = 1_000_000_000
HOUR = 3600 * SECOND


def ends() -> tuple[Mailbox, Mailbox, Any, Any, Any]:
    """Two mailboxes, the memory behind each, and the link's health: age, stale."""
    return Mailbox(PATTERN.dtype), Mailbox(PATTERN.dtype), PATTERN.new(), PATTERN.new(), np.zeros(2, "i8")


def test_a_sample_goes_out_and_the_newest_answer_comes_in() -> None:
    out, into, send, answer, health = ends()
    step = trade("controller", HOUR, send, out.address, answer, into.address, health)
    send["values"], values = 3.0, PATTERN.new()
    for number in (1.0, 2.0):
        values["values"] = number
        into.put(values, monotonic_ns())
    before = monotonic_ns()
    assert call_block(step, 0) == 0
    assert set(answer["values"][0]) == {2.0}
    assert before <= out.take(values) <= monotonic_ns()
    assert set(values["values"][0]) == {3.0}
    assert 0 <= health[0] < HOUR
    assert health[1] == 0


def test_an_answer_of_two_periods_is_stale_and_still_the_newest() -> None:
    out, into, send, answer, health = ends()
    step = trade("controller", SECOND, send, out.address, answer, into.address, health)
    values = PATTERN.new()
    values["values"] = 5.0
    into.put(values, monotonic_ns() - 2 * SECOND)
    call_block(step, 0)
    assert health[0] >= 2 * SECOND
    assert health[1] == 1
    assert set(answer["values"][0]) == {5.0}


def test_no_answer_is_stale_once_one_is_due() -> None:
    out, into, send, answer, health = ends()
    answer["values"] = 9.0
    step = trade("controller", SECOND, send, out.address, answer, into.address, health)
    stale = []
    for tick in range(4):
        call_block(step, tick * SECOND)
        stale.append(int(health[1]))
    assert stale == [0, 0, 1, 2]
    assert set(answer["values"][0]) == {9.0}


def test_no_values_are_torn_between_two_threads() -> None:
    out, into, send, answer, health = ends()
    torn, wrong = TORN.new(), []
    loop = Loop(
        [filling(send, 1), trade("controller", 1, send, out.address, answer, into.address, health),
         checking(answer, torn, 1)], 1,
    )  # fmt: skip

    def other() -> None:
        values = PATTERN.new()
        for number in range(3_000):
            values["values"] = float(number)
            into.put(values, monotonic_ns())
            if out.take(values) != EMPTY and len(set(values["values"][0])) != 1:
                wrong.append(number)

    thread = threading.Thread(target=other)
    thread.start()
    while thread.is_alive():
        loop.run(loop.tick + 1_000)
    loop.run(loop.tick + 1)
    assert (int(torn["torn"][0]), torn["last"][0], wrong) == (0, 2_999.0, [])
