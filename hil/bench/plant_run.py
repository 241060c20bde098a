"""A plant without a rig: stepped by the loop, moved by settings, seen as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hil.blocks import DIVERGED, METHODS, NO_SOLUTION, SINGULAR, Plant, Solver, first_not_finite
from hil.blocks.block import ROLES
from hil.errors import InputError, RunError
from hil.loop import HOST, Change, Loop, Ring, Step, call_block, script
from hil.signals import ProcessImage, Signal, duration, in_words

_ROWS = 4096  # rows in memory at a time
_STEPS = 1_000_000  # steps without a look at Ctrl-C


@dataclass(frozen=True)
class Setting:
    """`name` becomes `value` at the time `at` (ns) and stays; `text` is what the user wrote."""

    name: str
    value: float
    at: int
    text: str


def setting(text: str) -> Setting:
    """Return the setting that `NAME=VALUE` or `NAME=VALUE@TIME` says.

    Raises:
        InputError: the text is neither, or its time is not one.
    """
    name, equals, rest = text.partition("=")
    number, _, time = rest.partition("@")
    try:
        value = float(number)
    except ValueError:
        equals = ""
    if not equals or not name:
        raise InputError(f"--set {text!r}: write NAME=VALUE or NAME=VALUE@TIME, as Tc=298.15@10min")
    try:
        return Setting(name.strip(), value, duration(time) if "@" in rest else 0, text)
    except InputError as error:
        raise InputError(f"--set {text!r}: {error}") from None


@dataclass(frozen=True, kw_only=True)
class PlantRun:
    """What to run: steps of `step` ns up to `until`, a row every `every` and at the end (ns).

    `frozen` leaves the discrete part as it is at the start, so that the flow alone is seen.

    Raises:
        InputError: unknown names, values outside their domain, times off the grid; all of them at once.
    """

    plant: Plant
    until: int
    step: int
    every: int
    settings: Sequence[Setting] = ()
    parameter_set: str | None = None
    method: str = "rk4"
    frozen: bool = False
    start: Mapping[str, "np.recarray[Any, Any]"] = field(init=False)

    def __post_init__(self) -> None:
        faults = list(self._faults())
        for chosen, values in ((self.parameter_set, {}), (None, self._at_start)):
            try:
                self.plant.memory(chosen, values)
            except InputError as error:
                faults += error.faults
        if faults:
            raise InputError(faults)
        object.__setattr__(self, "start", self.plant.memory(self.parameter_set, self._at_start))

    @property
    def _at_start(self) -> dict[str, float]:
        return {one.name: one.value for one in self.settings if one.at == 0}

    def _faults(self) -> Iterator[str]:
        if self.method not in METHODS:
            yield f"no solver {self.method!r}; there are {', '.join(METHODS)}"
        if self.step <= 0:
            yield "--step must be longer than 0s"
            return
        for words, time in (("--until", self.until), ("--every", self.every)):
            if time <= 0 or time % self.step:
                yield f"{words} {in_words(time)} is no whole multiple of --step {in_words(self.step)}"
        seen: set[tuple[str, int]] = set()
        for one in self.settings:
            if (one.name, one.at) in seen:
                yield f"--set {one.text!r}: {one.name} is set twice at {in_words(one.at)}"
            seen.add((one.name, one.at))
            if one.at:
                yield from (f"--set {one.text!r}: {fault}" for fault in self._late_faults(one))

    def _late_faults(self, one: Setting) -> Iterator[str]:
        """What is wrong with a setting after the start."""
        if one.at > self.until:
            yield f"that is after the end of the run at {in_words(self.until)}"
        elif one.at % self.step:
            yield f"that is between two steps; take a whole multiple of {in_words(self.step)}"
        try:
            role = self.plant.role(one.name)
        except InputError as error:
            yield from error.faults
            return
        if role in ("state", "outputs"):
            what = "a state: it can be set at the start only" if role == "state" else "an output: it follows"
            yield f"{one.name} is {what}; inputs and parameters can be set at any time"
        elif role == "discrete":
            yield f"{one.name} belongs to the discrete part: it can be set at the start only"
        elif fault := getattr(self.plant, role)[one.name].fault(one.value):
            yield fault


def _shown(plant: Plant) -> tuple[Signal, ...]:
    return plant.inputs.signals + plant.state.signals + plant.outputs.signals


def _cells(one: Signal) -> list[str]:
    return [f"[{','.join(str(i) for i in cell)}]" if cell else "" for cell in np.ndindex(*one.shape)]


class Run:
    """One run in its own memory; `ended` is the time (ns) at which it stopped, `reason` why, if early.

    Its blocks are called by their addresses: other than in a rig, no loop is compiled for the plant.
    """

    def __init__(self, what: PlantRun) -> None:
        self.what = what
        plant, name = what.plant, what.plant.name
        self.ended, self.reason = what.until, ""
        self._image = ProcessImage({(name, role): plant.layout(role) for role in ROLES})
        memory = {role: self._image.section(name, role) for role in ROLES}
        for role in ROLES:
            memory[role][:] = what.start[role]
        self._solver = Solver.apart(plant, what.method, memory)
        p, x, u, y = (memory[role] for role in ROLES)
        self._ring = Ring(self._image.memory, what.every, _ROWS, waits=True)
        self._due = [script(list(self._changes()), what.step)]
        if plant.update_kernel and not what.frozen:
            self._due.append(Step("update", plant.update_kernel, what.step, p, x, u, y))
        self._seen = []
        if plant.measure_kernel:
            period = what.step if plant.update else what.every  # an update may build on the outputs before
            self._seen.append(Step("measure", plant.measure_kernel, period, p, x, u, y))
        self._advance = Step("solver", self._solver.code, what.step, self._solver.problem, x, u)
        steps = (*self._due, *self._seen, self._ring.step, self._advance)
        self._loop = Loop([replace(one, block=one.address) for one in steps], what.step)

    def _changes(self) -> Iterator[Change]:
        for one in self.what.settings:
            if one.at:
                path = f"{self.what.plant.name}.{one.name}"
                view = self._image.view(path)
                for cell in range(view.size):
                    address = self._image.address(path) + cell * view.itemsize
                    yield Change(one.at, one.at, address, self._image.find(path).kind, one.value)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: t in s, inputs, states, outputs; `T[3]` for each cell of a profile."""
        return ("t", *(f"{one.name}{cell}" for one in _shown(self.what.plant) for cell in _cells(one)))

    def portions(self) -> Iterator["np.ndarray[Any, Any]"]:
        """Run to the end and give the rows, shape (n, columns), as they come.

        Raises:
            RunError: a state is no finite number any more.
        """
        loop, ticks, status = self._loop, self.what.until // self.what.step, 0
        while loop.tick < ticks and status in (0, HOST):
            status = loop.run(min(loop.tick + _STEPS, ticks))
            if status == DIVERGED:
                raise RunError(self._diverged())
            if status == SINGULAR:
                raise RunError(f"plant {self.what.plant.name}: {NO_SOLUTION} at t = {in_words(loop.t)}")
            if (taken := self._ring.take()).size:
                yield self._rows(taken["t"], taken["image"])
        if status not in (0, HOST):
            self.ended = int(self._solver.problem["at"][0])
            self.reason = self.what.plant.trips.signals[status - 1].words
        for step in (*(self._due[:1] if self.reason else self._due), *self._seen):
            call_block(step, self.ended)
        yield self._rows(np.array([self.ended]), self._image.memory)

    def _diverged(self) -> str:
        plant, t = self.what.plant, self._loop.t + self.what.step
        state = first_not_finite(plant.state, self._image.section(plant.name, "state"))
        return (
            f"plant {plant.name} diverged: {state} at t = {in_words(t)}; take a shorter --step than "
            f"{in_words(self.what.step)}, or look at the values it was given"
        )

    def _rows(self, t: "np.ndarray[Any, Any]", images: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        name = self.what.plant.name
        columns = [self._image.column(images, f"{name}.{one.name}") for one in _shown(self.what.plant)]
        return np.column_stack([t / 1e9, *(one.reshape(len(t), -1) for one in columns)])
