"""Which declaration a file sees when several have one name, and which files are checked together.

A file sees its own declaration, else that in the nearest folder around it that holds one (with the folders below), up
to the folder that holds a .git; where it wants a type, what is a function or a program is not meant. What the
standard's library has it sees only from its own folder.
Files are checked together as long as no two of them mean different declarations by one name.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from hil.plc import prelude
from hil.plc.checking.constants import Constants
from hil.plc.checking.scope import Names, Scope
from hil.plc.diagnostics import Report, Source
from hil.plc.front.reading import Reading
from hil.plc.types import ELEMENTARY

ROOM = 20_000  # lines of judged files that need not be checked together, in one batch
STANDARD = -1  # instead of a file: a name of the standard's library, or of its types
NOWHERE = -2  # what has this name is too far away, or no type where one is meant
_OPEN = 6  # batches that may still grow


@dataclass
class Batch:
    """Files checked together: `roots` are judged, the other members are what they use.

    `means` says which member's declaration a name means; members in `strict` belong to one project, in which a name
    means one thing. `bent` are the files of members for which a name means something else than it would by itself.
    """

    profiles: tuple[str, ...]
    roots: list[int] = field(default_factory=list)
    members: dict[int, None] = field(default_factory=dict)
    means: dict[str, int] = field(default_factory=dict)
    strict: frozenset[int] = frozenset()
    lines: int = 0
    judged: int = 0  # lines of the roots
    bent: set[str] = field(default_factory=set)


class Neighbours:
    """The declarations of all files by folder."""

    def __init__(self, readings: Sequence[Reading], aside: Container[int] = ()) -> None:
        self.readings = readings
        self._folders = [os.path.dirname(os.path.abspath(one.file)) for one in readings]
        self._whole: dict[str, set[str]] = {}  # names with their namespaces, by the last part
        self._owners: dict[tuple[str, str], list[int]] = {}  # by folder and name: the first two files
        self._used: dict[int, dict[str, int]] = {}
        for number, one in enumerate(readings):
            for name in () if number in aside else (*one.declared, *one.offered):
                self._whole.setdefault(name.rpartition(".")[2], set()).add(name)
                for folder in _upwards(self._folders[number]):
                    owners = self._owners.setdefault((folder, name), [])
                    if len(owners) < 2 and number not in owners:
                        owners.append(number)

    def nearest(self, number: int, name: str) -> list[int]:
        """The files, at most two, that declare a name nearest to a file; itself before others."""
        one = self.readings[number]
        if name in one.declared or name in one.offered:
            return [number]
        for folder in _upwards(self._folders[number]):
            owners = self._owners.get((folder, name), [])
            if found := [each for each in owners if name not in one.typed or name not in self.readings[each].routines]:
                return found
            if is_standard(name):  # what others make of TON is none of a file's business
                return []
        return []

    def twins(self, number: int, name: str) -> list[int]:
        """The two files in a file's own folder, or below it, that declare a name which it uses and has not itself."""
        if name in self.readings[number].declared:
            return []
        found = self._owners.get((self._folders[number], name), [])
        return found if len(found) == 2 and all(name in self.readings[one].declared for one in found) else []

    def used(self, number: int) -> dict[str, int]:
        """The names that a file may take from files, itself included, and which file each means."""
        if number not in self._used:
            found: dict[str, int] = {}
            for path in sorted(self.readings[number].wanted):
                for name in self._meant(path):
                    nearest = self.nearest(number, name)
                    found[name] = nearest[0] if nearest else STANDARD if is_standard(name) else NOWHERE
            self._used[number] = found
        return self._used[number]

    def _meant(self, path: str) -> list[str]:
        """What a name with dots may begin with: `Colour.RED` with a type, `GVL.x` with a variable of a list."""
        parts = path.split(".")
        for count in range(1, len(parts) + 1):
            start = ".".join(parts[:count])
            among = self._whole.get(parts[count - 1], ())
            if found := [one for one in among if f".{one}".endswith(f".{start}") or f".{start}".endswith(f".{one}")]:
                return sorted(found)
        return []

    def closure(self, roots: Iterable[int], known: dict[int, None]) -> Iterator[int]:
        """The roots and all they may use, the nearest first, without what is known."""
        waiting = list(roots)
        seen = {*waiting}
        for number in waiting:
            if number in known:
                continue
            yield number
            more = [one for one in dict.fromkeys(self.used(number).values()) if one not in seen and one >= 0]
            seen |= {*more}
            waiting += more

    def together(self, roots: list[int], profiles: tuple[str, ...], strict: bool) -> Batch:
        """One batch of these roots, whatever they declare; the first meaning of a name is the one."""
        batch = Batch(profiles, strict=frozenset(roots) if strict else frozenset())
        self._grow(batch, roots, list(self.closure(roots, {})))
        return batch

    def apart(self, roots: Iterable[int], profiles: tuple[str, ...]) -> list[Batch]:
        """As few batches as need be; a root goes where all names mean the same."""
        done, growing = list[Batch](), list[Batch]()
        for root in roots:
            for batch in reversed(growing):
                new = None if batch.judged > ROOM else self._fits(root, batch)
                if new is not None:
                    self._grow(batch, [root], new)
                    break
            else:
                growing.append(self.together([root], profiles, False))
                if len(growing) > _OPEN:
                    done.append(growing.pop(0))
        return done + growing

    def _fits(self, root: int, batch: Batch) -> list[int] | None:
        """The files that a batch has not and a root needs; None when a name of the root means something else in it."""
        names = [*((name, root) for name in self.readings[root].declared), *self._names(root)]
        if any(batch.means.get(name, one) != one for name, one in names):
            return None
        return list(self.closure([root], batch.members))

    def _names(self, number: int) -> Iterator[tuple[str, int]]:
        """The names that a file offers and those that it uses, each with the file that it means."""
        yield from ((name, number) for name in self.readings[number].offered)
        yield from self.used(number).items()

    def _grow(self, batch: Batch, roots: list[int], new: list[int]) -> None:
        batch.roots += roots
        for number in roots:
            batch.judged += self.readings[number].lines
            for name in self.readings[number].declared:
                batch.means.setdefault(name, number)
        for number in new:
            batch.members[number] = None
            batch.lines += self.readings[number].lines
            for name, one in self._names(number):
                if batch.means.setdefault(name, one) != one:
                    batch.bent.add(self.readings[number].file)

    def own(self, batch: Batch) -> dict[int, frozenset[str]]:
        """By member what it declares in a batch, global variables too: what no name of another means."""
        means, found = dict(batch.means), dict[int, frozenset[str]]()
        for number in batch.members:
            names = (*self.readings[number].declared, *self.readings[number].offered)
            found[number] = frozenset(name for name in names if means.setdefault(name, number) == number)
        return found


@cache
def is_standard(name: str) -> bool:
    """Whether a name in capitals means something without any declaration."""
    standard = Constants(Scope(Names(Report()), Source("", "")))
    return name in ELEMENTARY or prelude.block(name) is not None or standard.has_standard(name)


@cache
def _upwards(folder: str) -> tuple[str, ...]:
    """A folder and those above it, up to the one that a version control keeps."""
    above = os.path.dirname(folder)
    if above == folder or os.path.exists(os.path.join(folder, ".git")):
        return (folder,)
    return (folder, *_upwards(above))
