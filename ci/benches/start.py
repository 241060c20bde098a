"""How long `hil run rigs/cstr` takes from process start to its first step, from a warm cache, and how much memory."""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_ROUNDS = 7
_FIRST_STEP = re.compile(r"^\s*([\d.]+) s .* first step$", re.M)


def figures() -> list[dict[str, Any]]:
    """Run the rig on one core, several times after one that fills the cache; the references are the limits."""
    core = min(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        times = [_run(Path(folder), number, core) for number in range(_ROUNDS + 1)][1:]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    median = statistics.median(times)
    spread = (max(times) - min(times)) / median
    return [
        _figure("start to first step", median, 1.5, "s", spread),
        _figure("peak memory of a run", peak, 400.0, "MiB", 0.0),
    ]


def _figure(name: str, ours: float, reference: float, unit: str, spread: float) -> dict[str, Any]:
    measured = {"name": name, "ours": ours, "reference": reference, "unit": unit, "spread": spread}
    return {**measured, "ratio": ours / reference, "limit": 1.0}


def _run(folder: Path, number: int, core: int) -> float:
    command = [sys.executable, "-m", "hil", "run", "rigs/cstr", "--timings", "--out", str(folder / str(number))]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    found = _FIRST_STEP.search(done.stderr)
    assert found is not None
    return float(found[1])
