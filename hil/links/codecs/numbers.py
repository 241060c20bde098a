"""A number as it fits a kind: rounded, ties to even, saturated; what is not a number becomes 0 in a whole one."""

from typing import Any

import numpy as np

_F4 = float(np.finfo("f4").max)


def fitted(value: Any, kind: str) -> Any:
    """Return `value` as a Python number that memory or a wire of `kind` can hold."""
    if kind == "f4":
        number = float(value)
        return min(max(number, -_F4), _F4) if abs(number) != float("inf") else number
    if kind[0] == "f":
        return float(value)
    if kind in ("b1", "?"):
        return bool(value)
    ends = np.iinfo(kind)
    if isinstance(value, float):
        value = 0 if value != value else int(ends.max) if value > 2.0**64 else round(max(value, -(2.0**64)))
    return min(max(int(value), int(ends.min)), int(ends.max))
