"""The summary of many runs: one HTML file that opens offline, with a line for each run and a link to its report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hil.evidence._words import finite
from hil.evidence.report import environment
from hil.verdicts import worst

Result = Mapping[str, Any]


def summary(results: Sequence[Result], folder: Path, facts: Mapping[str, str]) -> str:
    """The text of the page, which lies in `folder`; `facts` are said at its head.

    A result may be one of a run that broke before it had any: no findings, and why in `ended`.
    """
    rigs: dict[str, list[Result]] = {}
    for one in results:
        rigs.setdefault(one["rig"], []).append(one)
    return environment().get_template("summary.html.j2").render(
        verdict=worst(one["verdict"] for one in results),
        results=results,
        rigs=rigs,
        facts=facts,
        tightest=tightest,
        worst=worst,
        slowest=lambda runs: min((one["speed"] for one in runs if one["speed"]), default=None),
        report=lambda one: _beside(one, folder),
    )  # fmt: skip


def tightest(findings: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The finding to look at first: of the worst verdict, the one with the least margin for what was allowed.

    A margin of exactly 0 is that of a yes or no, which cannot be tight.
    """
    found = list(findings)
    verdict = worst(one["verdict"] for one in found)
    return min(
        (one for one in found if one["verdict"] == verdict), key=lambda one: _share(one) or math.inf, default=None
    )


def _share(finding: Mapping[str, Any]) -> float:
    """The margin as a share of half the allowed band, or of the one bound that there is."""
    margin = finite(finding.get("margin"))
    ends = [end for end in (finite(finding.get(key)) for key in ("low", "high")) if end is not None]
    scale = (ends[1] - ends[0]) / 2 if len(ends) == 2 else abs(ends[0]) if ends else 1.0
    return math.inf if margin is None else margin / (scale or 1.0)


def _beside(result: Result, folder: Path) -> str | None:
    """Where the report of a run is, as seen from the page."""
    report = result["paths"].get("report")
    return Path(report).resolve().relative_to(folder.resolve()).as_posix() if report else None
