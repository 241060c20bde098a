import random
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.run import Options, Run
from hil.errors import InputError
from hil.record import Recording, read
from tests.bench._tiny import Project, finding, tiny, written

MS = 1_000_000


def record(project: Project, out: str = "run") -> Recording:
    return read(project.folder / out / "record.mf4")


def test_every_tick_of_the_scenario_is_on_record_with_both_its_ends(project: Project) -> None:
    result = project.run()
    kept = record(project)
    assert kept.t.tolist() == [100 * MS * i for i in range(101)]
    assert (result["verdict"], result["steps"], result["simulated_s"]) == ("pass", 100, 10.0)
    assert result["record"]["rows"] == 101
    assert result["record"]["digest"] == kept.digest


def test_an_answer_acts_one_exchange_after_its_sample(project: Project) -> None:
    project.run(plant__leak=0.0, LT1__noise=0.0)
    level = record(project)["plant.level"][:6]
    expected = [1.0, 1.0]
    for i in range(4):
        expected.append(expected[i + 1] + 0.1 * (2.0 - expected[i]))
    assert level == pytest.approx(expected, abs=1e-15)


def test_an_event_happens_at_its_tick(project: Project) -> None:
    project.run()
    asked = record(project)["operator.level"]
    assert asked.tolist() == [2.0] * 50 + [4.0] * 51


def test_a_record_that_is_coarser_than_the_loop_lets_nothing_pass(project: Project) -> None:
    verdict = project.run("fine")["verdict"]
    judged = project.run("coarse", record="500ms")
    assert (verdict, judged["verdict"]) == ("pass", "inconc")
    assert "the record keeps one sample in 500ms" in judged["findings"][0]["reason"]
    fine, coarse = record(project, "fine"), record(project, "coarse")
    assert coarse.t.tolist() == fine.t[::5].tolist()
    assert coarse["plant.level"].tolist() == fine["plant.level"][::5].tolist()


def test_one_seed_gives_one_record_and_another_seed_another(project: Project) -> None:
    digests = {
        (run, seed): project.run(f"{run}{seed}", seed=seed)["record"]["digest"] for run in "ab" for seed in (1, 2)
    }
    files = {key: (project.folder / f"{key[0]}{key[1]}" / "record.mf4").read_bytes() for key in digests}
    assert files["a", 1] == files["b", 1] != files["a", 2]
    assert len(set(digests.values())) == 2


def test_twenty_runs_in_any_order_give_the_same_records(project: Project) -> None:
    runs = list(product(range(5), (1, 2), ("rk4", "euler")))
    random.Random(0).shuffle(runs)
    digests: dict[tuple[int, str], set[str]] = {}
    for number, seed, solver in runs:
        result = project.run(f"{number}{seed}{solver}", seed=seed, plant__solver=solver)
        digests.setdefault((seed, solver), set()).add(result["record"]["digest"])
    assert [len(found) for found in digests.values()] == [1] * 4
    assert len(set.union(*digests.values())) == 4


def test_a_number_on_the_way_to_a_switch_is_on_or_off(project: Project) -> None:
    project.change(project.program, "DIVISOR : INT;", "DIVISOR : INT; START : BOOL;")
    project.change(project.program, "RUNNING := TRUE", "RUNNING := START")
    operator = '[operator.start]\nunit = "1"\nwords = "a number"\nvalue = 2.0\n\n[controller]'
    project.change(project.rig, "[controller]", operator)
    wire = '[[wires]]\nfrom = "operator.start"\nto = "controller.START"\n\n[scenarios.step]'
    project.change(project.rig, "[scenarios.step]", wire)
    project.run(controller__watch=["RUNNING"])
    assert record(project)["controller.RUNNING"].tolist() == [0] + [1] * 100


@pytest.mark.parametrize("rates", [{}, {"plant__step": "50ms", "controller__period": "300ms"}], ids=["one", "several"])
def test_over_the_wire_the_traces_differ_by_no_tick(project: Project, rates: dict[str, Any]) -> None:
    rates |= {"scenarios__step__duration": "9s"}
    fused, wired = project.run("fused", **rates), project.run("wired", link="opcua", **rates)
    one, other = record(project, "fused"), record(project, "wired")
    levels = one["plant.level"], other["plant.level"]
    shifted = [np.array_equal(levels[0][: len(one.t) - n], levels[1][n:]) for n in range(5)]
    assert shifted == [True] + [False] * 4
    assert one.digest == other.digest
    assert wired["findings"] == fused["findings"]
    assert (wired["link"], wired["verdict"], wired["link_health"]["errors"]) == ("opcua", "pass", 0)


FAULT = 'events = [{ at = "3s", set = "controller.DIVISOR", value = 0 }]'


@pytest.mark.parametrize("link", ["fused", "memory", "opcua", "modbus-tcp", "modbus-rtu"])
def test_a_fault_of_the_controller_fails_with_its_place(project: Project, link: str) -> None:
    project.change(project.rig, 'events = [{ at = "5s", set = "operator.level", value = 4.0 }]', FAULT)
    result = project.run(link=link)
    run = finding(result, "run")
    assert (result["verdict"], run["verdict"], run["at_s"], run["margin"]) == ("fail", "fail", 3.0, -7.0)
    words = f"the controller stopped with a fault: 100 divided by zero ({project.program}:18)"
    assert run["reason"] == result["ended"] == words
    assert finding(result, "R1")["verdict"] == "inconc"


def test_a_plant_that_shuts_itself_down_ends_the_run_at_that_instant(project: Project) -> None:
    result = project.run(plant__leak=0.0, LT1__noise=0.0, plant__rim=1.05)
    run, kept = finding(result, "run"), record(project)
    assert (result["verdict"], run["reason"]) == ("fail", "plant tank shut itself down: the tank ran over")
    assert run["at_s"] == pytest.approx(0.15, abs=2e-9)
    assert kept.t.tolist() == [0, 100 * MS, round(run["at_s"] * 1e9)]
    assert kept["plant.level"][-1] == pytest.approx(1.05, abs=2e-9)


def test_the_outputs_on_the_last_row_belong_to_its_state(project: Project) -> None:
    project.run(plant__rim=1.05)
    kept = record(project)
    assert kept["plant.outflow"][-1] == 0.1 * kept["plant.level"][-1]


def test_a_plant_that_diverges_is_an_error_with_state_and_time(project: Project) -> None:
    project.change(project.plant, "0, 1e9, 10.0", "0, 1e300, 1e300")
    result = project.run(plant__growth=10.0)
    run = finding(result, "run")
    assert (result["verdict"], run["verdict"]) == ("error", "error")
    assert run["reason"] == "plant tank diverged: level = nan m at t = 300ms"
    assert run["at_s"] == record(project).t[-1] / 1e9 == result["simulated_s"] == 0.3


def test_a_derivative_that_raises_is_an_error(project: Project) -> None:
    project.change(project.plant, "    dx.level", "    if t >= 2_000_000_000:\n        raise ValueError\n    dx.level")
    result = project.run()
    assert (result["verdict"], result["ended"]) == ("error", "block plant raised an error in compiled code")


def test_a_plant_that_cannot_be_compiled_is_refused_and_nothing_is_written(project: Project) -> None:
    line = project.change(project.plant, "g.rim = x.level - p.rim", "g.rim = x.depth - p.rim") - 1
    with pytest.raises(InputError) as error:
        project.run()
    assert str(error.value) == (
        f"{project.plant}:{line}: kernel trip cannot be compiled: the record has no field 'depth'"
    )
    assert not (project.folder / "run").exists()


def test_a_late_bench_gives_no_verdict_on_the_plants_shut_down_either(project: Project) -> None:
    result = project.run(rate=10**6, plant__rim=3.0)
    assert (result["verdict"], finding(result, "run")["verdict"]) == ("inconc", "inconc")
    assert result["ended"] == "plant tank shut itself down: the tank ran over"


def test_a_late_bench_is_inconclusive_whatever_it_measures(project: Project) -> None:
    result = project.run(rate=10**6, requirements__R1__high=2.0)
    assert {one["verdict"] for one in result["findings"]} == {"inconc"}
    assert result["loop"]["late"] > 0
    assert "ticks began late in the window" in finding(result, "R1")["reason"]


def test_a_tolerant_policy_is_kept(project: Project) -> None:
    result = project.run(rate=10**6, overruns__lateness="1h")
    assert (result["verdict"], result["loop"]["late"], result["clock"]) == ("pass", 0, "x1000000")


def test_a_run_that_judges_nothing_is_an_error(project: Project) -> None:
    project.change(
        project.rig, "[[requirements]]", '[scenarios.idle]\nwords = "w"\nduration = "1s"\n\n[[requirements]]'
    )
    for name in ("R1", "R2"):
        project.change(project.rig, f'id = "{name}"\n', f'id = "{name}" \nscenarios = ["step"]\n')
    result = project.run(scenario="idle")
    assert (result["verdict"], result["ended"]) == ("error", "no requirement is judged in scenario 'idle'")
    assert [one["id"] for one in result["findings"]] == ["run"]


def test_an_unknown_scenario_names_the_nearest(project: Project) -> None:
    with pytest.raises(InputError) as error:
        Run(project.open(), Options(scenario="stp"))
    assert str(error.value) == "rig tiny has no scenario 'stp'; did you mean 'step'?; it has step"


def test_a_run_folder_with_something_in_it_is_left_alone(project: Project) -> None:
    project.run("run")
    before = {path: path.read_bytes() for path in (project.folder / "run").iterdir()}
    with pytest.raises(InputError) as error:
        project.run("run")
    assert str(error.value) == f"the run folder {project.folder / 'run'} is not empty; name another, or remove it"
    assert {path: path.read_bytes() for path in (project.folder / "run").iterdir()} == before


def test_the_result_names_what_the_run_was_made_from(project: Project) -> None:
    first = project.run("first")
    project.change(project.plant, "p.leak * x.level + ", "p.leak * x.level * 1.0 + ")
    assert written(project, "first") == first
    paths = [one["path"] for one in first["inputs"]]
    assert [str(project.rig), str(project.program), str(project.plant)] == paths[:3]
    own = ("blocks.sensors", "blocks.solver_kernels", "loop.kernels", "loop.walk", "loop.wires")
    assert {"kernels of plant_models.tank", *(f"kernels of hil.{one}" for one in own)} == set(paths[3:])


def test_a_plant_never_runs_as_another_projects_plant_of_the_same_name(project: Project, tmp_path: Path) -> None:
    other = tiny(tmp_path / "other")
    other.change(other.plant, "y.outflow = p.leak", "y.outflow = 7.0 * p.leak")
    opened = project.open()
    other.run()
    with pytest.raises(InputError, match=r"^plant_models.tank has no derivative of its own that is this one: "):
        Run(opened, Options(folder=tmp_path / "first")).execute()
    result = project.run("second")
    assert record(project, "second")["plant.outflow"][0] == 0.1
    assert str(project.plant) in [one["path"] for one in result["inputs"]]


def test_a_plant_outside_its_envelope_is_judged_by_no_requirement_whose_window_holds_it(project: Project) -> None:
    project.change(
        project.plant,
        "PLANT = Plant(",
        "def outside(t, h, p, x, u, g):\n    g.brim = x.level - 0.9\n\n\nPLANT = Plant(\n    outside=outside,\n"
        '    envelope=record("Envelope", brim=signal("m", "a level above 0.9 m")),\n   ',
    )
    result = project.run()
    found = finding(result, "R1")
    assert found["verdict"] == "inconc"
    assert found["reason"].endswith("samples lay outside the plant's envelope (brim) in the window")
