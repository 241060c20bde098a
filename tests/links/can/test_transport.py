"""The transport protocol of J1939 between two nodes that know nothing of each other but frames."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.links.can.frame import CodecError, Frame
from hil.links.can.j1939 import GLOBAL
from hil.links.can.transport import (
    ABORT,
    CTS,
    LONGEST,
    MILLISECOND,
    PACE,
    T1,
    T3,
    T4,
    TIMEOUT,
    Broken,
    Event,
    Received,
    Sent,
    Transport,
)  # fmt: skip

PGN = 65226


class Wire:
    """Two nodes; `lose` says which frames do not arrive, by their number."""

    def __init__(self, window: int = 16, lose: Callable[[int], bool] = lambda _: False) -> None:
        self.nodes = {1: Transport(1), 2: Transport(2, window)}
        self.now, self.frames, self.lose = 0, list[Frame](), lose
        self.events: dict[int, list[Event]] = {1: [], 2: []}

    def take(self, node: int, events: list[Event]) -> None:
        for one in events:
            if not isinstance(one, Frame):
                self.events[node].append(one)
                continue
            self.frames.append(one)
            other = 3 - node
            if not self.lose(len(self.frames)):
                self.take(other, list(self.nodes[other].seen(one, self.now)))

    def send(self, data: bytes, destination: int) -> None:
        self.take(1, list(self.nodes[1].send(PGN, data, destination, self.now)))

    def wait(self, time: int) -> None:
        for _ in range(time // PACE):
            self.now += PACE
            for number, node in self.nodes.items():
                self.take(number, list(node.tick(self.now)))


@given(st.binary(min_size=9, max_size=LONGEST), st.integers(1, 255))
def test_a_message_to_one_node_arrives_whole(data: bytes, window: int) -> None:
    wire = Wire(window)
    wire.send(data, 2)
    assert wire.events == {1: [Sent(PGN, 2)], 2: [Received(PGN, 1, 2, data)]}


@given(st.binary(min_size=9, max_size=100))
def test_a_broadcast_arrives_and_takes_its_time(data: bytes) -> None:
    wire = Wire()
    wire.send(data, GLOBAL)
    count = (len(data) + 6) // 7
    wire.wait(count * PACE)
    assert wire.events == {1: [Sent(PGN, GLOBAL)], 2: [Received(PGN, 1, GLOBAL, data)]}
    assert wire.now == count * 50 * MILLISECOND
    assert len(wire.frames) == 1 + count


def test_the_frames_of_a_transfer_are_those_of_the_standard() -> None:
    wire = Wire(window=2)
    wire.send(bytes(range(1, 24)), 2)
    assert [one.data.hex(" ") for one in wire.frames] == [
        "10 17 00 04 10 ca fe 00",  # RTS: 23 bytes, 4 frames, 16 at once
        "11 02 01 ff ff ca fe 00",  # CTS: 2 frames from the first
        "01 01 02 03 04 05 06 07",
        "02 08 09 0a 0b 0c 0d 0e",
        "11 02 03 ff ff ca fe 00",
        "03 0f 10 11 12 13 14 15",
        "04 16 17 ff ff ff ff ff",
        "13 17 00 04 ff ca fe 00",
    ]
    assert {one.identifier for one in wire.frames} == {0x1CEC0201, 0x1CEC0102, 0x1CEB0201}


def test_a_lost_frame_breaks_the_transfer_on_both_sides() -> None:
    wire = Wire(lose=lambda number: number == 4)
    wire.send(bytes(40), 2)
    assert wire.events[2] == [Broken(PGN, 1, 2, "frame 3 came where 2 was due")]
    assert wire.events[1] == [Broken(PGN, 1, 2, "aborted by its receiver for reason 7")]


def test_a_lost_frame_of_a_broadcast_is_told_to_nobody() -> None:
    wire = Wire(lose=lambda number: number == 3)
    wire.send(bytes(40), GLOBAL)
    wire.wait(10 * PACE)
    assert wire.events[2] == [Broken(PGN, 1, GLOBAL, "frame 3 came where 2 was due")]
    assert wire.events[1] == [Sent(PGN, GLOBAL)]


@pytest.mark.parametrize(("lost", "after"), [(1, T3), (2, T3)])
def test_a_sender_gives_up_when_nobody_answers(lost: int, after: int) -> None:
    wire = Wire(lose=lambda number: number == lost)
    wire.send(bytes(40), 2)
    wire.wait(after - PACE)
    assert wire.events[1] == []
    wire.wait(PACE)
    assert wire.events[1] == [Broken(PGN, 1, 2, "its receiver did not answer in time")]
    assert wire.frames[-1].data[:2] == bytes((ABORT, TIMEOUT)) or wire.frames[-2].data[0] == ABORT


def test_a_receiver_gives_up_when_the_frames_stop() -> None:
    wire = Wire(lose=lambda number: number >= 5)
    wire.send(bytes(100), 2)
    wire.wait(T1)
    assert wire.events[2] == [Broken(PGN, 1, 2, "its next frame did not come in time")]


def test_a_receiver_may_hold_the_sender() -> None:
    node = Transport(1)
    (start,) = node.send(PGN, bytes(20), 2, 0)
    hold = Frame(0x1CEC0102, bytes((CTS, 0, 255, 255, 255)) + start.data[5:], extended=True)
    assert list(node.seen(hold, 0)) == []
    assert list(node.tick(T4 - 1)) == []
    go = Frame(0x1CEC0102, bytes((CTS, 3, 1, 255, 255)) + start.data[5:], extended=True)
    assert len(list(node.seen(go, T4 - 1))) == 3


@pytest.mark.parametrize(("size", "count"), [(8, 2), (1786, 255), (20, 4), (0, 0)])
def test_sizes_that_do_not_fit_are_aborted(size: int, count: int) -> None:
    start = bytes((16, *size.to_bytes(2, "little"), count, 255, 0xCA, 0xFE, 0))
    broken, abort = Transport(2).seen(Frame(0x1CEC0201, start, extended=True), 0)
    assert isinstance(broken, Broken)
    assert isinstance(abort, Frame)
    assert abort.data[0] == ABORT


def test_what_is_not_of_its_size_is_not_sent() -> None:
    with pytest.raises(CodecError, match="carries 9 to 1785 bytes, not 8"):
        Transport(1).send(PGN, bytes(8), 2, 0)


def test_one_message_at_a_time_goes_to_a_node() -> None:
    node = Transport(1)
    node.send(PGN, bytes(20), 2, 0)
    with pytest.raises(CodecError, match="PGN 65226 is still on its way to address 2"):
        node.send(PGN, bytes(20), 2, 0)
