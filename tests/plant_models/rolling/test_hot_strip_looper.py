"""The looper against mechanics: virtual work, forces in balance in the bite, Hooke's law, conservation of volume."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.plant_run import PlantRun, Run, setting
from hil.bench.plants import load_plant
from hil.loop import Step, call_block
from plant_models.rolling._looper import lever, way

MS = 10**6
PLANT = load_plant("hot_strip_looper", Path(__file__).parents[3])


def run(*settings: str, until: int = 1000) -> tuple[Run, dict[str, Any]]:
    """A run of so many ms, a row at each; the columns by name."""
    what = [setting(one) for one in settings]
    found = Run(PlantRun(plant=PLANT, settings=what, until=until * MS, step=MS, every=MS))
    rows = np.concatenate(list(found.portions()))
    return found, {name: rows[:, i] for i, name in enumerate(found.columns)}


def at_start() -> Any:
    """The memory after the first outputs."""
    memory = PLANT.memory()
    p, x, u, y = (memory[role] for role in ("parameters", "state", "inputs", "outputs"))
    for kernel in (PLANT.update_kernel, PLANT.measure_kernel):
        assert kernel is not None
        call_block(Step("looper", kernel.address, MS, p, x, u, y), 0)
    return memory


def test_it_starts_steadily() -> None:
    _, seen = run(until=2000)
    for name, value in (("tension", 8e6), ("theta", 0.35), ("h1", 3e-3), ("h2", 2.4e-3), ("strip2", 10.0)):
        assert seen[name] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("theta", [0.2, 0.35, 0.6, 0.9])
def test_the_lever_of_the_pull_is_the_slope_of_the_way(theta: float) -> None:
    p, e = PLANT.memory()["parameters"][0], 1e-6
    assert lever(p, theta) == pytest.approx((way(p, theta + e) - way(p, theta - e)) / (2 * e), rel=1e-7)


def test_the_strip_stretches_by_hookes_law_and_slack_pulls_at_nothing() -> None:
    p = PLANT.memory()["parameters"][0]
    _, seen = run("tref=4600", "Ls=5.52", until=3000)
    strain = np.array([way(p, one) for one in seen["theta"]]) / seen["Ls"] - 1
    assert seen["tension"] == pytest.approx(np.maximum(1e11 * strain, 0), abs=1)
    assert seen["tension"].min() == 0 < seen["tension"].max()


def test_the_forces_in_the_bite_are_in_balance_about_the_neutral_point() -> None:
    """Even pressure and friction towards the neutral point from both sides, summed up over 100,000 slices."""
    memory = at_start()
    p = memory["parameters"][0]
    pulls, mu = (5e6, 8e6, 5e6), 1.05 - 0.0005 * 900
    for i in range(2):
        bite = math.sqrt((p.h_in[i] - p.h_out[i]) / 0.35)
        pressure = p.force[i] / (1.2 * 0.35 * bite)
        phi = (np.arange(100_000) + 0.5) * bite / 100_000
        along = np.where(phi > p.gamma[i] * bite, mu, -mu) - phi
        drawn = 2 * pressure * 0.35 * along.sum() * bite / 100_000
        assert drawn + pulls[i + 1] * p.h_out[i] - pulls[i] * p.h_in[i] == pytest.approx(0, abs=1e-4 * pressure)


@pytest.mark.parametrize("upset", ["h0=0.00402", "sref2=0.00033", "vref1=7.40", "tref=4400"])
def test_in_a_steady_state_the_volume_flow_is_the_same_through_both_stands(upset: str) -> None:
    _, seen = run(upset, until=40_000)
    assert abs(seen["theta"][-1] - 0.35) > 1e-3
    assert abs(seen["flow_closure"][-1]) < 1e-9


def test_what_left_stand_1_and_did_not_enter_stand_2_lies_between_them() -> None:
    _, seen = run("sref2=0.00032", until=2000)
    rate = seen["strip1"] - seen["into2"]
    came = np.cumsum(0.5 * (rate[1:] + rate[:-1])) * 1e-3
    assert seen["Ls"][1:] - seen["Ls"][0] == pytest.approx(came, abs=2e-5)


@pytest.mark.parametrize(
    ("upset", "reason"),
    [
        ("vref1=7.0", "the strip tore between the stands"),
        ("vref1=7.8", "the looper came to its upper stop: the loop is lost"),
        ("tref=500", "the looper came to its lower stop: the strip is drawn flat"),
    ],
)
def test_what_ends_a_run_is_named(upset: str, reason: str) -> None:
    found, seen = run(upset, until=20_000)
    assert found.reason == reason
    assert all(np.isfinite(column).all() for column in seen.values())
