"""Address claim of J1939-81 without I/O: frames and times in, frames out, the state machine as one table."""

from collections.abc import Sequence
from typing import Literal

from hil.links.can.frame import CodecError, Frame
from hil.links.can.j1939 import CLAIM, GLOBAL, NULL, REQUEST, Name, frame, name_of, unpack

WAIT = 250_000_000
"""ns that a claim may be contested before the address is used (J1939-81, 4.4.2.1)."""

State = Literal["idle", "waiting", "claimed", "none"]

_TABLE: dict[tuple[State, str], str] = {
    ("idle", "start"): "claim",
    ("waiting", "won"): "claim",      # contested by a larger NAME: say it again (4.4.3.3)
    ("waiting", "lost"): "next",      # by a smaller one: try another address, or say that there is none (4.4.2.3)
    ("waiting", "elapsed"): "use",
    ("waiting", "asked"): "claim",
    ("claimed", "won"): "defend",
    ("claimed", "lost"): "next",
    ("claimed", "asked"): "defend",
    ("none", "asked"): "give up",     # with the null address, so that others know of the node (4.4.2.3)
}  # fmt: skip


class Claim:
    """One node's claim: `addresses` in the order in which it wants them, one only where its NAME is not arbitrary."""

    def __init__(self, name: Name, addresses: Sequence[int]) -> None:
        if not addresses or not all(0 <= one < NULL for one in addresses):
            raise CodecError(f"a node can have the addresses 0 to 253, not {list(addresses)}")
        self.name, self._bytes = name, name.pack()
        self._left = list(addresses) if name.arbitrary else list(addresses[:1])
        self.state: State = "idle"
        self._address, self._until = NULL, 0
        self.rival: Name | None = None
        """To whom an address was lost last."""

    @property
    def address(self) -> int:
        """The address that may be used now; `NULL` while there is none."""
        return self._address if self.state == "claimed" else NULL

    def start(self, now: int) -> list[Frame]:
        """Claim the first address at `now` (ns)."""
        self._address = self._left.pop(0)
        return self._do("start", now)

    def announce(self) -> list[Frame]:
        """Say which address it has, if any."""
        return [frame(CLAIM, self._bytes, self._address)] if self.state == "claimed" else []

    def tick(self, now: int) -> list[Frame]:
        """Let the time pass."""
        return self._do("elapsed", now) if self.state == "waiting" and now >= self._until else []

    def seen(self, one: Frame, now: int) -> list[Frame]:
        """Take a frame from the bus; all that are not of address claim are left alone."""
        parts = unpack(one.identifier)
        if not one.extended or one.remote:
            return []
        if parts.pgn == REQUEST and one.data[:3] == CLAIM.to_bytes(3, "little"):
            return self._do("asked", now) if parts.destination in (GLOBAL, self._address) else []
        if parts.pgn != CLAIM or parts.source != self._address or len(one.data) != 8 or self._address == NULL:
            return []
        other, own = int.from_bytes(one.data, "little"), int.from_bytes(self._bytes, "little")
        if name_of(one.data) == self.name and other == own:
            return []
        if other < own:
            self.rival = name_of(one.data)
        return self._do("won" if own < other else "lost", now)

    def _do(self, event: str, now: int) -> list[Frame]:
        action = _TABLE.get((self.state, event))
        if action == "use":
            self.state = "claimed"
            return []
        if action == "next":
            if self._left:
                self._address = self._left.pop(0)
                action = "claim"
            else:
                self._address, self.state, action = NULL, "none", "give up"
        if action == "claim":
            self.state, self._until = "waiting", now + WAIT
        return [] if action is None else [frame(CLAIM, self._bytes, self._address)]
