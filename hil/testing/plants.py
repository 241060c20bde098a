"""What every plant must keep: `check_plant(PLANT)` raises an AssertionError that names each rule broken."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from hil.bench.plant_run import PlantRun, Run, Setting
from hil.bench.units import registry
from hil.blocks import Kernel, Plant
from hil.blocks.block import ROLES, KernelFunction
from hil.blocks.interpreted import interpret
from hil.blocks.solver import ORDER
from hil.errors import HilError, InputError
from hil.loop import Step, call_block
from hil.signals import Record, Signal

Memory = Mapping[str, "np.recarray[Any, Any]"]
_POINTS = 20
_ULPS = 1e-13  # relative: the last bits of libm's functions, seen through a few operations
_STEPS = 8
_LONG = 1 << 14  # as many steps to a row, for what a discrete part moves now and then
_TICK = 1_000_000  # ns, the step that an update is told of
_PUSH = 0.005  # of a value, or of its range where it is 0: moves every plant, and runs away with none


def check_plant(plant: Plant) -> None:
    """Check a plant by all the rules, for each of its parameter sets.

    Raises:
        AssertionError: rules are broken; all of them are named.
    """
    faults = [*_unit_faults(plant), *_range_faults(plant), *_text_faults(plant), *_domain_faults(plant)]
    for chosen in plant.sets or (None,):
        try:
            memory = plant.memory(chosen)
        except InputError as error:
            faults += error.faults
            continue
        found = [*_compiled_faults(plant, memory), *_trip_faults(plant, memory), *_run_faults(plant, chosen)]
        faults += [f"{fault} (parameter set {chosen})" if chosen else fault for fault in found]
    if faults:
        raise AssertionError("\n".join(f"plant {plant.name}: {fault}" for fault in faults))


def _signals(plant: Plant) -> Iterator[Signal]:
    for role in (*ROLES, "discrete", "trips", "envelope"):
        yield from getattr(plant, role).signals


def _unit_faults(plant: Plant) -> Iterator[str]:
    units = registry()
    for one in _signals(plant):
        try:
            units.Unit(one.unit)
        except Exception as error:  # noqa: BLE001 - pint raises many kinds; its words say what is wrong
            yield f"{one.name}: unit {one.unit!r} is unknown: {error}"


def _range_faults(plant: Plant) -> Iterator[str]:
    for one in _signals(plant):
        if not one.low < one.high:
            yield f"{one.name}: range {one.low:g} .. {one.high:g} {one.unit} is empty"
        elif one.name not in (*plant.trips.names, *plant.envelope.names) and (fault := one.fault(one.initial)):
            yield f"initial value: {fault}"


def _text_faults(plant: Plant) -> Iterator[str]:
    yield from (f"its {name} is empty" for name in ("words", "source", "left_out") if not getattr(plant, name))
    yield from (f"{one.name} has no words" for one in _signals(plant) if not one.words)


def _domain_faults(plant: Plant) -> Iterator[str]:
    """A value outside its range, or none at all, must be refused."""
    for role in ("parameters", "state", "inputs", "discrete"):
        for one in getattr(plant, role).signals:
            beyond = [math.nan] + [math.nextafter(end, way) for end, way in _ends(one)]
            for value in beyond:
                try:
                    plant.memory(values={one.name: value})
                except InputError:
                    continue
                yield f"{one.name} = {value} {one.unit} is outside {one.low:g} .. {one.high:g} and was taken"


def _ends(one: Signal) -> Iterator[tuple[float, float]]:
    if math.isfinite(one.low):
        yield one.low, -math.inf
    if math.isfinite(one.high):
        yield one.high, math.inf


def _pushed(one: Signal, value: "np.ndarray[Any, Any]", by: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Values moved by a share of themselves, or of the range where they are 0, and kept in the range."""
    scale = np.where(value != 0, np.abs(value), min(one.high - one.low, 1.0))
    return np.asarray(np.clip(value + by * scale, one.low, one.high))


def _nearby(plant: Plant, memory: Memory) -> Iterator[dict[str, "np.recarray[Any, Any]"]]:
    """The same memory with states and inputs moved at random; the same points every time."""
    random = np.random.default_rng(1)
    for _ in range(_POINTS):
        moved = {role: one.copy() for role, one in memory.items()}
        for role in ("state", "inputs"):
            for one in getattr(plant, role).signals:
                value = moved[role][one.name]
                moved[role][one.name] = _pushed(one, value, random.uniform(-0.1, 0.1, value.shape))
        yield moved


def _kernels(plant: Plant) -> Iterator[tuple[str, Kernel, KernelFunction, Record]]:
    yield "derivative", plant.derivative_kernel, plant.derivative, plant.state
    if plant.measure and plant.measure_kernel:
        yield "measure", plant.measure_kernel, plant.measure, plant.outputs
    if plant.trip and plant.trip_kernel:
        yield "trip", plant.trip_kernel, plant.trip, plant.trips
    if plant.outside and plant.outside_kernel:
        yield "outside", plant.outside_kernel, plant.outside, plant.envelope
    if plant.update and plant.update_kernel:
        yield "update", plant.update_kernel, plant.update, plant.outputs


def _compiled_faults(plant: Plant, memory: Memory) -> Iterator[str]:
    """Compiled and interpreted must agree to the last bits, and twice the same must give the same bytes."""
    for words, kernel, function, record in _kernels(plant):
        for moved in _nearby(plant, memory):
            x, u = moved["state"], moved["inputs"]
            first, again, python = ((moved["parameters"].copy(), record.new()) for _ in range(3))
            for p, y in (first, again):
                call_block(Step(words, kernel.address, _TICK, p, x, u, y), 0)
            interpret(function, 0, _TICK, python[0], x, u, python[1])
            if any(_bytes(one) != _bytes(other) for one, other in zip(first, again, strict=True)):
                yield f"{words} gives different values for the same inputs"
            for compiled, interpreted in zip(first, python, strict=True):
                for name in compiled.dtype.names or ():
                    if not np.allclose(compiled[name], interpreted[name], rtol=_ULPS, atol=0, equal_nan=True):
                        yield f"{words}: compiled {name} = {compiled[name][0]}, interpreted {interpreted[name][0]}"


def _bytes(memory: "np.recarray[Any, Any]") -> list[bytes]:
    """The values to the bit, without what lies between them."""
    return [memory[name].tobytes() for name in memory.dtype.names or ()]


def _trip_faults(plant: Plant, memory: Memory) -> Iterator[str]:
    if plant.trip_kernel is None:
        return
    limits = plant.trips.new()
    p, x, u = (memory[role] for role in ROLES[:3])
    call_block(Step("trip", plant.trip_kernel.address, 0, p, x, u, limits), 0)
    yield from (f"is shut down from the start: {one.words}" for one in plant.trips.signals if limits[one.name] >= 0)


def fastest(plant: Plant, memory: Memory) -> float:
    """The fastest rate of a plant about its initial state: the spectral radius of its Jacobian, 1/s."""
    p, x, u = (memory[role].copy() for role in ROLES[:3])
    dx = plant.state.new()
    flat, slope = (one.view(np.ndarray).view("f8").reshape(-1) for one in (x, dx))
    step = Step("derivative", plant.derivative_kernel.address, 0, p, x, u, dx)
    columns = []
    for i, value in enumerate(flat.copy()):
        e = 1e-6 * max(abs(value), 1e-3)
        flat[i] = value + e
        call_block(step, 0)
        above = slope.copy()
        flat[i] = value - e
        call_block(step, 0)
        columns.append((above - slope) / (2 * e))
        flat[i] = value
    return float(max(abs(np.linalg.eigvals(np.column_stack(columns)))))


def _run_faults(plant: Plant, chosen: str | None) -> Iterator[str]:
    """A short run after a push: the same twice, in range, not constant, solvers of the order they claim."""
    memory = plant.memory(chosen)
    step = 1 << max(3, round(math.log2(0.05e9 / (fastest(plant, memory) or 1.0))))  # ns; it can be halved
    try:
        one, again = (_rows(plant, chosen, "rk4", step, step) for _ in range(2))
        if one.tobytes() != again.tobytes():
            yield "two runs with the same inputs differ"
        seen = _rows(plant, chosen, "euler", _LONG * step, step) if plant.update else one
        yield from _output_faults(plant, seen)
        for method, order in ORDER.items():
            ends = [_rows(plant, chosen, method, step, step >> halving, frozen=True)[-1] for halving in range(3)]
            yield from _order_faults(plant, method, order, ends)
    except HilError as error:
        yield f"a run of {_STEPS} steps of {step * 1e-9:g} s breaks: {error}"


def _rows(
    plant: Plant, chosen: str | None, method: str, every: int, step: int, *, frozen: bool = False
) -> "np.ndarray[Any, Any]":
    """A run of _STEPS times `every` from slightly pushed states and inputs."""
    memory = plant.memory(chosen)
    settings = [
        Setting(one.name, float(_pushed(one, memory[role][one.name], np.array(_PUSH)).flat[0]), 0, one.name)
        for role in ("state", "inputs")
        for one in getattr(plant, role).signals
        if not one.shape
    ]
    times = {"until": _STEPS * every, "step": step, "every": every}
    what = PlantRun(plant=plant, settings=settings, parameter_set=chosen, method=method, frozen=frozen, **times)
    return np.concatenate(list(Run(what).portions()))


def _output_faults(plant: Plant, rows: "np.ndarray[Any, Any]") -> Iterator[str]:
    column = 1 + plant.inputs.size
    for one in (*plant.state.signals, *plant.outputs.signals):
        cells = rows[:, column : column + math.prod(one.shape)]
        column += math.prod(one.shape)
        if cells.min() < one.low or cells.max() > one.high:
            yield f"{one.name} leaves its range: {cells.min():g} .. {cells.max():g} {one.unit}"
        if (cells == cells[0]).all():
            yield f"{one.name} stays at {cells[0, 0]:g} {one.unit}: nothing moves it"


def _order_faults(plant: Plant, method: str, order: int, ends: list["np.ndarray[Any, Any]"]) -> Iterator[str]:
    """Halving the step divides the error by 2**order."""
    states = slice(1 + plant.inputs.size, 1 + plant.inputs.size + plant.state.size)
    coarse, fine = (float(np.linalg.norm((b - a)[states] / (np.abs(b[states]) + 1e-300))) for a, b in pairwise(ends))
    found = math.log2(coarse / fine) if coarse and fine else math.nan
    if not abs(found - order) < 0.3:
        yield f"{method} claims order {order} and shows {found:.2f}; is a switch inside the derivative?"
