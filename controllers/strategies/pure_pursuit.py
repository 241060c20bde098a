"""Pure pursuit: steer on the circle through the rear axle that meets the road a way ahead.

    delta = atan(2 L sin(alpha) / l_d)

R. C. Coulter, "Implementation of the pure pursuit path tracking algorithm", CMU-RI-TR-92-01, 1992. The chord to the
point ahead stands for l_d, so that on a circle the angle is exactly atan(L/R).
"""

import math
from typing import Any

from controllers.strategies._path import INPUTS, OUTPUTS, limited, parameters, point
from hil.blocks import Block
from hil.signals import signal


def pure_pursuit_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One steering angle."""
    behind = p.wheelbase * p.front_load
    ahead = max(p.nearest, p.time * u.pose_v)
    along, left = point(p, u.pose_s - behind, ahead)
    left -= u.pose_e - behind * math.sin(u.pose_turned)
    chord = math.hypot(along, left)
    sine = (left * math.cos(u.pose_turned) - along * math.sin(u.pose_turned)) / chord
    y.steer = limited(p, math.atan(2.0 * p.wheelbase * sine / chord))


BLOCK = Block(
    name="pure_pursuit",
    words="path following by pure pursuit",
    step=pure_pursuit_step,
    parameters=parameters(
        time=signal("s", "how far ahead, over the speed", 0.1, 20, 1.4),
        nearest=signal("m", "how far ahead at least", 1, 100, 7.0),
    ),
    inputs=INPUTS,
    outputs=OUTPUTS,
)
