"""`hil plc`: the virtual PLC."""

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(help="The virtual PLC: serve a program.", no_args_is_help=True)


@app.callback()
def _plc() -> None:
    """Work with a Structured Text program without a rig."""


@app.command()
def serve(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the program, Structured Text")],
    opcua: Annotated[str, typer.Option(metavar="URL", help="where to listen; port 0 takes a free one")],
    program: Annotated[str | None, typer.Option(help="which PROGRAM of the file, if it has several")] = None,
    clock: Annotated[
        Literal["wall", "lockstep"], typer.Option(help="scan by itself, or when a client says so")
    ] = "wall",
    period: Annotated[
        str | None, typer.Option(help="time between scans, by default the task's INTERVAL")
    ] = None,
    until_eof: Annotated[bool, typer.Option("--until-eof", help="end when standard input does")] = False,
) -> None:
    """Serve a program over OPC UA until a signal ends it."""
    from hil.signals import duration
    from hil.targets.serve import serve

    ns = None if period is None else duration(period)
    serve(file, opcua, clock, program=program, period=ns, until_eof=until_eof)
