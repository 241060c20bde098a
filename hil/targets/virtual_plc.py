"""The virtual PLC as a target: a process that serves a program over OPC UA and ends with its bench."""

import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import IO

from hil.errors import InputError, RunError
from hil.signals import in_words
from hil.targets.serve import Clock

_READY = "hil plc: serving "
_PATIENCE = 5.0  # s: how long a server may take to end before it is killed


class VirtualPlc:
    """Brings up `hil plc serve` for a program file on a free port of the loopback.

    The server's standard input is a pipe that only this process holds: when the bench ends, even by a
    signal that it cannot catch, the pipe closes and the server with it.

    Args:
        file: the program.
        clock: `lockstep` (the bench advances it) or `wall`.
        program: which PROGRAM of the file.
        period: the scan period in ns; by default the task's INTERVAL.
        opcua, modbus, modbus_rtu: where it is served, as `hil plc serve` has it; over OPC UA on a free port if
            nothing is said.
        unlocated: Modbus has the variables without an address, too.
        can: a CAN bus as INTERFACE:CHANNEL, and the wiring file of its messages.
        deadline: how many seconds the server may take until it is ready.
        command: what to run instead of this Python's `hil plc serve`.
    """

    def __init__(
        self,
        file: Path | str,
        clock: Clock = "lockstep",
        *,
        program: str | None = None,
        period: int | None = None,
        opcua: str | None = None,
        modbus: str | None = None,
        modbus_rtu: str | None = None,
        unlocated: bool = False,
        can: tuple[str, str] | None = None,
        deadline: float = 60.0,
        command: Sequence[str] = (sys.executable, "-m", "hil", "plc", "serve"),
    ) -> None:
        if opcua is None and modbus is None and modbus_rtu is None and can is None:
            opcua = "opc.tcp://127.0.0.1:0"
        options = ["--clock", clock, "--until-eof", *(["--unlocated"] if unlocated else [])]
        doors = {"--opcua": opcua, "--modbus": modbus, "--modbus-rtu": modbus_rtu}
        options += [word for name, where in doors.items() if where for word in (name, where)]
        options += ["--can", can[0], "--can-wiring", can[1]] if can else []
        options += ["--program", program] if program else []
        options += ["--period", in_words(period)] if period else []
        self.file, self.deadline = str(file), deadline
        self._command = [*command, self.file, *options]
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where the server listens, once it is up."""
        return self._url

    @property
    def pid(self) -> int:
        """The server's process; 0 when there is none."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the server and wait for its ready line.

        Raises:
            InputError: the server refused the program or an option, in its own words.
            RunError: it was not ready by the deadline, or ended in another way.
        """
        if self._process is not None:
            return
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        pipe = subprocess.PIPE
        # A session of its own: Ctrl-C at the terminal is for the bench, which then takes the server down.
        self._process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=self._complaints, start_new_session=True
        )
        try:
            self._url = self._wait()
        except BaseException:
            self._process.kill()
            self.stop()
            raise

    def fault(self) -> str | None:
        """Return what is wrong with the server, None while it runs."""
        if self._process is None:
            return f"the virtual PLC of {self.file} is not started"
        if (status := self._process.poll()) is None:
            return None
        return f"the virtual PLC of {self.file} ended with status {status}: {self._said() or 'without a word'}"

    def stop(self) -> None:
        """End the server; kill it when it does not end by itself."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        process.stdin.close()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        finally:
            process.stdout.close()
            if self._complaints is not None:
                self._complaints.close()

    def __enter__(self) -> "VirtualPlc":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        until, line = monotonic() + self.deadline, b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(0.0, until - monotonic())):
                    raise RunError(f"the virtual PLC of {self.file} was not ready within {self.deadline:g} s")
                if not (more := os.read(self._process.stdout.fileno(), 4096)):
                    raise self._refusal()
                line += more
        words = line.decode()
        if not words.startswith(_READY):
            raise RunError(f"the virtual PLC of {self.file} said {words.strip()!r} where its ready line was due")
        return words.split(" at ")[-1].strip()

    def _refusal(self) -> InputError | RunError:
        assert self._process is not None
        status, words = self._process.wait(), self._said()
        if status == InputError.exit_status:
            return InputError(words.splitlines())
        return RunError(f"the virtual PLC of {self.file} did not start (status {status}): {words}")

    def _said(self) -> str:
        if self._complaints is None or self._complaints.closed:
            return ""
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace").strip()
