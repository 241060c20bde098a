"""A strictly convex quadratic programme by a dual active set: exact, warm-started, in so many iterations at most.

    min z'Hz/2 + g'z    low <= a z <= high, a row that is soft being let go by s at a cost of s^2/(2 ease)

D. Goldfarb, A. Idnani, "A numerically stable dual method for solving strictly convex quadratic programs",
Mathematical Programming 27 (1983) 1-33, written for the multipliers alone: z = z0 - W c' force with W the inverse of
H, z0 = -W g and c the rows in force, each with the sign of its side. A row comes in when it is the one most violated,
and goes when its multiplier would fall below 0. Every iteration raises the dual objective, so there is an end; before
it z is beyond some row, and is no plan. The rows in force at the last solution are where the next one begins.

The memory `x` has W, a, y = a W, own = diag(a W a') + ease, ease, low, high, g, z and the working set; `solve` looks at
nothing else.
"""

import math
from typing import Any

from hil.blocks import function
from hil.signals import Signal, signal

_SAME = 1e-10
"""Of a row's own square: what is left of it below this beside those in force depends on them."""
_CLOSE = 1e-9
"""How far beyond a bound a row may be, beside the root of its own square."""


def memory(unknowns: int, rows: int) -> dict[str, Signal]:
    """Return the signals of the programme's memory, to be laid out in a block's state."""
    many = min(rows, 3 * unknowns)
    square, wide, one = (unknowns, unknowns), (rows, unknowns), (rows,)
    return {
        "W": signal("1", "inverse of the Hessian", shape=square),
        "a": signal("1", "rows", shape=wide),
        "y": signal("1", "rows times W", shape=wide),
        "own": signal("1", "what a row is to itself by W", shape=one),
        "ease": signal("1", "0 for a hard row; a soft one gives way by ease times its multiplier", shape=one),
        "low": signal("1", "lower bounds", shape=one),
        "high": signal("1", "upper bounds", shape=one),
        "g": signal("1", "gradient at 0", shape=(unknowns,)),
        "z": signal("1", "solution", shape=(unknowns,)),
        "count": signal("1", "rows in force", kind="i8"),
        "row": signal("1", "which they are", shape=(many,), kind="i8"),
        "side": signal("1", "1 at the upper bound, -1 at the lower", shape=(many,)),
        "force": signal("1", "their multipliers", shape=(many,)),
        "root": signal("1", "Cholesky factor of c W c' with ease", shape=(many, many)),
        "way": signal("1", "how their multipliers move when one more comes in", shape=(many,)),
    }


@function
def _product(one: Any, other: Any) -> float:
    """Return the sum of products."""
    found = 0.0
    for k in range(one.size):
        found += one[k] * other[k]
    return found


@function
def _root_row(x: Any, n: int) -> float:
    """Fill a row of the factor for the n-th in force, but for its diagonal, and return the diagonal's square."""
    root, row, side, y = x.root, x.row, x.side, x.y
    mine, at, left = x.a[row[n]], root[n], x.own[row[n]]
    for j in range(n):
        found = side[n] * side[j] * _product(mine, y[row[j]])
        at[j] = (found - _product(at[:j], root[j])) / root[j, j]
        left -= at[j] * at[j]
    return float(left)


@function
def _take_out(x: Any, n: int) -> None:
    """Take the n-th out of force, and mend the factor behind it."""
    row, side, force = x.row, x.side, x.force
    x.count -= 1
    for j in range(n, x.count):
        row[j], side[j], force[j] = row[j + 1], side[j + 1], force[j + 1]
        x.root[j, j] = math.sqrt(max(_root_row(x, j), _SAME * x.own[row[j]]))


@function
def _backward(root: Any, way: Any, n: int) -> None:
    """Solve root' way = way."""
    for m in range(n):
        j = n - 1 - m
        for k in range(j + 1, n):
            way[j] -= root[k, j] * way[k]
        way[j] /= root[j, j]


@function
def _place(x: Any, n: int) -> None:
    """Find z from the gradient and the multipliers of the first n in force."""
    z, g, w, y, row, side, force = x.z, x.g, x.W, x.y, x.row, x.side, x.force
    for i in range(z.size):
        z[i] = -_product(w[i], g)
    for j in range(n):
        by, away = force[j] * side[j], y[row[j]]
        for i in range(z.size):
            z[i] -= by * away[i]


@function
def _beyond(x: Any, i: int, side: float) -> float:
    """How far z is beyond a bound of row i."""
    found = _product(x.a[i], x.z)
    return float(found - x.high[i] if side > 0.0 else x.low[i] - found)


@function
def _forces(x: Any) -> int:
    """Find the multipliers of the rows in force were they all at their bounds; return the place of the least."""
    root, way, row, side, force, n = x.root, x.way, x.row, x.side, x.force, x.count
    _place(x, 0)
    for j in range(n):
        way[j] = (_beyond(x, row[j], side[j]) - _product(root[j, :j], way)) / root[j, j]
    _backward(root, way, n)
    worst = 0
    for j in range(n):
        force[j] = way[j]
        if force[j] < force[worst]:
            worst = j
    return worst


@function
def _resume(x: Any, most: int) -> int:
    """Begin with the rows in force at the last solution, without those that would pull; return the iterations.

    -1 where they were not enough.
    """
    kept = 0
    for n in range(x.count):
        x.row[kept], x.side[kept] = x.row[n], x.side[n]
        left = _root_row(x, kept)
        if left > _SAME * x.own[x.row[kept]]:
            x.root[kept, kept] = math.sqrt(left)
            kept += 1
    x.count = kept
    for done in range(1, most + 1):
        worst = _forces(x)
        if x.count == 0 or x.force[worst] >= 0.0:
            return done
        _take_out(x, worst)
    return -1


@function
def _most_violated(x: Any) -> tuple[int, float]:
    """Return the row that is most beyond a bound, and its side; -1 where none is."""
    rows, low, high, own = x.row, x.low, x.high, x.own
    row, side, most = -1, 0.0, _CLOSE
    for i in range(low.size):
        above = _beyond(x, i, 1.0)
        beyond = max(above, low[i] - high[i] - above)
        if beyond > most * math.sqrt(own[i]):
            free = True
            for j in range(x.count):
                free = free and rows[j] != i
            if free:
                row, side, most = i, 1.0 if above > 0.0 else -1.0, beyond / math.sqrt(own[i])
    return row, side


@function
def _bring_in(x: Any, row: int, side: float, most: int) -> int:
    """Bring a row into force, others going where they must; return the iterations, or -1 where they were not enough."""
    root, way, force = x.root, x.way, x.force
    mine, left = 0.0, _beyond(x, row, side)
    for done in range(1, most + 1):
        n = x.count
        if n == x.row.size:
            return -1
        x.row[n], x.side[n] = row, side
        square = _root_row(x, n)
        for j in range(n):
            way[j] = root[n, j]
        _backward(root, way, n)
        step, first = left / square if square > _SAME * x.own[row] else math.inf, -1
        for j in range(n):
            if way[j] > 0.0 and force[j] < step * way[j]:
                step, first = force[j] / way[j], j
        if step == math.inf:
            return -1  # the hard rows contradict each other
        for j in range(n):
            force[j] -= step * way[j]
        mine += step
        left -= step * square
        if first < 0:
            root[n, n], force[n] = math.sqrt(square), mine
            x.count = n + 1
            return done
        _take_out(x, first)
    return -1


@function
def solve(x: Any, most: int) -> tuple[bool, int]:
    """Solve in so many iterations at most; return whether z is the solution, and the iterations, one at least."""
    done = _resume(x, most)
    while done >= 0:
        _place(x, x.count)
        row, side = _most_violated(x)
        if row < 0:
            return True, done
        took = _bring_in(x, row, side, most - done)
        done = done + took if took >= 0 else -1
    return False, most
