"""A running PLC: one program with one memory, its state, forced values, snapshots."""

from __future__ import annotations

import json
from typing import Any, Literal

import numpy as np

from hil.errors import InputError
from hil.plc import layout
from hil.plc.program import Fault, Memory, Program

State = Literal["stop", "run", "fault"]
FORMAT = "hil plc snapshot 1"


class Runtime:
    """Scans while its state is `run`.

    A forced variable is set before every scan, so that the program reads the forced value, and again after it,
    so that everybody else does, whatever the program assigned in between.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.memory: Memory = program.new_memory()
        self.forced: dict[str, Any] = {}
        self._slots: list[tuple[slice, Memory]] = []

    # ---- states

    @property
    def state(self) -> State:
        """`fault` after a PLC fault until `reset` or `clear_fault`; `stop` between `stop` and `start`."""
        if self.fault is not None:
            return "fault"
        return "stop" if self.memory[layout.STOPPED] else "run"

    @property
    def fault(self) -> Fault | None:
        """Why the program stands in `fault`."""
        return self.program.fault(self.memory)

    def stop(self) -> None:
        """Scans do nothing from now on; time may go on."""
        self.memory[layout.STOPPED] = 1

    def start(self) -> None:
        """Scans run again, with the values of before."""
        self.memory[layout.STOPPED] = 0

    def clear_fault(self) -> None:
        """Goes on after a PLC fault with the values of the moment."""
        self.program.clear_fault(self.memory)

    def restart(self, retained: bytes | None = None) -> tuple[str, ...]:
        """Starts anew with the retained variables (by default those of this memory, b'' for a cold start)."""
        kept = self.program.retained(self.memory) if retained is None else retained
        return self.program.restart(self.memory, kept)

    # ---- scans

    def scan(self, t_ns: int) -> Fault | None:
        """One scan at time `t_ns`, between the forced values."""
        return self.run(1, t_ns, 0)

    def run(self, n: int, t0: int, dt: int) -> Fault | None:
        """`n` scans at t0, t0 + dt, ...: in one piece where nothing is forced."""
        if not self._slots:
            return self.program.run(self.memory, n, t0, dt)
        for k in range(n):
            self.impose()
            fault = self.program.scan(self.memory, t0 + k * dt)
            self.impose()
            if fault is not None:
                return fault
        return None

    def impose(self) -> None:
        """Sets the forced variables once more, after somebody wrote into the memory."""
        for place, content in self._slots:
            self.memory[place] = content

    # ---- values

    def read(self, path: str) -> Any:
        """A value; see Program.read."""
        return self.program.read(self.memory, path)

    def write(self, path: str, value: Any) -> None:
        """Sets a value; a forced variable keeps the forced one. See Program.write."""
        self.program.write(self.memory, path, value)
        self.impose()

    def force(self, path: str, value: Any) -> None:
        """Holds a variable (an array or structure whole) at a value until it is released.

        Raises: InputError for an unknown variable, or a value that it cannot hold.
        """
        one = self.program.find(path)
        self.program.write(self.memory, path, value)
        self.forced[one.path] = value
        self._hold()

    def unforce(self, path: str | None = None) -> None:
        """Releases a variable, or all of them; its value stays until the program changes it.

        Raises: InputError when that variable is not forced.
        """
        if path is None:
            self.forced.clear()
        else:
            spelled = self.program.find(path).path
            if spelled not in self.forced:
                raise InputError(f"'{spelled}' is not forced; forced are {', '.join(self.forced) or 'none'}")
            del self.forced[spelled]
        self._hold()

    def _hold(self) -> None:
        """Notes the bytes of the forced variables, written into a memory of their own."""
        scratch = self.program.new_memory()
        self._slots = []
        for path, value in self.forced.items():
            one = self.program.find(path)
            scratch[one.offset : one.offset + one.size] = self.memory[one.offset : one.offset + one.size]
            self.program.write(scratch, path, value)
            place = slice(one.offset, one.offset + one.size)
            self._slots.append((place, scratch[place].copy()))

    # ---- snapshots

    def snapshot(self) -> bytes:
        """The whole memory and the forced values: what continues from it is the same to the bit."""
        head = json.dumps({"format": FORMAT, "digest": self.program.digest, "forced": self.forced}).encode()
        return head + b"\n" + self.memory.tobytes()

    def restore(self, snapshot: bytes) -> None:
        """Puts a snapshot back.

        Raises: InputError when it is of another program.
        """
        head, _, content = snapshot.partition(b"\n")
        try:
            found = json.loads(head)
            sound = found["format"] == FORMAT and found["digest"] == self.program.digest
            forced = dict(found["forced"])
        except (ValueError, TypeError, KeyError):
            sound, forced = False, {}
        if not sound or len(content) != len(self.memory):
            raise InputError(f"this is no snapshot of {self.program.name} as it is compiled here; take a new one")
        self.memory[:] = np.frombuffer(content, np.uint8)
        self.forced = forced
        self._hold()
