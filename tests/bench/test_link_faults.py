"""Faults of the link in a scenario: they reach the verdict, and a rig says how many it tolerates."""

import pytest

from hil.errors import InputError
from tests.bench._tiny import Project, finding
from tests.bench.test_run import record

DROPPED = (
    'events = [{ at = "3s", set = "link.fault_disconnect", value = 1 }, '
    '{ at = "5s", set = "link.fault_disconnect", value = 0 }]'
)
STEP = 'events = [{ at = "5s", set = "operator.level", value = 4.0 }]'


def test_the_memory_link_is_the_fused_program(project: Project) -> None:
    project.run("fused")
    result = project.run("memory", link="memory")
    assert record(project, "fused").digest == record(project, "memory").digest
    assert result["link_health"]["errors"] == 0


def test_a_cut_wire_is_stale_and_no_pass(project: Project) -> None:
    project.change(project.rig, STEP, DROPPED)
    result = project.run(link="memory")
    kept = record(project)
    assert (result["verdict"], kept["link.stale"][-1]) == ("inconc", 19)
    assert kept["link.age"].max() == 2_000_000_000
    assert "exchanges found the controller's answer stale in the window" in finding(result, "R1")["reason"]


def test_a_rig_may_tolerate_stale_answers(project: Project) -> None:
    project.change(project.rig, STEP, DROPPED)
    project.change(project.rig, "[scenarios.step]", "[overruns]\nstale = 19\n\n[scenarios.step]")
    assert finding(project.run(link="memory"), "R1")["verdict"] != "inconc"


def test_a_fused_program_has_no_wire_to_break(project: Project) -> None:
    project.change(project.rig, STEP, DROPPED)
    with pytest.raises(InputError, match="scenario 'step' sets faults of the link, and a fused program has none; run"):
        project.run()
