"""Nanoseconds per step of every plant: discrete part, outputs, envelope and solver, as its rig steps it.

A plant without a rig is stepped by rk4 at a twentieth of its fastest time constant. `real time` is how many times as
fast as real time the plant runs alone. Where there is a C program of a plant in `plants/`, it is the reference: it
makes the same steps by rk4 and has to come to the same end.
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


Memory = dict[str, Any]


def figures() -> list[dict[str, Any]]:
    """Return one figure for each plant."""
    return [_figure(name) for name in plant_files(ROOT)]


def _figure(name: str) -> dict[str, Any]:
    plant = load_plant(name, ROOT)
    method, step, start = _as_in_its_rig(plant)
    end = _copy(start)
    times = [_round(plant, method, step, _copy(start)) for _ in range(ROUNDS - 1)]
    times.append(_round(plant, method, step, end))
    ours = median(times)
    found: dict[str, Any] = {
        "name": f"plant {name}",
        "ours": ours,
        "unit": "ns/step",
        "spread": max(times) - min(times),
    }
    found |= {"method": method, "step": f"{step * 1e-9:g} s", "states": plant.state.size, "real time": step / ours}
    if (source := FOLDER / f"{name}.c").exists():
        found["reference"] = _c(source, step, start, end)
        found["ratio"] = ours / found["reference"]
    return found


def _as_in_its_rig(plant: Plant) -> tuple[str, int, Memory]:
    """Return method, step and parameter set of the first rig with this plant, or what suits the plant alone."""
    for path in sorted(ROOT.glob("rigs/*/rig.toml")):
        part = read_rig(path)[0].plant
        if part.model == plant.name:
            return part.solver, part.step, plant.memory(part.parameters)
    memory = plant.memory(next(iter(plant.sets), None))
    return "rk4", max(1000, round(0.05e9 / (fastest(plant, memory) or 1.0))), memory


def _loop(plant: Plant, method: str, step: int, memory: Memory) -> Loop:
    roles: dict[str, Any] = {"p": memory["parameters"], "x": memory["state"], "u": memory["inputs"]}
    seen = [one for one in (plant.update_kernel, plant.measure_kernel) if one is not None]
    steps = [Step("plant", one, step, **roles, y=memory["outputs"]) for one in seen]
    if (bounds := envelope(plant)) is not None:
        steps.append(Step("envelope", bounds, step, **roles, y=counters(plant).new()))
    solver = Solver.of(plant, method, memory)
    return Loop([*steps, Step("solver", solver.code, step, p=solver.problem, x=roles["x"], u=roles["u"])], step)


def _round(plant: Plant, method: str, step: int, memory: Memory) -> float:
    """Return ns per step of the first steps from the start; `memory` is left as it is after them."""
    loop = _loop(plant, method, step, memory)
    loop.run(1)  # what is done once, such as compiling the schedule
    began = thread_time_ns()
    status = loop.run(1 + TICKS)
    spent = thread_time_ns() - began
    done = loop.tick - 1
    if status and done < LEAST:
        raise RuntimeError(f"plant {plant.name}: {loop.last.name} ended the run after {done} steps, status {status}")
    return spent / done


def _copy(memory: Memory) -> Memory:
    return {role: one.copy() for role, one in memory.items()}


def _c(source: Path, step: int, start: Memory, end: Memory) -> float:
    """Return ns per step of a C program of the plant; it has to come to the same end."""
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/code.so"
        subprocess.run(["gcc", *FLAGS, "-o", target, str(source), "-lm"], check=True)
        code = ctypes.CDLL(target)
    times, memory = [], start
    for _ in range(ROUNDS):
        memory = _copy(start)
        pointers = [ctypes.c_void_p(memory[role].ctypes.data) for role in ("parameters", "inputs", "state", "outputs")]
        began = thread_time_ns()
        code.run(*pointers, ctypes.c_double(step * 1e-9), ctypes.c_int64(1 + TICKS))
        times.append((thread_time_ns() - began) / (1 + TICKS))
    found, expected = (one["state"].view(np.ndarray).view("f8") for one in (memory, end))
    if not np.allclose(found, expected, rtol=1e-9):
        raise RuntimeError(f"{source.name} comes to {found}, and the plant to {expected}: they are not the same plant")
    return median(times)
