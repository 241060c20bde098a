"""The samples of a record as a page needs them: grouped into plots, thinned without losing a peak."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hil.evidence._words import finite
from hil.record import Channel, Recording

_POINTS = 240_000  # on the whole page, about 9 bytes each
_MOST, _LEAST = 2000, 50  # buckets of one series
_TOGETHER = 6  # series in one plot
_DIGITS = 6  # of a signal's span, more than a screen can show

Array = np.ndarray[Any, Any]


@dataclass
class Plot:
    """One picture: signals of one block and unit whose ranges meet, or the on/off signals of one block."""

    block: str
    unit: str
    logic: bool
    low: float
    high: float
    series: list[dict[str, Any]] = field(default_factory=list)
    bounds: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Page:
    """What the page shows of a record; `constants` and `texts` are (channel, values) that no plot needs."""

    t: list[float]
    buckets: int  # 0 when every row is there
    judged: list[Plot]
    others: list[Plot]
    constants: list[tuple[Channel, str]]
    texts: list[tuple[Channel, list[tuple[float, str]]]]


def page(recording: Recording, findings: Sequence[Mapping[str, Any]]) -> Page:
    """Sort the channels into plots and tables; plots with a judged signal come first."""
    signals = {finding.get("signal") for finding in findings}
    constants, texts, moving = [], [], []
    for channel in recording.channels:
        y = recording[channel.name]
        if y.dtype.kind == "S":
            texts.append((channel, _changes(recording.t, y)))
        elif channel.name not in signals and _constant(y):
            constants.append((channel, f"{y[0]:.9g}" if y.size else "–"))
        else:
            moving.append(channel)
    rows = recording.t.size
    edges = bucket_edges(rows, _POINTS // (2 * len(moving) + 2))
    t = thin_time(recording.t, edges)
    plots: list[Plot] = []
    for channel in moving:
        y = recording[channel.name]
        plot = _plot_for(plots, channel, y)
        series = {"name": channel.name, "words": channel.words, "step": y.dtype.kind != "f"}
        plot.series.append(series | {"y": plain(thin(y, edges))})
        plot.bounds.extend(_bound(f, recording.t, y) for f in findings if f.get("signal") == channel.name)
    judged = [plot for plot in plots if plot.bounds]
    others = [plot for plot in plots if not plot.bounds]
    return Page(t, 0 if edges is None else len(edges), judged, others, constants, texts)


def bucket_edges(rows: int, most: int) -> Array | None:
    """First rows of equal buckets, none when every row fits on the page."""
    buckets = min(max(most, _LEAST), _MOST)
    return None if rows <= 2 * buckets else np.linspace(0, rows, buckets, endpoint=False).astype(np.int64)


def thin_time(t: Array, edges: Array | None) -> list[float]:
    """Time in seconds: two instants for each bucket, then the last one."""
    if edges is None:
        return list((t / 1e9).tolist())
    middle = (edges + np.append(edges[1:], t.size)) // 2
    return list((np.append(t[np.column_stack((edges, middle)).ravel()], t[-1]) / 1e9).tolist())


def thin(y: Array, edges: Array | None) -> Array:
    """Smallest and largest value of each bucket, in the order of its slope, then the last value."""
    if edges is None:
        return y
    low, high = np.fmin.reduceat(y, edges), np.fmax.reduceat(y, edges)
    falling = y[np.append(edges[1:], y.size) - 1] < y[edges]
    first, second = np.where(falling, high, low), np.where(falling, low, high)
    return np.append(np.column_stack((first, second)).ravel(), y[-1])


def plain(y: Array) -> list[float | int | None]:
    """Numbers for JSON, to a millionth of the signal's span; what is not finite becomes a gap."""
    if y.dtype.kind != "f":
        return list(y.tolist())
    y = y.astype(np.float64)
    good = np.isfinite(y)
    span = float(np.ptp(y[good])) if good.any() else 0.0
    digits = _DIGITS - math.floor(math.log10(span)) if 0 < span < math.inf else 15
    rounded = np.round(y, digits) if digits < 15 else y
    return [value if ok else None for value, ok in zip(rounded.tolist(), good.tolist(), strict=True)]


def _constant(y: Array) -> bool:
    return bool(y.size == 0 or np.all(y == y[0]) or (y.dtype.kind == "f" and np.all(np.isnan(y))))


def _changes(t: Array, y: Array) -> list[tuple[float, str]]:
    starts = np.flatnonzero(np.append(y.size > 0, y[1:] != y[:-1])[: y.size])
    return [(float(t[i] / 1e9), y[i].decode("latin-1")) for i in starts]


def _plot_for(plots: list[Plot], channel: Channel, y: Array) -> Plot:
    """A plot of the same block and unit where it can be read, or a new one; plain numbers stay alone."""
    block = channel.name.partition(".")[0] if "." in channel.name else ""
    logic = y.dtype == np.uint8 and not channel.unit and bool((y <= 1).all())
    good = y[np.isfinite(y)]
    low, high = (float(good.min()), float(good.max())) if good.size else (0.0, 0.0)
    for plot in plots if logic or channel.unit else ():
        same = (plot.block, plot.unit, plot.logic) == (block, channel.unit, logic)
        meets = logic or (low <= plot.high and high >= plot.low)
        if same and meets and len(plot.series) < _TOGETHER:
            plot.low, plot.high = min(low, plot.low), max(high, plot.high)
            return plot
    plots.append(Plot(block, channel.unit, logic, low, high))
    return plots[-1]


def _bound(finding: Mapping[str, Any], t: Array, y: Array) -> dict[str, Any]:
    """What is drawn of a finding: limits, window in seconds, and the worst instant with its value."""
    at = finite(finding.get("at_s"))
    row = min(int(np.searchsorted(t, round(at * 1e9))), t.size - 1) if at is not None and t.size else None
    return {
        "id": finding["id"],
        "signal": finding["signal"],
        "verdict": finding["verdict"],
        "low": finite(finding.get("low")),
        "high": finite(finding.get("high")),
        "window": finding.get("window_s"),
        "at": at,
        "value": None if row is None else finite(float(y[row])),
    }
