"""What the strategies for two inputs and two outputs share: their signals, and the observer of a linear model.

A model is a tuple (a, b, c, gain, zero, span): x(k+1) = a x + b u, y = c x, x + gain (y - c x) with each measurement,
in shares of `span` away from `zero`, both of which are in the order u1, u2, y1, y2, and then what else is bounded.
"""

from typing import Any

from hil.blocks import function
from hil.signals import Record, record, signal


def inputs(y1: str, y2: str, u1: str, u2: str) -> Record:
    """Return the inputs of a strategy for measurements and actuators in these units."""
    return record(
        "Inputs",
        PV1=signal(y1, "first measurement"),
        PV2=signal(y2, "second measurement"),
        SP1=signal(y1, "what the first should be"),
        SP2=signal(y2, "what the second should be"),
        MV1=signal(u1, "what the first actuator was told last, by whomsoever"),
        MV2=signal(u2, "what the second actuator was told last"),
    )


def outputs(u1: str, u2: str, **more: Any) -> Record:
    """Return the outputs of a strategy for actuators in these units."""
    return record(
        "Outputs", OUT1=signal(u1, "for the first actuator"), OUT2=signal(u2, "for the second actuator"), **more
    )


@function
def moved(model: Any, u: Any, x: Any) -> None:
    """Move the estimate over one period with what the actuators were told, and put it right by what is measured."""
    a, b, c, gain, zero, span = model
    n = x.x.size
    told = ((u.MV1 - zero[0]) / span[0], (u.MV2 - zero[1]) / span[1])
    for i in range(n):
        x.was[i] = x.x[i]
    for i in range(n):
        x.x[i] = b[i, 0] * told[0] + b[i, 1] * told[1]
        for j in range(n):
            x.x[i] += a[i, j] * x.was[j]
    off1, off2 = (u.PV1 - zero[2]) / span[2], (u.PV2 - zero[3]) / span[3]
    for j in range(n):
        off1 -= c[0, j] * x.x[j]
        off2 -= c[1, j] * x.x[j]
    for i in range(n):
        x.x[i] += gain[i, 0] * off1 + gain[i, 1] * off2
