"""The arc furnace's rig: its program makes a heat and keeps its interlocks."""

from pathlib import Path

import pytest

from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "arc"


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)
