"""Against published figures: N. L. Ricker's table of the optimal modes (Computers and Chemical Engineering 19 (1995)
949-959, and his archive), and shut-down times of the authors' program in double precision, Euler, 1 s.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from hil.bench.plant_run import PlantRun, Run, setting
from hil.bench.plants import load_plant
from hil.loop import Step, call_block
from plant_models.reactors._te_random import draw

Rows = np.ndarray[Any, Any]
SECOND, HOUR = 10**9, 3600 * 10**9
PLANT = load_plant("tennessee_eastman", Path(__file__).parents[3])
MODES = ("base", "mode1", "mode2", "mode3", "mode4", "mode5", "mode6")
with Path(__file__).with_name("tennessee_eastman_modes.csv").open(encoding="utf-8") as file:
    PUBLISHED = {row["xmeas"]: row for row in csv.DictReader(file)}


def at_start(mode: str) -> tuple[Any, Any]:
    """Outputs and derivative, per hour, of a published state, without noise."""
    memory, rates = PLANT.memory(mode), PLANT.state.new()
    p, x, u, y = (memory[role] for role in ("parameters", "state", "inputs", "outputs"))
    for kernel, out in ((PLANT.update_kernel, y), (PLANT.measure_kernel, y), (PLANT.derivative_kernel, rates)):
        assert kernel is not None
        call_block(Step("plant", kernel.address, SECOND, p, x, u, out), 0)
    return y, rates.view(np.ndarray).view("f8").reshape(-1) * 3600


def run(*settings: str, until: int = 5 * HOUR, every: int = HOUR) -> tuple[Run, Rows]:
    what = [setting(one) for one in settings]
    found = Run(PlantRun(plant=PLANT, until=until, step=SECOND, every=every, settings=what, method="euler"))
    return found, np.concatenate(list(found.portions()))


@pytest.mark.parametrize("mode", MODES)
def test_all_41_measurements_of_the_published_modes_come_out_to_every_printed_digit(mode: str) -> None:
    y, _ = at_start(mode)
    for number in range(1, 42):
        printed = PUBLISHED[str(number)][mode]
        digits = len(printed.partition(".")[2])
        assert round(float(y[f"xmeas{number}"][0]), digits) == float(printed), f"xmeas{number}"


DRIFT = (9.4e-4, 1.03e-2, 1.55e-2, 1.42e-2, 2.26e-2, 1.98e-2, 1.73e-2)


@pytest.mark.parametrize(("mode", "limit"), list(zip(MODES, DRIFT, strict=True)))
def test_the_published_modes_are_steady(mode: str, limit: float) -> None:
    assert np.abs(at_start(mode)[1]).max() <= limit  # lbmol/h and the like, beside flows of hundreds


@pytest.mark.parametrize(("mode", "cost"), [("base", 170.6), ("mode1", 114.31)])
def test_the_operating_cost_is_the_published_one(mode: str, cost: float) -> None:
    assert at_start(mode)[0]["cost"][0] == pytest.approx(cost, rel=1e-3)


@pytest.mark.parametrize(
    ("upset", "hours"),
    [
        ("xmv10=38", 1.029167),
        ("idv1=1", 0.4781),
        ("idv4=1", 1.0561),
        ("idv6=1", 0.4419),
        ("idv7=1", 0.3006),
        ("xmv1=69.357893429", 1.0869),
        ("xmv10=45.216394168", 0.2017),
    ],
)
def test_it_shuts_itself_down_when_the_source_does(upset: str, hours: float) -> None:
    assert run("noise=0", upset)[0].ended / HOUR == pytest.approx(hours, abs=0.005)


SHUT_DOWN_AT = {
    2: 1.598889, 3: 1.085, 5: 0.956389, 8: 1.898333, 9: 1.729722, 10: 2.578333, 11: 0.436667, 12: 0.606667,
    13: 1.548889, 14: 3.585278, 15: 3.585278, 16: 1.917222, 17: 3.654167, 18: 1.618056, 19: 3.585278, 20: 2.605833,
}  # fmt: skip
"""Hours until the authors' program, all in double precision, noise off, shuts down with one more disturbance from the
start. Those that are random draw the same numbers here. The valves that stick, 14, 15, 19, have no reason to move."""


@pytest.mark.parametrize("idv", SHUT_DOWN_AT)
def test_every_other_disturbance_shuts_it_down_within_two_seconds_of_the_source(idv: int) -> None:
    drawn = ("published=1", "seed=4651207995") if 8 <= idv <= 13 or idv in (16, 17, 18, 20) else ()
    found, _ = run("noise=0", *drawn, f"idv{idv}=1")
    assert found.ended / HOUR == pytest.approx(SHUT_DOWN_AT[idv], abs=2 / 3600)


def limits_at(vessel: str, gas: float, liquid: float, energy: float) -> tuple[Any, Any]:
    """Limits and measurements with parts of a vessel's contents in the base case multiplied."""
    memory, g = PLANT.memory(), PLANT.trips.new()
    p, x, u, y = (memory[role] for role in ("parameters", "state", "inputs", "outputs"))
    x["n" + vessel] *= np.array([gas] * 3 + [liquid] * 5)
    x["e" + vessel] *= energy
    for kernel, out in ((PLANT.update_kernel, y), (PLANT.measure_kernel, y), (PLANT.trip_kernel, g)):
        assert kernel is not None
        call_block(Step("plant", kernel.address, SECOND, p, x, u, out), 0)
    return g, y


LIMITS = [
    ("pressure", "r", (1, 0, 0), 1.5, "xmeas7", 3000.0),
    ("temperature", "r", (0, 0, 1), 2.0, "xmeas9", 175.0),
    ("reactor_high", "r", (0, 1, 1), 2.0, "xmeas8", (24 * 35.3145 - 84.6) / 6.667),
    ("reactor_low", "r", (0, 1, 1), 0.05, "xmeas8", (2 * 35.3145 - 84.6) / 6.667),
    ("separator_high", "s", (0, 1, 1), 4.0, "xmeas12", (12 * 35.3145 - 27.5) / 2.90),
    ("separator_low", "s", (0, 1, 1), 0.05, "xmeas12", (1 * 35.3145 - 27.5) / 2.90),
    ("stripper_high", "c", (1, 1, 1), 4.0, "xmeas15", (8 * 35.3145 - 78.25) / 156.5 * 100),
    ("stripper_low", "c", (1, 1, 1), 0.05, "xmeas15", (1 * 35.3145 - 78.25) / 156.5 * 100),
]
"""A limit; the vessel; what of gas, liquid and energy is multiplied, up to how much; what a measurement is then: from
the limits of Downs and Vogel 1993, table 6, in m^3, and the ranges of the levels in teprob.f."""


@pytest.mark.parametrize(("limit", "vessel", "parts", "most", "seen", "value"), LIMITS)
def test_each_limit_is_where_the_source_has_it(
    limit: str, vessel: str, parts: tuple[int, ...], most: float, seen: str, value: float
) -> None:
    def at(share: float) -> tuple[Any, Any]:
        return limits_at(vessel, *(share if part else 1.0 for part in parts))

    share = brentq(lambda one: float(at(one)[0][limit][0]), 1.0, most, xtol=1e-13)
    assert at(share)[1][seen][0] == pytest.approx(value, abs=1e-6)


def test_left_alone_it_runs_away_within_4_hours() -> None:
    """The source's states are given to ten digits, and the drift grows from the rest: 3.585 h in double precision."""
    left_alone, _ = run("noise=0")
    assert left_alone.ended / HOUR == pytest.approx(3.585, abs=0.05)
    assert left_alone.reason == "the reactor's pressure reached 3000 kPa"


def test_the_published_generator_draws_the_published_numbers() -> None:
    memory = PLANT.memory(values={"published": 1})["parameters"][0]
    memory.g = 4651207995.0
    assert [draw(memory) * 2**32 for _ in range(3)] == [714943912, 3070616888, 2954804840]


def test_what_comes_goes_or_is_there() -> None:
    """Mass is closed to round-off; 48 lb of A + E react to 48 lb of F, and so on."""
    upset, rows = run("noise=0", "idv1=1", until=HOUR // 4, every=60 * SECOND)
    closure = rows[:, upset.columns.index("closure")]
    assert 0 < np.abs(closure).max() < 1e-7


def test_noise_is_drawn_from_the_seed() -> None:
    first, again, other = (run("seed=" + seed, until=HOUR // 60, every=SECOND)[1] for seed in ("1", "1", "2"))
    column = run("seed=1", until=SECOND, every=SECOND)[0].columns.index("xmeas7")
    assert first.tobytes() == again.tobytes()
    assert np.std(first[1:, column] - other[1:, column]) == pytest.approx(0.3 * 2**0.5, rel=0.4)
