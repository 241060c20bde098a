"""Model-predictive set-points of a reheating furnace's zones.

The block follows every slab by the tracking data with a model of its own (`_slabs.py`). Every five minutes it predicts,
at the pace and with the stops that the mill has announced, how each slab will leave, and how that changes with the
set-point of each fired zone in each of eight blocks of the next hours. The quadratic programme

    min  sum cost_z u_zb len_b + even/2 sum (u_zb - u_z,b-1)^2
    mean temperature at the door    >= wanted + margin    of each slab, soft
    hottest less coldest node       <= spread             of each slab, soft
    least_z <= u_zb <= most_z       no faster up and down than a zone can follow

is solved around the plan of five minutes ago, in a fixed number of steps (`_qp.py`); the first block is the set-point.
The costs are what step tests of the furnace say (`controllers/design/furnace_study.py`): heat is cheapest near the
door, for the gas passes the whole charge on its way to the flue; how even a slab must be says how late it may come.

A zone follows its set-point with a lag; where it cannot, for lack of fuel, the difference is learned. The exchange
factor is corrected by the pyrometer before the door while that is near what the model says. A thermocouple that is far
from what the set-point makes likely is not believed.

Idea: A. Steinboeck, D. Wild, A. Kugi, "Nonlinear model predictive control of a continuous slab reheating furnace",
Control Engineering Practice 21 (2013) 495-508, which solves the nonlinear problem; this one linearises it once a plan.
"""

from typing import Any

import numpy as np

from controllers.strategies._qp import minimise
from controllers.strategies._slabs import (
    NODES,
    PER_ZONE,
    PLACES,
    STEP,
    STEPS,
    ZONES,
    begin,
    enters,
    leaves,
    shift,
    warm,
)
from hil.blocks import Block, function
from hil.signals import record, signal
from plant_models.furnaces._steel import mean, temperature

FIRED, BLOCKS = ZONES - 1, 8
EDGES = 60.0 * np.array([0, 10, 20, 35, 55, 80, 110, 150, 480])
"""s from now at which the blocks begin, and the last one ends."""
_UNKNOWNS = FIRED * BLOCKS
_ROWS = 2 * PLACES + 5 * _UNKNOWNS
_TRY = 10.0  # K
_HARD = 1e30

PARAMETERS = record(
    "Parameters",
    cost=signal("1/K", "what a kelvin of zones 2, 3, 4 costs a minute", 0, 100, (0.7, 0.6, 1.0), shape=(FIRED,)),
    least=signal("degC", "lowest set-points of zones 2, 3, 4", 0, 1400, (800.0, 950.0, 1050.0), shape=(FIRED,)),
    most=signal("degC", "highest", 0, 1400, (1250.0, 1350.0, 1360.0), shape=(FIRED,)),
    rise=signal("K/s", "fastest rise of a zone that is planned with", 1e-3, 1, 0.02),
    fall=signal("K/s", "fastest fall", 1e-3, 1, 0.05),
    reach=signal("delta_degC", "how far from its thermocouple a zone's set-point may be now", 1, 500, 40.0),
    even=signal("1/K^2", "weight of changes from block to block", 0, 100, 0.02),
    margin=signal("delta_degC", "over the wanted temperature that is aimed at", -100, 100, 3.0),
    spread=signal("delta_degC", "hottest less coldest node that is aimed at", 1, 500, 45.0),
    price=signal("1", "of a kelvin too cold, and of a kelvin too uneven", 0, 1e6, 1000.0),
    fuel_max=signal("kg/s", "fuel that zones 2, 3, 4 can have", 0, 100, (4.0, 4.0, 2.4), shape=(FIRED,)),
    fuel_heat=signal("J/kg", "what a kg of fuel gives to a zone, less what its gas takes away", 1e5, 1e8, 4.5e6),
    fuel_rise=signal("kg/s/K", "fuel that a kelvin of a zone takes", 1e-4, 1, 0.008),
    face=signal("m^2", "face of a slab", 0.1, 100, 1.25 * 8.5),
    every=signal("s", "between two plans", 60, 3600, 300.0),
    lag=signal("s", "time constant of a zone behind its set-point", 1, 7200, 600.0),
    follow=signal("1", "how much of a change of zone 2 comes to zone 1, which has no burners", 0, 1, 0.6),
    doubt=signal("delta_degC", "difference from which a thermocouple is not believed", 10, 1000, 150.0),
    below=signal("1", "share of the upper face's exchange that the lower one has", 0.1, 1, 0.85),
    learn=signal("1/K", "correction of the exchange factor a minute and kelvin", 0, 1e-3, 2e-5),
    walk=signal("s", "time of one walk", 0, 600, 45.0),
    warm=signal("degC", "slabs at the discharge end at the start", 20, 1300, 900.0),
)
STATE = record(
    "State",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    seen=signal("1", "walks seen", 0),
    since=signal("s", "since the last walk", 0),
    due=signal("s", "until the next plan"),
    factor=signal("1", "exchange factor", 0.3, 0.9, 0.58),
    thickness=signal("m", "slab in each place, 0 for none", shape=(PLACES,)),
    target=signal("degC", "wanted", shape=(PLACES,)),
    heat=signal("J/kg", "heat content of the nodes", shape=(PLACES, NODES)),
    zone=signal("degC", "zones 2 to 4 as the set-points make them", shape=(FIRED,)),
    bias=signal("delta_degC", "what the thermocouples show less than that", shape=(FIRED,)),
    plan=signal("degC", "set-points of zones 2 to 4, block by block", shape=(FIRED, BLOCKS)),
    forecast=signal("degC", "the zones to come", shape=(ZONES, STEPS)),
    response=signal("1", "of a zone to a kelvin in a block", shape=(BLOCKS, STEPS)),
    taken=signal("J/m^2", "what slabs take from each zone in each step of the forecast", shape=(ZONES, STEPS)),
    stay=signal("s", "how long slabs are in it then, added up", shape=(ZONES, STEPS)),
    flow=signal("kg/s", "fuel of zones 2 to 4, smoothed", shape=(FIRED,)),
    trial=signal("J/kg", "work space", shape=(NODES,)),
    T=signal("degC", "work space", shape=(NODES,)),
    C=signal("J/m^2/K", "work space", shape=(NODES,)),
    G=signal("W/m^2/K", "work space", shape=(NODES,)),
    work=signal("1", "work space", shape=(2, NODES)),
    P=signal("1", "the programme", shape=(_UNKNOWNS, _UNKNOWNS)),
    q=signal("1", "the programme", shape=(_UNKNOWNS,)),
    A=signal("1", "the programme", shape=(_ROWS, _UNKNOWNS)),
    low=signal("1", "the programme", shape=(_ROWS,)),
    worth=signal("1", "the programme", shape=(_ROWS,)),
    L=signal("1", "work space of the programme", shape=(_UNKNOWNS, _UNKNOWNS)),
    x=signal("1", "its solution", shape=(_UNKNOWNS,)),
    y=signal("1", "work space of the programme", shape=(_ROWS,)),
    z=signal("1", "work space of the programme", shape=(_ROWS,)),
)
INPUTS = record(
    "Inputs",
    moved=signal("1", "walks done", 0),
    new_thickness=signal("m", "slab charged last, 0 for none", 0, 1),
    new_temperature=signal("degC", "its temperature", 0, 1300),
    new_target=signal("degC", "what it should have at the door", 0, 1400),
    TT1=signal("degC", "thermocouple of zone 1", initial=850.0),
    TT2=signal("degC", "thermocouple of zone 2", initial=1000.0),
    TT3=signal("degC", "thermocouple of zone 3", initial=1000.0),
    TT4=signal("degC", "thermocouple of zone 4", initial=1000.0),
    W2=signal("degC", "set-point of zone 2 in use", initial=1000.0),
    W3=signal("degC", "set-point of zone 3 in use", initial=1000.0),
    W4=signal("degC", "set-point of zone 4 in use", initial=1000.0),
    F2=signal("kg/s", "fuel of zone 2", 0, 100),
    F3=signal("kg/s", "fuel of zone 3", 0, 100),
    F4=signal("kg/s", "fuel of zone 4", 0, 100),
    door_skin=signal("degC", "pyrometer before the door", initial=0.0),
    pace=signal("s", "between two walks", 30, 1e5, 420.0),
    next_pace=signal("s", "pace that is announced, 0 for none", 0, 1e5),
    pace_in=signal("s", "until it comes", 0, 1e6),
    delay_in=signal("s", "until the mill stops", 0, 1e6, 0.0),
    delay=signal("s", "how long it will stand, or stand yet", 0, 1e5, 0.0),
)
OUTPUTS = record(
    "Outputs",
    SP2=signal("degC", "set-point of zone 2", 0, 1500, 1000.0),
    SP3=signal("degC", "set-point of zone 3", 0, 1500, 1200.0),
    SP4=signal("degC", "set-point of zone 4", 0, 1500, 1200.0),
    door_mean=signal("degC", "mean temperature of the slab before the door, by the model", 0, 1500),
    e=signal("1", "exchange factor in use", 0, 1),
    plans=signal("1", "plans made", 0),
)


@function
def _foresee(p: Any, x: Any, first: float) -> None:
    """The zones along the plan, and their responses to a kelvin in a block."""
    share = 1.0 - np.exp(-STEP / p.lag)
    for b in range(BLOCKS):
        reached = 0.0
        for k in range(STEPS):
            x.response[b, k] = reached
            wanted = 1.0 if EDGES[b] <= k * STEP < EDGES[b + 1] else 0.0
            reached += share * (wanted - reached)
    for z in range(FIRED):
        zone, b = x.zone[z], 0
        for k in range(STEPS):
            x.forecast[z + 1, k] = zone - x.bias[z]
            while b < BLOCKS - 1 and k * STEP >= EDGES[b + 1]:
                b += 1
            zone += share * (x.plan[z, b] - zone)
    for k in range(STEPS):
        x.forecast[0, k] = first + p.follow * (x.forecast[1, k] - x.forecast[1, 0])


@function
def _row(x: Any, row: int, i: int, value: float, j: int, other: float, low: float) -> None:
    """A hard row of one or two unknowns."""
    x.A[row, i] += value
    x.A[row, j] += other
    x.low[row], x.worth[row] = low, _HARD


@function
def _frame(p: Any, x: Any) -> None:
    """Costs, smoothness, bounds and rates: all but the slabs."""
    x.P[:, :] = 0.0
    x.A[:, :] = 0.0
    row = 2 * PLACES
    for z in range(FIRED):
        for b in range(BLOCKS):
            i, before = z * BLOCKS + b, z * BLOCKS + max(b - 1, 0)
            x.q[i] = p.cost[z] * (min(EDGES[b + 1], EDGES[BLOCKS - 1] + 1800.0) - EDGES[b]) / 60.0
            _row(x, row, i, 1.0, i, 0.0, p.least[z] - x.plan[z, b])
            _row(x, row + 1, i, -1.0, i, 0.0, x.plan[z, b] - p.most[z])
            step, seconds = x.plan[z, b] - x.plan[z, max(b - 1, 0)], EDGES[b] - EDGES[max(b - 1, 0)]
            if b > 0:
                _row(x, row + 2, i, 1.0, before, -1.0, -p.fall * seconds - step)
                _row(x, row + 3, i, -1.0, before, 1.0, step - p.rise * seconds)
            else:
                shown = x.zone[z] - x.bias[z]
                _row(x, row + 2, i, 1.0, i, 0.0, shown - p.reach - x.plan[z, b])
                _row(x, row + 3, i, -1.0, i, 0.0, x.plan[z, b] - shown - p.reach)
            row += 4
            x.P[i, i] += 1e-3
            if b > 0:
                x.P[i, i] += p.even
                x.P[before, before] += p.even
                x.P[i, before] -= p.even
                x.q[i] += p.even * step
                x.q[before] -= p.even * step


@function
def _matters(p: Any, x: Any, u: Any, place: int, z: int, b: int) -> bool:
    """Whether a zone's set-point in a block can be felt by a slab before it leaves that zone."""
    first = 0 if z == 0 else (z + 1) * PER_ZONE
    last = (z + 2) * PER_ZONE
    if place >= last or EDGES[b] >= enters(p, x, u, place, last):
        return False
    return bool(EDGES[b + 1] + 3.0 * p.lag > enters(p, x, u, place, first))


@function
def _demand(p: Any, x: Any, u: Any, place: int) -> None:
    """The two rows of a slab, linear around the plan."""
    x.low[place], x.low[PLACES + place] = -_HARD, -_HARD
    x.worth[place], x.worth[PLACES + place] = p.price, p.price
    if x.thickness[place] == 0.0:
        return
    now, spread = leaves(p, x, u, place, 0, 0, 0.0)
    x.low[place] = x.target[place] + p.margin - now
    x.low[PLACES + place] = spread - p.spread
    for z in range(FIRED):
        for b in range(BLOCKS):
            if _matters(p, x, u, place, z, b):
                then, uneven = leaves(p, x, u, place, z + 1, b, _TRY)
                x.A[place, z * BLOCKS + b] = (then - now) / _TRY
                x.A[PLACES + place, z * BLOCKS + b] = (spread - uneven) / _TRY


@function
def _load(p: Any, x: Any, zone: int, b: int) -> float:
    """What a full zone gives to its slabs in a block of the plan, W."""
    heat, stay = 0.0, 1e-9
    for k in range(int(EDGES[b] / STEP), int(EDGES[b + 1] / STEP)):
        heat, stay = heat + x.taken[zone, k], stay + x.stay[zone, k]
    return float(heat / stay * p.face * PER_ZONE)


@function
def _burners(p: Any, x: Any) -> None:
    """The rows of the fuel: what flows now, what the slabs will take more, and what the rise takes; in K."""
    row = 2 * PLACES + 4 * _UNKNOWNS
    for z in range(FIRED):
        now, shown = _load(p, x, z + 1, 0), x.zone[z] - x.bias[z]
        for b in range(BLOCKS):
            later = _load(p, x, z + 1, b)
            more = (later - now) / p.fuel_heat if later > 0.0 and now > 0.0 else 0.0
            room = (p.fuel_max[z] - x.flow[z] - more) / p.fuel_rise
            x.A[row, z * BLOCKS + b] = -1.0
            x.low[row], x.worth[row] = x.plan[z, b] - shown - room, 0.3 * p.price
            row += 1


@function
def _plan(p: Any, x: Any, u: Any) -> bool:
    """Move the plan by the solution; where there is none it stays as it is."""
    for z in range(FIRED):
        for b in range(BLOCKS - 1):
            share = p.every / (EDGES[b + 1] - EDGES[b])
            x.plan[z, b] += share * (x.plan[z, b + 1] - x.plan[z, b])
    _foresee(p, x, u.TT1)
    _frame(p, x)
    x.taken[:, :], x.stay[:, :] = 0.0, 0.0
    for place in range(PLACES):
        _demand(p, x, u, place)
    _burners(p, x)
    if not minimise(x.P, x.q, x.A, x.low, x.worth, _ROWS, 300, 1.0, x):
        return False
    for z in range(FIRED):
        for b in range(BLOCKS):
            x.plan[z, b] = min(max(x.plan[z, b] + x.x[z * BLOCKS + b], p.least[z]), p.most[z])
    return True


@function
def _follow(p: Any, x: Any, u: Any, seconds: float) -> Any:
    """The zones as the model has them and as they show; returns the temperatures that are believed."""
    shown, used, fuel = (u.TT2, u.TT3, u.TT4), (u.W2, u.W3, u.W4), (u.F2, u.F3, u.F4)
    for z in range(FIRED):
        x.flow[z] += 0.2 * (fuel[z] - x.flow[z])
        x.zone[z] += (1.0 - np.exp(-seconds / p.lag)) * (used[z] - x.zone[z])
        away = x.zone[z] - shown[z]
        if abs(away) < p.doubt:
            x.bias[z] = away
    return u.TT1, x.zone[0] - x.bias[0], x.zone[1] - x.bias[1], x.zone[2] - x.bias[2]


@function
def _learn(p: Any, x: Any, u: Any) -> None:
    """Correct the exchange factor by the slab before the door."""
    away = u.door_skin - temperature(x.heat[PLACES - 1, 0])
    if u.door_skin > 700.0 and abs(away) < 80.0:
        x.factor = min(max(x.factor + p.learn * away, 0.4), 0.8)


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Follow the slabs, correct the model, and plan."""
    seconds = h * 1e-9
    if not x.started:
        x.started, x.seen = True, u.moved
        begin(p, x, u)
        x.zone[0], x.zone[1], x.zone[2] = u.TT2, u.TT3, u.TT4
        for b in range(BLOCKS):
            x.plan[0, b], x.plan[1, b], x.plan[2, b] = 1000.0, 1250.0, 1280.0
    elif u.moved > x.seen:
        x.seen, x.since = u.moved, 0.0
        shift(x, u)
    else:
        x.since += seconds
    zones = _follow(p, x, u, seconds)
    for place in range(PLACES):
        if x.thickness[place] > 0.0:
            warm(p, x, x.heat[place], x.thickness[place], zones[place // PER_ZONE], seconds)
    _learn(p, x, u)
    x.due -= seconds
    if x.due <= 0.0:
        x.due = p.every
        y.plans += _plan(p, x, u)
    y.SP2, y.SP3, y.SP4 = x.plan[0, 0], x.plan[1, 0], x.plan[2, 0]
    y.door_mean = temperature(mean(x.heat[PLACES - 1]))
    y.e = x.factor


BLOCK = Block(
    name="zone_setpoints",
    words="model-predictive set-points of a reheating furnace's zones",
    step=step,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
)
