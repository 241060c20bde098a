"""`hil regression`: run rigs in all their scenarios, leave one JUnit file and one page."""

import os
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from hil.cli.run import COLOURS, EXIT

app = typer.Typer()


@app.command()
def regression(
    rigs: Annotated[list[Path] | None, typer.Argument(metavar="[RIG...]", help="rigs, or folders of rigs")] = None,
    out: Annotated[Path | None, typer.Option(help="the folder of all runs; a new one below runs/ by default")] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="runs at a time; one for each core by default")] = None,
    limit: Annotated[str, typer.Option(help="wall time that one run may take")] = "10min",
) -> None:
    """Run rigs, by default those in `rigs`, in all their scenarios, in virtual time.

    In the folder: junit.xml, index.html, and RIG/SCENARIO for each run. Exit status: that of the worst verdict.
    """
    from hil.bench.regression import Limits, cases, keep, run_all
    from hil.bench.run import run_folder
    from hil.signals import duration
    from hil.verdicts import worst

    asked = cases(rigs or [Path("rigs")])
    folder = run_folder(out, Path("runs"), "regression")
    limits = Limits(processes or len(os.sched_getaffinity(0)), duration(limit))
    began, results = time.perf_counter(), list[dict[str, Any]]()
    for one in run_all(asked, folder, limits):
        results.append(one)
        _print(one, f"{len(results)}/{len(asked)}")
    facts = {
        "runs": str(len(results)), "at a time": str(limits.processes),
        "took": f"{time.perf_counter() - began:.0f} s", "hilbench": results[0]["hil"],
    }  # fmt: skip
    keep(results, asked, folder, facts)
    verdict = worst(one["verdict"] for one in results)
    typer.echo(f"junit   {folder / 'junit.xml'}")
    typer.echo(f"page    {folder / 'index.html'}")
    typer.echo("verdict " + typer.style(verdict, fg=COLOURS[verdict], bold=True))
    raise typer.Exit(EXIT[verdict])


def _print(result: dict[str, Any], count: str) -> None:
    speed = f"{result['speed']:12.0f} times real time" if result["speed"] else ""
    verdict = typer.style(f"{result['verdict']:6}", fg=COLOURS[result["verdict"]])
    name = f"{result['rig']} / {result['scenario']}"
    typer.echo(f"{count:>7}  {verdict}  {name:36} {result['took_s']:6.1f} s {speed}{_why(result)}")


def _why(result: dict[str, Any]) -> str:
    failed = [one["id"] for one in result["findings"] if one["verdict"] != "pass"]
    return f"  {', '.join(failed)} {result['ended'] or ''}".rstrip()
