"""Random numbers without libm and without a division, so that a seed gives the same ones anywhere.

splitmix64: S. Vigna, public domain, after G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014.
"""

import math
from typing import Any

import numpy as np

from hil.blocks.kernel import function

GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_27, _30, _31, _11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
_16, _32, _48, _LOW = np.uint64(16), np.uint64(32), np.uint64(48), np.uint64(0xFFFF)
_MEAN = 4 * 65535 / 2
_SCALE = 1 / math.sqrt(4 * (65536**2 - 1) / 12)


@function
def mixed(word: Any) -> Any:
    """Return the output function of splitmix64; a generator's state begins as `mixed(seed)` and grows by GAMMA."""
    word = (word ^ (word >> _30)) * _MIX_1
    word = (word ^ (word >> _27)) * _MIX_2
    return word ^ (word >> _31)


@function
def uniform(state: Any) -> float:
    """Return the number of a generator's state that is uniform in 0 <= r < 1."""
    return float(mixed(state) >> _11) * 2.0**-53


@function
def normal(state: Any) -> float:
    """Return that state's number of mean 0 and standard deviation 1: four uniform ones of 16 bit, within +-3.46."""
    word = mixed(state)
    total = (word & _LOW) + ((word >> _16) & _LOW) + ((word >> _32) & _LOW) + (word >> _48)
    return (float(total) - _MEAN) * _SCALE
