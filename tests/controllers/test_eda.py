import numpy as np
import pytest

from controllers.design import eda
from controllers.design.reactor import margins


def test_the_program_has_the_gains_that_are_derived() -> None:
    assert eda.written(eda.PROGRAM.read_text("utf-8")) == eda.derive()


@pytest.mark.parametrize("rate", eda.RATES)
def test_the_plant_is_steady_where_it_is_linearised_and_stable_there(rate: float) -> None:
    at = eda.point(rate)
    assert np.abs(eda.Flow(rate)(np.concatenate([at.x, at.valves]))[: eda.STATES]).max() < 1e-3  # W, of 2 MW
    assert np.linalg.eigvals(at.a).real.max() < 0


def test_every_loop_is_stable_and_robust_where_margins_are_least() -> None:
    for name, loop in eda.loops(eda.point(0.4), eda.derive()):
        found = margins(loop)
        assert found.stable, name
        assert found.up > 5, name
        assert found.phase > 45, name
        assert found.sensitivity < 1.6, name


def test_twenty_times_the_gain_is_not_stable() -> None:
    name, loop = list(eda.loops(eda.point(1.0), eda.derive()))[3]
    assert name == "TICU1"
    assert not margins(20 * loop).stable
