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
    by_folded = {one.casefold(): one for one in known}
    hits = [by_folded[hit] for hit in get_close_matches(name.casefold(), list(by_folded), n=2, cutoff=0.6)]
    return f"; did you mean {' or '.join(repr(hit) for hit in hits)}?" if hits else ""
