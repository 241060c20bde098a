"""`hil plant`: the project's plants, what they say of themselves, and runs without a rig."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hil.bench.plant_run import PlantRun, Run
    from hil.blocks import Plant
    from hil.signals import Record

app = typer.Typer(help="Plants without a rig: list them, read them, run them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="a plant of `hil plant list`")]


@app.command("list")
def list_plants() -> None:
    """Print the plants of the project that this folder belongs to, with their parameter sets."""
    from hil.bench.plants import find_root, load_plant, plant_files
    from hil.errors import InputError

    root, faults = find_root(Path()), list[str]()
    for name in plant_files(root):
        try:
            plant = load_plant(name, root)
        except InputError as error:
            faults += error.faults
            continue
        sets = f" ({', '.join(plant.sets)})" if plant.sets else ""
        typer.echo(f"{name:20} {plant.words}{sets}")
    if faults:
        raise InputError(faults)


@app.command()
def show(name: Name) -> None:
    """Print a plant's equations, sources, signals with unit and range, and parameter sets."""
    from hil.bench.plants import find_root, load_plant

    plant = load_plant(name, find_root(Path()))
    typer.echo(f"{plant.name}: {plant.words}\nsource: {plant.source}\nleft out: {plant.left_out}")
    if text := _module_text(plant):
        typer.echo(f"\n{text}")
    for role in ("inputs", "state", "outputs", "parameters", "discrete"):
        _show_signals(role, getattr(plant, role))
    if plant.trips.signals:
        typer.echo("\nshuts itself down when")
    for one in plant.trips.signals:
        typer.echo(f"  {one.words}")
    if plant.envelope.signals:
        typer.echo("\nits model does not hold with")
    for one in plant.envelope.signals:
        typer.echo(f"  {one.words}")
    for key, chosen in plant.sets.items():
        typer.echo(f"\nparameter set {key}: {chosen.words}\n  source: {chosen.source}")
        for signal, value in chosen.values.items():
            typer.echo(f"  {signal:12} {value!r:>24} {getattr(plant, plant.role(signal))[signal].unit}")


def _module_text(plant: "Plant") -> str:
    import inspect
    import sys

    return inspect.getdoc(sys.modules[plant.derivative.__module__]) or ""


def _show_signals(role: str, record: "Record") -> None:
    if not record.signals:
        return
    typer.echo(f"\n{role:14} {'unit':12} {'initial':>24} {'range':>20}  meaning")
    for one in record.signals:
        shape = str(list(one.shape)) if one.shape else ""
        limits = f"{one.low:g} .. {one.high:g}"
        typer.echo(f"  {one.name + shape:12} {one.unit:12} {one.initial!r:>24} {limits:>20}  {one.words}")


Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE[@TIME]",
        help="an input, parameter or initial state; with a time, from then on (inputs and parameters)",
    ),
]


@app.command()
def run(
    name: Name,
    until: Annotated[str, typer.Option(metavar="TIME", help="length of the run, as 1h")],
    step: Annotated[str, typer.Option(metavar="TIME", help="step of the solver; all times are multiples")],
    every: Annotated[str, typer.Option(metavar="TIME", help="between two rows; each step if left out")] = "",
    parameters: Annotated[str, typer.Option(metavar="SET", help="a parameter set of the plant")] = "",
    solver: Annotated[str, typer.Option(help="rk4, euler, or ros2 for a stiff plant")] = "rk4",
    settings: Set = None,
    csv: Annotated[str, typer.Option(metavar="FILE", help="write the rows; - is standard output")] = "",
) -> None:
    """Run a plant by itself; the last row is the end, or the instant at which the plant shut itself down."""
    from hil.bench.plant_run import Run
    from hil.evidence import replace
    from hil.signals import in_words

    times = {"until": until, "step": step, "every": every or step}
    what = _what(name, times, settings or [], parameters or None, solver)
    this = Run(what)
    if csv == "-":
        for part in _csv(this):
            typer.echo(part, nl=False)
    elif csv:
        replace(Path(csv), _csv(this))
    else:
        *_, last = this.portions()
        for column, value in zip(this.columns, last[-1].tolist(), strict=True):
            typer.echo(f"{column:12} {value!r}")
    ended = f"shut itself down ({this.reason})" if this.reason else "ran to the end,"
    at = f"at t = {in_words(this.ended)}, in steps of {in_words(what.step)} by {solver}"
    typer.echo(f"{name}: {ended} {at}", err=True)


def _what(name: str, times: dict[str, str], settings: list[str], parameters: str | None, solver: str) -> "PlantRun":
    """Read the command line; all its mistakes come at once."""
    from hil.bench.plant_run import PlantRun, setting
    from hil.bench.plants import find_root, load_plant
    from hil.errors import InputError
    from hil.signals import duration

    faults, read, moved = list[str](), dict[str, int](), []
    for option, text in times.items():
        try:
            read[option] = duration(text)
        except InputError as error:
            faults += [f"--{option}: {fault}" for fault in error.faults]
    for text in settings:
        try:
            moved.append(setting(text))
        except InputError as error:
            faults += error.faults
    try:
        plant = load_plant(name, find_root(Path()))
        whole = read if len(read) == len(times) else dict.fromkeys(times, 1)
        until, step, every = (whole[one] for one in ("until", "step", "every"))
        what = PlantRun(
            plant=plant, until=until, step=step, every=every,
            settings=moved, parameter_set=parameters, method=solver,
        )  # fmt: skip
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    return what


def _csv(this: "Run") -> Iterator[str]:
    """The rows as text whose numbers read back to the bit."""
    yield ",".join(this.columns) + "\n"
    for rows in this.portions():
        yield "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist())
