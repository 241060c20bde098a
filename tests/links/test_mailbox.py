import threading

import numpy as np
import pytest

from hil.links.mailbox import EMPTY, Mailbox

VALUES = np.dtype([("a", "i8"), ("b", "f4"), ("c", "i8", (500,))], align=True)


def filled(value: int) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    values = np.zeros(1, VALUES)
    values["a"], values["b"], values["c"] = value, value, value
    return values


def test_an_empty_mailbox_leaves_the_reader_alone() -> None:
    mailbox, into = Mailbox(VALUES), filled(7)
    assert (mailbox.take(into), mailbox.last) == (EMPTY, EMPTY)
    assert into == filled(7)


@pytest.mark.parametrize("puts", [1, 2, 3])
def test_the_newest_values_are_taken_as_often_as_one_likes(puts: int) -> None:
    mailbox, into = Mailbox(VALUES), filled(0)
    for k in range(1, puts + 1):
        mailbox.put(filled(k), 100 * k)
    for _ in range(2):
        assert (mailbox.take(into), mailbox.last) == (100 * puts, 100 * puts)
        assert into == filled(puts)


def test_compiled_code_finds_the_layout_that_is_written_down() -> None:
    mailbox = Mailbox(np.dtype([("x", "f8")]))
    mailbox.put(np.array([(1.5,)], [("x", "f8")]), 11)
    mailbox.put(np.array([(2.5,)], [("x", "f8")]), 22)
    words = mailbox.memory.view("i8")
    assert words.tolist()[:2] == [2, 22]
    assert words[3] == 11
    assert mailbox.memory.view("f8")[[2, 4]].tolist() == [2.5, 1.5]
    assert mailbox.memory.ctypes.data == mailbox.address


def test_a_reader_never_sees_half_of_two_puts() -> None:
    mailbox, into = Mailbox(VALUES), filled(0)

    def write() -> None:
        for k in range(1, 5000):
            mailbox.put(filled(k), k)

    writer = threading.Thread(target=write)
    writer.start()
    newest = 0
    while newest < 4999:
        at = mailbox.take(into)
        if at != EMPTY:
            assert at >= newest
            assert into == filled(at)
            newest = at
    writer.join()
