"""The ethylenediamine rig: its program holds what it has to hold, a broken one does not."""

from pathlib import Path
from typing import Any

import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "eda"
PROGRAM = Path(__file__).parents[2] / "controllers" / "plc" / "eda.st"


def run(out: Path, scenario: str, changes: dict[str, Any] | None = None, seed: int | None = None) -> dict[str, Any]:
    return Run(open_rig(RIG, changes), Options(scenario=scenario, folder=out, seed=seed)).execute()


def broken(result: dict[str, Any]) -> set[str]:
    return {one["id"] for one in result["findings"] if one["verdict"] == "fail"}


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


@pytest.mark.parametrize("seed", [2, 3])
def test_the_verdict_does_not_hang_on_one_seed(seed: int, tmp_path: Path) -> None:
    assert run(tmp_path, "upset", seed=seed)["verdict"] == "pass"


def test_without_its_limits_a_unit_gets_too_hot(tmp_path: Path) -> None:
    result = run(tmp_path, "wrong_spring", {"controller.values.LIMITS_FACTOR": 2.0})
    assert {"S2b", "S3b", "T5", "T6"} <= broken(result)


def test_without_cross_limits_a_weak_pump_leaves_eo_alone(tmp_path: Path) -> None:
    text = PROGRAM.read_text("utf-8")
    limit = "EO_SP := MIN(DEMAND, NH3 / (0.97 * RATIO_SP) * M_EO);"
    assert limit in text
    (tmp_path / "eda.st").write_text(text.replace(limit, "EO_SP := DEMAND;"), "utf-8")
    result = run(tmp_path / "run", "weak_pump", {"controller.program": str(tmp_path / "eda.st")})
    assert {"W1", "W2"} & broken(result)
