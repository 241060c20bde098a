"""The quadratic programme against OSQP, and the predictive set-points on cases with an answer that is known."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import osqp
import pytest
from scipy import sparse

from controllers.strategies import zone_setpoints
from controllers.strategies._qp import minimise
from hil.testing import Alone

Matrix = np.ndarray[Any, Any]
MINUTE = 60 * 10**9


def solved(P: Matrix, q: Matrix, A: Matrix, least: Matrix, price: float) -> Matrix:
    n, rows = len(q), len(least)
    space = SimpleNamespace(L=np.zeros((n, n)), x=np.zeros(n), z=np.zeros(rows), y=np.zeros(rows))
    assert minimise(P, q, A, least, np.full(rows, price), rows, 2000, 1.0, space)
    return np.asarray(space.x)


def exact(P: Matrix, q: Matrix, A: Matrix, least: Matrix, price: float) -> Matrix:
    """By OSQP, with what is missing as unknowns of their own."""
    n, rows = len(q), len(least)
    most, paid = (np.inf, price) if price < 1e6 else (0.0, 0.0)
    both = sparse.bmat([[A, sparse.eye(rows)], [None, sparse.eye(rows)]], format="csc")
    low, high = np.concatenate([least, np.zeros(rows)]), np.concatenate([np.full(rows, np.inf), np.full(rows, most)])
    solver = osqp.OSQP()
    weights = sparse.block_diag([np.triu(P), sparse.csc_matrix((rows, rows))], format="csc")
    cost = np.concatenate([q, np.full(rows, paid)])
    solver.setup(weights, cost, both, low, high, verbose=False, eps_abs=1e-10, eps_rel=1e-10, max_iter=100_000)
    return np.asarray(solver.solve(raise_error=True).x[:n])


@pytest.mark.parametrize("price", [1e30, 0.5])
@pytest.mark.parametrize("seed", range(8))
def test_the_quadratic_programme_has_the_solution_of_osqp(seed: int, price: float) -> None:
    random = np.random.default_rng(seed)
    root = random.normal(size=(6, 6))
    P, q = 0.1 * root @ root.T + 0.1 * np.eye(6), random.normal(size=6)
    A, least = random.normal(size=(9, 6)), random.normal(size=9) - 1.0
    assert solved(P, q, A, least, price) == pytest.approx(exact(P, q, A, least, price), abs=1e-4)


def test_a_programme_that_is_not_convex_is_told() -> None:
    space = SimpleNamespace(L=np.zeros((1, 1)), x=np.zeros(1), z=np.zeros(1), y=np.zeros(1))
    assert not minimise(np.array([[-2.0]]), np.zeros(1), np.zeros((1, 1)), np.zeros(1), np.ones(1), 1, 5, 1.0, space)


def settled(**inputs: float) -> dict[str, float]:
    """What comes after eight hours with slabs that are all alike, the last of them on its way out."""
    block = Alone(zone_setpoints.BLOCK, MINUTE, compiled=True)
    slab = {"new_thickness": 0.22, "new_temperature": 25.0, "new_target": 1200.0, "pace": 450.0, **inputs}
    found: dict[str, float] = {"SP2": 1000.0, "SP3": 1250.0, "SP4": 1280.0}
    for minute in range(477):
        zones = {f"TT{i}": found[f"SP{i}"] for i in (2, 3, 4)} | {f"W{i}": found[f"SP{i}"] for i in (2, 3, 4)}
        found = block.step(**slab, **zones, TT1=750.0, moved=float((minute * 60 + 60) // 495))
    return found


def test_colder_thicker_and_hotter_wanted_slabs_get_hotter_zones() -> None:
    """Zones follow at once here. Each slab is as warm as wanted and the margin of 3 K, whatever it takes."""
    heats = []
    for change in ({}, {"new_temperature": 600.0}, {"new_thickness": 0.25}, {"new_target": 1230.0}):
        found = settled(**change)
        assert found["door_mean"] == pytest.approx(change.get("new_target", 1200.0) + 3.0, abs=4.0)
        heats.append(found["SP2"] + found["SP3"] + found["SP4"])
    assert heats[1] < heats[0] < min(heats[2:])


def test_before_an_announced_stop_the_zones_are_lowered() -> None:
    assert settled(delay_in=1800.0, delay=3600.0)["SP4"] < settled()["SP4"] - 20.0


def test_a_thermocouple_that_shows_nonsense_is_not_believed() -> None:
    block = Alone(zone_setpoints.BLOCK, MINUTE)
    zones = {f"{name}{i}": 1200.0 for name in ("TT", "W") for i in (2, 3, 4)}
    slab = {"new_thickness": 0.22, "new_temperature": 25.0, "new_target": 1200.0, "TT1": 800.0}
    sound = [block.step(**slab, **zones)["door_mean"] for _ in range(30)][-1]
    broken = [block.step(**slab, **{**zones, "TT4": 1600.0})["door_mean"] for _ in range(10)][-1]
    assert sound < broken < sound + 60.0
