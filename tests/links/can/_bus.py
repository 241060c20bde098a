"""A bus of its own for each test, on the loopback."""

import socket
from collections.abc import Callable
from time import monotonic, sleep

from hil.links.can.frame import Frame
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
