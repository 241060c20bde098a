"""The compiled steps of the solvers: Euler, the classical Runge-Kutta method of order four, and ROS2 for stiff plants.

Sources: E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed., II.1, table 1.2.
ROS2: J. G. Verwer, E. J. Spee, J. G. Blom, W. Hundsdorfer, "A second-order Rosenbrock method applied to photochemical
dispersion problems", SIAM J. Sci. Comput. 20 (1999) 1456-1480, with gamma = 1 - 1/sqrt(2). It is L-stable, and of order
two whatever stands for the Jacobian, so one of difference quotients, taken once a step, is good enough. Its two
linear systems are solved directly: nothing is iterated, a step always costs n + 2 derivatives and one elimination.
"""

import math
from typing import Any

from hil.blocks.kernel import function
from hil.blocks.memory import call, load_f8_at, store_f8_at

_RK4, _ROS2 = 1, 2
_DIVERGED = -1
_SINGULAR = -2
_FAILED = -(2**62)
_GAMMA = 1.0 - math.sqrt(0.5)
_NUDGE = 1.5e-8  # of a state, or of what it moves within the step: the root of the resolution of a float


@function
def _blend(n: int, to: int, x: int, h: float, k: int) -> None:
    """to = x + h k"""
    for i in range(n):
        store_f8_at(to, i, load_f8_at(x, i) + h * load_f8_at(k, i))


@function
def _euler(t: int, h: int, p: Any, x: int, u: int) -> int:
    status = call(p.derivative, t, h, p.p, p.start, u, p.k1)
    _blend(p.n, x, p.start, h * 1e-9, p.k1)
    return status


@function
def _rk4(t: int, h: int, p: Any, x: int, u: int) -> int:
    n, seconds, start, trial = p.n, h * 1e-9, p.start, p.trial
    status = call(p.derivative, t, h, p.p, start, u, p.k1)
    _blend(n, trial, start, 0.5 * seconds, p.k1)
    status |= call(p.derivative, t + h // 2, h, p.p, trial, u, p.k2)
    _blend(n, trial, start, 0.5 * seconds, p.k2)
    status |= call(p.derivative, t + h // 2, h, p.p, trial, u, p.k3)
    _blend(n, trial, start, seconds, p.k3)
    status |= call(p.derivative, t + h, h, p.p, trial, u, p.k4)
    sixth = seconds / 6.0
    for i in range(n):
        between = 2.0 * (load_f8_at(p.k2, i) + load_f8_at(p.k3, i))
        slope = load_f8_at(p.k1, i) + between + load_f8_at(p.k4, i)
        store_f8_at(x, i, load_f8_at(start, i) + sixth * slope)
    return status


@function
def _shifted_jacobian(t: int, h: int, p: Any, u: int) -> int:
    """matrix = 1 - gamma h df/dx at `start`, row by row; f(start) is in k1."""
    n, seconds = p.n, h * 1e-9
    for i in range(n):
        store_f8_at(p.trial, i, load_f8_at(p.start, i))
    for j in range(n):
        at = load_f8_at(p.start, j)
        moved = at + _NUDGE * max(abs(at), abs(seconds * load_f8_at(p.k1, j)), 1e-6)
        store_f8_at(p.trial, j, moved)
        if call(p.derivative, t, h, p.p, p.trial, u, p.k2) != 0:
            return _FAILED
        store_f8_at(p.trial, j, at)
        share = _GAMMA * seconds / (moved - at)
        for i in range(n):
            slope = load_f8_at(p.k2, i) - load_f8_at(p.k1, i)
            store_f8_at(p.matrix, i * n + j, (1.0 if i == j else 0.0) - share * slope)
    return 0


@function
def _swap(a: int, b: int, one: int, other: int) -> None:
    kept = load_f8_at(a, one)
    store_f8_at(a, one, load_f8_at(b, other))
    store_f8_at(b, other, kept)


@function
def _pivot(n: int, a: int, k: int) -> int:
    """The row at or below k with the largest value in column k; -1 where all are 0 or one is no number."""
    row, largest = -1, 0.0
    for i in range(k, n):
        size = abs(load_f8_at(a, i * n + k))
        if not size < math.inf:
            return -1
        if size > largest:
            row, largest = i, size
    return row


@function
def _factored(n: int, a: int, pivots: int) -> bool:
    """Gauss's elimination in place, with row exchange; False when a column has no pivot."""
    for k in range(n):
        row = _pivot(n, a, k)
        if row < 0:
            return False
        store_f8_at(pivots, k, float(row))
        if row != k:
            for j in range(n):
                _swap(a, a, k * n + j, row * n + j)
        for i in range(k + 1, n):
            share = load_f8_at(a, i * n + k) / load_f8_at(a, k * n + k)
            store_f8_at(a, i * n + k, share)
            if share != 0.0:
                for j in range(k + 1, n):
                    store_f8_at(a, i * n + j, load_f8_at(a, i * n + j) - share * load_f8_at(a, k * n + j))
    return True


@function
def _solved(n: int, a: int, pivots: int, b: int) -> None:
    """b becomes the solution; the elimination is done."""
    for k in range(n):
        _swap(b, b, k, int(load_f8_at(pivots, k)))
    for i in range(n):
        total = load_f8_at(b, i)
        for j in range(i):
            total -= load_f8_at(a, i * n + j) * load_f8_at(b, j)
        store_f8_at(b, i, total)
    for back in range(n):
        i = n - 1 - back
        total = load_f8_at(b, i)
        for j in range(i + 1, n):
            total -= load_f8_at(a, i * n + j) * load_f8_at(b, j)
        store_f8_at(b, i, total / load_f8_at(a, i * n + i))


@function
def _finite(n: int, x: int) -> bool:
    total = 0.0
    for i in range(n):
        total += load_f8_at(x, i) * 0.0
    return bool(total == 0.0)


@function
def _ros2(t: int, h: int, p: Any, x: int, u: int) -> int:
    n, seconds = p.n, h * 1e-9
    if call(p.derivative, t, h, p.p, p.start, u, p.k1) != 0 or _shifted_jacobian(t, h, p, u) != 0:
        return _FAILED
    if not _factored(n, p.matrix, p.k4):
        _blend(n, x, p.start, seconds, p.k1)
        return _SINGULAR if _finite(n, x) else 0  # what is no number is told as a divergence
    _solved(n, p.matrix, p.k4, p.k1)
    _blend(n, p.trial, p.start, seconds, p.k1)
    if call(p.derivative, t + h, h, p.p, p.trial, u, p.k2) != 0:
        return _FAILED
    for i in range(n):
        store_f8_at(p.k2, i, load_f8_at(p.k2, i) - 2.0 * load_f8_at(p.k1, i))
    _solved(n, p.matrix, p.k4, p.k2)
    for i in range(n):
        slope = 1.5 * load_f8_at(p.k1, i) + 0.5 * load_f8_at(p.k2, i)
        store_f8_at(x, i, load_f8_at(p.start, i) + seconds * slope)
    return 0


@function
def _step(t: int, h: int, p: Any, x: int, u: int) -> int:
    """Move the state from t to t + h; return 0, or what went wrong."""
    if p.method == _ROS2:
        return _ros2(t, h, p, x, u)
    status = _rk4(t, h, p, x, u) if p.method == _RK4 else _euler(t, h, p, x, u)
    return _FAILED if status != 0 else 0


@function
def _reached(t: int, p: Any, x: int, u: int) -> int:
    """Return the number of the first limit that is reached, or -1."""
    call(p.trip, t, 0, p.p, x, u, p.g)
    for i in range(p.trips):
        if load_f8_at(p.g, i) >= 0.0:
            return i
    return -1


def advance(t: int, h: int, p: Any, x: int, u: int, y: int) -> int:
    """Move the state at `x` from t to t + h, or to the first nanosecond within at which the plant shuts itself down.

    That is found by halving. There is one call of `_step`, so that LLVM copies the whole step in here.
    """
    low, high, trial = -1, h, h
    for i in range(p.n):
        store_f8_at(p.start, i, load_f8_at(x, i))
    while True:
        status = _step(t, trial, p, x, u)
        if status != 0:
            return status
        if not _finite(p.n, x):
            return _DIVERGED
        reached = _reached(t + trial, p, x, u) if p.trips > 0 else -1
        if reached >= 0:
            high = trial
        elif trial == h:
            return 0
        else:
            low = trial
        if high - low > 1:
            trial = (low + high) // 2
        elif trial == high:
            p.at = t + high
            return 1 + reached
        else:
            trial = high
