"""Modbus TCP: the rule of the map, the application protocol (V1.1b3), a foreign client at a running PLC."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from hil.errors import InputError
from hil.plc import compile_file
from hil.targets._modbus_pdu import Bank
from hil.targets.controller import Controller
from hil.targets.modbus_map import modbus_map
from hil.targets.serve import Doors, serve
from tests.targets.test_serve import ready

PROGRAM = Path(__file__).with_name("plant_floor.st")


@pytest.fixture
def floor() -> Controller:
    return Controller(compile_file(PROGRAM))


def ask(controller: Controller, request: str) -> str:
    """Answer a request written as hex, after which the program scans."""
    bank = Bank(modbus_map(controller.program, unlocated=True).points)
    answer = bank.answer(bytes.fromhex(request), controller.image, controller.write)
    controller.step(controller.time + 5_000_000, 1)
    return answer.hex(" ")


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("start_button", [("coil", 32769, 1), ("discrete input", 1, 1)]),
        ("lamp", [("coil", 10, 1)]),
        ("level", [("holding register", 32771, 1), ("input register", 3, 1)]),
        ("valve", [("holding register", 3, 1)]),
        ("%QW7", [("holding register", 7, 1)]),
        ("recipe[2]", [("holding register", 1036, 1)]),
        ("setpoint", [("holding register", 2052, 2)]),
        ("total", [("holding register", 4116, 4)]),
        ("small", [("holding register", 16384, 1)]),
        ("free_flag", [("coil", 40960, 1)]),
        ("free_text", [("holding register", 40960, 3)]),
        ("free_share", [("holding register", 40963, 1)]),
        ("fixed", []),
    ],
)
def test_the_address_of_a_variable_follows_from_its_iec_address(
    floor: Controller, path: str, places: list[object]
) -> None:
    found = modbus_map(floor.program, unlocated=True)
    assert [(one.table, one.address, one.count) for one in found.points if one.path == path] == places


def test_what_has_no_place_is_said(floor: Controller) -> None:
    found = modbus_map(floor.program)
    assert found.left_out == ("far_away: %MW5000 is no address that Modbus has a place for",)
    assert not any(one.path.startswith("free") for one in found.points)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("01 00 0a 00 01", "01 01 00"),
        ("02 00 01 00 01", "02 01 00"),
        ("03 00 03 00 01", "03 02 00 00"),
        ("04 00 03 00 01", "04 02 00 00"),
        ("05 80 01 ff 00", "05 80 01 ff 00"),
        ("06 80 03 ff fe", "06 80 03 ff fe"),
        ("10 08 04 00 02 04 3f c0 00 00", "10 08 04 00 02"),
        ("16 00 03 00 0f 00 f0", "16 00 03 00 0f 00 f0"),
        ("17 08 04 00 01 08 05 00 01 02 12 34", "17 02 00 00"),
    ],
)
def test_every_function_answers_as_the_standard_shows(floor: Controller, request_: str, answer: str) -> None:
    assert ask(floor, request_) == answer


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ("2b 0e 01 00", "01"),
        ("03 00 02 00 02", "02"),
        ("03 ff ff 00 02", "02"),
        ("01 00 0b 00 01", "02"),
        ("06 00 04 00 01", "02"),
        ("03 00 03 00 00", "03"),
        ("03 00 03 00 7e", "03"),
        ("03 00 03", "03"),
        ("05 00 0a 00 01", "03"),
        ("10 00 03 00 01 03 00 01 00", "03"),
        ("06 40 00 01 00", "03"),
        ("06 a0 03 00 65", "03"),
    ],
)
def test_what_cannot_be_done_has_its_exception_code(floor: Controller, request_: str, code: str) -> None:
    assert ask(floor, request_) == f"{int(request_[:2], 16) | 0x80:02x} {code}"


def test_big_values_have_their_most_significant_word_first(floor: Controller) -> None:
    ask(floor, "10 08 04 00 02 04" + struct.pack(">f", -1.5).hex())
    ask(floor, "10 10 14 00 04 08" + struct.pack(">q", 2**40 + 7).hex())
    assert floor.program.read(floor.memory(), "setpoint") == -1.5
    assert ask(floor, "03 10 14 00 04") == "03 08 " + struct.pack(">q", 2**40 + 8).hex(" ")


def test_texts_have_their_first_character_first(floor: Controller) -> None:
    ask(floor, "10 a0 00 00 03 06" + b"Hello!".hex())
    assert floor.program.read(floor.memory(), "free_text") == "Hello"
    ask(floor, "10 a0 04 00 02 04" + "\u20acz".encode("utf-16-be").hex())
    assert floor.program.read(floor.memory(), "free_wide") == "\u20acz"
    assert ask(floor, "03 a0 04 00 02") == "03 04 20 ac 00 7a"


def test_an_input_is_written_where_the_map_says_and_acts_at_the_next_scan(floor: Controller) -> None:
    ask(floor, "0f 80 01 00 01 01 01")
    ask(floor, "06 80 03 00 29")
    assert ask(floor, "01 00 0a 00 01") == "01 01 01"
    assert ask(floor, "03 00 03 00 01") == "03 02 00 2a"
    assert ask(floor, "03 00 07 00 01") == "03 02 12 34"


FOREIGN = """
import sys, json
from pymodbus.client import ModbusTcpClient
client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
assert client.connect()
client.write_coil(32769, True)
client.write_registers(2052, client.convert_to_registers(2.5, client.DATATYPE.FLOAT32))
client.write_register(32771, 41)
while client.read_holding_registers(3).registers != [42]:
    pass
real = client.read_holding_registers(2052, count=2).registers
missing = client.read_holding_registers(100)
print(json.dumps([client.read_coils(10).bits[0], client.read_discrete_inputs(1).bits[0],
    client.read_input_registers(3).registers, client.convert_from_registers(real, client.DATATYPE.FLOAT32),
    missing.exception_code]))
client.close()
"""


def test_a_foreign_client_meets_a_running_plc() -> None:
    with ready(PROGRAM, "--modbus", "127.0.0.1:0") as (_, line):
        assert line.startswith("hil plc: serving Floor at modbus 127.0.0.1:")
        command = [sys.executable, "-c", FOREIGN, line.rpartition(":")[2]]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == [True, True, [41], 2.5, 2]


def test_the_map_is_printed_for_people_and_programs() -> None:
    def printed(*options: str) -> str:
        command = [sys.executable, "-m", "hil", "plc", "map", str(PROGRAM), *options]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert "holding register    2052..2053  setpoint : REAL  %MD2\n" in printed()
    assert printed().endswith("13 points, 1 left out\n")
    points = json.loads(printed("--json"))["points"]
    expected = {"table": "coil", "address": 10, "count": 1, "path": "lamp", "type": "BOOL", "location": "%QX1.2"}
    assert expected in points
    assert "coil,10,1,lamp,BOOL,%QX1.2\n" in printed("--csv")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("502", "'502' is not HOST:PORT; write 127.0.0.1:502, port 0 for a free one"),
        ("0.0.0.0:502", "Modbus has no security, so the server listens on the loopback only"),
    ],
)
def test_a_place_that_cannot_be_served_is_refused(where: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        serve(PROGRAM, Doors(modbus=where))
    with pytest.raises(InputError, match="nowhere to serve: give --opcua"):
        serve(PROGRAM, Doors())
