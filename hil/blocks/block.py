"""What a rig is made of: blocks that step at a period, and plants that flow between the steps."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from hil.blocks.kernel import Kernel
from hil.errors import InputError, near
from hil.signals import NOTHING, Record, Value, record

KernelFunction = Callable[..., Any]
"""`f(t, h, p, x, u, y)`: times in ns, then one record each; returns a status or nothing."""

ROLES = ("parameters", "state", "inputs", "outputs")
"""The memory of a plant; `parameters` holds its discrete part too."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block that steps at a fixed period: a sensor, a valve, a filter, a fault injector.

    `step(t, h, p, x, u, y)` reads the inputs at `t`, moves its state and writes its outputs.
    """

    name: str
    words: str
    step: KernelFunction
    parameters: Record = NOTHING
    state: Record = NOTHING
    inputs: Record = NOTHING
    outputs: Record = NOTHING

    @cached_property
    def kernel(self) -> Kernel:
        """The compiled step."""
        return _kernel(self.step, self.parameters, self.state, self.inputs, self.outputs)


@dataclass(frozen=True, kw_only=True)
class ParameterSet:
    """One published set of numbers for a plant: where it comes from and what differs from the declared values.

    `values` may name parameters, inputs and initial states.
    """

    words: str
    source: str
    values: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A continuous model: dx/dt = derivative(x, u), y = measure(x, u), and the limits at which it shuts itself down.

    `derivative(t, h, p, x, u, dx)` fills a record like the state. `measure(t, h, p, x, u, y)` fills the outputs.
    `trip(t, h, p, x, u, g)` fills the record `trips`: the plant shuts down at the instant at which one of them
    rises to zero, and the words of that signal are the reason.

    `outside(t, h, p, x, u, g)` fills the record `envelope`: the model does not hold while one of them is 0 or more, and
    no requirement is judged on such samples; their words say what is wrong, as "a slip beyond 0.3".

    A plant may have a discrete part: modes, latches, delay lines, random numbers, `discrete`. It is constant while the
    plant flows, so all kernels see it among the parameters, p. `update(t, h, p, x, u, y)` moves it at the start of a
    step of h, before `measure`, with the inputs that acted until then.
    """

    name: str
    words: str
    source: str
    left_out: str
    derivative: KernelFunction
    parameters: Record
    state: Record
    inputs: Record
    outputs: Record = NOTHING
    measure: KernelFunction | None = None
    trips: Record = NOTHING
    trip: KernelFunction | None = None
    envelope: Record = NOTHING
    outside: KernelFunction | None = None
    discrete: Record = NOTHING
    update: KernelFunction | None = None
    sets: Mapping[str, ParameterSet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen: dict[str, str] = {}
        for role in (*ROLES, "discrete"):
            for one in getattr(self, role).signals:
                if one.name in seen:
                    raise InputError(f"{self.name}: {one.name!r} stands among its {seen[one.name]} and its {role}")
                seen[one.name] = role
        if any(one.kind != "f8" for one in self.state.signals):
            raise InputError(f"{self.name}: a continuous state is made of f8 values, for the solver's sake")

    @cached_property
    def held(self) -> Record:
        """What is constant while the plant flows, the kernels' p: the parameters, then the discrete part."""
        signals = {one.name: one for one in (*self.parameters.signals, *self.discrete.signals)}
        return record(self.parameters.name, **signals)

    @cached_property
    def update_kernel(self) -> Kernel | None:
        """The compiled step of the discrete part, or None where there is none."""
        return self.update and _kernel(self.update, self.held, self.state, self.inputs, self.outputs)

    @cached_property
    def derivative_kernel(self) -> Kernel:
        """The compiled right-hand side; y is the derivative, laid out as the state."""
        return _kernel(self.derivative, self.held, self.state, self.inputs, self.state)

    @cached_property
    def measure_kernel(self) -> Kernel | None:
        """The compiled outputs, or None where the plant shows its state only."""
        return self.measure and _kernel(self.measure, self.held, self.state, self.inputs, self.outputs)

    @cached_property
    def trip_kernel(self) -> Kernel | None:
        """The compiled limits, or None where the plant never shuts down."""
        return self.trip and _kernel(self.trip, self.held, self.state, self.inputs, self.trips)

    @cached_property
    def outside_kernel(self) -> Kernel | None:
        """The compiled bounds of the envelope, or None where the model holds everywhere."""
        return self.outside and _kernel(self.outside, self.held, self.state, self.inputs, self.envelope)

    def role(self, name: str) -> str:
        """Return which record a signal belongs to: parameters, state, inputs, outputs or discrete.

        Raises:
            InputError: the plant has no such signal; the nearest are named.
        """
        known = {one: role for role in (*ROLES, "discrete") for one in getattr(self, role).names}
        if name not in known:
            raise InputError(f"plant {self.name} has no signal {name!r}{near(name, known)}")
        return known[name]

    def memory(
        self, parameter_set: str | None = None, values: Mapping[str, Value] | None = None
    ) -> dict[str, "np.recarray[Any, Any]"]:
        """Return fresh memory for the four records, with a parameter set and then single values laid over it.

        Raises:
            InputError: an unknown set or name, or values outside their domain; all of them at once.
        """
        memory = {role: self.layout(role).new() for role in ROLES}
        if parameter_set is not None and parameter_set not in self.sets:
            known = ", ".join(self.sets) or "none"
            raise InputError(f"plant {self.name} has no parameter set {parameter_set!r}; it has {known}")
        chosen = dict(self.sets[parameter_set].values) if parameter_set is not None else {}
        faults: list[str] = []
        for name, value in {**chosen, **(values or {})}.items():
            faults += self._set(memory, name, value)
        if faults:
            raise InputError(faults)
        return memory

    def layout(self, role: str) -> Record:
        """Return the record by which the memory of a role is laid out."""
        found: Record = self.held if role == "parameters" else getattr(self, role)
        return found

    def _set(self, memory: Mapping[str, "np.recarray[Any, Any]"], name: str, value: Value) -> list[str]:
        try:
            role = self.role(name)
        except InputError as error:
            return list(error.faults)
        if role == "outputs":
            return [f"{name} is an output of plant {self.name}: it follows from the others and cannot be set"]
        if fault := getattr(self, role)[name].fault(value):
            return [f"plant {self.name}: {fault}"]
        memory["parameters" if role == "discrete" else role][name] = value
        return []


def _kernel(function: KernelFunction, *records: Record) -> Kernel:
    return Kernel(function.__module__, function.__name__, tuple(one.dtype for one in records), function)


def first_not_finite(record: Record, memory: "np.ndarray[Any, Any]") -> str | None:
    """Return `name = value unit` of the first value that is no finite number, or None."""
    for one in record.signals:
        for value in np.atleast_1d(memory[one.name]).ravel():
            if not math.isfinite(value):
                return f"{one.name} = {value} {one.unit}"
    return None
