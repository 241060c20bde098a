"""J1939 through an slcan adapter: the link on a pseudo-terminal, the virtual PLC behind it on the bus."""

import os
import pty
import threading
import tty
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from hil.links import LinkError
from hil.links.can import slcan
from hil.links.can.bus import Bus
from hil.links.can.frame import Frame
from hil.links.can.j1939 import CLAIM, REQUEST, Name, frame
from hil.links.can.kinds import can_link
from hil.links.can.link import CanLink
from hil.links.can.ports import Address
from hil.links.can.wiring import read_wiring
from hil.targets import VirtualPlc
from hil.testing.links import PERIOD
from tests.links.can import _j1939
from tests.links.can._bus import until, whole_bus


@contextmanager
def adapter(bus: Address) -> Iterator[Address]:
    """An slcan adapter between a pseudo-terminal and a bus; yields where a link finds it."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    reader = slcan.Reader()

    def back(one: Frame, _: int) -> None:
        os.write(ours, slcan.encode(one))

    wire = Bus(bus, back)

    def forward() -> None:
        while (data := os.read(ours, 4096)) != b"\x00stop\x00":
            for one in reader.feed(data):
                if isinstance(one, Frame):
                    wire.send(one)

    thread = threading.Thread(target=forward)
    thread.start()
    try:
        yield Address("slcan", os.ttyname(theirs))
    finally:
        os.write(theirs, b"\x00stop\x00")
        thread.join()
        wire.close()
        os.close(ours)
        os.close(theirs)


def echoes(link: CanLink, number: int) -> bool:
    out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
    out["x_dint"] = number
    try:
        link.exchange(0, out, into)
    except LinkError:
        return False
    return bool(into["y_dint"][0] == number)


def test_the_link_follows_a_controller_that_had_to_take_another_address(tmp_path: Path) -> None:
    bus, file = whole_bus(), _j1939.echo(tmp_path)
    file.write_text(file.read_text().replace("address = 0x27", "address = [0x27, 0x80]"))
    plc = VirtualPlc(tmp_path / "echo.st", "wall", period=PERIOD, can=(str(bus), str(file)))
    with plc, adapter(bus) as where, closing(_j1939.Foreign(bus)) as foreign:
        points = (_j1939.WRITES, _j1939.READS)
        link = can_link(where, read_wiring(file), *points, lockstep=False, period=PERIOD, timeout=5.0)
        with closing(link):
            link.open()
            until(lambda: echoes(link, 5))
            assert link.health.facts["controller's address"] == "39"
            foreign.send(frame(CLAIM, Name(identity=1).pack(), 0x27))
            until(lambda: echoes(link, 6) and link.health.facts["controller's address"] == "128")


def test_a_controller_that_loses_its_only_address_says_nothing_any_more(tmp_path: Path) -> None:
    bus, file = whole_bus(), _j1939.echo(tmp_path)
    plc = VirtualPlc(tmp_path / "echo.st", "wall", period=PERIOD, can=(str(bus), str(file)))
    with plc, closing(_j1939.Foreign(bus)) as foreign:
        foreign.wait(lambda one: one.identifier & 0xFF == 0x27)
        foreign.send(frame(CLAIM, Name(identity=1).pack(), 0x27))
        foreign.wait(lambda one: one.identifier == 0x18EEFFFE)
        foreign.frames.clear()
        foreign.send(frame(REQUEST, CLAIM.to_bytes(3, "little"), 0x55))
        foreign.wait(lambda one: one.identifier == 0x18EEFFFE)
        assert {one.identifier & 0xFF for one in foreign.frames} == {0xFE, 0x55}  # the bus lets one hear oneself
