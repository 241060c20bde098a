"""Faults on a wire, between the bench and any link: the same in every run of one seed, on the bench's clock.

A frame is what one exchange carries one way. Each way has its own frames; both suffer the same faults. A frame that
is delayed arrives at the first exchange at which it is due, and of several the one that arrives last counts. What
the controller gets before the first frame arrives is zero. An answer is as old as the sample that it answers, so a
fault in either direction makes it old, and two periods make it stale.
"""

from collections import Counter
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from hil.links.base import values_of
from hil.links.can.card import STATES, Card
from hil.links.can.frame import State
from hil.links.link import NEVER, Arrivals, Health, Link, Quality
from hil.signals import record, signal

FAULTS = record(
    "Faults",
    fault_delay=signal("s", "time that a frame takes", 0.0, 3600.0),
    fault_jitter=signal("s", "what it may take longer, each duration as likely", 0.0, 3600.0),
    fault_drop=signal("1", "probability that a frame is lost", 0.0, 1.0),
    fault_duplicate=signal("1", "probability that a frame arrives again behind the next one", 0.0, 1.0),
    fault_reorder=signal("1", "probability that a frame arrives behind the next one", 0.0, 1.0),
    fault_corrupt=signal("1", "probability that a bit of a frame flips and nobody sees it", 0.0, 1.0),
    fault_freeze=signal("1", "the values read stand still, and look fresh", 0.0, 1.0, kind="b1"),
    fault_disconnect=signal("1", "the wire is cut", 0.0, 1.0, kind="b1"),
    fault_babble=signal("1", "frames for nobody in each period: nothing else gets through", 0.0, 1e6),
    fault_bus=signal("1", "probability that a frame of ours on a CAN bus is destroyed for all to see", 0.0, 1.0),
    fault_quality=signal("1", "the quality of the values read: 0 good, 1 uncertain, 2 bad", 0.0, 2.0, kind="u1"),
)
"""The faults as signals: a scenario's event sets them, as `link.fault_drop`."""

_DRAWS = 6  # for each frame, used or not: so that one fault never moves another's chances


@dataclass(frozen=True)
class _Frame:
    """Values on their way: when they are due, behind what of the same instant, and the sample they are of."""

    due: int
    rank: int
    of: int
    values: "np.ndarray[Any, Any]"
    quality: tuple[int, ...] | None = None
    behind: tuple[int, ...] | None = None


class Faulty:
    """A link with faults; `controls` (shape (1,), `FAULTS`) is looked at in each exchange.

    `restart` is the time in ns from a bus-off until the card is opened anew, None leaves it off.
    """

    def __init__(
        self, link: Link, period: int, seed: int, controls: "np.ndarray[Any, Any]", restart: int | None = None
    ) -> None:
        self.link, self.period, self.controls, self.restart = link, period, controls, restart
        self.writes, self.reads = link.writes, link.reads
        self.outgoing, self.incoming = link.outgoing, link.incoming
        self._seed = seed
        self.counters: Counter[str] = Counter()
        self._begin()

    def _begin(self) -> None:
        self.arrived = Arrivals(len(self.reads))
        self._random = Random(self._seed)
        self.card = Card(self.restart, self._seed + 1)
        self._there: list[_Frame] = []
        self._back: list[_Frame] = []
        self._given = _Frame(0, 0, NEVER, np.zeros(1, self.outgoing))
        self._answer, self._newest = np.zeros(1, self.incoming), np.zeros(1, self.incoming)
        self._fresh = True

    def open(self) -> None:
        """Open the link below."""
        self.link.open()

    def close(self) -> None:
        """Close the link below; the next opening begins with an empty wire and the same chances."""
        self.link.close()
        self._begin()

    def exchange(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        """Carry the sample and the answer through the faults; see `Link.exchange`."""
        self.arrived.begin(t)
        if self._fresh:
            self._answer[:] = self._newest[:] = into
            self._fresh = False
        self.card.send(t, float(self.controls["fault_bus"][0]))
        self._send(self._there, _Frame(t, 0, t, out.copy()))
        if (came := _arrived(self._there, t)) is not None:
            self._given = came
        self.link.exchange(t, self._given.values, self._answer)
        values = self._newest if self.controls["fault_freeze"][0] else self._answer
        below = self.link.arrived
        own = None if not below.quality.any() else tuple(below.quality.tolist())
        behind = None if below.oldest == t else tuple((t - below.at).tolist())
        self._send(self._back, _Frame(t, 0, self._given.of, values.copy(), own, behind))
        came = _arrived(self._back, t)
        self.counters["babble"] += int(self.controls["fault_babble"][0])
        if came is None or came.of == NEVER:
            return
        worst = int(self.controls["fault_quality"][0])
        if worst < Quality.BAD:
            into[:] = self._newest[:] = came.values
        quality = came.quality or (0,) * len(self.reads)
        worse = [max(worst, one) for one in quality] if worst or came.quality else None
        self.arrived.mark(came.of, worse, came.behind)

    @property
    def health(self) -> Health:
        """How the link below is doing, as seen through the faults."""
        below = self.link.health
        cut = bool(self.controls["fault_disconnect"][0])
        return replace(
            below, connected=below.connected and not cut, stale=self.arrived.stale(self.period),
            counters={**below.counters, **self.card.counters, **self.counters},
            values=values_of(self.reads, self.arrived),
        )  # fmt: skip

    @property
    def bus_state(self) -> State:
        """The state of the card on the bus: of the one that suffers here, or of the real one below."""
        return max(self.card.state, bus_state(self.link), key=STATES.index)

    def _send(self, wire: list[_Frame], frame: _Frame) -> None:
        """Put a frame on a wire, if it gets there."""
        of = {name.removeprefix("fault_"): float(self.controls[name][0]) for name in FAULTS.names}
        late, dropped, doubled, held, damaged, where = (self._random.random() for _ in range(_DRAWS))
        if of["disconnect"] or of["babble"] or dropped < of["drop"] or self.card.state == "off":
            self.counters["lost"] += 1
            return
        due = frame.due + round(1e9 * (of["delay"] + late * of["jitter"]))
        if damaged < of["corrupt"]:
            self.counters["corrupted"] += 1
            _flip(frame.values, where)
        again = replace(frame, due=due + self.period, rank=1)
        if held < of["reorder"]:
            self.counters["reordered"] += 1
            wire.append(again)
            return
        wire.append(replace(frame, due=due))
        if doubled < of["duplicate"]:
            self.counters["duplicated"] += 1
            wire.append(again)


def bus_state(link: Link) -> State:
    """Return the state of a link's card on its bus; active where there is no bus."""
    state: State = getattr(link, "bus_state", "active")
    return state


def _arrived(wire: list[_Frame], t: int) -> _Frame | None:
    """Take the frames that are due at `t` off a wire; return the one that arrived last."""
    due = [one for one in wire if one.due <= t]
    wire[:] = [one for one in wire if one.due > t]
    return max(due, key=lambda one: (one.due, one.rank)) if due else None


def _flip(values: "np.ndarray[Any, Any]", where: float) -> None:
    """Flip one bit of a number, chosen by `where` from 0 to 1; of a byte its lowest, which a BOOL has."""
    fields = [name for name in values.dtype.names or () if values.dtype[name].kind != "S"]
    if not fields:
        return
    which = int(where * len(fields))
    raw = values[fields[which]].view("u1")
    bit = 0 if len(raw) == 1 else int((where * len(fields) - which) * 8 * len(raw))
    field = raw.copy()
    field[bit // 8] ^= 1 << bit % 8
    values[fields[which]] = field.view(values.dtype[fields[which]])
