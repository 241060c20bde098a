"""Recomputes what the strategies of van de Vusse's reactor are made of, and prints their margins.

    python -m controllers.design.vandevusse [--check]

About the set `hot`, sampled every 20 s, in shares of 10 1/h, 1000 kJ/h, 0.1 kmol/m3 and 5 K: regulator and predictive
controller, whose sensitivities peak below 1.75, and the program's PI controllers. The Smith predictor's controller is
that of S. Skogestad, J. Process Control 13 (2003) 291-309, for the model without the dead time, as is that of the
schedule for each flow at the temperature of the set `optimum`: gain over the flow with its sign, both lags, and the
inverse response as a dead time, twice which the closed loop takes at least; the gain is bounded by MOST.
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
from controllers.strategies import (
    _vandevusse,
    lqi_vandevusse,
    mpc_vandevusse,
    schedule_vandevusse,
    smith_vandevusse,
)
from hil.bench.plants import find_root, load_plant
from hil.blocks import Plant

PROGRAM = Path(__file__).parents[1] / "plc" / "vandevusse.st"
PERIOD, HOUR = 20.0, 3600.0
SPAN = (10 / HOUR, 1000 / 3.6, 0.1, 5.0, 5.0, 0.1)
POINT = linear.Point("hot", ("cA", "cB", "T", "TK"), ("F", "Q"), ("cB", "T", "TK", "cA"), SPAN, PERIOD)
NOISE = np.eye(2) * 0.1**2
SHAKEN = np.eye(4) * 0.02**2
DRIFTING = np.eye(2) * 0.03**2
QI, R = np.eye(2) * 0.02, np.eye(2) * 0.1
CLOSED, CLOSED_SMITH, MOST = 240.0, 180.0, 0.05
DEAD = 240.0


def plant() -> Plant:
    """Return the reactor."""
    return load_plant("van_de_vusse", find_root(Path(__file__)))


def isothermal(flow: float, temperature: float) -> tuple[Matrix, Matrix]:
    """Return d(cA, cB)/dt over (cA, cB) and over the flow, at rest, per second."""
    a, b = _vandevusse.steady(flow, temperature, 5.10)
    k1 = _vandevusse.K10 * np.exp(-_vandevusse.E1 / temperature)
    k3 = _vandevusse.K30 * np.exp(-_vandevusse.E3 / temperature)
    slope = np.array([[-(flow + k1 + 2 * k3 * a), 0.0], [k1, -(flow + k1)]])
    return slope, np.array([[5.10 - a], [-b]])


def gains(flow: float, temperature: float, closed: float) -> tuple[float, float]:
    """Return gain and integral time of a PI controller of cB by the flow."""
    a, b = isothermal(flow, temperature)
    gain = -np.linalg.solve(a, b)[1, 0]
    first, second = sorted((-1 / a[0, 0], -1 / a[1, 1]), reverse=True)
    inverse = max(-b[1, 0] / gain * first * second, 0.0)  # of the numerator gain (1 - inverse s), on the right
    lag, dead = first + second / 2, second / 2 + inverse + 1.5 * PERIOD
    wait = max(closed, 2 * dead) + dead
    return float(np.clip(lag / (gain * wait), -MOST, MOST)), float(min(lag, 4 * wait))


def rest(chosen: str) -> tuple[float, float]:
    """Return flow and temperature of a parameter set."""
    memory = plant().memory(chosen)
    return float(memory["inputs"]["F"][0]), float(memory["state"]["T"][0])


def derive() -> dict[str, Matrix]:
    """Return the tables by the names that they have in the strategies."""
    model = linear.model(plant(), POINT)
    disturbed = linear.with_disturbances(model)
    shaken = np.block([[SHAKEN, np.zeros((4, 2))], [np.zeros((2, 4)), DRIFTING]])
    slow = control.sample_system(control.ss(*isothermal(*rest("hot")), [[0.0, 1.0]], 0), PERIOD, "zoh")
    schedule = [gains(float(flow), rest("optimum")[1], CLOSED) for flow in schedule_vandevusse.FLOWS]
    return {
        "A": model.a, "B": model.b, "C": model.c, "ZERO": model.zero, "SPAN": model.span,
        "OBSERVER": linear.kalman(model, SHAKEN, NOISE), "DISTURBED": linear.kalman(disturbed, shaken, NOISE),
        "GAIN": linear.lqi(model, np.eye(2), QI, R), "GAINS": np.array(schedule),
        "SA": slow.A, "SB": slow.B, "SMITH": np.array(gains(*rest("hot"), CLOSED_SMITH)),
    }  # fmt: skip


def written() -> dict[str, Matrix]:
    """Return the tables that stand in the strategies."""
    modules = (_vandevusse, lqi_vandevusse, schedule_vandevusse, smith_vandevusse)
    return tables.written(derive(), *modules)


def program_pi() -> tuple[Any, Any]:
    """The program's PI controllers, AIC by the flow and TIC by the heat, in a cycle of 1 s."""
    text = PROGRAM.read_text("utf-8")
    found = {name: float(value) for name, value in re.findall(r"((?:AIC|TIC)_(?:KP|TI)) : LREAL := ([-0-9.]+);", text)}
    model = linear.model(plant(), replace(POINT, period=1.0))
    kp = np.diag([found["AIC_KP"] * model.span[2] / model.span[0], found["TIC_KP"] * model.span[3] / model.span[1]])
    slow = np.diag([1 / found["AIC_TI"], 1 / found["TIC_TI"]])
    return linear.plant_of(model), control.ss(np.eye(2), slow, kp, kp, 1.0)


def loops() -> dict[str, tuple[Any, Any]]:
    """Return plant and controller of each strategy for two outputs, as systems in discrete time."""
    found, model = derive(), linear.model(plant(), POINT)
    reactor = linear.plant_of(model)
    predictive = tables.predictive(linear.with_disturbances(model), found["DISTURBED"], mpc_vandevusse.BLOCK.parameters)
    return {
        "pi": program_pi(),
        "lqi_vandevusse": (reactor, linear.lqi_controller(model, found["GAIN"], found["OBSERVER"])),
        "mpc_vandevusse": (reactor, predictive),
    }


def pi(kp: float, ti: float) -> Any:
    """A PI controller whose integral moves before the output is formed."""
    return control.ss(1.0, PERIOD / ti * kp, 1.0, kp + PERIOD / ti * kp, PERIOD)


def by_flow(flow: float, temperature: float) -> Any:
    """The reactor from flow to cB at a temperature, sampled, the flow acting a period later than it is asked for."""
    return control.sample_system(control.ss(*isothermal(flow, temperature), [[0.0, 1.0]], 0), PERIOD, "zoh")


def late(periods: int) -> Any:
    """A dead time of so many periods, one at least."""
    return control.ss(np.eye(periods, k=-1), np.eye(periods, 1), np.eye(1, periods, k=periods - 1), 0, PERIOD)


def single() -> dict[str, tuple[Any, Any]]:
    """Return plant and controller of the loops by the flow alone: the schedule at its flows, the Smith predictor."""
    found = derive()
    loops: dict[str, tuple[Any, Any]] = {}
    for flow, (kp, ti) in zip(schedule_vandevusse.FLOWS, found["GAINS"], strict=True):
        loops[f"at {flow * HOUR:g} 1/h"] = (by_flow(float(flow), rest("optimum")[1]), pi(kp, ti))
    model, inside = by_flow(*rest("hot")), pi(*found["SMITH"])
    line = late(round(DEAD / PERIOD))
    loops["smith_vandevusse"] = (line * model, control.feedback(inside, model - line * model))
    loops["the same PI, late"] = (line * model, inside)
    return loops


def report() -> Iterator[str]:
    """The tables and the margins, line by line."""
    yield from tables.text(derive())
    yield from tables.margins(loops(), (0.001, 0.002, 0.005, 0.01, 0.02))
    yield from tables.margins(single(), ())


if __name__ == "__main__":
    print(*report(), sep="\n")
    sys.exit(tables.differ(derive(), written()) if "--check" in sys.argv[1:] else 0)
