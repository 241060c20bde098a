"""The mine's fleet under its dispatch supervisor, and the optimiser beside each named baseline."""

from pathlib import Path
from typing import Any

import pytest

from controllers.design import dispatch_study
from controllers.strategies._pits import PITS
from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "fleet"


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_supervisor_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


@pytest.mark.parametrize(
    ("scenario", "changes", "broken"),
    [
        ("shovel", {"operator.POLICY": 0.0}, "Q1"),
        ("shift", {"operator.POLICY": 1.0}, "T1"),
        ("shift", {"blocks.ADVISER.period": "40s"}, "A1"),
    ],
)
def test_a_worse_dispatcher_fails(scenario: str, changes: dict[str, Any], broken: str, tmp_path: Path) -> None:
    result = Run(open_rig(RIG, changes), Options(scenario=scenario, folder=tmp_path)).execute()
    assert broken in {one["id"] for one in result["findings"] if one["verdict"] == "fail"}


@pytest.mark.parametrize("pit", PITS)
def test_a_seed_gives_the_same_shift_and_another_one_a_different(pit: str) -> None:
    rig = dispatch_study.opened(pit, "optimiser")
    assert dispatch_study.shift(rig, 3, hours=3) == dispatch_study.shift(rig, 3, hours=3)
    assert dispatch_study.shift(rig, 3, hours=3) != dispatch_study.shift(rig, 4, hours=3)


@pytest.mark.slow
def test_on_three_pits_and_ten_seeds_the_optimiser_stands_beside_each_baseline_as_the_docs_say() -> None:
    """Far ahead of the nearest shovel on every seed, ahead of the shortest queue and of the fixed plan in the mean."""
    tonnes = dispatch_study.study()
    for pit in PITS:
        assert (tonnes[pit, "optimiser"] > 1.1 * tonnes[pit, "nearest"]).all()
        assert (tonnes[pit, "optimiser"] / tonnes[pit, "shortest queue"]).mean() > 1.01
        assert (tonnes[pit, "optimiser"] / tonnes[pit, "fixed"]).mean() > 1.0
