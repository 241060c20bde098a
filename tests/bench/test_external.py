"""The target `external`: a box in a process of its own behind a relay in another, brought up and identified."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.errors import HilError, InputError, RunError
from hil.plc import compile_file
from hil.targets import external
from tests.bench._tiny import Project, tiny
from tests.links._echo import free_port
from tests.targets.test_serve import ready

RELAY = """\
PROGRAM relay
VAR power AT %QX0.3 : BOOL; END_VAR
END_PROGRAM
CONFIGURATION c RESOURCE r ON p TASK t(INTERVAL := T#5ms); PROGRAM main WITH t : relay; END_RESOURCE END_CONFIGURATION
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return tiny(tmp_path_factory.mktemp("project") / "tiny")


@pytest.fixture(scope="module")
def relay(project: Project) -> Iterator[str]:
    """HOST:PORT of a Modbus slave whose coil 3 switches the box."""
    file = project.folder / "relay.st"
    file.write_text(RELAY)
    with ready(file, "--modbus", "127.0.0.1:0") as (_, line):
        yield line.split()[-1]


@pytest.fixture(scope="module")
def box(project: Project) -> Iterator[dict[str, Any]]:
    """The changes of a rig that lead to the box."""
    doors = ("--opcua", "opc.tcp://127.0.0.1:0", "--modbus", "127.0.0.1:0", "--unlocated", "--clock", "lockstep")
    with ready(project.program, *doors, "--serial-number", "B-7") as (_, line):
        (url,), (address,) = re.findall(r"(opc\.tcp://\S+)", line), re.findall(r"modbus (\S+)", line)
        yield {"links.opcua.url": url, "links.modbus-tcp.address": address, "links.modbus-tcp.outstanding": 16}


def run(project: Project, out: Path, changes: dict[str, Any], link: str | None = None) -> dict[str, Any]:
    values = {name.replace(".", "__"): value for name, value in changes.items()}
    return Run(project.open(**values), Options(link=link, folder=out, target="external")).execute()


@pytest.mark.parametrize(("link", "serial"), [("opcua", "serial_number"), ("modbus-tcp", "object 128")])
def test_a_box_is_switched_on_and_identified_and_gives_the_verdict_of_its_program(
    project: Project, relay: str, box: dict[str, Any], link: str, serial: str, tmp_path: Path
) -> None:
    digest = compile_file(project.program).digest[:16]
    coil = {"do": "coil", "address": relay, "coil": 3}
    on = {"do": "register", "address": relay, "table": "coil", "at": 3, "equals": 1, "within": "20s"}
    up = [{**coil, "value": True}, on, {"do": "port"}, {"do": "command", "command": ["test", "-f", "rig.toml"]}]
    external_part = {
        "up": up,
        "down": [{**coil, "value": False}],
        "expect": {serial: "B-7", "software_revision": digest},
    }
    result = run(project, tmp_path / "run", {**box, "targets.external": external_part}, link)
    target = result["target"]
    assert (result["verdict"], target["name"], target["identity"]["model"]) == ("pass", "external", "virtual PLC")
    assert target["identity"][serial] == "B-7"
    assert target["up"][0]["step"] == f"coil 3 of {relay} on"
    assert target["down"] == [{"step": f"coil 3 of {relay} off", "done": True}]
    external.register(relay, 1, ("coil", 3), 0, 20.0).perform()
    fused = Run(project.open(), Options(folder=tmp_path / "fused")).execute()
    assert result["record"]["digest"] == fused["record"]["digest"]


@pytest.mark.parametrize(
    ("step", "expect", "error", "words"),
    [
        ({"do": "port"}, {"serial_number": "B-8"}, InputError,
         r"^the target at opc\.tcp://\S+ has the serial number 'B-7', the rig expects 'B-8'; is it the right one\?$"),
        ({"do": "port"}, {"serial_numbr": "B-7"}, InputError,
         r" does not say its serial numbr; did you mean 'serial_number'\?; it says manufacturer, model, "),
        ({"do": "port", "address": "127.0.0.1:9", "within": "200ms"}, {}, RunError,
         r"^the target at \S+ did not come up: step 1, port 127\.0\.0\.1:9: nobody answers \(.*\) \(wait"),
        ({"do": "node", "node": "urn:hilbench:controller;s=Controller.State", "equals": "stop", "within": "200ms"},
         {}, RunError, r"step 1, node urn:hilbench:controller;s=Controller\.State of \S+: it is 'run', not 'stop' \("),
        ({"do": "node", "node": "urn:other;i=1", "equals": 1}, {}, InputError, r"has no namespace 'urn:other'; it has"),
        ({"do": "coil", "address": "RELAY", "coil": 4, "value": True}, {}, RunError,
         r"step 1, coil 4 of \S+ on: it is refused with exception 2 \(illegal data address\)$"),
        ({"do": "command", "command": ["sh", "-c", "echo no power >&2; exit 3"]}, {}, RunError,
         r"step 1, command sh -c .*: it ended with status 3: no power$"),
        ({"do": "send", "port": "/dev/no_such_line", "bytes": "A0 01"}, {}, RunError,
         r"step 1, a0 01 to /dev/no_such_line: /dev/no_such_line: the port is lost or not there"),
    ],
    ids=["wrong serial", "unknown word", "no port", "never ready", "no namespace", "no coil", "command", "no line"],
)  # fmt: skip
def test_what_does_not_come_up_ends_in_one_sentence_and_is_switched_off(
    project: Project, relay: str, box: dict[str, Any], step: dict[str, Any], expect: dict[str, str],
    error: type[HilError], words: str, tmp_path: Path,
) -> None:  # fmt: skip
    step = {key: relay if value == "RELAY" else value for key, value in step.items()}
    part = {"up": [step], "expect": expect, "down": [{"do": "command", "command": ["touch", str(tmp_path / "off")]}]}
    with pytest.raises(error, match=words):
        run(project, tmp_path / "run", {**box, "targets.external": part})
    assert (tmp_path / "off").exists()


def test_a_step_down_that_fails_is_warned_of_and_costs_no_result(
    project: Project, box: dict[str, Any], tmp_path: Path
) -> None:
    down = [{"do": "command", "command": ["false"]}]
    with pytest.warns(RuntimeWarning, match="is not taken down: command false: it ended with status 1: without a word"):
        result = run(project, tmp_path, {**box, "targets.external": {"down": down}})
    assert (result["verdict"], result["target"]["down"]) == ("pass", [{"step": "command false", "done": False}])


def test_a_canopen_node_is_identified_by_its_object(tmp_path: Path) -> None:
    drive = Path(__file__).parents[2] / "rigs" / "drive"
    bus = f"udp_multicast:239.74.163.2:{free_port()}"
    can = {"links.can.bus": bus, "links.can.wiring": "canopen.toml", "links.can.external": True}

    def met(serial_number: str) -> Run:
        rig = open_rig(drive, {**can, "targets.external": {"expect": {"serial_number": serial_number}}})
        return Run(rig, Options("brief", "can", folder=tmp_path / serial_number, target="external"))

    program = (drive / open_rig(drive).file.controller.program).resolve()
    with ready(program, "--can", bus, "--can-wiring", str(drive / "canopen.toml"), "--clock", "lockstep"):
        result = met("0x00000000").execute()
        assert (result["verdict"], result["target"]["identity"]["product"]) == ("pass", "0x00000001")
        with pytest.raises(InputError, match="has the serial number '0x00000000', the rig expects '0x00000001'"):
            met("0x00000001").execute()


@pytest.mark.parametrize("link", ["opcua", "modbus-tcp", "modbus-rtu", "can", "serial"])
def test_a_box_without_an_address_is_named(project: Project, link: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"the target external is met over {link}: \[links\.{link}\] needs the "):
        run(project, tmp_path, {}, link)


def test_a_box_is_not_met_without_a_wire(project: Project, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the target external is met over a wire, not over 'fused'"):
        run(project, tmp_path, {}, "fused")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            '{ do = "coli", coil = 1 }',
            r"targets\.external\.up\.0: no kind 'coli' of step; there are command, pause, coil,",
        ),
        ("{ coil = 1 }", r"'targets\.external\.up\.0\.do' is missing; there are command, pause, "),
        ('{ do = "coil", coil = 1, value = true }', r"'targets\.external\.up\.0\.address' is missing$"),
        (
            '{ do = "port", adress = "a:1" }',
            r"unknown key 'targets\.external\.up\.0\.adress'; did you mean 'address'\?$",
        ),
        ('{ do = "port", address = "box" }', r"\.0\.address: 'box' is not HOST:PORT; write 192\.168\.0\.10:502$"),
        ('{ do = "send", port = "a", bytes = "A" }', r"\.0\.bytes: 'A' are no bytes; write them as hex, A0 01 01 A2$"),
    ],
)
def test_a_step_that_is_none_is_named_with_its_place(step: str, words: str, tmp_path: Path) -> None:
    own = tiny(tmp_path / "tiny")
    own.change(own.rig, "[[wires]]", f"[targets.external]\nup = [{step}]\n\n[[wires]]")
    with pytest.raises(InputError, match=r"rig\.toml:24: .*" + words):
        own.open()


@pytest.mark.parametrize(
    ("changes", "up", "words"),
    [
        ({"links.opcua.url": "opc.tcp://box"}, {"do": "port"}, "'box' names no host and port to wait for; give the"),
        ({"links.modbus-rtu.port": "/dev/no"}, {"do": "node", "node": "i=1", "equals": 1},
         "'/dev/no' is no OPC UA server's; give the step node 'i=1' a url, opc"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_take_its_place_from_the_link_says_so(
    project: Project, changes: dict[str, Any], up: dict[str, Any], words: str, tmp_path: Path
) -> None:
    link = "opcua" if "links.opcua.url" in changes else "modbus-rtu"
    with pytest.raises(InputError, match=words):
        run(project, tmp_path, {**changes, "targets.external": {"up": [up]}}, link)


def test_a_pause_takes_its_time_and_a_port_that_nobody_listens_at_is_an_error() -> None:
    assert external.pause(0.01).perform() >= 0.01
    with pytest.raises(RunError, match=r"port 127\.0\.0\.1:\d+: nobody answers"):
        external.port(f"127.0.0.1:{free_port()}", 0.0).perform()
