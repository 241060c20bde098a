"""Nanoseconds per step of every plant: discrete part, outputs, envelope and solver, as its rig steps it.

A plant without a rig is stepped by rk4 at a twentieth of its fastest time constant. `real time` is how many times as
fast as real time the plant runs alone. Where there is a C program of a plant in `plants/`, it is the reference.
"""

import ctypes
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

import numpy as np

from hil.bench.plants import load_plant, plant_files
from hil.bench.rig_file import read_rig
from hil.blocks import Plant, Solver, envelope
from hil.blocks.envelope import counters
from hil.loop import Loop, Step
from hil.testing.plants import fastest

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "plants"
ROUNDS, TICKS, LEAST = 15, 8192, 256
"""Rounds, the steps of each from the start, and how many there have to be where the plant shuts itself down."""
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")


def figures() -> list[dict[str, Any]]:
    """Return one figure for each plant."""
    return [_figure(name) for name in plant_files(ROOT)]


def _figure(name: str) -> dict[str, Any]:
    plant = load_plant(name, ROOT)
    method, step, memory = _as_in_its_rig(plant)
    times = [_round(plant, method, step, memory) for _ in range(ROUNDS)]
    ours = median(times)
    found: dict[str, Any] = {
        "name": f"plant {name}",
        "ours": ours,
        "unit": "ns/step",
        "spread": max(times) - min(times),
    }
    found |= {"method": method, "step": f"{step * 1e-9:g} s", "states": plant.state.size, "real time": step / ours}
    if (source := FOLDER / f"{name}.c").exists():
        found["reference"] = _c(source, plant)
        found["ratio"] = ours / found["reference"]
    return found


def _as_in_its_rig(plant: Plant) -> tuple[str, int, dict[str, Any]]:
    """Return method, step and parameter set of the first rig with this plant, or what suits the plant alone."""
    for path in sorted(ROOT.glob("rigs/*/rig.toml")):
        part = read_rig(path)[0].plant
        if part.model == plant.name:
            return part.solver, part.step, plant.memory(part.parameters)
    memory = plant.memory(next(iter(plant.sets), None))
    return "rk4", max(1000, round(0.05e9 / (fastest(plant, memory) or 1.0))), memory


def _loop(plant: Plant, method: str, step: int, memory: dict[str, Any]) -> Loop:
    roles: dict[str, Any] = {"p": memory["parameters"], "x": memory["state"], "u": memory["inputs"]}
    seen = [one for one in (plant.update_kernel, plant.measure_kernel) if one is not None]
    steps = [Step("plant", one, step, **roles, y=memory["outputs"]) for one in seen]
    if (bounds := envelope(plant)) is not None:
        steps.append(Step("envelope", bounds, step, **roles, y=counters(plant).new()))
    solver = Solver.of(plant, method, memory)
    return Loop([*steps, Step("solver", solver.code, step, p=solver.problem, x=roles["x"], u=roles["u"])], step)


def _round(plant: Plant, method: str, step: int, memory: dict[str, Any]) -> float:
    """Return ns per step of the first steps from the start."""
    loop = _loop(plant, method, step, {role: one.copy() for role, one in memory.items()})
    loop.run(1)  # what is done once, such as compiling the schedule
    began = thread_time_ns()
    status = loop.run(1 + TICKS)
    spent = thread_time_ns() - began
    done = loop.tick - 1
    if status and done < LEAST:
        raise RuntimeError(f"plant {plant.name}: {loop.last.name} ended the run after {done} steps, status {status}")
    return spent / done


def _c(source: Path, plant: Plant) -> float:
    """Return ns per step of the C program of the stirred tank."""
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/code.so"
        subprocess.run(["gcc", *FLAGS, "-o", target, str(source), "-lm"], check=True)
        code = ctypes.CDLL(target)
        p, x, u = (plant.memory("mathworks")[role][0] for role in ("parameters", "state", "inputs"))
        given = ([p.k0, p.E_R, p.dH, p.rhoCp, p.UA], [u.Tc, u.Tf, u.CAf, u.F / p.V], [x["CA"], x["T"]], [0.0] * 3)
        arrays = [np.array(one, float) for one in given]
        times = []
        for _ in range(ROUNDS):
            began = thread_time_ns()
            pointers = (ctypes.c_void_p(one.ctypes.data) for one in arrays)
            code.run(*pointers, ctypes.c_double(1.0), ctypes.c_int64(TICKS))
            times.append((thread_time_ns() - began) / TICKS)
    return median(times)
