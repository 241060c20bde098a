"""Repetitive control of roll eccentricity: what comes once a revolution of a back-up roll is learned and taken off the
gap.

A roll that is out of round by e acts as the gap does: S + e is what the strip sees. So the force has a part with the
roll's angle, and where that part is gone, all is gone. For each stand the gap's reference gets

    d = a cos(turn) + b sin(turn)    da/dt = 2 rate f/gain cos(turn + lead)    db/dt = 2 rate f/gain sin(turn + lead)

f is the force less its mean; -gain and lead are the response of the force to the gap's reference at one revolution,
by which f is turned back into a gap. That is a resonator at the roll's frequency, and stable as long as `lead` is
wrong by less than 90 degrees and `rate` is slow beside the revolution: controllers/design/eccentricity.py, where the
table comes from. It is learned near the running speed, for which the table holds; what was learned goes with the
roll's angle at any.

The internal model: B. A. Francis, W. M. Wonham, Automatica 12 (1976) 457-465; adaptive cancellation of a known
frequency is such a model: M. Bodson, A. Sacks, P. Khosla, "Harmonic generation in adaptive feedforward cancellation
schemes", IEEE Trans. Automatic Control 39 (1994) 1939-1944.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import Block
from hil.signals import record, signal

STANDS = 5
MEAN = 0.5
"""s, over which the mean of the force is taken."""
RESPONSE = np.array([
    [1.67901e+09, 0.8295607],
    [3.662764e+09, 0.3276285],
    [4.083718e+09, 0.1308236],
    [4.222458e+09, -0.09362702],
    [4.206681e+09, -0.2024204],
])  # fmt: skip
"""Force less its mean for each metre of the gap's reference, N/m, and how far it leads its negative, rad: at one
revolution at the running speed, one row for each stand."""


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Learn, and add what was learned to the references."""
    forces = (u.force1, u.force2, u.force3, u.force4, u.force5)
    turns = (u.angle1, u.angle2, u.angle3, u.angle4, u.angle5)
    wanted = (u.in1, u.in2, u.in3, u.in4, u.in5)
    seconds = h * 1e-9
    learns = u.on > 0.5 and u.strip5 > p.least
    for i in range(STANDS):
        x.mean[i] += (forces[i] - x.mean[i]) * (seconds / MEAN if x.started else 1.0)
        if learns:
            by = 2.0 * p.rate * seconds * (forces[i] - x.mean[i]) / RESPONSE[i, 0]
            x.a[i] += by * math.cos(turns[i] + RESPONSE[i, 1])
            x.b[i] += by * math.sin(turns[i] + RESPONSE[i, 1])
            over = math.hypot(x.a[i], x.b[i]) / p.most
            if over > 1.0:
                x.a[i], x.b[i] = x.a[i] / over, x.b[i] / over
        x.out[i] = wanted[i]
        if u.on > 0.5:
            x.out[i] += x.a[i] * math.cos(turns[i]) + x.b[i] * math.sin(turns[i])
    x.started = True
    y.out1, y.out2, y.out3, y.out4, y.out5 = x.out[0], x.out[1], x.out[2], x.out[3], x.out[4]
    y.learned1, y.learned2 = math.hypot(x.a[0], x.b[0]), math.hypot(x.a[1], x.b[1])
    y.learned3, y.learned4 = math.hypot(x.a[2], x.b[2]), math.hypot(x.a[3], x.b[3])
    y.learned5 = math.hypot(x.a[4], x.b[4])


def _each(name: str, unit: str, words: str, **more: Any) -> dict[str, Any]:
    return {f"{name}{i + 1}": signal(unit, f"{words} {i + 1}", **more) for i in range(STANDS)}


BLOCK = Block(
    name="repetitive_mill",
    words="repetitive control of the eccentricity of a mill's back-up rolls",
    step=step,
    parameters=record(
        "Parameters",
        rate=signal("1/s", "how fast it is learned", 0, 10, 0.2),
        least=signal("m/s", "exit speed from which it is learned", 0, 50, 14.0),
        most=signal("m", "largest correction of a gap", 1e-9, 1e-3, 50e-6),
    ),
    state=record(
        "State",
        started=signal("1", "the first step was done", 0, 1, kind="b1"),
        mean=signal("N", "means of the forces", shape=(STANDS,)),
        a=signal("m", "learned, with the cosine", shape=(STANDS,)),
        b=signal("m", "learned, with the sine", shape=(STANDS,)),
        out=signal("m", "work space", shape=(STANDS,)),
    ),
    inputs=record(
        "Inputs",
        on=signal("1", "1: learn and correct; 0: the references pass as they are", 0, 1),
        strip5=signal("m/s", "exit speed"),
        **_each("force", "N", "force of stand"),
        **_each("angle", "rad", "angle of the back-up roll of stand"),
        **_each("in", "m", "gap wanted of stand"),
    ),
    outputs=record(
        "Outputs",
        **_each("out", "m", "gap wanted of stand, corrected,"),
        **_each("learned", "m", "amplitude learned for stand", low=0.0),
    ),
)
