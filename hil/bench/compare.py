"""One scenario over every wire: the verdicts, and by how many ticks the traces differ from the fused program's."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hil.bench.link_parts import LINK_NAMES
from hil.bench.rig import Rig
from hil.bench.run import Options, Run
from hil.record import Recording, read

_MOST_TICKS = 8

Trace = Mapping[str, "np.ndarray[Any, Any]"]


@dataclass(frozen=True)
class Difference:
    """How a trace differs from another: it comes `ticks` later, and then `channels` of them still differ.

    `largest` is by how much at most, of the channel `worst`, in its unit.
    """

    ticks: int
    channels: int
    worst: str
    largest: float


@dataclass(frozen=True)
class Row:
    """A run over one link: its verdict, and its trace beside the fused program's."""

    target: str
    link: str
    verdict: str
    same_verdict: bool
    identical: bool
    difference: Difference


def wires(rig: Rig) -> list[tuple[str, str | None]]:
    """Return the target and link of each way to meet the rig's program that the rig file says enough of."""
    links = rig.file.links
    lacking = {"fused", *(["can"] if links.can.wiring is None else []), *(["serial"] if links.serial is None else [])}
    firmware = [("firmware", None)] if rig.file.targets.firmware is not None else []
    return [*(("plc", one) for one in LINK_NAMES if one not in lacking), *firmware]


def compare(open_rig: Callable[[], Rig], options: Options, over: Sequence[tuple[str, str | None]]) -> Iterator[Row]:
    """Run a scenario with the fused program, then over each target and link, in virtual time.

    Raises:
        InputError: the rig cannot be run so. RunError: a controller could not be brought up.
    """
    with tempfile.TemporaryDirectory() as folder:
        fused = replace(options, link="fused", target="plc", folder=Path(folder, "fused"))
        expected = Run(open_rig(), fused).execute()
        reference = read(Path(expected["record"]["path"]))
        for number, (target, link) in enumerate(over):
            run = Run(open_rig(), replace(options, target=target, link=link, folder=Path(folder, str(number))))
            result = run.execute()
            verdicts = [{one["id"]: one["verdict"] for one in each["findings"]} for each in (expected, result)]
            found = difference(_trace(reference), _trace(read(Path(result["record"]["path"]))))
            yield Row(
                target, run.link_name, result["verdict"], verdicts[0] == verdicts[1],
                expected["record"]["digest"] == result["record"]["digest"], found,
            )  # fmt: skip


def difference(reference: Trace, other: Trace) -> Difference:
    """Return by how many ticks `other` comes later: the shift at which what the controller does differs least."""
    names = [one for one in reference if one in other]
    told = [one for one in names if one.startswith("controller.")] or names
    spans = {one: float(np.ptp(reference[one])) or 1.0 for one in names}
    best = min(
        range(_MOST_TICKS + 1),
        key=lambda ticks: max(_apart(reference[one], other[one], ticks) / spans[one] for one in told),
    )
    apart = {one: _apart(reference[one], other[one], best) for one in names}
    worst = max(apart, key=lambda one: apart[one] / spans[one])
    return Difference(best, sum(one > 0 for one in apart.values()), worst if apart[worst] else "", apart[worst])


def _apart(reference: "np.ndarray[Any, Any]", other: "np.ndarray[Any, Any]", ticks: int) -> float:
    """Return the largest difference when `other` is taken that many ticks later."""
    count = min(len(reference), len(other) - ticks)
    if count <= 0:
        return float("inf")
    return float(np.abs(reference[:count] - other[ticks : ticks + count]).max())


def _trace(recording: Recording) -> Trace:
    """The samples as numbers; what the bench says of wire and loop is none of the rig's signals."""
    return {one: recording[one].astype("f8") for one in recording.names if not one.startswith(("link.", "loop."))}
