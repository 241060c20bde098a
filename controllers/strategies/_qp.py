"""A small quadratic programme in compiled code: minimise x'Px/2 + q'x with soft or hard rows l <= Ax.

The alternating direction method of multipliers in the splitting of B. Stellato, G. Banjac, P. Goulart, A. Bemporad,
S. Boyd, "OSQP: an operator splitting solver for quadratic programs", Mathematical Programming Computation 12 (2020)
637-672, with a fixed number of steps and one factorisation. A row that falls short costs its `price` for each unit;
infinity makes it hard. A bound from above is a row of its own with both signs turned.
"""

import math
from typing import Any

from hil.blocks import function


@function
def factorise(M: Any, n: int) -> bool:
    """Cholesky's factor of a symmetric matrix in its lower half, in place; False where it is not positive definite."""
    for j in range(n):
        for k in range(j):
            M[j, j] -= M[j, k] * M[j, k]
        if not M[j, j] > 0.0:
            return False
        M[j, j] = math.sqrt(M[j, j])
        for i in range(j + 1, n):
            for k in range(j):
                M[i, j] -= M[i, k] * M[j, k]
            M[i, j] /= M[j, j]
    return True


@function
def _substitute(L: Any, x: Any, n: int) -> None:
    """Solve L L' x = x in place."""
    for i in range(n):
        for k in range(i):
            x[i] -= L[i, k] * x[k]
        x[i] /= L[i, i]
    for back in range(n):
        i = n - 1 - back
        for k in range(i + 1, n):
            x[i] -= L[k, i] * x[k]
        x[i] /= L[i, i]


@function
def _nearest(v: float, least: float, price: float, weight: float) -> float:
    """The value that costs least: `price` for what is missing, weight/2 times the square of the way from v."""
    if v >= least:
        return v
    return float(min(v + price / weight, least))


@function
def minimise(P: Any, q: Any, A: Any, least: Any, price: Any, rows: int, steps: int, weight: float, w: Any) -> bool:
    """Fill w.x; w has L (n, n), x (n), z and y (rows). True where it was solved to a number."""
    n = len(q)
    for i in range(n):
        for j in range(i + 1):
            w.L[i, j] = P[i, j]
            for r in range(rows):
                w.L[i, j] += weight * A[r, i] * A[r, j]
        w.L[i, i] += 1e-9
    if not factorise(w.L, n):
        return False
    for r in range(rows):
        w.z[r], w.y[r] = max(least[r], 0.0), 0.0
    for _ in range(steps):
        for i in range(n):
            w.x[i] = -q[i]
        for r in range(rows):
            pull = weight * w.z[r] - w.y[r]
            for i in range(n):
                w.x[i] += A[r, i] * pull
        _substitute(w.L, w.x, n)
        for r in range(rows):
            reached = 0.0
            for i in range(n):
                reached += A[r, i] * w.x[i]
            reached = 1.6 * reached + (1.0 - 1.6) * w.z[r]  # over-relaxed, as the paper has it
            w.z[r] = _nearest(reached + w.y[r] / weight, least[r], price[r], weight)
            w.y[r] += weight * (reached - w.z[r])
    return math.isfinite(w.x[0])
