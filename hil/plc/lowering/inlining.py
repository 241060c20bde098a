"""Which function blocks become part of their callers.

LLVM weighs a call by the length of the callee and keeps three calls of a motor block apart. In a PLC an instance
is one known place in memory, so that much of an inlined body disappears: 12 % of a scan of ci/benches/plc/motor.st.
"""

from __future__ import annotations

from collections import Counter

ROOM = 3000  # lines of unoptimised text that the copies of one block may make


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

    def text(self) -> str:
        """The attribute groups."""
        total = sum(self._sites.values(), Counter(self._scan))
        whole: dict[str, int] = {}  # lines of those that become part of their callers
        groups = []
        for name, lines in self._lines.items():
            size = lines + sum(count * whole.get(callee, 0) for callee, count in self._sites[name].items())
            if total[name] and size * total[name] <= ROOM:
                whole[name] = size
            elif self._scan[name] == 1:
                whole[name] = 0
            groups.append(
                f"attributes {self.attribute(name)} = {{ {'alwaysinline ' if name in whole else ''}nounwind }}"
            )
        return "\n".join(groups) + "\n"
