"""For tests, ours and yours: the conformance checks of plants and links, a block by itself, a rig in a scenario."""

from hil.testing.alone import Alone
from hil.testing.links import Pair, check_link
from hil.testing.plants import check_plant
from hil.testing.rigs import check_rig, scenarios

__all__ = ["Alone", "Pair", "check_link", "check_plant", "check_rig", "scenarios"]
