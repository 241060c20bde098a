"""`hil plc test`: unit tests of PLC programs; and the files of coverage."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hil.plc.coverage import Coverage

COVERAGE = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="count what is executed: an LCOV tracefile, or JSON when its name ends in .json"),
]


_STATUS = {"error": 4, "refused": 2, "failed": 1}


def unit_tests(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="files and folders, together one project")],
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="where to write the results as JUnit XML")] = None,
    scans: Annotated[int, typer.Option(help="how many a suite may take until its tests are finished", min=1)] = 10_000,
    period: Annotated[
        str | None, typer.Option(help="time between scans, by default the task's INTERVAL, or 10ms")
    ] = None,
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="where runtimes differ: auto, or see hil plc profile")
    ] = "auto",
    coverage: COVERAGE = None,
) -> None:
    """Run unit tests written in Structured Text: suites of TcUnit, TEST blocks, fixtures of AxUnit.

    Exit status: 0 when all passed, 1 when a test failed, 2 for mistakes, 4 for a PLC fault outside of every test.
    """
    from hil.plc.coverage import Coverage
    from hil.plc.testing import Limits, closing, open_tests, run_tests
    from hil.plc.testing import junit as junit_xml
    from hil.signals import duration

    outcomes, covered = [], Coverage()
    for project in open_tests(paths, profile, coverage=coverage is not None):
        for note in project.notes:
            typer.echo(note, err=True)
        ns = duration(period) if period else project.program.period or Limits().period
        tests = run_tests(project, Limits(scans, ns))
        outcomes += tests.outcomes
        covered += tests.coverage
    for line in (each for one in outcomes for each in one.lines):
        typer.echo(line)
    if junit is not None:
        _write(junit, junit_xml(outcomes))
    if coverage is not None:
        write_coverage(covered, coverage)
    typer.echo(closing(outcomes))
    states = {one.state for one in outcomes}
    raise typer.Exit(next((status for state, status in _STATUS.items() if state in states), 0))


def write_coverage(found: "Coverage", file: Path) -> None:
    """The file that lcov reads, or one of plain data; and a line of it for people."""
    _write(file, json.dumps(found.as_dict(), indent=1) + "\n" if file.suffix.lower() == ".json" else found.lcov())
    typer.echo(f"coverage: {found.words}")


def _write(file: Path, text: str) -> None:
    from hil.errors import RunError

    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise RunError(f"cannot write '{file}': {problem.strerror}") from None
