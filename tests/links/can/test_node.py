"""A node of J1939: addresses, requests, long messages, trouble codes; two nodes on one wire in virtual time."""

from collections.abc import Callable

import pytest

from hil.links.can.claim import WAIT
from hil.links.can.frame import Frame
from hil.links.can.j1939 import (
    ACKNOWLEDGE,
    CLAIM,
    DM1,
    GLOBAL,
    MESSAGES,
    NULL,
    REQUEST,
    TSC1,
    Dm1,
    Identifier,
    Name,
    Trouble,
    decode_dm1,
    encode_dm1,
    frame,
    pack,
    unpack,
)
from hil.links.can.node import Group, Identity, Node
from hil.links.can.signals import Field, Message, flat
from hil.links.can.trouble import trouble_message

A, B = Identity((0x21,), Name(identity=1)), Identity((0x27,), Name(identity=2))
STEP = 10_000_000
CCVS1 = MESSAGES[65265]
LONG = Message(
    "Long", pack(Identifier(6, 0xEF00, NULL)), 20, flat([Field("a", 0, 64), Field("b", 96, 64)]), True, filler=1
)


def pair() -> tuple[Node, Node]:
    """Return two nodes that have claimed their addresses."""
    a, b = Node(A, B), Node(B, A)
    for one, other in ((a, b), (b, a)):
        for sent in one.start(0):
            other.manage(sent, 0)
    for one in (a, b):
        one.elapse(WAIT)
    return a, b


def carry(a: Node, b: Node, until: int, t: int = 0) -> list[Frame]:
    """Let frames go between two nodes, each answer with the next step of 10 ms; return all of them."""
    seen: list[Frame] = []
    waiting: dict[int, list[Frame]] = {0: [], 1: []}
    for now in range(t, until, STEP):
        for k, (one, other) in enumerate(((a, b), (b, a))):
            frames = waiting[k] + one.tick(now)
            seen += frames
            waiting[k], waiting[1 - k] = [], waiting[1 - k] + [r for each in frames for r in other.seen(each, now)]
    return seen


def asks(pgn: int, source: int = 99, to: int = GLOBAL) -> Frame:
    return frame(REQUEST, pgn.to_bytes(3, "little"), source, to)


def test_a_node_asks_who_is_there_and_claims() -> None:
    node = Node(A)
    assert [unpack(one.identifier).pgn for one in node.start(0)] == [REQUEST, CLAIM]
    assert node.address == NULL
    node.elapse(WAIT)
    assert node.address == 0x21


def test_without_an_address_nothing_is_sent() -> None:
    node = Node(A)
    node.start(0)
    assert node.put(CCVS1, CCVS1.encode({}), STEP, 0) == ()
    assert node.put(LONG, LONG.encode({"a": 1}), STEP, 0) == ()
    assert node.tick(STEP) == []
    assert node.seen(asks(65265, to=0x21), 0) == []


def test_the_peer_is_where_its_name_is() -> None:
    a, _ = pair()
    a.manage(frame(CLAIM, Name(identity=2).pack(), 0x80), 0)
    assert a.peer == 0x80
    a.manage(frame(CLAIM, Name(identity=0).pack(), 0x80), 0)  # taken from it by a smaller NAME
    assert a.peer == NULL
    assert a.of(Group(65265, 0x80, GLOBAL, bytes(8)), [CCVS1]) == []
    a.manage(frame(CLAIM, Name(identity=2).pack(), 0x81), 0)
    assert a.of(Group(65265, 0x81, GLOBAL, bytes(8)), [CCVS1]) == [CCVS1]


def test_messages_are_told_apart_by_their_receiver() -> None:
    a, _ = pair()
    engine = Message("Engine", pack(Identifier(3, 0, NULL, 0)), 8, TSC1.root, True)
    retarder = Message("Retarder", pack(Identifier(3, 0, NULL, 15)), 8, TSC1.root, True)
    for to, found in ((0, [engine]), (15, [retarder]), (GLOBAL, [engine, retarder]), (0x21, []), (7, [])):
        assert a.of(Group(0, 0x27, to, bytes(8)), [engine, retarder]) == found
    assert a.of(Group(0, 0x27, 0x21, bytes(8)), [TSC1]) == [TSC1]  # without a receiver of its own it is for this node


def test_a_request_brings_what_the_node_sends_or_a_refusal() -> None:
    a, _ = pair()
    (sent,) = a.put(CCVS1, CCVS1.encode({"WheelBasedVehicleSpeed": 36}), STEP, 0)
    assert a.seen(asks(65265), 0) == [sent]
    assert a.seen(asks(65266), 0) == []
    (refused,) = a.seen(asks(65266, to=0x21), 0)
    assert refused == frame(ACKNOWLEDGE, bytes((1, 255, 255, 255, 99)) + (65266).to_bytes(3, "little"), 0x21)


def test_a_long_message_with_a_receiver_is_acknowledged_and_whole() -> None:
    a, b = pair()
    data = LONG.encode({"a": 123456789, "b": 7})
    assert a.put(LONG, data, 10**9, 0) == ()
    kinds = [one.data[0] for one in carry(a, b, 10 * STEP) if unpack(one.identifier).pgn == 60416]
    assert kinds == [16, 17, 19]  # RTS, CTS, end of message
    assert list(b.came) == [Group(0xEF00, 0x21, 0x27, data)]


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_trouble_codes_go_in_one_frame_or_by_a_broadcast(count: int) -> None:
    a, b = pair()
    codes = [f"{1000 + k}.{k % 32}" for k in range(count)]
    dm1 = trouble_message(codes)
    a.put(dm1, dm1.encode(dict.fromkeys(codes, 1)), 10**9, 0)
    frames = carry(a, b, 2 * 10**9)
    assert (32 in [one.data[0] for one in frames if unpack(one.identifier).pgn == 60416]) == (count > 1)
    assert len(decode_dm1(b.came[0].data).troubles) == count
    values = {one.name: raw for one, raw in dm1.raw(b.came[0].data)}
    assert values["Count"] == count == sum(values[one] for one in codes)


def moments(a: Node, b: Node, changes: dict[int, Callable[[], object]], until: int) -> list[int]:
    """Return when trouble codes were sent, in steps; `changes` happen at theirs."""
    found = []
    for k in range(until):
        changes.get(k, lambda: None)()
        if any(unpack(one.identifier).pgn == DM1 for one in a.tick(k * STEP)):
            found.append(k)
    return found


def test_trouble_codes_are_sent_at_once_then_each_second_and_once_when_they_have_gone() -> None:
    a, b = pair()
    dm1 = trouble_message(["84.9"])

    def put(value: int) -> Callable[[], object]:
        return lambda: a.put(dm1, dm1.encode({"84.9": value}), 10**9, 0)

    assert moments(a, b, {0: put(0), 5: put(1), 250: put(0)}, 600) == [5, 105, 205, 250]


def test_a_message_without_an_end_is_counted_and_forgotten() -> None:
    a, b = pair()
    a.put(LONG, LONG.encode({}), 10**10, 0)
    (start,) = a.tick(0)
    b.seen(start, 0)
    b.tick(2 * 10**9)
    assert [one.reason for one in b.broken] == ["its next frame did not come in time"]
    assert not b.came


def test_who_loses_its_address_forgets_what_was_on_its_way() -> None:
    a, _ = pair()
    a.put(LONG, LONG.encode({}), 10**9, 0)
    assert len(a.tick(0)) == 1
    assert a.manage(frame(CLAIM, Name().pack(), 0x21), 0) == [frame(CLAIM, Name(identity=1).pack(), NULL)]
    assert a.tick(2 * 10**9) == []
    assert (a.address, a.claim.rival) == (NULL, Name())


def test_the_first_code_and_the_lamps_of_a_dm1_are_values() -> None:
    dm1 = trouble_message(["84.9", "190.0"])
    data = encode_dm1(Dm1(amber=1, red=3, troubles=(Trouble(190, 0), Trouble(5, 1))))
    values = {one.name: raw for one, raw in dm1.raw(data)}
    assert [values[name] for name in ("AmberWarningLamp", "RedStopLamp", "Count", "SPN", "FMI")] == [1, 3, 2, 190, 0]
    assert [values[name] for name in ("84.9", "190.0")] == [0, 1]
    assert dm1.raw(encode_dm1(Dm1()))[4][1] == 0
