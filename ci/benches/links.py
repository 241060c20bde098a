"""A link's exchange beside its bare library: 100 values written and read in one batch, in one run.

OPC UA is measured by the bench `opcua`; its figure of 100 values is taken over here.
"""

import os
import pty
import struct
import tempfile
import tty
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from zlib import crc32

import numpy as np

from ci.benches import _can, opcua
from hil.links.codecs.frames import Field, Format, Frames
from hil.links.codecs.registers import Place
from hil.links.framed import FramedLink
from hil.links.modbus import ModbusLink, RtuWire, TcpWire
from hil.links.serial_port import SerialPort
from hil.plc import compile_file
from hil.targets import VirtualPlc
from hil.targets.modbus_map import modbus_map

SIZE, ROUNDS, EXCHANGES = 100, 11, 40
LIMIT = 1.3
VALUES = [300.0 + k / 7 for k in range(SIZE)]


def figures() -> list[dict[str, Any]]:
    """Return one figure for each link: milliseconds for a write and a read of 100 values."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "many.st")
        file.write_text(opcua.program(SIZE).replace("LREAL", "REAL"))
        bare = Path(folder, "many64.st")
        return [_tcp(file), _rtu(file), _serial(), _on_can(file), opcua.measure(SIZE, bare)]


def _figure(name: str, ours: Callable[[], None], bare: Callable[[], None], count: int = ROUNDS) -> dict[str, Any]:
    for each in (ours, bare):
        _timed(each)
    rounds = [(_timed(ours), _timed(bare)) for _ in range(count)]
    ratios = [one / other for one, other in rounds]
    mine, theirs = zip(*rounds, strict=True)
    return {
        "name": f"{name}, {SIZE} values each way", "ours": 1e3 * median(mine), "reference": 1e3 * median(theirs),
        "unit": "ms/exchange", "ratio": median(ratios), "limit": LIMIT, "spread": max(ratios) - min(ratios),
    }  # fmt: skip


def _timed(step: Callable[[], None]) -> float:
    began = perf_counter()
    for _ in range(EXCHANGES):
        step()
    return (perf_counter() - began) / EXCHANGES


def _exchange(link: ModbusLink | FramedLink) -> Callable[[], None]:
    out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
    out[0] = tuple(VALUES[: len(link.writes)])
    return lambda: link.exchange(0, out, into)


def _places(file: Path) -> dict[str, Place]:
    points = modbus_map(compile_file(file), unlocated=True).points
    return {one.path: Place(one.table, one.address, "f4") for one in points}


def _values(client: Any, places: dict[str, Place]) -> Callable[[], None]:
    """Write and read with pymodbus: as many registers in a request as the standard allows, and values out of them."""
    first, second = places["x0"].address, places["y0"].address
    kind = client.DATATYPE.FLOAT32

    def step() -> None:
        words = client.convert_to_registers(VALUES, kind)
        for at in range(0, len(words), 122):
            client.write_registers(first + at, words[at : at + 122], device_id=1)
        read: list[int] = []
        for at in range(0, 2 * SIZE, 124):
            read += client.read_holding_registers(second + at, count=min(124, 2 * SIZE - at), device_id=1).registers
        client.convert_from_registers(read, kind)

    return step


def _sides() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    return [(f"x{k}", "f4") for k in range(SIZE)], [(f"y{k}", "f4") for k in range(SIZE)]


def _tcp(file: Path) -> dict[str, Any]:
    from pymodbus.client import ModbusTcpClient

    with ExitStack() as stack:
        plc = stack.enter_context(VirtualPlc(file, modbus="127.0.0.1:0", unlocated=True))
        where = plc.url.removeprefix("modbus ")
        link = ModbusLink(TcpWire(where), _places(file), *_sides())
        link.open()
        stack.callback(link.close)
        client = ModbusTcpClient("127.0.0.1", port=int(where.rpartition(":")[2]))
        client.connect()  # type: ignore[no-untyped-call]
        stack.callback(client.close)
        return _figure("modbus-tcp beside pymodbus", _exchange(link), _values(client, _places(file)))


def _rtu(file: Path) -> dict[str, Any]:
    """The two masters share the line in turn, so that they meet one slave."""
    from pymodbus.client import ModbusSerialClient

    with ExitStack() as stack:
        plc = stack.enter_context(VirtualPlc(file, modbus_rtu="pty", unlocated=True))
        where = plc.url.removeprefix("modbus-rtu ")
        link = ModbusLink(RtuWire(SerialPort(where)), _places(file), *_sides())
        link.open()
        stack.callback(link.close)
        client = ModbusSerialClient(where, baudrate=115200, parity="N")
        client.connect()
        stack.callback(client.close)
        return _figure("modbus-rtu beside pymodbus", _exchange(link), _values(client, _places(file)))


def _serial() -> dict[str, Any]:
    """Frames with 50 values each way, twice; the bare side packs, checks and unpacks the same frames with `struct`."""
    import serial

    half = [[Field(f"{side}{k}", "f4") for k in range(SIZE // 2)] for side in "xy"]
    there, back = (Format(fields, "length", "crc32") for fields in half)
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    device = get_context("fork").Process(target=_echo, args=(ours, there, back), daemon=True)
    device.start()
    name = os.ttyname(theirs)
    link = FramedLink(SerialPort(name), there, back, *([(one.path, "f4") for one in side] for side in half))
    link.open()
    port, form = serial.Serial(name, 115200, timeout=1), struct.Struct(f"<{SIZE // 2}f")
    exchange = _exchange(link)

    def twice() -> None:
        exchange()
        exchange()

    def bare() -> None:
        for at in (0, SIZE // 2):
            body = bytes((form.size,)) + form.pack(*VALUES[at : at + SIZE // 2])
            port.write(b"\xa5" + body + crc32(body).to_bytes(4, "little"))
            head = port.read(2)
            rest = port.read(head[1] + 4)
            if crc32(head[1:] + rest[:-4]) != int.from_bytes(rest[-4:], "little"):
                raise SystemExit("a frame came damaged over a pseudo-terminal")
            form.unpack(rest[:-4])

    try:
        return _figure("serial frames beside pyserial", twice, bare, 10 * ROUNDS)
    finally:
        link.close()
        port.close()
        device.terminate()
        device.join()


def _on_can(file: Path) -> dict[str, Any]:
    with ExitStack() as stack:
        return _figure("can beside python-can", *_can.steps(file, VALUES, stack))


def _echo(file: int, form: Format, answer: Format) -> None:
    frames = Frames(form)
    while True:
        for _, values in frames.feed(os.read(file, 4096)):
            os.write(file, answer.encode(values))
