"""Links whose other side answers with what it was sent, for the check that every link has to pass."""

import os
import pty
import select
import socket
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from hil.links import FAULTS, Faulty, LinkError, MemoryLink, OpcUaLink, Subscribe
from hil.links.codecs.frames import Crc, Field, Format, Frames
from hil.links.codecs.registers import Place
from hil.links.framed import FramedLink
from hil.links.modbus import ModbusLink, RtuWire, TcpWire
from hil.links.serial_port import SerialPort
from hil.plc import compile_file
from hil.targets import Qemu, VirtualPlc
from hil.targets.firmware import LockstepLink, LockstepPort
from hil.targets.firmware_boards import BOARDS
from hil.targets.firmware_image import read_image
from hil.targets.modbus_map import modbus_map
from hil.testing import Pair
from hil.testing.links import PERIOD

KINDS = {
    "BOOL": "u1", "SINT": "i1", "INT": "i2", "UINT": "u2", "DINT": "i4", "UDINT": "u4", "LINT": "i8", "ULINT": "u8",
    "REAL": "f4", "LREAL": "f8", "TIME": "i8",
}  # fmt: skip
WRITES = [(f"x_{name.lower()}", kind) for name, kind in KINDS.items()]
READS = [(f"y_{name.lower()}", kind) for name, kind in KINDS.items()]


def program(folder: Path) -> Path:
    """Write a program whose outputs are its inputs, one pair of each type."""
    inputs = " ".join(f"x_{name.lower()} : {name};" for name in KINDS)
    outputs = " ".join(f"y_{name.lower()} : {name};" for name in KINDS)
    body = "\n".join(f"y_{name.lower()} := x_{name.lower()};" for name in KINDS)
    text = f"PROGRAM Echo\nVAR_INPUT {inputs} END_VAR\nVAR_OUTPUT {outputs} END_VAR\n{body}\nEND_PROGRAM\n"
    file = folder / "echo.st"
    file.write_text(text)
    return file


class Memory:
    """The other side in the same memory; `up` is whether it is there."""

    def __init__(self) -> None:
        self.up = True

    def answer(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        if not self.up:
            raise LinkError("memory: cut")
        for (there, _), (back, _) in zip(WRITES, READS, strict=True):
            into[back] = out[there]

    def cut(self) -> None:
        self.up = False

    def mend(self) -> None:
        self.up = True


@contextmanager
def memory(_: Path) -> Iterator[Pair]:
    other = Memory()
    yield Pair(MemoryLink(other.answer, WRITES, READS), other.cut, other.mend)


@contextmanager
def faulty(_: Path) -> Iterator[Pair]:
    """No fault happens on it."""
    other = Memory()
    link = Faulty(MemoryLink(other.answer, WRITES, READS), PERIOD, 1, FAULTS.new())
    yield Pair(link, other.cut, other.mend)


def places(file: Path) -> dict[str, Place]:
    """Where the echo's variables are at the virtual PLC."""
    kinds = dict([*WRITES, *READS])
    points = modbus_map(compile_file(file), unlocated=True).points
    return {one.path: Place(one.table, one.address, kinds[one.path]) for one in points}


@contextmanager
def modbus_tcp(folder: Path) -> Iterator[Pair]:
    file = program(folder)
    with VirtualPlc(file, period=PERIOD, modbus="127.0.0.1:0", unlocated=True) as plc:
        where = plc.url.removeprefix("modbus ")
        again = VirtualPlc(file, period=PERIOD, modbus=where, unlocated=True)
        try:
            link = ModbusLink(TcpWire(where, timeout=2.0, outstanding=16), places(file), WRITES, READS, lockstep=True)
            yield Pair(link, plc.stop, again.start)
        finally:
            again.stop()


@contextmanager
def modbus_rtu(folder: Path) -> Iterator[Pair]:
    file, port = program(folder), folder / "line"
    with VirtualPlc(file, period=PERIOD, modbus_rtu=f"pty:{port}", unlocated=True) as plc:
        again = VirtualPlc(file, period=PERIOD, modbus_rtu=f"pty:{port}", unlocated=True)
        try:
            wire = RtuWire(SerialPort(str(port)), timeout=2.0)
            yield Pair(ModbusLink(wire, places(file), WRITES, READS, lockstep=True), plc.stop, again.start)
        finally:
            again.stop()


@contextmanager
def opcua(folder: Path) -> Iterator[Pair]:
    plc = VirtualPlc(program(folder), period=PERIOD)
    with plc:
        port = int(plc.url.rpartition(":")[2])
        again = VirtualPlc(program(folder), period=PERIOD, opcua=f"opc.tcp://127.0.0.1:{port}")
        try:
            yield Pair(OpcUaLink(plc.url, WRITES, READS, lockstep=True), plc.stop, again.start)
        finally:
            again.stop()


@contextmanager
def opcua_subscription(folder: Path) -> Iterator[Pair]:
    """On the wall clock, where the server says what has changed; how old that is has a test of its own."""
    url, file = f"opc.tcp://127.0.0.1:{free_port()}", program(folder)
    plc, again = (VirtualPlc(file, "wall", period=PERIOD, opcua=url) for _ in range(2))
    with plc:
        try:
            subscribe = Subscribe(PERIOD, PERIOD, PERIOD, source=False)
            link = OpcUaLink(plc.url, WRITES, READS, lockstep=False, subscribe=subscribe)
            yield Pair(link, plc.stop, again.start, lockstep=False)
        finally:
            again.stop()


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Device:
    """A device at the far end of a pseudo-terminal, in a thread of its own, that sends each frame's values back."""

    def __init__(self, link: Path, form: Format, answer: Format) -> None:
        self.link, self._form, self._answer = link, form, answer
        self._thread: Thread | None = None

    def start(self) -> None:
        self._ends = pty.openpty()
        tty.setraw(self._ends[1])
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(self._ends[1]))
        self._off = os.pipe()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        frames = Frames(self._form)
        while self._off[0] not in select.select([self._ends[0], self._off[0]], [], [])[0]:
            for number, values in frames.feed(os.read(self._ends[0], 4096)):
                os.write(self._ends[0], self.answered(self._answer.encode(values, number)))

    def answered(self, data: bytes) -> bytes:
        """What becomes of an answer on its way."""
        return data

    def stop(self) -> None:
        if self._thread is None:
            return
        os.close(self._off[1])  # its end can be read from then on
        self._thread.join()
        self._thread = None
        for each in (*self._ends, self._off[0]):
            os.close(each)


def frames(crc: Crc) -> tuple[Format, Format]:
    """Return the frames there and back with all the values."""
    there, back = (
        Format([Field(path, kind) for path, kind in points], "cobs", crc, sequence=True) for points in (WRITES, READS)
    )
    return there, back


@contextmanager
def emulated(file: Path) -> Iterator[Pair]:
    """The image that echoes frames, in lockstep; it is cut off by switching its board off."""
    board = BOARDS[file.parent.name]
    port = LockstepPort(read_image(file, board), board, PERIOD)
    yield Pair(LockstepLink(port, *frames("crc16-modbus"), WRITES, READS), port.close, lambda: None)


@contextmanager
def in_qemu(file: Path) -> Iterator[Pair]:
    """The same image in QEMU, whose UART is at another socket after each start."""
    board = BOARDS[file.parent.name]
    with Qemu(read_image(file, board), board) as qemu:
        port = SerialPort(qemu.url)

        def again() -> None:
            qemu.start()
            port.name = qemu.url

        link = FramedLink(port, *frames("crc16-modbus"), WRITES, READS, timeout=2.0)
        yield Pair(link, qemu.stop, again, back_within=10.0)


@contextmanager
def framed(folder: Path) -> Iterator[Pair]:
    there, back = frames("crc32")
    device = Device(folder / "line", there, back)
    device.start()
    try:
        port = SerialPort(str(device.link))
        yield Pair(FramedLink(port, there, back, WRITES, READS, timeout=2.0), device.stop, device.start)
    finally:
        device.stop()


class TcpDevice:
    """The process of `tests.links._tcp_device`, at the same port each time."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.links._tcp_device", str(self.port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def framed_over_tcp(_: Path) -> Iterator[Pair]:
    there, back = (
        Format([Field(path, kind) for path, kind in points], "cobs", "crc32", sequence=True)
        for points in (WRITES, READS)
    )
    device = TcpDevice()
    device.start()
    try:
        port = SerialPort(f"socket://127.0.0.1:{device.port}")
        yield Pair(FramedLink(port, there, back, WRITES, READS, timeout=2.0), device.stop, device.start)
    finally:
        device.stop()
