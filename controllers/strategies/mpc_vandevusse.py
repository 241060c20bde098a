"""Model-predictive control of product and temperature of van de Vusse's reactor: see `_predictive.py`.

Flow from 3 to 35 1/h, heat from -9000 to 0 kJ/h, moves of 5 1/h and 1000 kJ/h a period; the reactor between 124 and
144 degC, the jacket above 100 degC. The model is that of `_vandevusse.py`.
"""

from typing import Any

from controllers.strategies._linear import inputs, outputs
from controllers.strategies._predictive import MORE, STATE, parameters, predict
from controllers.strategies._vandevusse import PREDICTED, SHOWN, SPAN, ZERO
from hil.blocks import Block


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One period."""
    predict(p, x, u, y, PREDICTED, SHOWN)


_LEAST, _MOST = (3.0 / 3600, -9000.0 / 3.6), (35.0 / 3600, 0.0)
_LOW, _HIGH = (0.0, 397.15, 373.15, 0.0), (5.0, 417.15, 423.15, 10.0)


def _share(values: tuple[float, ...], first: int) -> tuple[float, ...]:
    """Return values as differences from ZERO in shares of SPAN."""
    return tuple(float((one - ZERO[first + i]) / SPAN[first + i]) for i, one in enumerate(values))


BLOCK = Block(
    name="mpc_vandevusse",
    words="model-predictive control of van de Vusse's reactor",
    step=step,
    parameters=parameters(
        (1.0, 1.0), (0.3, 0.3), 10.0, least=_share(_LEAST, 0), most=_share(_MOST, 0), move=(0.5, 1.0),
        low=_share(_LOW, 2), high=_share(_HIGH, 2),
    ),
    state=STATE,
    inputs=inputs("kmol/m^3", "K", "1/s", "W"),
    outputs=outputs("1/s", "W", **MORE),
)  # fmt: skip
