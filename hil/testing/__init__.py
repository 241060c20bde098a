"""For tests, ours and yours: the conformance check of plants, a block by itself, a rig in a scenario."""

from hil.testing.alone import Alone
from hil.testing.plants import check_plant
from hil.testing.rigs import check_rig, scenarios

__all__ = ["Alone", "check_plant", "check_rig", "scenarios"]
