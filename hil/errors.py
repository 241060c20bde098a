"""The errors of the bench: what the user gave (exit status 2) and what broke in a run (exit status 4)."""

from collections.abc import Iterable
from difflib import get_close_matches


class HilError(Exception):
    """The base of every error that the bench raises."""

    exit_status = 4


class InputError(HilError):
    """Something that the user gave is wrong; `faults` holds one sentence for each mistake found."""

    exit_status = 2

    def __init__(self, faults: str | Iterable[str]) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class RunError(HilError):
    """A run broke: a model diverged, a wire was lost, a disk is full."""


def near(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'a' or 'b'?` for the known names nearest to `name`, or nothing."""
    hits = nearest(name, known)
    return f"; did you mean {' or '.join(repr(hit) for hit in hits)}?" if hits else ""


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known names, at most two, that are most like a name."""
    by_folded = {one.casefold(): one for one in known}
    return [by_folded[hit] for hit in get_close_matches(name.casefold(), list(by_folded), n=2, cutoff=0.6)]


def is_slip(name: str, other: str) -> bool:
    """Whether one name is the other but for a slip of the pen: a character too many, too few, wrong or swapped.

    Names of ten characters and more may have two of them; names that differ in their digits are several on purpose.
    """
    one, two = name.casefold(), other.casefold()
    if "".join(filter(str.isalpha, one)) == "".join(filter(str.isalpha, two)) and any(map(str.isdigit, one + two)):
        return False
    return edits(one, two) <= (1 if len(one) < 10 else 2)


def edits(one: str, two: str) -> int:
    """How many characters are inserted, left out, replaced or swapped with their neighbour between two words."""
    before, row = list[int](), list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(two, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
