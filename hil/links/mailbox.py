"""A mailbox between two threads: the newest values and when they were put in, without a lock.

Layout of `memory` (shape (1,)): `count` (i8), then two slots, each `at` (i8, ns) and `values`. The writer
fills slot `(count + 1) & 1` and then stores `count + 1`; the reader loads `count`, copies slot `count & 1`
and loads `count` again: if it moved the copy may be torn and is made anew. So the writer never waits, and
the reader repeats only when a whole write falls into its copy of some hundred bytes.

On x86-64 stores become visible in program order and loads are done in program order (Intel SDM vol. 3A,
9.2.2), and an aligned 8-byte store is atomic, so plain moves suffice; compiled code has to stop its
*compiler* from reordering (a volatile or atomic access of `count`). On a weaker machine the store of
`count` needs release and its loads acquire.
"""

from typing import Any

import numpy as np

EMPTY = -1


class Mailbox:
    """One writer, one reader, the newest values only; `values` have the given dtype."""

    def __init__(self, values: np.dtype[Any]) -> None:
        slot = np.dtype([("at", "i8"), ("values", values)], align=True)
        self.memory = np.zeros(1, np.dtype([("count", "i8"), ("slot", slot, (2,))], align=True))
        self._count = self.memory["count"]
        self._at = tuple(self.memory["slot"]["at"][:, i] for i in range(2))
        self._values = tuple(self.memory["slot"]["values"][:, i] for i in range(2))

    @property
    def address(self) -> int:
        """The address of `memory`, for compiled code."""
        return int(self.memory.ctypes.data)

    @property
    def last(self) -> int:
        """When the newest values were put in, in ns; `EMPTY` before the first."""
        count = int(self._count[0])
        return int(self._at[count & 1][0]) if count else EMPTY

    def put(self, values: "np.ndarray[Any, Any]", at: int) -> None:
        """Publish `values` (shape (1,)), valid at `at` ns."""
        count = int(self._count[0]) + 1
        self._at[count & 1][0] = at
        self._values[count & 1][:] = values
        self._count[0] = count

    def take(self, into: "np.ndarray[Any, Any]") -> int:
        """Copy the newest values to `into` (shape (1,)), return their `at` in ns; `EMPTY` leaves it alone."""
        while count := int(self._count[0]):
            at = int(self._at[count & 1][0])
            into[:] = self._values[count & 1]
            if int(self._count[0]) == count:
                return at
        return EMPTY
