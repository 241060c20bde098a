"""State feedback with integral action on an observer's estimate, and actuators that may be told something else.

u = -k x - ki s with s the sum of the errors SP - PV. Where the actuators were told something else in the period before,
by a limit or because another controller is in charge, s is moved to where the regulator would have told the same:
nothing winds up, and it takes over without a bump.
"""

from typing import Any

from controllers.strategies._linear import moved
from hil.blocks import function
from hil.signals import Record, record, signal


def state(states: int) -> Record:
    """Return the state of a regulator."""
    return record(
        "State",
        x=signal("1", "estimate", shape=(states,)),
        was=signal("1", "work space", shape=(states,)),
        s=signal("1", "sums of the errors", shape=(2,)),
        asked=signal("1", "what it told the actuators last", shape=(2,)),
    )


@function
def solved(m: Any, r1: float, r2: float) -> tuple[float, float]:
    """Solve m z = r for two unknowns."""
    d = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
    return (m[1, 1] * r1 - m[0, 1] * r2) / d, (m[0, 0] * r2 - m[1, 0] * r1) / d


@function
def regulate(x: Any, u: Any, y: Any, model: Any, gain: Any) -> None:
    """One period; `gain` is k, then ki."""
    zero, span = model[4], model[5]
    n = x.x.size
    ki = gain[:, n:]
    told1, told2 = (u.MV1 - zero[0]) / span[0], (u.MV2 - zero[1]) / span[1]
    back1, back2 = solved(ki, x.asked[0] - told1, x.asked[1] - told2)
    moved(model, u, x)
    x.s[0] += back1 + (u.SP1 - u.PV1) / span[2]
    x.s[1] += back2 + (u.SP2 - u.PV2) / span[3]
    for j in range(2):
        x.asked[j] = -ki[j, 0] * x.s[0] - ki[j, 1] * x.s[1]
        for i in range(n):
            x.asked[j] -= gain[j, i] * x.x[i]
    y.OUT1 = zero[0] + span[0] * x.asked[0]
    y.OUT2 = zero[1] + span[1] * x.asked[1]
