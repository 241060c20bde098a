"""Each link with its real other side and the outages that it can have."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ci.outages.lines import ANSWER, FORM
from ci.outages.network import FAR, NetworkCable
from hil.links import Link
from hil.links.can.link import CanLink
from hil.links.can.ports import address_of
from hil.links.can.wiring import read_wiring
from hil.links.codecs.registers import Place
from hil.links.framed import FramedLink
from hil.links.modbus import ModbusLink, RtuWire, TcpWire
from hil.links.opcua import OpcUaLink, Subscribe
from hil.links.serial_port import SerialPort
from hil.plc import compile_file
from hil.targets import VirtualPlc
from hil.targets.modbus_map import modbus_map

PERIOD = 10_000_000  # ns
WRITES, READS = [("x0", "f4"), ("x1", "f4")], [("y0", "f4"), ("y1", "f4")]
_PROGRAM = """PROGRAM Echo
VAR_INPUT x0, x1 : REAL; END_VAR
VAR_OUTPUT y0, y1 : REAL; END_VAR
y0 := x0; y1 := x1;
END_PROGRAM
"""
_DBC = """VERSION ""
NS_ :
BS_:
BU_: Plc Bench
BO_ 256 There: 8 Bench
 SG_ x0 : 0|32@1- (1,0) [0|0] "" Plc
 SG_ x1 : 32|32@1- (1,0) [0|0] "" Plc

BO_ 257 Back: 8 Plc
 SG_ y0 : 0|32@1- (1,0) [0|0] "" Bench
 SG_ y1 : 32|32@1- (1,0) [0|0] "" Bench

SIG_VALTYPE_ 256 x0 : 1;
SIG_VALTYPE_ 256 x1 : 1;
SIG_VALTYPE_ 257 y0 : 1;
SIG_VALTYPE_ 257 y1 : 1;
"""
ERRORS = 1000
_LINE, _SHORT = 0.5, 0.02  # s that an answer may take on a serial line: as a rig has it, and while answers are damaged
_SERVE = (sys.executable, "-m", "hil", "plc", "serve")
Act = Callable[[], None]


@dataclass(frozen=True)
class Outage:
    """How a link is broken, and mended again.

    `over` says when an outage that ends by itself has done so, `seen` whether the link has noticed where that is more
    than stale answers.
    """

    begin: Act
    end: Act
    over: Callable[[], bool] | None = None
    seen: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Side:
    """A link, and its outages by name."""

    link: Link
    outages: dict[str, Outage]


class Far:
    """A process of `ci.outages.lines`, which obeys."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = [sys.executable, "-m", "ci.outages.lines", *self._words]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._line()

    def __enter__(self) -> "Far":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.communicate()

    def say(self, words: str) -> int:
        """Give a command; return how many answers are still to be damaged."""
        assert self._process.stdin is not None
        print(words, file=self._process.stdin, flush=True)
        return int(self._line())

    def does(self, words: str) -> Act:
        """Return what gives a command."""

        def act() -> None:
            self.say(words)

        return act

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _killed(plc: VirtualPlc) -> Outage:
    def kill() -> None:
        os.kill(plc.pid, signal.SIGKILL)
        plc.stop()

    return Outage(kill, plc.start)


def _program(folder: Path) -> Path:
    file = folder / "echo.st"
    file.write_text(_PROGRAM)
    return file


def _places(file: Path) -> dict[str, Place]:
    points = modbus_map(compile_file(file), unlocated=True).points
    return {one.path: Place(one.table, one.address, "f4") for one in points}


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _behind_a_cable(stack: ExitStack, *, cuts: bool) -> tuple[str, tuple[str, ...], dict[str, Outage]]:
    """Return the host of a server, what stands before its command, and the outage of its cable where there is one."""
    if not cuts:
        return "127.0.0.1", (), {}
    cable = stack.enter_context(NetworkCable())
    return FAR, cable.command, {"cut": Outage(cable.cut, cable.mend)}


def modbus_tcp(folder: Path, stack: ExitStack, *, cuts: bool) -> Side:
    """Modbus TCP, its server behind a network cable if one can be made."""
    file = _program(folder)
    host, before, more = _behind_a_cable(stack, cuts=cuts)
    where = f"{host}:{_port()}"
    plc = stack.enter_context(
        VirtualPlc(file, "wall", period=PERIOD, modbus=where, unlocated=True, command=before + _SERVE)
    )
    link = ModbusLink(TcpWire(where, timeout=5.0), _places(file), WRITES, READS)
    return Side(link, {"killed": _killed(plc), **more})


def opcua(folder: Path, stack: ExitStack, *, cuts: bool, subscribe: Subscribe | None = None) -> Side:
    """OPC UA, its server behind a network cable if one can be made."""
    host, before, more = _behind_a_cable(stack, cuts=cuts)
    where = f"opc.tcp://{host}:{_port()}"
    plc = stack.enter_context(VirtualPlc(_program(folder), "wall", period=PERIOD, opcua=where, command=before + _SERVE))
    link = OpcUaLink(where, WRITES, READS, lockstep=False, subscribe=subscribe)
    return Side(link, {"killed": _killed(plc), **more})


def opcua_subscription(folder: Path, stack: ExitStack, *, cuts: bool) -> Side:
    """OPC UA, where the server says what has changed."""
    return opcua(folder, stack, cuts=cuts, subscribe=Subscribe(PERIOD, PERIOD, PERIOD))


def modbus_rtu(folder: Path, stack: ExitStack, *, cuts: bool) -> Side:
    """Modbus RTU over pseudo-terminals with a cable between."""
    file, near, far = _program(folder), str(folder / "near"), str(folder / "far")
    cable = stack.enter_context(Far("cable", near, far))
    plc = stack.enter_context(VirtualPlc(file, "wall", period=PERIOD, modbus_rtu=far, unlocated=True))
    wire = RtuWire(SerialPort(near), timeout=_LINE, attempts=1)
    link = ModbusLink(wire, _places(file), WRITES, READS)
    return Side(link, {"killed": _killed(plc), **_line_outages(cable, wire)})


def serial(folder: Path, stack: ExitStack, *, cuts: bool) -> Side:
    """Frames over pseudo-terminals with a cable between."""
    near, far = str(folder / "near"), str(folder / "far")
    cable = stack.enter_context(Far("cable", near, far))
    device = stack.enter_context(Far("device", far))
    link = FramedLink(SerialPort(near), FORM, ANSWER, WRITES, READS, timeout=_LINE)
    return Side(link, {"killed": Outage(device.kill, device.start), **_line_outages(cable, link)})


def can(folder: Path, stack: ExitStack, *, cuts: bool) -> Side:
    """A bus of datagrams, `udp_multicast`."""
    bus = f"udp_multicast:239.74.163.2:{_port()}"
    plc, link = _on_a_bus(folder, stack, bus, bus)
    return Side(link, {"killed": _killed(plc)})


def slcan(folder: Path, stack: ExitStack, *, cuts: bool) -> Side:
    """A bus behind two slcan adapters on pseudo-terminals."""
    near, far = str(folder / "near"), str(folder / "far")
    bus = stack.enter_context(Far("adapters", near, far))
    plc, link = _on_a_bus(folder, stack, f"slcan:{near}", f"slcan:{far}")
    off = Outage(bus.does("short"), bus.does("whole"), seen=lambda: link.bus_state == "off")
    return Side(link, {"killed": _killed(plc), "bus-off": off, **_line_outages(bus)})


def _on_a_bus(folder: Path, stack: ExitStack, ours: str, theirs: str) -> tuple[VirtualPlc, CanLink]:
    (folder / "echo.dbc").write_text(_DBC)
    wiring = folder / "can.toml"
    wiring.write_text('dbc = "echo.dbc"\nto = ["There"]\nfrom = ["Back"]\n')
    plc = stack.enter_context(VirtualPlc(_program(folder), "wall", period=PERIOD, can=(theirs, str(wiring))))
    link = CanLink(address_of(ours), read_wiring(wiring), WRITES, READS, lockstep=False, period=PERIOD)
    return plc, link


def _line_outages(cable: Far, patient: RtuWire | FramedLink | None = None) -> dict[str, Outage]:
    """Return those of a line; who is patient waits less while answers are damaged, or a thousand would take minutes."""

    def damage() -> None:
        if patient is not None:
            patient.timeout = _SHORT
        cable.say(f"damage {ERRORS}")

    def sound() -> None:
        if patient is not None:
            patient.timeout = _LINE

    errors = Outage(damage, sound, lambda: cable.say("left") == 0)
    return {"cut": Outage(cable.does("cut"), cable.does("mend")), "errors": errors}


SIDES = {
    "opcua": opcua, "opcua-subscription": opcua_subscription, "modbus-tcp": modbus_tcp, "modbus-rtu": modbus_rtu,
    "serial": serial, "can": can, "slcan": slcan,
}  # fmt: skip
"""How each link is set up."""
CABLED = ("opcua", "opcua-subscription", "modbus-tcp")
"""Those whose network cable is cut, where `cuts` says that it can be."""
