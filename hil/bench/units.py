"""Units are compared here, when a rig is opened, and nowhere else; pint is imported only when two texts differ."""

from functools import cache
from typing import Any

from hil.blocks.native import cache_folder

_OURS = ("lbmol = 453.59237 * mole", "USD = [currency]")
"""What pint does not know: the pound-mole of American process models, and money."""


@cache
def registry() -> Any:
    """Return pint's registry with our own units; pint is imported when it is first asked for."""
    import pint

    try:
        found: Any = pint.UnitRegistry(cache_folder=str(cache_folder() / "units"))
    except OSError:  # a cache that cannot be written costs time and nothing else
        found = pint.UnitRegistry()
    for one in _OURS:
        found.define(one)
    return found


def difference(source: str, target: str) -> str | None:
    """Return None when two units are the same, else what differs and how to cure it."""
    if source == target:
        return None
    import pint

    try:
        one, other = registry().Unit(source), registry().Unit(target)
        if one.dimensionality != other.dimensionality:
            return "units differ, add a converter between them (scale, offset and unit on the wire)"
        zero, span = (registry().Quantity(value, one).to(other).magnitude for value in (0.0, 1.0))
    except (pint.PintError, ValueError, TypeError, AttributeError) as error:
        return f"cannot compare their units: {error}"
    scale, offset = span - zero, zero
    if abs(scale - 1.0) < 1e-12 and abs(offset) < 1e-12:
        return None
    shift = f", offset = {offset:.10g}" if abs(offset) > 1e-12 else ""
    return f'units differ, put scale = {scale:.10g}{shift}, unit = "{target}" on the wire'
