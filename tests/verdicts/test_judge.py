from typing import Any

import numpy as np
import pytest

from hil.verdicts import HEALTH, VERDICTS, Finding, Policy, judge, worst
from tests.verdicts._traces import MS, Samples, requirement


def judged(trace: Samples, end: int | None = None, policy: Policy | None = None, **fields: Any) -> Finding:
    """The finding of one bounds requirement on a scenario that was to end at `end`."""
    fields["from"] = fields.pop("start", "0s")
    one = requirement("bounds", signal="x", high=10.0, **fields)
    (found,) = judge([one], trace, trace.end if end is None else end, {"x": "K"}, policy or Policy())
    return found


def test_the_verdict_only_ever_worsens() -> None:
    assert VERDICTS == ("none", "pass", "inconc", "fail", "error")
    for one in range(5):
        for other in range(5):
            assert worst([VERDICTS[one], VERDICTS[other]]) == VERDICTS[max(one, other)]


def test_no_finding_is_not_a_pass() -> None:
    assert worst([]) == "none"
    assert judge([], Samples(x=[1.0]), 0, {}, Policy()) == ()


def test_every_requirement_is_measured_whatever_the_others_say() -> None:
    limits = [requirement("bounds", signal="x", high=high) for high in (1.0, 3.0, 2.0)]
    found = judge(limits, Samples(x=[2.0]), 0, {"x": "K"}, Policy())
    assert [(one.verdict, one.margin) for one in found] == [("fail", -1.0), ("pass", 1.0), ("pass", 0.0)]


def test_a_run_that_ended_early_can_break_a_requirement_and_not_keep_it() -> None:
    kept = judged(Samples(x=[1.0, 2.0]), end=500 * MS)
    assert (kept.verdict, kept.margin) == ("inconc", 8.0)
    assert kept.reason == "the run ended at 100ms, before the window's end at 500ms"
    assert judged(Samples(x=[1.0, 12.0]), end=500 * MS).verdict == "fail"


def test_a_window_that_was_over_when_the_run_ended_keeps_its_verdict() -> None:
    assert judged(Samples(x=[1.0, 2.0, 3.0]), end=500 * MS, until="200ms").verdict == "pass"


@pytest.mark.parametrize("value", [1.0, 12.0])
@pytest.mark.parametrize("counter", HEALTH)
def test_an_unwell_bench_gives_no_verdict_either_way(counter: str, value: float) -> None:
    found = judged(Samples(x=[1.0, value, 1.0], **{counter.replace(".", "__"): np.array([0, 2, 3])}))
    assert found.verdict == "inconc"
    assert found.margin == 10.0 - value
    assert found.reason == f"3 {HEALTH[counter]} in the window"


def test_health_counts_in_the_requirements_own_window() -> None:
    trace = Samples(x=[1.0] * 6, loop__late=np.array([1, 1, 1, 2, 2, 2]))
    verdicts = {
        (start, until): judged(trace, start=f"{start}ms", until=f"{until}ms").verdict
        for start, until in [(0, 200), (100, 200), (200, 300), (300, 400), (400, 500), (0, 500)]
    }
    assert [window for window, verdict in verdicts.items() if verdict == "pass"] == [(100, 200), (400, 500)]
    assert set(verdicts.values()) == {"pass", "inconc"}


def test_what_a_policy_tolerates_is_late_ticks_and_nothing_else() -> None:
    policy = Policy(total=3)
    assert judged(Samples(x=[1.0] * 2, loop__late=np.array([0, 3])), policy=policy).verdict == "pass"
    assert judged(Samples(x=[1.0] * 2, loop__late=np.array([0, 4])), policy=policy).verdict == "inconc"
    assert judged(Samples(x=[1.0] * 2, loop__lost=np.array([0, 1])), policy=policy).verdict == "inconc"


@pytest.mark.parametrize(("own", "verdict"), [({}, "inconc"), ({"stale": 2}, "inconc"), ({"stale": 3}, "pass")])
def test_a_requirement_may_allow_more_stale_answers_than_its_rig(own: dict[str, int], verdict: str) -> None:
    trace = Samples(x=[1.0] * 2, link__stale=np.array([0, 3]))
    assert judged(trace, policy=Policy(stale=1), **own).verdict == verdict
    assert judged(trace, policy=Policy(stale=3), stale=2).verdict == "inconc"


def test_a_record_without_a_sample_gives_no_verdict() -> None:
    assert judged(Samples(x=[])).verdict == "inconc"


def test_a_finding_speaks_in_seconds() -> None:
    found = judged(Samples(x=[1.0, 2.0])).as_dict()
    assert (found["at_s"], found["window_s"]) == (0.1, [0.0, 0.1])
    assert list(found) == [
        "id", "words", "kind", "verdict", "margin", "unit", "reason", "signal", "signal_unit",
        "low", "high", "at_s", "window_s",
    ]  # fmt: skip
