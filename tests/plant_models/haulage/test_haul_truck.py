"""The haul truck against closed forms and published figures: grade speeds, stopping distances, bends, heat, energy."""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.plant_run import PlantRun, Run, Setting
from hil.bench.plants import load_plant
from plant_models.haulage import _road
from plant_models.haulage._sensing import DUST
from plant_models.haulage._traction import G, grade_speed
from plant_models.haulage.haul_truck import lining

PLANT = load_plant("haul_truck", Path(__file__).parents[3])
FOOT, MPH = 0.3048, 0.44704
TEST_TRACK = {"road": 0.0, "obstacle_s": 1e5, "half_width": 100.0} | dict.fromkeys(
    ("steering", "throttle", "drive", "retarder_at", "pressure", "driven", "rolled", "braked", "retarded"), 0.0
)


def ran(until: float, parameters: str = "cat_793f", *, step: float = 0.01, **values: float) -> dict[str, Any]:
    """The columns of a run of `until` seconds on a straight and level track, or what `values` make of it."""
    settings = [Setting(name, value, 0, name) for name, value in {**TEST_TRACK, **values}.items()]
    what = PlantRun(plant=PLANT, until=round(until * 1e9), step=round(step * 1e9), every=round(step * 1e9),
                    settings=settings, parameter_set=parameters)  # fmt: skip
    run = Run(what)
    rows = np.concatenate(list(run.portions()))
    return {**dict(zip(run.columns, rows.T, strict=True)), "reason": run.reason}


def test_a_793f_climbs_10_percent_at_the_published_speed() -> None:
    """392 t, 10 % grade and 2 % rolling resistance: 13.1 km/h (minehaulsim's anchor)."""
    assert grade_speed(0.85 * 1976e3, 392e3, 0.10, 0.02, 60 / 3.6) * 3.6 == pytest.approx(13.1, abs=0.05)
    seen = ran(200, grade=0.10, throttle=1.0, v=3.0, drag=0.0)
    angle = math.atan(0.10)
    exact = 0.85 * 1976e3 / (392e3 * G * (math.sin(angle) + 0.02 * math.cos(angle)))
    assert seen["v"][-1] == pytest.approx(exact, rel=1e-4)
    assert seen["v"][-1] * 3.6 == pytest.approx(13.1, abs=0.8)


@pytest.mark.parametrize("kmh", [10.0, 19.0, 30.0, 41.0, 53.0, 65.0])
def test_the_drive_gives_the_powers_of_lindgren(kmh: float) -> None:
    exact = np.interp(kmh, [0, 19, 41, 65], [0, 3940, 3940, 3260])
    seen = ran(0.02, "lindgren", v=kmh / 3.6, drive=1.0, throttle=1.0)
    assert seen["drive_now"][0] * kmh / 3.6 == pytest.approx(exact, rel=1e-9)
    seen = ran(0.02, "lindgren", v=kmh / 3.6, retarder_at=1.0, retarder=1.0)
    exact = 0.7 * np.interp(kmh, [0, 22, 41, 65], [0, 4750, 4750, 3900])
    assert seen["retarder_now"][0] * kmh / 3.6 == pytest.approx(exact, rel=1e-9)


# 30 CFR 57.14101, table M-1: weight class, s of system response, ft for 10 to 20 mph.
M1 = {
    "above 400,000 lb": (2.5, [63, 71, 78, 86, 94, 103, 111, 120, 129, 139, 148]),
    "250,000 to 400,000 lb": (2.25, [59, 66, 74, 81, 89, 97, 105, 114, 123, 132, 141]),
    "140,000 to 250,000 lb": (2.0, [56, 62, 69, 77, 84, 92, 100, 108, 116, 125, 133]),
}


@pytest.mark.parametrize("weight", M1)
def test_table_m1_is_reaction_and_9_66_feet_per_second_squared(weight: str) -> None:
    response, table = M1[weight]
    for mph, feet in zip(range(10, 21), table, strict=True):
        v = mph * MPH / FOOT
        assert 0 <= feet - (v * (1 + response) + v * v / (2 * 9.66)) <= 1.3


@pytest.mark.parametrize("parameters", ["cat_793f", "cat_785d", "lindgren"])
@pytest.mark.parametrize("mph", [10, 15, 20])
def test_the_brakes_stop_a_loaded_truck_within_table_m1(parameters: str, mph: int) -> None:
    """All three are above 400,000 lb; the operator's second comes before the pedal."""
    seen = ran(12, parameters, v=mph * MPH, brake=1.0, crr=0.0)
    feet = (mph * MPH * 1.0 + seen["s"][-1]) / FOOT
    assert seen["v"][-1] == pytest.approx(0, abs=1e-6)
    assert feet <= M1["above 400,000 lb"][1][mph - 10]


def test_a_stop_with_a_constant_force_is_v_squared_over_2_a() -> None:
    """No lag, no rolling resistance, no air: 15 m/s at 0.35 g, but for the last 0.2 m/s."""
    seen = ran(8, v=15.0, pressure=1.0, brake=1.0, crr=0.0, drag=0.0)
    assert seen["s"][-1] == pytest.approx(15.0**2 / (2 * 0.35 * G), rel=2e-3)


def test_ice_lengthens_the_stop_to_what_the_tyres_give() -> None:
    seen = ran(20, v=8.0, pressure=1.0, brake=1.0, crr=0.0, drag=0.0, mu=0.1)
    assert seen["s"][-1] == pytest.approx(8.0**2 / (2 * 0.1 * G), rel=5e-3)


def test_the_heat_of_a_stop_warms_the_brakes_by_the_kinetic_energy() -> None:
    seen = ran(10, v=15.0, pressure=1.0, brake=1.0, crr=0.0, drag=0.0, brake_cooling=0.0)
    assert seen["brake_T"][-1] - seen["brake_T"][0] == pytest.approx(0.5 * 392e3 * 15**2 / 2e6, rel=1e-4)


def test_brakes_that_hold_a_truck_downhill_fade() -> None:
    """A tenth down for 8 min on the service brakes alone: hot, and what the lining has lost is the declared line."""
    seen = ran(480, v=10.0, brake=0.227, pressure=0.227, grade=-0.1, step=0.02)
    hot = seen["brake_T"] > 320
    assert hot.any()
    kept = [lining(type("P", (), {"fade_from": 300, "fade_to": 600, "faded": 0.4}), T) for T in seen["brake_T"][hot]]
    exact = 0.35 * 9.81 * 392 * np.array(kept) * seen["pressure"][hot]
    assert seen["brake_now"][hot] == pytest.approx(exact, rel=1e-6)
    assert seen["v"][-1] > 10.0


def test_at_rest_the_parking_brake_holds_on_a_grade_and_not_on_one_that_is_too_steep() -> None:
    held = ran(30, v=0.0, park=1.0, grade=-0.15)
    assert abs(held["s"][-1]) < 1e-9
    slid = ran(30, v=0.0, park=1.0, grade=-0.25)
    assert slid["s"][-1] > 10


@pytest.mark.parametrize("v", [3.0, 8.0])
def test_in_a_steady_bend_the_angle_is_wheelbase_over_radius_and_the_understeer(v: float) -> None:
    """tan delta = L/R + K a_y with K = (1/c_f - 1/c_r)/g, Rajamani 2012, section 3.3; tyres that are nearly linear."""
    seen = ran(60, v=v, steer=0.05, crr=0.0, drag=0.0, front_stiffness=6.0, rear_stiffness=7.0, mu=1.2)
    radius = seen["v"][-1] / seen["r"][-1]
    exact = 5.9 / radius + (1 / 6.0 - 1 / 7.0) / G * seen["v"][-1] * seen["r"][-1]
    assert math.tan(seen["steering"][-1]) == pytest.approx(exact, rel=2e-3)


def test_with_equal_tyres_a_circle_has_the_radius_of_the_geometry() -> None:
    seen = ran(80, v=3.0, steer=0.1, crr=0.0, drag=0.0, front_stiffness=6.0, rear_stiffness=6.0)
    assert seen["v"][-1] / seen["r"][-1] == pytest.approx(5.9 / math.tan(0.1), rel=1e-5)


def test_station_and_offset_are_the_place_in_the_plane() -> None:
    """Along the haul road, the point of the road at s moved by e to the left is where the truck is."""
    seen = ran(40, road=1.0, v=8.0, throttle=0.3, s=0.0, half_width=100.0, steer=0.004)
    s = np.linspace(0.0, seen["s"][-1], 40001)
    turned = np.array([_road.heading(one) for one in s])
    x, y = (np.concatenate([[0.0], np.cumsum(0.5 * (f[1:] + f[:-1]) * np.diff(s))])
            for f in (np.cos(turned), np.sin(turned)))  # fmt: skip
    e = seen["e"][-1]
    assert (x[-1] - e * math.sin(turned[-1]), y[-1] + e * math.cos(turned[-1])) == pytest.approx(
        (seen["x"][-1], seen["y"][-1]), abs=1e-3
    )


def test_the_road_turns_by_the_integral_of_its_curvature() -> None:
    at = np.linspace(-50, 1700, 7001)
    turned = [_road.heading(s) for s in at]
    for (s0, a), (s1, b) in pairwise(zip(at, turned, strict=True)):
        assert b - a == pytest.approx(0.5 * (_road.curvature(s0) + _road.curvature(s1)) * (s1 - s0), abs=1e-5)


def test_energy_is_closed_over_drive_retarder_brakes_and_a_ramp() -> None:
    seen = ran(120, road=1.0, v=8.0, throttle=0.8, retarder=0.2, brake=0.02, half_width=1e3 / 10, s=280.0, mu=0.6)
    assert np.abs(seen["closure"]).max() < 1e-6
    assert seen["driven"][-1] > 20


def test_fuel_is_idle_and_work() -> None:
    seen = ran(60, "lindgren", v=10.0, throttle=0.0, crr=0.0, drag=0.0)
    assert seen["fuel"][-1] - seen["fuel"][0] == pytest.approx((50 + 0.26 * 619 / 635 * 50) / 60, rel=1e-9)


def test_external_demands_act_as_their_messages_say() -> None:
    """XBR of -0.3 m/s^2 slows by that, with the retarder first; TSC1 overrides the pedal, or limits it."""
    seen = ran(4, v=10.0, crr=0.0, drag=0.0, xbr_mode=1.0, xbr=-0.3, throttle=1.0, mu=0.6)
    assert seen["acceleration"][-1] == pytest.approx(-0.3, rel=0.02)  # the retarder lags behind its falling limit
    assert seen["brake_now"][-1] == pytest.approx(0, abs=1e-9)
    assert ran(8, throttle=0.9, tsc1_mode=2.0, tsc1_torque=40.0)["drive"][-1] == pytest.approx(0.4, abs=1e-4)
    assert ran(8, throttle=0.9, tsc1_mode=3.0, tsc1_torque=40.0)["drive"][-1] == pytest.approx(0.4, abs=1e-4)
    assert ran(8, throttle=0.3, tsc1_mode=3.0, tsc1_torque=40.0)["drive"][-1] == pytest.approx(0.3, abs=1e-4)


SENSORS = {"v": 8.0, "crr": 0.0, "drag": 0.0, "obstacle_s": 100.0, "sight": 80.0}


def test_positioning_is_as_accurate_as_declared() -> None:
    seen = ran(60, "cat_793f", **{**SENSORS, "obstacle_s": 1e5})
    fresh = np.flatnonzero(np.diff(seen["pose_s"]) != 0) + 1
    error = seen["pose_s"][fresh] - seen["s"][fresh]
    assert error.std() == pytest.approx(0.03, rel=0.1)
    assert seen["pose_age"].max() > 0.06  # a gap of one fix at least
    assert 1 - len(fresh) / 1200 == pytest.approx(0.01, abs=0.01)


@pytest.mark.parametrize(
    ("fault", "error", "holds"),
    [
        (0, 0, lambda d, c, gap: abs(d - gap) < 2 and c == 2),
        (1, 0, lambda d, c, gap: d == 80 and c == 0),
        (2, 100, lambda d, c, gap: d == 80 and c == 0),
        (3, 12, lambda d, c, gap: d == 12 and c == 1),
        (4, 15, lambda d, c, gap: abs(d - gap - 15) < 2),
        (5, 0, lambda d, c, gap: abs(d - gap) < 2 and c == DUST),
    ],
)
def test_perception_errs_in_the_ways_of_iso_17757(fault: int, error: float, holds: Any) -> None:
    seen = ran(5, "cat_793f", **{**SENSORS, "obstacle_class": 2.0, "seen_fault": fault, "seen_error": error})
    assert holds(seen["seen_distance"][-1], seen["seen_class"][-1], seen["gap"][-1])


def test_a_dead_detector_grows_old_and_a_lost_position_too() -> None:
    seen = ran(5, "cat_793f", **{**SENSORS, "seen_fault": 6.0, "pose_fault": 1.0})
    assert seen["seen_age"][-1] == pytest.approx(5, abs=0.06)
    assert seen["pose_age"][-1] == pytest.approx(5, abs=0.06)


def test_what_is_struck_ends_the_run_at_that_instant() -> None:
    seen = ran(20, "cat_793f", **SENSORS)
    assert seen["reason"] == "the truck struck what stood ahead"
    assert seen["s"][-1] == pytest.approx(95.0, abs=1e-6)
