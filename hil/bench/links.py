"""The links by name: how each is made for a rig, and the faults on whichever it is."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hil.bench.assembly import seed_of
from hil.bench.controller import ControllerSide
from hil.bench.rig import Rig
from hil.errors import InputError
from hil.links import FAULTS, ControllerFault, Faulty, Link, MemoryLink, Point
from hil.signals import in_words

if TYPE_CHECKING:
    from hil.bench.link_parts import FieldPart, ModbusPart, SerialPart
    from hil.links.can.ports import Address
    from hil.links.codecs.registers import Place
    from hil.links.framed import Form, FramedLink
    from hil.links.opcua import Subscribe
    from hil.links.opcua_security import ClientSecurity
    from hil.links.serial_port import Port
    from hil.targets import VirtualPlc


_PATIENCE, _LINE_PATIENCE = 5.0, 0.5  # s


@dataclass(frozen=True)
class Wanted:
    """What a link is wanted for: a rig, in lockstep or free; `stack` takes down what had to be brought up.

    `facts` is for what the target says of itself: versions, serial numbers, digests.
    """

    rig: Rig
    lockstep: bool
    stack: ExitStack
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def side(self) -> ControllerSide:
        """The controller's side of the rig."""
        return self.rig.controller

    @property
    def timeout(self) -> float:
        """How many seconds an answer may take."""
        given = self.rig.file.controller.timeout
        return _PATIENCE if given is None else given / 1e9

    @property
    def line_timeout(self) -> float:
        """The same on a serial line, where nothing but an answer shows that a cut wire is whole again."""
        given = self.rig.file.controller.timeout
        return _LINE_PATIENCE if given is None and not self.lockstep else self.timeout

    @property
    def points(self) -> tuple[list[Point], list[Point]]:
        """What the link writes, and what it reads."""
        inputs, outputs = (
            [Point(one.name, one.kind) for one in part.signals] for part in (self.side.inputs, self.side.outputs)
        )
        return inputs, outputs

    @property
    def scans(self) -> int:
        """How many scans of the program fall into one exchange."""
        return self.side.period // (self.side.program.period or self.side.period)

    def virtual_plc(self, **doors: Any) -> "VirtualPlc":
        """Bring up the rig's program in a process of its own."""
        from hil.targets import VirtualPlc

        own = self.side.program.period or self.side.period
        clock: Any = "lockstep" if self.lockstep else "wall"
        name = self.rig.file.controller.name
        return self.stack.enter_context(VirtualPlc(self.side.path, clock, program=name, period=own, **doors))


def _memory(wanted: Wanted) -> Link:
    """The program in this process, on the bench's clock."""
    side, scans = wanted.side, wanted.scans
    program, memory = side.program, side.program.new_memory()
    at = {one.path: one for one in program.variables}

    def view(points: list[Point]) -> "np.ndarray[Any, Any]":
        kind: Any = {
            "names": [one.path for one in points], "formats": [one.kind for one in points],
            "offsets": [at[one.path].offset for one in points], "itemsize": len(memory),
        }  # fmt: skip
        return memory.view(np.dtype(kind))

    writes, reads = wanted.points
    given, taken = view(writes), view(reads)

    def scan(t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        for one in writes:
            given[one.path] = out[one.path]
        for k in range(scans):
            if (fault := program.scan(memory, t + k * (program.period or 0))) is not None:
                raise ControllerFault(f"{fault.message} ({fault.file}:{fault.line})")
        for one in reads:
            into[one.path] = taken[one.path]

    def begin() -> None:
        memory[:] = program.new_memory()

    return MemoryLink(scan, writes, reads, begin)


def _opcua(wanted: Wanted) -> Link:
    from hil.links import OpcUaLink
    from hil.links.opcua_types import VARIABLES

    part, subscribe = wanted.rig.file.links.opcua, _subscribe(wanted)
    url = part.url or wanted.virtual_plc().url
    return OpcUaLink(
        url, *wanted.points, lockstep=wanted.lockstep, scans=wanted.scans, timeout=wanted.timeout,
        namespace=part.namespace or VARIABLES, security=security_of(wanted), subscribe=subscribe,
    )  # fmt: skip


def _subscribe(wanted: Wanted) -> "Subscribe | None":
    part, period = wanted.rig.file.links.opcua, wanted.side.period
    if part.read == "cyclic":
        return None
    if wanted.lockstep:
        place = wanted.rig.source.at("links", "opcua", "read")
        raise InputError(f'{place}: a server publishes on the wall clock; run with --clock wall, or read = "cyclic"')
    from hil.links.opcua import Subscribe

    publishing = part.publishing or period // 2
    sampling = publishing if part.sampling is None else part.sampling
    return Subscribe(period, publishing, sampling, part.source_timestamps)


def security_of(wanted: Wanted) -> "ClientSecurity | None":
    """Return how the OPC UA link is protected, None for not at all."""
    part = wanted.rig.file.links.opcua
    if part.pki is None:
        return None
    from hil.links.opcua_security import ClientSecurity

    password = os.environ.get("HIL_OPCUA_PASSWORD")
    folder = wanted.rig.source.path.parent / part.pki
    return ClientSecurity(folder, part.policy, part.encrypt, part.user, password)


def _modbus_tcp(wanted: Wanted) -> Link:
    from hil.links.modbus import ModbusLink, TcpWire

    part = wanted.rig.file.links.modbus_tcp
    own = part.address is None
    where = part.address or wanted.virtual_plc(modbus="127.0.0.1:0", unlocated=True).url.removeprefix("modbus ")
    wire = TcpWire(where, part.unit, wanted.timeout, 16 if own else part.outstanding)
    return ModbusLink(wire, _places(wanted, part), *wanted.points, lockstep=wanted.lockstep, scans=wanted.scans)


def _modbus_rtu(wanted: Wanted) -> Link:
    from hil.links.modbus import ModbusLink, RtuWire
    from hil.links.serial_port import SerialPort, Settings

    part = wanted.rig.file.links.modbus_rtu
    where = part.port or wanted.virtual_plc(modbus_rtu="pty", unlocated=True).url.removeprefix("modbus-rtu ")
    port = SerialPort(where, Settings(part.baudrate, part.parity, part.stop_bits))
    # On the wall clock the next exchange asks again, with newer values.
    wire = RtuWire(port, part.unit, wanted.line_timeout, 2 if wanted.lockstep else 1)
    return ModbusLink(wire, _places(wanted, part), *wanted.points, lockstep=wanted.lockstep, scans=wanted.scans)


def _serial(wanted: Wanted) -> Link:
    from hil.links.serial_port import SerialPort, Settings

    part = wanted.rig.file.links.serial
    if part is None or part.port is None:
        place = wanted.rig.source.at("links", "serial")
        raise InputError(f"{place}: the serial link needs [links.serial] with its port and the fields of its frames")
    port = SerialPort(part.port, Settings(part.baudrate, part.parity, part.stop_bits))
    return framed(wanted, part, port)


def framed(wanted: Wanted, part: "SerialPart", port: "Port", link: "type[FramedLink] | None" = None) -> Link:
    """Return the link of a rig's own frames over a port, which may be another than the part's."""
    from hil.links.framed import FramedLink

    there, back = (_form(wanted, part, fields) for fields in (part.to_controller, part.from_controller))
    return (link or FramedLink)(port, there, back, *wanted.points, timeout=wanted.line_timeout, cyclic=part.cyclic)


def _form(wanted: Wanted, part: "SerialPart", fields: "Sequence[FieldPart]") -> "Form":
    from hil.links.codecs.frames import Field, Format
    from hil.links.codecs.sentences import SentenceFormat

    made = [Field(one.path, one.kind, one.scale, one.offset) for one in fields]
    if part.framing != "nmea":
        return Format(made, part.framing, part.crc, order=part.order, sequence=part.sequence)
    period, place = wanted.side.period, wanted.rig.source.at("links", "serial", "sentences")
    faults = [
        f"{place}: {name} every {in_words(time)} is no whole multiple of the exchange's {in_words(period)}"
        for name, time in part.sentences.items()
        if not time or time % period
    ]
    if faults:
        raise InputError(faults)
    return SentenceFormat(made, {name: time // period for name, time in part.sentences.items()})


def _places(wanted: Wanted, part: "ModbusPart") -> "dict[str, Place]":
    """Return where each variable is: as the rig says, or as the virtual PLC has it, inputs where one writes them."""
    from hil.links.codecs.registers import Place
    from hil.targets.modbus_map import modbus_map

    kinds = {one.path: one.kind for side in wanted.points for one in side}
    if part.map:
        return {
            path: Place(one.table, one.address, one.kind or kinds.get(path, "u2"), one.order, one.bit)
            for path, one in part.map.items()
        }
    written = {one.path for one in wanted.points[0]}
    points = modbus_map(wanted.side.program, unlocated=True).points
    return {
        one.path: Place(one.table, one.address, kinds[one.path])
        for one in points
        if one.path in kinds and (one.path not in written or one.table in ("coil", "holding register"))
    }


def _can(wanted: Wanted) -> Link:
    from dataclasses import replace

    from hil.links.can.ports import address_of

    part, place = wanted.rig.file.links.can, wanted.rig.source.at("links", "can")
    if wanted.scans != 1:
        raise InputError(f"{place}: over CAN one exchange is one scan; leave the controller's period out")
    where = part.bus or _own_bus()
    if not part.external:
        wanted.virtual_plc(can=(where, str(_wiring_of(wanted))))
    bus = replace(address_of(where, fd=part.fd), bitrate=part.bitrate)
    return on_can(wanted, bus, lockstep=wanted.lockstep, restart=part.restart)


def _wiring_of(wanted: Wanted) -> Path:
    part, source = wanted.rig.file.links.can, wanted.rig.source
    if part.wiring is None:
        place = source.at("links", "can")
        raise InputError(f'{place}: a CAN link needs the file of its messages: wiring = "can.toml"')
    return source.path.parent / part.wiring


def on_can(wanted: Wanted, bus: "Address", **options: Any) -> Link:
    """Return the link of a rig's CAN wiring over a bus; the options are those of `CanLink`."""
    from hil.links.can.kinds import can_link
    from hil.links.can.wiring import read_wiring

    wiring = read_wiring(_wiring_of(wanted))
    return can_link(bus, wiring, *wanted.points, period=wanted.side.period, timeout=wanted.timeout, **options)


def _own_bus() -> str:
    """Return a bus that nobody else is on: udp_multicast at a free port of the loopback."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))
        return f"udp_multicast:239.74.163.2:{wire.getsockname()[1]}"


MAKERS: dict[str, Callable[[Wanted], Link]] = {
    "memory": _memory, "opcua": _opcua, "modbus-tcp": _modbus_tcp, "modbus-rtu": _modbus_rtu, "can": _can,
    "serial": _serial,
}  # fmt: skip
"""One for each name of `hil.bench.link_parts.LinkName` but `fused`; each imports what it needs when it is called."""


def make_link(name: str, wanted: Wanted) -> Link:
    """Return the link of a name, not yet open.

    Raises:
        InputError: the rig file says too little of it. RunError: its controller could not be brought up.
    """
    return MAKERS[name](wanted)


def with_faults(link: Link, period: int, seed: int, restart: int | None = None) -> Faulty:
    """Return a link behind faults, none of which has happened yet."""
    return Faulty(link, period, seed_of("link", seed), FAULTS.new(), restart)
