"""The four tanks' rig: every requirement with every controller, and predictive control is the quickest of them."""

from pathlib import Path

import numpy as np
import pytest

from hil.record import read
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "quadtank"


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_every_requirement_is_kept(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


def test_predictive_control_makes_the_steps_with_less_error_than_the_others(tmp_path: Path) -> None:
    """Integrated absolute errors of both levels through both steps; all loops have a peak sensitivity below 1.76."""
    errors = {}
    for name in ("pi", "lqi", "mpc", "shaped"):
        check_rig(RIG, name, tmp_path / name)
        found = read(tmp_path / name / "record.mf4")
        off = sum(np.abs(found[f"plant.h{i}"] - found[f"operator.SP{i}"]) for i in (1, 2))
        errors[name] = off[1800:4200].sum()
    assert errors["mpc"] < 0.75 * min(one for name, one in errors.items() if name != "mpc")
