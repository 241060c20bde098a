"""What belongs to `hil plc serve`: the map for Modbus, certificates and users for OPC UA."""

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hil.targets.modbus_map import Map
    from hil.targets.security import Security

_COLUMNS = ("table", "address", "count", "path", "type", "location")


def show_map(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the program: a file, a folder, a project file")],
    unlocated: Annotated[bool, typer.Option("--unlocated", help="with variables that have no address, too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="as CSV")] = False,
    program: Annotated[str | None, typer.Option(help="which PROGRAM of the file, if it has several")] = None,
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="where runtimes differ: auto, or see hil plc profile")
    ] = "auto",
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


def certificate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="the folder of certificates for serve --pki")],
    name: Annotated[str, typer.Option(help="the application's name")] = "hil plc",
    host: Annotated[list[str] | None, typer.Option(help="a host name or address of it; may be repeated")] = None,
    days: Annotated[int, typer.Option(help="how long it is valid", min=1, max=36500)] = 3650,
) -> None:
    """Make a key and a self-signed certificate for the server, and folders for those it trusts."""
    from socket import gethostname

    from hil.targets.security import make_certificate

    hosts = host or [gethostname(), "localhost", "127.0.0.1"]
    typer.echo(f"made {make_certificate(folder, name, hosts, days)}; clients are trusted in {folder / 'trusted/certs'}")


def user(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the users' file for serve --users")],
    name: Annotated[str, typer.Argument(metavar="NAME")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="read-only, operator or engineer")],
) -> None:
    """Add a user, or give him another role and password; the password is asked for, or read from standard input."""
    from getpass import getpass

    from hil.targets.security import read_users, user_line

    password = getpass(f"password of {name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    line = user_line(name, role, password)
    known = read_users(file) if file.exists() else {}
    lines = [one for one in file.read_text("utf-8").splitlines() if one.split(":")[0] != name] if known else []
    file.touch(0o600)
    file.write_text("\n".join([*lines, line]) + "\n", "utf-8")
    typer.echo(f"{file}: {name} is {role}")


def security_of(pki: Path | None, users: Path | None, insecure: bool) -> "Security | None":
    """Return the security that the options of serve ask for, None for none.

    Raises:
        InputError: users without certificates.
    """
    from hil.errors import InputError

    if pki is None:
        if users is not None:
            raise InputError("--users needs --pki: without security a password would be there for everybody to read")
        return None
    from hil.targets.security import Security

    return Security(pki, users, insecure)
