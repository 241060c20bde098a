"""Kernels as Python runs them: for designs and tests, slow and without a compiler."""

from typing import Any

import numpy as np

from hil.blocks.block import KernelFunction


class _Fields:
    """A record's memory as a compiled kernel sees it: `x.T` is the field, whatever NumPy means by `T`."""

    def __init__(self, memory: "np.ndarray[Any, Any]") -> None:
        object.__setattr__(self, "_memory", memory)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._memory[name][0]
        except ValueError as error:
            raise AttributeError(f"this record has no field {name!r}") from error

    def __setattr__(self, name: str, value: Any) -> None:
        self._memory[name][0] = value


def interpret(function: KernelFunction, t: int, h: int, *records: "np.ndarray[Any, Any]") -> int:
    """Call a kernel's function on records of shape (1,), in the order p, x, u, y, and return its status."""
    with np.errstate(over="ignore"):  # whole numbers wrap, as compiled ones do
        return int(function(t, h, *(_Fields(one) for one in records)) or 0)
