"""Dead time: a sample line, a conveyor, a pipe. What goes in comes out so much later, as it was.

The line is full of what goes in first. With another dead time the outlet is moved along the line.
"""

from functools import cache
from typing import Any

from hil.blocks.block import Block
from hil.signals import record, signal

CELLS = 4096
"""Periods of the longest dead time; a longer one is cut to it."""


def delay_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Move the line on by a period."""
    if not x.started:
        x.started = True
        for i in range(CELLS):
            x.line[i] = u.actual
    x.at = (x.at + 1) % CELLS
    x.line[x.at] = u.actual
    periods = min(int(p.dead / (h * 1e-9) + 0.5), CELLS - 1)
    y.value = x.line[(x.at - periods) % CELLS]


@cache
def delay(unit: str) -> Block:
    """Return the block of a dead time for a quantity in `unit`."""
    return Block(
        name="delay",
        words=f"dead time of a quantity in {unit}",
        step=delay_step,
        parameters=record("Parameters", dead=signal("s", "dead time, in whole periods", 0, 1e6)),
        state=record(
            "State",
            line=signal(unit, "what is on its way", shape=(CELLS,)),
            at=signal("1", "where the newest is", kind="i8"),
            started=signal("1", "the line was filled", 0, 1, kind="b1"),
        ),
        inputs=record("Inputs", actual=signal(unit, "what goes in")),
        outputs=record("Outputs", value=signal(unit, "what comes out")),
    )
