"""Recomputes the table of controllers/strategies/repetitive_mill.py and prints whether, and how fast, it converges.

    python -m controllers.design.eccentricity [--check]

The mill of the set `published` at its running speed is linearised, with the strip at the stands' entries as it is; the
program's loops are added, stand 1 by the thickness behind it, stands 2 to 5 by the tension before them. The learning of
one stand is the resonator 2 rate (s cos(lead) - w sin(lead))/(s^2 + w^2), w being one revolution: `margins` gives the
poles of the whole, and by how much `lead` may be wrong, to either side, before one of them is on the right.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from controllers.design import tables
from controllers.design.linear import Matrix
from controllers.strategies import repetitive_mill
from controllers.strategies.repetitive_mill import MEAN, STANDS
from hil.bench.plants import find_root, load_plant
from hil.blocks.block import ROLES
from hil.blocks.interpreted import interpret

HELD = 0.001  # s: a reference is held for 2 ms
TENSION_RATE, TENSION_GAIN = 5.0, 0.37e12  # mill_agc.st: 0.7 + 4.3 at running speed, and its GAPS
THICKNESS_RATE, THICKNESS_GAIN, QUICK = 8.0, 0.59, 0.3  # mill_agc.st: GAP1 and QUICK1
NAMES = (("v", 5), ("S", 5), ("tension", 4), ("coil", 2))


@dataclass(frozen=True)
class Mill:
    """dx/dt = a x + b r, with r the five references of the gaps; the forces are c x, one revolution takes 2 pi/w s."""

    a: Matrix
    b: Matrix
    c: Matrix
    w: Matrix


def running() -> Mill:
    """Return the mill at its running speed with the loops of the program; their integrals are the last five states."""
    plant = load_plant("tandem_cold_mill", find_root(Path(__file__)))
    memory = plant.memory("published")
    p, x, u, y = (memory[role] for role in ROLES)
    assert plant.update is not None
    assert plant.measure is not None
    update, measure, derivative = plant.update, plant.measure, plant.derivative
    interpret(update, 0, 10**6, p, x, u, y)
    shown = [*(f"force{i + 1}" for i in range(5)), "h1", *(f"t{i + 1}" for i in range(4))]

    def found() -> tuple[Matrix, Matrix]:
        dx = plant.state.new()
        interpret(derivative, 0, 0, p, x, u, dx)
        interpret(measure, 0, 0, p, x, u, y)
        return np.concatenate([dx[name][0] for name, _ in NAMES]), np.array([y[one][0] for one in shown])

    slopes, rows = [], []
    for name, count in NAMES:
        for i in range(count):
            at = float(x[name][0, i])
            e = max(abs(at) * 1e-6, 1e-9)
            x[name][0, i] = at + e
            above = found()
            x[name][0, i] = at - e
            below = found()
            x[name][0, i] = at
            slopes.append((above[0] - below[0]) / (2 * e))
            rows.append((above[1] - below[1]) / (2 * e))
    return _with_loops(np.array(slopes).T, np.array(rows).T, x["v"][0] / p["Rb"][0], float(p["Ts"][0]))


def _with_loops(a: Matrix, c: Matrix, w: Matrix, servo: float) -> Mill:
    """Add the integrals of the gauge loop of stand 1 and of the four tension loops."""
    n = len(a)
    seen = c[5:]  # h1, then the tensions before stands 2 to 5
    rates = np.array([-THICKNESS_RATE / THICKNESS_GAIN, *[-TENSION_RATE / TENSION_GAIN] * 4])
    quick = np.array([-QUICK, 0.0, 0.0, 0.0, 0.0])
    gaps = np.zeros((n, STANDS))
    gaps[5:10] = np.eye(STANDS) / servo
    whole = np.block([[a + gaps @ (quick[:, None] * seen), gaps], [rates[:, None] * seen, np.zeros((5, 5))]])
    return Mill(
        whole, np.vstack([gaps, np.zeros((5, STANDS))]), np.hstack([c[:5], np.zeros((5, 5))]), np.asarray(w, float)
    )


def derive() -> dict[str, Matrix]:
    """Return the table by the name that it has in the strategy."""
    mill, rows = running(), []
    for i in range(STANDS):
        s = 1j * mill.w[i]
        found = -mill.c[i] @ np.linalg.solve(s * np.eye(len(mill.a)) - mill.a, mill.b[:, i])
        found *= np.exp(-s * HELD) * s / (s + 1 / MEAN)
        rows.append([abs(found), np.angle(found)])
    return {"RESPONSE": np.array(rows)}


def written() -> dict[str, Matrix]:
    """Return the table that stands in the strategy."""
    return tables.written(derive(), repetitive_mill)


def whole(mill: Mill, table: Matrix, rate: float, wrong: float = 0.0) -> Matrix:
    """Return the matrix of the mill with all five resonators, whose leads are wrong by so many rad.

    A stand's resonator is in the frame of its roll: z turns by w, and grows with the force turned back into a gap.
    """
    n = len(mill.a)
    size = n + 3 * STANDS
    a = np.zeros((size, size))
    a[:n, :n] = mill.a
    for i in range(STANDS):
        mean, z = n + i, n + STANDS + 2 * i
        a[mean, :n], a[mean, mean] = mill.c[i] / MEAN, -1 / MEAN
        a[:n, z] = mill.b[:, i]
        a[z, z + 1], a[z + 1, z] = -mill.w[i], mill.w[i]
        gain, lead = table[i, 0], table[i, 1] + wrong
        # u = int 2 rate f(r)/gain cos(w (t - r) - lead) dr
        for row, by in ((z, np.cos(lead)), (z + 1, -np.sin(lead))):
            a[row, :n] += 2 * rate / gain * by * mill.c[i]
            a[row, mean] -= 2 * rate / gain * by
    return a


def margins(mill: Mill, table: Matrix, rate: float) -> tuple[float, float, float]:
    """Return the slowest pole's rate, 1/s, and by how many degrees the leads may be wrong, down and up."""

    def slowest(degrees: float) -> float:
        found = np.linalg.eigvals(whole(mill, table, rate, np.radians(degrees))).real
        return float(max(one for one in found if abs(one) > 1e-9))

    ends = []
    for sign in (-1.0, 1.0):
        low, high = 0.0, 180.0
        while high - low > 0.1:
            middle = (low + high) / 2
            low, high = (middle, high) if slowest(sign * middle) < 0 else (low, middle)
        ends.append(sign * low)
    return slowest(0.0), ends[0], ends[1]


def report() -> Iterator[str]:
    """The table and the margins, line by line."""
    found, mill = derive(), running()
    yield from tables.text(found)
    yield "stand  revolution   response       lead"
    for i, (gain, lead) in enumerate(found["RESPONSE"]):
        yield f"{i + 1:5} {mill.w[i]:7.2f} rad/s  {gain * 1e-9:5.2f} GN/m  {np.degrees(lead):6.1f} deg"
    yield "rate 1/s   slowest pole 1/s   lead wrong by, deg, at most"
    for rate in (0.1, 0.2, 0.5, 1.0, 2.0):
        pole, down, up = margins(mill, found["RESPONSE"], rate)
        yield f"{rate:8} {pole:14.3f} {down:20.0f} {up:+6.0f}"


if __name__ == "__main__":
    print(*report(), sep="\n")
    sys.exit(tables.differ(derive(), written()) if "--check" in sys.argv[1:] else 0)
