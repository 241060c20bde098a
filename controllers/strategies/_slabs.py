"""The slabs of a furnace as its predictive controller sees them: where they are, and how they will leave.

Five nodes a slab, the zone's thermocouple as the one radiator, no gas and no convection: an exchange factor stands for
all of it and is corrected by the pyrometer before the door. The properties of steel are the plant's tables; geometry,
grid and radiation are not the plant's.
"""

import math
from typing import Any

from hil.blocks import function
from plant_models.furnaces._steel import DENSITY, enthalpy, heat, mean, temperature

PLACES, ZONES, NODES = 24, 4, 5
PER_ZONE = PLACES // ZONES
_SIGMA = 5.670374419e-8
STEP = 120.0
"""s of prediction."""
STEPS = 240
"""Steps of a forecast; what leaves later is reckoned at its end."""


@function
def warm(p: Any, x: Any, H: Any, thickness: float, zone: float, seconds: float) -> None:
    """One step of a slab under a zone at so many degC."""
    black, last = (zone + 273.15) ** 4, len(H) - 1
    top = x.factor * _SIGMA * (black - (temperature(H[0]) + 273.15) ** 4)
    bottom = p.below * x.factor * _SIGMA * (black - (temperature(H[last]) + 273.15) ** 4)
    heat(H, thickness, top, bottom, seconds, x.T, x.C, x.G, x.work)


@function
def begin(p: Any, x: Any, u: Any) -> None:
    """Of the slabs that lay there before nothing is known: they are taken for the one in the first place."""
    for place in range(PLACES):
        x.thickness[place] = u.new_thickness
        x.target[place] = u.new_target
        T = u.new_temperature + (p.warm - u.new_temperature) * (place + 0.5) / PLACES
        for i in range(NODES):
            x.heat[place, i] = enthalpy(T)


@function
def shift(x: Any, u: Any) -> None:
    """Move the slabs on by one place; the new one is cold or hot as it was charged."""
    for k in range(PLACES - 1):
        place = PLACES - 1 - k
        x.thickness[place] = x.thickness[place - 1]
        x.target[place] = x.target[place - 1]
        for i in range(NODES):
            x.heat[place, i] = x.heat[place - 1, i]
    x.thickness[0] = u.new_thickness
    x.target[0] = u.new_target
    for i in range(NODES):
        x.heat[0, i] = enthalpy(u.new_temperature)


@function
def enters(p: Any, x: Any, u: Any, place: int, to: int) -> float:
    """In how many seconds the slab of a place comes to another one; what the mill has announced is waited for."""
    if to <= place:
        return 0.0
    dwell = u.pace + p.walk
    soon = max(dwell - x.since, 0.0) + (to - place - 1) * dwell
    if u.next_pace > 0.0 and soon > u.pace_in:
        soon = u.pace_in + (soon - u.pace_in) * (u.next_pace + p.walk) / dwell
    return float(soon + u.delay if soon >= u.delay_in else soon)


@function
def leaves(p: Any, x: Any, u: Any, place: int, zone: int, block: int, by: float) -> Any:
    """The mean temperature and the spread with which a slab leaves, were a zone's set-point changed in a block.

    Without a change, what it takes from each zone is counted too.
    """
    for i in range(NODES):
        x.trial[i] = x.heat[place, i]
    left = min(enters(p, x, u, place, PLACES), STEP * STEPS)
    steps = int(max(math.ceil(left / STEP), 1.0))
    seconds, at, until = left / steps, place, enters(p, x, u, place, place + 1)
    for k in range(steps):
        now = (k + 0.5) * seconds
        while now > until and at < PLACES - 1:
            at += 1
            until = enters(p, x, u, place, at + 1)
        here, index = at // PER_ZONE, int(now / STEP)
        T = x.forecast[here, index]
        if here == zone:
            T += by * x.response[block, index]
        elif here == 0 and zone == 1:
            T += p.follow * by * x.response[block, index]
        before = mean(x.trial)
        warm(p, x, x.trial, x.thickness[place], T, seconds)
        if by == 0.0:
            x.taken[here, index] += (mean(x.trial) - before) * x.thickness[place] * DENSITY
            x.stay[here, index] += seconds
    coldest, hottest = math.inf, -math.inf
    for i in range(NODES):
        now = temperature(x.trial[i])
        coldest, hottest = min(coldest, now), max(hottest, now)
    return temperature(mean(x.trial)), hottest - coldest
