"""Derives the gains of controllers/plc/eda.st from the plant's equations, and says how robust they are.

    python -m controllers.design.eda            the gains, and the margins at each operating point
    python -m controllers.design.eda --check    compares the gains with those written in eda.st, too

The plant is made steady at its set-points for a share of the full rate, and linearised there, all 64 states. Coils and
feed heater are lags, a unit seen from its coil first of all integrates; each loop is tuned by the rules of S.
Skogestad, Simple analytic rules for model reduction and PID controller tuning, J. Process Control 13 (2003) 291-309,
table 1, at full rate, from the inside out. The margins are those of the linear model with transmitters, scan and the
loop inside closed, all other valves held. Left out: rate and stiction of valves.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import control
import numpy as np

from controllers.design.reactor import Gains, lag, margins, pi, simc
from hil.bench.plants import find_root, load_plant
from hil.loop import Step, call_block
from plant_models.reactors.ethylenediamine import CP

SCAN = 1.0  # s
DEAD = 1.5 * SCAN  # s: one scan until it acts, half a scan on average until it is seen
FLOW_LAG, COIL_LAG, UNIT_LAG = 1.0, 2.0, 5.0  # s, transmitters
CLOSED_FLOW, CLOSED_HEATER = 5.0, 30.0  # s, wanted closed-loop time constants
CLOSED_COIL = 30.0
CLOSED_UNIT = (100.0, 100.0, 100.0, 150.0, 600.0)
TARGETS = (368.15, 373.15, 368.15, 443.15, 448.15)  # K, units
HEATER = 328.15  # K
VALVES = ("cool1", "cool2", "cool3", "oil4", "oil5", "steam")
RATES = (1.0, 0.7, 0.4)
STATES = 64  # the plant's last three only count
HEAT = 63  # the heater among the states; before it units (45), heats (5), coils (5), their flows (5), feeds (3)

PLANT = load_plant("ethylenediamine", find_root(Path(__file__)))
PROGRAM = Path(__file__).parents[1] / "plc" / "eda.st"
Matrix = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Point:
    """A steady state at a share of the full rate: x, valves (share open), and the linear model, valves in percent.

    `c` gives the temperatures of the units and of the heater.
    """

    rate: float
    x: Matrix
    valves: Matrix
    a: Matrix
    b: Matrix
    c: Matrix


class Flow:
    """The plant's right-hand side over plain vectors: states, then valves."""

    def __init__(self, rate: float) -> None:
        normal = PLANT.memory()["inputs"]
        self.memory = PLANT.memory(values={name: float(normal[name][0]) * rate for name in ("aq", "eo1", "eo2")})
        self.dx = PLANT.state.new()
        self.x, self.slope = (one.view(np.ndarray).view("f8").reshape(-1) for one in (self.memory["state"], self.dx))
        p, x, u, y = (self.memory[role] for role in ("parameters", "state", "inputs", "outputs"))
        assert PLANT.measure_kernel is not None
        self.steps = (
            Step("derivative", PLANT.derivative_kernel.address, 0, p, x, u, self.dx),
            Step("measure", PLANT.measure_kernel.address, 0, p, x, u, y),
        )

    @property
    def start(self) -> Matrix:
        """The declared steady state."""
        valves = [float(self.memory["inputs"][name][0]) for name in VALVES]
        return np.array([*PLANT.memory()["state"].view(np.ndarray).view("f8").reshape(-1)[:STATES], *valves])

    def __call__(self, z: Matrix) -> Matrix:
        """The derivative, the units' temperatures and the heater's."""
        self.x[:STATES] = z[:STATES]
        for name, value in zip(VALVES, z[STATES:], strict=True):
            self.memory["inputs"][name] = value
        for step in self.steps:
            call_block(step, 0)
        seen = [self.memory["outputs"][f"T{i}"][0] for i in range(1, 6)]
        return np.array([*self.slope[:STATES], *seen, self.x[HEAT]])

    def jacobian(self, z: Matrix) -> Matrix:
        """Of the whole, by central differences."""
        moves = np.diag(1e-6 * np.maximum(np.abs(z), 1e-3))
        return np.column_stack([(self(z + e) - self(z - e)) / (2 * e.sum()) for e in moves])


def point(rate: float) -> Point:
    """The steady state at a share of the full rate, by Newton's method from the full one, linearised."""
    flow = Flow(rate)
    z, wanted = flow.start, np.array([*np.zeros(STATES), *TARGETS, HEATER])
    for _ in range(8):
        z = z + np.linalg.solve(flow.jacobian(z), wanted - flow(z))
    j = flow.jacobian(z)
    return Point(rate, z[:STATES], z[STATES:], j[:STATES, :STATES], j[:STATES, STATES:] / 100, j[STATES:, :STATES])


def derive() -> dict[str, list[Gains]]:
    """The gains of flows, heater, coils and units."""
    at, p = point(1.0), PLANT.memory()["parameters"][0]
    flows = [simc(full / 100, float(p.tau_F), CLOSED_FLOW, FLOW_LAG + DEAD) for full in (p.w_aq, p.w_eo)]
    a = np.diag(at.a)
    heater = simc(-at.b[HEAT, 5] / a[HEAT], -1 / a[HEAT], CLOSED_HEATER, COIL_LAG + DEAD)
    coils, units = [], []
    for i in range(5):
        w = 55 + i  # the coil's flow, which follows its valve
        gain = at.a[50 + i, w] / -a[50 + i] * at.b[w, i] / -a[w]
        coils.append(simc(gain, -1 / a[50 + i], CLOSED_COIL, float(p.tau_F) + COIL_LAG + DEAD))
        capacity = float(at.x[9 * i : 9 * i + 9] @ CP)
        endless = 1e9  # an integrator is a lag without end
        rises = float(p.UA[i]) / capacity * endless
        units.append(simc(rises, endless, CLOSED_UNIT[i], CLOSED_COIL + UNIT_LAG + DEAD))
    return {"aq": flows[:1], "eo": flows[1:], "heater": [heater], "coil": coils, "unit": units}


def loops(at: Point, gains: dict[str, list[Gains]]) -> Iterator[tuple[str, Any]]:
    """The open loops by their names, each with the one inside it closed."""
    acts = control.ss(0.0, 1.0, 1.0, 0.0, SCAN)
    full = PLANT.memory()["parameters"][0]
    for name, most in (("aq", full.w_aq), ("eo", full.w_eo)):
        yield f"FIC {name}", lag(FLOW_LAG) * lag(float(full.tau_F)) * (most / 100) * acts * pi(gains[name][0])
    plant = control.ss(at.a, at.b, np.vstack([np.eye(STATES)[[50, 51, 52, 53, 54, HEAT]], at.c[:5]]), 0)
    sampled = control.sample_system(plant, SCAN, "zoh")
    yield "TIC0", lag(COIL_LAG) * sampled[5, 5] * acts * pi(gains["heater"][0])
    for i in range(5):
        inner = sampled[[i, 6 + i], i] * acts * pi(gains["coil"][i])
        coil, unit = control.ss([], [], [], [[1.0, 0.0]], SCAN), control.ss([], [], [], [[0.0, 1.0]], SCAN)
        seen = lag(COIL_LAG) * coil
        yield f"TICU{i + 1}", seen * inner
        yield f"TIC{i + 1}", lag(UNIT_LAG) * unit * control.feedback(inner, seen) * pi(gains["unit"][i])


def written(text: str) -> dict[str, list[Gains]]:
    """The gains that stand in the program.

    Raises:
        LookupError: one of them is missing.
    """

    def numbers(name: str) -> list[float]:
        found = re.search(rf"^\s*{name}\s*:[^:=]*:=\s*([^;]+);", text, re.MULTILINE)
        if found is None:
            raise LookupError(f"no constant {name} in {PROGRAM.name}")
        return [float(one) for one in found[1].strip("[] ").split(",")]

    names = {"aq": "F_KP_AQ F_TI", "eo": "F_KP_EO F_TI", "heater": "TH_KP TH_TI", "coil": "TU_KP TU_TI"}
    return {
        loop: [Gains(kp, ti) for kp, ti in zip(*map(numbers, pair.split()), strict=True)]
        for loop, pair in {**names, "unit": "T_KP T_TI"}.items()
    }


def table(gains: dict[str, list[Gains]]) -> Iterator[str]:
    """The gains and how robust they are, line by line."""
    for loop, found in gains.items():
        yield f"{loop:7}" + "".join(f"  KP {one.kp:6g} TI {one.ti:5g} s" for one in found)
    yield "rate   loop      gain may rise   phase   peak"
    yield "                 times           deg     sensitivity"
    for rate in RATES:
        for name, loop in loops(point(rate), gains):
            m = margins(loop)
            unstable = "" if m.stable else "  UNSTABLE"
            yield f"{rate:4.1f}   {name:8}  {m.up:8.1f}       {m.phase:7.1f} {m.sensitivity:8.2f}{unstable}"


def main(arguments: list[str]) -> int:
    """Print the table; with --check say whether the program has these gains, 1 when it has others."""
    gains = derive()
    print("\n".join(table(gains)))
    if "--check" not in arguments:
        return 0
    there = written(PROGRAM.read_text("utf-8"))
    different = [loop for loop in gains if gains[loop] != there[loop]]
    for loop in different:
        print(f"{PROGRAM.name}: loop {loop} has {there[loop]}, derived are {gains[loop]}", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
