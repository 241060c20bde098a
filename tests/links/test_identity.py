"""Who the other side says that it is: against a foreign client, and answers in bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client import ModbusTcpClient

from hil.errors import InputError
from hil.links.codecs.device_identification import answer, content, request
from hil.links.codecs.modbus import Damaged, RtuFrames, rtu_frame
from hil.links.modbus import RtuWire, TcpWire, Wire
from hil.links.modbus_identity import identity
from hil.links.serial_port import SerialPort
from hil.targets.nameplate import Nameplate
from tests.links._echo import program
from tests.targets.test_serve import ready

PLATE = {0: "maker", 1: "code", 2: "2.1", 5: "box", 0x80: "B-7", 0x81: "mine"}


def test_an_answer_says_what_there_is_in_the_kinds_that_were_asked_for() -> None:
    names = {code: list(content(answer(bytes([43, 14, code, 0]), PLATE))[0]) for code in (1, 2, 3)}
    assert names[1] == ["manufacturer", "product_code", "software_revision"]
    assert names[2] == [*names[1], "model"]
    assert names[3] == [*names[2], "object 128", "object 129"]
    assert content(answer(bytes([43, 14, 4, 5]), PLATE)) == ({"model": "box"}, None)
    refused = [answer(bytes([43, 14, code, number]), PLATE).hex() for code, number in ((4, 6), (5, 0), (0, 0))]
    assert refused == ["ab02", "ab03", "ab03"]


def test_an_answer_in_parts_says_where_to_go_on() -> None:
    assert content(bytes.fromhex("2b 0e 03 83 ff 02 01 00 01 41")) == ({"manufacturer": "A"}, 2)


@pytest.mark.parametrize(
    "wrong", ["", "2b", "2b 0d 03 83 00 00 00", "2b 0e 03 83 00 00 01", "2b 0e 03 83 00 00 01 00 09 41"]
)
def test_what_is_no_identification_is_damaged(wrong: str) -> None:
    with pytest.raises(Damaged):
        content(bytes.fromhex(wrong))


def test_on_a_line_an_identification_ends_where_its_objects_end() -> None:
    frame, frames = rtu_frame(1, answer(request(), PLATE)), RtuFrames("answer")
    told = [one for byte in frame + frame for one in frames.feed(bytes([byte]))]
    assert told == [(1, frame[1:-2])] * 2
    assert [*RtuFrames("request").feed(rtu_frame(1, request()))] == [(1, request())]


@contextmanager
def opened(folder: Path, door: str) -> Iterator[str]:
    where = "127.0.0.1:0" if door == "--modbus" else "pty"
    with ready(program(folder), door, where, "--unlocated", "--period", "5ms", "--serial-number", "B-7") as (_, line):
        yield line.split()[-1]


def test_a_foreign_client_hears_the_same(tmp_path: Path) -> None:
    with opened(tmp_path, "--modbus") as where:
        ours = identity(TcpWire(where))
        client: Any = ModbusTcpClient("127.0.0.1", port=int(where.rpartition(":")[2]))
        client.connect()
        theirs = client.read_device_information(read_code=3, object_id=0)
        client.close()
    assert [one.decode() for one in theirs.information.values()] == list(ours.values())
    assert (ours["manufacturer"], ours["model"], ours["object 128"]) == ("hilbench", "virtual PLC", "B-7")


def test_over_a_line_it_is_the_same(tmp_path: Path) -> None:
    with opened(tmp_path, "--modbus-rtu") as port:
        wire: Wire = RtuWire(SerialPort(port), timeout=4.0)
        assert identity(wire)["object 128"] == "B-7"


def test_a_serial_number_that_fits_into_no_answer_is_refused() -> None:
    with pytest.raises(InputError, match="is no text of 60 ASCII characters"):
        Nameplate("", "x" * 61)
