"""The published figures of the two parameter sets, computed with the compiled derivative."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve

from hil.bench.plant_run import PlantRun, Run, Setting
from hil.bench.plants import load_plant
from hil.loop import Step, call_block

PLANT = load_plant("cstr", Path(__file__).parents[3])
HOUR, MINUTE = 3600.0, 60.0
Vector = np.ndarray[Any, Any]


def slope(chosen: str, CA: float, T: float, **inputs: float) -> Vector:
    """d(CA, T)/dt, per second."""
    memory = PLANT.memory(chosen, {"CA": CA, "T": T, **inputs})
    dx = PLANT.state.new()
    p, x, u = memory["parameters"], memory["state"], memory["inputs"]
    assert call_block(Step("derivative", PLANT.derivative_kernel.address, 0, p, x, u, dx), 0) == 0
    return np.array([dx["CA"][0], dx["T"][0]])


def column(f: Callable[[float], Vector], at: float, e: float = 1e-5) -> Vector:
    return (f(at + e) - f(at - e)) / (2 * e)


def jacobian(chosen: str, CA: float, T: float, Tc: float) -> Vector:
    by_ca = column(lambda value: slope(chosen, value, T, Tc=Tc), CA)
    return np.column_stack([by_ca, column(lambda value: slope(chosen, CA, value, Tc=Tc), T)])


def steady(CA: float) -> tuple[float, float]:
    """T and Tc at which the `mathworks` set is steady at CA."""
    T = brentq(lambda value: slope("mathworks", CA, value)[0], 250, 500, xtol=1e-11)
    return T, brentq(lambda value: slope("mathworks", CA, T, Tc=value)[1], 201, 399, xtol=1e-11)


def test_mathworks_is_steady_at_the_published_start() -> None:
    found = fsolve(lambda x: slope("mathworks", *x, Tc=298.15) * HOUR, [8.5, 311.0], xtol=1e-12)
    assert found == pytest.approx([8.569837, 311.263498], abs=1e-6)
    assert found == pytest.approx([one.initial for one in PLANT.state.signals], abs=5e-4)


def test_mathworks_at_2_kmol() -> None:
    T, Tc = steady(2.0)
    assert (T, Tc) == pytest.approx((373.1313, 305.2024), abs=1e-4)
    a = jacobian("mathworks", 2.0, T, Tc) * HOUR
    assert a == pytest.approx(np.array([[-5, -0.342669], [47.68, 2.784619]]), abs=1e-5)
    by_tc = column(lambda value: slope("mathworks", 2.0, T, Tc=value), Tc) * HOUR
    by_feed = column(lambda value: slope("mathworks", 2.0, T, Tc=Tc, CAf=value), 10.0) * HOUR
    assert by_tc == pytest.approx([0, 0.3], abs=1e-6)
    assert by_feed == pytest.approx([1, 0], abs=1e-6)


def test_mathworks_is_a_saddle_between_3_6055_and_7_4162_kmol_and_stable_elsewhere() -> None:
    def determinant(CA: float) -> float:
        return float(np.linalg.det(jacobian("mathworks", CA, *steady(CA)) * HOUR))

    assert brentq(determinant, 3.0, 5.0) == pytest.approx(3.6055, abs=1e-4)
    assert brentq(determinant, 5.0, 8.0) == pytest.approx(7.4162, abs=1e-4)
    for CA in np.arange(1.0, 9.5, 0.25):
        fastest_growing = max(np.linalg.eigvals(jacobian("mathworks", CA, *steady(CA))).real)
        assert (fastest_growing > 0) == (3.6055 < CA < 7.4162)


def test_mathworks_poles_at_2_and_5_kmol() -> None:
    poles = np.linalg.eigvals(jacobian("mathworks", 2.0, *steady(2.0)) * HOUR)
    assert np.sort_complex(poles) == pytest.approx([-1.10769 - 1.09014j, -1.10769 + 1.09014j], abs=1e-4)
    poles = np.linalg.eigvals(jacobian("mathworks", 5.0, *steady(5.0)) * HOUR)
    assert np.sort(poles.real) == pytest.approx([-0.80227, 0.51723], abs=1e-4)


@pytest.mark.parametrize(("CA", "T"), [(0.8772529, 324.47544), (0.4999183, 350.00553), (0.2087614, 369.7049)])
def test_seborg_has_three_steady_states(CA: float, T: float) -> None:
    found = fsolve(lambda x: slope("seborg", *x) * MINUTE, [CA, T + 0.5], xtol=1e-12)
    assert found == pytest.approx([CA, T], rel=2e-7)


def test_seborg_is_unstable_in_the_middle_and_when_hot() -> None:
    poles = np.linalg.eigvals(jacobian("seborg", 0.4999183, 350.00553, 300.0) * MINUTE)
    assert max(poles.real) == pytest.approx(2.834, abs=1e-3)
    poles = np.linalg.eigvals(jacobian("seborg", 0.2087614, 369.7049, 300.0) * MINUTE)
    assert poles.real == pytest.approx([1.357, 1.357], abs=1e-3)


def run(minutes: int, chosen: str, **settings: float) -> Run:
    moved = [Setting(name, value, 0, name) for name, value in settings.items()]
    until = minutes * 60 * 10**9
    return Run(PlantRun(plant=PLANT, until=until, step=10**9, every=until, settings=moved, parameter_set=chosen))


@pytest.mark.parametrize(("CA", "T"), [(0.5, 349.0), (0.5, 351.0), (0.21, 370.0)])
def test_seborg_comes_to_rest_at_its_cold_steady_state_alone(CA: float, T: float) -> None:
    *_, rows = run(60, "seborg", CA=CA, T=T).portions()
    assert rows[-1, 5:7] == pytest.approx((0.8772529, 324.47544), rel=1e-6)


def test_heat_is_balanced_when_steady() -> None:
    *_, rows = run(100 * 60, "mathworks", Tc=290.0).portions()
    named = dict(zip(run(1, "mathworks").columns, rows[-1], strict=True))
    feed = named["F"] * 500 * 4184 * (named["T"] - named["Tf"])
    assert named["Qr"] == pytest.approx(named["Qc"] + feed, rel=1e-9)


def test_the_rupture_disc_ends_a_run_where_it_opens() -> None:
    this = run(300, "mathworks", T_max=330.0, Tc=330.0)
    *_, rows = this.portions()
    assert this.reason == "the rupture disc opened: T reached T_max"
    assert rows[-1, 6] == pytest.approx(330.0, abs=1e-9)
    assert rows[-1, 6] >= 330.0
    assert rows[-1, 0] == this.ended / 1e9
