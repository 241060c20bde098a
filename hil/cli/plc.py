"""`hil plc`: the virtual PLC."""

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(help="The virtual PLC: check, run or serve a program.", no_args_is_help=True)


@app.callback()
def _plc() -> None:
    """Work with a Structured Text program without a rig."""


@app.command()
def check(paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="files, folders as projects")]) -> None:
    """Read and compile: one line for each mistake; exit status 1 when there is one.

    A file stands alone; the .st files of a folder, and of those inside, are one project.
    """
    from hil.plc.compiler import examine
    from hil.plc.program import read_source

    # A missing file ends it before anything is said.
    projects = [[(read_source(file), str(file)) for file in _files(path)] for path in paths]
    count = parsed = compiled = 0
    for texts in projects:
        read, lines = examine(texts)
        count, parsed = count + len(texts), parsed + len(read)
        compiled += sum(not any(line.startswith(f"{file}:") for line in lines) for _, file in texts)
        for line in lines:
            typer.echo(line)
    typer.echo(f"{count} files, {parsed} parsed, {compiled} compiled")
    if compiled < count:
        raise typer.Exit(1)


def _files(path: Path) -> list[Path]:
    """A file itself, or the Structured Text in a folder, by name."""
    return sorted(one for one in path.rglob("*") if one.suffix.lower() == ".st") if path.is_dir() else [path]


@app.command()
def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the program, Structured Text")],
    scans: Annotated[int, typer.Option(help="how many", min=0)] = 1,
    period: Annotated[str | None, typer.Option(help="time between scans, by default the task's INTERVAL")] = None,
    watch: Annotated[str | None, typer.Option(metavar="VAR,...", help="which values to print")] = None,
    program: Annotated[str | None, typer.Option(help="which PROGRAM of the file, if it has several")] = None,
) -> None:
    """Run a program alone from t = 0 and print the values it ends with; a PLC fault is exit status 4."""
    from hil.errors import InputError, RunError
    from hil.plc import compile_file
    from hil.signals import duration

    compiled = compile_file(file, program)
    ns = compiled.period if period is None else duration(period)
    if ns is None:
        raise InputError(f"{compiled.name} has no task INTERVAL: give --period, as --period 10ms")
    names = [one.strip() for one in watch.split(",")] if watch else [one.path for one in compiled.top]
    places = [compiled.find(name) for name in names]
    memory = compiled.new_memory()
    fault = compiled.run(memory, scans, 0, ns)
    for place in places:
        typer.echo(f"{place.path} = {compiled.read(memory, place.path)!r}")
    if fault is not None:
        raise RunError(f"{fault} (at t = {fault.t_ns / 1e9:g} s)")


@app.command()
def serve(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the program, Structured Text")],
    opcua: Annotated[str, typer.Option(metavar="URL", help="where to listen; port 0 takes a free one")],
    program: Annotated[str | None, typer.Option(help="which PROGRAM of the file, if it has several")] = None,
    clock: Annotated[
        Literal["wall", "lockstep"], typer.Option(help="scan by itself, or when a client says so")
    ] = "wall",
    period: Annotated[str | None, typer.Option(help="time between scans, by default the task's INTERVAL")] = None,
    until_eof: Annotated[bool, typer.Option("--until-eof", help="end when standard input does")] = False,
) -> None:
    """Serve a program over OPC UA until a signal ends it."""
    from hil.signals import duration
    from hil.targets.serve import serve

    ns = None if period is None else duration(period)
    serve(file, opcua, clock, program=program, period=ns, until_eof=until_eof)
