"""The rig file: plant, controller, links, wires, scenarios and requirements as plain values, no logic.

Its JSON Schema is published by `hil rig schema`.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from hil.bench.external_parts import STEPS, ExternalPart
from hil.bench.link_parts import LinkName, LinksPart
from hil.bench.target_parts import TargetName, TargetsPart
from hil.bench.toml_lines import key_lines, line_of
from hil.errors import InputError, near
from hil.verdicts import Bounds, Overshoot, Policy, Requirement, Response, Settling
from hil.verdicts.requirements import Condition, Duration, Number, Strict

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
ScenarioName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$")]
Method = Literal["euler", "rk4", "ros2"]


class PlantPart(Strict):
    """The plant and how it is solved."""

    model: str = Field(description="a plant of `hil plant list`")
    parameters: str | None = Field(None, description="one of the plant's parameter sets")
    solver: Method = "rk4"
    step: Duration
    values: dict[Name, Number] = Field({}, description="parameters, inputs and initial states laid over the set")


class BlockPart(Strict):
    """A block beside the plant: a transmitter, a valve, a strategy of the project."""

    model: str = Field(description="a block of the bench, or `strategies.NAME` for controllers/strategies/NAME.py")
    unit: str | None = Field(None, description="the unit it measures in, for blocks that need one")
    period: Duration
    values: dict[Name, Number] = Field({}, description="parameters, inputs and initial states")


class Station(Strict):
    """A signal that only scenarios move: a set-point, a push-button."""

    unit: str
    words: str
    value: Number = 0.0


class ControllerPart(Strict):
    """The controller under test and its wire."""

    program: str = Field(description="a file, a folder or a project file in any format, relative to the rig file")
    name: str | None = Field(None, description="which PROGRAM, where the file has several")
    period: Duration | None = Field(None, description="of the exchange; the task's INTERVAL when left out")
    target: TargetName = "plc"
    link: LinkName = "fused"
    timeout: Duration | None = Field(
        None, description="how long an answer may take; 5s when left out, on a serial line on the wall clock 500ms"
    )
    watch: tuple[str, ...] = Field((), description="variables to record besides those on wires")
    values: dict[str, Number] = Field({}, description="values of inputs that no wire drives")


class WirePart(Strict):
    """One wire: target = source * scale + offset."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    scale: Number | None = Field(None, description="with scale or offset the wire converts, and unit says to what")
    offset: Number | None = None
    unit: str | None = Field(None, description="unit behind scale and offset, or of a variable that declares none")


class EventPart(Strict):
    """Something happens: a value is set, at once or by a ramp."""

    at: Duration
    set: str
    value: Number
    ramp: Duration = Field(0, description="time that the value takes to get there")
    words: str = ""


class ScenarioPart(Strict):
    """What happens when, and for how long."""

    words: str
    duration: Duration
    events: tuple[EventPart, ...] = ()


class RigFile(Strict):
    """A rig."""

    name: Name
    title: str
    seed: int = Field(1, ge=0, lt=2**63)
    record: Duration | None = Field(
        None,
        description="sampling period of the record, for a look only: coarser than the steps it lets nothing pass",
    )
    plant: PlantPart
    blocks: dict[Name, BlockPart] = Field({})
    operator: dict[Name, Station] = Field({}, description="signals that only scenarios move")
    controller: ControllerPart
    links: LinksPart = Field(LinksPart(), description="what the links need to know, by name")
    targets: TargetsPart = Field(TargetsPart(), description="what the targets need to know, by name")
    overruns: Policy = Field(Policy(), description="what the wall clock may miss before a verdict is inconclusive")
    wires: tuple[WirePart, ...]
    scenarios: dict[ScenarioName, ScenarioPart] = Field(min_length=1)
    requirements: tuple[Requirement, ...] = Field(min_length=1)


class Source:
    """A rig file's text with the lines of its keys: it names places."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self._lines = key_lines(text)

    def at(self, *keys: str | int) -> str:
        """Return `file:line` of a key."""
        return f"{self.path}:{line_of(self._lines, keys)}"


def read_rig(path: Path, changes: dict[str, Any] | None = None) -> tuple[RigFile, Source]:
    """Read and check a rig file; `changes` lays values over it, by dotted path (`plant.step`).

    Raises:
        InputError: no file, no TOML, or keys and values that a rig does not have; all at once, each with its line.
    """
    file = path / "rig.toml" if path.is_dir() else path
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"cannot read the rig {file}: {reason}; give a folder with a rig.toml, or the file") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: not a TOML file: {error}") from None
    source = Source(file, text)
    for key, value in (changes or {}).items():
        _lay_over(values, key, value)
    try:
        return RigFile.model_validate(values), source
    except ValidationError as error:
        raise InputError(_sentence(source, one) for one in error.errors()) from None


def _lay_over(values: dict[str, Any], key: str, value: Any) -> None:
    """Set one value; a table of a list is named by its number from 0 or by its id.

    A signal's path works too: `plant.Tf`, `TT101.noise`, `operator.START`, `controller.KP`.
    """
    *parents, last = _in_file(values, key.split("."))
    here: Any = values
    for part in parents:
        if isinstance(here, list):
            ids = [str(one.get("id", number)) for number, one in enumerate(here)]
            number = int(part) if part.isdecimal() else ids.index(part) if part in ids else len(here)
            if number >= len(here):
                raise InputError(f"--set {key}: no {part!r} there{near(part, ids)}; it has {', '.join(ids)}")
            here = here[number]
        else:
            here = here.setdefault(part, {})
        if not isinstance(here, dict) and not (isinstance(here, list) and all(isinstance(one, dict) for one in here)):
            raise InputError(f"--set {key}: {part!r} is a value and has nothing below it")
    if isinstance(here, list):
        raise InputError(f"--set {key}: name a key of one of its tables, as {key}.0.KEY")
    here[last] = value


def _in_file(values: dict[str, Any], parts: list[str]) -> list[str]:
    """Return where in the file a signal's value stands; a path into the file is returned as it is."""
    first, *rest = parts
    if not rest:
        return parts
    if isinstance(blocks := values.get("blocks"), dict) and first in blocks:
        return ["blocks", first, "values", ".".join(rest)]
    if first == "operator" and len(rest) == 1:
        return [*parts, "value"]
    own = {"plant": PlantPart.model_fields, "controller": ControllerPart.model_fields}.get(first)
    if own is not None and rest[0] not in own:
        return [first, "values", ".".join(rest)]
    return parts


def _sentence(source: Source, error: Any) -> str:
    loc, wrong = error["loc"], error["type"]
    # The kind of a requirement, or of a target's step, stands behind its number.
    kinds = {i + 1 for i, part in enumerate(loc) if isinstance(part, int) and loc[0] in ("requirements", "targets")}
    path = ".".join(str(part) for i, part in enumerate(loc) if i not in kinds)
    place = source.at(*loc)
    if wrong == "extra_forbidden":
        return f"{place}: unknown key {path!r}{near(str(loc[-1]), _known_keys(loc))}"
    if wrong == "missing":
        return f"{place}: {path!r} is missing"
    if wrong in ("union_tag_not_found", "union_tag_invalid"):
        key, what, known = ("do", "step", STEPS) if loc[0] == "targets" else ("kind", "requirement", _REQUIREMENTS)
        if wrong == "union_tag_not_found":
            return f"{place}: '{path}.{key}' is missing; there are {', '.join(known)}"
        return f"{place}: {path}: no kind {error['ctx']['tag']!r} of {what}; there are {', '.join(known)}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if wrong == "value_error":
        return f"{place}: {path}: {message}"
    return f"{place}: {path}: {message[:1].lower()}{message[1:]}, not {error['input']!r}"


_REQUIREMENTS = {"bounds": Bounds, "settling": Settling, "overshoot": Overshoot, "response": Response}
_TABLES: dict[Any, Any] = {
    "plant": PlantPart, "blocks": BlockPart, "operator": Station, "controller": ControllerPart, "wires": WirePart,
    "links": LinksPart, "targets": TargetsPart, "scenarios": ScenarioPart, "events": EventPart, "overruns": Policy,
    **_REQUIREMENTS, "when": Condition, "then": Condition, "external": ExternalPart, **STEPS,
}  # fmt: skip


def _known_keys(loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the table of an unknown key could have had."""
    model: Any = next((_TABLES[part] for part in reversed(loc[:-1]) if part in _TABLES), RigFile)
    return [field.alias or name for name, field in model.model_fields.items()]
