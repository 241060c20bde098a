"""Firmware in lockstep: an image on an emulated board, and the serial link to its UART on the bench's clock."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hil.links import ControllerFault, LinkError, NoAnswer
from hil.links.framed import FramedLink
from hil.signals import in_words
from hil.targets.emulation import Emulation
from hil.targets.firmware_boards import Board
from hil.targets.firmware_image import Image


class LockstepPort:
    """The far end of an image's UART: from one exchange to the next the image runs for `period` ns, and no further.

    Opening it resets the board; the image has one period to start before its first exchange.
    """

    def __init__(self, image: Image, board: Board, period: int) -> None:
        self.name = f"{image.path.name} on {board.name}"
        self._image, self._board, self._period = image, board, period
        self._machine: Emulation | None = None

    def open(self) -> None:
        """Reset the board."""
        self._machine = Emulation(self._image, self._board)
        self._reset_at: int | None = None

    def begin(self, t: int) -> None:
        """Let the image run up to the exchange at `t` ns."""
        if self._reset_at is None:
            self._reset_at = t - self._period
        self._now, self._ran = t - self._reset_at, False
        self._up.run_to(self._now)

    def write(self, data: bytes) -> None:
        """Let bytes arrive."""
        self._up.feed(data)

    def read(self, until: float) -> bytes:
        """Run for a period; return what was sent in it, however long that took here."""
        machine = self._up
        if not self._ran:
            self._ran = True
            machine.run_to(self._now + self._period)
            if data := machine.drain():
                return data
        period = in_words(self._period)
        if machine.idle:
            raise NoAnswer(f"{self.name}: no answer within {period}; the image waits at {machine.place}")
        raise ControllerFault(f"{self.name}: computes for {period} without an answer, at {machine.place}")

    def discard(self) -> None:
        """Forget what has come and was not read."""
        self._up.drain()

    def close(self) -> None:
        """Switch the board off."""
        self._machine = None

    @property
    def _up(self) -> Emulation:
        if self._machine is None:
            raise LinkError(f"{self.name}: the board is off")
        return self._machine


class LockstepLink(FramedLink):
    """The link of a rig's own frames to an image in lockstep."""

    port: LockstepPort

    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        self.port.begin(t)
        return super()._carry(t, out, into)
