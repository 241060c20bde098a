"""Nanoseconds per closed-loop step of fused rigs, beside C programs of the same rigs at `gcc -O3 -march=native`."""

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

import numpy as np

from hil.bench.assembly import Assembly, assemble
from hil.bench.rig import Rig, open_rig
from hil.bench.rig_file import ScenarioPart
from hil.loop import HOST, Loop
from hil.signals import ProcessImage

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "loop"
RIGS = {"cstr": ROOT / "rigs" / "cstr", "minimal": FOLDER / "minimal.toml"}
ROUNDS, PARTS_ROUNDS = 31, 9
LIMIT = 1.5
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")
_C_TYPES = {"f8": "double", "f4": "float", "i8": "int64_t", "i2": "int16_t", "u2": "uint16_t", "u1": "uint8_t"}
_EVENT = np.dtype(
    [(name, "i8") for name in ("start", "end", "in_settings", "offset", "whole")]
    + [("value", "f8"), ("origin", "f8"), ("phase", "i8")]
)


def figures() -> list[dict[str, Any]]:
    """Return one figure for each rig, over its first scenario, with what its parts cost.

    `values` compares all that both sides record with the C program built without contraction to FMA; `fma` is the
    largest difference of the plant's states to the program as it was timed, relative to the state.
    """
    with tempfile.TemporaryDirectory() as folder, _one_core():
        return [_figure(name, Path(folder)) for name in RIGS]


@contextmanager
def _one_core() -> Iterator[None]:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _figure(name: str, folder: Path) -> dict[str, Any]:
    rig = open_rig(RIGS[name])
    exact = Reference(rig, name, folder, "-ffp-contract=off")
    timed = Reference(rig, name, folder)
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(step_time(rig))
        theirs.append(timed.step_time())
    ratios = [one / other for one, other in zip(mine, theirs, strict=True)]
    return {
        "name": f"loop {name}",
        "ours": median(mine),
        "reference": median(theirs),
        "unit": "ns/step",
        "ratio": median(mine) / median(theirs),
        "limit": LIMIT,
        "spread": max(ratios) - min(ratios),
        "values": differences(rig, exact) or "equal",
        "fma": largest_difference(rig, timed),
        **_parts(rig),
    }


def _scenario(rig: Rig) -> ScenarioPart:
    return next(iter(rig.file.scenarios.values()))


def _assembled(rig: Rig) -> Assembly:
    return assemble(rig, _scenario(rig), rig.file.seed, wire="fused", rate=None)


def step_time(rig: Rig, twice: str = "") -> float:
    """Return ns per step over the scenario; lines of the schedule of the group `twice` are there twice."""
    assembly, ticks = _assembled(rig), _scenario(rig).duration // rig.step
    steps = [one for one in assembly.loop.steps for _ in range(1 + (_group(rig, one.name) == twice))]
    loop, ring = Loop(steps, rig.step), assembly.ring.p
    assembly.ring.rows.view("u1")[:] = 0  # so that its pages are there, as those of the C program's are
    began = thread_time_ns()
    while loop.run(ticks) == HOST:
        ring["tail"] = ring["head"]
    return (thread_time_ns() - began) / ticks


def _group(rig: Rig, name: str) -> str:
    if name in rig.blocks:
        return rig.blocks[name].name
    return name if name in ("scenario", "plant", "controller", "record") else "wires"


def _parts(rig: Rig) -> dict[str, float]:
    """Return what each group of lines costs, ns/step: how much longer a step takes with the group there twice.

    Least times, for a median of differences is noise; blocks that run at the same time cost less than their sum.
    """
    groups = sorted({_group(rig, one.name) for one in _assembled(rig).loop.steps})
    times: dict[str, list[float]] = {one: [] for one in ["", *groups]}
    for _ in range(PARTS_ROUNDS):
        for one, found in times.items():
            found.append(step_time(rig, one))
    return {one: min(times[one]) - min(times[""]) for one in groups}


class Reference:
    """The rig in C, compiled into a shared object; its memory is laid out as the rig's."""

    def __init__(self, rig: Rig, name: str, folder: Path, *flags: str) -> None:
        assembly = _assembled(rig)
        settings: ProcessImage = assembly.keep[0]  # type: ignore[assignment]
        (folder / name).mkdir(exist_ok=True)
        header = _struct("image", assembly.image) + _struct("settings", settings)
        header += f"#define RECORD {rig.record_period // rig.step}\n"
        (folder / name / "image.h").write_text(header.replace("_parameters", ""))
        target = folder / name / f"code{'-'.join(flags)}.so"
        source = FOLDER / f"{name}.c"
        built = ["-I", str(folder / name), "-o", str(target), str(source), "-lm"]
        subprocess.run(["gcc", *FLAGS, *flags, *built], check=True)
        self._code = ctypes.CDLL(str(target))
        self.image = assembly.image
        self._settings, self._events = settings, _events(rig, assembly.image, settings)
        self.rows = np.zeros_like(assembly.ring.rows)
        if self._code.row_bytes() != self.rows.dtype.itemsize:
            raise RuntimeError(f"{source}: a row has {self._code.row_bytes()} bytes, not {self.rows.dtype.itemsize}")
        self._ticks = _scenario(rig).duration // rig.step
        self.start()

    def start(self) -> None:
        """Go back to the scenario's beginning."""
        self._rig = ctypes.create_string_buffer(self._code.rig_bytes())
        given = (self.image.memory, self._settings.memory, self._events)
        self._code.start(self._rig, *(ctypes.c_void_p(one.ctypes.data) for one in given), len(self._events))

    def run(self, ticks: int) -> None:
        """Step on; the rows go round in `rows`."""
        memory, capacity = ctypes.c_void_p(self.rows.ctypes.data), len(self.rows)
        if self._code.run(self._rig, ctypes.c_int64(ticks), memory, ctypes.c_int64(capacity)):
            raise RuntimeError("the C program's plant has broken")

    def step_time(self) -> float:
        """Return ns per step over the scenario."""
        self.start()
        began = thread_time_ns()
        self.run(self._ticks)
        return (thread_time_ns() - began) / self._ticks


def _struct(name: str, image: ProcessImage) -> str:
    """Return a record of records as C; a section `block/role` is the member block_role."""
    sections = []
    for section, (record, *_) in (image.memory.dtype.fields or {}).items():
        members = " ".join(f"{_C_TYPES[_kind(one)]} {key};" for key, (one, *_) in (record.fields or {}).items())
        member = section.replace("/", "_")
        sections.append(f"    struct {name}_{member} {{ {members} }} {member};\n")
    return f"struct {name} {{\n{''.join(sections)}}};\n"


def _kind(dtype: "np.dtype[Any]") -> str:
    return "u1" if dtype.kind == "b" else dtype.str[1:]


def _events(rig: Rig, image: ProcessImage, settings: ProcessImage) -> "np.ndarray[Any, Any]":
    events = sorted(_scenario(rig).events, key=lambda one: one.at)
    table = np.zeros(len(events), _EVENT)
    for line, one in zip(table, events, strict=True):
        side = settings if one.set in settings.signals else image
        offset = side.address(one.set) - int(side.memory.ctypes.data)
        whole = side.find(one.set).kind == "i8"
        line["start"], line["end"], line["value"] = one.at, one.at + one.ramp, one.value
        line["in_settings"], line["offset"], line["whole"] = side is settings, offset, whole
    return table


def _side_by_side(rig: Rig, reference: Reference) -> "Iterator[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]":
    """Run both through the scenario; yield their rows, a ring at a time."""
    assembly, ticks = _assembled(rig), _scenario(rig).duration // rig.step
    reference.start()
    while assembly.loop.tick < ticks:
        assembly.loop.run(ticks)
        mine = assembly.ring.take()
        reference.run(len(mine) * rig.record_period // rig.step)
        yield mine, reference.rows[: len(mine)]


def differences(rig: Rig, reference: Reference) -> str:
    """Return which signals differ anywhere in the scenario, in words; nothing when none does."""
    rows: dict[str, int] = {}
    for mine, theirs in _side_by_side(rig, reference):
        for path in reference.image.signals:
            one, other = (reference.image.column(side["image"], path) for side in (mine, theirs))
            rows[path] = rows.get(path, 0) + int(np.count_nonzero(one != other))
    return ", ".join(f"{path} in {count} rows" for path, count in rows.items() if count)


def largest_difference(rig: Rig, reference: Reference) -> float:
    """Return the largest difference of the plant's states anywhere in the scenario, relative to the state."""
    largest = 0.0
    for mine, theirs in _side_by_side(rig, reference):
        for name in rig.plant.state.names:
            one, other = (reference.image.column(side["image"], f"plant.{name}") for side in (mine, theirs))
            largest = max(largest, float(np.max(np.abs(one - other) / np.abs(one))))
    return largest
