"""H-infinity loop shaping for the four tanks: proportional and integral weights, then a robust controller.

In front of the plant stands v -> u = KP G0 (v + s), s moving by PERIOD/TI v a period, with G0 the inverse of the steady
gain, WEIGHT; v comes from the errors by the controller of McFarlane and Glover, whose matrices are LA to LD. Where the
pumps were told something else in the period before, s is moved to where the same would have been told.

The matrices come from controllers/design/quadtank.py.
"""

from typing import Any

import numpy as np

from controllers.strategies._linear import inputs, outputs
from controllers.strategies._quadtank import PERIOD, ZERO
from controllers.strategies._regulator import solved
from hil.blocks import Block
from hil.signals import record, signal

KP, TI, STATES = 0.5, 60.0, 6
WEIGHT = np.array([
    [-0.209873, 0.3179366],
    [0.3358043, -0.1976964],
])  # fmt: skip
LA = np.array([
    [0.9715589, 0.001125523, -0.2744963, 0.1218662, -0.01689188, -0.003350262],
    [0.001456325, 0.9733531, 0.184062, -0.355612, -0.003194244, -0.01901648],
    [-0.01283309, 0.02321564, 0.8131775, 0.04955081, 0.1191354, -0.007060441],
    [0.01773911, -0.009795731, 0.04925957, 0.8331828, -0.004966405, 0.08456578],
    [0.03960313, -0.02363459, -0.2000069, 0.1698699, 0.8678785, 0.005749908],
    [-0.01775773, 0.02856444, 0.1841149, -0.2198517, 0.004062416, 0.9068753],
])  # fmt: skip
LB = np.array([
    [-0.2646246, 0.1335324],
    [0.1940451, -0.3444139],
    [-0.1085818, 0.0513357],
    [0.05070656, -0.1120914],
    [-0.1970793, 0.1735884],
    [0.185885, -0.2180661],
])  # fmt: skip
LC = np.array([
    [-0.3412937, 0.01350628, -0.04023618, -0.1875153, -0.2027025, -0.04020314],
    [0.0174759, -0.3197624, -0.1856874, -0.04318, -0.03833093, -0.2281978],
])  # fmt: skip
LD = np.array([
    [0.07822427, -0.04752091],
    [-0.06588955, 0.09119771],
])  # fmt: skip


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One period."""
    e = (u.SP1 - u.PV1, u.SP2 - u.PV2)
    off1, off2 = u.MV1 - ZERO[0] - x.asked[0], u.MV2 - ZERO[1] - x.asked[1]
    for j in range(2):
        x.v[j] = LD[j, 0] * e[0] + LD[j, 1] * e[1]
        for i in range(STATES):
            x.v[j] += LC[j, i] * x.x[i]
    for i in range(STATES):
        x.was[i] = x.x[i]
    for i in range(STATES):
        x.x[i] = LB[i, 0] * e[0] + LB[i, 1] * e[1]
        for j in range(STATES):
            x.x[i] += LA[i, j] * x.was[j]
    back1, back2 = solved(WEIGHT, off1 / KP, off2 / KP)
    x.s[0] += back1
    x.s[1] += back2
    for j in range(2):
        x.asked[j] = KP * (WEIGHT[j, 0] * (x.v[0] + x.s[0]) + WEIGHT[j, 1] * (x.v[1] + x.s[1]))
    for j in range(2):
        x.s[j] += PERIOD / TI * x.v[j]
    y.OUT1 = ZERO[0] + x.asked[0]
    y.OUT2 = ZERO[1] + x.asked[1]


BLOCK = Block(
    name="loopshape_quadtank",
    words="H-infinity loop shaping for the four tanks",
    step=step,
    state=record(
        "State",
        x=signal("1", "state of the robust controller", shape=(STATES,)),
        was=signal("1", "work space", shape=(STATES,)),
        v=signal("cm", "what it gives to the weights", shape=(2,)),
        s=signal("cm", "integrals of the weights", shape=(2,)),
        asked=signal("V", "what the pumps were told last, from their rest", shape=(2,)),
    ),
    inputs=inputs("cm", "cm", "V", "V"),
    outputs=outputs("V", "V"),
)
