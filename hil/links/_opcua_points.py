"""What a server says of a rig's points, what is wrong with them, how their values change on the way."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hil.errors import near
from hil.links.link import Point
from hil.links.opcua_types import ELEMENTARY, MILLISECOND

_STEP = re.compile(r"[.\[]")

Convert = Callable[[Any], Any]

_KINDS = {one.built_in: one.kind for one in ELEMENTARY.values() if one.scale == 1 and one.kind != "V"}  # of Latin-1


@dataclass(frozen=True)
class Described:
    """A point as the server describes it; `built_in` names its built-in type, None for no such node.

    `exact` says that a TIME has a property beside it which carries its nanoseconds, `output` that the program
    writes it.
    """

    path: str
    built_in: str | None
    type: str
    array: bool
    writable: bool
    unit: str
    exact: bool = False
    output: bool = False


def faults(
    url: str, writes: Sequence[Point], described: Sequence[tuple[Point, Described]], known: Iterable[str]
) -> list[str]:
    """Return one sentence for each point that cannot be wired; near names come from `known`."""
    names, found = tuple(known), []
    for point, one in described:
        if one.built_in is None:
            found.append(f"no variable {point.path!r} at {url}{near(point.path, names)}")
        elif one.array:
            found.append(f"{point.path!r} at {url} is an array of {one.type}: wire its elements, as {point.path}[1]")
        elif not _fits(point.kind, one):
            kind = _KINDS.get(one.built_in, "of no kind that a wire carries")
            found.append(f"{point.path!r} at {url} is {one.type} ({kind}), the wire carries {point.kind}")
    for point, one in described[: len(writes)]:
        if one.built_in is not None and not one.writable:
            found.append(f"{point.path!r} at {url} cannot be written; wire a variable that can")
        elif one.output:
            found.append(f"{point.path!r} at {url} is an output: the program writes it, and no wire does")
    return found


def _fits(kind: str, one: Described) -> bool:
    if one.exact:
        return kind == "i8"
    built_in = one.built_in
    if built_in == "Boolean":
        return kind in ("u1", "b1", "?")
    return (kind[0] if built_in == "String" else kind) == _KINDS.get(str(built_in))


def holders(path: str) -> list[str]:
    """Return a path and the paths of all that it lies in."""
    return [path[: one.start()] for one in _STEP.finditer(path)] + [path]


def encoder(one: Described) -> Convert | None:
    """Return what makes the value on the wire out of the value in memory, None when they are the same."""
    if one.built_in == "Boolean":
        return bool
    if one.built_in == "String":
        return _text
    return _milliseconds if one.type == "TIME" and not one.exact else None


def decoder(one: Described) -> Convert | None:
    """Return what makes the value in memory out of the value on the wire, None when they are the same."""
    if one.built_in == "String":
        return _bytes
    return _nanoseconds if one.type == "TIME" and not one.exact else None


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _bytes(value: str | None) -> bytes:
    return (value or "").encode("latin-1", "replace")


def _milliseconds(value: int) -> int:
    return value // MILLISECOND if value >= 0 else -(-value // MILLISECOND)


def _nanoseconds(value: int) -> int:
    return value * MILLISECOND
