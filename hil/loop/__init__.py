"""The loop: schedule, clocks, and the few compiled lines that step everything."""

from hil.loop.layout import HOST
from hil.loop.loop import Loop, Step, address_of, base_step, call_block
from hil.loop.parts import Change, Pace, Ring, handover, script, trade
from hil.loop.wires import Conductor, wires

__all__ = [
    "HOST",
    "Change",
    "Conductor",
    "Loop",
    "Pace",
    "Ring",
    "Step",
    "address_of",
    "base_step",
    "call_block",
    "handover",
    "script",
    "trade",
    "wires",
]
