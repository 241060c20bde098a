"""What needs a kernel or a card that a test machine may lack: skipped by name, run where it is there.

The rig's lines for each are in docs/can.md and docs/links.md.
"""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from hil.links.can.bus import Bus
from hil.links.can.frame import Frame
from hil.links.can.ports import Address
from hil.links.serial_port import SerialPort, slow_adapter
from tests.links.can._bus import Heard, until

_IS_CAN = "280"  # ARPHRD_CAN of linux/if_arp.h


def kernel_bus() -> str:
    """Return the name of an interface of the kernel that is up, a virtual one before others."""
    if not hasattr(socket, "AF_CAN"):
        pytest.skip("socketcan: this Python knows no CAN sockets")
    found = [
        one.parent.name
        for one in Path("/sys/class/net").glob("*/type")
        if one.read_text().strip() == _IS_CAN and (one.parent / "operstate").read_text().strip() != "down"
    ]
    if not found:
        pytest.skip("socketcan: the kernel has no CAN interface that is up; ip link add dev vcan0 up type vcan")
    return max(found, key=lambda name: name.startswith("vcan"))


def test_a_frame_goes_through_socketcan() -> None:
    bus, heard = Address("socketcan", kernel_bus()), Heard()
    with closing(Bus(bus, heard.frame)), closing(Bus(bus, lambda *_: None)) as other:
        other.send(Frame(0x123, b"\1\2"))
        until(lambda: Frame(0x123, b"\1\2") in heard.frames)


@pytest.mark.parametrize("interface", ["pcan", "kvaser", "vector", "ixxat", "gs_usb"])
def test_a_card_is_opened_and_tells_its_state(interface: str) -> None:
    import can

    cards = [one for one in can.detect_available_configs([interface]) if "irtual" not in str(one)]
    if not cards:
        pytest.skip(f"{interface}: no card of this make, or not its driver")
    with closing(Bus(Address(interface, str(cards[0]["channel"]), 500_000), lambda *_: None)) as ours:
        assert ours.state in ("active", "warning", "passive", "off")


def test_a_usb_adapter_is_opened_and_holds_nothing_back() -> None:
    ports = sorted(str(one) for kind in ("ttyUSB*", "ttyACM*") for one in Path("/dev").glob(kind))
    if not ports:
        pytest.skip("USB adapter: there is no /dev/ttyUSB* or /dev/ttyACM*")
    assert slow_adapter(ports[0]) is None
    port = SerialPort(ports[0])
    port.open()
    port.close()
