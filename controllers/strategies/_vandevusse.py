"""The linear model of van de Vusse's reactor about the set `hot`, sampled every 20 s, and its isothermal closed forms.

The tables come from controllers/design/vandevusse.py. In shares of SPAN away from ZERO: flow, heat, cB and T, and then
what is bounded beside these, TK and cA.
"""

import math

import numpy as np

from hil.blocks import function

PERIOD = 20.0
A = np.array([
    [0.6113594, -0.009067351, -0.01684615, -0.001368186],
    [0.1839059, 0.6812732, 0.00185464, 0.0002062518],
    [0.7985864, 0.8287228, 0.8391967, 0.1232503],
    [0.1743945, 0.1866344, 0.3465727, 0.6459554],
])  # fmt: skip
B = np.array([
    [0.1723501, -0.0002790914],
    [-0.01897415, 4.842296e-05],
    [-0.1416606, 0.03823194],
    [-0.034513, 0.4466444],
])  # fmt: skip
C = np.array([
    [0, 10, 0, 0],
    [0, 0, 0.2, 0],
    [0, 0, 0, 0.2],
    [10, 0, 0, 0],
])  # fmt: skip
ZERO = np.array([0.005230556, -1248.806, 0.9000066, 407.2904, 402.1043, 1.234827])
SPAN = np.array([0.002777778, 277.7778, 0.1, 5, 5, 0.1])
OBSERVER = np.array([
    [0.01298084, 0.004963626],
    [0.08222107, 0.0007652302],
    [0.03826151, 0.1660299],
    [0.01151541, 0.1419014],
])  # fmt: skip
DISTURBED = np.array([
    [0.05921575, 0.02827678],
    [0.0834837, 0.0014138],
    [0.07069, 0.5527581],
    [-0.02244706, 0.770883],
    [0.1132811, 0.09484188],
    [-0.04507846, 0.2665621],
])  # fmt: skip

_NONE = np.zeros((2, 4))
_SEEN = np.hstack([C, np.zeros((4, 2))])
OBSERVED = (A, B, C[:2], OBSERVER, ZERO, SPAN)
PREDICTED = (
    np.block([[A, B], [_NONE, np.eye(2)]]), np.vstack([B, np.zeros((2, 2))]), _SEEN[:2], DISTURBED, ZERO, SPAN,
)  # fmt: skip
SHOWN = np.vstack([_SEEN[:2], _SEEN])
"""Rows of the outputs, then of what is bounded."""

K10, E1 = 1.287e12 / 3600, 9758.3
K30, E3 = 9.043e9 / 3600, 8560.0
"""Frequencies, 1/s and m^3/kmol/s, and activation energies over the gas constant, K, of the set `hot`.

B reacts on as fast as A reacts to it.
"""


@function
def steady(flow: float, temperature: float, feed: float) -> tuple[float, float]:
    """Return cA and cB at rest, kmol/m^3, for a flow over the volume, 1/s, a temperature and A in the feed."""
    k1, k3 = K10 * math.exp(-E1 / temperature), K30 * math.exp(-E3 / temperature)
    both = k1 + flow
    a = (-both + math.sqrt(both * both + 4.0 * k3 * flow * feed)) / (2.0 * k3)
    return a, k1 * a / both


@function
def flow_for(b: float, temperature: float, feed: float, high: float) -> float:
    """Return the flow at which cB rests at b, the larger one where high is above 0.5; that of most B where b is more.

    With cA = b (F + k1)/k1 the balance of A, F cA0 = (F + k1) cA + k3 cA^2, is a quadratic in F.
    """
    k1, k3 = K10 * math.exp(-E1 / temperature), K30 * math.exp(-E3 / temperature)
    ratio = b / k1
    square = ratio + k3 * ratio * ratio
    half = ratio * k1 + k1 * k3 * ratio * ratio - 0.5 * feed
    rest = ratio * k1 * k1 + k3 * ratio * ratio * k1 * k1
    root = math.sqrt(max(half * half - square * rest, 0.0))
    return float((-half + root if high > 0.5 else -half - root) / square)
