"""The verdict lattice of TTCN-3 (ETSI ES 201 873-1, clause 24.1): a verdict only ever worsens."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["none", "pass", "inconc", "fail", "error"]
VERDICTS: tuple[Verdict, ...] = ("none", "pass", "inconc", "fail", "error")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts; of no verdict at all, `none`, which is not a pass."""
    return max(verdicts, key=VERDICTS.index, default="none")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one requirement found: its margin (positive is good) and the instant that decided it.

    Times are in ns of simulated time; `low` and `high` are the limits that were applied to `signal`, for plots.
    """

    id: str
    words: str
    kind: str
    verdict: Verdict
    margin: float | None
    unit: str
    at: int | None
    window: tuple[int, int]
    reason: str = ""
    signal: str = ""
    signal_unit: str = ""
    low: float | None = None
    high: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as `result.json` has it: times in seconds."""
        fields = asdict(self)
        at, window = fields.pop("at"), fields.pop("window")
        fields["at_s"] = None if at is None else at / 1e9
        fields["window_s"] = [window[0] / 1e9, window[1] / 1e9]
        return fields
