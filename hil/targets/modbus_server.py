"""A Modbus TCP server over a controller: any client may read and write what the map shows."""

import asyncio
import struct

from hil.errors import InputError
from hil.links.codecs import device_identification
from hil.links.codecs.modbus import FAULT, FAULT_WORDS, IDENTIFY, STEP, WRITE_REGISTERS, tcp_frame
from hil.links.tcp import is_loopback
from hil.targets._modbus_pdu import Bank
from hil.targets.controller import Controller
from hil.targets.modbus_map import Map

_LONGEST = 254  # bytes behind the length: unit and PDU (Modbus messaging on TCP/IP V1.0b, clause 3.1.3)
_CLIENTS = 64


_STEP = struct.Struct(">BHHBqI")
_FAILED = bytes([WRITE_REGISTERS | 0x80, 4])


class Slave:
    """A controller that answers requests; in lockstep it scans when a request writes the registers of `STEP`."""

    def __init__(self, controller: Controller, points: Map, *, lockstep: bool) -> None:
        self._controller, self._bank, self._lockstep = controller, Bank(points.points), lockstep
        self._stepped = b""

    def answer(self, request: bytes) -> bytes:
        """Return the answer to a request."""
        if len(request) == _STEP.size and request[:3] == bytes([WRITE_REGISTERS]) + STEP.to_bytes(2, "big"):
            if self._lockstep:
                return self._step(request)
        elif self._lockstep and request[:3] == bytes([4]) + FAULT.to_bytes(2, "big"):
            words = self._controller.fault.encode("latin-1", "replace")[: 2 * FAULT_WORDS]
            return bytes([4, 2 * FAULT_WORDS]) + words.ljust(2 * FAULT_WORDS, b"\0")
        if request[:2] == bytes([IDENTIFY, device_identification.MEI]):
            return device_identification.answer(request, self._controller.nameplate.objects)
        return self._bank.answer(request, self._controller.image, self._controller.write)

    def _step(self, request: bytes) -> bytes:
        """Scan, or start anew; a request that is repeated, because its answer was lost, is only answered."""
        _, _, count, length, t, scans = _STEP.unpack(request)
        if (count, length) != (6, 12):
            return bytes([WRITE_REGISTERS | 0x80, 3])
        if t < 0:
            self._controller.reset()
        elif request != self._stepped and self._controller.step(t, scans) is not None:
            return _FAILED
        self._stepped = request
        return request[:5]


class ModbusServer:
    """Answers Modbus TCP on the loopback: Modbus knows no security."""

    def __init__(self, slave: Slave, where: str) -> None:
        self.host, self.port = _address(where)
        self._slave = slave
        self._clients: set[asyncio.StreamWriter] = set()

    @property
    def where(self) -> str:
        """Where the server listens, as the ready line says it."""
        return f"modbus {self.host}:{self.port}"

    async def start(self) -> None:
        """Listen.

        Raises:
            InputError: the port is taken or not ours to take.
        """
        try:
            self._server = await asyncio.start_server(self._client, self.host, self.port)
        except OSError as taken:
            words = (
                f"cannot listen at {self.host}:{self.port}: {taken.strerror}; choose another port, or 0 for a free one"
            )
            raise InputError(words) from taken
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and let every client go."""
        self._server.close()
        for one in tuple(self._clients):
            one.close()
        await self._server.wait_closed()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._clients) >= _CLIENTS:
            writer.close()
            return
        self._clients.add(writer)
        try:
            while await self._request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when what came is no Modbus, so nothing behind it can be told apart."""
        transaction, protocol, length, unit = struct.unpack(">HHHB", await reader.readexactly(7))
        if protocol != 0 or not 2 <= length <= _LONGEST:
            return False
        writer.write(tcp_frame(transaction, unit, self._slave.answer(await reader.readexactly(length - 1))))
        await writer.drain()
        return True


def _address(where: str) -> tuple[str, int]:
    """Return host and port.

    Raises:
        InputError: not written as HOST:PORT, or a host that others can reach.
    """
    host, _, port = where.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise InputError(f"{where!r} is not HOST:PORT; write 127.0.0.1:502, port 0 for a free one")
    if not is_loopback(host):
        raise InputError(f"{where}: Modbus has no security, so the server listens on the loopback only; use 127.0.0.1")
    return host, int(port)
