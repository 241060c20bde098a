"""Product of van de Vusse's reactor by the flow, on both sides of the flow of most product: a gain schedule.

The flow at which the model gives the wanted cB on the wanted side, by a closed form, is gone to at PACE; a PI
controller beside it holds cB where the model rests at the flow on the way. Its gain and integral time are taken from
the schedule over that flow: the gain changes its sign with that of the plant, and is 0 near the maximum, where the
flow does nothing. The temperature in the model is the set-point of its controller.

The idea of a schedule over the reference: K.-U. Klatt, S. Engell, "Gain-scheduling trajectory control of a continuous
stirred tank reactor", Computers and Chemical Engineering 22 (1998) 491-502. The schedule comes from
controllers/design/vandevusse.py.
"""

from typing import Any

import numpy as np

from controllers.strategies._vandevusse import PERIOD, flow_for, steady
from hil.blocks import Block
from hil.signals import record, signal

FLOWS = np.array([5.0, 7.0, 9.0, 11.0, 12.5, 17.0, 19.0, 22.0, 26.0, 30.0, 35.0]) / 3600
"""1/s"""
GAINS = np.array([
    [0.001693081, 254.5543],
    [0.002176754, 229.3196],
    [0.002711688, 209.0877],
    [0.003305509, 192.3968],
    [0.003794066, 181.643],
    [-0.03479558, 155.8714],
    [-0.02100289, 146.7273],
    [-0.01471021, 134.9354],
    [-0.01172105, 121.9687],
    [-0.01045592, 111.3462],
    [-0.009743236, 100.4785],
])  # fmt: skip
"""Gain, (1/s)/(kmol/m^3), and integral time, s, one row for each flow."""


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One period."""
    wanted = min(max(flow_for(u.SP1, u.SP2, p.feed, u.SIDE), FLOWS[0]), FLOWS[-1])
    if not x.started:
        x.started = True
        x.flow = min(max(u.MV1, FLOWS[0]), FLOWS[-1])
        x.asked = u.MV1
        x.i = u.MV1 - x.flow
    most = p.pace * PERIOD
    x.flow += min(max(wanted - x.flow, -most), most)
    x.i += u.MV1 - x.asked
    n = 0
    while n < FLOWS.size - 2 and x.flow > FLOWS[n + 1]:
        n += 1
    share = (x.flow - FLOWS[n]) / (FLOWS[n + 1] - FLOWS[n])
    gain = GAINS[n, 0] + share * (GAINS[n + 1, 0] - GAINS[n, 0])
    time = GAINS[n, 1] + share * (GAINS[n + 1, 1] - GAINS[n, 1])
    _, rest = steady(x.flow, u.SP2, p.feed)
    if GAINS[n, 0] * GAINS[n + 1, 0] < 0.0:
        gain = 0.0
    error = rest - u.PV1
    x.i += gain * error * PERIOD / time
    x.asked = x.flow + x.i + gain * error
    y.OUT1 = x.asked
    y.reference = rest


BLOCK = Block(
    name="schedule_vandevusse",
    words="product by the flow on both sides of its maximum, by a gain schedule",
    step=step,
    parameters=record(
        "Parameters",
        pace=signal("1/s^2", "how fast the flow goes to another one", 0, 1, 10.0 / 3600 / 600),
        feed=signal("kmol/m^3", "concentration of A in the feed, by the model", 0, 50, 5.10),
    ),
    state=record(
        "State",
        started=signal("1", "the first step was done", 0, 1, kind="b1"),
        flow=signal("1/s", "flow by the model, on its way"),
        i=signal("1/s", "integral part"),
        asked=signal("1/s", "what was asked for last"),
    ),
    inputs=record(
        "Inputs",
        PV1=signal("kmol/m^3", "concentration of B"),
        SP1=signal("kmol/m^3", "what it should be", initial=0.9),
        SP2=signal("K", "temperature that another controller holds", 273, 600, 387.34),
        SIDE=signal("1", "1 beyond the flow of most B, 0 below it", 0, 1),
        MV1=signal("1/s", "flow that was told last, by whomsoever"),
    ),
    outputs=record(
        "Outputs",
        OUT1=signal("1/s", "flow"),
        reference=signal("kmol/m^3", "where cB should be now, on the way"),
    ),
)
