"""Binary frames declared in a rig file, without I/O: fields with scale and offset, COBS or a length, a CRC.

`cobs`: the frame and its CRC, stuffed by consistent overhead byte stuffing (Cheshire and Baker, 1999), then a zero.
`length`: 0xA5, the number of bytes that follow up to the CRC, the frame, the CRC over all from the length on.
With a sequence the first byte of a frame is a number that its answer repeats. CRCs are those of the catalogue of
parametrised CRC algorithms: CRC-16/MODBUS, CRC-16/IBM-3740 (known as CCITT-FALSE) and CRC-32/ISO-HDLC.
"""

import binascii
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from hil.errors import InputError
from hil.links.codecs.modbus import crc16
from hil.links.codecs.numbers import fitted

Framing = Literal["cobs", "length"]
Crc = Literal["none", "crc16-modbus", "crc16-ccitt", "crc32"]
SYNC = 0xA5
MOST = 255
_LETTERS = {"u1": "B", "b1": "?", "i1": "b", "u2": "H", "i2": "h", "u4": "I", "i4": "i", "u8": "Q", "i8": "q",
            "f4": "f", "f8": "d"}  # fmt: skip
KINDS = tuple(_LETTERS)
"""The numpy kinds that a field may have."""
_CRCS: dict[str, tuple[int, Callable[[bytes], int]]] = {
    "none": (0, lambda _: 0),
    "crc16-modbus": (2, crc16),
    "crc16-ccitt": (2, lambda data: binascii.crc_hqx(data, 0xFFFF)),
    "crc32": (4, binascii.crc32),
}


class Field(NamedTuple):
    """A value in a frame: value = raw * scale + offset; a whole raw number is rounded and saturated."""

    path: str
    kind: str
    scale: float = 1.0
    offset: float = 0.0


class Format:
    """How frames of one direction look.

    Raises:
        InputError: a kind that no frame carries, a scale of zero, or more than 255 bytes.
    """

    def __init__(
        self, fields: Sequence[Field], framing: Framing = "cobs", crc: Crc = "crc16-modbus", *,
        order: Literal["little", "big"] = "little", sequence: bool = False,
    ) -> None:  # fmt: skip
        self.fields, self.framing, self.order, self.sequence = tuple(fields), framing, order, sequence
        self._crc_size, self._crc = _CRCS[crc]
        faults = [f"field {one.path}: no kind {one.kind!r}; there are {', '.join(_LETTERS)}" for one in fields
                  if one.kind not in _LETTERS]  # fmt: skip
        faults += [f"field {one.path}: a scale of 0 carries nothing" for one in fields if one.scale == 0]
        if faults:
            raise InputError(faults)
        letters = "B" * sequence + "".join(_LETTERS[one.kind] for one in fields)
        self._struct = struct.Struct((">" if order == "big" else "<") + letters)
        self._plain = all((one.scale, one.offset) == (1.0, 0.0) for one in fields)
        self.size = self._struct.size + self._crc_size
        if self.size > MOST:
            raise InputError(f"a frame of {self.size} bytes is too long; {MOST} is the most, with the CRC")

    def encode(self, values: Sequence[Any], number: int = 0) -> bytes:
        """Return the bytes on the wire for a value of each field."""
        head = [number & 0xFF] if self.sequence else []
        frame = self._packed(head, values) if self._plain else None
        if frame is None:
            raw = [_raw(one, value) for one, value in zip(self.fields, values, strict=True)]
            frame = self._struct.pack(*head, *raw)
        if self.framing == "length":
            counted = bytes([len(frame)]) + frame
            return bytes([SYNC]) + counted + self._tail(counted)
        return stuffed(frame + self._tail(frame)) + b"\0"

    def _packed(self, head: list[int], values: Sequence[Any]) -> bytes | None:
        """Return a frame of values that fit as they are; None when one does not."""
        try:
            return self._struct.pack(*head, *values)
        except (struct.error, OverflowError):
            return None

    def frames(self) -> "Frames":
        """Return a reader of this direction's bytes."""
        return Frames(self)

    def decode(self, frame: bytes) -> tuple[int, list[Any]] | None:
        """Return number and values of a frame without its CRC; None when it has another size."""
        if len(frame) != self._struct.size:
            return None
        raw = self._struct.unpack(frame)
        number, raw = (raw[0], raw[1:]) if self.sequence else (0, raw)
        if self._plain:
            return number, list(raw)
        return number, [_value(one, each) for one, each in zip(self.fields, raw, strict=True)]

    def unwrapped(self, frame: bytes, prefix: bytes = b"") -> bytes | None:
        """Return a frame without its CRC, None when that is wrong; it covers the prefix, too."""
        body = frame[: len(frame) - self._crc_size]
        return body if frame[len(body) :] == self._tail(prefix + body) else None

    def _tail(self, data: bytes) -> bytes:
        return self._crc(data).to_bytes(self._crc_size, self.order)


class Frames:
    """Bytes in, numbers and values out; what is no frame is passed over and counted in `damaged`."""

    def __init__(self, form: Format) -> None:
        self._form, self._held = form, bytearray()
        self.damaged = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, list[Any]]]:
        """Yield number and values of each frame that is complete."""
        self._held += data
        for frame in self._cobs() if self._form.framing == "cobs" else self._length():
            if frame is not None and (found := self._form.decode(frame)) is not None:
                yield found
            else:
                self.damaged += 1

    def _cobs(self) -> Iterator[bytes | None]:
        while (end := self._held.find(0)) >= 0:
            chunk = bytes(self._held[:end])
            del self._held[: end + 1]
            if chunk:
                plain = unstuffed(chunk)
                yield None if plain is None else self._form.unwrapped(plain)
        if len(self._held) > 2 * MOST:
            self._held.clear()
            yield None

    def _length(self) -> Iterator[bytes | None]:
        form, held = self._form, self._held
        while held:
            if held[0] != SYNC:
                del held[0]
                continue
            if len(held) < 2:
                return
            if held[1] != form.size - form._crc_size:
                del held[0]
                yield None
                continue
            if len(held) < 2 + form.size:
                return
            frame = form.unwrapped(bytes(held[2 : 2 + form.size]), bytes(held[1:2]))
            del held[: 1 if frame is None else 2 + form.size]
            yield frame


def stuffed(data: bytes) -> bytes:
    """Return data without a zero in it: each zero becomes the distance to the next."""
    out = bytearray()
    for block in data.split(b"\0"):
        while len(block) >= 254:
            out += b"\xff" + block[:254]
            block = block[254:]
        out += bytes([len(block) + 1]) + block
    return bytes(out)


def unstuffed(data: bytes) -> bytes | None:
    """Return what `stuffed` was given; None when it cannot be."""
    out, at = bytearray(), 0
    while at < len(data):
        code = data[at]
        block = data[at + 1 : at + code]
        if code == 0 or len(block) != code - 1 or 0 in block:
            return None
        out += block
        at += code
        if code < 255 and at < len(data):
            out.append(0)
    return bytes(out)


def _raw(field: Field, value: Any) -> Any:
    number = (float(value) - field.offset) / field.scale if (field.scale, field.offset) != (1.0, 0.0) else value
    return fitted(number, field.kind)


def _value(field: Field, raw: Any) -> Any:
    return raw * field.scale + field.offset if (field.scale, field.offset) != (1.0, 0.0) else raw
