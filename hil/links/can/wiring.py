"""Which variable goes in which signal of which message: a wiring file, read by both sides of the wire.

dbc = "drive.dbc"                       # beside the wiring file; or eds = "drive.eds", node = 5
to = ["Feedback"]                       # messages to the controller; of an EDS, all that the node receives
from = ["Command"]                      # and from it; of an EDS, all that it sends
step = 0x7F0                            # frame by which the bench advances the controller in lockstep
[signals]                               # where a variable has not the name of its signal
SPEED_PV = "Feedback.Speed"
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil.errors import InputError, near
from hil.links.can.database import read_dbc
from hil.links.can.eds import Device, read_eds
from hil.links.can.frame import STANDARD
from hil.links.can.signals import Field, Message

_KEYS = {"dbc": str, "eds": str, "node": int, "to": list, "from": list, "step": int, "signals": dict}
_STEP = 0x7F0


@dataclass(frozen=True)
class Place:
    """Where a variable lies: its message and its signal there."""

    message: Message
    field: Field


@dataclass(frozen=True)
class Wiring:
    """A wiring file: messages to the controller and from it, the names of variables, the device of CANopen if any."""

    path: str
    to: tuple[Message, ...]
    back: tuple[Message, ...]
    signals: Mapping[str, str]
    step: int
    device: Device | None = None

    def places(self, paths: Sequence[str], *, to: bool) -> dict[str, Place]:
        """Return where variables lie.

        Raises:
            InputError: variables that no message has, or several; all at once.
        """
        side = self.to if to else self.back
        known = {f"{one.name}.{name}": Place(one, each) for one in side for name, each in one.fields.items()}
        found, faults = {}, []
        given = {name.casefold(): where for name, where in self.signals.items()}
        for path in paths:
            wanted = given.get(path.casefold())
            hits = [known[wanted]] if wanted in known else [] if wanted else _called(path, known.values())
            if len(hits) == 1:
                found[path] = hits[0]
            else:
                faults.append(self._fault(path, wanted, hits, known, to=to))
        if faults:
            raise InputError(faults)
        return found

    def _fault(
        self, path: str, wanted: str | None, hits: Sequence[Place], known: Mapping[str, Place], *, to: bool
    ) -> str:
        side = "to" if to else "from"
        if hits:
            where = " and ".join(f"{one.message.name}.{one.field.name}" for one in hits)
            return f"{self.path}: {path!r} lies in {where}; choose one in [signals]"
        name = wanted or path
        plain = [one.rpartition(".")[2] for one in known] if wanted is None else list(known)
        return f"{self.path}: no signal {name!r} in the messages {side} the controller{near(name, plain)}"


def _called(path: str, places: Iterable[Place]) -> list[Place]:
    return [one for one in places if one.field.name.casefold() == path.casefold()]


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
    if ("dbc" in values) == ("eds" in values):
        faults.append(f"{path}: name either a dbc file or an eds file with its node")
    if not 0 < (step := values.get("step", _STEP)) < STANDARD:
        faults.append(f"{path}: step is an identifier from 1 to {STANDARD - 1:#x}, not {step!r}")
    if faults:
        raise InputError(faults)
    return _of_eds(path, values) if "eds" in values else _of_dbc(path, values)


def _of_dbc(path: Path, values: Mapping[str, Any]) -> Wiring:
    read = read_dbc(path.parent / values["dbc"])
    faults, sides = [], []
    for key in ("to", "from"):
        side = []
        for name in values.get(key, []):
            try:
                side.append(read.message(name))
            except InputError as wrong:
                faults += [f"{path}: {one}" for one in wrong.faults]
        sides.append(tuple(side))
    faults += [f"{path}: message {one.name!r} goes both ways" for one in sides[0] if one in sides[1]]
    faults += [
        f"{path}: message {one.name!r} has {one.size} bytes, a frame 64" for one in sum(sides, ()) if one.size > 64
    ]
    if faults:
        raise InputError(faults)
    return Wiring(str(path), sides[0], sides[1], values.get("signals", {}), values.get("step", _STEP))


def _of_eds(path: Path, values: Mapping[str, Any]) -> Wiring:
    device = read_eds(path.parent / values["eds"], values.get("node", 0))
    sides = [tuple(one.message for one in pdos) for pdos in (device.receives, device.sends)]
    return Wiring(str(path), sides[0], sides[1], values.get("signals", {}), values.get("step", _STEP), device)
