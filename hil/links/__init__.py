"""Links: what carries a rig's values to a controller and back, each one wire and its codec."""

from hil.links.free_running import FreeRunning
from hil.links.link import ControllerFault, Health, Link, LinkError, Point, layout
from hil.links.mailbox import Mailbox
from hil.links.opcua import Described, OpcUaLink

__all__ = [
    "Link",
    "LinkError",
    "ControllerFault",
    "Point",
    "Health",
    "layout",
    "FreeRunning",
    "Mailbox",
    "OpcUaLink",
    "Described",
]
