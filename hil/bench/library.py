"""The blocks that a rig file can name."""

from hil.blocks import Block
from hil.blocks.actuators import MIXING, VALVE
from hil.blocks.sensors import sensor
from hil.errors import InputError, near

_FIXED = {block.name: block for block in (VALVE, MIXING)}
_IN_A_UNIT = {"sensor": sensor}


def find_block(name: str, unit: str | None) -> Block:
    """Return the block of a name; a transmitter is made for a unit.

    Raises:
        InputError: no such block, or a unit is missing or too many.
    """
    if name in _FIXED:
        if unit is not None:
            raise InputError(f"block model {name!r} has units of its own; leave unit out")
        return _FIXED[name]
    if name not in _IN_A_UNIT:
        raise InputError(f"no block model {name!r}{near(name, [*_FIXED, *_IN_A_UNIT])}")
    if unit is None:
        raise InputError(f'block model {name!r} needs a unit, as unit = "K"')
    return _IN_A_UNIT[name](unit)
