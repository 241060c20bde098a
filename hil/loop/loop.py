"""The fixed-step loop: a schedule of blocks on memory, stepped by one compiled function that knows none of them."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from hil.blocks.linked import Code
from hil.errors import InputError
from hil.loop.layout import ENTRY, LOOP
from hil.loop.walk import Line, Place, walk
from hil.signals import in_words


@dataclass(frozen=True)
class Step:
    """One line of a schedule: a block, as code or by its address, its memory, its period and phase in ns."""

    name: str
    block: Code | int
    period: int
    p: "np.ndarray[Any, Any] | None" = None
    x: "np.ndarray[Any, Any] | None" = None
    u: "np.ndarray[Any, Any] | None" = None
    y: "np.ndarray[Any, Any] | None" = None
    phase: int = 0

    @property
    def address(self) -> int:
        """The address of the block."""
        return self.block if isinstance(self.block, int) else self.block.address


def address_of(memory: "np.ndarray[Any, Any] | None") -> int:
    """Return the address of an array's first byte, 0 for none."""
    return 0 if memory is None else int(memory.ctypes.data)


def base_step(periods: Sequence[tuple[str, int]]) -> int:
    """Return the shortest of the named periods, of which all the others must be whole multiples (ns).

    Raises:
        InputError: periods that are no whole multiples, all at once.
    """
    shortest_name, shortest = min(periods, key=lambda one: one[1])
    faults = [
        f"{name} has a period of {in_words(period)}, which is no whole multiple of the {in_words(shortest)} "
        f"of {shortest_name}; take {in_words(max(1, period // shortest) * shortest)} or change {shortest_name}"
        for name, period in periods
        if period % shortest
    ]
    if faults:
        raise InputError(faults)
    return shortest


class Loop:
    """A schedule in memory, ready to run; time counts from 0 in ticks of `step` ns."""

    def __init__(self, steps: Sequence[Step], step: int) -> None:
        self.steps = tuple(steps)
        self.step = step
        entries = np.zeros(len(steps), ENTRY)
        for line, one in zip(entries, steps, strict=True):
            line["block"], line["period"] = one.block if isinstance(one.block, int) else 0, one.period
            line["every"], line["due"] = one.period // step, -(-one.phase // step)
        always = (entries["every"] == 1) & (entries["due"] == 0)
        memories, places = _places(steps)
        self._entries, self._memories = entries, memories
        self.memory = np.zeros(1, LOOP)
        self.memory["entries"], self.memory["memories"] = address_of(entries), address_of(memories)
        self.memory["count"], self.memory["step"] = len(steps), step
        lines = [Line(one.block, bool(due), at) for one, due, at in zip(steps, always, places, strict=True)]
        self._call = _caller(walk(lines).address)

    @property
    def tick(self) -> int:
        """The tick that is next, or the one in which the last run stopped."""
        return int(self.memory["tick"][0])

    @property
    def t(self) -> int:
        """The time of that tick, ns."""
        return self.tick * self.step

    @property
    def last(self) -> Step:
        """The line of the schedule that stopped the last run."""
        return self.steps[int(self.memory["at"][0]) - 1]

    def halt(self) -> None:
        """End a run, from another thread too, before its next tick."""
        self.memory["halt"] = 1

    @property
    def halted(self) -> bool:
        """Whether it was told to end."""
        return bool(self.memory["halt"][0])

    def run(self, until: int) -> int:
        """Run up to, not including, the tick `until`; return 0 when it is reached, else the status of `last`.

        Runs without the interpreter's lock. After a status it may be called again and goes on behind that line.
        """
        self.memory["stop"] = until
        return int(self._call(0, 0, address_of(self.memory), 0, 0, 0))


def _places(steps: Sequence[Step]) -> tuple["np.ndarray[Any, Any]", list[tuple[Place, ...]]]:
    """Return the addresses of all memory that the steps work on, and where in it each finds its own.

    What lies in one array is told by its distance in it, so that it is seen to be the same or not the same.
    """
    owners: dict[int, list[int]] = {}
    for one in steps:
        for memory in (one.p, one.x, one.u, one.y):
            if memory is not None:
                owners.setdefault(id(_owner(memory)), []).append(address_of(memory))
    first = {owner: min(addresses) for owner, addresses in owners.items()}
    number = {owner: i for i, owner in enumerate(owners)}

    def place(memory: "np.ndarray[Any, Any] | None") -> Place:
        owner = id(_owner(memory))
        return None if memory is None else (number[owner], address_of(memory) - first[owner])

    places = [tuple(place(memory) for memory in (one.p, one.x, one.u, one.y)) for one in steps]
    return np.array(list(first.values()), "i8"), places


def _owner(memory: Any) -> Any:
    while isinstance(getattr(memory, "base", None), np.ndarray):
        memory = memory.base
    return memory


@cache
def _caller(address: int) -> Any:
    return ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 6)(address)


def call_block(step: Step, t: int) -> int:
    """Call one line of a schedule by itself, outside the loop, and return its status."""
    memory = (address_of(one) for one in (step.p, step.x, step.u, step.y))
    return int(_caller(step.address)(t, step.period, *memory))
