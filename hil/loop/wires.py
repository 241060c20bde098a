"""Wires as straight-line code: a function for each set of wires; only where it works and scales are in memory."""

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from hil.blocks.linked import Linked
from hil.loop.layout import KINDS
from hil.loop.loop import Step, address_of


@dataclass(frozen=True)
class Conductor:
    """One wire in memory: addresses, numpy kinds, and target = source * scale + offset."""

    source: int
    target: int
    source_kind: str
    target_kind: str
    scale: float = 1.0
    offset: float = 0.0

    @property
    def scales(self) -> bool:
        """Whether it changes a value."""
        return (self.scale, self.offset) != (1.0, 0.0)


def wires(
    name: str,
    conductors: Sequence[Conductor],
    period: int,
    source: "np.ndarray[Any, Any]",
    target: "np.ndarray[Any, Any]",
) -> Step:
    """Return a step that carries values over wires, in their order, from one memory to another, or within one.

    What arrives in a whole number is rounded, ties to even, and saturated; what is not a number arrives as 0.
    """
    bases = address_of(source), address_of(target)
    found = [list(_wire(i, one, one.source - bases[0], one.target - bases[1])) for i, one in enumerate(conductors)]
    if not _one_feeds_another(conductors):  # then LLVM need not ask whether a store has changed what is loaded next
        found = [[line for each in found for line in each[:-1]], [each[-1] for each in found]]
    code = Linked("wires", _CARRY.format(body="\n  ".join(chain.from_iterable(found))))
    scales = np.array([[one.scale, one.offset] for one in conductors])
    return Step(name, code, period, x=scales, u=source, y=target)


def _one_feeds_another(conductors: Sequence[Conductor]) -> bool:
    return any(
        one.target < other.source + _size(other.source_kind) and other.source < one.target + _size(one.target_kind)
        for i, other in enumerate(conductors)
        for one in conductors[:i]
    )


def _size(kind: str) -> int:
    return int(kind[1:])


_CARRY = """
declare double @llvm.rint.f64(double)
define i64 @this(i64 %t, i64 %h, i64 %p, i64 %b, i64 %u, i64 %y) {{
  %x = inttoptr i64 %b to ptr
  %source = inttoptr i64 %u to ptr
  %target = inttoptr i64 %y to ptr
  {body}
  ret i64 0
}}
"""
_TYPES = {"f8": "double", "f4": "float", "b1": "i8"}
_EQUAL = {*((kind, kind) for kind in KINDS), ("b1", "u1")}


def _type(kind: str) -> str:
    return _TYPES.get(kind, f"i{8 * _size(kind)}")


def _wire(i: int, one: Conductor, source: int, target: int) -> Iterator[str]:
    """Yield the instructions of wire `i`, the store last; a value that changes its kind is a double on its way."""
    from_kind, to_kind = one.source_kind, one.target_kind
    yield f"%s{i} = getelementptr i8, ptr %source, i64 {source}"
    yield f"%t{i} = getelementptr i8, ptr %target, i64 {target}"
    yield f"%v{i} = load {_type(from_kind)}, ptr %s{i}"
    value = f"%v{i}"
    if one.scales or (from_kind, to_kind) not in _EQUAL:
        if from_kind != "f8":
            convert = {"f": "fpext", "i": "sitofp", "u": "uitofp", "b": "uitofp"}[from_kind[0]]
            yield f"%d{i} = {convert} {_type(from_kind)} {value} to double"
            value = f"%d{i}"
        if one.scales:
            yield from _scaled(i, value)
            value = f"%c{i}"
        if to_kind == "f4":
            yield f"%o{i} = fptrunc double {value} to float"
            value = f"%o{i}"
        elif to_kind != "f8":
            yield from _whole(i, value, to_kind)
            value = f"%o{i}"
    yield f"store {_type(to_kind)} {value}, ptr %t{i}"


def _scaled(i: int, value: str) -> Iterator[str]:
    yield f"%ka{i} = getelementptr double, ptr %x, i64 {2 * i}"
    yield f"%kb{i} = getelementptr double, ptr %x, i64 {2 * i + 1}"
    yield f"%k{i} = load double, ptr %ka{i}"
    yield f"%b{i} = load double, ptr %kb{i}"
    yield f"%m{i} = fmul double {value}, %k{i}"
    yield f"%c{i} = fadd double %m{i}, %b{i}"


def _whole(i: int, value: str, kind: str) -> Iterator[str]:
    """Yield the rounding to a whole number, %o: to the nearest, ties to even; saturated; what is no number is 0."""
    low, high = (f"0x{struct.pack('>d', one).hex()}" for one in _range(kind))
    yield f"%r{i} = call double @llvm.rint.f64(double {value})"
    yield f"%below{i} = fcmp olt double %r{i}, {low}"
    yield f"%l{i} = select i1 %below{i}, double {low}, double %r{i}"
    yield f"%above{i} = fcmp ogt double %l{i}, {high}"
    yield f"%h{i} = select i1 %above{i}, double {high}, double %l{i}"
    yield f"%no{i} = fcmp uno double {value}, {value}"
    yield f"%z{i} = select i1 %no{i}, double 0.0, double %h{i}"
    yield f"%o{i} = {'fptosi' if kind[0] == 'i' else 'fptoui'} double %z{i} to {_type(kind)}"


def _range(kind: str) -> tuple[float, float]:
    """Return the least and the largest number of a kind that a double can be; a switch is 0 or 1."""
    if kind == "b1":
        return 0.0, 1.0
    info = np.iinfo(kind)
    return float(info.min), float(info.max) if info.max < 2**53 else math.nextafter(info.max + 1.0, 0.0)
