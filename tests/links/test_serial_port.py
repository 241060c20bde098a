"""Serial ports: adapters that hold characters back are found in what the kernel shows of them."""

import os
from pathlib import Path

import pytest

from hil.links import LinkError
from hil.links.serial_port import SerialPort, slow_adapter


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    """What Linux has below /sys/bus/usb-serial/devices with an FTDI adapter and one of another make."""
    for name in ("ttyUSB0", "ttyUSB1"):
        (tmp_path / name).mkdir()
    (tmp_path / "ttyUSB0" / "latency_timer").write_text("16\n")
    return tmp_path


def test_an_ftdi_adapter_of_16_ms_is_warned_of_with_its_cure(sysfs: Path) -> None:
    file = sysfs / "ttyUSB0" / "latency_timer"
    words = f"/dev/ttyUSB0: the adapter holds characters back for 16 ms; as root: echo 1 > {file}"
    assert slow_adapter("/dev/ttyUSB0", sysfs) == words
    file.write_text("1\n")
    assert slow_adapter("/dev/ttyUSB0", sysfs) is None


def test_an_adapter_is_known_by_its_lasting_name_too(sysfs: Path, tmp_path: Path) -> None:
    name = tmp_path / "usb-FTDI_FT232R_A50285BI-if00-port0"
    name.symlink_to("/dev/ttyUSB0")
    assert "16 ms" in str(slow_adapter(str(name), sysfs))


@pytest.mark.parametrize("name", ["/dev/ttyUSB1", "/dev/ttyACM0", "socket://127.0.0.1:4001"])
def test_other_ports_are_not_warned_of(sysfs: Path, name: str) -> None:
    assert slow_adapter(name, sysfs) is None


def test_a_timer_that_is_no_number_is_no_warning(sysfs: Path) -> None:
    (sysfs / "ttyUSB0" / "latency_timer").write_text("?")
    assert slow_adapter("/dev/ttyUSB0", sysfs) is None


def test_a_port_that_is_not_there_is_a_link_error() -> None:
    with pytest.raises(LinkError, match="/dev/no_such_port: the port is lost or not there"):
        SerialPort("/dev/no_such_port").open()
    assert not os.path.exists("/dev/no_such_port")


def test_nobody_behind_a_socket_is_a_link_error() -> None:
    with pytest.raises(LinkError, match=r"socket://127\.0\.0\.1:1: the port is lost or not there"):
        SerialPort("socket://127.0.0.1:1").open()
