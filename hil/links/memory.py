"""The simplest link: the controller is a function in the same memory."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hil.links.base import BaseLink, Points

Controller = Callable[[int, "np.ndarray[Any, Any]", "np.ndarray[Any, Any]"], Sequence[int] | None]
"""Answers the sample taken at `t` ns: reads `out`, fills `into`, returns qualities or None; raises LinkErrors."""


class MemoryLink(BaseLink):
    """A link to a function; `begin` is called at each opening, as a controller starts anew."""

    def __init__(
        self, controller: Controller, writes: Points, reads: Points, begin: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__("memory", writes, reads)
        self._controller, self._begin = controller, begin

    def _connect(self) -> None:
        self._begin()

    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        return self._controller(t, out, into)

    def _disconnect(self, *, polite: bool) -> None:
        pass
