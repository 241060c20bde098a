"""The text of a literal to its value (IEC 61131-3 tables 5 to 9)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

SECOND = 1_000_000_000
_UNITS = {
    "d": 86_400 * SECOND,
    "h": 3_600 * SECOND,
    "m": 60 * SECOND,
    "s": SECOND,
    "ms": 1_000_000,
    "us": 1_000,
    "ns": 1,
}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|us|ns|d|h|m|s)")
_EPOCH = date(1970, 1, 1).toordinal()
_ESCAPES = {"$": "$", "'": "'", '"': '"', "L": "\n", "N": "\n", "P": "\f", "R": "\r", "T": "\t"}


def count(digits: str) -> int:
    """A bit, an address or a priority; what has more than nine digits is a billion, which none of them reaches."""
    digits = digits.replace("_", "").lstrip("0")
    return int(digits or "0") if len(digits) < 10 else 10**9


def whole(text: str) -> int:
    """`-12`, `1_000`, `16#FF`.

    Raises: ValueError.
    """
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if len(digits) > 100:
        raise ValueError(f"{text[:12]}... is larger than any type holds; use a smaller number")
    if "#" in digits:
        base, _, digits = digits.partition("#")
        if base not in ("2", "8", "10", "16"):
            raise ValueError(f"{text} has base {base}; the bases are 2, 8, 10 and 16")
        try:
            return sign * int(digits.replace("_", ""), int(base))
        except ValueError:
            raise ValueError(f"{text} has digits that base {base} has not") from None
    return sign * int(digits.replace("_", ""))


def real(text: str) -> float:
    """`1.5`, `-2.0E-3`."""
    return float(text.replace("_", ""))


def duration(text: str) -> int:
    """`T#1d2h3m4s5ms`, `TIME#-1.5s` in ns, exactly.

    Raises: ValueError.
    """
    body = text.split("#", 1)[1].replace("_", "").lower()
    sign = -1 if body.startswith("-") else 1
    body = body.lstrip("+-")
    parts = _PART.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        raise ValueError(f"{text} is no duration; write it like T#1h30m or T#1.5s")
    try:
        total = sum((Decimal(number) * _UNITS[unit] for number, unit in parts), Decimal(0))
    except InvalidOperation:
        raise ValueError(f"{text} is longer than TIME holds") from None
    if abs(total) >= 1 << 63:
        raise ValueError(f"{text} is longer than TIME holds, which is 292 years")
    return sign * int(total)


def moment(text: str) -> tuple[str, int]:
    """`D#2024-02-28`, `TOD#12:30:00`, `DT#2024-02-28-12:30:00` as (type, ns since 1970 or midnight).

    Raises: ValueError.
    """
    prefix, body = text.upper().split("#", 1)
    short = {"DATE": "D", "TIME_OF_DAY": "TOD", "DATE_AND_TIME": "DT"}
    long = "L" if prefix.startswith("L") else ""
    kind = short.get(prefix.removeprefix("L"), prefix.removeprefix("L"))
    try:
        if kind == "TOD":
            return long + "TOD", _clock(body)
        year, month, rest = body.split("-", 2)
        day, _, clock = rest.partition("-")
        ns = (date(int(year), int(month), int(day)).toordinal() - _EPOCH) * 86_400 * SECOND
    except ValueError:
        raise ValueError(f"{text} is no date or time of day; write it like D#2024-02-28 or TOD#12:30:00") from None
    if abs(ns) >= (1 << 63) - 86_400 * SECOND:
        raise ValueError(f"{text} is outside the years 1677 to 2262")
    return (long + "DATE", ns) if kind == "D" else (long + "DT", ns + _clock(clock))


def _clock(text: str) -> int:
    hour, minute, *second = text.split(":")
    ns = int(Decimal(second[0]) * SECOND) if second else 0
    if int(hour) > 23 or int(minute) > 59 or ns >= 60 * SECOND:
        raise ValueError
    return (int(hour) * 60 + int(minute)) * 60 * SECOND + ns


def characters(text: str, wide: bool = False) -> bytes:
    """`'it$'s$0D$N'` as bytes in Latin-1, the one-byte character set of the standard, or `wide` in UTF-16.

    Characters that Windows-1252 has between those of Latin-1, such as the euro sign, keep its codes; what an editor
    once replaced because it could not read it (U+FFFD) is a question mark. Between double quotes a character's code has
    four digits, `"$20AC"`.

    Raises: ValueError.
    """

    def plain(found: re.Match[str]) -> str:
        word = found.group(1)
        if len(word) > 1:
            return chr(int(word, 16))
        if word.upper() not in _ESCAPES:
            raise ValueError(f"${word} is no escape in a string; a dollar sign is written $$")
        return _ESCAPES[word.upper()]

    digits = 4 if text.startswith('"') else 2
    body = re.sub(rf"\$([0-9A-Fa-f]{{{digits}}}|.)", plain, text[1:-1])
    if "\0" in body:
        raise ValueError(f"${'0' * digits} ends a string; it cannot stand inside one")
    if wide:
        return body.encode("utf-16-le", "surrogatepass")
    try:
        return b"".join(one.encode("latin-1" if ord(one) < 256 else "cp1252") for one in body.replace("\ufffd", "?"))
    except UnicodeEncodeError:
        raise ValueError("this string has characters outside of Latin-1; STRING holds one byte each") from None
