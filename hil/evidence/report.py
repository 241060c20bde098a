"""The report of a run: one HTML file that opens offline and sends no request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.errors import RunError
from hil.evidence import _words
from hil.evidence._listing import Listing, listing
from hil.evidence._series import Page, Plot, page
from hil.record import Recording

if TYPE_CHECKING:
    from jinja2 import Environment

    from hil.plc.coverage import Coverage

_HERE = Path(__file__).parent
VERDICTS = {
    "pass": ("✓", "Pass", "every requirement held"),
    "fail": ("✕", "Fail", "a requirement was violated"),
    "inconc": ("?", "Inconclusive", "the run cannot tell: neither a pass nor a fail"),
    "error": ("!", "Error", "the run broke or judged nothing"),
    "none": ("–", "No verdict", "nothing was judged"),
}
_ORDER = ("error", "fail", "inconc", "none", "pass")


def report(result: Mapping[str, Any], recording: Recording, coverage: Coverage | None = None) -> str:
    """The text of report.html for a result (the content of result.json) and its record.

    Raises:
        RunError: the plotting library is not installed.
    """
    from markupsafe import Markup

    shown = page(recording, result["findings"])
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            result={"title": "", "ended": None, "command": None} | dict(result),
            recording=recording,
            page=shown,
            findings=sorted(result["findings"], key=lambda finding: _ORDER.index(finding["verdict"])),
            sections=_sections(shown),
            facts=flat,
            listings=_listings(coverage),
            data=Markup(script_json(_data(shown, result))),
            script=Markup(_text(_HERE / "report.js")),
            uplot={name: Markup(text) for name, text in _uplot().items()},
        )
    )


def environment() -> Environment:
    """The templates of this folder, with the filters and the style that all pages share."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    found = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    found.trim_blocks = found.lstrip_blocks = True
    names = ("number", "times", "margin", "window", "bounds", "share")
    found.filters |= {name: getattr(_words, name) for name in names}
    found.globals |= {"verdicts": VERDICTS, "style": Markup(_text(_HERE / "report.css"))}
    return found


def _listings(coverage: Coverage | None) -> list[Listing]:
    """The sources of the program with what was executed of them."""
    if coverage is None:
        return []
    from hil.plc.program import read_source

    return [listing(one, read_source(one), coverage) for one in coverage.files]


def script_json(data: object) -> str:
    """JSON that is safe inside a script element: no `<`, nothing that is not finite."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False, ensure_ascii=True)
    return text.replace("<", "\\u003c")


def flat(facts: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Nested facts as lines of text: `policy.total` and its value; those of a list go by what stands first in each."""
    lines: dict[str, str] = {}
    for key, value in facts.items():
        if isinstance(value, Mapping):
            lines |= flat(value, f"{above}{key}.")
        elif isinstance(value, list | tuple) and value and all(isinstance(one, Mapping) for one in value):
            for one in value:
                (_, name), *rest = one.items()
                lines |= flat(dict(rest), f"{above}{key}.{name}.")
        else:
            real = value is None or isinstance(value, float)
            lines[above + key] = _words.number(value, 9) if real else str(value)
    return lines


def _sections(shown: Page) -> list[tuple[str, list[tuple[int, Plot]]]]:
    """Headings with their numbered plots: the judged ones, then each block's."""
    numbered = list(enumerate([*shown.judged, *shown.others]))
    judged = numbered[: len(shown.judged)]
    sections = [("Judged signals", judged)] if judged else []
    blocks: dict[str, list[tuple[int, Plot]]] = {}
    for number, plot in numbered[len(shown.judged) :]:
        blocks.setdefault(f"Signals of {plot.block}" if plot.block else "Signals", []).append((number, plot))
    return [*sections, *blocks.items()]


def _data(shown: Page, result: Mapping[str, Any]) -> dict[str, Any]:
    plots = [vars(plot) for plot in (*shown.judged, *shown.others)]
    return {"t": shown.t, "plots": plots, "events": [event["t_s"] for event in result["events"]]}


@cache
def _uplot() -> dict[str, str]:
    """The plotting library's script and style; its package is found, not imported (that takes a second)."""
    spec = find_spec("uplot")
    if spec is None or spec.origin is None:
        raise RunError("cannot draw the report: the package uplot-python is not installed; install it")
    static = Path(spec.origin).parent / "static"
    script, style = _text(static / "uPlot.iife.js"), _text(static / "uPlot.min.css")
    if "</script" in script or "</style" in style:
        raise RunError(f"cannot draw the report: {static} holds a closing tag; install uplot-python 1.1")
    return {"js": script, "css": style}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
