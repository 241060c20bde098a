"""Verdicts: requirements, the findings that they give on a record, and the lattice that sums them up.

The judge sees the record and nothing else: no wire, no clock, no controller. A verdict can be recomputed from a
record and its requirements alone.
"""

from hil.verdicts.finding import VERDICTS, Finding, worst
from hil.verdicts.judge import HEALTH, Policy, in_health, judge
from hil.verdicts.requirements import Bounds, Overshoot, Requirement, Response, Settling, Trace

__all__ = [
    "HEALTH",
    "VERDICTS",
    "Bounds",
    "Finding",
    "Overshoot",
    "Policy",
    "Requirement",
    "Response",
    "Settling",
    "Trace",
    "in_health",
    "judge",
    "worst",
]
