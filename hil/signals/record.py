"""Structured records of signals: the one declaration from which everything else is derived."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hil.errors import InputError, near

Value = float | tuple["Value", ...]


@dataclass(frozen=True)
class Signal:
    """One named number: unit, words, range in that unit, initial value, and shape for profiles."""

    name: str
    unit: str
    words: str
    low: float = -math.inf
    high: float = math.inf
    initial: Value = 0.0
    shape: tuple[int, ...] = ()
    kind: str = "f8"

    def fault(self, value: Value) -> str | None:
        """Return what is wrong with `value` for all cells, or with nested tuples of values, or None."""
        if not isinstance(value, tuple):
            return self._cell_fault(self.name, value)
        cells = np.array(value, dtype=float)
        if cells.shape != self.shape:
            return f"{self.name} has the shape {list(self.shape)}, not {list(cells.shape)}"
        found = (self._cell_fault(f"{self.name}{list(at)}", float(cells[at])) for at in np.ndindex(*cells.shape))
        return next((one for one in found if one), None)

    def _cell_fault(self, name: str, value: float) -> str | None:
        if not math.isfinite(value) and self.kind.startswith("f"):
            return f"{name} = {value} {self.unit} is not a finite number"
        if not self.kind.startswith("f") and value % 1 != 0:
            return f"{name} = {value:g} {self.unit} is not a whole number"
        if not self.low <= value <= self.high:
            return f"{name} = {value:g} {self.unit} is outside {self.low:g} .. {self.high:g} {self.unit}"
        return None


def signal(
    unit: str,
    words: str,
    low: float = -math.inf,
    high: float = math.inf,
    initial: Value = 0.0,
    *,
    shape: tuple[int, ...] = (),
    kind: str = "f8",
) -> Signal:
    """Declare a signal; the record that holds it gives it its name.

    `unit` is a pint expression ("K", "kmol/m^3", "1" for a pure number), `kind` a numpy kind such as
    "f8", "i4" or "b1". A profile begins with one value in all cells, or with a tuple of values.
    """
    return Signal("", unit, words, low, high, initial, shape, kind)


@dataclass(frozen=True)
class Record:
    """A named group of signals and its memory layout: an aligned structured dtype, as a C struct."""

    name: str
    signals: tuple[Signal, ...]
    dtype: np.dtype[Any]

    def __getitem__(self, name: str) -> Signal:
        for one in self.signals:
            if one.name == name:
                return one
        raise InputError(f"no signal {name!r} in {self.name}{near(name, self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the signals, in the order of declaration."""
        return tuple(one.name for one in self.signals)

    @property
    def size(self) -> int:
        """The number of values: a profile counts each of its cells."""
        return sum(math.prod(one.shape) for one in self.signals)

    def new(self) -> "np.recarray[Any, Any]":
        """Return fresh memory of shape (1,) that holds the initial values."""
        memory = np.zeros(1, self.dtype)
        for one in self.signals:
            memory[one.name] = one.initial
        return memory.view(np.recarray)


def record(name: str, **signals: Signal) -> Record:
    """Declare a record: `record("State", T=signal("K", "reactor temperature", 250, 600))`."""
    named = tuple(replace(one, name=key) for key, one in signals.items())
    fields = [(one.name, one.kind, one.shape) for one in named] or [("_", "f8", ())]
    return Record(name, named, np.dtype(fields, align=True))


NOTHING = record("Nothing")
