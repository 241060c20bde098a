"""A card counts its errors as ISO 11898-1, 12.1.4 has it: 8 up, 1 down, passive from 128 on, off at 256."""

import pytest

from hil.links.can.card import Card
from hil.links.can.frame import State

MS = 1_000_000


def test_a_short_circuit_takes_32_attempts_and_the_card_is_off() -> None:
    card = Card(100 * MS, 1)
    assert not card.send(0, 1.0)
    assert (card.errors, card.state, card.counters) == (256, "off", {"off": 1})


@pytest.mark.parametrize(
    ("errors", "state"), [(0, "active"), (95, "active"), (96, "warning"), (127, "warning"), (128, "passive")]
)
def test_the_count_of_errors_is_the_state_and_each_good_frame_takes_one_off(errors: int, state: State) -> None:
    card = Card(None, 1)
    card.errors = errors + 1
    assert card.send(0, 0.0)
    assert (card.errors, card.state) == (errors, state)


def test_a_card_that_is_off_hears_and_says_nothing_until_it_is_opened_anew() -> None:
    card = Card(100 * MS, 1)
    card.send(7 * MS, 1.0)
    assert not card.send(107 * MS - 1, 0.0)
    assert card.send(107 * MS, 0.0)
    assert (card.state, card.counters["restarted"]) == ("active", 1)


def test_without_a_restart_it_stays_off() -> None:
    card = Card(None, 1)
    card.send(0, 1.0)
    assert not card.send(1 << 60, 0.0)


def test_one_frame_in_nine_destroyed_is_what_a_card_can_bear() -> None:
    bears, breaks = Card(None, 1), Card(None, 1)
    assert all(bears.send(k, 0.05) for k in range(10_000))
    assert not all(breaks.send(k, 0.2) for k in range(10_000))
