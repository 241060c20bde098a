"""Nanoseconds per scan of four programs, beside hand-written C of the same programs at `gcc -O2`."""

import ctypes
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

import numpy as np

from ci.benches._others import Other
from hil.plc import Program, compile_file

FOLDER = Path(__file__).parent / "plc"
ROUNDS, SCANS, PERIOD = 21, 100_000, 10_000_000
LIMIT = 1.1
# What matters in each program after 100,000 scans of 10 ms from t = 0: (variable, value).
CHECKS: dict[str, dict[str, float]] = {
    "pid": {
        "X1": -4.6880708556602491,
        "X2": -4.9721515632089446,
        "SP": 5,
        "SATS": 747,
        "CTL.I": -5.7102468161346476,
        "CTL.D": 166.67053554686814,
    },
    "pidr": {"X1": -4.6880717277526855},
    "motor": {
        "TOTAL": 134199,
        "M1.STARTS": 100,
        "M2.STARTS": 100,
        "M3.STARTS": 397,
        "M1.ST": 2,
        "M2.ST": 2,
        "M3.ST": 4,
    },
    "filter": {"Y": 4.48043, "CHK": 2266.377341488389},
}


def figures(others: Mapping[str, Path] | None = None) -> list[dict[str, Any]]:
    """Return one figure for each program; `values`: both sides end with the check values to the bit.

    `others` names folders of other compilers, which take part in the same rounds.
    """
    with tempfile.TemporaryDirectory() as folder:
        return [_figure(name, Path(folder), others or {}) for name in CHECKS]


def _figure(name: str, folder: Path, others: Mapping[str, Path]) -> dict[str, Any]:
    program, reference = compile_file(FOLDER / f"{name}.st"), Reference(name, folder)
    beside = {one: Other(one, root, FOLDER / f"{name}.st", folder) for one, root in others.items() if root.exists()}
    mine, theirs, values, times = [], [], True, {one: list[float]() for one in beside}
    for _ in range(ROUNDS):
        memory = program.new_memory()
        mine.append(_timed(partial(program.run, memory, SCANS, 0, PERIOD)))
        theirs.append(_timed(reference.run))
        for one, other in beside.items():
            other.start()
            times[one].append(_timed(partial(other.run, SCANS, PERIOD)))
        values = values and _read(program, memory, name) == list(CHECKS[name].values()) == reference.values()
    ratios = [one / other for one, other in zip(mine, theirs, strict=True)]
    return {
        "name": f"plc {name}",
        "ours": median(mine),
        "reference": median(theirs),
        "unit": "ns/scan",
        "ratio": median(ratios),
        "limit": LIMIT,
        "spread": max(ratios) - min(ratios),
        "values": "equal" if values else "DIFFERENT",
        **{one: median(times[one]) if one in times else "absent" for one in others},
    }


def _read(program: Program, memory: Any, name: str) -> list[float]:
    return [program.read(memory, path) for path in CHECKS[name]]


def _timed(work: Callable[[], object]) -> float:
    began = thread_time_ns()
    work()
    return (thread_time_ns() - began) / SCANS


class Reference:
    """The program in C, compiled into a shared object."""

    def __init__(self, name: str, folder: Path) -> None:
        target = folder / f"{name}.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", target, FOLDER / f"{name}.c"], check=True)
        self._code = ctypes.CDLL(str(target))
        self._code.size.restype = ctypes.c_int64
        self._state = ctypes.create_string_buffer(self._code.size())
        self._count = len(CHECKS[name])

    def run(self) -> None:
        """As many scans as ours, from the start."""
        self._code.init(self._state)
        self._code.run(self._state, *(ctypes.c_int64(one) for one in (SCANS, 0, PERIOD)))

    def values(self) -> list[float]:
        """The values that are checked."""
        out = np.zeros(8)
        self._code.check(self._state, ctypes.c_void_p(out.ctypes.data))
        return [float(one) for one in out[: self._count]]
