"""CANopen: the node's states by CiA 301's figure, PDOs by transmission type, heartbeats, emergencies."""

from itertools import product

import pytest

from hil.links.can.canopen import (
    PREPARE,
    RESET,
    RESET_COMMUNICATION,
    START,
    STOP,
    Became,
    Emergency,
    Inputs,
    Node,
    Pdo,
    Peer,
    Synced,
    Watch,
    command,
    emergency,
    emergency_of,
    heartbeat,
    sync,
)
from hil.links.can.frame import CodecError, Frame
from hil.links.can.signals import Field, Message, flat

MILLISECOND = 1_000_000


def pdo(identifier: int, name: str, kind: int = 1) -> Pdo:
    return Pdo(Message(name, identifier, 2, flat([Field(name, 0, 16)])), kind)


def node(kind: int = 1, period: int = 0) -> Node:
    made = Node(5, [pdo(0x205, "in", kind)], [pdo(0x185, "out", kind)], period)
    assert made.boot(0) == [Frame(0x705, b"\0")]
    return made


def started(kind: int = 1) -> Node:
    made = node(kind)
    assert list(made.seen(command(START, 5))) == [Became("operational")]
    return made


@pytest.mark.parametrize(
    ("before", "what"), list(product(["stopped", "operational", "pre-operational"], [START, STOP, PREPARE]))
)
def test_commands_lead_from_each_state_to_each(before: str, what: int) -> None:
    made = node()
    to = {"stopped": STOP, "operational": START, "pre-operational": PREPARE}
    list(made.seen(command(to[before])))
    list(made.seen(command(what, 5)))
    assert to[made.state] == what


@pytest.mark.parametrize("what", [RESET, RESET_COMMUNICATION])
def test_a_reset_boots_anew_and_only_that_of_the_node_starts_the_application(what: int) -> None:
    made = started()
    assert list(made.seen(command(what, 0))) == [Became("booting", reset=what == RESET)]
    assert list(made.seen(command(START, 5))) == []
    assert made.boot(0) == [Frame(0x705, b"\0")]
    assert made.state == "pre-operational"


def test_a_command_to_another_node_is_left_alone() -> None:
    made = node()
    assert list(made.seen(command(START, 6))) == []
    assert list(made.seen(Frame(0, b"\1"))) == []


def test_synchronous_values_act_at_the_sync_and_not_before() -> None:
    made = started()
    assert list(made.seen(Frame(0x205, b"\7\0"))) == []
    assert list(made.seen(sync(9))) == [Inputs({"in": 7}), Synced(9)]
    assert list(made.seen(sync())) == [Synced(0)]


def test_values_of_an_event_driven_pdo_act_at_once() -> None:
    assert list(started(255).seen(Frame(0x205, b"\7\0"))) == [Inputs({"in": 7})]


def test_outside_of_operational_no_pdo_is_taken_or_sent() -> None:
    made = node()
    assert list(made.seen(Frame(0x205, b"\7\0"))) == []
    assert list(made.seen(sync())) == []
    assert made.pdos({"out": 1}) == []


@pytest.mark.parametrize(("kind", "sent"), [(1, [0, 1, 2, 3, 4, 5]), (3, [2, 5]), (0, [0, 2, 4]), (255, [0, 2, 4])])
def test_a_pdo_goes_as_its_transmission_type_says(kind: int, sent: list[int]) -> None:
    made = started(kind)
    gone = []
    for k in range(6):
        list(made.seen(sync()))
        if made.pdos({"out": k // 2}):
            gone.append(k)
    assert gone == sent


def test_a_heartbeat_goes_at_its_period_and_tells_the_state() -> None:
    made = node(period=100 * MILLISECOND)
    assert made.tick(99 * MILLISECOND) == []
    assert made.tick(100 * MILLISECOND) == [Frame(0x705, b"\x7f")]
    list(made.seen(command(START)))
    assert made.tick(200 * MILLISECOND) == [Frame(0x705, b"\x05")]


def test_a_silent_node_is_lost_and_found_again() -> None:
    watch = Watch({5: 200 * MILLISECOND})
    assert list(watch.tick(10**12)) == []  # the watch begins with the first heartbeat
    assert list(watch.seen(heartbeat(5, "operational"), 0)) == [Peer(5, "operational")]
    assert list(watch.tick(199 * MILLISECOND)) == []
    assert list(watch.tick(200 * MILLISECOND)) == [Peer(5, "lost")]
    assert list(watch.tick(300 * MILLISECOND)) == []
    assert list(watch.seen(heartbeat(5, "booting"), 400 * MILLISECOND)) == [Peer(5, "booting")]


def test_an_emergency_comes_back_and_is_heard() -> None:
    one = Emergency(5, 0x6200, 1, b"\x2a\0\0\0\0")
    assert emergency(one) == Frame(0x085, b"\x00\x62\x01\x2a\x00\x00\x00\x00")
    assert emergency_of(emergency(one)) == one
    assert list(Watch({5: 1}).seen(emergency(one), 0)) == [one]


def test_a_node_has_a_number_up_to_127() -> None:
    with pytest.raises(CodecError, match="has a number from 1 to 127, not 128"):
        Node(128, [], [])
