"""The evidence of a run: result.json, junit.xml and report.html beside the record."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.evidence._files import replace
from hil.evidence.junit import junit
from hil.evidence.report import report
from hil.record import Recording

if TYPE_CHECKING:
    from hil.plc.coverage import Coverage


def seal(folder: Path, result: Mapping[str, Any], recording: Recording, coverage: Coverage | None = None) -> None:
    """Write the three files, each whole or not at all; all are rendered before the first is written.

    With `coverage` there is a fourth, `coverage.info`.

    Raises:
        RunError: the disk refuses.
    """
    files = {
        "result.json": result_json(result),
        "junit.xml": junit(result),
        "report.html": report(result, recording, coverage),
    }
    if coverage is not None:
        files["coverage.info"] = coverage.lcov()
    for name, text in files.items():
        replace(folder / name, [text])


def result_json(result: Mapping[str, Any]) -> str:
    """The result with sorted keys; what is not a finite number becomes null, as JSON has no other word."""
    return json.dumps(_plain(result), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """Values of JSON only; numpy scalars and paths become what they stand for."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
