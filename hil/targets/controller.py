"""The controller behind a server: it runs a program's scan and keeps what the last one left."""

import threading
from collections import deque
from collections.abc import Sequence
from time import monotonic_ns
from typing import TYPE_CHECKING

from hil.errors import InputError

if TYPE_CHECKING:
    from hil.plc import Program

_MOST_SCANS = 100_000

Change = tuple[int, bytes]
"""An offset into the program's memory and the bytes to put there."""


class Controller:
    """A program that scans when it is told to, or on the wall clock.

    `image` is the memory after the last completed scan, replaced as a whole: whoever holds it has
    consistent values. What is written acts at the next scan.
    """

    def __init__(self, program: "Program", period: int | None = None) -> None:
        if period is not None and period <= 0:
            raise InputError(f"a period of {period} ns is none; give the time between two scans, as --period 10ms")
        self.program = program
        self.period = period or program.period
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._fresh()

    def _fresh(self) -> None:
        self._memory = self.program.new_memory()
        self._writes: deque[Sequence[Change]] = deque()
        self.image = self._memory.tobytes()
        self.scans = self.overruns = 0
        self.time = -1
        self.fault = ""

    @property
    def state(self) -> str:
        """`run`, or `fault` after a PLC fault; a faulted program scans no more until it is reset."""
        return "fault" if self.fault else "run"

    def write(self, changes: Sequence[Change]) -> None:
        """Let all of these changes act together at the next scan."""
        self._writes.append(changes)

    def reset(self) -> None:
        """Start the program anew, as after power-up."""
        self._fresh()

    def scan(self, t: int) -> bool:
        """Run one scan at time `t` in ns; False in fault, when the image stays as it was."""
        if self.fault:
            return False
        while self._writes:
            for offset, value in self._writes.popleft():
                self._memory[offset : offset + len(value)] = memoryview(value)
        fault = self.program.scan(self._memory, t)
        if fault is not None:
            self.fault = f"{fault.message} ({fault.file}:{fault.line})"
            return False
        self.image = self._memory.tobytes()
        self.scans += 1
        self.time = t
        return True

    def step(self, t: int, scans: int) -> str | None:
        """Run the scans due from `t` ns on, one period apart; return what went wrong, or None."""
        if t <= self.time:
            return f"a scan at {t} ns cannot follow the one at {self.time} ns: time only goes on"
        if not 1 <= scans <= _MOST_SCANS:
            return f"{scans} scans in one step: ask for 1 to {_MOST_SCANS}"
        if scans != 1 and not self.period:
            return f"{scans} scans need a period, and {self.program.name} has no task INTERVAL: give --period"
        for k in range(scans):
            if not self.scan(t + k * (self.period or 0)):
                return self.fault
        return None

    def start(self) -> None:
        """Begin to scan on the wall clock.

        Raises:
            InputError: nobody says how often.
        """
        if not self.period:
            raise InputError(f"{self.program.name} has no task INTERVAL, so on the wall clock it needs --period")
        self._thread = threading.Thread(target=self._keep_scanning, args=(self.period,), name="hil scan", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop scanning on the wall clock."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _keep_scanning(self, period: int) -> None:
        start = monotonic_ns()
        t = 0
        while not self._stop.wait(max(0, start + t - monotonic_ns()) / 1e9):
            if not self.scan(t):
                return
            # Deadlines are absolute: a scan that could not start within its period is counted and left out.
            missed = max(0, (monotonic_ns() - start - t) // period)
            self.overruns += missed
            t += (missed + 1) * period
