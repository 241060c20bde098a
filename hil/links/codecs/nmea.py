"""NMEA 0183 for positioning, without I/O: GGA, RMC, VTG and HDT out of numbers and back.

A sentence is `$`, talker and type, fields between commas, `*`, and the exclusive or of all between as two
hexadecimal digits, then CR LF; 82 characters at most. Latitude is ddmm.mmmm, longitude dddmm.mmmm with a letter for
the hemisphere; speeds are in knots (1852 m/h).
Source of the sentences: E. S. Raymond, "NMEA Revealed" (the reference of gpsd).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import floor

KNOT = 1852 / 3600
"""m/s in a knot."""
LONGEST = 82
_DAY = 86_400_000_000_000


@dataclass(frozen=True)
class Fix:
    """Position in degrees (north and east positive) and m above mean sea level, speed in m/s, angles in degrees.

    None is what no sentence has said. `time` is ns since midnight UTC.
    """

    time: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    speed: float | None = None
    course: float | None = None
    heading: float | None = None
    quality: int | None = None
    satellites: int | None = None


def sentence(name: str, *fields: str) -> bytes:
    """Return a sentence with its checksum; `name` is talker and type, as GPGGA."""
    body = ",".join((name, *fields))
    return f"${body}*{_checksum(body.encode('ascii')):02X}\r\n".encode("ascii")


def gga(fix: Fix, talker: str = "GP") -> bytes:
    """Return position, altitude and quality."""
    altitude = "" if fix.altitude is None else f"{fix.altitude:.2f}"
    satellites = "" if fix.satellites is None else f"{fix.satellites:02d}"
    position = (*_degrees(fix.latitude, 2, "NS"), *_degrees(fix.longitude, 3, "EW"))
    quality = str(fix.quality if fix.quality is not None else 0 if fix.latitude is None else 1)
    return sentence(
        f"{talker}GGA", _clock(fix.time), *position, quality, satellites, "", altitude, "M", "", "M", "", ""
    )


def rmc(fix: Fix, date: str = "", talker: str = "GP") -> bytes:
    """Return position, speed and course; `date` is ddmmyy."""
    valid = "V" if fix.latitude is None else "A"
    position = (*_degrees(fix.latitude, 2, "NS"), *_degrees(fix.longitude, 3, "EW"))
    speed = "" if fix.speed is None else f"{fix.speed / KNOT:.3f}"
    return sentence(f"{talker}RMC", _clock(fix.time), valid, *position, speed, _angle(fix.course), date, "", "")


def vtg(fix: Fix, talker: str = "GP") -> bytes:
    """Return course and speed."""
    knots, km = ("", "") if fix.speed is None else (f"{fix.speed / KNOT:.3f}", f"{fix.speed * 3.6:.3f}")
    return sentence(f"{talker}VTG", _angle(fix.course), "T", "", "M", knots, "N", km, "K")


def hdt(fix: Fix, talker: str = "HE") -> bytes:
    """Return the true heading."""
    return sentence(f"{talker}HDT", _angle(fix.heading), "T")


class Sentences:
    """Bytes in, sentences out; what is none, or has a wrong checksum, is passed over and counted in `damaged`."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.damaged = 0

    def feed(self, data: bytes) -> Iterator[tuple[str, list[str]]]:
        """Yield name and fields of each sentence that is complete."""
        self._held += data
        while (end := self._held.find(b"\n")) >= 0:
            line = bytes(self._held[:end]).strip()
            del self._held[: end + 1]
            if (found := _parsed(line)) is not None:
                yield found
            else:
                self.damaged += bool(line)
        if len(self._held) > LONGEST:
            self._held.clear()
            self.damaged += 1


def update(fix: Fix, name: str, fields: list[str]) -> Fix | None:
    """Return a fix with what a sentence says; None when it is none of ours or its numbers are none."""
    reader = {"GGA": _from_gga, "RMC": _from_rmc, "VTG": _from_vtg, "HDT": _from_hdt}.get(name[-3:])
    try:
        return None if reader is None else reader(fix, fields)
    except (ValueError, IndexError):
        return None


def _from_gga(fix: Fix, fields: list[str]) -> Fix:
    quality = int(fields[5] or 0)
    place = (
        (_angle_of(fields[1], fields[2], "NS", 90), _angle_of(fields[3], fields[4], "EW", 180))
        if quality
        else (None,) * 2
    )
    return replace(
        fix, time=_time_of(fields[0]), latitude=place[0], longitude=place[1], quality=quality,
        satellites=_whole(fields[6]), altitude=_number(fields[8]) if quality else None,
    )  # fmt: skip


def _from_rmc(fix: Fix, fields: list[str]) -> Fix:
    time = _time_of(fields[0])
    if fields[1] != "A":
        return replace(fix, time=time, latitude=None, longitude=None, speed=None, course=None)
    knots = _number(fields[6])
    return replace(
        fix, time=time, latitude=_angle_of(fields[2], fields[3], "NS", 90),
        longitude=_angle_of(fields[4], fields[5], "EW", 180), speed=None if knots is None else knots * KNOT,
        course=_number(fields[7]),
    )  # fmt: skip


def _from_vtg(fix: Fix, fields: list[str]) -> Fix:
    knots = _number(fields[4])
    return replace(fix, course=_number(fields[0]), speed=None if knots is None else knots * KNOT)


def _from_hdt(fix: Fix, fields: list[str]) -> Fix:
    return replace(fix, heading=_number(fields[0]))


def _parsed(line: bytes) -> tuple[str, list[str]] | None:
    if not line.startswith(b"$") or len(line) > LONGEST - 2 or not line.isascii() or line[-3:-2] != b"*":
        return None
    try:
        if int(line[-2:], 16) != _checksum(line[1:-3]):
            return None
    except ValueError:
        return None
    name, *fields = line[1:-3].decode("ascii").split(",")
    return name, fields


def _checksum(body: bytes) -> int:
    value = 0
    for byte in body:
        value ^= byte
    return value


def _clock(time: int | None) -> str:
    if time is None:
        return ""
    hundredths = time % _DAY // 10_000_000
    seconds, minutes = hundredths // 100 % 60, hundredths // 6000 % 60
    return f"{hundredths // 360_000:02d}{minutes:02d}{seconds:02d}.{hundredths % 100:02d}"


def _degrees(angle: float | None, digits: int, letters: str) -> tuple[str, str]:
    if angle is None:
        return "", ""
    units = round(abs(angle) * 60 * 1_000_000)  # millionths of a minute: 2 mm on a meridian
    degrees, rest = divmod(units, 60_000_000)
    return f"{degrees:0{digits}d}{rest // 1_000_000:02d}.{rest % 1_000_000:06d}", letters[angle < 0]


def _angle(angle: float | None) -> str:
    return "" if angle is None else f"{angle % 360:.2f}"


def _angle_of(text: str, letter: str, letters: str, most: int) -> float | None:
    if not text:
        return None
    value = _number(text) or 0.0
    degrees = floor(value / 100)
    angle = degrees + (value - 100 * degrees) / 60
    if letter not in letters or not letter or not 0 <= angle <= most or value - 100 * degrees >= 60:
        raise ValueError(text)
    return -angle if letter == letters[1] else angle


def _time_of(text: str) -> int | None:
    if not text:
        return None
    if len(text) < 6 or not text[:6].isdecimal() or not 0 <= float(text[6:] or 0) < 1:
        raise ValueError(text)
    seconds = 3600 * int(text[:2]) + 60 * int(text[2:4]) + int(text[4:6])
    return seconds * 1_000_000_000 + round(float(text[6:] or 0) * 1e9)


def _number(text: str) -> float | None:
    if not text:
        return None
    if not text.isascii() or "_" in text or text.lower().strip("+-")[:1] in ("n", "i"):
        raise ValueError(text)
    return float(text)


def _whole(text: str) -> int | None:
    return int(text) if text else None
