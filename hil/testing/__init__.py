"""For tests of plants and blocks, ours and yours: the conformance check of plants, and a block by itself."""

from hil.testing.alone import Alone
from hil.testing.plants import check_plant

__all__ = ["Alone", "check_plant"]
