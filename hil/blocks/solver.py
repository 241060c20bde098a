"""Solvers are blocks: parameters say what to solve, x is the plant's state, u its inputs.

The same interface serves an implicit method: it finds a plant's Jacobian beside its derivative, and its work space
sized by its own `work`. A plant's shut-down is found here, to the nanosecond, because only the solver can go back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hil.blocks.block import Plant
from hil.blocks.kernel import Kernel

PROBLEM = np.dtype(
    [
        ("derivative", "i8"),  # address of the right-hand side
        ("trip", "i8"),  # address of the limits, 0 where there are none
        ("p", "i8"),  # address of the plant's parameters
        ("work", "i8"),  # address of (stages + 1) * n + trips float64 of the solver's own
        ("n", "i8"),  # number of states
        ("trips", "i8"),  # number of limits
        ("method", "i8"),
        ("at", "i8"),  # out: the instant of the shut-down, ns
    ],
    align=True,
)
"""The parameters of a solver block."""

DIVERGED = -1
"""Status of a step after which a state is not finite; a status of 1 + i says that limit i was reached."""

METHODS = {"euler": 0, "rk4": 1}
ORDER = {"euler": 1, "rk4": 4}
_ROWS = 6  # the state at the start, a trial state, and four slopes

ADVANCE = Kernel("hil.blocks.solver_kernels", "advance", (PROBLEM, None, None, None))


@dataclass(frozen=True)
class Solver:
    """A plant's solver with the memory it works in; `problem` is the block's p."""

    problem: "np.ndarray[Any, Any]"
    work: "np.ndarray[Any, Any]"

    @staticmethod
    def of(plant: Plant, method: str, memory: Mapping[str, "np.ndarray[Any, Any]"]) -> "Solver":
        """Return a solver for a plant whose parameters live in `memory["parameters"]`."""
        n, trips = plant.state.size, plant.trips.size
        work = np.zeros(_ROWS * n + max(trips, 1))
        problem = np.zeros(1, PROBLEM)
        problem["derivative"] = plant.derivative_kernel.address
        problem["trip"] = plant.trip_kernel.address if plant.trip_kernel else 0
        problem["p"] = memory["parameters"].ctypes.data
        problem["work"] = work.ctypes.data
        problem["n"], problem["trips"], problem["method"] = n, trips, METHODS[method]
        return Solver(problem, work)
