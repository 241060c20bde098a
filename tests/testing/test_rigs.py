from pathlib import Path

import pytest

from hil.cli.new import create
from hil.testing import check_rig, scenarios


@pytest.fixture
def rig(tmp_path: Path) -> Path:
    return create("tank", tmp_path) / "rigs" / "tank"


def test_a_rig_has_the_scenarios_of_its_file(rig: Path) -> None:
    assert scenarios(rig) == ("step", "leak")


def test_a_rig_that_passes_gives_its_result(rig: Path, tmp_path: Path) -> None:
    result = check_rig(rig, "leak", tmp_path / "run")
    assert [one["id"] for one in result["findings"]] == ["R1", "R2", "R4"]
    assert Path(result["paths"]["report"]).parent == tmp_path / "run"


def test_a_rig_that_fails_names_what_failed_and_by_how_much(rig: Path, tmp_path: Path) -> None:
    file = rig / "rig.toml"
    file.write_text(file.read_text().replace("high = 1.8", "high = 0.9"))
    with pytest.raises(AssertionError) as error:
        check_rig(rig, "leak", tmp_path / "run")
    assert str(error.value).splitlines() == [
        "tank / leak: fail",
        "  R1 fail, margin -0.1024 m: the level stays below the interlock (plant.h came to 1.00242 m)",
    ]
