"""What a Modbus slave says of itself: Read Device Identification."""

from typing import TYPE_CHECKING

from hil.links.codecs.device_identification import content, request
from hil.links.codecs.modbus import Damaged
from hil.links.link import NoAnswer

if TYPE_CHECKING:
    from hil.links.modbus import Wire

_MOST = 32  # answers


def identity(wire: "Wire") -> dict[str, str]:
    """Return the objects by name; none of a slave that knows no identification.

    Raises:
        LinkError: nobody answers, or with something else.
    """
    found, first = dict[str, str](), 0
    wire.open()
    try:
        for _ in range(_MOST):
            (told,) = wire.ask([request(first)])
            if told[:1] == bytes([request()[0] | 0x80]):
                break
            try:
                more, following = content(told)
            except Damaged as wrong:
                raise NoAnswer(f"{wire.name}: {wrong}") from wrong
            found |= more
            if following is None:
                break
            first = following
    finally:
        wire.close()
    return found
