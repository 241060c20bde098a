"""A transmitter: lag, noise, limits, resolution, and the ways in which transmitters fail.

Every step the lag moves over the block's period with the input taken as constant (exact for a first-order
lag); the first step starts from the settled transmitter. The noise is close to normal and never beyond 3.46
standard deviations (`hil/blocks/random.py`).

A failed transmitter does as a real one: only an open circuit and a value at the end of the range take `ok`
away. One that is stuck, shifted or drifting says that all is well, and it is for the controller to find
out.
"""

import math
from functools import cache
from typing import Any

import numpy as np

from hil.blocks.block import Block
from hil.blocks.kernel import function
from hil.blocks.random import GAMMA, mixed, normal
from hil.signals import record, signal

NO_FAULT, STUCK, STUCK_AT, OFFSET, DRIFT, OPEN_CIRCUIT = range(6)


@function
def _healthy(p: Any, x: Any, h: int, actual: float) -> float:
    """What the sound transmitter would show, before limits and resolution."""
    if not x.started:
        x.started = True
        x.lagged = actual
        x.random = mixed(np.uint64(p.seed))
    elif p.lag > 0.0:
        if p.lag != x.share_lag:  # an exponential takes longer than all the rest
            x.share_lag = p.lag
            x.share = -math.expm1(-h * 1e-9 / p.lag)
        x.lagged += x.share * (actual - x.lagged)
    else:
        x.lagged = actual
    x.random = x.random + GAMMA
    return float(x.lagged + p.noise * normal(x.random))


@function
def _as_sent(p: Any, value: float) -> float:
    """A value in steps of the resolution, within the range."""
    if p.resolution > 0.0:
        value = p.low + np.rint((value - p.low) / p.resolution) * p.resolution
    return float(min(max(value, p.low), p.high))


def sensor_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One measurement; the noise goes on behind every fault, so that a run differs by the fault alone."""
    value = _healthy(p, x, h, u.actual)
    if p.fault != x.active:
        x.active = p.fault
        x.since = t
    if p.fault == STUCK:
        value = x.sent
    elif p.fault == STUCK_AT:
        value = p.stuck_at
    elif p.fault == OFFSET:
        value += p.offset
    elif p.fault == DRIFT:
        value += p.drift * ((t - x.since) * 1e-9)
    sent = _as_sent(p, value)
    x.sent = sent
    y.value = sent
    y.ok = p.low <= value <= p.high
    if p.fault == OPEN_CIRCUIT:
        y.ok = False
        y.value = p.fail_to


@cache
def sensor(unit: str) -> Block:
    """Return the block of a transmitter that measures in `unit`."""
    return Block(
        name="sensor",
        words=f"transmitter in {unit}",
        step=sensor_step,
        parameters=record(
            "Parameters",
            lag=signal("s", "time constant of the transmitter", 0, 1e6),
            noise=signal(unit, "standard deviation of the noise", 0),
            low=signal(unit, "lower end of the range", -1e12, 1e12, -1e12),
            high=signal(unit, "upper end of the range", -1e12, 1e12, 1e12),
            resolution=signal(unit, "smallest step of the value sent; 0 sends every value", 0),
            seed=signal("1", "seed of the noise, taken at the first step", 0, 2**53, 1, kind="i8"),
            fault=signal(
                "1", "0 none, 1 stuck, 2 stuck at a value, 3 offset, 4 drift, 5 open circuit", 0, 5, kind="i8"
            ),
            stuck_at=signal(unit, "what fault 2 shows"),
            offset=signal(unit, "what fault 3 adds"),
            drift=signal(f"({unit})/s", "what fault 4 adds per second from its beginning"),
            fail_to=signal(unit, "what an open circuit shows"),
        ),
        state=record(
            "State",
            lagged=signal(unit, "what the sensing element has reached"),
            share_lag=signal("s", "the lag that the share was worked out for"),
            share=signal("1", "how much of a difference the lag makes up in a step", 0, 1),
            sent=signal(unit, "the last value of the sound circuit"),
            random=signal("1", "state of the noise", 0, 2**64, kind="u8"),
            since=signal("ns", "when the present fault began", kind="i8"),
            active=signal("1", "the present fault", 0, 5, kind="i8"),
            started=signal("1", "the first step was done", 0, 1, kind="b1"),
        ),
        inputs=record("Inputs", actual=signal(unit, "what is measured")),
        outputs=record(
            "Outputs",
            value=signal(unit, "what the transmitter shows"),
            ok=signal(
                "1",
                "the circuit is sound and the value within the range",
                0,
                1,
                1,
                kind="b1",
            ),
        ),
    )
