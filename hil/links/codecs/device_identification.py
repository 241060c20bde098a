"""Read Device Identification of Modbus without I/O: function 43, MEI type 14 (V1.1b3, clause 6.21)."""

import struct
from collections.abc import Mapping

from hil.links.codecs.modbus import IDENTIFY as FUNCTION
from hil.links.codecs.modbus import Damaged

MEI, EXTENDED = 14, 3
OBJECTS = {
    0: "manufacturer", 1: "product_code", 2: "software_revision", 3: "manufacturer_url", 4: "product_name", 5: "model",
    6: "application",
}  # fmt: skip
"""The objects that the clause names, by the words that OPC UA for Devices has for them; from 0x80 on they are a maker's
own: those are called `object 128` and so on."""

SERIAL_NUMBER = 0x80
"""The object in which the virtual PLC has its serial number: the clause names none."""


def request(first: int = 0) -> bytes:
    """Return the request for all objects from one on; a device answers with as many kinds as it has."""
    return bytes([FUNCTION, MEI, EXTENDED, first])


def answer(asked: bytes, objects: Mapping[int, str]) -> bytes:
    """Return the answer to a request, all objects in one."""
    if len(asked) != 4 or not 1 <= asked[2] <= 4:
        return bytes([FUNCTION | 0x80, 3])
    code, first = asked[2:]
    last = (0xFF, 2, 0x7F, 0xFF)[code % 4]
    told = {one: text for one, text in objects.items() if first <= one <= last}
    if code == 4:
        told = {first: objects[first]} if first in objects else {}
        if not told:
            return bytes([FUNCTION | 0x80, 2])
    content = b"".join(bytes([one, len(text)]) + text.encode("ascii", "replace") for one, text in told.items())
    return bytes([FUNCTION, MEI, code, 0x80 | EXTENDED, 0, 0, len(told)]) + content


def content(pdu: bytes) -> tuple[dict[str, str], int | None]:
    """Return what an answer says, and the object at which the next request goes on; None, that was all.

    Raises:
        Damaged: it is no such answer.
    """
    found, at = dict[str, str](), 7
    try:
        function, mei, _, _, more, following, count = struct.unpack_from("7B", pdu)
        if (function, mei) != (FUNCTION, MEI):
            raise Damaged(f"an answer to function {function} where {FUNCTION} was asked")
        for _ in range(count):
            number, size = struct.unpack_from("2B", pdu, at)
            if len(pdu) < at + 2 + size:
                raise Damaged(f"object {number} ends behind its answer")
            found[OBJECTS.get(number, f"object {number}")] = pdu[at + 2 : at + 2 + size].decode("utf-8", "replace")
            at += 2 + size
    except struct.error as wrong:
        raise Damaged(f"an identification of {len(pdu)} bytes is cut off") from wrong
    return found, following if more == 0xFF and following else None
