"""`hil plc`: the virtual PLC."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hil.cli.plc_server import certificate, security_of, show_map, user
from hil.cli.plc_test import COVERAGE, unit_tests, write_coverage

if TYPE_CHECKING:
    from hil.plc import Fault, Program
    from hil.plc.program import Memory

app = typer.Typer(help="The virtual PLC: check, run or serve a program.", no_args_is_help=True)


app.command(name="test")(unit_tests)


@app.callback()
def _plc() -> None:
    """Work with a Structured Text program without a rig."""


PROFILE = Annotated[str, typer.Option(metavar="NAME", help="where runtimes differ: auto, or see hil plc profile")]


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="files, folders, projects")] = None,
    dialect: Annotated[str, typer.Option(metavar="NAME", help="auto, st, exp, twincat, plcopen, ax or scl")] = "auto",
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="where runtimes differ: auto, or see hil plc profile")
    ] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
    library: Annotated[list[Path] | None, typer.Option(metavar="PATH", help="seen by the others, not judged")] = None,
) -> None:
    """Read and compile: one line for each mistake; exit status 1 when there is one.

    A folder is a project, or as many as it holds project files (.plcproj, apax.yml); files see each other's units, the
    nearest first. A file stands in the project that lists it.
    """
    from hil.errors import InputError
    from hil.plc.front import check

    try:
        if not paths:
            raise InputError("nothing to check; give files, folders or project files")
        outcome = check(paths, dialect, profile, library or [])
        if not outcome.results and outcome.good:
            raise InputError(f"no PLC source in {', '.join(map(str, paths))}; give files, folders or project files")
    except InputError as error:
        if not as_json:
            raise
        typer.echo(json.dumps({"error": str(error), "faults": error.faults}))
        raise typer.Exit(error.exit_status) from None
    if as_json:
        typer.echo(outcome.document())
    else:
        for line in outcome.lines():
            typer.echo(line)
        for line in outcome.notes():
            typer.echo(line, err=True)
    if not outcome.good:
        raise typer.Exit(1)


@app.command(name="profile")
def profiles(name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="one of them")] = None) -> None:
    """Print what a profile chooses where runtimes differ, what it means and where it is known from."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from hil.plc.profiles import PROFILES, profile_of, rows

    console = Console(width=160)
    for one in [profile_of(name)] if name else PROFILES.values():
        table = Table("topic", "choice", "meaning", "source", title=f"profile {one.name}", box=box.SIMPLE)
        for row in rows(one):
            table.add_row(*row)
        console.print(table)


@app.command()
def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the program: a file, a folder, a project file")],
    scans: Annotated[int, typer.Option(help="how many", min=0)] = 1,
    period: Annotated[str | None, typer.Option(help="time between scans, by default the task's INTERVAL")] = None,
    watch: Annotated[str | None, typer.Option(metavar="VAR,...", help="which values to print")] = None,
    inputs: Annotated[
        Path | None, typer.Option(metavar="CSV", help="values to set: a column t_ns or scan, then variables by path")
    ] = None,
    outputs: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="where to write scan, t_ns and the watched values after each scan"),
    ] = None,
    program: Annotated[str | None, typer.Option(help="which PROGRAM of the file, if it has several")] = None,
    profile: PROFILE = "auto",
    coverage: COVERAGE = None,
) -> None:
    """Run a program alone from t = 0 and print the values it ends with; a PLC fault is exit status 4.

    A value of --inputs is set before the first scan at or behind its time and stays until the program changes it.
    """
    from hil.errors import InputError, RunError
    from hil.plc import compile_file
    from hil.signals import duration

    compiled = compile_file(file, program, profile, coverage=coverage is not None)
    ns = compiled.period if period is None else duration(period)
    if ns is None:
        raise InputError(f"{compiled.name} has no task INTERVAL: give --period, as --period 10ms")
    names = [one.strip() for one in watch.split(",")] if watch else [one.path for one in compiled.top]
    places = [compiled.find(name) for name in names]
    memory = compiled.new_memory()
    fault = _scans(compiled, memory, (scans, ns), inputs, outputs, names)
    for place in places:
        typer.echo(f"{place.path} = {compiled.read(memory, place.path)!r}")
    if coverage is not None:
        from hil.plc.coverage import Coverage

        write_coverage(Coverage.of(compiled, memory), coverage)
    if fault is not None:
        raise RunError(f"{fault} (at t = {fault.t_ns / 1e9:g} s)")


def _scans(
    compiled: "Program",
    memory: "Memory",
    course: tuple[int, int],
    given: Path | None,
    taken: Path | None,
    names: list[str],
) -> "Fault | None":
    """Runs `course` = (scans, period in ns) with rows in and rows out; in one piece where there are none."""
    from hil.plc import table

    scans, ns = course
    if given is None and taken is None:
        return compiled.run(memory, scans, 0, ns)
    rows = table.inputs(given, compiled, ns) if given else []
    watched, fault = list(table.leaves(compiled, names)), None
    with taken.open("w", encoding="utf-8") if taken else nullcontext() as file:
        writer = table.Outputs(file, watched) if file else None
        for k in range(scans):
            while rows and rows[0][0] <= k * ns:
                for path, value in rows.pop(0)[1]:
                    compiled.write(memory, path, value)
            fault = compiled.scan(memory, k * ns)
            if writer:
                writer.row(k, k * ns, compiled, memory)
            if fault:
                break
    return fault


@app.command()
def serve(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the program: a file, a folder, a project file")],
    opcua: Annotated[
        str | None, typer.Option(metavar="URL", help="OPC UA at this URL; port 0 takes a free one")
    ] = None,
    modbus: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Modbus TCP there: see hil plc map")] = None,
    modbus_rtu: Annotated[
        str | None, typer.Option(metavar="PORT", help="Modbus RTU there; pty or pty:PATH makes a terminal of its own")
    ] = None,
    unlocated: Annotated[bool, typer.Option("--unlocated", help="Modbus has what has no address, too")] = False,
    can: Annotated[
        str | None, typer.Option(metavar="INTERFACE:CHANNEL", help="a CAN bus, as socketcan:can0 or slcan:/dev/ttyACM0")
    ] = None,
    can_wiring: Annotated[Path | None, typer.Option(metavar="FILE", help="its messages and signals")] = None,
    pki: Annotated[Path | None, typer.Option(metavar="DIR", help="OPC UA with security: its certificates")] = None,
    users: Annotated[Path | None, typer.Option(metavar="FILE", help="who may log in: see hil plc user")] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="with --pki: without security, too")] = False,
    program: Annotated[str | None, typer.Option(help="which PROGRAM of the file, if it has several")] = None,
    clock: Annotated[
        Literal["wall", "lockstep"], typer.Option(help="scan by itself, or when a client says so")
    ] = "wall",
    period: Annotated[str | None, typer.Option(help="time between scans, by default the task's INTERVAL")] = None,
    until_eof: Annotated[bool, typer.Option("--until-eof", help="end when standard input does")] = False,
    profile: PROFILE = "auto",
    serial_number: Annotated[str, typer.Option(metavar="TEXT", help="what it says that its serial number is")] = "",
) -> None:
    """Serve a program over OPC UA, Modbus TCP, Modbus RTU, CAN or several until a signal ends it."""
    from hil.errors import InputError
    from hil.signals import duration
    from hil.targets.serve import Doors, serve

    ns = None if period is None else duration(period)
    if (can is None) != (can_wiring is None):
        raise InputError("a CAN bus needs both --can INTERFACE:CHANNEL and --can-wiring FILE")
    bus = (can, can_wiring) if can is not None and can_wiring is not None else None
    doors = Doors(opcua, modbus, unlocated, security_of(pki, users, insecure), modbus_rtu, bus)
    serve(
        file, doors, clock, program=program, period=ns, until_eof=until_eof, profile=profile,
        serial_number=serial_number,
    )  # fmt: skip


app.command(name="map")(show_map)
app.command()(certificate)
app.command()(user)
