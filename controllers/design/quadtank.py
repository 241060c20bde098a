"""Recomputes what the strategies of the four tanks are made of, and prints their margins.

    python -m controllers.design.quadtank [--check]

The plant is the set `nonminimum_phase`, sampled every 5 s; levels in cm, pumps in V. The zero is at +0.0128 1/s, so the
loops cannot be quicker than its 78 s. Weights by Bryson's rule and then by the margins: a peak of the sensitivity below
1.75 in every direction.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import control
import numpy as np

from controllers.design import linear, tables
from controllers.design.linear import Matrix
from controllers.strategies import _quadtank, loopshape_quadtank, lqi_quadtank, mpc_quadtank
from hil.bench.plants import find_root, load_plant
from hil.blocks import Plant

PROGRAM = Path(__file__).parents[1] / "plc" / "quadtank.st"
TANKS = ("h1", "h2", "h3", "h4")
POINT = linear.Point("nonminimum_phase", TANKS, ("v1", "v2"), TANKS, (1.0,) * 6, 5.0)
NOISE = np.eye(2) * 0.02**2  # cm^2
SHAKEN = np.eye(4) * 0.01**2  # cm^2 a period
DRIFTING = np.eye(2) * 0.004**2  # V^2 a period
QI, R = np.eye(2) * 2e-3, np.eye(2)
KP, TI = 0.5, 60.0  # of the weight in front of the plant, beside the inverse of its steady gain


def plant() -> Plant:
    """Return the four tanks."""
    return load_plant("quadruple_tank", find_root(Path(__file__)))


def derive() -> dict[str, Matrix]:
    """Return the tables by the names that they have in the strategies."""
    model = linear.model(plant(), POINT)
    gain = linear.lqi(model, np.eye(2), QI, R)
    disturbed = linear.with_disturbances(model)
    shaken = np.block([[SHAKEN, np.zeros((4, 2))], [np.zeros((2, 4)), DRIFTING]])
    weight, k, _ = shaped(model)
    return {
        "A": model.a, "B": model.b, "ZERO": model.zero, "SPAN": model.span,
        "OBSERVER": linear.kalman(model, SHAKEN, NOISE), "DISTURBED": linear.kalman(disturbed, shaken, NOISE),
        "GAIN": gain, "WEIGHT": weight, "LA": k.A, "LB": k.B, "LC": k.C, "LD": k.D,
    }  # fmt: skip


def shaped(model: linear.Model) -> tuple[Matrix, Any, float]:
    """Return the steady weight, the controller behind it, and the largest stability margin."""
    tanks = linear.plant_of(model)
    weight = np.linalg.inv(control.dcgain(tanks))
    k, most = linear.loop_shaping(linear.continuous(tanks * before(weight)))
    return weight, linear.discrete(k, POINT.period), most


def before(weight: Matrix) -> Any:
    """The weight in front of the plant: proportional and integral, through the inverse of the steady gain."""
    return control.ss(np.eye(2), np.eye(2) * POINT.period / TI, KP * weight, KP * weight, POINT.period)


def loops() -> dict[str, tuple[Any, Any]]:
    """Return plant and controller of each strategy, as systems in discrete time."""
    found = derive()
    model = linear.model(plant(), POINT)
    tanks = linear.plant_of(model)
    k = control.ss(found["LA"], found["LB"], found["LC"], found["LD"], POINT.period)
    predictive = tables.predictive(linear.with_disturbances(model), found["DISTURBED"], mpc_quadtank.BLOCK.parameters)
    return {
        "pi": crossed_pi(),
        "lqi_quadtank": (tanks, linear.lqi_controller(model, found["GAIN"], found["OBSERVER"])),
        "loopshape_quadtank": (tanks, before(found["WEIGHT"]) * k),
        "mpc_quadtank": (tanks, predictive),
    }


def crossed_pi() -> tuple[Any, Any]:
    """The program's PI controllers, each level by the pump across, in a cycle of 1 s."""
    kp, ti = program_gains()
    across = np.array([[0.0, kp[1]], [kp[0], 0.0]])
    slow = control.ss(np.eye(2), np.diag([1.0 / one for one in ti]), across, across, 1.0)
    return linear.plant_of(linear.model(plant(), replace(POINT, period=1.0))), slow


def program_gains() -> tuple[list[float], list[float]]:
    """Return gains and integral times that stand in the program, of LIC1 and LIC2."""
    text = PROGRAM.read_text("utf-8")
    found = re.findall(r"LIC([12])_(KP|TI) : LREAL := ([0-9.]+);", text)
    return tuple([float(value) for _, name, value in sorted(found) if name == one] for one in ("KP", "TI"))  # type: ignore[return-value]


def written() -> dict[str, Matrix]:
    """Return the tables that stand in the strategies."""
    return tables.written(derive(), _quadtank, lqi_quadtank, loopshape_quadtank)


def report() -> Iterator[str]:
    """The tables and the margins, line by line."""
    yield from tables.text(derive())
    yield from tables.margins(loops(), (0.002, 0.005, 0.01, 0.02, 0.05))
    model = linear.model(plant(), POINT)
    yield f"loopshape_quadtank: largest stability margin {shaped(model)[2]:.3f}, with a gamma 1.1 times its least"


if __name__ == "__main__":
    print(*report(), sep="\n")
    sys.exit(tables.differ(derive(), written()) if "--check" in sys.argv[1:] else 0)
