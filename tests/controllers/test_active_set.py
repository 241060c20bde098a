"""The quadratic programme against OSQP (tolerances of 1e-7, polished) and against its own conditions of optimality."""

from typing import Any

import numpy as np
import osqp
import pytest
from scipy import sparse

from controllers.strategies import _active_set
from hil.blocks import Block
from hil.signals import record, signal
from hil.testing import Alone

N, M = 6, 20
HARD = 2 * N


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Solve once."""
    y.solved, y.iterations = _active_set.solve(x, u.budget)


BLOCK = Block(
    name="programme",
    words="a quadratic programme",
    step=step,
    state=record("State", **_active_set.memory(N, M)),
    inputs=record("Inputs", budget=signal("1", "iterations", initial=1000, kind="i8")),
    outputs=record("Outputs", solved=signal("1", "solved", kind="b1"), iterations=signal("1", "used")),
)


class Programme:
    """A random programme; six of its twenty rows are soft ones, six bound the unknowns, six their sums."""

    def __init__(self, seed: int, ease: float) -> None:
        self.random, self.ease = np.random.default_rng(seed), ease
        root = self.random.normal(size=(N + 3, N))
        self.hessian = root.T @ root + 0.1 * np.eye(N)
        self.alone = Alone(BLOCK, 1, compiled=False)
        self.x = self.alone.memory["state"][0]
        self.x["a"] = np.vstack([np.eye(N), np.tril(np.ones((N, N))), self.random.normal(size=(M - HARD, N))])
        self.x["W"] = np.linalg.inv(self.hessian)
        self.x["y"] = self.x["a"] @ self.x["W"]
        self.x["ease"][HARD:] = ease
        self.x["own"] = (self.x["a"] * self.x["y"]).sum(1) + self.x["ease"]
        self.anew()

    def anew(self) -> None:
        """Other gradient and bounds; 0 is within the hard ones."""
        self.x["g"] = 5 * self.random.normal(size=N)
        self.x["low"], self.x["high"] = -self.random.uniform(0.1, 1, M), self.random.uniform(0.1, 1, M)

    def solve(self, budget: int = 1000) -> tuple[bool, int]:
        found = self.alone.step(budget=budget)
        return bool(found["solved"]), int(found["iterations"])

    def reference(self) -> Any:
        """What OSQP says; the soft rows have unknowns of their own."""
        soft = M - HARD
        p = sparse.block_diag([self.hessian, np.eye(soft) / self.ease], "csc")
        gives = np.vstack([np.zeros((HARD, soft)), np.eye(soft)])
        solver = osqp.OSQP()
        solver.setup(
            sparse.triu(p, format="csc"), np.append(self.x["g"], np.zeros(soft)),
            sparse.csc_matrix(np.hstack([self.x["a"], gives])), self.x["low"], self.x["high"],
            eps_abs=1e-7, eps_rel=1e-7, polishing=True, max_iter=20000, verbose=False,
        )  # fmt: skip
        return solver.solve(raise_error=True).x[:N]


@pytest.mark.parametrize("ease", [0.01, 1.0])
@pytest.mark.parametrize("seed", range(12))
def test_it_finds_what_osqp_finds_begun_anew_and_from_the_last_rows(seed: int, ease: float) -> None:
    one = Programme(seed, ease)
    for _ in range(4):
        solved, _ = one.solve()
        assert solved
        assert one.x["z"] == pytest.approx(one.reference(), abs=2e-6)
        one.anew()


@pytest.mark.parametrize("seed", range(5))
def test_the_solution_is_feasible_and_stationary_to_rounding(seed: int) -> None:
    one = Programme(seed, 0.1)
    one.solve()
    z, n = one.x["z"], int(one.x["count"])
    rows, sides, forces = one.x["row"][:n], one.x["side"][:n], one.x["force"][:n]
    assert (forces >= 0).all()
    pull = one.x["a"][rows].T @ (sides * forces)
    assert one.hessian @ z + one.x["g"] + pull == pytest.approx(np.zeros(N), abs=1e-9)
    value = one.x["a"] @ z
    value[rows] -= sides * forces * one.x["ease"][rows]
    assert (value <= one.x["high"] + 1e-8).all()
    assert (value >= one.x["low"] - 1e-8).all()


def test_the_same_programme_again_takes_one_iteration() -> None:
    one = Programme(3, 0.1)
    assert one.solve()[1] > 4
    before = one.x["z"].copy()
    assert one.solve() == (True, 1)
    assert one.x["z"] == pytest.approx(before, abs=1e-12)


def test_one_iteration_less_than_it_takes_is_no_solution() -> None:
    needed = Programme(3, 0.1).solve()[1]
    assert Programme(3, 0.1).solve(needed)[0]
    assert Programme(3, 0.1).solve(needed - 1) == (False, needed - 1)
    assert Programme(3, 0.1).solve(0) == (False, 0)


def test_rows_that_depend_on_each_other_do_no_harm() -> None:
    """The same row twice, and bounds that meet."""
    one = Programme(5, 0.1)
    one.x["a"][N] = one.x["a"][0]
    one.x["y"] = one.x["a"] @ one.x["W"]
    one.x["own"] = (one.x["a"] * one.x["y"]).sum(1) + one.x["ease"]
    one.x["low"][[0, N]] = one.x["high"][[0, N]] = 0.0
    assert one.solve()[0]
    assert one.x["z"] == pytest.approx(one.reference(), abs=2e-6)
