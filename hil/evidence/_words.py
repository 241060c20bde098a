"""Numbers as a reader wants them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def number(value: float | None, digits: int = 5) -> str:
    """A value in few digits; a dash for none."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}".replace("-", "−")


def times(value: float | None) -> str:
    """How many times as fast, in two digits; a dash for none."""
    return "–" if value is None else f"{float(f'{value:.2g}'):,.{0 if value >= 10 else 1}f}"


def margin(finding: Mapping[str, Any]) -> str:
    """The margin with sign and unit; a dash when nothing was measured."""
    value = finding.get("margin")
    if value is None or math.isnan(value):
        return "–"
    return f"{'+' if value >= 0 else ''}{number(value)} {finding.get('unit') or ''}".rstrip()


def window(finding: Mapping[str, Any]) -> str:
    """The window in seconds."""
    span = finding.get("window_s")
    return f"{number(span[0], 9)} … {number(span[1], 9)} s" if span else "–"


def bounds(finding: Mapping[str, Any]) -> str:
    """What was allowed, as an inequality over the judged signal."""
    low, high = (finite(finding.get(key)) for key in ("low", "high"))
    if low is None and high is None:
        return ""
    left = "" if low is None else f"{number(low)} ≤ "
    right = "" if high is None else f" ≤ {number(high)}"
    return f"{left}{finding.get('signal') or 'value'}{right}"


def share(found: tuple[int, int]) -> str:
    """How many of how many, and the per cent; a dash of none."""
    covered, total = found
    return f"{covered} of {total}, {100.0 * covered / total:.1f} %" if total else "–"


def finite(value: float | None) -> float | None:
    """The value, or none where it is missing or not finite."""
    return value if value is not None and math.isfinite(value) else None


def measured(finding: Mapping[str, Any]) -> str:
    """One line: the margin, where it was smallest, the bounds and the window."""
    at = finding.get("at_s")
    parts = [f"margin {margin(finding)}", f"at {number(at, 9)} s" if at is not None else "", bounds(finding)]
    return ", ".join([*filter(None, parts), f"window {window(finding)}"])
