"""Linear-quadratic regulator with integral action and Kalman filter for van de Vusse's reactor: see `_regulator.py`.

The gains come from controllers/design/vandevusse.py.
"""

from typing import Any

import numpy as np

from controllers.strategies._linear import inputs, outputs
from controllers.strategies._regulator import regulate, state
from controllers.strategies._vandevusse import OBSERVED
from hil.blocks import Block

GAIN = np.array([
    [5.259575, 9.167801, -0.02849642, 0.01090237, -0.2228885, -0.03719839],
    [0.8728621, -0.726486, 0.8018497, 0.2385614, 0.07611319, -0.4104287],
])  # fmt: skip


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One period."""
    regulate(x, u, y, OBSERVED, GAIN)


BLOCK = Block(
    name="lqi_vandevusse",
    words="linear-quadratic regulator with integral action for van de Vusse's reactor",
    step=step,
    state=state(4),
    inputs=inputs("kmol/m^3", "K", "1/s", "W"),
    outputs=outputs("1/s", "W"),
)
