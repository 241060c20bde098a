"""Which variable is where for Modbus: the rule from IEC addresses to coils and registers, and the map it gives.

    %IXb.n  discrete input 8b + n         %IWn  input register n        %IBn  8192 + n (one byte each)
    %QXb.n  coil 8b + n                   %QWn  holding register n      %IDn  10240 + 2n    %ILn  12288 + 4n
    %MXb.n  coil 8192 + 8b + n            %MWn  1024 + n                %MBn  16384 + n     %QBn  8192 + n
                                          %MDn  2048 + 2n               %QDn  10240 + 2n    %QLn  12288 + 4n
                                          %MLn  4096 + 4n

with n up to 1023 (bits up to 8191). %IX, %QX, %IW, %QW, %MW, %MD and %ML lie where OpenPLC has them. An input lies a
second time where it can be written, 32768 further on: discrete input k as coil 32768 + k, input register k as holding
register 32768 + k. Variables without an address follow on request from 40960 on, in the order of their declaration:
BOOL as coils, everything else as holding registers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hil.links.codecs.modbus import FAULT, Table
from hil.plc import Program, Variable

INPUTS_AGAIN = 32768
UNLOCATED = 40960
END = FAULT  # what is behind it is the bench's in lockstep
_MOST = 1023
_ADDRESS = re.compile(r"%([IQM])([XBWDL]?)(\d+)(?:\.(\d+))?")
_BASES = {
    "IB": 8192, "IW": 0, "ID": 10240, "IL": 12288,
    "QB": 8192, "QW": 0, "QD": 10240, "QL": 12288,
    "MB": 16384, "MW": 1024, "MD": 2048, "ML": 4096,
}  # fmt: skip
_REGISTERS = {"B": 1, "W": 1, "D": 2, "L": 4}


@dataclass(frozen=True)
class Point:
    """A variable at `count` coils or registers from `address` on; `offset` and `size` are its bytes in memory."""

    table: Table
    address: int
    count: int
    path: str
    type: str
    location: str
    kind: str
    offset: int
    size: int
    range: tuple[int, int] | None = None

    @property
    def bit(self) -> bool:
        """Whether it is a coil or a discrete input."""
        return self.table in ("coil", "discrete input")


@dataclass(frozen=True)
class Map:
    """The points in order, and a sentence for each variable that found no place."""

    points: tuple[Point, ...]
    left_out: tuple[str, ...]


def modbus_map(program: Program, *, unlocated: bool = False) -> Map:
    """Return where the variables of a program are; `unlocated` adds those without an address."""
    points, left_out = list[Point](), list[str]()
    used = dict[tuple[str, str], int]()
    free = {True: UNLOCATED, False: UNLOCATED}
    for one in _elementary(program):
        if one.location:
            before = used.get((_array(one.path), one.location), 0)
            found = _located(one, before, _range(program, one))
            used[_array(one.path), one.location] = before + (found[0].count if found else 0)
            points += found
            if not found:
                left_out.append(f"{one.path}: {one.location} is no address that Modbus has a place for")
        elif unlocated:
            bit = one.type == "BOOL"
            point = _point(one, "coil" if bit else "holding register", free[bit], _range(program, one))
            if point.address + point.count > END:
                left_out.append(f"{one.path}: no room behind the variables before it")
                continue
            free[bit] += point.count
            points.append(point)
    return Map(tuple(sorted(points, key=lambda one: (one.table, one.address))), tuple(left_out))


def _elementary(program: Program) -> Iterator[Variable]:
    """Every variable with a value that a wire may carry: no constants, second names or addresses in memory."""
    pointers = {one["name"] for one in program.symbols.types if "pointer" in one}
    for one in program.variables:
        if one.section not in ("constant", "global constant", "access") and one.type not in pointers:
            yield one


def _array(path: str) -> str:
    return re.sub(r"(\[[^\]]*\])+$", "", path)


def _range(program: Program, one: Variable) -> tuple[int, int] | None:
    for each in program.symbols.types:
        if each["name"] == one.type and "range" in each:
            return each["range"][0], each["range"][1]
    return None


def _located(one: Variable, before: int, limits: tuple[int, int] | None) -> list[Point]:
    """The places of a variable with an address, `before` coils or registers of its array before it."""
    match = _ADDRESS.fullmatch(one.location)
    if match is None:
        return []
    area, size, number = match[1], match[2] or "X", int(match[3])
    bits = size == "X"
    if bits != (one.type == "BOOL") or number > _MOST or (bits and match[4] is None) or (not bits and match[4]):
        return []
    if bits:
        address = 8 * number + int(match[4]) + (8192 if area == "M" else 0) + before
        table: Table = "discrete input" if area == "I" else "coil"
    else:
        address = _BASES[area + size] + _REGISTERS[size] * number + before
        table = "input register" if area == "I" else "holding register"
    found = [_point(one, table, address, limits)]
    if area == "I":
        found.append(_point(one, "coil" if bits else "holding register", INPUTS_AGAIN + address, limits))
    return found


def _point(one: Variable, table: Table, address: int, limits: tuple[int, int] | None) -> Point:
    size = one.size if one.text else int(one.kind[1:])
    count = 1 if table in ("coil", "discrete input") else -(-size // 2)
    kind = ("wide" if one.type.startswith("W") else "text") if one.text else one.kind
    return Point(table, address, count, one.path, one.type, one.location, kind, one.offset, size, limits)
