"""EDS: the PDOs of the drive's file, and what is wrong with one."""

from pathlib import Path

import pytest

from hil.errors import InputError
from hil.links.can.eds import parse_eds, read_eds

FILE = Path(__file__).parents[3] / "rigs" / "drive" / "drive.eds"
TEXT = FILE.read_text()


def test_the_pdos_of_a_file_are_messages_with_the_nodes_number() -> None:
    device = read_eds(FILE, 5)
    assert [hex(one.message.identifier) for one in device.receives] == ["0x205", "0x305"]
    assert [(hex(one.message.identifier), one.type) for one in device.sends] == [
        ("0x185", 1),
        ("0x285", 1),
        ("0x385", 0),
    ]
    assert device.heartbeat == 100_000_000
    assert device.product == 1


def test_values_lie_where_the_mapping_puts_them() -> None:
    first = read_eds(FILE, 5).sends[0].message
    assert first.encode({"VOLTAGE": 1.5, "CURRENT_SP": -2}).hex(" ") == "00 00 c0 3f 00 00 00 c0"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("0x20000020", "0x29990020", "PDO 1600h: it maps the object 2999h:00h, which is not there"),
        ("0x20000020", "0x20000028", "PDO 1600h: it maps 40 bits of SPEED, which is a REAL"),
        ("0x20030008", "0x20030048", "PDO 1601h: it maps 104 bits, a PDO has 1 to 64"),
        ("[1017]", "[Comments]\nLines=99999999999\n[1017]", r"x\.eds:\d+: Lines = 99999999999 is more than the 65535"),
        ("SubNumber=5", "SubNumber=0xFFFFFFFF", r"SubNumber = 0xFFFFFFFF is more than the 65535"),
        ("ObjectType=0x7", "ObjectType=seven", "not an EDS file that can be used"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_kind_of_error(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(InputError, match=says):
        parse_eds(TEXT.replace(old, new), "x.eds", 5)


@pytest.mark.parametrize("text", ["", "no file at all", "[a\n", "[FileInfo]\n"])
def test_text_that_is_no_eds_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not an EDS file that can be used"):
        parse_eds(text, "x.eds", 5)


@pytest.mark.parametrize("line", ["VendorNumber=", "NrOfRXPDO =", "BaudRate_10=\r"])
def test_a_number_of_the_device_that_was_left_empty_is_not_given(line: str) -> None:
    head, _, rest = TEXT.partition("[DeviceInfo]\n")
    name = line.rstrip("\r= ")
    others = "\n".join(one for one in rest.split("\n") if not one.startswith(name))
    assert parse_eds(f"{head}[DeviceInfo]\n{line}\n{others}", "x.eds", 5) == read_eds(FILE, 5)


def test_a_node_without_a_number_is_refused() -> None:
    with pytest.raises(InputError, match="a CANopen node has a number from 1 to 127, not 0"):
        parse_eds(TEXT, "x.eds", 0)
