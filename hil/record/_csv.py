"""A record as comma-separated text, in the shortest digits that give back the same number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from hil.record._reader import Recording

_BLOCK = 10_000  # rows


def csv_parts(recording: Recording) -> Iterator[str]:
    """The table in blocks of rows: `t` in seconds, then one column for each channel (RFC 4180)."""
    yield _table([["t", *(channel.name for channel in recording.channels)]])
    for start in range(0, len(recording.rows), _BLOCK):
        rows = recording.rows[start : start + _BLOCK]
        columns = [(rows["t"] / 1e9).astype(str).tolist()]
        for channel in recording.channels:
            column = rows[channel.name]
            text = np.char.decode(column, "latin-1") if column.dtype.kind == "S" else column.astype(str)
            columns.append(text.tolist())
        yield _table(list(map(list, zip(*columns, strict=True))))


def _table(lines: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()
