"""`hil rig`: what a rig file may hold, and whether one is sound."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Describe rig files and check them.", no_args_is_help=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the rig file."""
    from hil.bench.rig_file import RigFile

    typer.echo(json.dumps(RigFile.model_json_schema(by_alias=True), indent=2))


@app.command()
def check(
    rig: Annotated[Path, typer.Argument(metavar="RIG", help="a folder with a rig.toml, or the file")],
) -> None:
    """Open a rig and check every wire, without running it."""
    from hil.bench.rig import open_rig
    from hil.signals import in_words

    opened = open_rig(rig)
    file = opened.file
    typer.echo(
        f"{opened.source.path}: rig {file.name} is sound: plant {file.plant.model}, {len(opened.blocks)} blocks, "
        f"program {opened.controller.program.name}, {len(opened.wires)} wires, {len(file.scenarios)} scenarios, "
        f"{len(file.requirements)} requirements, steps of {in_words(opened.step)}"
    )
