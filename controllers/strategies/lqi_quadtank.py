"""Linear-quadratic regulator with integral action and Kalman filter for the four tanks: see `_regulator.py`.

The gains come from controllers/design/quadtank.py.
"""

from typing import Any

import numpy as np

from controllers.strategies._linear import inputs, outputs
from controllers.strategies._quadtank import OBSERVED
from controllers.strategies._regulator import regulate, state
from hil.blocks import Block

GAIN = np.array([
    [0.1846597, 0.8103075, -0.1953958, 0.6003431, -0.001423689, -0.03968517],
    [0.6636188, -0.02661653, 0.5021255, -0.3561879, -0.04011451, 0.004091303],
])  # fmt: skip


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One period."""
    regulate(x, u, y, OBSERVED, GAIN)


BLOCK = Block(
    name="lqi_quadtank",
    words="linear-quadratic regulator with integral action for the four tanks",
    step=step,
    state=state(4),
    inputs=inputs("cm", "cm", "V", "V"),
    outputs=outputs("V", "V"),
)
