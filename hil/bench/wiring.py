"""Wires between signals, every mistake in them, and the order in which data flows through the blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hil.bench.units import difference
from hil.blocks import Block
from hil.signals import ProcessImage

if TYPE_CHECKING:
    from hil.bench.controller import ControllerSide
    from hil.bench.rig import Faults
    from hil.bench.rig_file import RigFile, WirePart


@dataclass(frozen=True)
class Wire:
    """One checked wire between two signals of the process image."""

    source: str
    target: str
    scale: float
    offset: float
    place: str


def check_wires(
    file: RigFile, image: ProcessImage, controller: ControllerSide | None, faults: Faults
) -> tuple[Wire, ...]:
    """Return the wires of a rig with the controller's variables spelt as declared; note every mistake."""
    wires: dict[str, Wire] = {}
    for i, part in enumerate(file.wires):
        place = faults.source.at("wires", i)
        source, target = (controller.spelt(one) if controller else one for one in (part.source, part.target))
        known = [_known(one, image, faults, i) for one in (source, target)]
        if not all(known):
            continue
        if image.role(target) != "inputs":
            cure = (controller and controller.why_no_input(target)) or "wires end at inputs"
            faults.add(f"cannot drive {target!r}: {cure}", "wires", i)
            continue
        if image.find(source).shape or image.find(target).shape:
            faults.add(f"cannot connect {source!r} to {target!r}: a wire carries a single number", "wires", i)
        if target in wires:
            faults.add(f"{target!r} is driven twice, here and at {wires[target].place}", "wires", i)
            continue
        if wrong := _unit_fault(part, source, target, image, controller):
            faults.add(wrong, "wires", i)
        scale, offset = 1.0 if part.scale is None else part.scale, part.offset or 0.0
        wires[target] = Wire(source, target, scale, offset, place)
    return tuple(wires.values())


def _known(path: str, image: ProcessImage, faults: Faults, wire: int) -> bool:
    """Whether a wire's end exists; variables that the controller lacks were noted when it was opened."""
    if faults.lack(path):
        return False
    if path not in image.signals and not path.startswith("controller."):
        with faults.at("wires", wire):
            image.find(path)
    return path in image.signals


def _unit_fault(
    part: WirePart, source: str, target: str, image: ProcessImage, controller: ControllerSide | None
) -> str | None:
    from_unit, to_unit = image.find(source).unit, image.find(target).unit
    ends = f"cannot connect {source!r} [{from_unit or '?'}] to {target!r} [{to_unit or '?'}]"
    if part.scale is not None or part.offset is not None:
        if part.unit is None:
            return f"{ends}: a wire with scale or offset needs unit, the unit of what it delivers"
        from_unit = part.unit
    elif part.unit is not None and difference(part.unit, to_unit or part.unit):
        return f"{ends}: the wire says [{part.unit}]; leave its unit out, or convert with scale and offset"
    from_unit, to_unit = from_unit or part.unit or "", to_unit or part.unit or ""
    for name, unit in ((source, from_unit), (target, to_unit)):
        if not unit:
            where = controller.place_of(name) if controller else ""
            return (
                f"{ends}: {name} declares no unit; give the wire a unit, or write "
                f"{{attribute 'unit' := '...'}} before the variable ({where})"
            )
    wrong = difference(from_unit, to_unit)
    return f"{ends}: {wrong}" if wrong else None


def in_order(blocks: Mapping[str, Block], wires: tuple[Wire, ...], faults: Faults) -> dict[str, Block]:
    """Return the blocks so that each comes behind those that feed it; note an algebraic loop and print it.

    The plant and the controller break loops: what they show at T follows from earlier steps.
    """
    feeds: dict[str, list[str]] = {name: [] for name in blocks}
    for wire in wires:
        first, second = wire.source.partition(".")[0], wire.target.partition(".")[0]
        if first in blocks and second in blocks:
            feeds[second].append(first)
    done: dict[str, Block] = {}

    def visit(name: str, path: tuple[str, ...]) -> bool:
        if name in path:
            loop = " -> ".join(reversed((*path[path.index(name) :], name)))
            faults.add(
                f"algebraic loop: {loop}; each needs the other's value of the same step, so let the loop pass "
                "through the plant or the controller", "blocks", name,
            )  # fmt: skip
            return False
        if name not in done:
            for feeder in feeds[name]:
                if not visit(feeder, (*path, name)):
                    return False
            done[name] = blocks[name]
        return True

    for name in blocks:
        if not visit(name, ()):
            break
    return done
