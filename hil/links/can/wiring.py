"""Which variable goes in which signal of which message: a wiring file, read by both sides of the wire.

dbc = "drive.dbc"                       # beside the wiring file; or eds = "drive.eds", node = 5; or [j1939], see there
to = ["Feedback"]                       # messages to the controller; of an EDS, all that the node receives
from = ["Command"]                      # and from it; of an EDS, all that it sends
step = 0x7F0                            # frame by which the bench advances the controller in lockstep
[signals]                               # where a variable has not the name of its signal, or another unit
SPEED_PV = "Feedback.Speed"
THROTTLE = { signal = "Demand.Torque", scale = 0.01 }                    # variable = signal * scale + offset
[constants]                             # signals that no variable has
"Demand.Mode" = 2
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from hil.errors import InputError, near
from hil.links.can.database import Database, read_dbc
from hil.links.can.eds import Device, read_eds
from hil.links.can.frame import STANDARD
from hil.links.can.j1939_wiring import Nodes, messages_of, nodes_of
from hil.links.can.signals import Field, Message

_KEYS = {
    "dbc": str, "eds": str, "node": int, "to": list, "from": list, "step": int, "signals": dict, "constants": dict,
    "j1939": dict,
}  # fmt: skip
_STEP = 0x7F0


class Spot(NamedTuple):
    """A signal by name, and how a variable follows from it: variable = signal * scale + offset."""

    signal: str
    scale: float = 1.0
    offset: float = 0.0

    def variable(self, value: Any) -> Any:
        """Return the variable's value for one of the signal; a whole number stays one where nothing is scaled."""
        return value if self.scale == 1 and self.offset == 0 else value * self.scale + self.offset

    def value(self, variable: Any) -> Any:
        """Return the signal's value for one of the variable."""
        return variable if self.scale == 1 and self.offset == 0 else (variable - self.offset) / self.scale


@dataclass(frozen=True)
class Place:
    """Where a variable lies: its message, its signal there, and how it follows from that."""

    message: Message
    field: Field
    spot: Spot


_Signal = tuple[Message, Field]


@dataclass(frozen=True)
class Wiring:
    """A wiring file: messages to the controller and from it, the names of variables, the device of CANopen if any."""

    path: str
    to: tuple[Message, ...]
    back: tuple[Message, ...]
    signals: Mapping[str, Spot]
    step: int
    device: Device | None = None
    j1939: Nodes | None = None
    constants: Mapping[str, float] = field(default_factory=dict)

    def places(self, paths: Sequence[str], *, to: bool) -> dict[str, Place]:
        """Return where variables lie.

        Raises:
            InputError: variables that no message has, or several; all at once.
        """
        side = self.to if to else self.back
        known = {f"{one.name}.{name}": (one, each) for one in side for name, each in one.fields.items()}
        found, faults = {}, []
        given = {name.casefold(): spot for name, spot in self.signals.items()}
        for path in paths:
            spot = given.get(path.casefold(), Spot(""))
            wanted = spot.signal
            hits = [known[wanted]] if wanted in known else [] if wanted else _called(path, known.values())
            if len(hits) == 1:
                found[path] = Place(*hits[0], spot)
            else:
                faults.append(self._fault(path, wanted, hits, known, to=to))
        if faults:
            raise InputError(faults)
        return found

    @cached_property
    def fixed(self) -> dict[str, dict[str, float]]:
        """The constants of each message."""
        found: dict[str, dict[str, float]] = {one.name: {} for one in (*self.to, *self.back)}
        for where, value in self.constants.items():
            message, _, signal = where.partition(".")
            found[message][signal] = value
        return found

    def _fault(self, path: str, wanted: str, hits: Sequence[_Signal], known: Mapping[str, _Signal], *, to: bool) -> str:
        side = "to" if to else "from"
        if hits:
            where = " and ".join(f"{message.name}.{one.name}" for message, one in hits)
            return f"{self.path}: {path!r} lies in {where}; choose one in [signals]"
        name = wanted or path
        plain = [one.rpartition(".")[2] for one in known] if not wanted else list(known)
        return f"{self.path}: no signal {name!r} in the messages {side} the controller{near(name, plain)}"


def _called(path: str, signals: Iterable[_Signal]) -> list[_Signal]:
    return [one for one in signals if one[1].name.casefold() == path.casefold()]


def read_wiring(path: Path) -> Wiring:
    """Read a wiring file and the DBC or EDS that it names.

    Raises:
        InputError: no such file, no TOML, keys and messages that there are not; all at once.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as wrong:
        raise InputError(f"cannot read the wiring {path}: {wrong.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise InputError(f"{path}: not a TOML file: {wrong}") from None
    faults = [f"{path}: unknown key {key!r}{near(key, _KEYS)}" for key in values if key not in _KEYS]
    faults += [
        f"{path}: {key} is a {kind.__name__}, not {values[key]!r}"
        for key, kind in _KEYS.items()
        if not isinstance(values.get(key, kind()), kind)
    ]
    if ("eds" in values) == ("dbc" in values or "j1939" in values):
        faults.append(f"{path}: name a dbc file, [j1939], or an eds file with its node")
    if not 0 < (step := values.get("step", _STEP)) < STANDARD:
        faults.append(f"{path}: step is an identifier from 1 to {STANDARD - 1:#x}, not {step!r}")
    spots, more = _spots(path, values.get("signals", {}) if not faults else {})
    if faults or more:
        raise InputError([*faults, *more])
    to, back, device, nodes = _of_eds(path, values) if "eds" in values else _of_lists(path, values, spots)
    constants = values.get("constants", {})
    if more := list(_not_there(path, constants, (*to, *back))):
        raise InputError(more)
    return Wiring(str(path), to, back, spots, step, device, nodes, constants)


def _spots(path: Path, table: Mapping[str, Any]) -> tuple[dict[str, Spot], list[str]]:
    spots, faults = {}, []
    for name, said in table.items():
        parts = {"signal": said} if isinstance(said, str) else said if isinstance(said, dict) else {}
        numbers = [value for key, value in parts.items() if key in ("scale", "offset")]
        sound = isinstance(parts.get("signal"), str) and all(isinstance(one, int | float) for one in numbers)
        sound = sound and not set(parts) - {"signal", "scale", "offset"}
        if sound and parts.get("scale", 1) != 0:
            spots[name] = Spot(**parts)
        else:
            faults.append(f'{path}: {name} is a signal, as "Feedback.Speed", or a table with signal, scale and offset')
    return spots, faults


def _not_there(path: Path, constants: Mapping[str, Any], messages: Sequence[Message]) -> Iterator[str]:
    known = [f"{one.name}.{name}" for one in messages for name in one.fields]
    for where, value in constants.items():
        if where not in known:
            yield f"{path}: no signal {where!r} in the messages{near(where, known)}"
        elif not isinstance(value, int | float):
            yield f"{path}: constant {where} is a number, not {value!r}"


_Read = tuple[tuple[Message, ...], tuple[Message, ...], Device | None, Nodes | None]


def _of_lists(path: Path, values: Mapping[str, Any], spots: Mapping[str, Spot]) -> _Read:
    """Read the lists `to` and `from`: messages of a DBC file, with [j1939] the published ones, too."""
    read = read_dbc(path.parent / values["dbc"]) if "dbc" in values else Database({}, str(path))
    nodes = nodes_of(str(path), values["j1939"]) if "j1939" in values else None
    used = [*(one.signal for one in spots.values()), *values.get("constants", {})]
    codes = tuple(dict.fromkeys(one[4:] for one in used if one.startswith("DM1.") and one.count(".") == 2))
    faults, sides = [], []
    for key in ("to", "from"):
        entries = values.get(key, [])
        if nodes is not None:
            found = list(messages_of(entries, read.find, codes))
        else:
            found = [read.messages.get(one) or _unknown(read, one) for one in entries]
        faults += [f"{path}: {one}" for one in found if isinstance(one, str)]
        sides.append(tuple(one for one in found if not isinstance(one, str)))
    both = {one.name for one in sides[0]} & {one.name for one in sides[1]}
    faults += [f"{path}: message {one!r} goes both ways" for one in sorted(both)]
    if nodes is None:
        big = [one for one in sum(sides, ()) if one.size > 64]
        faults += [f"{path}: message {one.name!r} has {one.size} bytes, a frame 64" for one in big]
    if faults:
        raise InputError(faults)
    return sides[0], sides[1], None, nodes


def _unknown(read: Database, name: object) -> str:
    try:
        read.message(str(name))
    except InputError as wrong:
        return str(wrong)
    return f"{name!r} is no name of a message"


def _of_eds(path: Path, values: Mapping[str, Any]) -> _Read:
    device = read_eds(path.parent / values["eds"], values.get("node", 0))
    sides = [tuple(one.message for one in pdos) for pdos in (device.receives, device.sends)]
    return sides[0], sides[1], device, None
