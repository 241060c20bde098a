"""The header at the start of a program's memory: 80 bytes, all int64, and how much a scan may loop."""

from __future__ import annotations

FAULT = 0  # 0, or 1 + the index of the fault's location
VALUE_A, VALUE_B = 8, 16  # what the message names: an index, a dividend, ...
TIME = 24  # of the scan that faulted, ns
BUDGET = 32  # loop passes left in this scan
STARTED = 40  # 1 after the first scan: tasks with intervals count from its time
LIMIT = 48  # loop passes that the running task may make in one scan
STOPPED = 56  # 1: scans do nothing
DEPTH = 64  # bytes of stack that calls which may recur have taken
BEGUN = 72  # 1 once the initial values of global variables are worked out
HEADER = 80

PASSES = 10_000_000  # loop passes in one scan, in all loops together; one more is an endless loop
STACK = 1 << 20  # bytes of stack for calls which may recur
FREE = 100_000  # a loop nest that provably makes fewer passes is not counted


def kept(name: str) -> str:
    """The member in which a block keeps where an in-out is, for its actions and methods."""
    return f"__IN_OUT_{name}"
