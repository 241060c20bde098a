"""Recomputes the gains of controllers/strategies/lqr_path.py and prints poles and margins.

    python -m controllers.design.truck_path

The plant is the rear axle's, with the steering's lag: de/dt = v psi, dpsi/dt = v/L delta, ddelta/dt = (u - delta)/tau.
Weights by Bryson's rule: 0.5 m, 0.1 rad, 0.3 rad, 0.2 rad asked; the same at all speeds.
"""

from typing import Any

import numpy as np
from scipy.linalg import solve_continuous_are

from controllers.strategies.lqr_path import GAINS, SPEEDS

WHEELBASE, LAG = 5.9, 0.5
WEIGHTS, COST = np.diag([1 / 0.5**2, 1 / 0.1**2, 1 / 0.3**2]), np.array([[1 / 0.2**2]])
Matrix = np.ndarray[Any, Any]


def model(v: float) -> tuple[Matrix, Matrix]:
    """Return A and B at a speed in m/s."""
    return np.array([[0, v, 0], [0, 0, v / WHEELBASE], [0, 0, -1 / LAG]]), np.array([[0], [0], [1 / LAG]])


def gains(v: float) -> Matrix:
    """Return the row of gains at a speed: B' P / R with the solution P of the Riccati equation."""
    a, b = model(v)
    found: Matrix = (np.linalg.solve(COST, b.T @ solve_continuous_are(a, b, WEIGHTS, COST)))[0]
    return found


def margins(v: float, k: Matrix) -> tuple[float, float]:
    """Return the phase margin in degrees and the delay margin in s of the loop opened at the steering."""
    a, b = model(v)
    w = np.logspace(-4, 3, 20001)
    loop = np.array([(k @ np.linalg.solve(1j * one * np.eye(3) - a, b)).item() for one in w])
    crossing = int(np.flatnonzero(np.abs(loop) > 1)[-1])
    phase = float(np.pi + np.angle(loop[crossing]))
    return float(np.degrees(phase)), phase / float(w[crossing])


if __name__ == "__main__":
    for v, written in zip(SPEEDS, GAINS, strict=True):
        k, (a, b) = gains(v), model(v)
        phase, delay = margins(v, k)
        poles = np.sort_complex(np.linalg.eigvals(a - b @ k[None, :]))
        print(
            f"{v:5.1f} m/s  [{', '.join(f'{one:.6f}' for one in k)}]  phase {phase:.0f} deg, delay {delay:.2f} s", poles
        )
        if not np.allclose(k, written, atol=1e-6):
            print("          the strategy has", written)
