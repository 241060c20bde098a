"""Breaks the links, each in a process of its own and all at the same time, and judges what was seen."""

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ci.outages import network
from ci.outages.sides import CABLED, SIDES

_FULL, _QUICK = "1:20,10:2,60:1", "1:3"  # seconds and how often
_PATIENCE = 900.0  # s for a worker
_BACK = 1.0  # s after which data has to flow again, p95
_NOTICED = {"bus-off": 0.1}  # s within which it has to be seen
_LATER = 1.5, 1.0  # the p99 of the lateness beside may be so many times what it is otherwise, and so many ms more

Row = dict[str, Any]


def main() -> int:
    """Break the links named; print what was seen, and return the exit status."""
    parser = argparse.ArgumentParser(prog="ci/outage", description="Breaks links in every way, and measures.")
    parser.add_argument("link", nargs="*", help=f"of {', '.join(SIDES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="outages of 1 s only, three of each kind")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each row")
    given = parser.parse_args()
    if unknown := sorted(set(given.link) - set(SIDES)):
        parser.error(f"no link {', '.join(unknown)}; there are {', '.join(SIDES)}")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    before = network.enter()
    command = [sys.executable, "-m", "ci.outages.worker", "--rounds", _QUICK if given.quick else _FULL]
    cuts = [*before, *command, "--cuts"] if before else command
    seen = _all([[*(cuts if one in CABLED else command), one] for one in given.link or SIDES])
    rows = [*together(seen), *(one for one in seen if "beside" in one)]
    faults = [fault for row in rows for fault in faults_of(row)]
    if before is None:
        words = "no network namespace can be made here; run it as root"
        print(f"the cables of {' and '.join(CABLED)} were not cut: {words}", file=sys.stderr)
    for row in rows:
        print(json.dumps(row) if given.json else _line(row))
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return 1 if faults else 0


def _all(commands: Sequence[Sequence[str]]) -> list[Row]:
    """Run workers at the same time; return all that they say."""
    workers = [subprocess.Popen(one, stdout=subprocess.PIPE, text=True) for one in commands]
    try:
        said = [one.communicate(timeout=_PATIENCE)[0] for one in workers]
    finally:
        for one in workers:
            if one.poll() is None:
                one.send_signal(signal.SIGINT)  # so that it takes its servers down
        for one in workers:
            one.wait()
    if any(one.returncode for one in workers):
        raise SystemExit("a link did not come back, or could not be set up; see above")
    return [json.loads(line) for text in said for line in text.splitlines()]


def together(seen: Sequence[Row]) -> Iterator[Row]:
    """Put outages of one link and kind together."""
    kinds = dict.fromkeys((one["link"], one["outage"]) for one in seen if "outage" in one)
    for link, kind in kinds:
        found = [one for one in seen if (one["link"], one.get("outage")) == (link, kind)]
        back = np.array([one["back"] for one in found])
        yield {
            "link": link, "outage": kind, "times": len(found), "longest": max(one["lasted"] for one in found),
            "noticed": max(one["noticed"] for one in found), "p50": float(np.median(back)),
            "p95": float(np.quantile(back, 0.95, method="higher")), "max": float(back.max()),
            "stale": all(one["stale"] for one in found), "alive": all(one["alive"] for one in found),
        }  # fmt: skip


def faults_of(row: Row) -> Iterator[str]:
    """Yield a sentence for each thing that a row shows and should not."""
    if "beside" in row:
        if row["out"][1] > _LATER[0] * row["sound"][1] + _LATER[1]:
            words = f"{row['out'][1]:.1f} ms late (p99) while {row['link']} is out, {row['sound'][1]:.1f} ms otherwise"
            yield f"{row['beside']} is {words}"
        return
    name = f"{row['link']}, {row['outage']}"
    if row["p95"] > _BACK:
        yield f"{name}: data flows {row['p95']:.2f} s after the outage (p95), which is more than {_BACK:g} s"
    if row["noticed"] > _NOTICED.get(row["outage"], np.inf):
        yield f"{name}: noticed after {1e3 * row['noticed']:.0f} ms"
    if not row["stale"]:
        yield f"{name}: values were not marked stale"
    if not row["alive"]:
        yield f"{name}: a thread died"


def _line(row: Row) -> str:
    if "beside" in row:
        late = [f"p50 {one[0]:.2f}, p99 {one[1]:.2f} ms" for one in (row["sound"], row["out"])]
        return f"{row['beside']} beside {row['link']}: late by {late[0]}; during the outages {late[1]}"
    words = f"{row['link']}, {row['outage']}, {row['times']} times, up to {row['longest']:.0f} s:"
    times = f"p50 {row['p50']:.3f}, p95 {row['p95']:.3f}, max {row['max']:.3f} s"
    marks = f"stale {'yes' if row['stale'] else 'NO'}, threads {'live' if row['alive'] else 'DIED'}"
    return f"{words} noticed within {1e3 * row['noticed']:.0f} ms, data flows after {times}; {marks}"


if __name__ == "__main__":
    sys.exit(main())
