"""Which link a wiring asks for: messages of a DBC file, a node of CANopen, or J1939."""

from typing import Any

from hil.links.base import Points
from hil.links.can.canopen_link import CanOpenLink
from hil.links.can.j1939_link import J1939Link
from hil.links.can.link import CanLink
from hil.links.can.ports import Address
from hil.links.can.wiring import Wiring


def can_link(where: Address, wiring: Wiring, writes: Points, reads: Points, **options: Any) -> CanLink:
    """Return the link for a wiring, not yet open; its arguments are those of `CanLink`."""
    kind = CanOpenLink if wiring.device is not None else J1939Link if wiring.j1939 is not None else CanLink
    return kind(where, wiring, writes, reads, **options)
