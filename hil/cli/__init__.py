"""The command `hil`. Each command is a module, imported only when it is used."""

import sys
import traceback
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from hil import __version__
from hil.errors import HilError

_COMMANDS = ("run", "regression", "rig", "plant", "plc", "record", "link", "new")


class _Commands(TyperGroup):
    """The commands by name; looking one up imports its module."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        command = typer.main.get_command(import_module(f"hil.cli.{cmd_name}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _hil(
    version: bool = typer.Option(False, "--version", help="Print the version and stop.", is_eager=True),
) -> None:
    """Prove a controller on a plant model before it meets the plant."""
    if version:
        typer.echo(f"hil {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; an error of the bench is its own words on standard error and its exit status."""
    try:
        app()
    except HilError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has enough; what was cut off is no pass
        sys.exit(HilError.exit_status)
    except Exception:  # noqa: BLE001 - whatever it is, it is no verdict
        traceback.print_exc()  # Python's own status would say that the verdict is fail
        sys.exit(HilError.exit_status)
