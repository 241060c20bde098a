"""A rig's memory and schedule for one run, and the order within a tick, which is written down here and only here.

A tick at T, with h the plant's step, goes in this order:

1. the clock waits for T (wall clock only)
2. the scenario's events that are due at T happen
3. the plant's discrete part moves, and its outputs follow from its state at T and the inputs it had so far
4. the controller's answer to the sample of its period before takes effect
5. the blocks step, each behind its wires, in the order of the data flow
6. the sample at T goes to the controller, which works out its answer
7. the plant's inputs take their values for [T, T + h)
8. the record keeps the image, with what is beyond the plant's envelope counted
9. the plant moves to T + h
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hil.bench.rig import Rig
from hil.bench.rig_file import ScenarioPart
from hil.blocks import Solver, envelope
from hil.loop import Change, Conductor, Loop, Pace, Ring, Step, address_of, handover, script, trade, wires
from hil.signals import ProcessImage, Signal

if TYPE_CHECKING:
    from hil.links import FreeRunning

Wire = Literal["fused", "lockstep", "free"]
_RING_BYTES = 4_000_000


@dataclass
class Assembly:
    """Everything that one run needs, in memory.

    `controller` is the step that scans or exchanges, `program` the memory of a fused program; `send` and `answer` are
    what a link exchanges. `keep` holds memory that only addresses point to.
    """

    image: ProcessImage
    loop: Loop
    ring: Ring
    measure: Step | None
    advance: Step
    solver: Solver
    pace: Pace | None
    controller: Step
    program: "np.ndarray[Any, Any]"
    send: "np.ndarray[Any, Any]"
    answer: "np.ndarray[Any, Any]"
    keep: tuple[object, ...]


def seed_of(name: str, seed: int) -> int:
    """Return the seed of a named part of a run: 53 bits of a digest, so that one part's draws never move another's."""
    return int.from_bytes(sha256(f"{seed}/{name}".encode()).digest()[:8]) >> 11


def assemble(
    rig: Rig,
    scenario: ScenarioPart,
    seed: int,
    *,
    wire: Wire,
    rate: int | None,
    free: "FreeRunning | None" = None,
) -> Assembly:
    """Lay out memory and schedule for a run.

    The wire is `fused` (the program is a block of the loop), `lockstep` (the loop hands over to its host for each
    exchange) or `free` (the link runs beside the loop and meets it in the mailboxes of `free`). `rate` is how many
    times as fast as real time the wall clock runs, None is virtual time.
    """
    image, settings = ProcessImage(rig.sections), ProcessImage(rig.settings)
    plant = _plant_memory(rig, image, settings)
    keep: list[object] = [settings]
    _fill(rig, image, settings, seed)
    pace, clock = None, []
    if rate is not None:
        policy = rig.file.overruns
        late = rig.step // rate if policy.lateness is None else policy.lateness
        pace = Pace(rig.step, rate, image.view("loop.lateness"), tolerance=late, grace=policy.grace)
        clock = [pace.step]
    seen = _plant_steps(rig, plant, image)
    solver = Solver.of(rig.plant, rig.file.plant.solver, plant)
    advance = Step("plant", solver.code, rig.file.plant.step, p=solver.problem, x=plant["state"], u=plant["inputs"])
    send, answer = _controller_memory(rig, image)
    latch, exchange, program_memory = _controller_steps(rig, image, send, answer, wire, free)
    row_bytes = image.memory.dtype.itemsize + 16
    ring = Ring(
        image.memory,
        rig.record_period,
        max(16, _RING_BYTES // row_bytes),
        waits=rate is None,
        lost=image.view("loop.lost"),
    )
    schedule = [
        *clock,
        script(_changes(scenario, image, settings), rig.step),
        *(one for one in (seen["update"], seen["measure"]) if one),
        *latch,
        *_block_steps(rig, image, settings, keep),
        *_wires_to(rig, image, "controller", rig.controller.period),
        *exchange,
        *_wires_to(rig, image, "plant", rig.file.plant.step),
        *([seen["envelope"]] if seen["envelope"] else []),
        ring.step,
        advance,
    ]
    keep += [plant, solver, schedule]
    return Assembly(
        image, Loop(schedule, rig.step), ring, seen["measure"], advance, solver, pace, exchange[-1], program_memory,
        send, answer, tuple(keep),
    )  # fmt: skip


def _plant_steps(rig: Rig, plant: Mapping[str, "np.ndarray[Any, Any]"], image: ProcessImage) -> dict[str, Step | None]:
    """Return the plant's discrete part, its outputs and its envelope, each None where the plant has none."""
    seen: dict[str, Any] = {"p": plant["parameters"], "x": plant["state"], "u": plant["inputs"]}
    beyond = image.section("plant", "envelope") if rig.plant.outside else plant["outputs"]
    codes = {
        "update": (rig.plant.update_kernel, plant["outputs"]),
        "measure": (rig.plant.measure_kernel, plant["outputs"]),
        "envelope": (envelope(rig.plant), beyond),
    }
    period = rig.file.plant.step
    return {
        name: None if code is None else Step("plant", code, period, y=y, **seen) for name, (code, y) in codes.items()
    }


def _plant_memory(rig: Rig, image: ProcessImage, settings: ProcessImage) -> dict[str, "np.ndarray[Any, Any]"]:
    """Return the plant's memory, which lies in the image and in the settings, with its values in it."""
    memory = {role: image.section("plant", role) for role in ("inputs", "state", "outputs")}
    memory["parameters"] = settings.section("plant", "parameters")
    for role, values in rig.plant.memory(rig.file.plant.parameters, rig.file.plant.values).items():
        memory[role][:] = values
    return memory


def _fill(rig: Rig, image: ProcessImage, settings: ProcessImage, seed: int) -> None:
    """Give the blocks the values of the rig file, and plant and blocks that draw numbers a seed of their own."""
    if "seed" in rig.plant.parameters.names and "seed" not in rig.file.plant.values:
        settings.view("plant.seed")[:] = seed_of("plant", seed)
    for name, block in rig.blocks.items():
        if "seed" in block.parameters.names:
            settings.view(f"{name}.seed")[:] = seed_of(name, seed)
        for key, value in rig.file.blocks[name].values.items():
            if key in block.state.names:
                continue
            side = settings if key in block.parameters.names else image
            side.view(f"{name}.{key}")[:] = value


def _block_steps(rig: Rig, image: ProcessImage, settings: ProcessImage, keep: list[object]) -> list[Step]:
    steps = []
    for name, block in rig.blocks.items():
        period = rig.file.blocks[name].period
        state = block.state.new()
        for key in block.state.names:
            if key in rig.file.blocks[name].values:
                state[key] = rig.file.blocks[name].values[key]
        keep.append(state)
        steps += _wires_to(rig, image, name, period)
        memory: dict[str, Any] = {
            role: image.section(name, part) if record.signals else None
            for role, part, record in (("u", "inputs", block.inputs), ("y", "outputs", block.outputs))
        }
        p = settings.section(name, "parameters")
        steps.append(Step(name, block.kernel, period, p=p, x=state, **memory))
    return steps


def _wires_to(rig: Rig, image: ProcessImage, name: str, period: int) -> list[Step]:
    ends = [one for one in rig.wires if one.target.startswith(f"{name}.")]
    if not ends:
        return []
    kinds = {path: _kind(image.find(path)) for one in ends for path in (one.source, one.target)}
    conductors = [
        Conductor(
            image.address(one.source), image.address(one.target), kinds[one.source], kinds[one.target],
            one.scale, one.offset,
        )
        for one in ends
    ]  # fmt: skip
    return [wires(f"wires to {name}", conductors, period, image.memory, image.memory)]


def _kind(one: Signal) -> str:
    """Return a signal's kind; a BOOL of a program, which has a byte, takes 0 and 1 only."""
    return "b1" if one.kind == "u1" and one.high == 1 else one.kind


def _controller_memory(rig: Rig, image: ProcessImage) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """Return what the controller is sent, which lies in the image, and its answer: at first, what it starts with."""
    inputs, outputs = rig.controller.inputs, rig.controller.outputs
    send = image.section("controller", "inputs") if inputs.signals else inputs.new()
    answer = np.zeros(1, outputs.dtype)
    program = rig.controller.program
    at_start = program.new_memory()
    for one in outputs.names:
        answer[one] = program.read(at_start, one)
    return send, answer


def _controller_steps(
    rig: Rig,
    image: ProcessImage,
    send: "np.ndarray[Any, Any]",
    answer: "np.ndarray[Any, Any]",
    wire: Wire,
    free: "FreeRunning | None",
) -> tuple[list[Step], list[Step], "np.ndarray[Any, Any]"]:
    """Return the steps that take the controller's last answer over, those that give it the sample, and its memory."""
    side, period, program = rig.controller, rig.controller.period, rig.controller.program
    memory = program.new_memory()
    if wire == "fused":
        inner, offsets = memory, {one.path: one.offset for one in program.variables}
    else:
        inner, offsets = answer, {name: at[1] for name, at in (answer.dtype.fields or {}).items()}

    def conductor(path: str, kind: str, *, shown: bool) -> Conductor:
        inside, outside = address_of(inner) + offsets[path], image.address(f"controller.{path}")
        return Conductor(inside, outside, kind, kind) if shown else Conductor(outside, inside, kind, kind)

    taken = [conductor(one.name, one.kind, shown=True) for one in side.outputs.signals]
    latch = [wires("answer", taken, period, inner, image.memory)] if taken else []
    if wire == "lockstep":
        return latch, [handover("controller", period)], memory
    if wire == "free":
        assert free is not None
        boxes = free.outgoing.address, free.incoming.address
        health = image.view("link.age")
        return latch, [trade("controller", period, send, boxes[0], answer, boxes[1], health)], memory
    given = [conductor(one.name, one.kind, shown=False) for one in side.inputs.signals]
    scan = Step("controller", program.address, program.period or period, x=memory)
    return latch, [*([wires("sample", given, period, image.memory, inner)] if given else []), scan], memory


def _changes(scenario: ScenarioPart, image: ProcessImage, settings: ProcessImage) -> list[Change]:
    changes = []
    for event in scenario.events:
        side = settings if event.set in settings.signals else image
        kind, address = side.find(event.set).kind, side.address(event.set)
        changes.append(Change(event.at, event.at + event.ramp, address, kind, event.value))
    return changes
