"""Derives the gains of controllers/plc/reactor.st from the reactor's equations, and says how robust they are.

    python controllers/design/reactor.py            the gains, and the margins at each operating point
    python controllers/design/reactor.py --check    compares the gains with those written in reactor.st, too

The plant is linearised where it is steady, the instruments and the scan are taken as the bench steps them
(sampled every second; what a scan computes acts one scan later), and each loop is tuned by the rules of S.
Skogestad, Simple analytic rules for model reduction and PID controller tuning, J. Process Control 13 (2003)
291-309, table 1, from the inside out: what a closed inner loop leaves is the delay of the next one. Left
out: the valve's stiction and rate.
"""

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import control
import numpy as np
from scipy.optimize import brentq

from hil.bench.plants import find_root, load_plant
from hil.blocks.interpreted import interpret

SCAN = 1.0  # s
LOOP_LAG, TC_LAG, T_LAG, CA_LAG = 60.0, 5.0, 10.0, 60.0  # s: coolant loop, transmitters
T_FILTER, CA_FILTER = 15.0, 60.0  # s, in the program
COLD, WARM = 268.15, 328.15  # K
DEAD = 1.5 * SCAN  # s: one scan until it acts, half a scan on average until it is seen
CLOSED = {"tc": 40.0, "t": 700.0, "ca": 1800.0}  # s: the wanted closed-loop time constants
POINTS = (8.5, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.5, 2.0)  # kmol/m^3
SCHEDULE = (2.0, 3.0, 4.0, 5.0, 6.5, 8.5)  # kmol/m^3: the break points in reactor.st
KC_CA_MOST = 8.0  # K m^3/kmol: beyond it the analyser's noise would move the temperature

PLANT = load_plant("cstr", find_root(Path(__file__)))
PROGRAM = Path(__file__).parents[1] / "plc" / "reactor.st"


@dataclass(frozen=True)
class Point:
    """A steady state: T and Tc in K, the Jacobian `a` and the column `b` of Tc, per second."""

    CA: float
    T: float
    Tc: float
    a: "np.ndarray[Any, np.dtype[np.float64]]"
    b: "np.ndarray[Any, np.dtype[np.float64]]"


def slope(CA: float, T: float, Tc: float) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The derivative of (CA, T) with nominal feed, per second."""
    memory = PLANT.memory(values={"CA": CA, "T": T, "Tc": Tc})
    dx = PLANT.state.new()
    interpret(PLANT.derivative, 0, 0, memory["parameters"], memory["state"], memory["inputs"], dx)
    return np.array([dx["CA"][0], dx["T"][0]])


def point(CA: float) -> Point:
    """The steady state at a concentration, linearised by central differences."""
    T = brentq(lambda T: slope(CA, T, 300.0)[0], 250.0, 500.0, xtol=1e-12)
    Tc = brentq(lambda Tc: slope(CA, T, Tc)[1], 201.0, 399.0, xtol=1e-12)
    e = 1e-4
    columns = [
        (slope(CA + d, T + dT, Tc + dc) - slope(CA - d, T - dT, Tc - dc)) / (2 * e)
        for d, dT, dc in ((e, 0, 0), (0, e, 0), (0, 0, e))
    ]
    return Point(CA, T, Tc, np.column_stack(columns[:2]), columns[2])


@dataclass(frozen=True)
class Gains:
    """A PI controller: `kp` in output per input, `ti` in s."""

    kp: float
    ti: float


def rounded(value: float) -> float:
    """Two digits are as good as the model."""
    return float(f"{value:.2g}")


def simc(gain: float, lag: float, closed: float, dead: float) -> Gains:
    """Skogestad's rule for gain/(lag s + 1) exp(-dead s)."""
    wait = closed + dead
    return Gains(rounded(lag / (gain * wait)), rounded(min(lag, 4 * wait)))


def derive() -> dict[str, list[Gains]]:
    """The gains of the three loops, the outer one for each concentration of the schedule."""
    tc = simc((COLD - WARM) / 100, LOOP_LAG, CLOSED["tc"], TC_LAG + DEAD)
    b = point(5.0).b[1]  # the same everywhere: seen from Tc, the reactor first of all integrates
    lag = 1e9  # an integrator is a lag without end
    t = simc(b * lag, lag, CLOSED["t"], CLOSED["tc"] + T_LAG + T_FILTER + DEAD)
    outer = []
    for CA in SCHEDULE:
        a = point(CA).a
        one = simc(-a[0, 1] / a[0, 0], -1 / a[0, 0], CLOSED["ca"], CLOSED["t"] + CA_LAG + CA_FILTER)
        outer.append(Gains(max(one.kp, -KC_CA_MOST), one.ti))
    return {"tc": [tc], "t": [t], "ca": outer}


def scheduled(gains: list[Gains], CA: float) -> Gains:
    """The outer gains at a concentration, as the program interpolates them."""
    kp, ti = (np.interp(CA, SCHEDULE, [getattr(one, name) for one in gains]) for name in ("kp", "ti"))
    return Gains(float(kp), float(ti))


def lag(seconds: float) -> Any:
    """A first-order lag as blocks and program step it."""
    keep = math.exp(-SCAN / seconds)
    return control.ss(keep, keep, 1 - keep, 1 - keep, SCAN)


def pi(gains: Gains) -> Any:
    """The program's PI: the integral moves after the output was formed."""
    return control.ss(1.0, SCAN / gains.ti * gains.kp, 1.0, gains.kp, SCAN)


def loops(at: Point, gains: dict[str, list[Gains]]) -> dict[str, Any]:
    """The three open loops, each with the ones inside it closed; `closed` is the whole."""
    tc, t, ca = gains["tc"][0], gains["t"][0], scheduled(gains["ca"], at.CA)
    acts = control.ss(0.0, 1.0, 1.0, 0.0, SCAN)
    reactor = control.sample_system(control.ss(at.a, at.b.reshape(2, 1), np.eye(2), 0), SCAN, "zoh")
    coolant = lag(LOOP_LAG) * ((COLD - WARM) / 100) * acts * pi(tc)
    inner = control.feedback(coolant, lag(TC_LAG))
    forward = reactor * inner * pi(t)  # from the error of T to (CA, T)
    seen = lag(T_FILTER) * lag(T_LAG) * control.ss([], [], [], [[0.0, 1.0]], SCAN)
    loop_t = seen * forward
    to_ca = control.ss([], [], [], [[1.0, 0.0]], SCAN) * control.feedback(forward, seen)
    loop_ca = lag(CA_FILTER) * lag(CA_LAG) * to_ca * pi(ca)
    return {"tc": lag(TC_LAG) * coolant, "t": loop_t, "ca": loop_ca}


@dataclass(frozen=True)
class Margins:
    """How far a loop is from instability: gain up and down (factors), phase (degrees), peak sensitivity."""

    up: float
    down: float
    phase: float
    sensitivity: float
    stable: bool


def margins(loop: Any) -> Margins:
    """The margins of a loop, on a grid of frequencies, and whether it is stable when closed."""
    omega = np.geomspace(1e-5, math.pi / SCAN, 1000)
    found = control.stability_margins(control.frd(loop, omega), returnall=True)
    gains, phases, sensitivity = found[0], found[1], found[2]
    poles = control.feedback(loop, 1).poles()
    return Margins(
        min((one for one in gains if one > 1), default=math.inf),
        max((one for one in gains if one < 1), default=0.0),
        min((abs(one) for one in phases), default=math.inf),
        1 / min(sensitivity),
        bool(np.all(np.abs(poles) < 1)),
    )


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

    return {
        loop: [Gains(kp, ti) for kp, ti in zip(numbers(f"{name}_KP"), numbers(f"{name}_TI"), strict=True)]
        for loop, name in (("tc", "TIC102"), ("t", "TIC101"), ("ca", "SCHEDULE"))
    }


def table(gains: dict[str, list[Gains]]) -> Iterator[str]:
    """The gains and how robust they are, line by line."""
    yield f"TIC102  KP {gains['tc'][0].kp:6g} %/K  TI {gains['tc'][0].ti:6g} s"
    yield f"TIC101  KP {gains['t'][0].kp:6g} K/K  TI {gains['t'][0].ti:6g} s"
    for CA, one in zip(SCHEDULE, gains["ca"], strict=True):
        yield f"AIC101  KP {one.kp:6g} K m^3/kmol  TI {one.ti:6g} s  at {CA:g} kmol/m^3"
    yield "                                        gain may         phase   peak"
    yield "  CA       T       Tc    pole      loop   fall    rise    margin  sensitivity"
    yield "kmol/m^3   K       K      1/h               times           deg"
    first = loops(point(SCHEDULE[0]), gains)["tc"]  # the coolant's loop knows nothing of the reactor
    yield f"{'any':>5}{'':26}{_words('tc', margins(first))}"
    for CA in POINTS:
        at = point(CA)
        worst = max(np.linalg.eigvals(at.a * 3600).real)
        here = f"{CA:5.2f} {at.T:8.2f} {at.Tc:7.2f} {worst:7.3f}"
        found = loops(at, gains)
        yield from (f"{here}  {_words(loop, margins(found[loop]))}" for loop in ("t", "ca"))


def _words(loop: str, m: Margins) -> str:
    unstable = "" if m.stable else "  UNSTABLE"
    return f"   {loop:4} {m.down:7.3f} {m.up:7.1f} {m.phase:7.1f} {m.sensitivity:8.2f}{unstable}"


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
