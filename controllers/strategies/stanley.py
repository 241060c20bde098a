"""Stanley: the front wheels point along the road at the front axle, and back to it by the distance.

    delta = -psi_e - atan(k e / (v + v_s))

G. M. Hoffmann, C. J. Tomlin, M. Montemerlo, S. Thrun, "Autonomous automobile trajectory tracking for off-road driving",
American Control Conference 2007. Small distances of the front axle decay as exp(-k t).
"""

import math
from typing import Any

from controllers.strategies._path import INPUTS, OUTPUTS, limited, parameters, turn
from hil.blocks import Block
from hil.signals import signal


def stanley_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One steering angle."""
    before = p.wheelbase * (1.0 - p.front_load)
    e = u.pose_e + before * math.sin(u.pose_turned)
    turned = u.pose_turned - turn(p, u.pose_s, before)
    y.steer = limited(p, -turned - math.atan(p.gain * e / (max(u.pose_v, 0.0) + p.soft)))


BLOCK = Block(
    name="stanley",
    words="path following by Stanley's law",
    step=stanley_step,
    parameters=parameters(
        gain=signal("1/s", "rate at which a distance decays", 0.01, 10, 0.5),
        soft=signal("m/s", "speed added, so that it is gentle at a crawl", 0.01, 10, 1.0),
    ),
    inputs=INPUTS,
    outputs=OUTPUTS,
)
