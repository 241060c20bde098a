"""A CAN card that counts its errors, as fault confinement has it (ISO 11898-1:2015, 12.1.4), on the bench's clock.

A frame of ours that is destroyed costs 8 and is sent again at once; one that gets through gives 1 back. At 256 the card
takes itself off the bus and hears nothing either, until it is opened anew.
"""

from collections import Counter
from random import Random

from hil.links.can.frame import State

STATES: tuple[State, ...] = ("active", "warning", "passive", "off")
_FROM = (0, 96, 128, 256)


class Card:
    """One card; `restart` is the time in ns from a bus-off until it is opened anew, None leaves it off."""

    def __init__(self, restart: int | None, seed: int) -> None:
        self.restart, self.errors = restart, 0
        self.counters: Counter[str] = Counter()
        self._random, self._off_at = Random(seed), 0

    @property
    def state(self) -> State:
        """What the count of errors makes of it."""
        return next(state for state, least in zip(STATES[::-1], _FROM[::-1], strict=True) if self.errors >= least)

    def send(self, t: int, destroyed: float) -> bool:
        """Send a frame at `t` ns, each attempt destroyed with that probability; whether it gets through."""
        if self.state == "off":
            if self.restart is None or t - self._off_at < self.restart:
                return False
            self.errors = 0
            self.counters["restarted"] += 1
        before = self.state
        while self._random.random() < destroyed:
            self.errors += 8
            if self.state == "off":
                self._off_at = t
                break
        else:
            self.errors = max(self.errors - 1, 0)
        if self.state != before and self.state in ("passive", "off"):
            self.counters[self.state] += 1
        return self.state != "off"
