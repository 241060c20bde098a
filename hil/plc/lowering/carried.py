"""What stays in registers from scan to scan of one run.

LLVM keeps memory as it is, store by store: others might look. Between two scans of a run nobody does. Where a program
consists of plain fields at fixed places, what each scan writes before it reads it (inputs of blocks, constants for
timers), and the fields used most, become variables of `run`: filled before the first scan, written back behind the
last, also by a fault. A program with anything else in it, an array with an index or a pointer, stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from hil.blocks.native import simplified
from hil.plc import layout

FILL, BACK = "; what is carried is filled", "; what is carried is written back"
MOST = 4  # fields that a scan reads before it writes them: more would only change their place in memory
FLAT = ("always_inliner", "sroa", "simplify_cfg", "instruction_combine", "simplify_cfg", "global_dead_code_eliminate")
PASSES = (
    "sroa", "new_gvn", "instruction_combine", "jump_threading", "dead_store_elimination", "simplify_cfg", "sinking",
)  # fmt: skip

_SIZES = {"i8": 1, "i16": 2, "i32": 4, "i64": 8, "float": 4, "double": 8}
_LABEL = re.compile(r"([\w.]+):")
_NAME = re.compile(r"%[\w.]+")
_STEP = re.compile(r"  (%[\w.]+) = getelementptr (?:inbounds |nuw |nusw )*i8, ptr (%[\w.]+), i64 (\d+)")
_ACCESS = re.compile(r"  (?:%[\w.]+ = load (\w+)|store (\w+) [^,]+), ptr (%[\w.]+)")
_TARGET = re.compile(r"label %([\w.]+)")


@dataclass
class _Block:
    """A basic block: which fields it reads before it writes them, which it writes, where it goes."""

    reads: set[int] = field(default_factory=set)
    writes: set[int] = field(default_factory=set)
    targets: list[str] = field(default_factory=list)


def carried(text: str) -> str | None:
    """The module of a program whose `run` carries fields, or None where it must not."""
    for name, mark in (("fill", FILL), ("back", BACK)):
        text = text.replace(mark, f"call void @{name}()")
    flat = simplified(f"declare void @fill()\ndeclare void @back()\n{text}", FLAT)
    begin = flat.index("define i64 @run(")
    end = flat.index("\n}", begin)
    run = _Run(flat[begin:end])
    return f"{flat[:begin]}{run.rewritten()}{flat[end:]}" if run.plain else None


class _Run:
    """The function `run` with all blocks in it."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._places = {"%x": 0}  # offsets of pointers
        self._kinds: dict[int, set[str]] = {}
        self._uses = Counter[int]()
        self._block = self._filling = _Block()  # the one being read; the one before the first scan
        self._blocks = {"entry": self._block}
        while sum(self._step(line) for line in self._lines):
            pass  # a pointer may be used above the line that makes it
        self.plain = '%"' not in text and all(self._read(line) for line in self._lines[1:]) and self._repeats()

    def _step(self, line: str) -> bool:
        """Notes a pointer some bytes behind a known one; True when it is news."""
        found = _STEP.match(line)
        if found is None or found[2] not in self._places or found[1] in self._places:
            return False
        self._places[found[1]] = self._places[found[2]] + int(found[3])
        return True

    def _read(self, line: str) -> bool:
        """Takes a line in; False when it does with memory what is not understood."""
        if found := _LABEL.match(line):
            self._block = self._blocks[found[1]] = _Block()
        elif (found := _ACCESS.match(line)) and found[3] in self._places:
            self._access(self._places[found[3]], found[1] or found[2], writes=found[2] is not None)
            return sum(one in self._places for one in _NAME.findall(line)) == 1
        else:
            self._block.targets += _TARGET.findall(line)
            if "@fill()" in line:
                self._filling = self._block
        known = _STEP.match(line) or "call void @fault(ptr" in line
        return bool(known) or not any(one in self._places for one in _NAME.findall(line))

    def _access(self, offset: int, kind: str, *, writes: bool) -> None:
        self._kinds.setdefault(offset, set()).add(kind)
        self._uses[offset] += 1
        if writes:
            self._block.writes.add(offset)
        elif offset not in self._block.writes:
            self._block.reads.add(offset)

    def _repeats(self) -> bool:
        """Whether scans follow each other; one that always faults is its own last."""
        if len(self._filling.targets) != 1:
            return False
        head = self._filling.targets[0]
        return any(head in self._blocks[name].targets for name in self._written_before())

    def _fields(self) -> dict[int, str]:
        """Types of the fields behind the header that nothing else overlaps."""
        found: dict[int, str] = {}
        widths = {at: max(_SIZES.get(one, 64) for one in kinds) for at, kinds in self._kinds.items()}
        taken = Counter(at + k for at, width in widths.items() for k in range(width))
        for offset, kinds in self._kinds.items():
            kind = next(iter(kinds))
            if offset < layout.HEADER or len(kinds) > 1 or kind not in _SIZES:
                continue
            if all(taken[offset + k] == 1 for k in range(_SIZES[kind])):
                found[offset] = kind
        return found

    def _chosen(self) -> dict[int, str]:
        fields, before = self._fields(), self._written_before()
        head = next(iter(before))
        inside = [(before[name], self._blocks[name]) for name in before]
        awaited = {one for written, block in inside for one in block.reads - written}
        ends = [written | block.writes for written, block in inside if head in block.targets]
        fresh = set.intersection(*ends) - awaited
        stored = {one for _, block in inside for one in block.writes} - fresh
        often = sorted(stored & set(fields), key=lambda one: (-self._uses[one], one))[:MOST]
        return {one: kind for one, kind in sorted(fields.items()) if one in fresh or one in often}

    def _written_before(self) -> dict[str, set[int]]:
        """What every way from the start of a scan to a block has written; the first one is where a scan starts."""
        (head,) = self._filling.targets
        before: dict[str, set[int]] = {head: set()}
        waiting = [head]
        while waiting:
            name = waiting.pop()
            after = before[name] | self._blocks[name].writes
            for target in self._blocks[name].targets:
                known = before.get(target, after) & after
                if target != head and known != before.get(target):
                    before[target] = known
                    waiting.append(target)
        return before

    def rewritten(self) -> str:
        """The function with variables in place of what is carried."""
        chosen, lines = self._chosen(), list[str]()
        for number, line in enumerate(self._lines):
            found = _ACCESS.match(line)
            if "@fill()" in line:
                lines += _copies(chosen, f"fill{number}", inwards=True)
            elif "@back()" in line:
                lines += _copies(chosen, f"back{number}", inwards=False)
            elif found and self._places.get(found[3]) in chosen:
                lines.append(f"{line[: found.start(3)]}%x.in.{self._places[found[3]]}{line[found.end(3) :]}")
            else:
                lines.append(line)
            if line == "entry:":
                lines += [f"  %x.in.{offset} = alloca {kind}, align 8" for offset, kind in chosen.items()]
        return "\n".join(lines)


def _copies(chosen: dict[int, str], mark: str, *, inwards: bool) -> list[str]:
    """Loads and stores between the memory and the variables."""
    lines = list[str]()
    for offset, kind in chosen.items():
        place, value, variable = f"%{mark}.{offset}", f"%{mark}.v{offset}", f"%x.in.{offset}"
        there, here = (variable, place) if inwards else (place, variable)
        lines.append(f"  {place} = getelementptr inbounds i8, ptr %x, i64 {offset}")
        lines += [f"  {value} = load {kind}, ptr {here}", f"  store {kind} {value}, ptr {there}"]
    return lines
