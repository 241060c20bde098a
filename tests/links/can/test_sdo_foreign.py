"""SDO against the library canopen on a bus of the loopback: our client with its node, its client with ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import canopen
import numpy as np
import pytest

from hil.errors import RunError
from hil.links import LinkError
from hil.links.can.kinds import can_link
from hil.links.can.link import CanLink
from hil.links.can.ports import Address
from hil.links.can.wiring import read_wiring
from hil.targets import VirtualPlc
from tests.links.can._bus import until, whole_bus

DRIVE = Path(__file__).parents[3] / "rigs" / "drive"
PROGRAM = Path(__file__).parents[3] / "controllers" / "plc" / "drive.st"
PERIOD = 2_000_000


def dcf(folder: Path, **values: str) -> Path:
    """Write the drive's EDS as a DCF that sets some objects, and its wiring; `h1017` is object 1017h."""
    text = (DRIVE / "drive.eds").read_text()
    for section, value in values.items():
        head = f"[{section[1:]}]\n"
        assert head in text
        text = text.replace(head, f"{head}ParameterValue={value}\n")
    (folder / "drive.eds").write_text(text)
    file = folder / "canopen.toml"
    file.write_text('eds = "drive.eds"\nnode = 5\n')
    return file


@contextmanager
def network(bus: Address) -> Iterator[Any]:
    group, _, port = bus.channel.partition(":")
    made = canopen.Network()
    made.connect(interface="udp_multicast", channel=group, port=int(port), hop_limit=0)
    try:
        yield made
    finally:
        made.disconnect()


@contextmanager
def foreign_node(bus: Address, eds: Path) -> Iterator[Any]:
    """Bring up a node of canopen's, which boots when it is reset."""
    with network(bus) as wires:
        node = canopen.LocalNode(5, str(eds))
        wires.add_node(node)
        wires.subscribe(0, lambda _, data, __: wires.send_message(0x705, b"\0") if data[0] == 0x81 else None)
        yield node


def test_a_foreign_node_is_identified_and_gets_the_parameters_of_a_dcf(tmp_path: Path) -> None:
    name = "[1008]\nParameterName=Name\nObjectType=0x7\nDataType=0x0009\nAccessType=rw\n"
    (tmp_path / "node.eds").write_text((DRIVE / "drive.eds").read_text() + name)
    bus, file = whole_bus(), dcf(tmp_path, h1017="250", h2000="12.5")
    (tmp_path / "drive.eds").write_text(
        (tmp_path / "drive.eds").read_text() + name + "ParameterValue=seventeen letters\n"
    )
    with foreign_node(bus, tmp_path / "node.eds") as node:
        link = can_link(bus, read_wiring(file), [], [], lockstep=False, period=PERIOD, timeout=2.0)
        link.open()
        link.close()
        assert node.sdo[0x1017].raw == 250
        assert node.sdo[0x2000].raw == 12.5
        assert node.sdo[0x1008].raw == "seventeen letters"
    assert link.health.facts["product"] == "0x00000001"


def test_a_node_that_is_another_is_refused(tmp_path: Path) -> None:
    bus, file = whole_bus(), dcf(tmp_path, h1018sub2="7")
    with foreign_node(bus, DRIVE / "drive.eds"):
        link = can_link(bus, read_wiring(file), [], [], lockstep=False, period=PERIOD, timeout=2.0)
        with pytest.raises(LinkError, match=r"node 5 has the product 0x00000001, its EDS 0x00000007"):
            link.open()


def test_a_parameter_that_the_node_has_not_is_refused_in_words(tmp_path: Path) -> None:
    bus, file = whole_bus(), dcf(tmp_path, h1017="250")
    other = (DRIVE / "drive.eds").read_text().replace("[1017]", "[1019]")
    (tmp_path / "other.eds").write_text(other)
    with foreign_node(bus, tmp_path / "other.eds"):
        link = can_link(bus, read_wiring(file), [], [], lockstep=False, period=PERIOD, timeout=2.0)
        with pytest.raises(LinkError, match=r"does not take the parameter 1017h:00h = fa 00: there is no such object"):
            link.open()


def test_a_foreign_master_reads_and_writes_the_virtual_plc(tmp_path: Path) -> None:
    bus = whole_bus()
    file = dcf(tmp_path)
    with VirtualPlc(PROGRAM, "wall", can=(str(bus), str(file))), network(bus) as wires:
        node = wires.add_node(5, str(tmp_path / "drive.eds"))
        node.sdo.RESPONSE_TIMEOUT = 3.0
        assert node.sdo[0x1018][2].raw == 1
        node.sdo[0x1017].raw = 30
        assert node.sdo[0x1017].raw == 30
        for index, sub, code in ((0x3000, 0, 0x06020000), (0x1018, 9, 0x06090011), (0x1017, 0, 0x06070012)):
            with pytest.raises(canopen.SdoAbortedError) as said:
                node.sdo.download(index, sub, bytes(4)) if index == 0x1017 else node.sdo.upload(index, sub)
            assert said.value.code == code


def exchanged(link: CanLink, times: int) -> bool:
    """Exchange that often."""
    for k in range(times):
        link.exchange(k * PERIOD, np.zeros(1, link.outgoing), np.zeros(1, link.incoming))
    return False


def test_without_an_answer_a_parameter_is_an_error(tmp_path: Path) -> None:
    bus, file = whole_bus(), dcf(tmp_path, h1017="250")
    with network(bus) as wires:
        wires.subscribe(0, lambda *_: wires.send_message(0x705, b"\0"))
        plain = can_link(bus, read_wiring(DRIVE / "canopen.toml"), [], [], lockstep=False, period=PERIOD, timeout=0.2)
        plain.open()
        assert plain.health.facts["identity"] == "not told: no answer over SDO"
        with pytest.raises(LinkError, match="node 5 sends no heartbeat any more"):
            until(lambda: exchanged(plain, 10_000))
        assert plain.health.facts["node"] == "lost"
        link = can_link(bus, read_wiring(file), [], [], lockstep=False, period=PERIOD, timeout=0.2)
        with pytest.raises(RunError, match="the transfer took too long"):
            link.open()
