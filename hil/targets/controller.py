"""The controller behind a server: it runs a program's scan and keeps what the last one left."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic_ns
from typing import Any

import numpy as np

from hil.errors import InputError
from hil.plc.program import Fault, Memory, Program
from hil.plc.runtime import Runtime
from hil.targets.nameplate import Nameplate

_MOST_SCANS = 100_000
_IDLE = 20_000_000  # ns between two looks at what is written, while nothing scans

Change = tuple[int, bytes]
"""An offset into the program's memory and the bytes to put there."""


class Controller:
    """A PLC that scans when it is told to, or on the wall clock.

    `image` is the memory after the last completed scan, replaced as a whole: whoever holds it has
    consistent values. What is written acts at the next scan, while nothing scans at once.
    `told` hears of each PLC fault; `serial_number` stands on its nameplate.
    """

    def __init__(
        self,
        program: Program,
        period: int | None = None,
        told: Callable[[Fault], None] | None = None,
        serial_number: str = "",
    ) -> None:
        if period is not None and period <= 0:
            raise InputError(f"a period of {period} ns is none; give the time between two scans, as --period 10ms")
        self.program = program
        self.nameplate = Nameplate(program.digest[:16], serial_number)
        self.period = period or program.period
        self._told = told
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        # Commands come from the server's thread, scans on the wall clock from one of their own.
        self._lock = threading.RLock()
        self._fresh()

    def _fresh(self) -> None:
        self._runtime = Runtime(self.program)
        self._writes: deque[Sequence[Change]] = deque()
        self.image = self._runtime.memory.tobytes()
        self.scans = self.overruns = 0
        self.time = -1
        self.cause: Fault | None = None

    # ---- states

    @property
    def state(self) -> str:
        """`run`, `stop`, or `fault` after a PLC fault; only in `run` a scan does anything."""
        return "fault" if self.cause is not None else self._runtime.state

    @property
    def fault(self) -> str:
        """What stopped it with file and line; empty when nothing did."""
        return f"{self.cause.message} ({self.cause.file}:{self.cause.line})" if self.cause is not None else ""

    def go(self) -> None:
        """Leave `stop`, and `fault` with the values of the moment."""
        with self._lock:
            self._runtime.clear_fault()
            self._runtime.start()
            self.cause = None

    def halt(self) -> None:
        """Scan no more until `go`; time goes on."""
        with self._lock:
            self._runtime.stop()

    def reset(self) -> None:
        """Start the program anew, as after the first power-up: nothing is forced and nothing kept."""
        with self._lock:
            self._fresh()

    def restart(self) -> tuple[str, ...]:
        """Start the program anew with its retained variables, as after a power failure; forced ones stay forced."""
        with self._lock:
            lost = self._runtime.restart()
            self._writes.clear()
            self.cause = None
            self._keep()
            return lost

    # ---- values

    def memory(self) -> Memory:
        """The values after the last scan, as Program reads them."""
        return np.frombuffer(self.image, np.uint8)

    def write(self, changes: Sequence[Change]) -> None:
        """Let all of these changes act together at the next scan."""
        with self._lock:
            self._writes.append(changes)
            if self.state != "run":
                self._apply()
            if self.state == "stop":
                self._keep()

    @property
    def forced(self) -> dict[str, Any]:
        """The forced variables and what they are held at."""
        return self._runtime.forced

    def force(self, path: str, changes: Sequence[Change]) -> None:
        """Hold a variable at what `changes` make of it.

        Raises:
            InputError: no such variable.
        """
        with self._lock:
            scratch = self._runtime.memory.copy()
            for offset, value in changes:
                scratch[offset : offset + len(value)] = memoryview(value)
            self._runtime.force(path, self.program.read(scratch, path))
            if self.cause is None:
                self._keep()

    def unforce(self, path: str | None = None) -> None:
        """Release a variable, or all.

        Raises:
            InputError: it is not forced.
        """
        with self._lock:
            self._runtime.unforce(path)

    # ---- scans

    def scan(self, t: int) -> bool:
        """Run one scan at time `t` in ns; False in fault, when the image stays as it was."""
        with self._lock:
            if self.cause is not None:
                return False
            self._apply()
            running = self._runtime.state == "run"
            self.cause = self._runtime.scan(t)
            if self.cause is not None:
                if self._told is not None:
                    self._told(self.cause)
                return False
            self._keep()
            self.scans += running
            self.time = t
            return True

    def _apply(self) -> None:
        while self._writes:
            for offset, value in self._writes.popleft():
                self._runtime.memory[offset : offset + len(value)] = memoryview(value)
        self._runtime.impose()

    def _keep(self) -> None:
        self.image = self._runtime.memory.tobytes()

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
                t += -(-_IDLE // period) * period
                continue
            # Deadlines are absolute: a scan that could not start within its period is counted and left out.
            missed = max(0, (monotonic_ns() - start - t) // period)
            self.overruns += missed
            t += (missed + 1) * period
