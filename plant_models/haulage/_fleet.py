"""The trucks of a mine: what happens at the end of each leg, queue, load and dump, in the order of time.

A truck has one due event at a time. Events keep their own times, which the steps of the bench only look at: a truck
that arrived 0.3 s ago begins then, if its shovel was free. Stations (shovels, crushers, the fuel bay) serve one truck
at a time, first come first served.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import function
from hil.blocks.random import GAMMA, mixed, normal, uniform
from plant_models.haulage._traction import grade_speed

TRUCKS, SHOVELS, CRUSHERS = 400, 4, 2
FUEL_BAY = SHOVELS + CRUSHERS
STATIONS = FUEL_BAY + 1
RAMPS = 2
EDGES = SHOVELS + RAMPS + CRUSHERS
"""Roads: the branch of each shovel, the ramps, the branch of each crusher; a haul is one of each."""
EMPTY, WAITS_TO_LOAD, LOADING, LOADED, WAITS_TO_DUMP, DUMPING, WAITS_FOR_FUEL, FUELLING, IN_REPAIR, LEAVING = range(10)
NEVER = 1e300


@function
def _normal(p: Any, i: int) -> float:
    p.random[i] = p.random[i] + GAMMA
    return float(normal(p.random[i]))


@function
def _life(p: Any, i: int, mean: float) -> float:
    """A time of exponential distribution; without a mean, for ever."""
    p.random[i] = p.random[i] + GAMMA
    return float(-mean * math.log(1.0 - uniform(p.random[i]))) if mean > 0.0 else NEVER


@function
def usual_speed(p: Any, edge: int, loaded: bool) -> float:
    """Return the speed of a sound truck on a road, m/s; a positive grade rises on the way of the load."""
    grade = p.grade[edge] if loaded else -p.grade[edge]
    mass = (p.empty + (p.payload if loaded else 0.0)) * 1e3
    top = p.limit[edge] if grade > -0.02 else min(p.limit[edge], p.down)
    return float(grade_speed(p.power * 1e3, mass, max(grade, 0.0), p.crr, top))


@function
def road(p: Any, shovel: int, crusher: int, leg: int, loaded: bool) -> int:
    """Return the road of a leg of a haul, 0 to 2, on the way of the load or back."""
    place = leg if loaded else 2 - leg
    if place == 0:
        return shovel
    return int(SHOVELS + p.ramp[shovel]) if place == 1 else SHOVELS + RAMPS + crusher


@function
def way(p: Any, shovel: int, crusher: int, edge: int) -> float:
    """Return the length of a road, m; a crusher that does not stand at the shovel's ramp is farther away."""
    across = edge >= SHOVELS + RAMPS and int(p.ramp[shovel]) != crusher
    return float(p.length[edge] + (p.cross if across else 0.0))


@function
def haul_time(p: Any, shovel: int, crusher: int, loaded: bool) -> float:
    """Return the time of a haul of a sound truck that nobody holds up, s."""
    total = 0.0
    for leg in range(3):
        edge = road(p, shovel, crusher, leg, loaded)
        total += way(p, shovel, crusher, edge) / usual_speed(p, edge, loaded)
    return total


@function
def load_time(p: Any, shovel: int) -> float:
    """Return how long a shovel takes for a truck, spotting included, s."""
    return float(p.spot + math.ceil(p.payload / p.bucket[shovel]) * p.swing)


@function
def _set_out(p: Any, u: Any, i: int, at: float) -> None:
    """Begin a leg: arrive after the road's length, but not before the truck ahead where nobody may pass."""
    loaded = p.phase[i] == LOADED
    edge = road(p, p.shovel[i], p.crusher[i], p.leg[i], loaded)
    v = usual_speed(p, edge, loaded) * max(1.0 + p.spread * _normal(p, i), 0.3) * (1.0 - 0.4 * u.rain)
    side = 1 if loaded else 0
    arrival = at + way(p, p.shovel[i], p.crusher[i], edge) / v
    if p.no_passing[edge] > 0.5:
        arrival = max(arrival, p.last[edge, side] + p.headway)
        p.last[edge, side] = arrival
    p.due[i] = arrival


@function
def _home_of(p: Any, count: Any) -> int:
    """The shovel that lacks most of the trucks it can keep busy; each fits its own crusher best."""
    best, least = 0, NEVER
    for s in range(SHOVELS):
        c = nearest_crusher(p, s)
        cycle = haul_time(p, s, c, True) + haul_time(p, s, c, False) + load_time(p, s) + p.dump
        share = (count[s] + 1.0) * load_time(p, s) / cycle
        if share < least:
            best, least = s, share
    return best


@function
def nearest_crusher(p: Any, shovel: int) -> int:
    """Return the crusher to which the way is shortest in time."""
    best = 0
    for c in range(1, CRUSHERS):
        if haul_time(p, shovel, c, True) < haul_time(p, shovel, best, True):
            best = c
    return best


@function
def begin(p: Any) -> None:
    """Line the trucks up behind the crushers and give each its shovel of the fixed plan."""
    for i in range(TRUCKS + STATIONS):
        p.random[i] = mixed(np.uint64(p.seed) + np.uint64(i) * np.uint64(7919))
    for k in range(SHOVELS):
        p.assigned[k] = 0.0
    for i in range(TRUCKS):
        p.due[i] = NEVER
        p.home[i] = 0
        if i >= p.trucks:
            continue
        p.home[i] = _home_of(p, p.assigned)
        p.assigned[p.home[i]] += 1.0
        p.phase[i], p.shovel[i], p.crusher[i] = LEAVING, p.home[i], nearest_crusher(p, p.home[i])
        p.due[i] = i * p.stagger
        p.random[i] = p.random[i] + GAMMA
        p.tank[i] = p.tank_size * (0.3 + 0.7 * uniform(p.random[i]))
        p.tanks += p.tank[i]
        p.fails_at[i] = _life(p, i, p.truck_mtbf)
    for k in range(STATIONS):
        p.free[k], p.opens[k], p.busy[k], p.served[k] = 0.0, 0.0, 0.0, -1
        p.breaks_at[k] = _life(p, TRUCKS + k, p.shovel_mtbf if k < SHOVELS else 0.0)
    for edge in range(EDGES):
        p.last[edge, 0], p.last[edge, 1] = -NEVER, -NEVER


@function
def _next_shovel(p: Any, u: Any, i: int) -> int:
    """The dispatcher's answer for this crusher; the truck's own shovel where it has none or is not heard."""
    asked = int((u.to_shovel1 if p.crusher[i] == 0 else u.to_shovel2) + 0.5)
    return asked - 1 if u.radio > 0.5 and 1 <= asked <= SHOVELS else int(p.home[i])


@function
def _next_crusher(p: Any, u: Any, i: int) -> int:
    asked = int((u.to_crusher1, u.to_crusher2, u.to_crusher3, u.to_crusher4)[p.shovel[i]] + 0.5)
    return asked - 1 if u.radio > 0.5 and 1 <= asked <= CRUSHERS else nearest_crusher(p, p.shovel[i])


@function
def _wait(p: Any, i: int, phase: int, at: float) -> None:
    p.phase[i], p.since[i], p.due[i] = phase, at, NEVER


@function
def _station(p: Any, i: int) -> int:
    """The station at which a truck waits or is served."""
    if p.phase[i] in (WAITS_TO_LOAD, LOADING):
        return int(p.shovel[i])
    return int(SHOVELS + p.crusher[i]) if p.phase[i] in (WAITS_TO_DUMP, DUMPING) else FUEL_BAY


@function
def _leave(p: Any, u: Any, i: int, at: float) -> bool:
    """Behind the crusher: into the workshop, to the fuel bay, or to the next shovel; return whether it sets out."""
    if p.hours[i] >= p.fails_at[i]:
        p.fails_at[i] = p.hours[i] + _life(p, i, p.truck_mtbf)
        p.sum_breakdowns += 1.0
        p.phase[i], p.due[i] = IN_REPAIR, at + 3600.0 * _life(p, i, p.truck_mttr)
        return False
    if p.tank[i] < p.tank_low * p.tank_size:
        _wait(p, i, WAITS_FOR_FUEL, at)
        return False
    p.sum_left[p.crusher[i]] += 1.0
    p.shovel[i] = _next_shovel(p, u, i)
    p.phase[i], p.leg[i] = EMPTY, 0
    return True


@function
def _served(p: Any, u: Any, i: int) -> bool:
    """The end of a service; return whether the truck is behind its crusher now, and not loaded."""
    k = _station(p, i)
    p.served[k] = -1
    if p.phase[i] == LOADING:
        p.load[i] = p.payload * (1.0 + p.load_spread * _normal(p, i))
        p.loads_by[k] += 1.0
        p.sum_loaded += p.load[i]
        p.crusher[i] = _next_crusher(p, u, i)
        p.phase[i], p.leg[i] = LOADED, 0
        return False
    if p.phase[i] == DUMPING:
        p.sum_dumped[p.crusher[i]] += p.load[i]
        p.load[i] = 0.0
    else:
        p.sum_filled += p.tank_size - p.tank[i]
        p.tank[i] = p.tank_size
    return True


@function
def happen(p: Any, u: Any, i: int) -> None:
    """The due event of a truck; each branch leads to one place, so that compiled code has each once."""
    at, goes = p.due[i], True
    if p.phase[i] == EMPTY or p.phase[i] == LOADED:
        p.leg[i] += 1
        if p.leg[i] > 2:
            goes = False
            _wait(p, i, p.phase[i] + 1, at)  # to be loaded, to dump
    elif p.phase[i] == IN_REPAIR or p.phase[i] == LEAVING or _served(p, u, i):
        goes = _leave(p, u, i, at)
    if goes:
        _set_out(p, u, i, at)


@function
def _service(p: Any, i: int, k: int) -> float:
    if k == FUEL_BAY:
        return float(p.fuelling)
    usual = load_time(p, k) if k < SHOVELS else p.dump
    return float(usual * max(1.0 + p.spread * _normal(p, i), 0.3))


@function
def serve(p: Any, k: int, open_now: bool, now: float) -> bool:
    """Let the first truck that waits at a free and open station begin; return whether one did."""
    if not open_now:
        p.opens[k] = now
        return False
    if p.served[k] >= 0 or p.opens[k] > now:
        return False
    first = -1
    for i in range(p.trucks):
        waits = p.phase[i] in (WAITS_TO_LOAD, WAITS_TO_DUMP, WAITS_FOR_FUEL) and _station(p, i) == k
        if waits and (first < 0 or p.since[i] < p.since[first]):
            first = i
    if first < 0:
        return False
    ready = max(p.free[k], p.opens[k])
    start = max(p.since[first], ready)
    took = _service(p, first, k)
    if k < SHOVELS:
        p.sum_idle += (start - ready) / 3600.0
    p.sum_waited += (start - p.since[first]) / 3600.0
    p.phase[first] += 1  # to be served
    p.due[first] = start + took
    p.free[k], p.served[k] = start + took, first
    p.busy[k] += took / 3600.0
    if p.busy[k] >= p.breaks_at[k]:
        p.breaks_at[k] = p.busy[k] + _life(p, TRUCKS + k, p.shovel_mtbf)
        p.opens[k] = p.free[k] + 3600.0 * _life(p, TRUCKS + k, p.shovel_mttr)
        p.sum_breakdowns += 1.0
    return True
