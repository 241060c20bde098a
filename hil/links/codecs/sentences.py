"""NMEA 0183 as the frames of a serial line: the fix of a positioning receiver out to a controller, or in from one.

The `kind` of a field is what it is in GGA, RMC, VTG and HDT (`QUANTITIES`), or a numpy kind: those values, which no
standard sentence has, travel in the order of the fields in the proprietary sentence `$PHIL,1.5,0*hh`, the last of a
frame. What is not a number goes out as an empty field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields as fields_of
from typing import Any, Literal, get_args

from hil.errors import InputError, near
from hil.links.codecs import nmea
from hil.links.codecs.frames import KINDS, Field

Sentence = Literal["GGA", "RMC", "VTG", "HDT"]
QUANTITIES = tuple(one.name for one in fields_of(nmea.Fix))
"""latitude, longitude, heading, course (degrees), altitude (m), speed (m/s), time (ns since midnight UTC), quality,
satellites."""
_OWN = "PHIL"
_WHOLE = ("time", "quality", "satellites")
_MAKERS: dict[Sentence, Callable[[nmea.Fix], bytes]] = {
    "GGA": nmea.gga,
    "RMC": nmea.rmc,
    "VTG": nmea.vtg,
    "HDT": nmea.hdt,
}
_HAS = {
    "GGA": {"latitude", "longitude", "altitude", "quality", "satellites"}, "RMC": set[str](),
    "VTG": {"speed", "course"}, "HDT": {"heading"},
}  # fmt: skip


class SentenceFormat:
    """The sentences of one direction; `every` says for some how many frames lie between two.

    Without it, GGA, VTG and HDT are in each frame if one of their quantities is.

    Raises:
        InputError: a kind that is neither a quantity nor a numpy kind.
    """

    sequence = False

    def __init__(self, fields: Sequence[Field], every: Mapping[Sentence, int] | None = None) -> None:
        self.fields = tuple(fields)
        known = (*QUANTITIES, *KINDS)
        wrong = [one for one in fields if one.kind not in known]
        if wrong:
            raise InputError(
                f"field {one.path}: no kind {one.kind!r} of NMEA 0183{near(one.kind, known)}" for one in wrong
            )
        kinds = {one.kind for one in fields}
        self._every = dict(every) if every else {one: 1 for one in get_args(Sentence) if kinds & _HAS[one]}
        self._own = [k for k, one in enumerate(fields) if one.kind in KINDS]
        self._sent = 0

    def encode(self, values: Sequence[Any], number: int = 0) -> bytes:
        """Return the sentences of the next frame for a value of each field."""
        raw = [_raw(one, value) for one, value in zip(self.fields, values, strict=True)]
        fix = nmea.Fix(**{one.kind: each for one, each in zip(self.fields, raw, strict=True) if one.kind in QUANTITIES})
        due = [name for name, count in self._every.items() if self._sent % count == 0]
        self._sent += 1
        own = ["" if raw[k] is None else repr(raw[k]) for k in self._own]
        return b"".join(_MAKERS[name](fix) for name in due) + (nmea.sentence(_OWN, *own) if own else b"")

    def frames(self) -> "SentenceReader":
        """Return a reader of this direction's bytes."""
        return SentenceReader(self)


class SentenceReader:
    """Bytes in; the newest value of each field out, with each sentence from which on all are known."""

    def __init__(self, form: SentenceFormat) -> None:
        self._form, self._sentences, self._fix = form, nmea.Sentences(), nmea.Fix()
        self._own: list[float | None] = [None] * len(form._own)
        self._unread = 0

    @property
    def damaged(self) -> int:
        """How many sentences could not be read."""
        return self._sentences.damaged + self._unread

    def feed(self, data: bytes) -> Iterator[tuple[int, list[Any]]]:
        """Yield 0 and the values after each sentence of ours."""
        for name, fields in self._sentences.feed(data):
            if not self._taken(name, fields):
                continue
            own = iter(self._own)
            raw: list[Any] = [
                next(own) if one.kind in KINDS else getattr(self._fix, one.kind) for one in self._form.fields
            ]
            if None not in raw:
                yield 0, [each * one.scale + one.offset for one, each in zip(self._form.fields, raw, strict=True)]

    def _taken(self, name: str, fields: list[str]) -> bool:
        if name != _OWN:
            found = nmea.update(self._fix, name, fields)
            self._fix = found or self._fix
            return found is not None
        try:
            own = [float(one) if one else None for one in fields]
        except ValueError:
            own = []
        if len(own) != len(self._own):
            self._unread += 1
            return False
        self._own = own
        return True


def _raw(field: Field, value: Any) -> Any:
    number = (value - field.offset) / field.scale
    if number != number:
        return None
    return round(number) if field.kind in _WHOLE or (field.kind[0] in "iu" and field.kind in KINDS) else float(number)
