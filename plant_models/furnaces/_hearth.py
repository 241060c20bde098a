"""The hearth of a walking-beam furnace: slabs in their places, what is charged next, and what was dropped.

A place holds a slab or nothing. A walk takes `walk_time`; at its end every slab has moved on by one place, the one in
the last place is dropped to the mill, and a new one lies in the first place while there is stock.

The charge comes in campaigns of slabs of one thickness, charging temperature and wanted discharge temperature, drawn
from the seed between the bounds among the parameters; a share of the campaigns is charged hot, from the caster.
"""

from typing import Any

import numpy as np

from hil.blocks import function
from hil.blocks.random import GAMMA, mixed, uniform
from plant_models.furnaces._steel import DENSITY, enthalpy, heat, mean, temperature

PLACES, ZONES, NODES = 24, 4, 9
PER_ZONE = PLACES // ZONES
_SIGMA = 5.670374419e-8  # W/m^2/K^4


@function
def _draw(p: Any, least: float, most: float) -> float:
    p.random += GAMMA
    return float(least + (most - least) * uniform(p.random))


@function
def _next_slab(p: Any) -> None:
    """What will be charged next; a campaign goes on or a new one begins."""
    p.campaign -= 1
    if p.campaign <= 0:
        p.campaign = int(_draw(p, p.campaign_least, p.campaign_most + 1.0))
        p.next_thickness = _draw(p, p.thin, p.thick)
        p.next_target = _draw(p, p.target_least, p.target_most)
        warm = _draw(p, p.hot_least, p.hot_most)
        p.next_temperature = warm if _draw(p, 0.0, 1.0) < p.hot_share else p.cold


@function
def _lay(p: Any, place: int, first: float, last: float) -> None:
    """Lay the next slab into a place, warmed from `first` degC at the top to `last` at the bottom."""
    p.thickness[place] = p.next_thickness
    p.target[place] = p.next_target
    p.age[place] = 0.0
    p.charged_at[place] = p.next_temperature
    for i in range(NODES):
        p.heat[place, i] = enthalpy(first + (last - first) * i / (NODES - 1))
    _next_slab(p)


@function
def mass(p: Any, place: int) -> float:
    """Of the slab in a place, kg; 0 where there is none."""
    return float(DENSITY * p.thickness[place] * p.width * p.length)


@function
def content(p: Any) -> float:
    """The heat in all slabs, J."""
    total = 0.0
    for place in range(PLACES):
        if p.thickness[place] > 0.0:
            total += mass(p, place) * mean(p.heat[place])
    return total


@function
def fill(p: Any) -> None:
    """The furnace at the start: a straight line of temperature from charge to discharge."""
    p.random = mixed(np.uint64(p.seed))
    _next_slab(p)
    for k in range(PLACES):
        place = PLACES - 1 - k
        T = p.next_temperature + (p.warm - p.next_temperature) * (place + 0.5) / PLACES
        _lay(p, place, T, T)


@function
def _drop(p: Any) -> None:
    """The slab in the last place goes to the mill, and what the mill asks about it is kept."""
    last = PLACES - 1
    if p.thickness[last] == 0.0:
        return
    H = mean(p.heat[last])
    p.count += 1
    p.out_mass += mass(p, last)
    p.gone += mass(p, last) * H
    p.out_mean = temperature(H)
    p.out_target = p.target[last]
    p.out_spread = p.spread[last]
    p.out_age = p.age[last]
    p.out_gain += mass(p, last) * (H - enthalpy(p.charged_at[last]))


@function
def _shift(p: Any, stock: float) -> None:
    _drop(p)
    for k in range(PLACES - 1):
        place = PLACES - 1 - k
        p.thickness[place] = p.thickness[place - 1]
        p.target[place] = p.target[place - 1]
        p.age[place] = p.age[place - 1]
        p.spread[place] = p.spread[place - 1]
        p.charged_at[place] = p.charged_at[place - 1]
        for i in range(NODES):
            p.heat[place, i] = p.heat[place - 1, i]
    p.thickness[0] = 0.0
    p.spread[0] = 0.0
    if stock >= 0.5:
        p.gone -= DENSITY * p.next_thickness * p.width * p.length * enthalpy(p.next_temperature)
        p.latest_thickness = p.next_thickness
        p.latest_temperature = p.next_temperature
        p.latest_target = p.next_target
        _lay(p, 0, p.next_temperature, p.next_temperature)
        p.charged += 1
    else:
        p.latest_thickness = 0.0
    p.walks += 1


@function
def walk(p: Any, u: Any, seconds: float) -> None:
    """The beams: a cycle begins on demand, takes its time, and stands still while they are jammed."""
    if p.walking:
        if u.jam < 0.5:
            p.lift += seconds
        if p.lift >= p.walk_time:
            p.walking = False
            _shift(p, u.stock)
    elif u.walk >= 0.5:
        p.walking = True
        p.lift = 0.0


@function
def warm_up(p: Any, x: Any, seconds: float) -> None:
    """Give every slab what came in since the last step, as the states have integrated it, and let it conduct."""
    for place in range(PLACES):
        if p.thickness[place] > 0.0:
            zone = place // PER_ZONE
            shone = (x.shone[zone] - p.shone_before[zone]) / seconds
            top, bottom = shone - p.top[place], p.below * (shone - p.bottom[place])
            p.spread[place] = heat(p.heat[place], p.thickness[place], top, bottom, seconds, p.T, p.C, p.G, p.work)
            p.age[place] += seconds


@function
def look(p: Any, x: Any) -> None:
    """What the slabs give back to gas and walls in the step that begins: constant within it."""
    for zone in range(ZONES):
        p.shone_before[zone] = x.shone[zone]
        p.area[zone] = 0.0
        p.to_gas[zone] = 0.0
        p.to_wall[zone] = 0.0
    for place in range(PLACES):
        if p.thickness[place] > 0.0:
            zone, face = place // PER_ZONE, p.width * p.length
            for side in range(2):
                share = p.below if side else 1.0
                T = temperature(p.heat[place, (NODES - 1) * side]) + 273.15
                black, touch = _SIGMA * T * T * T * T, p.h_gas * T
                gas, wall = p.e_gas * black + touch, p.e_wall * black
                p.area[zone] += face * share
                p.to_gas[zone] += face * share * gas
                p.to_wall[zone] += face * share * wall
                if side:
                    p.bottom[place] = gas + wall
                else:
                    p.top[place] = gas + wall
