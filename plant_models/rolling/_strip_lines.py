"""Transport of the strip by its length: thickness, hardness and origin of what went past, kept at fixed distances.

Line j remembers the strip that has passed its beginning, at every `p.L`/100 of its length, in a ring. `p.passed[j]` is
the length that has passed. Lines: 0 from the gauge before the mill to stand 1, 1 to 4 from stand to stand, 5 from the
last stand to the gauge behind it. A span under the tension sigma holds L (1 - sigma/E) of unstretched strip, so what
leaves a line follows from what came in, without the strip's volume getting lost.
"""

import math
from typing import Any

from hil.blocks import function

LINES, CELLS, PER_SPAN = 6, 128, 100


@function
def fill(p: Any, j: int, h: float, hardness: float, origin: float) -> None:
    """Let a line be full of the same strip."""
    for k in range(CELLS):
        p.line_h[j, k] = h
        p.line_hardness[j, k] = hardness
        p.line_origin[j, k] = origin


@function
def advance(p: Any, j: int, length: float, h: float, hardness: float, origin: float) -> None:
    """Let so much strip pass the beginning of a line."""
    cell = p.L / PER_SPAN
    first = math.floor(p.passed[j] / cell)
    p.passed[j] += max(length, 0.0)
    new = math.floor(p.passed[j] / cell)
    for k in range(max(first + 1, new - CELLS + 1), new + 1):
        p.line_h[j, k % CELLS] = h
        p.line_hardness[j, k % CELLS] = hardness
        p.line_origin[j, k % CELLS] = origin


@function
def behind(p: Any, j: int, distance: float) -> tuple[float, float, float]:
    """Return thickness, hardness and origin of the strip that passed a line's beginning `distance` ago, m."""
    at = (p.passed[j] - distance) / (p.L / PER_SPAN)
    k = math.floor(at)
    share = at - k
    a, b = k % CELLS, (k + 1) % CELLS
    return (
        p.line_h[j, a] + share * (p.line_h[j, b] - p.line_h[j, a]),
        p.line_hardness[j, a] + share * (p.line_hardness[j, b] - p.line_hardness[j, a]),
        p.line_origin[j, a] + share * (p.line_origin[j, b] - p.line_origin[j, a]),
    )


@function
def held(p: Any, j: int, distance: float, h: float) -> float:
    """Return the area, seen from the side, of the last `distance` of strip in a line, m^2; h is passing now."""
    cell = p.L / PER_SPAN
    at, end = (p.passed[j] - distance) / cell, p.passed[j] / cell
    k, top = math.floor(at), math.floor(end)
    share = at - k
    a, b = p.line_h[j, k % CELLS], p.line_h[j, (k + 1) % CELLS]
    area = 0.5 * (1.0 - share) * (a + share * (b - a) + b) + (end - top) * 0.5 * (p.line_h[j, top % CELLS] + h)
    for i in range(k + 1, top):
        area += 0.5 * (p.line_h[j, i % CELLS] + p.line_h[j, (i + 1) % CELLS])
    return float(area * cell)
