"""Tests may advance the time while they run: then it is a variable, and whoever asks for the time reads that."""

from __future__ import annotations

import re

CLOCK = "__TEST_CLOCK"  # the global variable
_TIME = re.compile(r"%t(?![\w.])")


def moving(function: str, offset: int) -> str:
    """The text of a function that reads its time from `offset` in memory wherever it uses it."""
    signature, *lines = function.split("\n")
    found = [signature]
    for number, line in enumerate(lines):
        if _TIME.search(line):
            found.append(f"  %clock.{number} = getelementptr inbounds i8, ptr %mem, i64 {offset}")
            found.append(f"  %now.{number} = load i64, ptr %clock.{number}, align 8")
            line = _TIME.sub(f"%now.{number}", line)
        found.append(line)
    return "\n".join(found)
