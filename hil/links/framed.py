"""The serial link of a rig's own frames: one frame out, one frame back."""

from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import numpy as np

from hil.errors import InputError
from hil.links.base import BaseLink, Points
from hil.links.codecs.frames import Format
from hil.links.codecs.numbers import fitted
from hil.links.codecs.sentences import SentenceFormat
from hil.links.link import LinkError, NoAnswer
from hil.links.serial_port import Port

Form = Format | SentenceFormat


class FramedLink(BaseLink):
    """A link over a port.

    A controller that is not `cyclic` answers each frame; with a sequence its answer repeats the frame's number, and
    what repeats another one is passed over. A cyclic one sends by itself, and its newest frame counts.
    """

    def __init__(
        self, port: Port, there: Form, back: Form, writes: Points, reads: Points, *, timeout: float = 1.0,
        cyclic: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(port.name, writes, reads)
        self.port, self.there, self.back, self.timeout, self.cyclic = port, there, back, timeout, cyclic
        faults = [
            f"{port.name}: the frame {way} the controller has no field for {one.path!r}"
            for way, form, points in (("to", there, self.writes), ("from", back, self.reads))
            for one in points
            if one.path not in {each.path for each in form.fields}
        ]
        if faults:
            raise InputError(faults)
        names = [one.path for one in self.writes]
        self._out = [names.index(one.path) if one.path in names else None for one in there.fields]
        fields = [one.path for one in back.fields]
        self._into = [fields.index(one.path) for one in self.reads]
        same = {one.path: one.kind for one in back.fields if (one.scale, one.offset) == (1.0, 0.0)}
        self._fit = [(k, one.kind) for k, one in enumerate(self.reads) if same.get(one.path) != one.kind]
        self._number = 0

    @property
    def waits(self) -> bool:
        """Whether an exchange waits for the answer to its sample."""
        return not self.cyclic

    def _connect(self) -> None:
        self.port.open()
        self._frames = self.back.frames()

    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        values = out[0].item() if self.writes else ()
        self._number = (self._number + 1) & 0xFF
        if not self.cyclic:
            self.port.discard()
            self._frames = self.back.frames()
        if self.there.fields or not self.cyclic:
            self.port.write(self.there.encode([0 if k is None else values[k] for k in self._out], self._number))
        newest = self._answer()
        if self._into:
            row = [newest[k] for k in self._into]
            for k, kind in self._fit:
                row[k] = fitted(row[k], kind)
            into[0] = tuple(row)
        return None

    def _answer(self) -> list[Any]:
        until, before = monotonic() + self.timeout, self._frames.damaged
        while data := self.port.read(until):
            came = [
                values
                for number, values in self._frames.feed(data)
                if self.cyclic or not self.back.sequence or number == self._number
            ]
            self.counters["damaged"] += self._frames.damaged - before
            before = self._frames.damaged
            if came:
                return came[-1]
        seen = f", and {self.counters['damaged']} damaged ones so far" if self.counters["damaged"] else ""
        raise NoAnswer(f"{self.name}: no frame within {self.timeout:g} s{seen}; are line and format the controller's?")

    def _disconnect(self, *, polite: bool) -> None:
        with suppress(LinkError):
            self.port.close()
