"""A library of 30,000 lines and a program that runs all of it: compiled cold, and started from the cache."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

LINES, ROUNDS = 30_000, 3
UNIT = Path(__file__).parent / "library/unit.st"  # @N: the number of a copy; @S: a number from 1 to 9
_START = """
import os, sys, time
from hil.plc import compile_file
began = time.perf_counter()
program = compile_file(sys.argv[1])
assert program.run(program.new_memory(), 10, 0, 10_000_000) is None
seconds = time.perf_counter() - began
print(seconds, sum(os.times()[:4]))
"""


def library(lines: int = LINES) -> str:
    """Return the text: copies of the unit, each with types, functions and blocks of its own, and the program."""
    unit = UNIT.read_text("utf-8")
    copies = range(lines // (unit.count("\n") + 3))
    ovens = "".join(f"    oven_{k} : OVEN_{k};\n" for k in copies)
    calls = "".join(
        f"  oven_{k}(start := go, measured := heat);\n  heat := heat + oven_{k}.power * 0.001;\n" for k in copies
    )
    main = f"PROGRAM MAIN\n  VAR\n    go : BOOL := TRUE;\n    heat : REAL;\n{ovens}  END_VAR\n{calls}END_PROGRAM\n"
    return "".join(unit.replace("@N", str(k)).replace("@S", str(k % 9 + 1)) for k in copies) + main


def figures() -> list[dict[str, Any]]:
    """Return the seconds of a cold start and of one from the cache; the references are the limits."""
    cold, warm = list[tuple[float, float]](), list[tuple[float, float]]()
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "library.st"
            file.write_text(library(), "utf-8")
            cold.append(_seconds(file))
            warm.append(_seconds(file))
    return [_figure("library cold", cold, 10.0), _figure("library from the cache", warm, 0.5)]


def _seconds(file: Path) -> tuple[float, float]:
    """Seconds on the wall, and of the processors with all processes."""
    command, environment = [sys.executable, "-c", _START, str(file)], os.environ | {"HIL_CACHE": str(file.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    wall, processor = map(float, done.stdout.split())
    return wall, processor


def _figure(name: str, rounds: list[tuple[float, float]], limit: float) -> dict[str, Any]:
    times = [wall for wall, _ in rounds]
    ours = median(times)
    measured = {"name": name, "ours": ours, "reference": limit, "unit": "s", "ratio": ours / limit, "limit": 1.0}
    return {**measured, "spread": (max(times) - min(times)) / limit, "cpu": median(each for _, each in rounds)}
