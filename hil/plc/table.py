"""Inputs and outputs of a run as CSV: a row for a scan, values as text that reads back to the bit."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from hil.errors import InputError
from hil.plc.literals import duration
from hil.plc.program import Program
from hil.plc.symbols import Variable

Row = tuple[int, list[tuple[str, Any]]]  # time in ns, (path, value) of the cells that are not empty


def inputs(path: Path, program: Program, period: int) -> list[Row]:
    """The rows of a CSV file: a column `t_ns` or `scan`, and one for each variable by its path.

    Raises: InputError for a file, variable or value that is not right.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"cannot read '{path}': {getattr(problem, 'strerror', None) or problem}") from None
    head = [one.strip() for one in lines[0]] if lines else []
    if not head or head[0] not in ("t_ns", "scan"):
        raise InputError(f"{path}:1: the first column is {repr(head[0]) if head else 'missing'}; call it t_ns or scan")
    variables = [program.find(one) for one in head[1:]]
    found: list[Row] = []
    for number, cells in enumerate(lines[1:], 2):
        if not cells:
            continue
        where = f"{path}:{number}"
        if len(cells) != len(head):
            raise InputError(f"{where}: {len(cells)} cells, the first line has {len(head)}; fill or remove some")
        t = _whole(cells[0], where) * (1 if head[0] == "t_ns" else period)
        if found and t <= found[-1][0]:
            raise InputError(f"{where}: {cells[0]} is not behind the row before; order the rows by time")
        pairs = zip(variables, cells[1:], strict=True)
        found.append((t, [(one.path, _value(one, cell, where)) for one, cell in pairs if cell != ""]))
    return found


def _whole(cell: str, where: str) -> int:
    try:
        return int(cell)
    except ValueError:
        raise InputError(f"{where}: '{cell}' is no whole number") from None


def _value(one: Variable, cell: str, where: str) -> Any:
    text = cell.strip()
    try:
        if one.shape or one.members:
            raise ValueError
        if one.encoding:
            return cell
        if one.type == "BOOL":
            return {"TRUE": True, "1": True, "FALSE": False, "0": False}[text.upper()]
        if one.kind.startswith("f"):
            return float(text)
        names = {name.upper(): number for name, number in one.values}
        if text.upper() in names:
            return names[text.upper()]
        return duration(text) if "TIME" in one.type and "#" in text else int(text)
    except (ValueError, KeyError):
        raise InputError(f"{where}: '{one.path}' is {one.type} and cannot hold '{cell}'") from None


def cell(one: Variable, value: Any) -> str:
    """A value as text: the shortest that reads back as the same number."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(np.float32(value)) if one.kind == "f4" else repr(value) if isinstance(value, float) else str(value)


class Outputs:
    """Writes a row after each scan: `scan`, `t_ns` and the variables."""

    def __init__(self, file: IO[str], variables: list[Variable]) -> None:
        self._writer, self._variables = csv.writer(file, lineterminator="\n"), variables
        self._writer.writerow(["scan", "t_ns", *(one.path for one in variables)])

    def row(self, scan: int, t: int, program: Program, memory: Any) -> None:
        """The values as they are."""
        values = (cell(one, program.read(memory, one.path)) for one in self._variables)
        self._writer.writerow([scan, t, *values])


def leaves(program: Program, names: list[str]) -> Iterator[Variable]:
    """The variables of these names, arrays and structures one value each."""
    for one in map(program.find, names):
        if one.shape:
            yield from leaves(program, [each.path for each in program.symbols.elements(one)])
        elif one.members:
            yield from leaves(program, [f"{one.path}.{member}" for member in one.members])
        else:
            yield one
