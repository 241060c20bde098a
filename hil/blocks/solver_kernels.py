"""The compiled steps of the explicit solvers: Euler and the classical Runge-Kutta method of order four.

Source: E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed., II.1, table 1.2.
"""

from typing import Any

from hil.blocks.kernel import function
from hil.blocks.memory import call, load_f8, store_f8

_RK4 = 1
_DIVERGED = -1
_FAILED = -(2**62)


@function
def _blend(n: int, to: int, x: int, h: float, k: int) -> None:
    """to = x + h k"""
    for i in range(0, 8 * n, 8):
        store_f8(to + i, load_f8(x + i) + h * load_f8(k + i))


@function
def _euler(t: int, h: int, p: Any, start: int, x: int, u: int) -> int:
    k = p.work + 16 * p.n
    status = call(p.derivative, t, h, p.p, start, u, k)
    _blend(p.n, x, start, h * 1e-9, k)
    return status


@function
def _rk4(t: int, h: int, p: Any, start: int, x: int, u: int) -> int:
    n, seconds = p.n, h * 1e-9
    trial = p.work + 8 * n
    k1 = trial + 8 * n
    k2 = k1 + 8 * n
    k3 = k2 + 8 * n
    k4 = k3 + 8 * n
    status = call(p.derivative, t, h, p.p, start, u, k1)
    _blend(n, trial, start, 0.5 * seconds, k1)
    status |= call(p.derivative, t + h // 2, h, p.p, trial, u, k2)
    _blend(n, trial, start, 0.5 * seconds, k2)
    status |= call(p.derivative, t + h // 2, h, p.p, trial, u, k3)
    _blend(n, trial, start, seconds, k3)
    status |= call(p.derivative, t + h, h, p.p, trial, u, k4)
    sixth = seconds / 6.0
    for i in range(0, 8 * n, 8):
        slope = load_f8(k1 + i) + 2.0 * (load_f8(k2 + i) + load_f8(k3 + i)) + load_f8(k4 + i)
        store_f8(x + i, load_f8(start + i) + sixth * slope)
    return status


@function
def _step(t: int, h: int, p: Any, start: int, x: int, u: int) -> int:
    """Move the state from t to t + h; return 0, or something else where the derivative failed."""
    if p.method == _RK4:
        return _rk4(t, h, p, start, x, u)
    return _euler(t, h, p, start, x, u)


@function
def _reached(t: int, p: Any, x: int, u: int) -> int:
    """Return the number of the first limit that is reached, or -1."""
    g = p.work + 48 * p.n
    call(p.trip, t, 0, p.p, x, u, g)
    for i in range(p.trips):
        if load_f8(g + 8 * i) >= 0.0:
            return i
    return -1


@function
def _locate(t: int, h: int, p: Any, start: int, x: int, u: int) -> int:
    """Leave the state at the first nanosecond at which a limit is reached, and return 1 + its number."""
    low, high = -1, h
    while high - low > 1:
        middle = (low + high) // 2
        _step(t, middle, p, start, x, u)
        if _reached(t + middle, p, x, u) >= 0:
            high = middle
        else:
            low = middle
    _step(t, high, p, start, x, u)
    p.at = t + high
    return 1 + _reached(t + high, p, x, u)


def advance(t: int, h: int, p: Any, x: int, u: int, y: int) -> int:
    """Move the state at `x` from t to t + h, or to the instant within at which the plant shuts itself down."""
    start = p.work
    finite = 0.0
    for i in range(0, 8 * p.n, 8):
        store_f8(start + i, load_f8(x + i))
    if _step(t, h, p, start, x, u) != 0:
        return _FAILED
    for i in range(0, 8 * p.n, 8):
        finite += load_f8(x + i) * 0.0
    if finite != 0.0:
        return _DIVERGED
    if p.trips > 0 and _reached(t + h, p, x, u) >= 0:
        return _locate(t, h, p, start, x, u)
    return 0
