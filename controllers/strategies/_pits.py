"""The dispatcher's maps of the three pits: travel and service times of sound trucks that nobody holds up."""

from typing import Any

import numpy as np

from plant_models.haulage._fleet import CRUSHERS, SHOVELS, haul_time, load_time
from plant_models.haulage.mine_fleet import PLANT

__all__ = ["CRUSHERS", "DUMP", "LOAD", "NEAR", "NEAR_CRUSHER", "PITS", "RATE", "SHOVELS", "TRAVEL"]
PITS = tuple(PLANT.sets)


class _Values:
    def __init__(self, pit: str) -> None:
        memory = PLANT.memory(pit)["parameters"]
        self.__dict__.update({name: memory[name][0] for name in memory.dtype.names or ()})


def _table(of: Any) -> "np.ndarray[Any, Any]":
    return np.array([of(_Values(pit)) for pit in PITS], float)


_S, _C = range(SHOVELS), range(CRUSHERS)
TRAVEL = _table(lambda p: [[[haul_time(p, s, c, loaded) for c in _C] for s in _S] for loaded in (False, True)])
"""s, by pit, empty or loaded, shovel, crusher."""
LOAD = _table(lambda p: [load_time(p, s) for s in _S])
"""s, by pit and shovel."""
DUMP = _table(lambda p: [p.dump])[:, 0]
"""s, by pit."""
RATE = _table(lambda p: [p.crusher_rate * 0.75 / p.payload])[:, 0]
"""Loads per second that a crusher takes at a usual content of its hopper, by pit."""
NEAR = TRAVEL[:, 0].argmin(axis=1) + 1
"""The shovel next to each crusher, by pit and crusher."""
NEAR_CRUSHER = TRAVEL[:, 1].argmin(axis=2) + 1
"""The crusher next to each shovel, by pit and shovel."""
