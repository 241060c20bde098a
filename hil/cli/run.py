"""`hil run`: run a rig, judge it, leave the evidence."""

import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hil.errors import InputError, near

if TYPE_CHECKING:
    from hil.bench.run import Progress

app = typer.Typer()
_COVERED = ("statements", "branches", "conditions")
EXIT = {"pass": 0, "fail": 1, "inconc": 3, "error": 4}
COLOURS = {"pass": "green", "fail": "red", "inconc": "yellow", "error": "red"}


@app.command()
def run(
    rig: Annotated[Path, typer.Argument(metavar="RIG", help="a folder with a rig.toml, or the file")],
    scenario: Annotated[str | None, typer.Option(help="the first one of the rig when left out")] = None,
    link: Annotated[str | None, typer.Option(help="fused, memory, opcua ...; the rig's own when left out")] = None,
    target: Annotated[str | None, typer.Option(help="plc, firmware, external; the rig's own when left out")] = None,
    clock: Annotated[str, typer.Option(help="virtual, wall, or x10 for ten times as fast as the wall")] = "virtual",
    seed: Annotated[int | None, typer.Option(min=0)] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="a value of the rig, as plant.Tf=300"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="the run folder; a new one below runs/ when left out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the result as one JSON object")] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="count what the program executes: coverage.info, a section of the report")
    ] = False,
    timings: Annotated[bool, typer.Option("--timings", help="print the phases up to the first step")] = False,
) -> None:
    """Run a rig in one scenario. Exit status: 0 pass, 1 fail, 2 usage or wiring, 3 inconclusive, 4 error."""
    from hil.bench.rig import open_rig
    from hil.bench.run import Options, Run, process_age
    from hil.evidence import result_json

    phases = {"imports": process_age()}
    opened = open_rig(rig, _changes(settings or []), coverage=coverage)
    phases["rig opened"] = process_age()
    options = Options(scenario, link_name(link), _rate(clock), seed, out, tuple(sys.argv[1:]), target_name(target))
    prepared = Run(opened, options, phases=phases)
    with _bar(show=sys.stderr.isatty() and not as_json) as watch:
        prepared.watch = watch
        result = prepared.execute()
    if timings:
        _print_phases(phases)
    typer.echo(result_json(result), nl=False) if as_json else _print(result)
    raise typer.Exit(EXIT[result["verdict"]])


def _changes(settings: list[str]) -> dict[str, Any]:
    """Return the values of `--set PATH=VALUE`; a value is read as TOML has it, or is text."""
    changes: dict[str, Any] = {}
    for one in settings:
        path, equals, text = one.partition("=")
        if not equals or not path:
            raise InputError(f"--set {one}: write PATH=VALUE, as plant.Tf=300")
        try:
            changes[path] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            changes[path] = text
    return changes


def link_name(name: str | None) -> str | None:
    """Return the name of a link as it was given.

    Raises:
        InputError: there is no such link.
    """
    from hil.bench.link_parts import LINK_NAMES

    if name is not None and name not in LINK_NAMES:
        raise InputError(f"no link {name!r}{near(name, LINK_NAMES)}; there are {', '.join(LINK_NAMES)}")
    return name


def target_name(name: str | None) -> str | None:
    """Return the name of a target as it was given.

    Raises:
        InputError: there is no such target.
    """
    from hil.bench.target_parts import TARGET_NAMES

    if name is not None and name not in TARGET_NAMES:
        raise InputError(f"no target {name!r}{near(name, TARGET_NAMES)}; there are {', '.join(TARGET_NAMES)}")
    return name


def _rate(clock: str) -> int | None:
    if clock == "virtual":
        return None
    if clock == "wall":
        return 1
    if clock.startswith("x") and clock[1:].isdecimal() and 0 < int(clock[1:]) <= 10**9:
        return int(clock[1:])
    raise InputError(f"no clock {clock!r}; write virtual, wall, or xN with a whole N, as x10")


def _print(result: dict[str, Any]) -> None:
    width = max(len(one["id"]) for one in result["findings"])
    for one in result["findings"]:
        margin = "-" if one["margin"] is None else f"{one['margin']:+.4g} {one['unit']}"
        verdict = typer.style(f"{one['verdict']:6}", fg=COLOURS[one["verdict"]])
        reason = f"  ({one['reason']})" if one["reason"] else ""
        typer.echo(f"  {one['id']:{width}}  {verdict}  margin {margin:>14}  {one['words']}{reason}")
    late = f", {result['loop']['late']} late ticks" if result["clock"] != "virtual" else ""
    typer.echo(
        f"{result['rig']} / {result['scenario']} over {result['link']}, clock {result['clock']}, "
        f"seed {result['seed']}: {result['simulated_s']:g} s in {result['wall_s']:.3f} s, "
        f"{result['speed']:.0f} times real time, {result['ns_per_step']:.0f} ns per step{late}"
    )
    if identity := result["target"].get("identity"):
        typer.echo("target  " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in identity.items()))
    typer.echo(f"record  {result['paths']['record']}  sha256 {result['record']['digest']}")
    typer.echo(f"report  {result['paths']['report']}")
    if "coverage" in result:
        parts = (f"{result['coverage'][word]['percent']:.1f} % of {word}" for word in _COVERED)
        typer.echo(f"coverage  {', '.join(parts)}  {result['paths']['coverage']}")
    typer.echo("verdict " + typer.style(result["verdict"], fg=COLOURS[result["verdict"]], bold=True))


def _print_phases(phases: dict[str, float]) -> None:
    before = 0.0
    for name, at in phases.items():
        sys.stderr.write(f"{at:8.3f} s  {at - before:+8.3f} s  {name}\n")
        before = at


@contextmanager
def _bar(*, show: bool) -> Iterator[Callable[["Progress"], None]]:
    """Show a progress bar with simulated time, speed and late ticks on a terminal."""
    if not show:
        yield lambda _: None
        return
    import time

    from rich import progress
    from rich.console import Console

    columns = (
        progress.BarColumn(),
        progress.TextColumn("{task.description}"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, began = bar.add_task("starting", total=1.0), time.perf_counter()

        def watch(now: "Progress") -> None:
            speed = now.simulated / 1e9 / max(time.perf_counter() - began, 1e-9)
            words = f"{now.simulated / 1e9:.6g} s simulated, {speed:.0f} times real time, {now.late} late"
            bar.update(task, description=words, total=now.duration, completed=now.simulated)

        yield watch
