"""Located and direct variables: which addresses share memory (IEC 61131-3 table 16, Profile.direct_addresses).

A BOOL has a byte of its own, as everywhere, unless a wider variable lies over its byte: then it is a bit of that one,
and is read from outside by way of it. Addresses of more than two levels share memory with the same address alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from hil.plc import syntax as s
from hil.plc.literals import count
from hil.plc.profiles import Profile
from hil.plc.tree import Variable
from hil.plc.types import ELEMENTARY

_ADDRESS = re.compile(r"%([IQM])([XBWDLR]?)(\d+)((?:\.\d+)*)")
_TYPES = {"X": "BOOL", "": "BOOL", "B": "BYTE", "W": "WORD", "D": "DWORD", "L": "LWORD", "R": "REAL"}
_FARTHEST = 1 << 20  # the last byte of an area; what is beyond shares memory with the same address alone


class Spot(NamedTuple):
    """Where an address lies: a byte of an area, and a bit of it for a BOOL (-1 for wider ones)."""

    area: str
    byte: int
    bit: int


def spot_of(address: str, profile: Profile) -> Spot | None:
    """The place of an address in capitals; None for %I* and what else is no address."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    letter, size, number, rest = found[1], found[2] or "X", count(found[3]), found[4].split(".")[1:]
    byte, bit = number, -1
    if size == "X":
        whole = number * 8 + count(rest[0]) if rest else number
        byte, bit = whole // 8, whole % 8
    elif profile.direct_addresses != "by byte":
        byte = number * ELEMENTARY[_TYPES[size]].size
    if len(rest) > (size == "X") or byte > _FARTHEST:
        return Spot(f"{letter}{size}{number}.{'.'.join(rest)}", 0, -1)
    return Spot(letter + size if profile.direct_addresses == "apart" else letter, byte, bit)


@dataclass
class Located:
    """The areas %I, %Q and %M of a project."""

    profile: Profile
    wide: set[tuple[str, int]] = field(default_factory=set)  # bytes under variables that are no BOOL
    variables: list[tuple[Spot, Variable]] = field(default_factory=list)
    _known: dict[str, Variable] = field(default_factory=dict)

    def cover(self, addresses: Iterable[str]) -> None:
        """Takes note of the addresses that a source names."""
        for address in addresses:
            spot, found = spot_of(address, self.profile), _ADDRESS.fullmatch(address)
            if spot is not None and spot.bit < 0 and found is not None:
                self.over(spot, ELEMENTARY[_TYPES[found[2]]].size)

    def over(self, spot: Spot, size: int) -> None:
        """Takes note of the bytes under a variable."""
        if spot.bit < 0:
            self.wide.update((spot.area, spot.byte + each) for each in range(size))

    def put(self, variable: Variable, address: str) -> bool:
        """Places a declared variable at its address; False when that is none yet (%I*)."""
        spot = spot_of(address, self.profile)
        if spot is None:
            return False
        variable.pointed = variable.addressed = variable.far = True
        if spot.bit >= 0 and (spot.area, spot.byte) in self.wide and variable.type is ELEMENTARY["BOOL"]:
            variable.bit = (self._byte(spot), spot.bit)
        else:
            self.variables.append((spot, variable))
        return True

    def direct(self, address: str) -> Variable | None:
        """The variable of an address that a body names; None for what is no address."""
        found = _ADDRESS.fullmatch(address)
        if found is None:
            return None
        if address not in self._known:
            type_ = ELEMENTARY[_TYPES[found[2]]]
            self._known[address] = variable = Variable(address, type_, "global", "absolute", 0, image=type_.image)
            self.put(variable, address)
        return self._known[address]

    def named(self) -> list[Variable]:
        """The direct variables that some body names and that have memory of their own."""
        return [one for one in self._known.values() if one.bit is None]

    def _byte(self, spot: Spot) -> Variable:
        type_ = ELEMENTARY["BYTE"]
        byte = Variable(f"%{spot.area}B{spot.byte}", type_, "global", "absolute", 0, image=type_.image)
        byte.pointed = byte.addressed = byte.far = True
        self.variables.append((spot._replace(bit=-1), byte))
        return byte

    def place(self, image: bytearray) -> None:
        """Lays the areas out behind what the memory holds already, with the initial values of the variables."""
        rooms: dict[tuple[str, int], list[tuple[Spot, Variable]]] = {}
        for spot, variable in self.variables:
            key = (spot.area, spot.byte * 8 + spot.bit) if spot.bit >= 0 else (spot.area, -1)
            rooms.setdefault(key, []).append((spot, variable))
        for inside in rooms.values():
            first = min(spot.byte for spot, _ in inside) // 8 * 8
            image += bytes(-len(image) % 8)
            start = len(image) - first if inside[0][0].bit < 0 else len(image)
            for spot, variable in inside:
                variable.offset = start + (spot.byte if spot.bit < 0 else 0)
                image += bytes(max(variable.offset + len(variable.image) - len(image), 0))
            for _, variable in inside:
                if any(variable.image):
                    image[variable.offset : variable.offset + len(variable.image)] = variable.image


def declarations(units: Iterable[s.Unit]) -> Iterable[tuple[s.Unit, s.Section, s.VariableDeclaration]]:
    """The located variables of programs, and the global ones."""
    for unit in units:
        sections = [*unit.sections, *(one for each in unit.configurations for one in each.sections)]
        sections += [one for pou in unit.pous if pou.kind == "PROGRAM" for one in pou.sections]
        yield from ((unit, section, one) for section in sections for one in section.variables if one.location)
