"""A rig's memory and schedule for one run, and the order within a tick, which is written down here and only here."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import numpy as np

from hil.bench.rig import Rig
from hil.bench.rig_file import ScenarioPart
from hil.blocks import Solver
from hil.blocks.solver import ADVANCE
from hil.loop import Change, Conductor, Loop, Pace, Ring, Step, address_of, handover, script, wires
from hil.signals import ProcessImage

ClockName = Literal["virtual", "wall"]
_RING_BYTES = 4_000_000


@dataclass
class Assembly:
    """Everything that one run needs, in memory: signals, parameters, the loop.

    `send` and `answer` are the controller's inputs and its answer on the wire, where a link exchanges them.
    """

    rig: Rig
    image: ProcessImage
    settings: ProcessImage
    loop: Loop
    ring: Ring
    measure: Step | None
    advance: Step
    solver: Solver
    pace: Pace | None
    scan: Step | None
    exchange: Step | None
    send: "np.ndarray[Any, Any]"
    answer: "np.ndarray[Any, Any]"
    keep: tuple[object, ...]


def seed_of(name: str, seed: int) -> int:
    """Return the seed of a named part of a run: 53 bits of a digest, so that one part's draws never move another's."""
    return int.from_bytes(sha256(f"{seed}/{name}".encode()).digest()[:8]) >> 11


def assemble(rig: Rig, scenario: ScenarioPart, seed: int, *, fused: bool, rate: int | None) -> Assembly:
    """Lay out memory and schedule for a run.

    `fused` puts the program into the loop; otherwise the loop hands over to its host for each exchange. `rate` is how
    many times as fast as real time the wall clock runs, None is virtual time.

    A tick at T goes in this order:
    1. the clock waits for T (wall clock only)
    2. the scenario's events that are due at T happen
    3. the plant's outputs follow from its state at T and the inputs it had so far
    4. the controller's answer to the sample of its period before takes effect
    5. the blocks step, each behind its wires, in the order of the data flow
    6. the sample at T goes to the controller, which works out its answer
    7. the plant's inputs take their values for [T, T + h)
    8. the record keeps the image
    9. the plant moves to T + h
    """
    image, settings = ProcessImage(rig.sections), ProcessImage(rig.settings)
    plant = _plant_memory(rig, image, settings)
    keep: list[object] = [_fill(rig, image, settings, seed)]
    pace, clock = None, []
    if rate is not None:
        policy = rig.file.overruns
        late = rig.step // rate if policy.lateness is None else policy.lateness
        pace = Pace(rig.step, rate, image.view("loop.lateness"), tolerance=late, grace=policy.grace)
        clock = [pace.step]
    measure = None
    if (kernel := rig.plant.measure_kernel) is not None:
        measure = Step("plant", kernel.address, rig.file.plant.step, **_memory(plant, "outputs"))
    solver = Solver.of(rig.plant, rig.file.plant.solver, plant)
    states = {"p": solver.problem, "x": plant["state"], "u": plant["inputs"]}
    advance = Step("plant", ADVANCE.address, rig.file.plant.step, **states)
    send, answer = _controller_memory(rig, image)
    latch, exchange, program_memory = _controller_steps(rig, image, send, answer, fused=fused)
    row_bytes = image.memory.dtype.itemsize + 16
    ring = Ring(image.memory, rig.record_period, max(16, _RING_BYTES // row_bytes), waits=rate is None)
    schedule = [
        *clock,
        script(_changes(scenario, image, settings), rig.step),
        *([measure] if measure else []),
        *latch,
        *_block_steps(rig, image, settings, keep),
        *_wires_to(rig, image, "controller", rig.controller.period),
        *exchange,
        *_wires_to(rig, image, "plant", rig.file.plant.step),
        ring.step,
        advance,
    ]
    keep += [plant, program_memory]
    return Assembly(
        rig, image, settings, Loop(schedule, rig.step), ring, measure, advance, solver, pace,
        exchange[-1] if fused and exchange else None, exchange[-1] if not fused else None, send, answer, tuple(keep),
    )  # fmt: skip


def _memory(plant: Mapping[str, "np.ndarray[Any, Any]"], y: str) -> dict[str, Any]:
    return {"p": plant["parameters"], "x": plant["state"], "u": plant["inputs"], "y": plant[y]}


def _plant_memory(rig: Rig, image: ProcessImage, settings: ProcessImage) -> dict[str, "np.ndarray[Any, Any]"]:
    """Return the plant's memory, which lies in the image and in the settings, with its values in it."""
    memory = {role: image.section("plant", role) for role in ("inputs", "state", "outputs")}
    memory["parameters"] = settings.section("plant", "parameters")
    for role, values in rig.plant.memory(rig.file.plant.parameters, rig.file.plant.values).items():
        memory[role][:] = values
    return memory


def _fill(rig: Rig, image: ProcessImage, settings: ProcessImage, seed: int) -> dict[str, object]:
    """Give the blocks the values of the rig file, and each block that draws numbers a seed of its own."""
    states = {}
    for name, part in rig.file.blocks.items():
        block = rig.blocks[name]
        if "seed" in block.parameters.names:
            settings.view(f"{name}.seed")[:] = seed_of(name, seed)
        for key, value in part.values.items():
            side = settings if key in block.parameters.names else image
            side.view(f"{name}.{key}")[:] = value
        states[name] = block.state.new()
    return states


def _block_steps(rig: Rig, image: ProcessImage, settings: ProcessImage, keep: list[object]) -> list[Step]:
    steps = []
    for name, block in rig.blocks.items():
        period = rig.file.blocks[name].period
        state = block.state.new()
        keep.append(state)
        steps += _wires_to(rig, image, name, period)
        memory = {
            role: image.section(name, part) if record.signals else None
            for role, part, record in (("u", "inputs", block.inputs), ("y", "outputs", block.outputs))
        }
        p = settings.section(name, "parameters")
        steps.append(Step(name, block.kernel.address, period, p=p, x=state, **memory))
    return steps


def _wires_to(rig: Rig, image: ProcessImage, name: str, period: int) -> list[Step]:
    ends = [one for one in rig.wires if one.target.startswith(f"{name}.")]
    if not ends:
        return []
    kinds = {path: image.find(path).kind for one in ends for path in (one.source, one.target)}
    conductors = [
        Conductor(
            image.address(one.source), image.address(one.target), kinds[one.source], kinds[one.target],
            one.scale, one.offset,
        )
        for one in ends
    ]  # fmt: skip
    return [wires(f"wires to {name}", conductors, period)]


def _controller_memory(rig: Rig, image: ProcessImage) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    sides = []
    for role, record in (("inputs", rig.controller.inputs), ("outputs", rig.controller.outputs)):
        sides.append(image.section("controller", role) if record.signals else record.new())
    send, shown = sides
    return send, np.zeros_like(np.asarray(shown))


def _controller_steps(
    rig: Rig, image: ProcessImage, send: "np.ndarray[Any, Any]", answer: "np.ndarray[Any, Any]", *, fused: bool
) -> tuple[list[Step], list[Step], object]:
    """Return the steps that take the controller's last answer over, and those that give it the sample."""
    period, program = rig.controller.period, rig.controller.program
    outputs, inputs = rig.controller.outputs.signals, rig.controller.inputs.signals
    offsets = {one.path: one.offset for one in program.variables}
    shown = {one.name: image.address(f"controller.{one.name}") for one in outputs}
    if not fused:
        fields = answer.dtype.fields or {}
        base = address_of(answer)
        taken = [Conductor(base + fields[one.name][1], shown[one.name], one.kind, one.kind) for one in outputs]
        return ([wires("answer", taken, period)] if taken else []), [handover("exchange", period)], None
    memory = program.new_memory()
    base = address_of(memory)
    taken = [Conductor(base + offsets[one.name], shown[one.name], one.kind, one.kind) for one in outputs]
    given = [
        Conductor(image.address(f"controller.{one.name}"), base + offsets[one.name], one.kind, one.kind)
        for one in inputs
    ]
    scan = Step("controller", program.address, period, x=memory)
    latch = [wires("answer", taken, period)] if taken else []
    return latch, [*([wires("sample", given, period)] if given else []), scan], memory


def _changes(scenario: ScenarioPart, image: ProcessImage, settings: ProcessImage) -> list[Change]:
    changes = []
    for event in scenario.events:
        side = settings if event.set in settings.signals else image
        kind, address = side.find(event.set).kind, side.address(event.set)
        changes.append(Change(event.at, event.at + event.ramp, address, kind, event.value))
    return changes
