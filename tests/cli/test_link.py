import json
from pathlib import Path

import pytest

from hil.bench.wire_check import shortest_period
from hil.targets import VirtualPlc
from tests.bench._tiny import Project
from tests.cli.test_run import hil, project
from tests.targets.conftest import plc

MS = 1_000_000
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
