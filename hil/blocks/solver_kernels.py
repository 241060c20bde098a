"""The compiled steps of the explicit solvers: Euler and the classical Runge-Kutta method of order four.

Source: E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed., II.1, table 1.2.
"""

from typing import Any

from hil.blocks.kernel import function
from hil.blocks.memory import call, load_f8_at, store_f8_at

_RK4 = 1
_DIVERGED = -1
_FAILED = -(2**62)


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
def _step(t: int, h: int, p: Any, x: int, u: int) -> int:
    """Move the state from t to t + h; return 0, or something else where the derivative failed."""
    if p.method == _RK4:
        return _rk4(t, h, p, x, u)
    return _euler(t, h, p, x, u)


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
        if _step(t, trial, p, x, u) != 0:
            return _FAILED
        finite = 0.0
        for i in range(p.n):
            finite += load_f8_at(x, i) * 0.0
        if finite != 0.0:
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
