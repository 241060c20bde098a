"""`hil plc serve`: a virtual PLC in its own process, behind a real OPC UA server."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hil.errors import InputError

if TYPE_CHECKING:
    from hil.plc import Fault
    from hil.targets.can_server import CanServer
    from hil.targets.controller import Controller
    from hil.targets.modbus_rtu import RtuServer
    from hil.targets.modbus_server import ModbusServer
    from hil.targets.opcua_server import OpcUaServer
    from hil.targets.security import Security

    Server = OpcUaServer | ModbusServer | RtuServer | CanServer

Clock = Literal["wall", "lockstep"]


@dataclass(frozen=True)
class Doors:
    """Where a program is served: an OPC UA endpoint, HOST:PORT for Modbus TCP, a port for Modbus RTU, a CAN bus.

    `unlocated` lets Modbus have the variables without an address, too; `security` is OPC UA's.
    """

    opcua: str | None = None
    modbus: str | None = None
    unlocated: bool = False
    security: "Security | None" = None
    modbus_rtu: str | None = None
    can: tuple[str, Path] | None = None


def serve(
    file: Path | str,
    doors: Doors,
    clock: Clock = "wall",
    *,
    program: str | None = None,
    period: int | None = None,
    until_eof: bool = False,
    profile: str = "auto",
    serial_number: str = "",
) -> None:
    """Serve a program until SIGTERM or SIGINT ends it, or with `until_eof` the end of standard input.

    Prints `hil plc: serving PROGRAM at URL` (or `modbus HOST:PORT`, or both) when clients may connect. On the
    wall clock the program scans every `period` ns, by default its task's INTERVAL; in lockstep it scans when a
    client calls `Controller.Step`.

    Raises:
        InputError: no such file or profile, a program with errors, a URL at which nothing can listen, no period.
    """
    where = (doors.opcua, doors.modbus, doors.modbus_rtu, doors.can)
    if all(one is None for one in where):
        raise InputError("nowhere to serve: give --opcua opc.tcp://127.0.0.1:4840, --modbus 127.0.0.1:502 or both")
    if until_eof:
        threading.Thread(target=_end_with_input, daemon=True).start()
    from hil.plc import compile_file
    from hil.targets.controller import Controller

    controller = Controller(compile_file(Path(file), program, profile), period, _tell, serial_number)
    asyncio.run(_serve(controller, doors, clock))


def _tell(fault: "Fault") -> None:
    print(f"hil plc: PLC fault: {fault}", file=sys.stderr, flush=True)


async def _serve(controller: "Controller", doors: Doors, clock: Clock) -> None:
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    async with AsyncExitStack() as running:
        running.callback(controller.stop)
        where = [await _open(one, running) for one in _servers(controller, doors, clock)]
        if clock == "wall":
            controller.start()
        print(f"hil plc: serving {controller.program.name} at {' and '.join(where)}", flush=True)
        await ended.wait()


def _servers(controller: "Controller", doors: Doors, clock: Clock) -> Iterator["Server"]:
    if doors.can is not None:
        yield _can(controller, *doors.can, lockstep=clock == "lockstep")
    if doors.modbus is not None or doors.modbus_rtu is not None:
        from hil.targets.modbus_map import modbus_map
        from hil.targets.modbus_server import ModbusServer, Slave

        points = modbus_map(controller.program, unlocated=doors.unlocated)
        slave = Slave(controller, points, lockstep=clock == "lockstep")
        if doors.modbus is not None:
            yield ModbusServer(slave, doors.modbus)
        if doors.modbus_rtu is not None:
            from hil.targets.modbus_rtu import RtuServer

            yield RtuServer(slave, doors.modbus_rtu)
    if doors.opcua is not None:
        from hil.targets.opcua_server import OpcUaServer

        yield OpcUaServer(controller, doors.opcua, lockstep=clock == "lockstep", security=doors.security)


def _can(controller: "Controller", where: str, file: Path, *, lockstep: bool) -> "CanServer":
    from hil.links.can.ports import address_of
    from hil.links.can.wiring import read_wiring
    from hil.targets.can_server import CanServer
    from hil.targets.canopen_server import CanOpenServer
    from hil.targets.j1939_server import J1939Server

    wiring = read_wiring(file)
    kind = CanOpenServer if wiring.device is not None else J1939Server if wiring.j1939 is not None else CanServer
    return kind(controller, address_of(where), wiring, lockstep=lockstep)


async def _open(server: "Server", running: AsyncExitStack) -> str:
    """Start a server, which then ends with the others; return where it is."""
    await server.start()
    running.push_async_callback(server.stop)
    return server.where


def _end_with_input() -> None:
    """End this process when whoever holds the other end of standard input is gone, however it went."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
