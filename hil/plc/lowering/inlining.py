"""Which function blocks become part of their callers.

LLVM weighs a call by the length of the callee and keeps three calls of a motor block apart. In a PLC an instance
is one known place in memory, so that much of an inlined body disappears: 12 % of a scan of ci/benches/plc/motor.st.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property

ROOM = 3000  # lines of unoptimised text that the copies of one block may make
LONGEST = 6000  # such lines that a unit may come to with the blocks that become part of it
SMALL = 300  # lines of a block up to which LLVM may decide


class Inlining:
    """Sizes and call sites of the blocks, in the order in which they are lowered: callees first."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lines: dict[str, int] = {}
        self._sites: dict[str, Counter[str]] = {}
        self._scan = Counter[str]()

    def attribute(self, name: str) -> str:
        """The attribute group of a block, decided when all are known."""
        return f"#{self._numbers.setdefault(name, len(self._numbers))}"

    def note(self, name: str, lines: int, calls: Counter[str]) -> None:
        """A block was lowered to so many lines; `calls` counts its calls of others."""
        self._lines[name], self._sites[name] = lines, calls

    def scan(self, calls: Counter[str]) -> None:
        """What a scan calls. One that is there once is optimised where it ends only (motor.st: 75 ms for 100)."""
        self._scan = calls

    @cached_property
    def whole(self) -> dict[str, int]:
        """Lines of the blocks that become part of their callers; asked for when all are known."""
        total = sum(self._sites.values(), Counter(self._scan))
        whole: dict[str, int] = {}
        for name, lines in self._lines.items():
            size = lines + sum(count * whole.get(callee, 0) for callee, count in self._sites[name].items())
            if total[name] and size * total[name] <= ROOM:
                whole[name] = size
            elif self._scan[name] == 1:
                whole[name] = 0
        self._lighten(whole)
        return whole

    @property
    def apart(self) -> list[str]:
        """The blocks that stay functions of their own."""
        return [name for name, lines in self._lines.items() if name not in self.whole and lines > SMALL]

    def text(self) -> str:
        """The attribute groups."""
        groups, apart = [], set(self.apart)
        for name in self._lines:
            inline = "alwaysinline " if name in self.whole else "noinline " if name in apart else ""
            groups.append(f"attributes {self.attribute(name)} = {{ {inline}nounwind }}")
        return "\n".join(groups) + "\n"

    def _lighten(self, whole: dict[str, int]) -> None:
        """Takes the largest callees out of what would become so long that LLVM takes minutes for it."""
        for name in self._lines:
            callees = sorted((whole[one], one) for one in self._sites[name] if one in whole)
            length = self._lines[name]
            for size, one in callees:
                length += size * self._sites[name][one]
                if length > LONGEST:
                    del whole[one]
