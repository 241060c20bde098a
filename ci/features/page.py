"""The page: the table in the form of the standard's clause on compliance, parameters, error conditions, extensions."""

from collections.abc import Mapping, Sequence

from ci.features import Feature
from ci.features.choices import ERRORS, parameters

HEAD = """# Compliance of the virtual PLC with IEC 61131-3

Written by `ci/compliance` from `ci/features/features.toml` and the tests that are marked with a feature; not by hand.
Every feature that is said to be there names the tests that show it; the build fails when one has none.

This system complies with the requirements of IEC 61131-3:2013 (edition 3), for the language features below, in the
textual language ST with SFC, and for programs in FBD and LD that come as PLCopen XML or IEC 61131-10. The words are
ours. Numbers of tables, and of the features in tables 1 to 10, are those that public listings give: the language
reference of the truST platform for tables 1 to 36, 40 to 48, 50 to 52, 56, 62 to 66, 71 and 72, and a published
comparison of STEP 7 with edition 3 for tables 48 to 53. The numbers of tables 37 to 39, 54, 55, 57, 59 to 61 and 73 to
76 are not confirmed by a source that is open to us. In the tables from 11 on a feature has the name of its function,
block or keyword. What edition 4 (2025) changes is known from the comparison that S. Henneken published
(stefanhenneken.net, 2025-06-11): no Instruction List (which never was here), no octal literals and no untyped TRUNC
(which stay here), BCD functions to go.
"""


def page(tables: Mapping[str, tuple[str, list[Feature]]], shown: Mapping[str, list[str]]) -> str:
    """Return the text of docs/plc-compliance.md."""
    every = [one for _, found in tables.values() for one in found]
    counts = {support: sum(one.support == support for one in every) for support in ("yes", "partly", "no")}
    parts = [
        HEAD,
        f"Of {len(every)} features {counts['yes']} are supported, {counts['partly']} partly, {counts['no']} not.\n",
    ]
    parts += [_table(number, title, found, shown) for number, (title, found) in tables.items()]
    parts += ["## Implementer-specific parameters\n", _grid(("parameter", "value"), parameters())]
    words = (
        "Error conditions, and how each is treated. A PLC fault ends the scan and names file, line, column and values."
    )
    parts += ["## Error conditions\n", words + "\n", _grid(("condition", "treatment", "when"), ERRORS)]
    parts += ["## Where runtimes differ\n", "`hil plc profile` prints each choice of each profile; see docs/plc.md.\n"]
    return "\n".join(parts)


def _table(number: str, title: str, found: list[Feature], shown: Mapping[str, list[str]]) -> str:
    head = f"## Table {number}: {title}\n" if number.isdigit() else f"## {number}: {title}\n"
    lines = [(one.name, one.text, one.support + (f"; {one.note}" if one.note else ""), _tests(shown.get(one.id, [])))
             for one in found]  # fmt: skip
    return head + "\n" + _grid(("feature", "description", "supported", "shown by"), lines)


def _tests(names: list[str]) -> str:
    """At most two tests, by file and name."""
    short = [name.removeprefix("tests/plc/").replace(".py::", ": ") for name in names]
    return ", ".join(short[:2]) + (f" and {len(short) - 2} more" if len(short) > 2 else "")


def _grid(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    cells = [head, tuple("---" for _ in head), *lines]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in cells)
