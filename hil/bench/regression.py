"""Rigs in all their scenarios, each run in a process of its own; what is kept is one JUnit file and one page."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil import __version__
from hil.bench.rig_file import RigFile, read_rig
from hil.errors import InputError
from hil.evidence import junit, replace, summary
from hil.signals import in_words


@dataclass(frozen=True)
class Case:
    """One rig in one scenario."""

    path: Path
    file: RigFile
    scenario: str

    @property
    def link(self) -> str:
        """The rig's own link; a fused program has none to break, so a scenario that breaks it takes the memory's."""
        own, events = self.file.controller.link, self.file.scenarios[self.scenario].events
        return "memory" if own == "fused" and any(one.set.startswith("link.") for one in events) else own


@dataclass(frozen=True)
class Limits:
    """How many processes at a time, and the wall time that one run may take, ns."""

    processes: int
    time: int


def cases(places: Sequence[Path]) -> list[Case]:
    """Return every scenario of the rigs named: each place is a rig, or a folder of rigs.

    The first scenario of every rig comes first, so that the others find its plant and program compiled.

    Raises:
        InputError: a place without a rig, two rigs of one name, or faults of rig files; all of them at once.
    """
    faults: list[str] = []
    rigs: dict[str, tuple[Path, RigFile]] = {}
    for place in places:
        found = [place] if place.is_file() or (place / "rig.toml").exists() else sorted(place.glob("*/rig.toml"))
        if not found:
            faults.append(f"no rig in {place}: give a folder with a rig.toml, or a folder of such folders")
        for path in found:
            try:
                file = read_rig(path)[0]
            except InputError as error:
                faults += error.faults
                continue
            if file.name in rigs:
                faults.append(f"{rigs[file.name][0]} and {path} are both called {file.name!r}")
            rigs[file.name] = (path, file)
    if faults:
        raise InputError(faults)
    ranked = [(rank, Case(path, file, one)) for path, file in rigs.values() for rank, one in enumerate(file.scenarios)]
    return [case for _, case in sorted(ranked, key=lambda pair: pair[0])]


def run_all(asked: Sequence[Case], folder: Path, limits: Limits) -> Iterator[dict[str, Any]]:
    """Run them below a folder; give each result, as `result.json` has it, when it is there.

    A run that leaves none is a result without findings whose verdict is `error`.
    """
    with ThreadPoolExecutor(limits.processes) as pool:
        runs = [pool.submit(_run, case, folder / case.file.name / case.scenario, limits.time) for case in asked]
        try:
            for one in as_completed(runs):
                yield one.result()
        finally:
            pool.shutdown(cancel_futures=True)


def keep(results: Sequence[dict[str, Any]], asked: Sequence[Case], folder: Path, facts: dict[str, str]) -> None:
    """Write `junit.xml` and `index.html` into the folder, rigs by name and scenarios as their rig has them.

    Raises:
        RunError: the disk refuses.
    """
    scenarios = {case.file.name: list(case.file.scenarios) for case in asked}
    ordered = sorted(results, key=lambda one: (one["rig"], scenarios[one["rig"]].index(one["scenario"])))
    replace(folder / "junit.xml", [junit(*ordered)])
    replace(folder / "index.html", [summary(ordered, folder, facts)])


def _run(case: Case, folder: Path, limit: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "hil", "run", str(case.path), "--scenario", case.scenario, "--link", case.link]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [*command, "--out", str(folder), "--json"],
            capture_output=True, text=True, timeout=limit / 1e9, check=False, env=environment,
        )  # fmt: skip
        return {**json.loads(done.stdout), "took_s": time.perf_counter() - began}
    except subprocess.TimeoutExpired:
        reason = f"the run did not end within {in_words(limit)}; give it a longer --limit"
    except json.JSONDecodeError:
        reason = done.stderr.strip() or f"the process ended with status {done.returncode} and said nothing"
    return _broken(case, reason) | {"took_s": time.perf_counter() - began}


def _broken(case: Case, reason: str) -> dict[str, Any]:
    return {
        "hil": __version__, "rig": case.file.name, "title": case.file.title, "scenario": case.scenario,
        "words": case.file.scenarios[case.scenario].words, "seed": case.file.seed, "link": case.link,
        "clock": "virtual", "verdict": "error", "ended": reason, "findings": [], "record": {"digest": ""},
        "simulated_s": None, "speed": None, "paths": {},
    }  # fmt: skip
