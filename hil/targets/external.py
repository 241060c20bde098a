"""An external target: a box that is there already, powered and waited for by steps, identified, and taken down.

A step is one attempt, which raises a RunError while what it is for is not so; `within` seconds it is tried again.
"""

import socket
import subprocess
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from hil.errors import InputError, RunError, near
from hil.links.codecs.modbus import Refusal, Table, bits_of, content, read_request, write_coil

if TYPE_CHECKING:
    from hil.links.opcua_security import ClientSecurity
    from hil.links.serial_port import Settings

_LOOK = 0.1  # s between two attempts
_ANSWER = 2.0  # s that one answer may take

Value = bool | int | float | str


@dataclass(frozen=True)
class Step:
    """One thing that is done or waited for; `words` name it."""

    words: str
    attempt: Callable[[], None]
    within: float = 0.0

    def perform(self) -> float:
        """Do it; return how many seconds it took.

        Raises:
            RunError: it failed, or did not come to pass in time.
        """
        began = monotonic()
        while True:
            try:
                self.attempt()
            except RunError as failed:
                if (took := monotonic() - began) >= self.within:
                    waited = f" (waited {took:.1f} s)" if self.within else ""
                    raise RunError(f"{self.words}: {failed}{waited}") from failed
                sleep(min(_LOOK, self.within))
            else:
                return monotonic() - began


@dataclass
class External:
    """A box at an address; `identify` returns what it says of itself, `expected` is what it has to say."""

    address: str
    up: Sequence[Step]
    down: Sequence[Step]
    identify: Callable[[], dict[str, str]]
    expected: Mapping[str, str]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where a link finds it."""
        return self.address

    def start(self) -> None:
        """Do the steps up, one after the other, and see whether it is the right box.

        Raises:
            InputError: it is another box than was expected. RunError: a step failed.
        """
        self.facts |= {"address": self.address, "up": []}
        for number, step in enumerate(self.up, 1):
            try:
                took = step.perform()
            except RunError as failed:
                raise RunError(f"the target at {self.address} did not come up: step {number}, {failed}") from failed
            self.facts["up"].append({"step": step.words, "seconds": round(took, 3)})
        self.facts["identity"] = found = self.identify()
        wrong = [self._wrong(*one, found) for one in self.expected.items() if found.get(one[0]) != one[1]]
        if wrong:
            raise InputError(wrong)

    def _wrong(self, name: str, value: str, found: Mapping[str, str]) -> str:
        words, who = name.replace("_", " "), f"the target at {self.address}"
        if name in found:
            return f"{who} has the {words} {found[name]!r}, the rig expects {value!r}; is it the right one?"
        said = ", ".join(found) or "nothing"
        return f"{who} does not say its {words}{near(name, found)}; it says {said}, the rig expects {value!r}"

    def fault(self) -> str | None:
        """Nothing is known of it while it runs but what its link sees."""
        return None

    def stop(self) -> None:
        """Do the steps down, all of them; one that fails is warned of, for the run is over."""
        self.facts["down"] = []
        for step in self.down:
            try:
                step.perform()
                self.facts["down"].append({"step": step.words, "done": True})
            except RunError as failed:
                self.facts["down"].append({"step": step.words, "done": False})
                warnings.warn(f"the target at {self.address} is not taken down: {failed}", RuntimeWarning, stacklevel=2)


# ---- steps


def command(words: Sequence[str], folder: Path, limit: float) -> Step:
    """A program that ends with status 0 by itself, in so many seconds."""

    def attempt() -> None:
        try:
            done = subprocess.run(words, cwd=folder, timeout=limit, capture_output=True, check=False, text=True)
        except OSError as wrong:
            raise RunError(f"it cannot be run: {wrong.strerror}") from wrong
        except subprocess.TimeoutExpired as late:
            raise RunError(f"it was not done after {limit:g} s") from late
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
            raise RunError(f"it ended with status {done.returncode}: {said or 'without a word'}")

    return Step(f"command {' '.join(words)}", attempt)


def pause(seconds: float) -> Step:
    """A time that nothing happens."""
    return Step(f"pause of {seconds:g} s", partial(sleep, seconds))


def port(where: str, within: float) -> Step:
    """Somebody listens at HOST:PORT."""
    host, _, number = where.rpartition(":")
    if not host or not number.isdecimal():
        raise InputError(f"{where!r} names no host and port to wait for; give the step port an address, HOST:PORT")

    def attempt() -> None:
        try:
            socket.create_connection((host, int(number)), timeout=_ANSWER).close()
        except OSError as wrong:
            raise RunError(f"nobody answers ({wrong.strerror or wrong})") from wrong

    return Step(f"port {where}", attempt, within)


def send(where: str, data: bytes, settings: "Settings") -> Step:
    """Bytes that go to a serial line, for a relay that listens there."""

    def attempt() -> None:
        from hil.links.serial_port import SerialPort

        line = SerialPort(where, settings)
        line.open()
        try:
            line.write(data)
        finally:
            line.close()

    return Step(f"{data.hex(' ')} to {where}", attempt)


def coil(where: str, unit: int, number: int, *, value: bool) -> Step:
    """A coil of a Modbus TCP slave is written, for a relay."""

    def attempt() -> None:
        _asked(where, unit, write_coil(number, value))

    return Step(f"coil {number} of {where} {'on' if value else 'off'}", attempt)


def register(where: str, unit: int, place: tuple[Table, int], equals: int, within: float) -> Step:
    """A coil or register of a Modbus TCP slave has a value."""
    table, address = place

    def attempt() -> None:
        answer = _asked(where, unit, read_request(table, address, 1))
        bit = table in ("coil", "discrete input")
        found = bits_of(answer, 1)[0] if bit else int.from_bytes(answer, "big")
        if found != equals:
            raise RunError(f"it is {found}, not {equals}")

    return Step(f"{table} {address} of {where}", attempt, within)


def _asked(where: str, unit: int, request: bytes) -> bytes:
    from hil.links.modbus import TcpWire

    wire = TcpWire(where, unit, _ANSWER)
    wire.open()
    try:
        return content(request, wire.ask([request])[0])
    except Refusal as refused:
        raise RunError(f"it is refused with {refused}") from refused
    finally:
        wire.close()


def node(url: str, name: str, equals: Value, within: float, security: "ClientSecurity | None" = None) -> Step:
    """A variable of an OPC UA server has a value; `name` is as `hil.links.opcua_identity.value_of` has it."""
    if not url.startswith("opc.tcp://"):
        raise InputError(f"{url!r} is no OPC UA server's; give the step node {name!r} a url, opc.tcp://HOST:4840")

    def attempt() -> None:
        from hil.links import OpcUaLink
        from hil.links.opcua_identity import value_of

        link = OpcUaLink(url, [], [], lockstep=False, timeout=_ANSWER, security=security)
        with link.visiting() as session:
            found = link.run(lambda: value_of(session, name))
        if found != equals:
            raise RunError(f"it is {found!r}, not {equals!r}")

    return Step(f"node {name} of {url}", attempt, within)
