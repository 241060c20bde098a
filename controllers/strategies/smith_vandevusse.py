"""Product of van de Vusse's reactor by the flow with an analyser at the end of a sample line: a Smith predictor.

A PI controller looks at what the model says will be measured when the line has been passed: the model now, and what was
measured less the model then. O. J. M. Smith, "Closer control of loops with dead time", Chemical Engineering Progress
53 (1957) 217-219. The model has cA and cB at the temperature that another controller holds.

Model and gains come from controllers/design/vandevusse.py.
"""

from typing import Any

import numpy as np

from controllers.strategies._vandevusse import PERIOD, ZERO
from hil.blocks import Block
from hil.signals import record, signal

SA = np.array([
    [0.6198319, 0],
    [0.1826108, 0.6799003],
])  # fmt: skip
SB = np.array([
    [61.44237],
    [-6.741208],
])  # fmt: skip
SMITH = np.array([0.003958375, 72.74619])
"""Gain, (1/s)/(kmol/m^3), and integral time, s."""
KEPT = 64


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One period."""
    flow = u.MV1 - ZERO[0]
    a = SA[0, 0] * x.a + SA[0, 1] * x.b + SB[0, 0] * flow
    x.b = SA[1, 0] * x.a + SA[1, 1] * x.b + SB[1, 0] * flow
    x.a = a
    x.at = (x.at + 1) % KEPT
    x.line[x.at] = x.b
    then = x.line[(x.at - min(int(p.dead / PERIOD + 0.5), KEPT - 1)) % KEPT]
    error = u.SP1 - (u.PV1 + x.b - then)
    x.i += u.MV1 - x.asked + SMITH[0] * error * PERIOD / SMITH[1]
    x.asked = x.i + SMITH[0] * error
    y.OUT1 = x.asked
    y.ahead = u.PV1 + x.b - then


BLOCK = Block(
    name="smith_vandevusse",
    words="product by the flow through a sample line's dead time, by a Smith predictor",
    step=step,
    parameters=record("Parameters", dead=signal("s", "dead time of the sample line", 0, 1200, 240.0)),
    state=record(
        "State",
        a=signal("kmol/m^3", "model: A from its rest"),
        b=signal("kmol/m^3", "model: B from its rest"),
        line=signal("kmol/m^3", "B of the periods before", shape=(KEPT,)),
        at=signal("1", "where the newest is", kind="i8"),
        i=signal("1/s", "integral part"),
        asked=signal("1/s", "what was asked for last"),
    ),
    inputs=record(
        "Inputs",
        PV1=signal("kmol/m^3", "concentration of B, late"),
        SP1=signal("kmol/m^3", "what it should be", initial=0.9),
        MV1=signal("1/s", "flow that was told last, by whomsoever"),
    ),
    outputs=record(
        "Outputs",
        OUT1=signal("1/s", "flow"),
        ahead=signal("kmol/m^3", "what will be measured when the line has been passed"),
    ),
)
