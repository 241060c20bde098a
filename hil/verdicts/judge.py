"""The judge: every requirement on the record, then the health of the loop in each requirement's own window."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from pydantic import Field

from hil.signals import in_words
from hil.verdicts.finding import Finding
from hil.verdicts.requirements import Duration, Requirement, Strict, Trace

HEALTH = {
    "loop.late": "ticks began late",
    "loop.lost": "samples were lost",
    "link.stale": "exchanges found the controller's answer stale",
}
"""Counters in every record: how often each has happened so far."""
OUTSIDE = "plant.outside_"
"""How the counters of a plant's envelope begin, in the records of plants that have one."""


class Policy(Strict):
    """How much lateness a rig tolerates before its verdicts are inconclusive; none at all by default."""

    grace: Duration = Field(0, description="simulated time at the start during which nothing counts as late")
    lateness: Duration | None = Field(None, description="a tick later than this counts; one step when left out")
    total: int = Field(0, ge=0, description="late ticks tolerated in a requirement's window")
    stale: int = Field(0, ge=0, description="exchanges with a stale answer tolerated in a requirement's window")


def judge(
    requirements: Iterable[Requirement], trace: Trace, end: int, units: Mapping[str, str], policy: Policy
) -> tuple[Finding, ...]:
    """Return a finding for each requirement, on a scenario that was to end at `end` ns; all of them are measured."""
    return tuple(
        in_health(_in_time(one.measure(trace, end, units), trace), trace, policy_of(one, policy))
        for one in requirements
    )


def policy_of(requirement: Requirement, policy: Policy) -> Policy:
    """Return the policy with what a requirement says of its own window."""
    return policy if requirement.stale is None else policy.model_copy(update={"stale": requirement.stale})


def _in_time(finding: Finding, trace: Trace) -> Finding:
    """A run that ended before the window did can break a requirement but not keep it."""
    last = int(trace.t[-1]) if len(trace.t) else 0
    if last >= finding.window[1] or finding.verdict not in ("pass", "none"):
        return finding
    reason = f"the run ended at {in_words(last)}, before the window's end at {in_words(finding.window[1])}"
    return replace(finding, verdict="inconc", reason=reason)


def in_health(finding: Finding, trace: Trace, policy: Policy) -> Finding:
    """What was measured while the bench itself was not well is no verdict on the controller, either way."""
    first, last = np.searchsorted(trace.t, [finding.window[0], finding.window[1] + 1])
    if last == 0:
        return finding
    bounds = {one: one.removeprefix(OUTSIDE) for one in trace.names if one.startswith(OUTSIDE)}
    beyond = {one: f"samples lay outside the plant's envelope ({bound})" for one, bound in bounds.items()}
    for name, words in {**HEALTH, **beyond}.items():
        counts = trace[name]
        count = int(counts[last - 1]) - (int(counts[first - 1]) if first else 0)
        if count > {"loop.late": policy.total, "link.stale": policy.stale}.get(name, 0):
            return replace(finding, verdict="inconc", reason=f"{count} {words} in the window")
    return finding
