"""The names and types that a declaration declares, read out of its text: what the lowering of networks needs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hil.plc.formats.parts import header
from hil.plc.formats.text import masked

_VARIABLE = re.compile(
    r"""(?P<section>\bVAR(?:_[A-Z_]+)?\b)|(?P<end>\bEND_VAR\b)
    |(?P<names>\b[^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)\s*(?:AT\s*%[\w.*]+\s*)?:(?!=)\s*(?P<type>[^;:=]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_RESULT = re.compile(r"\bFUNCTION\s+\w+\s*:\s*([^\W\d][\w.]*(?:\s*[\[(][^\])]*[\])])?)", re.IGNORECASE)
_BOOLEAN = dict.fromkeys(("Q", "Q1", "QU", "QD"), "BOOL")
# Outputs of the standard's function blocks (IEC 61131-3 tables 43 to 46).
_STANDARD = {
    **dict.fromkeys(("SR", "RS", "R_TRIG", "F_TRIG"), _BOOLEAN),
    **{name: {**_BOOLEAN, "ET": "TIME"} for name in ("TP", "TON", "TOF")},
    **{name: {**_BOOLEAN, "CV": "INT"} for name in ("CTU", "CTD", "CTUD")},
}
_TRUTH = frozenset(["GT", "GE", "EQ", "LE", "LT", "NE"])
_FIXED = {"LEN": "INT", "FIND": "INT"}
_TEXTS = frozenset(["LEFT", "RIGHT", "MID", "CONCAT", "INSERT", "DELETE", "REPLACE"])
_CONVERSION = re.compile(r"(?:[A-Z]+_)?TO_([A-Z]+)$|TRUNC_([A-Z]+)$")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a unit declares: variables in capitals with their types, and which are inputs or outputs, in order."""

    kind: str
    name: str
    result: str = ""
    types: dict[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def signature(text: str) -> Signature:
    """The signature of a declaration in Structured Text."""
    hidden = masked(text)
    kind, name = header(text)
    types: dict[str, str] = {}
    sections: dict[str, list[str]] = {"VAR_INPUT": [], "VAR_OUTPUT": []}
    section = ""
    for found in _VARIABLE.finditer(hidden):
        if found["section"] or found["end"]:
            section = (found["section"] or "").upper()
        elif section:
            for one in found["names"].upper().split(","):
                types[one.strip()] = " ".join(found["type"].split())
                sections.setdefault(section, []).append(one.strip())
    result = _RESULT.search(hidden)
    inputs, outputs = tuple(sections["VAR_INPUT"]), tuple(sections["VAR_OUTPUT"])
    return Signature(kind, name, result[1] if result else "", types, inputs, outputs)


def output_type(type_name: str, output: str, signatures: dict[str, Signature]) -> str:
    """The type of a function block's output; empty when it is unknown."""
    known = signatures.get(type_name.upper())
    if known is not None:
        return known.types.get(output.upper(), "")
    upper, output = type_name.upper(), output.upper()
    if output == "CV" and upper.startswith("CT") and "_" in upper:  # CTU_DINT counts in DINT
        return upper.partition("_")[2]
    return _STANDARD.get(upper if "TRIG" in upper else upper.partition("_")[0], {}).get(output, "")


def function_type(name: str, signatures: dict[str, Signature]) -> str:
    """The type of a function's result; empty when it is unknown or that of the inputs."""
    upper = name.upper()
    if upper in signatures:
        return signatures[upper].result
    if upper in _TRUTH:
        return "BOOL"
    if upper in _FIXED:
        return _FIXED[upper]
    if upper in _TEXTS:
        return "STRING"
    found = _CONVERSION.match(upper)
    return (found[1] or found[2]) if found else ""
