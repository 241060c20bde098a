"""An opened rig: everything found, checked and named; nothing moves yet."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil.bench.controller import ControllerSide, open_controller
from hil.bench.library import find_block
from hil.bench.plants import find_root, load_plant
from hil.bench.rig_file import RigFile, Source, read_rig
from hil.bench.wiring import Wire, check_wires, in_order
from hil.blocks import Block, Plant, counters
from hil.errors import InputError
from hil.loop import base_step
from hil.signals import ProcessImage, Record, in_words, record, signal
from hil.verdicts.requirements import signals_of

LOOP = record(
    "Loop",
    lateness=signal("ns", "how late the tick began on the wall clock", kind="i8"),
    late=signal("1", "late ticks so far", kind="i8"),
    lost=signal("1", "samples lost so far", kind="i8"),
)
LINK = record(
    "Link",
    age=signal("ns", "age of the controller's answer when it is taken", kind="i8"),
    stale=signal("1", "exchanges so far that found the answer stale", kind="i8"),
)
"""What the bench says of itself; constant on virtual time without faults, so that records stay byte-identical."""
BUS = record("Bus", bus=signal("1", "the card on the CAN bus: 0 active, 1 warning, 2 passive, 3 off", 0, 3, kind="u1"))


@dataclass(frozen=True)
class Rig:
    """A rig that has passed every check. `step` is the base step, `blocks` stand in the order of the data flow."""

    file: RigFile
    source: Source
    root: Path
    plant: Plant
    blocks: Mapping[str, Block]
    controller: ControllerSide
    wires: tuple[Wire, ...]
    step: int
    record_period: int

    @property
    def sections(self) -> dict[tuple[str, str], Record]:
        """The records of the process image, by block and role."""
        return _sections(self.file, self.plant, self.blocks, self.controller)

    @property
    def settings(self) -> dict[tuple[str, str], Record]:
        """The records of all parameters, by block and role."""
        return _settings(self.plant, self.blocks)


def _sections(
    file: RigFile, plant: Plant | None, blocks: Mapping[str, Block], controller: ControllerSide | None
) -> dict[tuple[str, str], Record]:
    stations = {name: signal(one.unit, one.words, initial=one.value) for name, one in file.operator.items()}
    sections = {("operator", "inputs"): record("Operator", **stations)}
    if plant is not None:
        sections["plant", "inputs"] = plant.inputs
        sections["plant", "state"] = plant.state
        sections["plant", "outputs"] = plant.outputs
        sections["plant", "envelope"] = counters(plant)
    for name, block in blocks.items():
        sections[name, "inputs"] = block.inputs
        sections[name, "outputs"] = block.outputs
    if controller is not None:
        sections["controller", "inputs"] = controller.inputs
        sections["controller", "outputs"] = controller.outputs
    sections["loop", "outputs"] = LOOP
    sections["link", "outputs"] = LINK
    if file.links.can.wiring is not None:
        sections["link", "state"] = BUS
    if any(event.set.startswith("link.fault_") for one in file.scenarios.values() for event in one.events):
        from hil.links import FAULTS

        sections["link", "inputs"] = FAULTS
    return {key: one for key, one in sections.items() if one.signals or (key[0] == "plant" and key[1] != "envelope")}


def _settings(plant: Plant | None, blocks: Mapping[str, Block]) -> dict[tuple[str, str], Record]:
    settings = {(name, "parameters"): block.parameters for name, block in blocks.items()}
    return settings if plant is None else {("plant", "parameters"): plant.held, **settings}


class Faults:
    """The faults found so far; each is a sentence that begins with its place.

    `missing` names the parts that could not be opened: signals of theirs are not looked for.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[str] = []
        self.missing: set[str] = set()

    def add(self, sentence: str, *keys: str | int) -> None:
        """Note a fault at a key of the rig file."""
        self.found.append(f"{self.source.at(*keys)}: {sentence}")

    @contextmanager
    def at(self, *keys: str | int) -> Iterator[None]:
        """Collect the input errors of a part; those that name a place of their own keep it."""
        try:
            yield
        except InputError as error:
            for one in error.faults:
                has_place = any(character.isdigit() for character in one.partition(":")[2][:6])
                self.found.append(one) if has_place else self.add(one, *keys)

    def lack(self, path: str) -> bool:
        """Whether a signal belongs to a part that could not be opened."""
        return path.partition(".")[0] in self.missing

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise InputError(self.found)


def open_rig(path: Path, changes: dict[str, Any] | None = None, *, coverage: bool = False) -> Rig:
    """Open a rig: read its file, load its plant and blocks, compile its program, check every wire.

    With `coverage` the program counts what it executes.

    Raises:
        InputError: every mistake in it at once, each with file and line.
    """
    file, source = read_rig(path, changes)
    faults = Faults(source)
    root = find_root(source.path)
    plant = _load_plant(file, root, faults)
    blocks = _load_blocks(file, root, faults)
    controller = None
    with faults.at("controller", "program"):
        controller, unknown_variables = open_controller(file, source, coverage=coverage)
        faults.found += unknown_variables
    # What could not be opened is a fault already; what the rig says of its signals is none of its own.
    faults.missing |= {name for name in file.blocks if name not in blocks}
    faults.missing |= {name for name, part in (("plant", plant), ("controller", controller)) if part is None}
    image = ProcessImage(_sections(file, plant, blocks, controller))
    settings = ProcessImage(_settings(plant, blocks))
    wires = check_wires(file, image, controller, faults)
    blocks = in_order(blocks, wires, faults)
    _check_inputs_driven(file, blocks, controller, faults)
    step = _check_rates(file, controller, faults)
    _check_scenarios(file, image, settings, wires, step, controller, faults)
    _check_requirements(file, image, controller, faults)
    faults.stop()
    assert plant is not None
    assert controller is not None
    return Rig(file, source, root, plant, blocks, controller, wires, step, file.record or step)


def _load_plant(file: RigFile, root: Path, faults: Faults) -> Plant | None:
    with faults.at("plant", "model"):
        plant = load_plant(file.plant.model, root)
        with faults.at("plant", "values"):
            plant.memory(file.plant.parameters, file.plant.values)
        return plant
    return None


def _load_blocks(file: RigFile, root: Path, faults: Faults) -> dict[str, Block]:
    blocks = {}
    for name, part in file.blocks.items():
        if name in ("plant", "controller", "operator", "loop", "link"):
            faults.add(f"a block cannot be called {name!r}, which the bench uses itself", "blocks", name)
            continue
        with faults.at("blocks", name, "model"):
            blocks[name] = find_block(part.model, part.unit, root)
    for name, block in blocks.items():
        for key, value in file.blocks[name].values.items():
            known = {one.name: one for role in (block.parameters, block.inputs, block.state) for one in role.signals}
            with faults.at("blocks", name, "values", key):
                one = known.get(key) or block.parameters[key]
                if fault := one.fault(value):
                    faults.add(f"{name}: {fault}", "blocks", name, "values", key)
    return blocks


def _check_inputs_driven(
    file: RigFile,
    blocks: Mapping[str, Block],
    controller: ControllerSide | None,
    faults: Faults,
) -> None:
    # A wire with a fault at its other end drives its target all the same: one mistake, one sentence.
    driven = {controller.spelt(one.target) if controller else one.target for one in file.wires}
    driven |= {event.set for scenario in file.scenarios.values() for event in scenario.events}
    for name, block in blocks.items():
        for one in block.inputs.names:
            if f"{name}.{one}" not in driven and one not in file.blocks[name].values:
                faults.add(f"input {name}.{one} is not wired; wire it, or give it a value", "blocks", name)
    given = {name.casefold() for name in file.controller.values}
    places = {one.target.casefold(): faults.source.at("wires", i) for i, one in enumerate(file.wires)}
    for name in file.controller.values:
        if place := places.get(f"controller.{name}".casefold()):
            faults.add(f"controller.{name} has a value here and is driven by a wire ({place}); keep one of them",
                       "controller", "values", name)  # fmt: skip
    for variable in controller.program_inputs if controller else ():
        if f"controller.{variable}" not in driven and variable.casefold() not in given:
            faults.add(
                f"input controller.{variable} is not wired; wire it, or give it a value in [controller.values]",
                "controller",
            )


def _check_rates(file: RigFile, controller: ControllerSide | None, faults: Faults) -> int:
    periods = [("plant.step", file.plant.step)]
    periods += [(f"blocks.{name}.period", part.period) for name, part in file.blocks.items()]
    if controller is not None and (interval := controller.program.period) is not None:
        periods.append(("controller.program, in the INTERVAL of its task,", interval))
    elif controller is not None and controller.period:
        periods.append(("controller.period", controller.period))
    if file.record is not None:
        periods.append(("record", file.record))
    for name, period in periods:
        if period <= 0:
            faults.add(f"{name} is {in_words(period)}; a period is longer than nothing", *name.split("."))
    if any(period <= 0 for _, period in periods):
        return 1
    try:
        return base_step(periods)
    except InputError as error:
        for one in error.faults:  # each begins with its key
            faults.add(one, *one.partition(" ")[0].rstrip(",").split("."))
    return min(period for _, period in periods)


def _check_scenarios(
    file: RigFile,
    image: ProcessImage,
    settings: ProcessImage,
    wires: tuple[Wire, ...],
    step: int,
    controller: ControllerSide | None,
    faults: Faults,
) -> None:
    driven = {wire.target: wire for wire in wires}
    for name, scenario in file.scenarios.items():
        if scenario.duration <= 0 or scenario.duration % step:
            faults.add(
                f"{in_words(scenario.duration)} is no whole number of steps of {in_words(step)}",
                "scenarios", name, "duration",
            )  # fmt: skip
        elif file.record and scenario.duration % file.record:
            faults.add(
                f"{in_words(scenario.duration)} is no whole number of record periods of {in_words(file.record)}, so "
                "its end would not be on record", "scenarios", name, "duration",
            )  # fmt: skip
        for i, event in enumerate(scenario.events):
            place = ("scenarios", name, "events", i)
            with faults.at(*place):
                if faults.lack(event.set) or (controller and controller.noted(event.set)):
                    continue
                one = settings.signals[event.set] if event.set in settings.signals else image.find(event.set)
                if fault := one.fault(event.value):
                    faults.add(f"the event sets {event.set.partition('.')[0]}.{fault}", *place)
                if one.shape:
                    faults.add(f"{event.set} is a profile; an event sets a single number", *place)
            if event.set in driven:
                faults.add(f"{event.set} is driven by a wire ({driven[event.set].place}) and by this event", *place)
            elif event.set in image.signals and not _settable(event.set, image):
                why = (controller and controller.why_no_input(event.set)) or "it is written at every step"
                faults.add(f"an event cannot set {event.set}: {why}", *place)
            if event.at > scenario.duration:
                faults.add(f"the event at {in_words(event.at)} is behind the scenario's end", *place)
            if event.at % step:
                faults.add(f"{in_words(event.at)} is no whole number of steps of {in_words(step)}", *place)


def _settable(path: str, image: ProcessImage) -> bool:
    return image.role(path) == "inputs"


def _check_requirements(file: RigFile, image: ProcessImage, controller: ControllerSide | None, faults: Faults) -> None:
    seen: dict[str, int] = {}
    for i, one in enumerate(file.requirements):
        if one.id in seen:
            faults.add(f"requirement {one.id!r} stands here and at {faults.source.at('requirements', seen[one.id])}",
                       "requirements", i)  # fmt: skip
        seen.setdefault(one.id, i)
        for name in signals_of(one):
            with faults.at("requirements", i):
                if not (faults.lack(name) or (controller and controller.noted(name))) and image.find(name).shape:
                    faults.add(f"{name} is a profile; a requirement looks at a single number", "requirements", i)
        for name in one.scenarios or ():
            if name not in file.scenarios:
                faults.add(f"no scenario {name!r}; there are {', '.join(file.scenarios)}", "requirements", i)
        for name, scenario in file.scenarios.items():
            first, last = one.window(scenario.duration)
            if (one.scenarios is None or name in one.scenarios) and not first <= last <= scenario.duration:
                faults.add(
                    f"requirement {one.id}: its window, {in_words(first)} to {in_words(last)}, is not within the "
                    f"{in_words(scenario.duration)} of scenario {name!r}",
                    "requirements", i,
                )  # fmt: skip


__all__ = ["LINK", "LOOP", "Faults", "Rig", "open_rig"]
