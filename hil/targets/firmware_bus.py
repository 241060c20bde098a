"""A CAN bus whose other end is an image's UART with slcan text, on the bench's clock.

It has what links use of `hil.links.can.bus.Bus`, and no thread: time passes when an exchange lets it, frames are sent
at their periods in it, and what the image has sent comes at the end of each exchange.
"""

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hil.links.can import slcan
from hil.links.can.frame import CodecError, Frame, State
from hil.links.link import LinkError
from hil.targets.emulation import Emulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from hil.targets.firmware_boards import Board
    from hil.targets.firmware_image import Image

_STEP = 10_000_000  # ns between two looks at what somebody waits for


@dataclass
class _Sending:
    frames: tuple[Frame, ...]
    period: int
    due: int


class LockstepBus:
    """The bus of an image that is reset when it is opened; one exchange is `period` ns."""

    def __init__(
        self,
        image: "Image",
        board: "Board",
        period: int,
        handle: "Callable[[Frame, int], None]",
        tick: "Callable[[int], None]",
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.state: State = "active"
        self.now = 0
        self._machine, self._period = Emulation(image, board), period
        self._handle, self._tick = handle, tick
        self._reader = slcan.Reader()
        self._sending: dict[str, _Sending] = {}
        self._began: int | None = None

    def send(self, frame: Frame) -> None:
        """Let a frame arrive now."""
        try:
            self._machine.feed(slcan.encode(frame))
        except CodecError as wrong:
            raise LinkError(f"{self._machine.image.path.name}: {wrong}") from None

    def every(self, key: str, frames: tuple[Frame, ...], period: int, _: int = 0) -> None:
        """Send frames every `period` ns from now on."""
        one = self._sending.setdefault(key, _Sending(frames, period, self.now))
        one.frames, one.period = frames, period

    def silence(self) -> None:
        """Send nothing any more."""
        self._sending.clear()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Let time pass until something is there, so long at most; return whether it is."""
        until = self.now + int(seconds * 1e9)
        while not event.is_set() and self.now < until:
            self._pass(self.now + _STEP)
        return event.is_set()

    def step(self, t: int) -> None:
        """Let the period pass that begins with the exchange at `t` ns."""
        if self._began is None:
            self._began = self.now - t
        self._pass(t + self._began)  # exchanges that were lost on the way
        self._pass(t + self._began + self._period)

    def close(self) -> None:
        """Switch the board off."""

    def _pass(self, until: int) -> None:
        """Run up to a time, without what is due just then."""
        while (due := min((one.due for one in self._sending.values()), default=until)) < until:
            self._machine.run_to(due)
            self.now = due
            for one in list(self._sending.values()):
                if one.due == due:
                    one.due += one.period
                    for frame in one.frames:
                        self.send(frame)
        self._machine.run_to(until)
        self.now = until
        for event in self._reader.feed(self._machine.drain()):
            if isinstance(event, Frame):
                self._handle(event, until)
            elif isinstance(event, slcan.Unreadable):
                self.counters["unreadable"] += 1
        self._tick(until)


def opens(image: "Image", board: "Board", period: int) -> Any:
    """Return what opens the bus of an image, for a link."""
    return lambda handle, tick: LockstepBus(image, board, period, handle, tick)
