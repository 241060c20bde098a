"""Controllers side by side in the rigs quadtank and vandevusse: errors, violations, and what a period costs.

    python -m controllers.design.comparison

Integrated absolute errors and the integral of what is beyond a bound are those of a scenario, each for its window, in
minutes; one seed. The cost is that of one compiled step on this core: `still`, with the same inputs again, and `jumps`,
with a set-point that goes to and fro between two that bring bounds into force; then iterations a period, too.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

import numpy as np

from hil.bench.library import find_block
from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.blocks import Block
from hil.blocks.block import ROLES
from hil.loop import Change, Loop, Step, script
from hil.plc import compile_file
from hil.record import read
from hil.testing import Alone

ROOT = Path(__file__).parents[2]
ROUNDS, TICKS, MINUTE, SECOND = 9, 2000, 60, 10**9
TANKS = {"pi": "PI", "lqi": "lqi_quadtank", "shaped": "loopshape_quadtank", "mpc": "mpc_quadtank"}
REACTOR = {"pi": "PI", "lqi": "lqi_vandevusse", "mpc": "mpc_vandevusse"}
AT_REST = {
    "quadtank": {"PV1": 12.44, "PV2": 13.17, "SP1": 12.44, "SP2": 13.17, "MV1": 3.15, "MV2": 3.15},
    "vandevusse": {"PV1": 0.9, "PV2": 407.29, "SP1": 0.9, "SP2": 407.29, "MV1": 0.00523, "MV2": -1248.8},
}
JUMPS = {"quadtank": ("SP1", 9.0, 16.0), "vandevusse": ("SP1", 0.6, 1.1)}


def record_of(rig: str, scenario: str) -> Any:
    """Run a scenario and return what was recorded."""
    with tempfile.TemporaryDirectory() as folder:
        Run(open_rig(ROOT / "rigs" / rig), Options(scenario=scenario, folder=Path(folder), seed=1)).execute()
        return read(Path(folder) / "record.mf4")


def off(found: Any, signal: str, wanted: str, since: int, until: int) -> float:
    """Return the integrated absolute error from one minute to another, in units times minutes."""
    seen = slice(since * MINUTE, until * MINUTE)
    return float(np.abs(found[signal][seen] - found[wanted][seen]).sum() / MINUTE)


def above(found: Any, signal: str, bound: float, since: int) -> float:
    """Return the integral of what is above a bound, in units times minutes."""
    return float(np.maximum(found[signal][since * MINUTE :] - bound, 0.0).sum() / MINUTE)


def at_rest(block: Block, rig: str) -> Alone:
    """Return a strategy by itself, with the inputs that it has with the plant at rest."""
    alone = Alone(block, SECOND)
    alone.set(**{one: value for one, value in AT_REST[rig].items() if one in block.inputs.names})
    return alone


def cost(name: str, rig: str) -> tuple[float, float, float]:
    """Return microseconds a step, still and with jumps, and the iterations of the latter; 0 where there are none."""
    block = find_block(f"strategies.{name}", None, ROOT)
    signal, *ends = JUMPS[rig]
    alone = at_rest(block, rig)
    counts = [alone.step(**{signal: ends[n % 2]}).get("iterations", 0.0) for n in range(40)]
    return _timed(block, rig, []), _timed(block, rig, [(signal, ends[n % 2]) for n in range(TICKS)]), median(counts[8:])


def _timed(block: Block, rig: str, jumps: list[tuple[str, float]]) -> float:
    times = []
    for _ in range(ROUNDS):
        alone = at_rest(block, rig)
        records = [alone.memory[role] for role in ROLES]
        inputs = alone.memory["inputs"]
        address = {one: inputs[one].ctypes.data for one in block.inputs.names}
        moves = [Change(n * SECOND, n * SECOND, address[name], "f8", value) for n, (name, value) in enumerate(jumps)]
        loop = Loop([script(moves, SECOND), Step(block.name, block.kernel.address, SECOND, *records)], SECOND)
        loop.run(2)
        began = thread_time_ns()
        loop.run(TICKS)
        times.append((thread_time_ns() - began) / (TICKS - 2) / 1e3)
    return median(times)


def scan(rig: str) -> float:
    """Return microseconds of a scan of the rig's program, PI controllers and all."""
    program = compile_file(ROOT / "controllers" / "plc" / f"{rig}.st")
    loop = Loop([Step("program", program.address, SECOND, x=program.new_memory())], SECOND)
    loop.run(2)
    times = []
    for n in range(1, ROUNDS):
        began = thread_time_ns()
        loop.run(2 + n * TICKS)
        times.append((thread_time_ns() - began) / TICKS / 1e3)
    return median(times)


def _costs(name: str, rig: str) -> str:
    if name == "PI":
        return f"{scan(rig):8.2f}"
    still, jumps, count = cost(name, rig)
    return f"{still:8.2f} {jumps:8.2f} {count:6g}"


def report() -> Iterator[str]:
    """The tables, line by line."""
    yield "four tanks            IAE, cm min           beyond 8 cm      us a period"
    yield "                      steps   poured water  cm min         still    jumps iterations"
    for scenario, name in TANKS.items():
        found = record_of("quadtank", scenario)
        errors = [
            sum(off(found, f"plant.h{i}", f"operator.SP{i}", *when) for i in (1, 2)) for when in ((30, 70), (70, 90))
        ]
        beyond = sum(above(found, f"plant.h{i}", 8.0, 25) for i in (3, 4))
        yield f"{name:20} {errors[0]:6.1f} {errors[1]:10.1f} {beyond:15.2f}     {_costs(name, 'quadtank')}"
    yield "reactor               IAE, kmol/m3 min  IAE, K min         us a period"
    yield "                      steps   feed      steps   feed     still    jumps iterations"
    for scenario, name in REACTOR.items():
        found = record_of("vandevusse", scenario)
        b = [off(found, "plant.cB", "operator.CB_SP", *when) for when in ((60, 120), (120, 180))]
        warm = [off(found, "plant.T", "operator.T_SP", *when) for when in ((60, 120), (120, 180))]
        yield f"{name:20} {b[0]:6.2f} {b[1]:6.2f} {warm[0]:10.1f} {warm[1]:6.1f}   {_costs(name, 'vandevusse')}"
    for name in ("schedule_vandevusse", "smith_vandevusse"):
        alone = _timed(find_block(f"strategies.{name}", None, ROOT), "vandevusse", [])
        yield f"{name:20} {'':33}{alone:8.2f}"


if __name__ == "__main__":
    print(*report(), sep="\n")
