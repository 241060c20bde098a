"""Traces made by hand, and references that judge them sample by sample."""

from typing import Any

import numpy as np
from pydantic import TypeAdapter

from hil.verdicts import HEALTH, Finding, Requirement

MS = 1_000_000
_READ: TypeAdapter[Any] = TypeAdapter(Requirement)


class Samples:
    """A trace with a sample every 100 ms; the health counters are all zero unless given."""

    def __init__(self, **columns: Any) -> None:
        values = {name.replace("__", "."): np.asarray(one) for name, one in columns.items()}
        self.t = np.arange(max(len(one) for one in values.values()), dtype=np.int64) * 100 * MS
        zero = np.zeros(len(self.t), "i8")
        self._columns = {**dict.fromkeys(HEALTH, zero), **values}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._columns)

    def __getitem__(self, name: str) -> "np.ndarray[Any, Any]":
        return self._columns[name]

    @property
    def end(self) -> int:
        """The time of the last sample."""
        return int(self.t[-1]) if len(self.t) else 0


def requirement(kind: str, **fields: Any) -> Any:
    """A requirement as a rig file states it."""
    return _READ.validate_python({"id": "R", "text": "words", "kind": kind, **fields})


def measure(trace: Samples, kind: str, **fields: Any) -> Finding:
    """Measure one requirement on a trace whose scenario ends with it."""
    found: Finding = requirement(kind, **fields).measure(trace, trace.end, {"x": "K", "y": "bar"})
    return found
