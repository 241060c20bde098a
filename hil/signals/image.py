"""The process image: the plain memory that holds a rig's signals, one record beside the other."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from hil.errors import InputError, near
from hil.signals.record import Record, Signal


class ProcessImage:
    """The memory of every signal of a rig, addressed by path (`block.signal`).

    `memory` has shape (1,); its dtype has one field for each section, named `block/role`.
    """

    def __init__(self, sections: Mapping[tuple[str, str], Record]) -> None:
        layout = [(f"{block}/{role}", one.dtype) for (block, role), one in sections.items()]
        self.memory = np.zeros(1, np.dtype(layout, align=True))
        self.signals: dict[str, Signal] = {}
        self._section: dict[str, str] = {}
        for (block, role), one in sections.items():
            for each in one.signals:
                path = f"{block}.{each.name}"
                if path in self.signals:
                    raise InputError(f"signal {path!r} is declared twice, the second time among its {role}")
                self.signals[path] = each
                self._section[path] = f"{block}/{role}"
                self.memory[f"{block}/{role}"][each.name] = each.initial

    def section(self, block: str, role: str) -> "np.ndarray[Any, Any]":
        """Return the memory of one record of one block, shape (1,); a view, not a copy."""
        return self.memory[f"{block}/{role}"]

    def find(self, path: str) -> Signal:
        """Return the signal at `path`.

        Raises:
            InputError: no such signal; the nearest names are listed.
        """
        if path not in self.signals:
            raise InputError(f"no signal {path!r} on this rig{near(path, self.signals)}")
        return self.signals[path]

    def role(self, path: str) -> str:
        """Return the role of the record that holds a signal: inputs, state, outputs or parameters."""
        self.find(path)
        return self._section[path].rpartition("/")[2]

    def view(self, path: str) -> "np.ndarray[Any, Any]":
        """Return the memory of one signal, shape (1, *shape); a view, not a copy."""
        name = self.find(path).name
        return self.memory[self._section[path]][name]

    def address(self, path: str) -> int:
        """Return the address of one signal's first byte."""
        return int(self.view(path).ctypes.data)

    def column(self, rows: "np.ndarray[Any, Any]", path: str) -> "np.ndarray[Any, Any]":
        """Return one signal's column out of rows that are copies of this image's memory."""
        name = self.find(path).name
        return rows[self._section[path]][name]
