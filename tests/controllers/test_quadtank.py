"""The strategies of the four tanks: tables as derived, margins, closed loops against what the designs say."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import control
import numpy as np
import osqp
import pytest
from scipy import sparse
from scipy.linalg import solve_continuous_lyapunov

from controllers.design import linear, quadtank, tables
from controllers.strategies._predictive import MOVES, POINTS, ROWS
from hil.bench.library import find_block
from hil.blocks import Block
from hil.testing import Alone

ROOT = Path(__file__).parents[2]
REST = {"PV1": 12.441864, "PV2": 13.166813, "SP1": 12.441864, "SP2": 13.166813, "MV1": 3.15, "MV2": 3.15}
PERIOD = 5_000_000_000
ADVANCED = ("lqi_quadtank", "loopshape_quadtank", "mpc_quadtank")


def strategy(name: str) -> Block:
    return find_block(f"strategies.{name}", None, ROOT)


def test_the_strategies_have_the_tables_that_are_derived() -> None:
    assert tables.different(quadtank.derive(), quadtank.written()) == []


def test_a_changed_gain_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    there = quadtank.written()
    there["GAIN"] = there["GAIN"] * (1 + 1e-5)
    assert tables.differ(quadtank.derive(), there) == 1
    assert "GAIN stands there as" in capsys.readouterr().err


@pytest.mark.parametrize("name", [*ADVANCED, "pi"])
def test_every_loop_is_stable_with_a_peak_of_sensitivity_below_1_76(name: str) -> None:
    found = linear.margins(*quadtank.loops()[name])
    assert found.stable
    assert max(found.peak, found.input_peak) < 1.76
    assert found.phase > 32
    assert found.delay > 15


def test_the_robust_controller_has_the_norm_that_is_promised() -> None:
    """Of (K; I)(I + G K)^-1 (I, G), G the shaped plant: between the least gamma and 1.1 times that."""
    model = linear.model(quadtank.plant(), quadtank.POINT)
    weight, k, most = quadtank.shaped(model)
    g = linear.plant_of(model) * quadtank.before(weight)
    z = np.exp(1j * np.geomspace(1e-6, np.pi, 4000))
    gains, ks = linear.values_at(g, z), linear.values_at(k, z)
    inside = np.linalg.inv(np.eye(2) + gains @ ks)
    wide = np.concatenate([ks @ inside, inside], axis=1)
    norm = np.linalg.svd(np.concatenate([wide, wide @ gains], axis=2), compute_uv=False).max()
    assert 1.0 / most < norm < 1.1 / most


def test_the_largest_margin_is_that_of_the_hankel_norm_of_the_coprime_factors() -> None:
    """(1 - |N M|_H^2)^1/2, after McFarlane and Glover, from the Gramians of the normalised factors."""
    model = linear.model(quadtank.plant(), quadtank.POINT)
    weight, _, most = quadtank.shaped(model)
    g = linear.continuous(linear.plant_of(model) * quadtank.before(weight))
    a, b, c, d = (np.asarray(one) for one in (g.A, g.B, g.C, g.D))
    r = np.eye(2) + d @ d.T
    z, _, _ = control.care(a.T, c.T, b @ b.T, r, b @ d.T)
    h = -(b @ d.T + z @ c.T) @ np.linalg.inv(r)
    inputs = np.hstack([b + h @ d, h])
    reach = solve_continuous_lyapunov(a + h @ c, -inputs @ inputs.T)
    see = solve_continuous_lyapunov((a + h @ c).T, -c.T @ np.linalg.solve(r, c))
    hankel = max(np.linalg.eigvals(reach @ see).real)
    assert most == pytest.approx(np.sqrt(1 - hankel), rel=1e-6)


SHAKEN = np.array([0.2, -0.1, 0.1, -0.05])  # cm


def closed(name: str) -> Any:
    """The strategy with its own linear model, which begins away from where it rests."""
    model = linear.model(quadtank.plant(), quadtank.POINT)
    block = Alone(strategy(name), PERIOD, compiled=name.startswith("mpc"), **REST)
    x, u, seen = SHAKEN, np.array([3.15, 3.15]), []
    for _ in range(12):
        y = model.c[:2] @ x + model.zero[2:4]
        seen.append(y - model.zero[2:4])
        out = block.step(PV1=y[0], PV2=y[1], MV1=u[0], MV2=u[1])
        u = np.array([out["OUT1"], out["OUT2"]])
        x = model.a @ x + model.b @ (u - 3.15)
    return np.array(seen)


@pytest.mark.parametrize("name", ADVANCED)
def test_the_strategy_steps_as_its_linear_design(name: str) -> None:
    plant, k = quadtank.loops()[name]
    x, state, exact = SHAKEN, np.zeros(k.nstates), []
    for _ in range(12):
        exact.append(plant.C @ x)
        u = k.C @ state - k.D @ exact[-1]
        state = k.A @ state - k.B @ exact[-1]
        x = plant.A @ x + plant.B @ u
    assert closed(name) == pytest.approx(np.array(exact), abs=5e-6)


def predictive(*, compiled: bool = True, **values: float) -> Alone:
    return Alone(strategy("mpc_quadtank"), PERIOD, compiled=compiled, **{**REST, **values})


def test_compiled_and_interpreted_plan_the_same() -> None:
    found = []
    for compiled in (True, False):
        one = predictive(compiled=compiled, SP1=19.0)
        found.append([one.step(), one.step(PV2=13.1)])
    for first, second in zip(*found, strict=True):
        assert first == pytest.approx(second, rel=1e-9)
    assert found[0][0]["iterations"] > 5 > found[0][1]["iterations"]  # the second begins where the first ended


def test_moves_and_inputs_stay_within_their_bounds() -> None:
    one, u = predictive(SP1=19.0, SP2=10.0), (3.15, 3.15)
    told = [u]
    for _ in range(8):
        out = one.step(MV1=u[0], MV2=u[1])
        assert out["status"] == 1
        u = (out["OUT1"], out["OUT2"])
        told.append(u)
    moves = np.array([np.subtract(b, a) for a, b in pairwise(told)])
    assert np.abs(moves).max() == pytest.approx(1.0, abs=1e-9)
    assert 0.0 <= np.min(told) <= np.max(told) <= 10.0


def test_the_upper_tanks_bound_what_is_planned() -> None:
    """Without bounds tank 3 is to be filled beyond 8 cm; with them by no more than a soft bound gives way."""
    highest = []
    for high in (1e3, 8.0 - 4.730261):
        one = predictive(SP1=16.0, SP2=10.0)
        one.memory["parameters"]["high"][0, 2] = high
        one.step()
        x, a, row = (one.memory["state"][name][0] for name in ("z", "a", "free"))
        third = [a[40 + 4 * i + 2] @ x + row[point - 1, 4] for i, point in enumerate(POINTS)]
        highest.append(4.730261 + max(third))
    assert highest[0] > 9.0
    assert highest[1] == pytest.approx(8.0, abs=0.05)


def test_a_constant_error_of_the_model_leaves_no_error() -> None:
    """The pumps give a fifth less than the model says."""
    model = linear.model(quadtank.plant(), quadtank.POINT)
    one, x, u = predictive(), np.zeros(4), np.array([3.15, 3.15])
    for _ in range(160):
        y = model.c[:2] @ x + model.zero[2:4]
        out = one.step(PV1=y[0], PV2=y[1], MV1=u[0], MV2=u[1])
        u = np.array([out["OUT1"], out["OUT2"]])
        x = model.a @ x + model.b @ (0.8 * u - 3.15)
    assert y == pytest.approx([REST["SP1"], REST["SP2"]], abs=0.01)


def test_the_plan_is_what_osqp_plans() -> None:
    """The programme of a period with moves, inputs and upper tanks at their bounds."""
    one = predictive(SP1=19.0, SP2=10.0)
    assert one.step(PV1=12.0)["iterations"] > 5
    x = one.memory["state"][0]
    soft = ROWS - 2 * MOVES
    hessian = sparse.block_diag([np.linalg.inv(x["W"]), np.diag(1.0 / x["ease"][2 * MOVES :])], "csc")
    rows = np.hstack([x["a"], np.vstack([np.zeros((2 * MOVES, soft)), np.eye(soft)])])
    solver = osqp.OSQP()
    solver.setup(
        sparse.triu(hessian, format="csc"), np.append(x["g"], np.zeros(soft)), sparse.csc_matrix(rows),
        x["low"], x["high"], eps_abs=1e-7, eps_rel=1e-7, polishing=True, max_iter=50000, verbose=False,
    )  # fmt: skip
    assert x["z"] == pytest.approx(solver.solve(raise_error=True).x[:MOVES], abs=1e-5)


def test_without_time_it_makes_the_moves_it_planned_and_then_holds() -> None:
    one = predictive(SP1=13.4)
    out = one.step()
    plan = one.memory["state"]["plan"][0].reshape(-1, 2).copy()
    assert (out["status"], out["fallback"]) == (1, 0)
    seen = []
    for _ in range(40):
        u = np.array([out["OUT1"], out["OUT2"]])
        out = one.step(MV1=u[0], MV2=u[1], budget=0.0)
        seen.append((out["status"], *(np.array([out["OUT1"], out["OUT2"]]) - u)))
    starts = np.array([1, 2, 3, 5, 8, 12, 18, 26, 36])
    assert np.array(seen)[starts - 1, 1:] == pytest.approx(plan[1:], abs=1e-12)
    assert np.delete(np.array(seen), starts - 1, axis=0)[:, 1:] == pytest.approx(0.0, abs=1e-12)
    assert [one[0] for one in seen] == [2] * 36 + [3] * 4
    assert out["fallback"] == 40


def test_the_report_is_printed() -> None:
    said = "\n".join(quadtank.report())
    assert "mpc_quadtank            1.68   1.71" in said
    assert "loopshape_quadtank: largest stability margin 0.451" in said
