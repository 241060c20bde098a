"""Model-predictive control of the four tanks' lower levels: see `_predictive.py`, and `_quadtank.py` for the model.

The pumps take 0 to 10 V and move by 1 V a period; no tank should be below 1 cm, the lower ones above 18 cm or the upper
ones above 8 cm, which only the model sees.
"""

from typing import Any

from controllers.strategies._linear import inputs, outputs
from controllers.strategies._predictive import MORE, STATE, parameters, predict
from controllers.strategies._quadtank import PREDICTED, SHOWN, ZERO
from hil.blocks import Block


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One period."""
    predict(p, x, u, y, PREDICTED, SHOWN)


BLOCK = Block(
    name="mpc_quadtank",
    words="model-predictive control of the four tanks",
    step=step,
    parameters=parameters(
        (1.0, 1.0), (2.0, 2.0), 30.0,
        least=(-ZERO[0], -ZERO[1]), most=(10.0 - ZERO[0], 10.0 - ZERO[1]), move=(1.0, 1.0),
        low=tuple(1.0 - one for one in ZERO[2:]), high=(18.0 - ZERO[2], 18.0 - ZERO[3], 8.0 - ZERO[4], 8.0 - ZERO[5]),
    ),
    state=STATE,
    inputs=inputs("cm", "cm", "V", "V"),
    outputs=outputs("V", "V", **MORE),
)  # fmt: skip
