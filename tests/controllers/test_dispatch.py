"""The simplex method against scipy's, and the dispatcher's plan against the same programme there."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from controllers.strategies import _pits, dispatch_lp
from controllers.strategies._simplex import maximise
from hil.bench.library import find_block
from hil.testing import Alone

ROOT = Path(__file__).parents[2]
Matrix = np.ndarray[Any, Any]


def solved(c: Matrix, a: Matrix, b: Matrix) -> Matrix:
    rows, variables = a.shape
    tableau = np.zeros((rows + 1, variables + rows + 1))
    tableau[:rows] = np.hstack([a, np.eye(rows), b[:, None]])
    tableau[rows, :variables] = -c
    found = np.zeros(variables)
    assert maximise(tableau, np.zeros(rows), rows, variables, found) >= 0
    return found


@pytest.mark.parametrize("seed", range(25))
def test_the_simplex_method_finds_the_optimum_of_scipy(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, variables = random.integers(2, 9, 2)
    a, b = random.uniform(-0.3, 1.0, (rows, variables)), random.uniform(0, 2, rows) * (random.random(rows) < 0.8)
    a[0] = np.abs(a[0]) + 0.1  # bounded
    c = random.uniform(-0.5, 1.0, variables)
    found, exact = solved(c, a, b), linprog(-c, A_ub=a, b_ub=b)
    assert c @ found == pytest.approx(-exact.fun, abs=1e-9)
    assert (a @ found <= b + 1e-9).all()


def test_an_unbounded_programme_is_told() -> None:
    tableau = np.array([[-1.0, 1.0, 1.0], [-1.0, 0.0, 0.0]])
    assert maximise(tableau, np.zeros(1), 1, 1, np.zeros(1)) == -1


def flows(pit: int, trucks: float, works: list[bool]) -> float:
    """The loads per hour of the best plan, from the equations in the strategy's docstring."""
    s_count, c_count, pieces = _pits.SHOVELS, _pits.CRUSHERS, dispatch_lp.PIECES
    n = s_count * c_count
    unit = np.eye(2 * n + s_count * pieces)
    f, g = (unit[i : i + n].reshape(s_count, c_count, -1) for i in (0, n))
    busy = unit[2 * n :].reshape(s_count, pieces, -1)  # the share of its time that a shovel has of each piece
    loads = [busy[s].sum(axis=0) / _pits.LOAD[pit][s] for s in range(s_count)]
    equal = [*(f - g).sum(axis=1), *(f - g).sum(axis=0), *(f.sum(axis=1) - loads)]
    queues = 0.5 * dispatch_lp.BUSY**2 / (1 - dispatch_lp.BUSY)
    widths = np.diff(dispatch_lp.BUSY)
    loaded = _pits.TRAVEL[pit, 1] + _pits.LOAD[pit][:, None] + _pits.DUMP[pit]
    used = (f * loaded[:, :, None]).sum((0, 1)) + (g * _pits.TRAVEL[pit, 0][:, :, None]).sum((0, 1))
    used = used + (busy * (np.diff(queues) / widths)[:, None]).sum((0, 1))
    rates = [min(1 / _pits.DUMP[pit], _pits.RATE[pit])] * c_count
    ends = [(0.0, None)] * (2 * n) + [(0.0, width if up else 0.0) for up in works for width in widths]
    a, b = [*f.sum(axis=0), used], [*rates, trucks]
    found = linprog(-f.sum((0, 1)), A_ub=a, b_ub=b, A_eq=equal, b_eq=np.zeros(len(equal)), bounds=ends)
    return float(-3600 * found.fun)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("pit", range(len(_pits.PITS)))
@pytest.mark.parametrize(("trucks", "dead"), [(5.0, ()), (12.0, (2,)), (200.0, ()), (200.0, (0, 3))])
def test_the_plan_is_that_of_scipy(pit: int, trucks: float, dead: tuple[int, ...], compiled: bool) -> None:
    block = Alone(dispatch_lp.BLOCK, 10**9, compiled=compiled, pit=pit + 1.0)
    taken = {f"free_in{s + 1}": 1e4 for s in dead}
    planned = block.step(working=trucks, **taken)["planned"]
    assert planned == pytest.approx(flows(pit, trucks, [s not in dead for s in range(4)]), rel=1e-9)


def test_nobody_is_sent_to_a_shovel_that_stands_or_past_an_empty_one() -> None:
    block = Alone(find_block("strategies.dispatch_lp", None, ROOT), 10**9)
    crowd = {"queue1": 6.0, "queue2": 5.0, "queue4": 5.0, "working": 18.0}
    assert block.step(**crowd)["to_shovel1"] == 3
    assert block.step(**crowd, free_in3=1e4)["to_shovel1"] != 3


def test_a_truck_on_its_way_is_not_followed_while_another_shovel_is_free() -> None:
    block = Alone(dispatch_lp.BLOCK, 10**9, compiled=True)
    first = block.step(working=18.0)["to_shovel2"]
    assert block.step(working=18.0, left2=1.0, **{f"coming{first:.0f}": 1.0})["to_shovel2"] != first
