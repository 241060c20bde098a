"""`hil plc map`: where a program's variables are for Modbus."""

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hil.targets.modbus_map import Map

_COLUMNS = ("table", "address", "count", "path", "type", "location")


def show_map(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the program, Structured Text")],
    unlocated: Annotated[bool, typer.Option("--unlocated", help="with variables that have no address, too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="as CSV")] = False,
    program: Annotated[str | None, typer.Option(help="which PROGRAM of the file, if it has several")] = None,
    profile: Annotated[str, typer.Option(metavar="NAME", help="where runtimes differ: see hil plc profile")] = "iec",
) -> None:
    """Print which coil or register each variable is for Modbus; the first address is 0, big words come first."""
    from hil.plc import compile_file
    from hil.targets.modbus_map import modbus_map

    found = modbus_map(compile_file(file, program, profile), unlocated=unlocated)
    rows = [{name: value for name, value in asdict(one).items() if name in _COLUMNS} for one in found.points]
    if as_json:
        typer.echo(json.dumps({"points": rows, "left_out": found.left_out}, indent=1))
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        _table(found)


def _table(found: "Map") -> None:
    for one in found.points:
        span = f"{one.address}..{one.address + one.count - 1}" if one.count > 1 else f"{one.address}"
        typer.echo(f"{one.table:16} {span:>13}  {one.path} : {one.type}{f'  {one.location}' if one.location else ''}")
    for line in found.left_out:
        typer.echo(f"left out: {line}")
    typer.echo(f"{len(found.points)} points, {len(found.left_out)} left out")
