"""The standard function blocks, written in ST; each is parsed when a program first names it."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from hil.plc import syntax as s
from hil.plc.diagnostics import Report, Source
from hil.plc.profiles import IEC, Profile
from hil.plc.reading.parser import parse
from hil.plc.types import ELEMENTARY

FILE = "standard library"
_COUNTERS = re.compile(r"(CTU|CTD|CTUD)(?:_(INT|DINT|LINT|UINT|UDINT|ULINT))?")

# What CODESYS calls inputs of the standard's blocks (CODESYS help, library Standard; CoDeSys 2.3 manual).
_CODESYS = {
    "SR": {"SET1": "S1", "RESET": "R"}, "RS": {"SET": "S", "RESET1": "R1"}, "CTU": {"RESET": "R"},
    "CTD": {"LOAD": "LD"}, "CTUD": {"RESET": "R", "LOAD": "LD"},
}  # fmt: skip
_TIMERS = re.compile(r"(TP|TON|TOF)_(TIME|LTIME)")


@cache
def _texts() -> dict[str, str]:
    text = resources.files("hil.plc").joinpath("prelude.st").read_text("utf-8")
    found = re.finditer(r"^(FUNCTION(?:_BLOCK)?) (\w+).*?^END_\1$", text, re.DOTALL | re.MULTILINE)
    return {one.group(2): one.group() for one in found}


def names() -> list[str]:
    """The standard function blocks and functions."""
    return [one for one in _texts() if not one.startswith("__")]


def input_of(block: str, name: str, profile: Profile) -> str:
    """The input of a standard block that a name in capitals means: in profile codesys also by CODESYS's own name."""
    known = _CODESYS.get(block.upper().partition("_")[0], {}) if profile.name == "codesys" else {}
    return known.get(name, name)


@cache
def block(upper: str, profile: Profile = IEC) -> s.Pou | None:
    """A standard unit by its name in capitals; CTU_DINT and TON_LTIME are CTU and TON for another type."""
    counter, timer = _COUNTERS.fullmatch(upper), _TIMERS.fullmatch(upper)
    text = _texts().get((counter or timer or [upper, upper])[1])
    if text is None:
        return None
    if counter:
        type_ = counter.group(2) or "INT"
        low, high = ELEMENTARY[type_].range
        text = text.replace("COUNT#HIGHEST", str(high)).replace("COUNT#LOWEST", str(low)).replace("COUNT", type_)
        text = text.replace(f"FUNCTION_BLOCK {counter.group(1)}", f"FUNCTION_BLOCK {upper}", 1)
    if timer:
        text = text.replace(": TIME", f": {timer.group(2)}")
        text = text.replace(f"FUNCTION_BLOCK {timer.group(1)}", f"FUNCTION_BLOCK {upper}", 1)
    if profile.f_trig_first_scan == "FALSE":
        text = text.replace("FALLING#SEEN", "TRUE")
    if profile.ton_zero_delay == "next scan":
        text = text.replace("DELAY#PASSED", "M")
    text = text.replace("FALLING#SEEN", "FALSE").replace("DELAY#PASSED", "TRUE")
    report = Report()
    unit = parse(Source(FILE, text), report)
    report.stop()
    return unit.pous[0]
