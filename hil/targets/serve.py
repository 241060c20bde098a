"""`hil plc serve`: a virtual PLC in its own process, behind a real OPC UA server."""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hil.plc import Fault
    from hil.targets.controller import Controller

Clock = Literal["wall", "lockstep"]


def serve(
    file: Path | str,
    url: str,
    clock: Clock = "wall",
    *,
    program: str | None = None,
    period: int | None = None,
    until_eof: bool = False,
    profile: str = "iec",
) -> None:
    """Serve a program until SIGTERM or SIGINT ends it, or with `until_eof` the end of standard input.

    Prints `hil plc: serving PROGRAM at URL` when clients may connect. On the wall clock the program scans
    every `period` ns, by default its task's INTERVAL; in lockstep it scans when a client calls
    `Controller.Step`.

    Raises:
        InputError: no such file or profile, a program with errors, a URL at which nothing can listen, no period.
    """
    if until_eof:
        threading.Thread(target=_end_with_input, daemon=True).start()
    from hil.plc import compile_file
    from hil.targets.controller import Controller

    controller = Controller(compile_file(Path(file), program, profile), period, _tell)
    asyncio.run(_serve(controller, url, clock))


def _tell(fault: "Fault") -> None:
    print(f"hil plc: PLC fault: {fault}", file=sys.stderr, flush=True)


async def _serve(controller: "Controller", url: str, clock: Clock) -> None:
    from hil.targets.opcua_server import OpcUaServer

    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    server = OpcUaServer(controller, url, lockstep=clock == "lockstep")
    await server.start()
    try:
        if clock == "wall":
            controller.start()
        print(f"hil plc: serving {controller.program.name} at {server.url}", flush=True)
        await ended.wait()
    finally:
        controller.stop()
        await server.stop()


def _end_with_input() -> None:
    """End this process when whoever holds the other end of standard input is gone, however it went."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
