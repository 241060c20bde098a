"""`hil new`: a project of the user's own, with a plant, a program, a rig and a test that run at once."""

import keyword
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from hil.errors import InputError

app = typer.Typer(add_completion=False)

TEMPLATE = Path(__file__).parents[1] / "templates" / "project"
NAME = "level_tank"
"""What the template calls its rig, in the names of files and in their text."""


@app.command()
def new(name: Annotated[str, typer.Argument(metavar="NAME", help="the folder to make, as my_tank")]) -> None:
    """Make a project: a folder with a plant model, a program, a rig and a test."""
    create(name, Path.cwd())
    typer.echo(f"{name}/ is ready:\n  cd {name}\n  hil run rigs/{name}\n  pytest")


def create(name: str, parent: Path, template: Path = TEMPLATE) -> Path:
    """Make the folder `name` in `parent` from the template, whole or not at all, and return it.

    Raises:
        InputError: a name that no module can have, a name that is taken, a folder that cannot be made.
    """
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise InputError(
            f"cannot call a project {name!r}: its plant is a Python module of that name, so use small "
            "letters, digits and underscores, a letter first, and no word of the language, as my_tank"
        )
    folder = parent / name
    if os.path.lexists(folder):
        raise InputError(f"{folder} is there already: choose another name, or move it away")
    try:
        with TemporaryDirectory(prefix=f".{name}-", dir=parent) as workshop:
            _copy(template, Path(workshop, name), name)
            os.rename(Path(workshop, name), folder)
    except OSError as error:
        raise InputError(f"cannot make {folder}: {error.strerror}; choose a place where you may write") from None
    return folder


def _copy(source: Path, target: Path, name: str) -> None:
    target.mkdir()
    for entry in sorted(source.iterdir()):
        copy = target / entry.name.replace(NAME, name).replace("dot.", ".")
        if entry.is_file():
            copy.write_text(entry.read_text("utf-8").replace(NAME, name), "utf-8")
        elif entry.name != "__pycache__":
            _copy(entry, copy, name)
