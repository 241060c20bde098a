import json
import shutil
import socket
from pathlib import Path

import pytest

from hil.bench.wire_check import shortest_period
from hil.targets import VirtualPlc
from tests.bench._tiny import Project
from tests.cli.test_run import hil, project
from tests.links.can._bus import whole_bus
from tests.targets.conftest import plc

MS = 1_000_000
ROOT = Path(__file__).parents[2]
__all__ = ["plc", "project"]  # fixtures


def test_a_wire_is_measured(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    assert hil(monkeypatch, "link", "test", ".", "--link", "modbus-tcp", "--exchanges", "50", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["link"], found["exchanges"], found["failed"]) == ("modbus-tcp", 50, 0)
    assert 0 < found["p50"] <= found["p99"] <= found["p999"] <= found["slowest"]
    assert found["carries"] >= found["p999"]
    assert found["throughput"] * found["p50"] / 1e9 < 10 * found["values"]


@pytest.mark.parametrize(
    ("bus", "says"),
    [
        ("", "clock drift none: the link shows no clock"),
        ("bus =", "the controller sends by itself and is not waited for"),
    ],
    ids=["lockstep", "external"],
)
def test_a_can_bus_has_a_round_trip_where_the_controller_keeps_lockstep(
    bus: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "rigs" / "drive", tmp_path / "rigs" / "drive")
    for folder in ("controllers", "plant_models"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    rig = tmp_path / "rigs" / "drive" / "rig.toml"
    if bus:  # that of a drive which is said to be there already; nobody is
        rig.write_text(
            rig.read_text().replace("[links.can]", f'[links.can]\nexternal = true\n{bus} "{whole_bus()}"\n#')
        )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert hil(monkeypatch, "link", "test", str(rig.parent), "--link", "can", "--exchanges", "20") == 0
    said = capsys.readouterr().out
    assert says in said
    assert "20 exchanges of 9 values, 0 without an answer" in said


def test_who_answers_nothing_is_not_asked_a_thousand_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "rigs" / "drive", tmp_path / "rigs" / "drive")
    for folder in ("controllers", "plant_models"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    rig = tmp_path / "rigs" / "drive" / "rig.toml"
    sent = ", ".join(f'{{ path = "{one}", kind = "f4" }}' for one in ("SPEED", "CURRENT", "SPEED_SP"))
    there, back = f'[{sent}, {{ path = "ENABLE", kind = "u1" }}]', '[{ path = "VOLTAGE", kind = "f4" }]'
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        wire = f'port = "socket://127.0.0.1:{deaf.getsockname()[1]}"\nto_controller = {there}\nfrom_controller = {back}'
        text = rig.read_text().replace('timeout = "2s"', 'timeout = "20ms"').replace("watch = ", "# ")
        first = "[[requirements]]".join(text.split("[[requirements]]")[:2])
        rig.write_text(f"{first}\n[links.serial]\n{wire}\n")
        assert hil(monkeypatch, "link", "test", str(rig.parent), "--link", "serial", "--target", "external") == 4
    assert "serial: no answer to any of 10 exchanges" in capsys.readouterr().err


def test_a_fused_program_has_no_wire(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hil(monkeypatch, "link", "test", ".") == 2
    assert capsys.readouterr().err == "a fused program has no wire to test; name a link, as --link opcua\n"


@pytest.mark.parametrize(
    ("time", "period"), [(0, MS), (MS, MS), (MS + 1, 2 * MS), (5 * MS, 5 * MS), (5 * MS + 1, 10 * MS)]
)
def test_periods_go_in_steps_of_1_2_and_5(time: int, period: int) -> None:
    assert shortest_period(time) == period


def test_a_server_is_browsed_by_namespace(
    plc: VirtualPlc, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hil(monkeypatch, "link", "browse", plc.url, "--namespace", "urn:hilbench:plc", "--find", "TT101") == 0
    assert capsys.readouterr().out == "namespace urn:hilbench:plc\n  TT101 : Float [K]\n1 variables\n"
