"""Solvers are blocks: x is the plant's state, u its inputs, and p says where its parameters are.

A rig's solver is compiled for its plant: the number of states and the functions to call are constants in it, and its
work space is its own, so that LLVM sees the whole step. One that stands apart calls the plant's functions by their
addresses: it gives the same values and has nothing to compile. A plant's shut-down is found here, to the nanosecond,
because only the solver can go back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hil.blocks.block import Plant
from hil.blocks.kernel import Kernel
from hil.blocks.linked import Code, Linked
from hil.errors import InputError

_VECTORS = ("start", "trial", "k1", "k2", "k3", "k4")
_WORK = (*_VECTORS, "matrix")
_PROBLEM = np.dtype(
    [
        ("derivative", "i8"),  # address of the right-hand side
        ("trip", "i8"),  # address of the limits, 0 where there are none
        ("n", "i8"),  # number of states
        ("trips", "i8"),  # number of limits
        ("method", "i8"),
        *((name, "i8") for name in _WORK),  # addresses of n float64 of the solver's own, and of n x n
        ("g", "i8"),  # address of as many float64 as there are limits
        ("p", "i8"),  # address of the plant's parameters
        ("at", "i8"),  # out: the instant of the shut-down, ns
    ],
    align=True,
)
"""What the compiled solvers are told."""

PROBLEM = np.dtype([("p", "i8"), ("at", "i8")], align=True)
"""The parameters of a solver block: the address of the plant's parameters; out: the instant of the shut-down, ns."""

DIVERGED = -1
"""Status of a step after which a state is not finite; a status of 1 + i says that limit i was reached."""

SINGULAR = -2
"""Status of a step whose linear system has no solution."""
NO_SOLUTION = "the linear system of an implicit step has no solution; take a shorter step"

METHODS = {"euler": 0, "rk4": 1, "ros2": 2}
ORDER = {"euler": 1, "rk4": 4, "ros2": 2}
IMPLICIT = ("ros2",)
MOST_STATES = 128
"""Of a plant under an implicit method, which has a matrix of them on the stack and eliminates it in every step."""

_ADVANCE = Kernel("hil.blocks.solver_kernels", "advance", (_PROBLEM, None, None, None))


@dataclass(frozen=True)
class Solver:
    """A plant's solver: its block, the block's p, shape (1,), and its work space where that is not its own."""

    code: Code
    problem: "np.ndarray[Any, Any]"
    work: "np.ndarray[Any, Any] | None" = None

    @staticmethod
    def of(plant: Plant, method: str, memory: Mapping[str, "np.ndarray[Any, Any]"]) -> "Solver":
        """Return a solver for a plant whose parameters live in `memory["parameters"]`.

        Raises:
            InputError: the plant has too many states for an implicit method.
        """
        sizes, work = _sizes(plant, method)
        problem = np.zeros(1, PROBLEM)
        problem["p"] = memory["parameters"].ctypes.data
        derivative, trip = plant.derivative_kernel, plant.trip_kernel
        functions = {"derivative": _address(derivative.symbol), "trip": _address(trip.symbol) if trip else 0}
        text = _text({**sizes, **functions}, work)
        return Solver(Linked("solve", text, (_ADVANCE, derivative, *([trip] if trip else []))), problem)

    @staticmethod
    def apart(plant: Plant, method: str, memory: Mapping[str, "np.ndarray[Any, Any]"]) -> "Solver":
        """Return one that stands apart.

        Raises: InputError as `of`.
        """
        sizes, work = _sizes(plant, method)
        problem, space = np.zeros(1, _PROBLEM), np.zeros(sum(work.values()))
        trip = plant.trip_kernel
        known = {"derivative": plant.derivative_kernel.address, "trip": trip.address if trip else 0}
        starts = np.cumsum([0, *work.values()])[:-1] * space.itemsize + space.ctypes.data
        values = {**sizes, **known, **dict(zip(work, starts, strict=True)), "p": memory["parameters"].ctypes.data}
        for name, value in values.items():
            problem[name] = value
        return Solver(_ADVANCE, problem, space)


def _sizes(plant: Plant, method: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return what a problem says of sizes and method, and how many float64 each work space has."""
    n, trips = plant.state.size, plant.trips.size if plant.trip_kernel else 0
    if method in IMPLICIT and n > MOST_STATES:
        raise InputError(
            f"solver {method} takes plants of up to {MOST_STATES} states and {plant.name} has {n}; "
            "take rk4, or move profiles into its discrete part with an implicit step of their own"
        )
    work = dict.fromkeys(_VECTORS, n) | {"matrix": n**2 if method in IMPLICIT else 0, "g": trips}
    return {"n": n, "trips": trips, "method": METHODS[method]}, work


def _address(symbol: str) -> str:
    return f"ptrtoint (ptr @{symbol} to i64)"


def _text(known: Mapping[str, object], work: Mapping[str, int]) -> str:
    """Return the block: it fills in a problem, with work of its own, and hands it to `advance`."""
    values = {**known, **{name: f"%{name}" for name in (*work, "p")}, "at": "0"}
    lines = [f"%{name}.work = alloca [{size} x double]" for name, size in work.items()]
    lines += [f"%{name} = ptrtoint ptr %{name}.work to i64" for name in work]
    for i, name in enumerate(_PROBLEM.names or ()):
        lines += [f"%{name}.at = getelementptr i64, ptr %problem, i64 {i}", f"store i64 {values[name]}, ptr %{name}.at"]
    return _SOLVE.format(size=_PROBLEM.itemsize // 8, body="\n  ".join(lines), advance=_ADVANCE.symbol)


_SOLVE = """
define i64 @this(i64 %t, i64 %h, i64 %a, i64 %x, i64 %u, i64 %y) {{
  %problem = alloca [{size} x i64]
  %given = inttoptr i64 %a to ptr
  %p = load i64, ptr %given
  {body}
  %told = ptrtoint ptr %problem to i64
  %status = call i64 @{advance}(i64 %t, i64 %h, i64 %told, i64 %x, i64 %u, i64 0)
  %instant = load i64, ptr %at.at
  %out = getelementptr i64, ptr %given, i64 1
  store i64 %instant, ptr %out
  ret i64 %status
}}
"""
