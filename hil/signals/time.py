"""Time is counted in integer nanoseconds; this is the one place where text becomes time."""

import re
from decimal import Decimal

from hil.errors import InputError

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_PART = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(ns|us|ms|s|min|h|d)\s*")


def duration(text: str) -> int:
    """Return the nanoseconds of a text such as `100ms`, `1.5h` or `1h30min`; exact.

    Raises:
        InputError: no unit, an unknown unit, or less than a whole number of nanoseconds.
    """
    total, at = Decimal(0), 0
    while at < len(text) and (part := _PART.match(text, at)):
        total += Decimal(part[1]) * _NANOSECONDS[part[2]]
        at = part.end()
    if at < len(text) or at == 0:
        raise InputError(f"{text!r} is not a time; write a number and a unit ({', '.join(_NANOSECONDS)}), as 1h30min")
    if total != int(total):
        raise InputError(f"{text!r} is not a whole number of nanoseconds")
    if total >= 2**62:
        raise InputError(f"{text!r} is longer than 146 years, the longest time that fits")
    return int(total)


def in_words(nanoseconds: int) -> str:
    """Return a time in whole parts, which `duration` reads back exactly: `1h30min`, `100ms`, `0s`."""
    parts, rest = [], abs(nanoseconds)
    for unit in ("h", "min", "s", "ms", "us", "ns"):
        count, rest = divmod(rest, _NANOSECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if nanoseconds < 0 else "") + ("".join(parts) or "0s")
