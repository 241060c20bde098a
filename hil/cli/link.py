"""`hil link`: what a wire can carry, and what an OPC UA server has."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Test a rig's wire, and look around at an OPC UA server.", no_args_is_help=True)


@app.command(name="test")
def measure(
    rig: Annotated[Path, typer.Argument(metavar="RIG", help="a folder with a rig.toml, or the file")],
    link: Annotated[str | None, typer.Option(help="which link; the rig's own when left out")] = None,
    target: Annotated[str | None, typer.Option(help="which target; the rig's own when left out")] = None,
    exchanges: Annotated[int, typer.Option(min=10, max=1_000_000)] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Measure round trips, throughput and the controller's clock, and say which periods the wire can carry."""
    from hil.bench.rig import open_rig
    from hil.bench.targets import link_of
    from hil.bench.wire_check import measure_wire
    from hil.cli.run import link_name, target_name
    from hil.signals import in_words

    opened = open_rig(rig)
    part = opened.file.controller
    met = target_name(target) or part.target
    found = measure_wire(opened, link_of(met, link_name(link), opened.file), exchanges, met)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    times = (("p50", found.p50), ("p99", found.p99), ("p99.9", found.p999), ("max", found.slowest))
    typer.echo(f"{found.link}: {found.exchanges} exchanges of {found.values} values, {found.failed} without an answer")
    typer.echo("round trip  " + "  ".join(f"{name} {ns / 1e6:.3f} ms" for name, ns in times))
    if not found.waits:
        typer.echo("            of the bench's side alone: the controller sends by itself and is not waited for")
    typer.echo(f"throughput  {found.throughput:.0f} values/s")
    drift = f"{found.drift:+.0f} millionths, to {found.drift_within:.0f}" if found.drift is not None else ""
    typer.echo(f"clock drift {drift or 'none: the link shows no clock'}")
    for one in found.agreed:
        typer.echo(
            f"{one.name}: {one.asked:g} {one.unit}".rstrip() + f" asked for, {one.revised:g} {one.unit}".rstrip()
        )
    period = opened.controller.period
    fits = "which the rig's keeps" if period >= found.carries else f"which the rig's {in_words(period)} does not keep"
    typer.echo(f"carries periods from {in_words(found.carries)} on, {fits}")


@app.command()
def compare(
    rig: Annotated[Path, typer.Argument(metavar="RIG", help="a folder with a rig.toml, or the file")],
    scenario: Annotated[str | None, typer.Option(help="the first one of the rig when left out")] = None,
    link: Annotated[list[str] | None, typer.Option(help="only these; all that the rig knows when left out")] = None,
    target: Annotated[list[str] | None, typer.Option(help="these targets, too, each over its own link")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object a line")] = False,
) -> None:
    """Run a scenario over every link, in virtual time: the verdict of each, its trace beside the fused program's."""
    from hil.bench.compare import compare, wires
    from hil.bench.rig import open_rig
    from hil.bench.run import Options
    from hil.cli.run import link_name, target_name

    opened = open_rig(rig)
    over = [("plc", link_name(one)) for one in link] if link else [] if target else wires(opened)
    over += [(target_name(one) or one, None) for one in target or []]
    if not as_json:
        typer.echo(f"{'target':9} {'link':11} verdict  requirements  ticks later  differing  by at most")
    for one in compare(lambda: open_rig(rig), Options(scenario), over):
        if as_json:
            typer.echo(json.dumps(asdict(one)))
            continue
        found = one.difference
        most = f"{found.largest:.3g} of {found.worst}" if found.worst else "the record is the same to the byte"
        same = "the same" if one.same_verdict else "others"
        typer.echo(
            f"{one.target:9} {one.link:11} {one.verdict:7}  {same:12}  {found.ticks:11}  {found.channels:9}  "
            f"{most if found.worst or one.identical else '0'}"
        )


@app.command()
def browse(
    url: Annotated[str, typer.Argument(metavar="URL", help="such as opc.tcp://192.168.0.10:4840")],
    namespace: Annotated[str | None, typer.Option(metavar="URI", help="only this one")] = None,
    find: Annotated[str, typer.Option(metavar="TEXT", help="only identifiers with this in them")] = "",
    rig: Annotated[Path | None, typer.Option(metavar="RIG", help="say for each variable of its controller")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON array")] = False,
) -> None:
    """List an OPC UA server's variables, or map a rig's onto them: what is there, and what is near."""
    from hil.links.opcua_browse import browse

    found = [one for one in browse(url, namespace) if find.casefold() in one.path.casefold()]
    if rig is not None:
        _map(rig, [one.path for one in found])
    elif as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=1))
    else:
        last = ""
        for one in found:
            if one.namespace != last:
                typer.echo(f"namespace {one.namespace}")
                last = one.namespace
            unit = f" [{one.unit}]" if one.unit else ""
            typer.echo(f"  {one.path} : {one.type}{unit}{'' if one.writable else ', read only'}")
        typer.echo(f"{len(found)} variables")


def _map(rig: Path, known: list[str]) -> None:
    from hil.bench.rig import open_rig
    from hil.errors import near

    side = open_rig(rig).controller
    for way, record in (("writes", side.inputs), ("reads", side.outputs)):
        for name in record.names:
            typer.echo(f"{way} {name}: {'there' if name in known else 'not there' + near(name, known)}")
