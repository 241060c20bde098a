"""A control valve with rate and stiction, and the tempered coolant loop that it feeds.

Stiction: Q. P. He, J. Wang, M. Pottmann, S. J. Qin, A curve fitting method for detecting valve stiction in
oscillating control loops, Ind. Eng. Chem. Res. 46 (2007) 4549-4560, figure 3: a stem at rest moves when the
signal is more than the static friction away, and then to within the dynamic friction of it. Equal frictions
are a deadband (backlash), no dynamic friction is the one-parameter model of A. Stenman, F. Gustafsson, K.
Forsman, Int. J. Adaptive Control and Signal Processing 17 (2003) 625-634. The limited rate of the actuator
is added here: a stem on its way stays in motion until it arrives.
"""

import math
from typing import Any

from hil.blocks.block import Block
from hil.blocks.kernel import function
from hil.signals import record, signal

SOUND, JAMMED, NO_AIR = range(3)


@function
def _wanted(p: Any, position: float, command: float, moving: bool) -> float:
    """Where friction lets the stem come to rest."""
    distance = command - position
    if abs(distance) <= (p.dynamic_friction if moving else p.static_friction):
        return position
    return float(command - math.copysign(p.dynamic_friction, distance))


def valve_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Move the stem for one period towards the command."""
    command = min(max(u.command, p.low), p.high)
    wanted = _wanted(p, x.stem, command, x.moving)
    if p.fault == JAMMED:
        wanted = x.stem
    elif p.fault == NO_AIR:  # the spring is stronger than the packing
        wanted = p.fail_to
    most = p.rate * (h * 1e-9)
    way = min(max(wanted - x.stem, -most), most)
    x.moving = way != wanted - x.stem
    x.stem = x.stem + way if x.moving else wanted
    y.position = x.stem
    y.opening = x.stem * 0.01
    if p.rangeability > 1.0:
        y.opening = p.rangeability ** (x.stem * 0.01 - 1.0)


VALVE = Block(
    name="valve",
    words="control valve with positioner: limits, rate, stiction, characteristic",
    step=valve_step,
    parameters=record(
        "Parameters",
        low=signal("%", "lower mechanical limit", 0, 100, 0.0),
        high=signal("%", "upper mechanical limit", 0, 100, 100.0),
        rate=signal("%/s", "fastest travel", 0, 1e6, 2.0),
        static_friction=signal("%", "distance of the command at which a stem at rest breaks loose", 0, 100),
        dynamic_friction=signal("%", "distance from the command at which a stem in motion stops", 0, 100),
        rangeability=signal("1", "equal-percentage (IEC 60534-2-4) above 1; 1 is linear", 1, 1e3, 1.0),
        fault=signal(
            "1",
            "0 none, 1 jammed where it is, 2 loss of air: goes to fail_to",
            0,
            2,
            kind="i8",
        ),
        fail_to=signal("%", "where the spring moves the stem", 0, 100, 100.0),
    ),
    state=record(
        "State",
        stem=signal("%", "where the stem is", 0, 100),
        moving=signal("1", "the stem is on its way", 0, 1, kind="b1"),
    ),
    inputs=record("Inputs", command=signal("%", "signal of the controller, held within the limits")),
    outputs=record(
        "Outputs",
        position=signal("%", "position of the stem", 0, 100),
        opening=signal("1", "flow coefficient relative to the open valve", 0, 1),
    ),
)


def mixing_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Mix the two supplies and move the content of the loop for one period; exact for a constant mixture."""
    mixture = u.opening * u.cold + (1.0 - u.opening) * u.warm
    if not x.started:
        x.started = True
        x.content = mixture
    elif p.lag > 0.0:
        if p.lag != x.share_lag:  # an exponential takes longer than all the rest
            x.share_lag = p.lag
            x.share = -math.expm1(-h * 1e-9 / p.lag)
        x.content += x.share * (mixture - x.content)
    else:
        x.content = mixture
    y.temperature = x.content


MIXING = Block(
    name="mixing",
    words="tempered coolant: cold and warm supply through a three-way valve, then the loop's content",
    step=mixing_step,
    parameters=record("Parameters", lag=signal("s", "content of the loop over its flow", 0, 1e6, 60.0)),
    state=record(
        "State",
        content=signal("K", "temperature of the loop's content", 200, 400, 298.15),
        share_lag=signal("s", "the lag that the share was worked out for"),
        share=signal("1", "how much of a difference the lag makes up in a step", 0, 1),
        started=signal("1", "the first step was done: the loop had settled before", 0, 1, kind="b1"),
    ),
    inputs=record(
        "Inputs",
        opening=signal("1", "share of the cold supply", 0, 1),
        cold=signal("K", "temperature of the cold supply", 200, 400, 268.15),
        warm=signal("K", "temperature of the warm supply", 200, 400, 328.15),
    ),
    outputs=record("Outputs", temperature=signal("K", "temperature of the coolant", 200, 400, 298.15)),
)
