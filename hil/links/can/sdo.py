"""Service data objects of CANopen without I/O, expedited and in segments: both ends of CiA 301, 7.2.4.

A client's transfer is `Upload` or `Download`: `start` is its first request, `answer` takes what the server says and
returns the next one. `Server` answers requests out of a store of objects. Block transfer is not there: a server may
refuse it, and is then asked for segments.
"""

import struct
from typing import Protocol

REQUEST, RESPONSE = 0x600, 0x580
"""COB-IDs, below the node's number (CiA 301, 7.3.5)."""

LONGEST = 1 << 20
"""Bytes of the longest object that is read."""

TOGGLE, TIMEOUT, UNKNOWN, MEMORY = 0x0503_0000, 0x0504_0000, 0x0504_0001, 0x0504_0005
UNREADABLE, READ_ONLY, ABSENT, NO_SUB = 0x0601_0001, 0x0601_0002, 0x0602_0000, 0x0609_0011
LENGTH, TOO_LONG, TOO_SHORT, GENERAL, STATE = 0x0607_0010, 0x0607_0012, 0x0607_0013, 0x0800_0000, 0x0800_0022

TEXTS = {
    TOGGLE: "the toggle bit did not change",
    TIMEOUT: "the transfer took too long",
    UNKNOWN: "the command is not known",
    0x0504_0002: "the size of a block is none",
    0x0504_0003: "the number in a block is out of sequence",
    0x0504_0004: "the checksum is wrong",
    MEMORY: "there is not enough memory",
    0x0601_0000: "the object cannot be accessed in this way",
    UNREADABLE: "the object can only be written",
    READ_ONLY: "the object can only be read",
    ABSENT: "there is no such object",
    0x0604_0041: "the object cannot be mapped into a PDO",
    0x0604_0042: "the mapped objects are longer than a PDO",
    0x0604_0043: "the parameters do not fit each other",
    0x0604_0047: "the device does not fit itself",
    0x0606_0000: "the hardware failed",
    LENGTH: "the length is not that of the object",
    TOO_LONG: "the value is longer than the object",
    TOO_SHORT: "the value is shorter than the object",
    NO_SUB: "the object has no such subindex",
    0x0609_0030: "the value is out of range",
    0x0609_0031: "the value is too high",
    0x0609_0032: "the value is too low",
    0x0609_0036: "the maximum is below the minimum",
    0x060A_0023: "a resource is not there",
    GENERAL: "it failed",
    0x0800_0020: "the value cannot be transferred or stored",
    0x0800_0021: "the value cannot be stored because the device is under local control",
    STATE: "the value cannot be stored in the present state of the device",
    0x0800_0023: "the device has no object dictionary",
    0x0800_0024: "there is no data",
}
"""What an abort's code says (CiA 301, table 22)."""

_TAKES = 0x80  # an abort
_SEGMENT = 7


class Abort(Exception):
    """A transfer ended before its time: `own` says that this end broke it off, and has to tell the other one."""

    def __init__(self, code: int, *, own: bool = False) -> None:
        super().__init__(f"{TEXTS.get(code, 'for a reason of its own')} (abort {code:08X}h)")
        self.code, self.own = code, own

    @property
    def absent(self) -> bool:
        """Whether there is no such object or subindex."""
        return self.code in (ABSENT, NO_SUB)


def abort(index: int, sub: int, code: int) -> bytes:
    """Return the bytes that break a transfer off."""
    return struct.pack("<BHBI", _TAKES, index, sub, code)


class _Transfer:
    """A client's transfer of one object; `value` are its bytes."""

    def __init__(self, index: int, sub: int, value: bytes = b"") -> None:
        self.index, self.sub, self.value = index, sub, value
        self._toggle = 0

    def _of_server(self, data: bytes) -> int:
        """Return the command of an answer; raises Abort."""
        if len(data) != 8:
            raise Abort(UNKNOWN, own=True)
        if data[0] == _TAKES:
            raise Abort(int.from_bytes(data[4:], "little"))
        return data[0]

    def _same(self, data: bytes) -> None:
        if struct.unpack_from("<HB", data, 1) != (self.index, self.sub):
            raise Abort(GENERAL, own=True)

    def _head(self, command: int) -> bytes:
        return struct.pack("<BHB", command, self.index, self.sub)


class Upload(_Transfer):
    """An object is read (7.2.4.3.5)."""

    _size: int | None = None
    _began = False

    def start(self) -> bytes:
        """Return the first request."""
        return self._head(0x40) + bytes(4)

    def answer(self, data: bytes) -> bytes | None:
        """Take an answer; return the next request, None when `value` is whole. Raises Abort."""
        command = self._of_server(data)
        return self._segment(command, data) if self._began else self._initiated(command, data)

    def _initiated(self, command: int, data: bytes) -> bytes | None:
        if command >> 5 != 2:
            raise Abort(UNKNOWN, own=True)
        self._same(data)
        if command & 2:  # expedited: the bytes are here, as many as are said, or 4
            self.value = data[4 : 8 - (command >> 2 & 3 if command & 1 else 0)]
            return None
        self._began, self._size = True, int.from_bytes(data[4:], "little") if command & 1 else None
        if self._size is not None and self._size > LONGEST:
            raise Abort(MEMORY, own=True)
        return bytes((0x60,)) + bytes(7)

    def _segment(self, command: int, data: bytes) -> bytes | None:
        if command >> 5 != 0:
            raise Abort(UNKNOWN, own=True)
        if command >> 4 & 1 != self._toggle:
            raise Abort(TOGGLE, own=True)
        self.value += data[1 : 8 - (command >> 1 & 7)]
        if len(self.value) > LONGEST:
            raise Abort(MEMORY, own=True)
        if command & 1:
            if self._size is not None and self._size != len(self.value):
                raise Abort(LENGTH, own=True)
            return None
        self._toggle ^= 1
        return bytes((0x60 | self._toggle << 4,)) + bytes(7)


class Download(_Transfer):
    """An object is written (7.2.4.3.3)."""

    _sent = 0
    _began = False

    def start(self) -> bytes:
        """Return the first request: with the value where it has 4 bytes at most, else with its size."""
        size = len(self.value)
        if 1 <= size <= 4:
            return self._head(0x23 | (4 - size) << 2) + self.value.ljust(4, b"\0")
        return self._head(0x21) + size.to_bytes(4, "little")

    def answer(self, data: bytes) -> bytes | None:
        """Take an answer; return the next request, None when all is written. Raises Abort."""
        command = self._of_server(data)
        if not self._began:
            if command != 0x60:
                raise Abort(UNKNOWN, own=True)
            self._same(data)
            self._began = True
            return None if 1 <= len(self.value) <= 4 else self._segment()
        if command & 0xEF != 0x20:
            raise Abort(UNKNOWN, own=True)
        if command >> 4 & 1 != self._toggle:
            raise Abort(TOGGLE, own=True)
        self._toggle ^= 1
        return self._segment() if self._sent < len(self.value) else None

    def _segment(self) -> bytes:
        piece = self.value[self._sent : self._sent + _SEGMENT]
        self._sent += len(piece)
        last = self._sent >= len(self.value)
        return bytes((self._toggle << 4 | (_SEGMENT - len(piece)) << 1 | last,)) + piece.ljust(_SEGMENT, b"\0")


class Store(Protocol):
    """The objects of a server; both raise Abort with the code of what is wrong."""

    def read(self, index: int, sub: int) -> bytes:
        """Return an object's bytes."""
        ...

    def write(self, index: int, sub: int, value: bytes) -> None:
        """Let an object have these bytes."""
        ...


class Server:
    """The server of one node: one transfer at a time, a new one ends the one before."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._left: bytes | None = None  # of an upload
        self._came: bytearray | None = None  # of a download
        self._where, self._size, self._toggle = (0, 0), 0, 0

    def seen(self, data: bytes) -> bytes | None:
        """Take a request; return the answer, None where there is none."""
        if len(data) != 8:
            return None
        index, sub = struct.unpack_from("<HB", data, 1)
        kind = data[0] >> 5
        try:
            if kind == 4:
                self._end()
                return None
            if kind in (0, 3):
                index, sub = self._where
                return self._more(data) if kind == 0 else self._next(data)
            self._end()
            self._where = index, sub
            if kind == 1:
                return self._download(data)
            if kind == 2:
                return self._upload()
            raise Abort(UNKNOWN)
        except Abort as wrong:
            self._end()
            return abort(index, sub, wrong.code)

    def _end(self) -> None:
        self._left, self._came, self._toggle = None, None, 0

    def _head(self, command: int) -> bytes:
        return struct.pack("<BHB", command, *self._where)

    def _upload(self) -> bytes:
        value = self._store.read(*self._where)
        if 1 <= len(value) <= 4:
            return self._head(0x43 | (4 - len(value)) << 2) + value.ljust(4, b"\0")
        self._left = value
        return self._head(0x41) + len(value).to_bytes(4, "little")

    def _next(self, data: bytes) -> bytes:
        if self._left is None:
            raise Abort(UNKNOWN)
        self._turn(data)
        piece, self._left = self._left[:_SEGMENT], self._left[_SEGMENT:]
        command = (data[0] & 0x10) | (_SEGMENT - len(piece)) << 1 | (not self._left)
        if not self._left:
            self._end()
        return bytes((command,)) + piece.ljust(_SEGMENT, b"\0")

    def _download(self, data: bytes) -> bytes:
        command = data[0]
        if command & 2:
            size = 4 - (command >> 2 & 3) if command & 1 else 4
            self._store.write(*self._where, data[4 : 4 + size])
            return self._head(0x60) + bytes(4)
        self._size = int.from_bytes(data[4:], "little") if command & 1 else LONGEST
        if self._size > LONGEST:
            raise Abort(MEMORY)
        self._came = bytearray()
        return self._head(0x60) + bytes(4)

    def _more(self, data: bytes) -> bytes:
        if self._came is None:
            raise Abort(UNKNOWN)
        self._turn(data)
        self._came += data[1 : 8 - (data[0] >> 1 & 7)]
        if len(self._came) > self._size:
            raise Abort(TOO_LONG)
        if data[0] & 1:
            value = bytes(self._came)
            self._end()
            self._store.write(*self._where, value)
        return bytes((0x20 | data[0] & 0x10,)) + bytes(7)

    def _turn(self, data: bytes) -> None:
        if data[0] >> 4 & 1 != self._toggle:
            raise Abort(TOGGLE)
        self._toggle ^= 1
