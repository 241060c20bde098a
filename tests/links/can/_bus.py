"""A bus of its own for each test, on the loopback."""

import socket
from collections.abc import Callable
from time import monotonic, sleep

import can
from can.interfaces.udp_multicast.utils import pack_message

from hil.links.can.frame import Errors, Frame, error_frame
from hil.links.can.ports import Address


def whole_bus() -> Address:
    """Return the address of a bus that nobody else is on: a free port of the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))
        port = wire.getsockname()[1]
    return Address("udp_multicast", f"239.74.163.2:{port}")


class Heard:
    """Keeps the frames that come."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def frame(self, one: Frame, _: int) -> None:
        self.frames.append(one)


def until(holds: Callable[[], bool], patience: float = 10.0) -> None:
    """Wait for something that another thread or process does."""
    end = monotonic() + patience
    while not holds():
        assert monotonic() < end, "it did not happen"
        sleep(0.002)


def inject(bus: Address, errors: Errors) -> None:
    """Send an error frame, as the driver of a card gives it to whoever listens."""
    identifier, data = error_frame(errors)
    group, _, port = bus.channel.partition(":")
    message = can.Message(arbitration_id=identifier, data=data, is_error_frame=True, is_extended_id=False)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        wire.sendto(pack_message(message), (group, int(port)))
