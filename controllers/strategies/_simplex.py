"""A small linear programme in compiled code: maximise c x with A x <= b, x >= 0 and b >= 0, by the simplex method.

With b >= 0 the origin is feasible, so there is no first phase; an equality with 0 on the right is two inequalities.
R. G. Bland's rule, Mathematics of Operations Research 2 (1977) 103-107, keeps it from going in circles.
"""

from typing import Any

from hil.blocks import function

_TINY = 1e-9


@function
def _enters(a: Any, rows: int, columns: int) -> int:
    """The first column whose cost is negative, or -1 at the optimum."""
    for j in range(columns):
        if a[rows, j] < -_TINY:
            return j
    return -1


@function
def _leaves(a: Any, basis: Any, rows: int, columns: int, entering: int) -> int:
    """The row that limits the entering column; of equals the one with the lowest variable. -1: nothing limits it."""
    best = -1
    for i in range(rows):
        if a[i, entering] > _TINY:
            if best < 0:
                best = i
                continue
            here, least = a[i, columns] * a[best, entering], a[best, columns] * a[i, entering]
            if here < least or (here == least and basis[i] < basis[best]):
                best = i
    return best


@function
def _pivot(a: Any, rows: int, columns: int, row: int, column: int) -> None:
    by = a[row, column]
    for j in range(columns + 1):
        a[row, j] /= by
    for i in range(rows + 1):
        share = a[i, column]
        if i != row and share != 0.0:
            for j in range(columns + 1):
                a[i, j] -= share * a[row, j]


@function
def maximise(a: Any, basis: Any, rows: int, variables: int, found: Any) -> int:
    """Solve the tableau in place; `found` gets x. Return the pivots that it took, negative when it is not done.

    The tableau holds, in `rows` rows, A, one slack for each row, and b; in the row below -c and zeros.
    """
    columns = variables + rows
    for i in range(rows):
        basis[i] = variables + i
    for pivots in range(20 * columns):
        entering = _enters(a, rows, columns)
        if entering < 0:
            for j in range(variables):
                found[j] = 0.0
            for i in range(rows):
                if basis[i] < variables:
                    found[int(basis[i])] = a[i, columns]
            return pivots
        row = _leaves(a, basis, rows, columns, entering)
        if row < 0:
            return -1
        _pivot(a, rows, columns, row, entering)
        basis[row] = entering
    return -1
