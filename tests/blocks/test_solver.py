import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hil.blocks import DIVERGED, FAILED, METHODS, SINGULAR, Plant, Solver
from hil.blocks.solver import IMPLICIT, MOST_STATES, ORDER
from hil.errors import InputError
from hil.loop import Step, call_block
from hil.signals import record, signal
from tests.blocks._plants import DECAY, EXPLOSION, GAUSS, KAPS, LIMITED, REFUSAL

SECOND = 1_000_000_000


def solve(
    plant: Plant, method: str, h: int, until: int = SECOND, *, apart: bool = False, **values: float
) -> tuple[int, Any, int]:
    """Solve until a time or a status; return the status, the state, and the instant of a shut-down."""
    memory = plant.memory(None, values)
    solver = (Solver.apart if apart else Solver.of)(plant, method, memory)
    step = Step("plant", solver.code, h, p=solver.problem, x=memory["state"], u=memory["inputs"])
    status = 0
    for t in range(0, until, h):
        if status := call_block(step, t):
            break
    return status, memory["state"], int(solver.problem["at"][0])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("plant", [DECAY, GAUSS], ids=lambda one: one.name)
def test_halving_the_step_shows_the_order_against_the_closed_form(plant: Plant, method: str) -> None:
    errors = [solve(plant, method, SECOND // n)[1]["q"][0] - math.exp(-1.0) for n in (50, 100)]
    assert math.log2(abs(errors[0] / errors[1])) == pytest.approx(ORDER[method], abs=0.05)
    assert abs(errors[1]) < {"euler": 1e-2, "rk4": 1e-9, "ros2": 1e-4}[method]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("plant", [GAUSS, LIMITED], ids=lambda one: one.name)
def test_a_solver_that_stands_apart_gives_the_same_bytes(plant: Plant, method: str) -> None:
    status, state, at = solve(plant, method, SECOND // 8, 4 * SECOND)
    status_apart, state_apart, at_apart = solve(plant, method, SECOND // 8, 4 * SECOND, apart=True)
    assert (status_apart, at_apart) == (status, at)
    assert state_apart.tobytes() == state.tobytes()


@pytest.mark.parametrize("method", METHODS)
def test_what_leaves_one_state_arrives_in_the_other(method: str) -> None:
    _, state, _ = solve(DECAY, method, SECOND // 64)
    assert state["q"][0] + state["s"][0] == pytest.approx(1.0, abs=1e-15)


def test_one_step_of_euler_is_one_product() -> None:
    _, state, _ = solve(DECAY, "euler", SECOND // 2, k=0.5)
    assert state["q"][0] == 0.75 * 0.75


def test_one_step_of_rk4_is_the_taylor_series_to_the_fourth_order() -> None:
    _, state, _ = solve(DECAY, "rk4", SECOND)
    assert state["q"][0] == pytest.approx(1 - 1 + 1 / 2 - 1 / 6 + 1 / 24, abs=1e-16)


@pytest.mark.parametrize("level", [0.9, 0.5, 0.375])
@pytest.mark.parametrize("h", [10_000_000, 7_000_003])
def test_a_shut_down_is_found_to_the_nanosecond(level: float, h: int) -> None:
    status, state, at = solve(LIMITED, "rk4", h, first=level)
    assert status == 1
    assert at == math.ceil(-math.log(level) * 1e9)
    assert level * (1 - 1e-9) <= state["q"][0] <= level


@pytest.mark.parametrize(("levels", "status"), [((0.5, 0.51), 2), ((0.51, 0.5), 1), ((0.505, 0.505), 1)])
def test_of_two_limits_within_a_step_the_first_in_time_wins(levels: tuple[float, float], status: int) -> None:
    found, _, at = solve(LIMITED, "rk4", 50_000_000, first=levels[0], second=levels[1])
    assert found == status
    assert at == pytest.approx(-math.log(max(levels)) * 1e9, abs=100)


def test_a_plant_that_begins_beyond_its_limit_shuts_down_at_zero() -> None:
    status, state, at = solve(LIMITED, "rk4", 10_000_000, first=1.5)
    assert (status, at, state["q"][0]) == (1, 0, 1.0)


def test_a_limit_that_is_only_touched_counts() -> None:
    status, _, at = solve(LIMITED, "euler", SECOND // 2, first=0.5)
    assert (status, at) == (1, SECOND // 2)


@pytest.mark.parametrize("k", [1.0, 1e3, 1e8])
def test_a_stiff_plant_is_solved_at_the_pace_of_its_slow_state(k: float) -> None:
    errors = [solve(KAPS, "ros2", SECOND // n, k=k, s=1.0)[1]["s"][0] - math.exp(-1.0) for n in (20, 40)]
    assert math.log2(abs(errors[0] / errors[1])) == pytest.approx(2, abs=0.1)
    assert abs(errors[1]) < 2e-4


def test_a_step_of_ros2_is_its_stability_function() -> None:
    """R(z) = (1 + (1 - 2 gamma) z) / (1 - gamma z)^2: 0 at minus infinity."""
    gamma = 1 - math.sqrt(0.5)
    for k in (0.5, 3.0, 1e3, 1e9):
        _, state, _ = solve(DECAY, "ros2", SECOND, k=k)
        assert state["q"][0] == pytest.approx((1 - (1 - 2 * gamma) * k) / (1 + gamma * k) ** 2, abs=3e-8)


def test_a_linear_system_without_a_solution_is_a_status() -> None:
    assert solve(DECAY, "ros2", SECOND, k=-1e308)[0] == SINGULAR


def test_an_implicit_method_refuses_a_plant_too_large_for_it() -> None:
    profile = record("State", q=signal("1", "a profile", shape=(MOST_STATES + 1,)))
    plant = replace(DECAY, name="long", state=profile)
    with pytest.raises(InputError, match="ros2 takes plants of up to 128 states and long has 129; take rk4"):
        Solver.of(plant, "ros2", plant.memory())


@pytest.mark.parametrize("method", set(METHODS) - set(IMPLICIT))
def test_a_state_that_is_no_number_any_more_is_a_status(method: str) -> None:
    status, state, _ = solve(EXPLOSION, method, SECOND // 20, until=4 * SECOND)
    assert status == DIVERGED
    assert not np.isfinite(state["q"][0])


@pytest.mark.parametrize("method", METHODS)
def test_a_derivative_that_raises_stops_the_step(method: str) -> None:
    assert solve(REFUSAL, method, SECOND // 4)[0] == FAILED


def test_a_solver_works_in_its_own_memory() -> None:
    one = solve(DECAY, "rk4", SECOND // 8)[1].tobytes()
    solve(GAUSS, "rk4", SECOND // 8)
    assert solve(DECAY, "rk4", SECOND // 8)[1].tobytes() == one
