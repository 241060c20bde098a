"""Every kind of requirement against a loop over the samples, written without NumPy."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hil.verdicts import Finding
from tests.verdicts._traces import MS, Samples, measure

PERIOD = 100 * MS
VALUES = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=12)
TIMES = st.integers(0, 12).map(lambda n: f"{n * 50}ms")
Answer = tuple[str, float | None]


def answer(found: Finding) -> Answer:
    return found.verdict, None if found.margin is None else round(found.margin, 12)


def windowed(trace: Samples, name: str, start: str, until: str) -> tuple[list[tuple[int, float]], dict[str, Any]]:
    first, last = sorted(int(one.removesuffix("ms")) * MS for one in (start, until))
    inside = [(int(t), float(v)) for t, v in zip(trace.t, trace[name], strict=True) if first <= t <= last]
    return inside, {"from": f"{first // MS}ms", "until": f"{last // MS}ms"}


@given(VALUES, TIMES, TIMES, st.integers(-3, 0), st.integers(0, 3))
def test_bounds(values: list[float], start: str, until: str, low: int, high: int) -> None:
    trace = Samples(x=values)
    inside, window = windowed(trace, "x", start, until)
    margin = min((min(v - low, high - v) for _, v in inside), default=None)
    expected = ("inconc", None) if margin is None else ("pass" if margin >= 0 else "fail", margin)
    assert answer(measure(trace, "bounds", signal="x", low=low, high=high, **window)) == expected


@given(VALUES, TIMES, TIMES, TIMES)
def test_settling(values: list[float], start: str, until: str, within: str) -> None:
    trace = Samples(x=values)
    inside, window = windowed(trace, "x", start, until)
    begin, limit = int(window["from"].removesuffix("ms")) * MS, int(within.removesuffix("ms")) * MS
    expected: Answer = ("inconc", None)
    if inside:
        settled = next((i for i in range(len(inside)) if all(abs(v - 1) <= 1 for _, v in inside[i:])), None)
        if settled is not None:
            took = 0 if settled == 0 else inside[settled][0] - begin
            expected = ("pass" if took <= limit else "fail", (limit - took) / 1e9)
        elif (late := inside[-1][0] - begin - limit) >= 0:
            expected = ("fail", -max(late, 1) / 1e9)
    assert answer(measure(trace, "settling", signal="x", target=1, band=1, within=within, **window)) == expected


@given(VALUES, TIMES, TIMES, st.integers(-2, 2), st.integers(0, 2))
def test_overshoot(values: list[float], start: str, until: str, target: int, limit: int) -> None:
    trace = Samples(x=values)
    inside, window = windowed(trace, "x", start, until)
    expected: Answer = ("inconc", None)
    if inside:
        side = 1 if inside[0][1] <= target else -1
        beyond = max([0.0] + [side * (v - target) for _, v in inside])
        expected = ("pass" if beyond <= limit else "fail", limit - beyond)
    assert answer(measure(trace, "overshoot", signal="x", target=target, limit=limit, **window)) == expected


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12), TIMES, TIMES, TIMES)
def test_response(values: list[tuple[bool, bool]], start: str, until: str, within: str) -> None:
    trace = Samples(x=[float(x) for x, _ in values], y=[float(y) for _, y in values])
    causes, window = windowed(trace, "x", start, until)
    effects, _ = windowed(trace, "y", start, until)
    limit, left = int(within.removesuffix("ms")) * MS, []
    for i, (t, cause) in enumerate(causes):
        if cause and not (i and causes[i - 1][1]):
            answers = [at for at, effect in effects[i:] if effect]
            if answers:
                left.append(limit - (answers[0] - t))
            elif causes[-1][0] - t >= limit:
                left.append(limit - (causes[-1][0] + 1 - t))
    expected = ("pass" if min(left) >= 0 else "fail", round(min(left) / 1e9, 12)) if left else ("inconc", None)
    when, then = {"signal": "x", "above": 1}, {"signal": "y", "above": 1}
    assert answer(measure(trace, "response", when=when, then=then, within=within, **window)) == expected
