"""The truck's strategies against closed forms, and the gains of the regulator against their derivation."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm, solve_discrete_are

from controllers.design import truck_path
from hil.bench.library import find_block
from hil.blocks import Block
from hil.testing import Alone

ROOT = Path(__file__).parents[2]
MS = 1_000_000
IN_THE_BEND = 195.0  # a station where the road's radius is 60 m, before and behind


def strategy(name: str) -> Block:
    return find_block(f"strategies.{name}", None, ROOT)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("name", ["pure_pursuit", "lqr_path", "mpc_path"])
def test_on_a_circle_the_angle_is_that_of_wheelbase_over_radius(name: str, compiled: bool) -> None:
    """The rear axle is on the circle, along it; the fix is that of the rear axle, and the wheels are there already."""
    there = {"reached": math.atan(5.9 / 60)}
    own = {"lqr_path": {**there, "lead": 0.0}, "mpc_path": {**there, "asked": there["reached"]}}.get(name, {})
    block = Alone(strategy(name), 20 * MS, compiled=compiled, front_load=0.0, **own)
    found = block.step(pose_s=IN_THE_BEND, pose_e=0.0, pose_turned=0.0, pose_v=5.0)["steer"]
    assert found == pytest.approx(math.atan(5.9 / 60), rel=1e-6)


def test_pure_pursuit_meets_the_road_on_a_circle_from_beside_it() -> None:
    """1 m to the left of a straight road: a circle through the point ahead has curvature 2 sin(alpha)/l."""
    steer = Alone(strategy("pure_pursuit"), 20 * MS, road=0.0, front_load=0.0, nearest=10.0)
    chord = math.hypot(10.0, 1.0)
    exact = math.atan(2 * 5.9 * (-1.0 / chord) / chord)
    assert steer.step(pose_e=1.0, pose_v=1.0)["steer"] == pytest.approx(exact, rel=1e-12)


def test_a_small_distance_decays_by_stanley_as_e_to_minus_k_t() -> None:
    """The front axle moves along the wheels: de/dt = v sin(psi_e + delta)."""
    steer = Alone(strategy("stanley"), 20 * MS, road=0.0, front_load=1.0, gain=0.5, soft=0.01, most=0.7)
    e, turned, v, h = 0.1, 0.0, 5.0, 0.02
    for _ in range(round(4.0 / h)):
        delta = steer.step(pose_e=e, pose_turned=turned, pose_v=v)["steer"]
        e += h * v * math.sin(turned + delta)
        turned += h * v / 5.9 * math.sin(delta)
    assert e == pytest.approx(0.1 * math.exp(-0.5 * 4.0), rel=0.02)


def test_stanley_on_a_circle_steers_as_the_front_axle_needs() -> None:
    """With the front axle on a circle of radius R the wheels point along it: sin(delta) = L/R."""
    steer = Alone(strategy("stanley"), 20 * MS, front_load=1.0)
    turned = -math.asin(5.9 / 60)
    assert steer.step(pose_s=IN_THE_BEND, pose_turned=turned, pose_v=5.0)["steer"] == pytest.approx(-turned, rel=1e-9)


def test_the_regulator_has_the_gains_that_are_derived_and_60_degrees_of_margin() -> None:
    from controllers.strategies.lqr_path import GAINS, SPEEDS

    for v, written in zip(SPEEDS, GAINS, strict=True):
        assert truck_path.gains(v) == pytest.approx(written, abs=1e-6)
        a, b = truck_path.model(v)
        assert np.linalg.eigvals(a - b @ written[None, :]).real.max() < -0.13 * v
        phase, delay = truck_path.margins(v, written)
        assert phase > 60
        assert delay > 0.15  # three samples of positioning


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("v", [1.5, 5.0, 11.0])
def test_within_its_bounds_the_predictive_follower_is_the_discrete_regulator(v: float, compiled: bool) -> None:
    """The gains on distance and heading by SciPy, for the model that its matrix exponential gives."""
    rates = np.array([[0, v, 0, 0], [0, 0, v / 5.9, 0], [0, 0, -2.0, 2.0], [0, 0, 0, 0]])
    model = expm(0.2 * rates)
    a, b = model[:3, :3], model[:3, 3:]
    p = solve_discrete_are(a, b, np.diag([4.0, 100.0, 1 / 0.09]), np.array([[25.0]]))
    gains = np.linalg.solve(25.0 + b.T @ p @ b, b.T @ p @ a)[0]
    for e, turned in ((0.01, 0.0), (0.0, 0.003)):
        steer = Alone(strategy("mpc_path"), 20 * MS, compiled=compiled, road=0.0, front_load=0.0)
        found = steer.step(pose_e=e, pose_turned=turned, pose_v=v)["steer"]
        assert found == pytest.approx(-gains[0] * e - gains[1] * turned, rel=1e-5)


def test_far_off_the_predictive_follower_turns_the_wheels_no_faster_than_they_can() -> None:
    steer = Alone(strategy("mpc_path"), 20 * MS, compiled=True, road=0.0)
    asked = [steer.step(pose_e=-2.0, pose_turned=0.0, pose_v=5.0)["steer"] for _ in range(30)]
    assert asked[0] == pytest.approx(0.3 * 0.2)  # rad/s for a step of its plan
    assert max(asked) <= 0.6


def plan(**values: float) -> dict[str, float]:
    seen = {"pose_v": 5.0, "seen_distance": 120.0, "goal_s": 1e4, "road": 0.0, **values}
    found: dict[str, float] = Alone(strategy("speed_plan"), 20 * MS, compiled=True, **seen).step()
    return found


def test_the_speed_is_that_from_which_the_truck_stops_within_what_it_sees() -> None:
    """v t + v^2/2b = room, with b what is trusted of the brakes; uphill helps, downhill does not."""
    for grade, room in ((0.0, 40.0), (0.1, 25.0), (-0.1, 60.0)):
        b = 0.75 * 0.3 * 9.81 + 9.81 * math.sin(math.atan(grade))
        found = plan(seen_distance=room + 8.0, grade=grade, limit=30.0, retarder_power=1e4)
        v = found["v_ref"]
        assert v * 1.0 + v * v / (2 * b) == pytest.approx(room, rel=1e-9)
        assert found["why"] == 3
        assert found["stop_distance"] == pytest.approx(5.0 + 25.0 / (2 * b), rel=1e-9)


def test_for_an_obstacle_and_the_end_of_the_route_it_slows_gently() -> None:
    v = plan(seen_distance=48.0, seen_class=1.0)["v_ref"]
    assert v * 1.0 + v * v / (2 * 0.5) == pytest.approx(40.0, rel=1e-9)
    assert plan(seen_distance=7.0, seen_class=3.0)["v_ref"] == 0.0
    v = plan(goal_s=30.0)["v_ref"]
    assert v * 1.0 + v * v / (2 * 0.5) == pytest.approx(30.0, rel=1e-9)


def test_a_bend_is_taken_with_its_acceleration_and_approached_by_the_braking_envelope() -> None:
    assert plan(road=1.0, pose_s=600.0)["v_ref"] == pytest.approx(math.sqrt(1.0 * 32), rel=1e-9)
    before = plan(road=1.0, pose_s=590.0 - 40.0)["v_ref"]
    assert before == pytest.approx(math.sqrt(32 + 2 * 0.5 * 40.0), rel=1e-3)


def test_down_a_grade_the_retarder_alone_holds_the_speed() -> None:
    exact = 0.8 * 0.85 * 1976e3 / (392e3 * 9.81 * (0.10 - 0.02))
    assert plan(grade=-0.10)["v_ref"] == pytest.approx(exact, rel=1e-9)
