"""What the designs of the linear strategies share: tables as text, their comparison, margins in lines.

A predictive controller away from its bounds is linear, too: `predictive` is that system.
"""

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import control
import numpy as np

from controllers.design.linear import Matrix, Model, singular_values
from controllers.design.linear import margins as margins_of
from controllers.strategies._predictive import HORIZON, MOVES, STARTS
from hil.signals import Record

CLOSE = 2e-6
"""How far a written number may be from the derived one, beside the largest of its table."""


def text(tables: Mapping[str, Matrix]) -> Iterator[str]:
    """The tables as they stand in the strategies."""
    for name, table in tables.items():
        rows = [", ".join(f"{value:.7g}" for value in row) for row in np.atleast_2d(table)]
        if table.ndim == 1:
            yield f"{name} = np.array([{rows[0]}])"
        else:
            yield f"{name} = np.array([\n" + "".join(f"    [{row}],\n" for row in rows) + "])  # fmt: skip"


def written(names: Mapping[str, Matrix], *modules: ModuleType) -> dict[str, Matrix]:
    """Return the tables of these names that stand in the modules.

    Raises:
        LookupError: one stands in none.
    """
    found = {}
    for name in names:
        holders = [one for one in modules if hasattr(one, name)]
        if not holders:
            raise LookupError(f"no table {name} in {', '.join(one.__name__ for one in modules)}")
        found[name] = np.asarray(getattr(holders[0], name))
    return found


def different(derived: Mapping[str, Matrix], there: Mapping[str, Matrix]) -> list[str]:
    """Return the names of the tables that are not as derived."""
    return [
        name
        for name, table in derived.items()
        if table.shape != there[name].shape or np.abs(table - there[name]).max() > CLOSE * np.abs(table).max()
    ]


def differ(derived: Mapping[str, Matrix], there: Mapping[str, Matrix]) -> int:
    """Say which tables are not as derived; return 1 when there are any."""
    names = different(derived, there)
    for name in names:
        print(f"{name} stands there as\n{there[name]}", file=sys.stderr)
    return 1 if names else 0


def margins(loops: Mapping[str, tuple[Any, Any]], omegas: tuple[float, ...]) -> Iterator[str]:
    """One line for each loop, then its singular values over the frequency."""
    yield "                        peak of S        gain may      phase  delay"
    yield "strategy              output  input   fall    rise      deg      s"
    for name, (plant, controller) in loops.items():
        m = margins_of(plant, controller)
        yield (
            f"{name:20} {m.peak:7.2f} {m.input_peak:6.2f} {m.gain[0]:6.2f} {m.gain[1]:7.2f} {m.phase:8.1f}"
            f" {m.delay:6.1f}{'' if m.stable else '  UNSTABLE'}"
        )
    if not omegas:
        return
    yield "singular values of the loop, largest and smallest, over the frequency in rad/s"
    for name, (plant, controller) in loops.items():
        found = singular_values(plant, controller, omegas)
        yield f"{name:20} " + "  ".join(f"{w:g}: {high:.3g} {low:.3g}" for w, high, low in found)


def predictive(model: Model, observer: Matrix, parameters: Record) -> Any:
    """Return the predictive controller away from all bounds as a system from r - y to u.

    Its states are the estimate after the measurement, with y measured from r, and the inputs told last.
    """
    n = model.a.shape[0]
    q, r = (np.asarray(parameters[one].initial, float) for one in ("q", "r"))
    c = model.c[:2]
    powers = [np.linalg.matrix_power(model.a, k) for k in range(HORIZON + 1)]
    step = np.cumsum([c @ powers[k] @ model.b for k in range(HORIZON)], axis=0)
    toward = np.zeros((2 * HORIZON, MOVES))
    for k in range(HORIZON):
        for i, start in enumerate(STARTS):
            if k >= start:
                toward[2 * k : 2 * k + 2, 2 * i : 2 * i + 2] = step[k - start]
    weight = np.tile(q**2, HORIZON)
    hessian = toward.T @ (weight[:, None] * toward) + np.diag(np.tile(r**2, len(STARTS)))
    first = -np.linalg.solve(hessian, toward.T * weight)[:2]
    by_x, by_u = first @ np.vstack([c @ one for one in powers[1:]]), first @ step.reshape(2 * HORIZON, 2)
    # the estimate moves with the inputs told last, v; then u = v + by_x x + by_u v
    keep = np.eye(n) - observer @ c
    a = np.block([[keep @ model.a, keep @ model.b], [np.zeros((2, n)), np.zeros((2, 2))]])
    b = np.vstack([-observer, np.zeros((2, 2))])
    out = np.hstack([by_x, np.eye(2) + by_u])
    # u = out (x, v): with x moved, and v kept
    kept = np.block([[a[:n]], [np.zeros((2, n)), np.eye(2)]])
    gives, direct = out @ kept, out @ b
    a[n:] = gives
    b[n:] = direct
    return control.ss(a, b, gives, direct, model.period)
