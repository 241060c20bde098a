"""The looper's geometry and weights, and the point at which the mill of the plant runs steadily."""

import math
from typing import Any

from hil.blocks import function
from plant_models.rolling._hot_bite import hot_force, neutral_point

G = 9.81
"""m/s^2, of gravity."""
THETA = 0.35
"""rad, the looper's angle at the steady point."""
THICKNESS, PULL, SPEED = (4.0e-3, 3.0e-3, 2.4e-3), (5e6, 8e6, 5e6), 10.0


@function
def way(p: Any, theta: float) -> float:
    """The strip's way over the roller, m; straight when the roller is below it."""
    x, y = p.a + p.r * math.cos(theta), max(p.r * math.sin(theta) - p.d, 0.0)
    return math.hypot(x, y) + math.hypot(p.L - x, y)


@function
def lever(p: Any, theta: float) -> float:
    """dL/dtheta, m: what the pull of the strip has as its lever on the looper."""
    x, y = p.a + p.r * math.cos(theta), p.r * math.sin(theta) - p.d
    if y <= 0.0:
        return 0.0
    return float(p.r * (math.sin(theta + math.atan2(y, p.L - x)) - math.sin(theta - math.atan2(y, x))))


@function
def weight(p: Any, theta: float, volume: float) -> float:
    """The torque of the looper's weight and of half that of the strip between the stands, N*m."""
    return float(G * (0.5 * p.rho * volume + p.mr) * p.r * math.cos(theta))


class _Mill:
    """The numbers that the steady point hangs on, and the bites' work space."""

    w, R, L, E, rho, M, T, content = 1.2, 0.35, 5.5, 1e11, 7500.0, 5e9, 900.0, 0.6
    a, d, r, mr = 2.0, 0.1, 0.75, 200.0
    h_in, h_out, hardness_in = THICKNESS[:2], THICKNESS[1:], (1.0, 1.0)

    def __init__(self) -> None:
        self.force, self.gamma, self.forward = ([0.0, 0.0] for _ in range(3))


def steady_point() -> dict[str, Any]:
    """Return speeds, gaps, strip and torque at which 4.0 mm become 3.0 and 2.4 mm at 10 m/s, with 8 MPa between."""
    p: Any = _Mill()
    speeds, gaps = [], []
    for i in range(2):
        h2, back, front = THICKNESS[i + 1], PULL[i], PULL[i + 1]
        out = SPEED * THICKNESS[2] / h2
        rolls = out
        for _ in range(60):  # the slip hangs on the force, and that on the speed of the rolls
            p.force[i] = hot_force(p, i, rolls, 0.5 * (back + front), h2)
            neutral_point(p, i, back, front)
            rolls = out / (1.0 + p.forward[i])
        speeds.append(rolls)
        gaps.append(h2 - p.force[i] / p.M)
    strip, section = way(p, THETA) / (1.0 + PULL[1] / p.E), p.w * THICKNESS[1]
    torque = PULL[1] * section * lever(p, THETA) + weight(p, THETA, section * strip)
    return {"v": tuple(speeds), "S": tuple(gaps), "Ls": strip, "torque": torque}
