"""Links: what carries a rig's values to a controller and back, each one wire and its codec."""

from hil.links.base import BaseLink
from hil.links.can.card import STATES as BUS_STATES
from hil.links.faults import FAULTS, Faulty, bus_state
from hil.links.free_running import FreeRunning
from hil.links.link import (
    NEVER,
    Agreed,
    Arrivals,
    ControllerFault,
    Health,
    Link,
    LinkError,
    NoAnswer,
    Point,
    Quality,
    Value,
    layout,
)
from hil.links.mailbox import Mailbox
from hil.links.memory import MemoryLink
from hil.links.opcua import Described, OpcUaLink, Subscribe

__all__ = [
    "Link",
    "BaseLink",
    "LinkError",
    "NoAnswer",
    "ControllerFault",
    "Point",
    "Quality",
    "Value",
    "Arrivals",
    "Agreed",
    "NEVER",
    "Health",
    "layout",
    "FreeRunning",
    "Mailbox",
    "BUS_STATES",
    "FAULTS",
    "Faulty",
    "bus_state",
    "MemoryLink",
    "OpcUaLink",
    "Subscribe",
    "Described",
]
