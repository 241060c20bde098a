"""Model-predictive path following: distance, heading and steering angle over the bends of the next seconds.

    de/dt = v psi_e      dpsi_e/dt = v/L (delta - atan(L kappa))      ddelta/dt = (delta_asked - delta) / tau

Twelve steps of 0.2 s, with the speed as it is, the road's curvature at each step, and what the wheels can turn to and
how fast as hard rows; behind them the infinite horizon, by Riccati's equation. Weights by Bryson's rule as in
`lqr_path`: 0.5 m, 0.1 rad, 0.3 rad off the bend's angle, 0.2 rad asked off it. On a straight road and within the bounds
this is the discrete regulator with these weights. Where the programme (`_active_set.py`) is not solved in the
iterations allowed, the wheels follow the bend. The fix stands between the axles; the controller is that of the rear
axle.
"""

import math
from typing import Any

import numpy as np

from controllers.strategies._active_set import memory, solve
from controllers.strategies._path import INPUTS, OUTPUTS, bend, limited, parameters, rear
from controllers.strategies._predictive import invert
from hil.blocks import Block, function
from hil.signals import record, signal

STEPS, DT = 12, 0.2
WEIGHTS = np.array([1 / 0.5**2, 1 / 0.1**2, 1 / 0.3**2])
COST = 1 / 0.2**2
_STAGES = 400  # of Riccati's equation
_ITERATIONS = 100


@function
def _angle(p: Any, s: float) -> float:
    """The angle of the wheels with which the rear axle follows the road's bend at a station."""
    return math.atan(p.wheelbase * bend(p, s))


@function
def _model(p: Any, x: Any, v: float) -> None:
    """A, B and what a bend of 1 rad does in a step: the exponential's series to its sixth term."""
    rate = (v, v / p.wheelbase, -1.0 / p.lag)  # each row has one: of what stands below it, the last of itself
    for i in range(3):
        for j in range(3):
            x.S[i, j] = DT if i == j else 0.0
    for order in range(6, 1, -1):
        for i in range(3):
            for j in range(3):
                x.S[i, j] = (DT if i == j else 0.0) + rate[i] * x.S[min(i + 1, 2), j] * DT / order
    for i in range(3):
        for j in range(3):
            x.A[i, j] = (1.0 if i == j else 0.0) + rate[i] * x.S[min(i + 1, 2), j]
        x.B[i], x.D[i] = x.S[i, 2] / p.lag, -v / p.wheelbase * x.S[i, 1]


@function
def _behind(x: Any) -> None:
    """The cost of the infinite horizon: Riccati's equation, backwards from the weights."""
    x.P[:, :] = 0.0
    for i in range(3):
        x.P[i, i] = WEIGHTS[i]
    for _ in range(_STAGES):
        for i in range(3):
            for j in range(3):
                x.S[i, j] = 0.0
                for k in range(3):
                    x.S[i, j] += x.P[i, k] * x.A[k, j]
        square = COST
        for j in range(3):
            x.K[j] = 0.0
            for k in range(3):
                x.K[j] += x.B[k] * x.S[k, j]
                square += x.B[j] * x.P[j, k] * x.B[k]
        for i in range(3):
            for j in range(3):
                x.P[i, j] = (WEIGHTS[i] if i == j else 0.0) - x.K[i] * x.K[j] / square
                for k in range(3):
                    x.P[i, j] += x.A[k, i] * x.S[k, j]


@function
def _weight(x: Any, k: int, i: int, j: int) -> float:
    """Of the states after so many steps."""
    if k == STEPS:
        return float(x.P[i, j])
    return float(WEIGHTS[i]) if i == j else 0.0


@function
def _lay_out(p: Any, x: Any, v: float) -> None:
    """What hangs on the speed alone: model, horizon, Hessian and rows."""
    _model(p, x, v)
    _behind(x)
    for i in range(3):
        x.G[0, i] = x.B[i]
    for k in range(1, STEPS):
        for i in range(3):
            x.G[k, i] = x.A[i, 0] * x.G[k - 1, 0] + x.A[i, 1] * x.G[k - 1, 1] + x.A[i, 2] * x.G[k - 1, 2]
    for m in range(STEPS):
        for n in range(STEPS):
            x.W[m, n] = COST if m == n else 0.0
            for k in range(max(m, n) + 1, STEPS + 1):
                for i in range(3):
                    for j in range(3):
                        x.W[m, n] += x.G[k - 1 - m, i] * _weight(x, k, i, j) * x.G[k - 1 - n, j]
    invert(x.W)
    for row in range(2 * STEPS):
        for n in range(STEPS):
            before = row - STEPS == n + 1
            x.a[row, n] = 1.0 if n in (row, row - STEPS) else (-1.0 if before else 0.0)
    for row in range(2 * STEPS):
        x.own[row] = 0.0
        for m in range(STEPS):
            x.y[row, m] = 0.0
            for n in range(STEPS):
                x.y[row, m] += x.a[row, n] * x.W[n, m]
            x.own[row] += x.y[row, m] * x.a[row, m]


@function
def _ask(p: Any, x: Any, s: float, v: float, e: float, turned: float) -> None:
    """Gradient and bounds: where the truck comes with the wheels straight, over the bends ahead."""
    for m in range(STEPS):
        x.g[m] = -COST * _angle(p, s + v * m * DT)
        room = p.rate * DT
        x.low[m], x.high[m] = -p.most, p.most
        x.low[STEPS + m], x.high[STEPS + m] = -room, room
    x.low[STEPS] += x.asked
    x.high[STEPS] += x.asked
    x.K[0], x.K[1], x.K[2] = e, turned, x.reached
    for k in range(1, STEPS + 1):
        bent = _angle(p, s + v * (k - 0.5) * DT)
        one, two, three = x.K[0], x.K[1], x.K[2]
        for i in range(3):
            x.K[i] = x.A[i, 0] * one + x.A[i, 1] * two + x.A[i, 2] * three + x.D[i] * bent
        off = x.K[2] - _angle(p, s + v * k * DT)
        for m in range(k):
            for i in range(3):
                pull = _weight(x, k, i, 0) * x.K[0] + _weight(x, k, i, 1) * x.K[1] + _weight(x, k, i, 2) * off
                x.g[m] += x.G[k - 1 - m, i] * pull


def mpc_path_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One steering angle; what the wheels have reached is reckoned by the steering's lag."""
    s = u.pose_s - p.wheelbase * p.front_load
    v = max(u.pose_v, 1.0)
    if abs(v - x.v) > 0.02 * v:
        x.v = v
        _lay_out(p, x, v)
    e, turned = rear(p, u)
    _ask(p, x, s, v, e, turned)
    solved, _ = solve(x, _ITERATIONS)
    y.steer = limited(p, x.z[0] if solved else _angle(p, s))
    x.asked = y.steer
    x.reached += (y.steer - x.reached) * min(h * 1e-9 / p.lag, 1.0)


_THREE, _SQUARE = (3,), (3, 3)
BLOCK = Block(
    name="mpc_path",
    words="path following by model-predictive control",
    step=mpc_path_step,
    parameters=parameters(
        lag=signal("s", "time constant of the steering", 0.01, 10, 0.5),
        rate=signal("rad/s", "fastest steering", 0.01, 10, 0.3),
    ),
    state=record(
        "State",
        **memory(STEPS, 2 * STEPS),
        v=signal("m/s", "speed for which the programme was laid out"),
        reached=signal("rad", "angle that the wheels have reached, by reckoning"),
        asked=signal("rad", "angle asked last"),
        A=signal("1", "model", shape=_SQUARE),
        B=signal("1", "model", shape=_THREE),
        D=signal("1", "what a bend does, over its angle", shape=_THREE),
        P=signal("1", "cost behind the horizon", shape=_SQUARE),
        G=signal("1", "what an angle asked does so many steps later", shape=(STEPS, 3)),
        S=signal("1", "work space", shape=_SQUARE),
        K=signal("1", "work space", shape=_THREE),
    ),
    inputs=INPUTS,
    outputs=OUTPUTS,
)
