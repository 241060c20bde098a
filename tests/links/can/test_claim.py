"""Address claim: two and more nodes on one wire, each with a NAME of its own."""

from itertools import permutations

import pytest

from hil.links.can.claim import WAIT, Claim
from hil.links.can.frame import Frame
from hil.links.can.j1939 import CLAIM, GLOBAL, NULL, REQUEST, Name, frame


def settle(nodes: list[Claim], started: list[int]) -> list[Frame]:
    """Start the nodes at their times (ns) and let all frames go round until everyone has waited."""
    seen: list[Frame] = []

    def spread(sender: Claim, frames: list[Frame], now: int) -> None:
        for one in frames:
            seen.append(one)
            for other in nodes:
                if other is not sender:
                    spread(other, other.seen(one, now), now)

    for now in sorted({*started, *(at + k * WAIT for at in started for k in range(1, 4))}):
        for node, at in zip(nodes, started, strict=True):
            spread(node, node.start(now) if at == now else node.tick(now), now)
    return seen


def test_a_node_alone_uses_its_address_after_250_ms() -> None:
    node = Claim(Name(identity=7), [0x21])
    (claim,) = node.start(0)
    assert claim == Frame(0x18EEFF21, Name(identity=7).pack(), extended=True)
    assert node.tick(WAIT - 1) == []
    assert node.address == NULL
    node.tick(WAIT)
    assert node.address == 0x21


@pytest.mark.parametrize("started", [[0, 0], [0, WAIT // 2], [0, 3 * WAIT], [3 * WAIT, 0]])
def test_the_smaller_name_has_the_address_whoever_came_first(started: list[int]) -> None:
    small, large = Claim(Name(identity=1), [5]), Claim(Name(identity=2), [5])
    settle([small, large], started)
    assert (small.address, large.state) == (5, "none")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_nodes_that_may_choose_find_an_address_each(order: tuple[int, ...]) -> None:
    nodes = [Claim(Name(identity=i, arbitrary=1), [5, 6, 7]) for i in order]
    settle(nodes, [0, WAIT // 3, WAIT])
    assert {one.address for one in nodes} == {5, 6, 7}


def test_a_request_is_answered_also_by_who_has_no_address() -> None:
    node, loser = Claim(Name(identity=1), [5]), Claim(Name(identity=2), [5])
    settle([node, loser], [0, 0])
    request = frame(REQUEST, CLAIM.to_bytes(3, "little"), 99)
    assert [one.identifier & 0xFF for each in (node, loser) for one in each.seen(request, 0)] == [5, NULL]


def test_a_request_to_another_address_is_left_alone() -> None:
    node = Claim(Name(identity=1), [5])
    settle([node], [0])
    assert node.seen(frame(REQUEST, CLAIM.to_bytes(3, "little"), 99, destination=6), 0) == []
    assert len(node.seen(frame(REQUEST, CLAIM.to_bytes(3, "little"), 99, destination=GLOBAL), 0)) == 1
