import math

import pytest
from pydantic import ValidationError

from tests.verdicts._traces import MS, Samples, measure, requirement

RAMP = Samples(x=[0.1 * i for i in range(11)])
STEP = {"kind": "settling", "signal": "x", "target": 1.0, "band": 0.25}


def test_bounds_leave_the_least_distance_to_a_limit() -> None:
    found = measure(Samples(x=[5.0, 7.5, 6.0]), "bounds", signal="x", low=4.0, high=10.0)
    assert (found.verdict, found.margin, found.unit, found.at) == ("pass", 1.0, "K", 0)
    assert (found.window, found.low, found.high, found.reason) == ((0, 200 * MS), 4.0, 10.0, "")


def test_bounds_that_are_broken_say_where_and_by_how_much() -> None:
    found = measure(Samples(x=[5.0, 11.5, 12.25, 6.0]), "bounds", signal="x", high=10.0)
    assert (found.verdict, found.margin, found.at) == ("fail", -2.25, 200 * MS)
    assert found.reason == "x came to 12.25 K"


def test_a_limit_that_is_only_reached_is_kept() -> None:
    assert measure(Samples(x=[1.0, 2.0]), "bounds", signal="x", high=2.0).verdict == "pass"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_is_out_of_every_bounds(value: float) -> None:
    found = measure(Samples(x=[1.0, value, 2.0]), "bounds", signal="x", low=0.0, high=10.0)
    assert (found.verdict, found.at, found.reason) == ("fail", 100 * MS, f"x came to {value} K")


def test_a_window_holds_both_its_ends_and_nothing_else() -> None:
    trace = Samples(x=[9.0, 2.0, 3.0, 4.0, 9.0])
    fields = {"signal": "x", "high": 10.0}
    assert measure(trace, "bounds", **fields, **{"from": "100ms"}, until="300ms").margin == 6.0
    assert measure(trace, "bounds", **fields, **{"from": "100ms"}).margin == 1.0
    assert measure(trace, "bounds", **fields, **{"from": "101ms"}, until="399ms").margin == 6.0
    assert measure(trace, "bounds", **fields, until="0s").margin == 1.0


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("bounds", {"signal": "x", "low": 0.0}),
        ("settling", {"signal": "x", "target": 1.0, "band": 0.1, "within": "1s"}),
        ("overshoot", {"signal": "x", "target": 1.0, "limit": 0.1}),
        ("response", {"when": {"signal": "x", "above": 0}, "then": {"signal": "y", "above": 0}, "within": "1s"}),
    ],
)
def test_a_window_without_a_sample_gives_no_verdict(kind: str, fields: dict[str, object]) -> None:
    found = measure(Samples(x=[1.0, 1.0], y=[1.0, 1.0]), kind, **fields, **{"from": "10ms", "until": "90ms"})
    assert (found.verdict, found.margin, found.reason) == ("inconc", None, "no sample in the window")


def test_settling_leaves_what_is_left_of_its_time() -> None:
    found = measure(RAMP, "settling", signal="x", target=1.0, band=0.25, within="900ms")
    assert (found.verdict, found.margin, found.unit, found.at) == ("pass", 0.1, "s", 800 * MS)
    assert (found.low, found.high) == (0.75, 1.25)


def test_a_signal_that_leaves_its_band_again_has_not_settled_before() -> None:
    found = measure(Samples(x=[0, 1, 1, 1.5, 1, 1]), "settling", signal="x", target=1.0, band=0.2, within="300ms")
    assert (found.verdict, found.margin, found.reason) == ("fail", -0.1, "settled 400ms after the start")


def test_a_signal_that_never_settles_fails_by_the_time_it_took_too_long() -> None:
    found = measure(Samples(x=[0.0] * 11), "settling", signal="x", target=1.0, band=0.2, within="400ms")
    assert (found.verdict, found.margin, found.at) == ("fail", -0.6, 1000 * MS)
    assert found.reason == "x is at 0 K at the window's end, not settled"


def test_a_signal_that_is_not_settled_when_its_time_is_up_fails_however_little() -> None:
    found = measure(Samples(x=[0.0] * 5), "settling", signal="x", target=1.0, band=0.2, within="400ms")
    assert (found.verdict, found.margin) == ("fail", -1e-9)


def test_a_signal_that_still_has_time_when_samples_end_gives_no_verdict() -> None:
    found = measure(Samples(x=[0.0] * 4), "settling", signal="x", target=1.0, band=0.2, within="400ms")
    assert (found.verdict, found.margin) == ("inconc", None)
    assert found.reason == "the samples end 100ms before x has to be settled"


def test_a_signal_that_is_in_its_band_from_the_start_has_all_its_time_left() -> None:
    found = measure(Samples(x=[1.0, 1.1]), "settling", signal="x", target=1.0, band=0.2, within="3s")
    assert (found.verdict, found.margin) == ("pass", 3.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_overshoot_is_what_lies_beyond_the_target_in_the_direction_of_the_movement(sign: float) -> None:
    trace = Samples(x=[0.0, 3.0 * sign, 5.5 * sign, 4.0 * sign])
    found = measure(trace, "overshoot", signal="x", target=4.0 * sign, limit=2.0)
    assert (found.verdict, found.margin, found.unit, found.at) == ("pass", 0.5, "K", 200 * MS)
    found = measure(trace, "overshoot", signal="x", target=4.0 * sign, limit=1.0)
    assert (found.verdict, found.margin, found.reason) == ("fail", -0.5, f"x came to {5.5 * sign} K")
    assert (found.high, found.low) == ((5.0, None) if sign > 0 else (None, -5.0))


def test_a_signal_that_does_not_reach_its_target_overshoots_by_nothing() -> None:
    assert measure(Samples(x=[0.0, 3.0]), "overshoot", signal="x", target=4.0, limit=0.5).margin == 0.5


def test_what_is_no_number_is_an_overshoot() -> None:
    found = measure(Samples(x=[0.0, math.nan, 1.0]), "overshoot", signal="x", target=4.0, limit=0.5)
    assert (found.verdict, found.at, found.reason) == ("fail", 100 * MS, "x came to nan K")


@pytest.mark.parametrize(
    ("effect", "within", "verdict", "margin", "at"),
    [
        ([0, 0, 0, 1, 0, 1, 0], "300ms", "pass", 0.1, 100),
        ([0, 0, 0, 1, 0, 1, 0], "100ms", "fail", -0.1, 100),
        ([0, 1, 0, 0, 1, 0, 0], "0s", "pass", 0.0, 100),
        ([0, 1, 0, 0, 0, 0, 1], "100ms", "fail", -0.1, 400),
        ([0, 1, 0, 0, 0, 0, 0], "100ms", "fail", -0.1 - 1e-9, 400),
        ([0, 1, 0, 0, 0, 0, 0], "200ms", "fail", -1e-9, 400),
        ([0, 1, 0, 0, 0, 0, 0], "300ms", "pass", 0.3, 100),
    ],
)
def test_a_response_is_judged_by_the_slowest_answer(
    effect: list[int], within: str, verdict: str, margin: float, at: int
) -> None:
    trace = Samples(x=[0, 1, 1, 0, 1, 0, 0], y=effect)
    when, then = {"signal": "x", "above": 1}, {"signal": "y", "above": 0.5}
    found = measure(trace, "response", when=when, then=then, within=within)
    assert (found.verdict, found.at) == (verdict, at * MS)
    assert found.margin == pytest.approx(margin, abs=1e-15)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [([0, 0, 0], "x never gave the occasion"), ([0, 0, 1], "the window ends too early")],
)
def test_a_response_that_nothing_asked_for_is_no_pass(cause: list[int], reason: str) -> None:
    when, then = {"signal": "x", "above": 1}, {"signal": "y", "below": -1}
    found = measure(Samples(x=cause, y=[0, 0, 0]), "response", when=when, then=then, within="100ms")
    assert (found.verdict, found.margin, found.reason) == ("inconc", None, reason)


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("bounds", {"signal": "x"}, "bounds need low, high or both"),
        ("bounds", {"signal": "x", "low": 2, "high": 1}, "low = 2 is above high = 1"),
        (
            "response",
            {"when": {"signal": "x"}, "then": {"signal": "y", "above": 1}, "within": "1s"},
            "a condition needs",
        ),
        (
            "settling",
            {"signal": "x", "target": 1, "band": 1, "within": 5},
            "write a time as text with its unit, as '90s'",
        ),
        ("settling", {"signal": "x", "target": 1, "band": 0, "within": "5s"}, "greater than 0"),
    ],
)
def test_a_requirement_that_says_nothing_is_refused(kind: str, fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        requirement(kind, **fields)
