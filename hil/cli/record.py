"""`hil record`: look into a record, or turn it into a table."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hil.errors import InputError

app = typer.Typer(help="Look into the record of a run.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="a record, such as record.mf4")]


@app.command()
def show(file: File) -> None:
    """Print the channels with their units, the facts, the span and the digest."""
    from hil.record import read

    recording = read(file)
    t = recording.t
    span = f"{t[0] / 1e9:g} s to {t[-1] / 1e9:g} s" if t.size else "nothing"
    state = "finished" if recording.finished else "unfinished: the run ended before it closed the file"
    typer.echo(f"{file}: {t.size} rows of {len(recording.channels)} channels, {span}, {state}")
    typer.echo(f"sha256 {recording.digest}")
    for name, fact in recording.metadata.items():
        typer.echo(f"{name} = {fact}")
    wide = max((len(channel.name) for channel in recording.channels), default=0)
    for channel in recording.channels:
        typer.echo(f"  {channel.name:{wide}}  {channel.kind:4} {channel.unit or '-':8} {channel.words}".rstrip())


@app.command()
def csv(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="the table to write; t in seconds comes first")],
) -> None:
    """Write a record as a CSV file whose numbers read back to the bit; `-` is standard output."""
    from hil.evidence import replace
    from hil.record import csv_parts, read

    recording = read(file)
    if str(out) == "-":
        sys.stdout.writelines(csv_parts(recording))
        return
    if out.exists() and out.samefile(file):
        raise InputError(f"{out} is the record itself, which is never overwritten; name another file for the table")
    replace(out, csv_parts(recording))
