"""Figures beside their references; each other module of this folder is a bench and has `figures()`."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ci.benches._others import MAKERS

Figure = Mapping[str, Any]
"""One measurement: `name`, `ours`, `reference`, `unit`, `ratio`, `spread`, perhaps a `limit`, and more."""

COLUMNS = ("name", "ours", "reference", "unit", "ratio", "limit", "spread")


def benches() -> list[str]:
    """Return the names of the benches of this folder."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as aligned columns, the common ones first, then what else a figure carries."""
    names = dict.fromkeys([*COLUMNS, *(name for figure in figures for name in figure)])
    used = [name for name in names if any(name in figure for figure in figures)]
    rows = [used, *([_cell(figure.get(name, "")) for name in used] for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def excesses(figures: Sequence[Figure]) -> list[str]:
    """Return a sentence for each figure whose ratio is not within its limit."""
    return [
        f"{figure['name']}: the ratio {_cell(figure['ratio'])} exceeds its limit {_cell(figure['limit'])}"
        for figure in figures
        if "limit" in figure and not figure["ratio"] <= figure["limit"]
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure the benches named, print their figures, and return the exit status."""
    parser = argparse.ArgumentParser(prog="ci/bench", description="Measures figures beside their references.")
    parser.add_argument("name", nargs="*", help=f"which benches, of {', '.join(benches())}; all by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object per figure")
    parser.add_argument(
        "--with", dest="others", action="append", default=[], metavar="NAME=PATH",
        help="bench plc: another compiler (matiec, strucpp) and the folder it was built in",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    others = {name: Path(path) for name, _, path in (one.partition("=") for one in options.others)}
    if strange := sorted(set(others) - set(MAKERS)):
        parser.error(f"no compiler {', '.join(strange)}; there are {', '.join(MAKERS)}")
    if unknown := sorted(set(options.name) - set(benches())):
        parser.error(f"no bench {', '.join(unknown)}; there are {', '.join(benches())}")
    figures: list[Figure] = []
    for name in options.name or benches():
        module = import_module(f"ci.benches.{name}")
        measured = module.figures(others) if name == "plc" else module.figures()
        figures += measured
        if options.json:
            print(*map(json.dumps, measured), sep="\n", flush=True)
    if not options.json:
        print(table(figures))
    faults = excesses(figures)
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return 1 if faults else 0


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
