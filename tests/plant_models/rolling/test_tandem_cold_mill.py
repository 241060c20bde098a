"""Against the published set, the analytic identities of a tandem mill, and a Bland-Ford integral of our own.

The table was worked out from the published set's equations by an independent evaluation; the strip's thickness and the
tensions are part of the set.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.plant_run import PlantRun, Run, setting
from hil.bench.plants import load_plant
from hil.loop import Step, call_block

MS = 10**6
PLANT = load_plant("tandem_cold_mill", Path(__file__).parents[3])
FORCE, FORCE_3 = (5.8255e6, 6.7238e6, 6.7001e6), (5.8182e6, 6.6943e6, 6.6265e6)
SLIP, SPEED, RADIUS = (0.04677, 0.02666, 0.03066), (5.1178, 7.4543, 10.3955), (0.3339, 0.3722, 0.4202)
PULLED = (168.0, 137.2, 105.0)  # kN


def run(*settings: str, until: int = 1000, step: int = 1, given: str = "published") -> tuple[Run, dict[str, Any]]:
    """A run of so many ms, a row at each; the columns by name."""
    what = [setting(one) for one in settings]
    every = step * MS
    found = Run(PlantRun(plant=PLANT, settings=what, parameter_set=given, until=until * MS, step=every, every=every))
    rows = np.concatenate(list(found.portions()))
    return found, {name: rows[:, i] for i, name in enumerate(found.columns)}


def derivative(**changes: Any) -> Any:
    """The rates of the published steady point, with values laid over it."""
    memory, rates = PLANT.memory("published", changes), PLANT.state.new()
    p, x, u, y = (memory[role] for role in ("parameters", "state", "inputs", "outputs"))
    for kernel, out in ((PLANT.update_kernel, y), (PLANT.derivative_kernel, rates)):
        assert kernel is not None
        call_block(Step("mill", kernel.address, MS, p, x, u, out), 0)
    return rates[0], memory


def test_forces_slips_radii_and_speeds_are_the_published_ones() -> None:
    _, seen = run(until=1)
    for i in range(3):
        assert seen[f"force{i + 1}"][0] == pytest.approx(FORCE[i], rel=1e-3)
        assert seen[f"slip[{i}]"][0] == pytest.approx(SLIP[i], rel=1e-3)
        assert seen[f"radius[{i}]"][0] == pytest.approx(RADIUS[i], rel=1e-3)
        assert seen[f"v{i + 1}"][0] == pytest.approx(SPEED[i], rel=1e-3)
        assert seen[f"t{i + 1}"][0] * seen[f"h{i + 1}"][0] / 1e3 == pytest.approx(PULLED[i], rel=1e-3)


def test_three_rounds_of_hitchcock_give_the_forces_of_the_published_program() -> None:
    _, seen = run(until=1, given="published_3")
    assert [seen[f"force{i + 1}"][0] for i in range(3)] == [pytest.approx(one, rel=1e-4) for one in FORCE_3]


def test_the_closed_form_of_the_radius_satisfies_hitchcocks_equation() -> None:
    _, seen = run(until=1)
    for i in range(5):
        draft = seen[f"h{i}" if i else "h0"][0] - seen[f"h{i + 1}"][0]
        flattened = 0.275 * (1 + 16 * (1 - 0.3**2) * seen[f"force{i + 1}"][0] / (math.pi * 210e9 * draft))
        assert seen[f"radius[{i}]"][0] == pytest.approx(flattened, rel=1e-12)


def test_every_stand_stretches_by_its_force_over_its_stiffness() -> None:
    _, seen = run("sref2=-0.00046", "ecc=1e-5", until=300)
    M = 0.5 / (1 / 12e9 + 1 / 40e9)
    eccentric = 1e-5 * np.sin(seen["turn[1]"] + 1.0)
    assert seen["h2"] == pytest.approx(seen["s2"] + eccentric + seen["force2"] / M, abs=1e-15)


def bland_ford(k: float, mu: float, back: float, front: float, h1: float, h2: float, radius: float) -> float:
    """The force per metre of width, from the pressure on both sides of the neutral point, at a mean flow stress."""
    phi = np.linspace(0.0, math.sqrt((h1 - h2) / radius), 20001)
    h, ratio = h2 + radius * phi**2, math.sqrt(radius / h2)
    angle = 2 * ratio * np.arctan(ratio * phi)
    leaving = k * h / h2 * (1 - front / k) * np.exp(mu * angle)
    entering = k * h / h1 * (1 - back / k) * np.exp(mu * (angle[-1] - angle))
    return float(np.trapezoid(np.minimum(leaving, entering), radius * phi))


def test_without_tension_hills_force_is_that_of_bland_and_fords_pressure_within_5_percent() -> None:
    """With the tensions of the schedule it is lower by up to 10 % (stand 1): Hill takes their mean off the stress."""
    p = derivative(tension=(0.0,) * 4, coil=(0.0, 0.0))[1]["parameters"][0]
    for i in range(5):
        force = bland_ford(p.k[i], p.mu_now[i], 0.0, 0.0, p.h_in[i], p.h_out[i], p["flat"][i])
        assert force == pytest.approx(p.force[i], rel=0.05)


def test_the_neutral_point_is_where_bland_and_fords_pressures_meet() -> None:
    p = derivative()[1]["parameters"][0]
    for i in range(5):
        ratio = math.sqrt(p["flat"][i] / p.h_out[i])
        phi = math.sqrt(p.forward[i]) / ratio
        whole = 2 * ratio * math.atan(math.sqrt((p.h_in[i] - p.h_out[i]) / p.h_out[i]))
        angle = 2 * ratio * math.atan(ratio * phi)
        leaving = (1 - p.pull[i + 1] / p.k[i]) / p.h_out[i] * math.exp(p.mu_now[i] * angle)
        entering = (1 - p.pull[i] / p.k[i]) / p.h_in[i] * math.exp(p.mu_now[i] * (whole - angle))
        assert leaving == pytest.approx(entering, rel=1e-12)


@pytest.mark.parametrize("upset", ["sref1=0.00018", "vref5=16.5", "h0=0.00203", "pull_in=45e6"])
def test_in_a_steady_state_the_volume_flow_is_the_same_through_all_stands(upset: str) -> None:
    _, seen = run(upset, until=15_000)
    assert abs(seen["h5"][-1] - 0.45e-3) > 1e-7
    assert seen["flow_closure"][-1] < 1e-9
    into = seen["strip0"][-1] * seen["h0"][-1]
    assert seen["strip5"][-1] * seen["h5"][-1] == pytest.approx(into, rel=1e-9)


def test_the_strip_between_the_stands_is_what_came_in_and_did_not_go_out() -> None:
    """Through a step of thickness and hardness, as at a weld: 14 litres lie there."""
    _, seen = run("h0=0.00206@500ms", "hardness=1.04@500ms", until=8000)
    assert np.ptp(seen["h5"]) > 5e-6
    assert np.abs(seen["closure"]).max() < 1e-4 * 0.0139


def test_a_step_of_a_stands_speed_moves_the_tensions_at_exactly_e_dv_over_l() -> None:
    (steady, _), before = derivative(), PLANT.memory("published")
    speeds, dv = before["state"].v[0].copy(), 0.01
    speeds[2] += dv
    (moved, memory), p = derivative(v=tuple(speeds), m=0.0), PLANT.memory("published")["parameters"][0]
    work = memory["parameters"][0]
    strip_in, strip_out = dv * (1 + work.forward[2]) * work.h_out[2] / work.h_in[2], dv * (1 + work.forward[2])
    assert moved.tension[1] - steady.tension[1] == pytest.approx(p.E / p.L * strip_in, rel=1e-9)
    assert moved.tension[2] - steady.tension[2] == pytest.approx(-p.E / p.L * strip_out, rel=1e-9)
    assert moved.tension[[0, 3]] == pytest.approx(steady.tension[[0, 3]], abs=1e-3)


def test_a_mark_takes_the_length_over_the_speed_from_gauge_to_gauge() -> None:
    _, seen = run("h0=0.0021@100ms", until=2000)
    at = {one: int(np.argmax(np.abs(seen[one] - seen[one][0]) > 5e-6)) for one in ("h0", "h1", "gauge1")}
    assert at["h1"] - at["h0"] == pytest.approx(4.5 / 3.75 * 1e3, abs=12)
    assert at["gauge1"] - at["h1"] == pytest.approx(1.5 / 5.357 * 1e3, abs=12)


def test_eccentricity_turns_with_the_back_up_roll() -> None:
    _, seen = run("ecc=1e-5", until=4000)
    spectrum = np.abs(np.fft.rfft(seen["h1"][1024:] - seen["h1"][1024:].mean()))
    found = np.argmax(spectrum) / 2.977
    assert found == pytest.approx(5.1178 / 0.7 / (2 * math.pi), abs=0.2)


@pytest.mark.parametrize(
    ("upset", "reason"),
    [
        ("strength=0.22@100ms", "the strip tore between stands 1 and 2"),
        ("pull_in=3e8", "the strip skids in stand 1"),
        ("vref2=6", "slack strip folded between stands 1 and 2"),
        ("lubrication=0.4", "the strip skids in stand 2"),
    ],
)
def test_a_torn_skidding_or_folded_strip_ends_the_run(upset: str, reason: str) -> None:
    found, seen = run(upset, until=3000)
    assert found.reason == reason
    assert all(np.isfinite(column).all() for column in seen.values())


def test_the_head_is_threaded_and_the_tail_runs_out() -> None:
    """A stand is pressed from when the head is there until the tail has gone."""
    standing = ("empty=1", "empty=0@8ms", "v=0", "left=10@30s")
    speeds = [f"vref{i + 1}={one}" for i, one in enumerate((0.6, 0.9, 1.3, 1.75, 2.2))]
    found, seen = run(*standing, *speeds, until=100_000, step=4)
    assert not found.reason
    forces = np.array([seen[f"force{i + 1}"] for i in range(5)])
    there = np.array([(seen["front"] >= 4.5 * i) & (seen["rear"] > -4.5 * i) for i in range(5)])
    assert ((forces > 1e5) == there).all()
    assert there.all(axis=0).any()
    assert not there[:, -1].any()
