"""The requirements a rig can state, and how each is measured on a trace.

Each has an id, words and its own limits, and gives a margin: how much room was left, in a unit, negative where the
limit was broken. A further kind is one more class in `Requirement`; temporal-logic formulas come that way.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from hil.errors import InputError
from hil.signals import duration, in_words
from hil.verdicts.finding import Finding, Verdict


def _duration(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f"write a time as text with its unit, as '90s', not {value!r}")
    try:
        return duration(value)
    except InputError as error:
        raise ValueError(str(error)) from None


Duration = Annotated[
    int,
    BeforeValidator(_duration),
    PlainSerializer(in_words),
    WithJsonSchema({"type": "string", "examples": ["100ms", "1h30min"], "description": "a time with its unit"}),
]
"""Nanoseconds, written as a text with a unit."""

Number = Annotated[float, Field(strict=True)]
"""A number that is written as one, not as text."""

Samples = np.ndarray[Any, np.dtype[np.float64]]


class Trace(Protocol):
    """What is judged: sample times `t` (int64 ns), and a column for each signal."""

    @property
    def t(self) -> "np.ndarray[Any, np.dtype[np.int64]]":
        """The sample times."""

    @property
    def names(self) -> tuple[str, ...]:
        """What there is."""

    def __getitem__(self, name: str) -> "np.ndarray[Any, Any]":
        """The samples of one signal."""


class Strict(BaseModel):
    """The base of everything that a rig file holds: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class _Stated(Strict):
    kind: str
    id: str = Field(min_length=1)
    text: str = Field(min_length=1, description="the requirement in words")
    source: str = Field("", description="where the requirement comes from")
    scenarios: tuple[str, ...] | None = Field(None, description="judged in these scenarios; in all when left out")
    start: Duration = Field(0, alias="from", description="the window's start")
    until: Duration | None = Field(None, description="the window's end; the scenario's end when left out")

    stale: int | None = Field(None, ge=0, description="tolerated in its window, in place of that of [overruns]")

    def window(self, end: int) -> tuple[int, int]:
        """Return the window in ns for a scenario that ends at `end`."""
        return self.start, end if self.until is None else self.until

    def _finding(
        self, margin: float | None, unit: str, at: int | None, window: tuple[int, int], **more: Any
    ) -> Finding:
        verdict: Verdict = "inconc" if margin is None else "pass" if margin >= 0 else "fail"
        fields = {"verdict": verdict, **more}
        return Finding(
            id=self.id, words=self.text, kind=self.kind, margin=margin, unit=unit, at=at, window=window, **fields
        )


def _cut(trace: Trace, name: str, window: tuple[int, int]) -> tuple[Any, Samples]:
    """Return the times and samples of a signal within a window, both ends included."""
    first, last = np.searchsorted(trace.t, [window[0], window[1] + 1])
    return trace.t[first:last], np.asarray(trace[name][first:last], np.float64)


class Bounds(_Stated):
    """A signal stays within limits; the margin is the least distance to a limit."""

    kind: Literal["bounds"]
    signal: str
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _limited(self) -> "Bounds":
        if self.low is None and self.high is None:
            raise ValueError("bounds need low, high or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low = {self.low:g} is above high = {self.high:g}")
        return self

    def measure(self, trace: Trace, end: int, units: Mapping[str, str]) -> Finding:
        """Measure on a trace of a scenario that ends at `end` ns."""
        window = self.window(end)
        t, samples = _cut(trace, self.signal, window)
        unit = units[self.signal]
        limits = {"signal": self.signal, "signal_unit": unit, "low": self.low, "high": self.high}
        if not len(t):
            return self._finding(None, unit, None, window, reason="no sample in the window", **limits)
        room = np.where(np.isnan(samples), -np.inf, np.inf)
        if self.low is not None:
            room = np.fmin(room, samples - self.low)
        if self.high is not None:
            room = np.fmin(room, self.high - samples)
        i = int(np.argmin(room))
        reason = f"{self.signal} came to {samples[i]:.6g} {unit}" if room[i] < 0 else ""
        return self._finding(float(room[i]), unit, int(t[i]), window, reason=reason, **limits)


class Settling(_Stated):
    """From `from` on, a signal comes within `band` of `target` in less than `within` and stays until the window ends.

    The margin is what is left of `within`; for a signal that has not settled when samples end it is minus the time by
    which they exceed `within`, and at least 1 ns. A signal that still has time when they end has not broken anything.
    """

    kind: Literal["settling"]
    signal: str
    target: Number
    band: Number = Field(gt=0)
    within: Duration

    def measure(self, trace: Trace, end: int, units: Mapping[str, str]) -> Finding:
        """Measure on a trace of a scenario that ends at `end` ns."""
        window = self.window(end)
        t, samples = _cut(trace, self.signal, window)
        limits: dict[str, Any] = {"signal": self.signal, "signal_unit": units[self.signal]}
        limits |= {"low": self.target - self.band, "high": self.target + self.band}
        if not len(t):
            return self._finding(None, "s", None, window, reason="no sample in the window", **limits)
        outside = np.flatnonzero(~(np.abs(samples - self.target) <= self.band))
        if not len(outside):
            return self._finding(self.within / 1e9, "s", int(t[0]), window, **limits)
        last = int(outside[-1])
        if last == len(t) - 1:
            late = int(t[-1]) - self.start - self.within
            if late < 0:
                reason = f"the samples end {in_words(-late)} before {self.signal} has to be settled"
                return self._finding(None, "s", None, window, reason=reason, **limits)
            reason = f"{self.signal} is at {samples[-1]:.6g} {units[self.signal]} at the window's end, not settled"
            return self._finding(-max(late, 1) / 1e9, "s", int(t[-1]), window, reason=reason, **limits)
        settled = int(t[last + 1])
        margin = self.within - (settled - self.start)
        reason = f"settled {in_words(settled - self.start)} after the start" if margin < 0 else ""
        return self._finding(margin / 1e9, "s", settled, window, reason=reason, **limits)


class Overshoot(_Stated):
    """A signal that goes to `target` goes beyond it by no more than `limit`, in the direction of its movement.

    The direction is that from the first sample of the window to the target.
    """

    kind: Literal["overshoot"]
    signal: str
    target: Number
    limit: Number = Field(ge=0)

    def measure(self, trace: Trace, end: int, units: Mapping[str, str]) -> Finding:
        """Measure on a trace of a scenario that ends at `end` ns."""
        window = self.window(end)
        t, samples = _cut(trace, self.signal, window)
        unit = units[self.signal]
        if not len(t):
            return self._finding(None, unit, None, window, reason="no sample in the window", signal=self.signal)
        upwards = samples[0] <= self.target
        beyond = samples - self.target if upwards else self.target - samples
        beyond[np.isnan(samples)] = np.inf
        i = int(np.argmax(beyond))
        margin = self.limit - max(float(beyond[i]), 0.0)
        side = {"high": self.target + self.limit} if upwards else {"low": self.target - self.limit}
        reason = f"{self.signal} came to {samples[i]:.6g} {unit}" if margin < 0 else ""
        return self._finding(margin, unit, int(t[i]), window, reason=reason, signal=self.signal, **side)


class Condition(Strict):
    """A signal at or above, or at or below, a level."""

    signal: str
    above: Number | None = None
    below: Number | None = None

    @model_validator(mode="after")
    def _one_level(self) -> "Condition":
        if (self.above is None) == (self.below is None):
            raise ValueError("a condition needs either above or below")
        return self

    def holds(self, samples: Samples) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Return for each sample whether the condition holds."""
        return samples >= self.above if self.above is not None else samples <= self.below  # type: ignore[operator]


class Response(_Stated):
    """Each time `when` becomes true, `then` becomes true within a time; the margin is what the slowest left of it."""

    kind: Literal["response"]
    when: Condition
    then: Condition
    within: Duration

    def measure(self, trace: Trace, end: int, units: Mapping[str, str]) -> Finding:
        """Measure on a trace of a scenario that ends at `end` ns."""
        window = self.window(end)
        t, cause = _cut(trace, self.when.signal, window)
        _, effect = _cut(trace, self.then.signal, window)
        if not len(t):
            return self._finding(None, "s", None, window, reason="no sample in the window", signal=self.then.signal)
        is_cause, is_effect = self.when.holds(cause), self.then.holds(effect)
        rises = np.flatnonzero(is_cause & ~np.concatenate(([False], is_cause[:-1])))
        effects = np.append(np.flatnonzero(is_effect), len(t))
        answered = effects[np.searchsorted(effects, rises)]
        times = np.append(t, t[-1] + 1)
        # One that the window's end cuts off before its time is up says nothing.
        counts = (answered < len(t)) | (t[-1] - t[rises] >= self.within)
        if not counts.any():
            reason = f"{self.when.signal} never gave the occasion" if not len(rises) else "the window ends too early"
            return self._finding(None, "s", None, window, reason=reason, signal=self.then.signal)
        took = (times[answered] - t[rises])[counts]
        i = int(np.argmax(took))
        margin = int(self.within - took[i])
        words = f"{self.then.signal} took {in_words(int(took[i]))}"
        at = int(t[rises[counts][i]])
        return self._finding(margin / 1e9, "s", at, window, reason=words if margin < 0 else "", signal=self.then.signal)


Requirement = Annotated[Bounds | Settling | Overshoot | Response, Field(discriminator="kind")]
"""One requirement of a rig file, told apart by its `kind`."""


def signals_of(requirement: Bounds | Settling | Overshoot | Response) -> tuple[str, ...]:
    """Return the signals that a requirement looks at."""
    if isinstance(requirement, Response):
        return requirement.when.signal, requirement.then.signal
    return (requirement.signal,)
