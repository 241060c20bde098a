"""A linear-quadratic regulator of distance, heading and steering angle, with its gains over the speed.

    de/dt = v psi_e      dpsi_e/dt = v/L delta - v kappa      ddelta/dt = (delta_asked - delta) / tau

The gains come from controllers/design/truck_path.py, which prints their margins. The road's curvature is fed forward.
The fix stands between the axles; the regulator is that of the rear axle.
"""

import math
from typing import Any

import numpy as np

from controllers.strategies._path import INPUTS, OUTPUTS, bend, limited, parameters, rear
from hil.blocks import Block
from hil.signals import record, signal

SPEEDS = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
"""m/s"""
GAINS = np.array([
    [0.400000, 3.266800, 0.413556],
    [0.400000, 3.407346, 0.612289],
    [0.400000, 3.653303, 0.980217],
    [0.400000, 4.054093, 1.634676],
    [0.400000, 4.659540, 2.752397],
])  # fmt: skip
"""On distance, rad/m, heading and steering angle, one row for each speed."""


def lqr_path_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One steering angle; what the wheels have reached is reckoned by the steering's lag."""
    behind = p.wheelbase * p.front_load
    v = min(max(u.pose_v, SPEEDS[0]), SPEEDS[-1])
    i = 0
    while i < SPEEDS.size - 2 and v > SPEEDS[i + 1]:
        i += 1
    share = (v - SPEEDS[i]) / (SPEEDS[i + 1] - SPEEDS[i])
    e, turned = rear(p, u)
    wanted = math.atan(p.wheelbase * bend(p, u.pose_s - behind + v * p.lead))
    asked = wanted
    for j, error in enumerate((e, turned, x.reached - wanted)):
        asked -= (GAINS[i, j] + share * (GAINS[i + 1, j] - GAINS[i, j])) * error
    y.steer = limited(p, asked)
    x.reached += (y.steer - x.reached) * min(h * 1e-9 / p.lag, 1.0)


BLOCK = Block(
    name="lqr_path",
    words="path following by a linear-quadratic regulator",
    step=lqr_path_step,
    parameters=parameters(
        lag=signal("s", "time constant of the steering", 0.01, 10, 0.5),
        lead=signal("s", "how far ahead the curvature is fed forward, over the speed", 0, 5, 0.6),
    ),
    state=record("State", reached=signal("rad", "angle that the wheels have reached, by reckoning")),
    inputs=INPUTS,
    outputs=OUTPUTS,
)
