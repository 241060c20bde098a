"""The variables of a compiled program: where each lies in memory, by dotted path."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hil.errors import InputError, near

_STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")


@dataclass(frozen=True)
class Variable:
    """A variable, a member or an element; `shape` and `members` tell arrays and structures apart from values.

    `offset` counts bytes from the start of the memory. `kind` is the NumPy kind string of the value, of an
    array's elements, or V and the bytes of a structure. TIME and the dates are int64 nanoseconds.
    """

    path: str
    type: str
    section: str
    offset: int
    kind: str
    unit: str
    file: str
    line: int
    shape: tuple[int, ...] = ()
    members: tuple[str, ...] = ()
    values: tuple[tuple[str, int], ...] = ()  # of an enumeration
    size: int = 0  # bytes
    retain: bool = False  # RETAIN or PERSISTENT: kept over a restart
    location: str = ""  # the address behind AT, or a direct variable's own

    @property
    def encoding(self) -> str:
        """How the text of a STRING, WSTRING, CHAR or WCHAR lies in memory; "" when it is none."""
        name = self.type.split("[")[0]
        return {"STRING": "latin-1", "CHAR": "latin-1", "WSTRING": "utf-16-le", "WCHAR": "utf-16-le"}.get(name, "")

    @property
    def text(self) -> bool:
        """Whether it is a STRING or WSTRING."""
        return self.type.startswith(("STRING[", "WSTRING["))


class Symbols:
    """The symbol table as it is kept in the cache: plain lists, expanded on demand.

    `types` holds {"name", "kind", "size"} with, for arrays, "bounds" and "of", for structures "fields", for
    enumerations "values", for subranges "range", for addresses "pointer"; a field or
    root is [name, type, offset, section, unit, file, line, retain, location].
    """

    def __init__(self, types: list[dict[str, Any]], roots: list[list[Any]], prefixes: list[str]) -> None:
        self.types, self.roots = types, roots
        self._prefixes = [one.upper() + "." for one in prefixes]  # instance names that may be left out
        self._by_name = {str(root[0]).upper(): root for root in roots}

    def top(self) -> list[Variable]:
        """The declared variables, arrays and structures whole."""
        return [self._variable(root, str(root[0]), int(root[2]), str(root[3])) for root in self.roots]

    def _variable(
        self, entry: list[Any], path: str, offset: int, section: str, type_number: int = -1, retain: bool = False
    ) -> Variable:
        number = int(entry[1]) if type_number < 0 else type_number
        one = self.types[number]
        shape: tuple[int, ...] = ()
        inner = one
        while "bounds" in inner:
            shape += tuple(high - low + 1 for low, high in inner["bounds"])
            inner = self.types[inner["of"]]
        unit, file, line, kept, location = entry[4:9]
        members = tuple(str(field[0]) for field in one.get("fields", ()))
        values = tuple((str(name), int(value)) for name, value in one.get("values", ()))
        kind = str(inner["kind"])
        return Variable(
            path, str(one["name"]), section, offset, kind, unit, file, line, shape, members, values, int(one["size"]),
            bool(retain or kept), str(location)
        )  # fmt: skip

    def leaves(self) -> Iterator[Variable]:
        """Every elementary variable, elements and members one by one."""
        for root in self.roots:
            yield from self._leaves(root, int(root[1]), str(root[0]), int(root[2]), str(root[3]), bool(root[7]))

    def _leaves(
        self, entry: list[Any], number: int, path: str, offset: int, section: str, retain: bool
    ) -> Iterator[Variable]:
        one = self.types[number]
        if "fields" in one:
            for field in one["fields"]:
                where, inner = f"{path}.{field[0]}", field[3] if one["block"] else section
                kept = retain or bool(field[7])
                yield from self._leaves(field, int(field[1]), where, offset + int(field[2]), str(inner), kept)
        elif "bounds" in one:
            size = int(self.types[one["of"]]["size"])
            for count, index in enumerate(np.ndindex(*(high - low + 1 for low, high in one["bounds"]))):
                numbers = ",".join(str(low + each) for (low, _), each in zip(one["bounds"], index, strict=True))
                yield from self._leaves(
                    entry, int(one["of"]), f"{path}[{numbers}]", offset + count * size, section, retain
                )
        else:
            yield self._variable(entry, path, offset, section, number, retain)

    def find(self, path: str) -> Variable:
        """A variable, member or element by its path, in any case.

        Raises: InputError when there is none.
        """
        steps = [(path, "")] if path.startswith("%") else _STEP.findall(path.strip())
        if len(steps) > 1 and f"{steps[0][0]}.{steps[1][0]}".upper() in self._by_name:  # P1.x AT %MW3
            steps[:2] = [(f"{steps[0][0]}.{steps[1][0]}", "")]
        while len(steps) > 1 and steps[0][0].upper() not in self._by_name and steps[1][0]:
            steps[:2] = [(f"{steps[0][0]}.{steps[1][0]}", "")]  # a name with its namespace or list
        root = self._by_name.get(steps[0][0].upper()) if steps else None
        if root is None:
            for prefix in self._prefixes:
                if path.upper().startswith(prefix):
                    return self.find(path[len(prefix) :])
            raise InputError(f"no variable '{path}' in the program{near(path, [str(one[0]) for one in self.roots])}")
        entry, number, offset = root, int(root[1]), int(root[2])
        spelled, section, retain = str(root[0]), str(root[3]), bool(root[7])
        for name, indexes in steps[1:]:
            one = self.types[number]
            if name:
                field = self._field(one, name, path)
                section, retain = str(field[3]) if one.get("block") else section, retain or bool(field[7])
                entry, number, offset, spelled = (
                    field,
                    int(field[1]),
                    offset + int(field[2]),
                    f"{spelled}.{field[0]}",
                )
            else:
                place, text = self._element(one, indexes, path)
                number = int(one["of"])
                offset, spelled = offset + place * int(self.types[number]["size"]), f"{spelled}[{text}]"
        return self._variable(entry, spelled, offset, section, number, retain)

    def _field(self, one: dict[str, Any], name: str, path: str) -> list[Any]:
        for field in one.get("fields", ()):
            if str(field[0]).upper() == name.upper():
                return list(field)
        names = [str(field[0]) for field in one.get("fields", ())]
        raise InputError(f"no variable '{path}': {one['name']} has no member '{name}'{near(name, names)}")

    def _element(self, one: dict[str, Any], indexes: str, path: str) -> tuple[int, str]:
        bounds = one.get("bounds")
        try:
            numbers = [int(each) for each in indexes.split(",")]
        except ValueError:
            numbers = []
        if bounds is None or len(numbers) != len(bounds):
            raise InputError(f"no variable '{path}': [{indexes}] does not index {one['name']}")
        place = 0
        for number, (low, high) in zip(numbers, bounds, strict=True):
            if not low <= number <= high:
                raise InputError(f"no variable '{path}': index {number} is outside {low}..{high}")
            place = place * (high - low + 1) + number - low
        return place, ",".join(str(each) for each in numbers)

    def blocks(self, names: Collection[str]) -> Iterator[tuple[str, str, int]]:
        """Path, type and offset of the instances of function blocks with one of these names, in capitals."""
        for root in self.roots:
            yield from self._blocks(names, int(root[1]), str(root[0]), int(root[2]))

    def _blocks(self, names: Collection[str], number: int, path: str, offset: int) -> Iterator[tuple[str, str, int]]:
        one = self.types[number]
        if str(one["name"]).upper() in names:
            yield path, str(one["name"]), offset
        for field in one.get("fields", ()):
            yield from self._blocks(names, int(field[1]), f"{path}.{field[0]}", offset + int(field[2]))
        if "bounds" in one and "fields" in self.types[one["of"]]:
            size = int(self.types[one["of"]]["size"])
            for count, index in enumerate(np.ndindex(*(high - low + 1 for low, high in one["bounds"]))):
                numbers = ",".join(str(low + each) for (low, _), each in zip(one["bounds"], index, strict=True))
                yield from self._blocks(names, int(one["of"]), f"{path}[{numbers}]", offset + count * size)

    def elements(self, one: Variable) -> Iterator[Variable]:
        """The elements of an array (of an array of arrays: the innermost), in the order of memory."""
        for element in self._direct(one):
            if element.shape:
                yield from self.elements(element)
            else:
                yield element

    def _direct(self, one: Variable) -> Iterator[Variable]:
        bounds = next(each["bounds"] for each in self.types if each["name"] == one.type)
        for index in np.ndindex(*(high - low + 1 for low, high in bounds)):
            numbers = ",".join(str(low + each) for (low, _), each in zip(bounds, index, strict=True))
            yield self.find(f"{one.path}[{numbers}]")
