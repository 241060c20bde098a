"""What ci/outage makes of what was seen: each line of its promise can be broken."""

from typing import Any

import pytest

from ci.outages.__main__ import faults_of, together

SEEN = {"link": "can", "outage": "bus-off", "lasted": 1.0, "noticed": 0.02, "back": 0.2, "stale": True, "alive": True}
BESIDE = {"link": "can", "beside": "memory at 1 kHz", "sound": [0.1, 2.0], "out": [0.1, 4.0]}


def test_outages_of_one_kind_are_put_together_and_p95_is_one_that_was_seen() -> None:
    seen = [SEEN | {"back": k / 100, "lasted": float(k)} for k in range(1, 21)]
    (row,) = together([*seen, BESIDE])
    assert (row["times"], row["longest"], row["p95"], row["max"]) == (20, 20.0, 0.2, 0.2)
    assert row["p50"] == pytest.approx(0.105)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"back": 1.01}, "can, bus-off: data flows 1.01 s after the outage (p95), which is more than 1 s"),
        ({"noticed": 0.11}, "can, bus-off: noticed after 110 ms"),
        ({"stale": False}, "can, bus-off: values were not marked stale"),
        ({"alive": False}, "can, bus-off: a thread died"),
    ],
)
def test_each_line_of_the_promise_is_judged(wrong: dict[str, Any], says: str) -> None:
    assert [*faults_of(*together([SEEN]))] == []
    assert [*faults_of(*together([SEEN, SEEN | wrong]))] == [says]


def test_a_link_beside_may_be_late_as_it_is_without_an_outage() -> None:
    assert [*faults_of(BESIDE)] == []
    assert [*faults_of(BESIDE | {"out": [0.1, 4.1]})] == [
        "memory at 1 kHz is 4.1 ms late (p99) while can is out, 2.0 ms otherwise"
    ]
