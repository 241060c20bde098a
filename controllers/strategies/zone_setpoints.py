"""Predictive set-points of a reheating furnace's zones, from a slab-temperature model.

The block follows every slab by the tracking data (walks, thickness, charging and wanted temperature) with a model of
its own: five nodes, the zone's thermocouple as the one radiator, steps of a minute. Every minute it finds for each
slab by how much the remaining zones must differ from their nominal temperatures so that the slab has its wanted mean
temperature at the door, at the present pace. A zone takes the largest need of the slabs in it and just before it.

The exchange factor is corrected by the pyrometer before the door while that is near what the model says.

Idea: A. Steinboeck, D. Wild, A. Kugi, "Nonlinear model predictive control of a continuous slab reheating furnace",
Control Engineering Practice 21 (2013) 495-508; this is a simpler, one-parameter form of our own with a bounded number
of steps. The properties of steel are the plant's tables; geometry, grid and radiation are not the plant's.
"""

from typing import Any

from hil.blocks import Block, function
from hil.signals import record, signal
from plant_models.furnaces._steel import enthalpy, heat, mean, temperature

PLACES, PER_ZONE, NODES = 24, 6, 5
_SIGMA = 5.670374419e-8
_STEP = 60.0  # s of prediction
_MOST = 400  # steps of a prediction
_TRIES = 3

PARAMETERS = record(
    "Parameters",
    nominal1=signal("degC", "zone 1, which has no burners, at the nominal others", 200, 1400, 850.0),
    nominal2=signal("degC", "zone 2", 200, 1400, 1030.0),
    nominal3=signal("degC", "zone 3", 200, 1400, 1262.0),
    nominal4=signal("degC", "zone 4", 200, 1400, 1225.0),
    late=signal("delta_degC/m", "zone 2 cooler for a slab thinner than 0.25 m", 0, 5000, 1500.0),
    ahead=signal("1", "places before a zone whose slabs count in it", 0, 6, 1.0),
    most=signal("delta_degC", "largest difference from the nominal temperatures", 0, 500, 120.0),
    least=signal("delta_degC", "smallest", -900, 0, -250.0),
    margin=signal("delta_degC", "over the wanted temperature that is aimed at", -100, 100, 0.0),
    below=signal("1", "share of the upper face's exchange that the lower one has", 0.1, 1, 0.85),
    learn=signal("1/K", "correction of the exchange factor a minute and kelvin", 0, 1e-3, 2e-5),
    warm=signal("degC", "slabs at the discharge end at the start", 20, 1300, 900.0),
)
STATE = record(
    "State",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    seen=signal("1", "walks seen", 0),
    factor=signal("1", "exchange factor", 0.3, 0.9, 0.58),
    thickness=signal("m", "slab in each place, 0 for none", shape=(PLACES,)),
    target=signal("degC", "wanted", shape=(PLACES,)),
    heat=signal("J/kg", "heat content of the nodes", shape=(PLACES, NODES)),
    need=signal("delta_degC", "what each slab asks for", shape=(PLACES,)),
    trial=signal("J/kg", "work space", shape=(NODES,)),
    T=signal("degC", "work space", shape=(NODES,)),
    C=signal("J/m^2/K", "work space", shape=(NODES,)),
    G=signal("W/m^2/K", "work space", shape=(NODES,)),
    work=signal("1", "work space", shape=(2, NODES)),
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
    door_skin=signal("degC", "pyrometer before the door", initial=0.0),
    pace=signal("s", "between two walks", 30, 1e5, 420.0),
    delay=signal("s", "expected before the next walk, beyond the pace", 0, 1e5, 0.0),
)
OUTPUTS = record(
    "Outputs",
    SP2=signal("degC", "set-point of zone 2", 0, 1500),
    SP3=signal("degC", "set-point of zone 3", 0, 1500),
    SP4=signal("degC", "set-point of zone 4", 0, 1500),
    door_mean=signal("degC", "mean temperature of the slab before the door, by the model", 0, 1500),
    e=signal("1", "exchange factor in use", 0, 1),
)


@function
def _warm(p: Any, x: Any, H: Any, thickness: float, zone: float, seconds: float) -> None:
    """One step of a slab under a zone at so many degC."""
    black, last = (zone + 273.15) ** 4, len(H) - 1
    top = x.factor * _SIGMA * (black - (temperature(H[0]) + 273.15) ** 4)
    bottom = p.below * x.factor * _SIGMA * (black - (temperature(H[last]) + 273.15) ** 4)
    heat(H, thickness, top, bottom, seconds, x.T, x.C, x.G, x.work)


@function
def _cooler(p: Any, x: Any, place: int) -> float:
    """How much cooler zone 2 may be for a slab: a thin one evens out soon enough behind it."""
    return float(p.late * (0.25 - x.thickness[place]))


@function
def _at_door(p: Any, x: Any, u: Any, place: int, change: float) -> float:
    """The mean temperature at the door of the slab in a place, were all zones at nominal + change."""
    nominal = (p.nominal1, p.nominal2, p.nominal3, p.nominal4)
    for i in range(NODES):
        x.trial[i] = x.heat[place, i]
    left = (PLACES - place) * u.pace + u.delay
    steps = int(min(max(left / _STEP, 1.0), _MOST))
    seconds = left / steps
    for k in range(steps):
        later = max(k * seconds - u.delay, 0.0)
        zone = min((place + int(later / u.pace)) // PER_ZONE, 3)
        share = 0.5 if zone == 0 else 1.0  # zone 1 follows the others by half
        cooler = _cooler(p, x, place) if zone == 1 else 0.0
        _warm(p, x, x.trial, x.thickness[place], nominal[zone] + share * change - cooler, seconds)
    return float(temperature(mean(x.trial)))


@function
def _needed(p: Any, x: Any, u: Any, place: int) -> float:
    """By how much the zones must differ from nominal: a few secant steps from what the slab needed before."""
    wanted = x.target[place] + p.margin
    change = x.need[place]
    error = _at_door(p, x, u, place, change) - wanted
    gain = 0.5  # K at the door a K of the zones, to begin with
    for _ in range(_TRIES):
        if abs(error) < 0.5:
            break
        moved = min(max(change - error / gain, p.least), p.most)
        if moved == change:
            break
        found = _at_door(p, x, u, place, moved) - wanted
        gain = min(max((found - error) / (moved - change), 0.02), 2.0)
        change, error = moved, found
    return float(change)


@function
def _track(p: Any, x: Any, u: Any) -> None:
    """Move the slabs on by one place; the new one is cold or hot as it was charged."""
    for k in range(PLACES - 1):
        place = PLACES - 1 - k
        x.thickness[place] = x.thickness[place - 1]
        x.target[place] = x.target[place - 1]
        x.need[place] = x.need[place - 1]
        for i in range(NODES):
            x.heat[place, i] = x.heat[place - 1, i]
    x.thickness[0] = u.new_thickness
    x.target[0] = u.new_target
    for i in range(NODES):
        x.heat[0, i] = enthalpy(u.new_temperature)


@function
def _begin(p: Any, x: Any, u: Any) -> None:
    """Of the slabs that lay there before nothing is known: they are taken for the one in the first place."""
    x.started = True
    x.seen = u.moved
    for place in range(PLACES):
        x.thickness[place] = u.new_thickness
        x.target[place] = u.new_target
        T = u.new_temperature + (p.warm - u.new_temperature) * (place + 0.5) / PLACES
        for i in range(NODES):
            x.heat[place, i] = enthalpy(T)


@function
def _zone_need(p: Any, x: Any, first: int) -> float:
    """The largest need of the slabs in a zone, and of those that will soon come in: the zone takes time to follow."""
    found = p.least
    ahead = int(p.ahead)
    for k in range(PER_ZONE + ahead):
        place = first - ahead + k
        if x.thickness[place] > 0.0:
            found = max(found, x.need[place] - (_cooler(p, x, place) if first < 2 * PER_ZONE else 0.0))
    return float(found)


def step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Follow the slabs, correct the model, and choose."""
    if not x.started:
        _begin(p, x, u)
    elif u.moved > x.seen:
        x.seen = u.moved
        _track(p, x, u)
    zones = (u.TT1, u.TT2, u.TT3, u.TT4)
    for place in range(PLACES):
        if x.thickness[place] > 0.0:
            _warm(p, x, x.heat[place], x.thickness[place], zones[place // PER_ZONE], h * 1e-9)
            x.need[place] = _needed(p, x, u, place)
    last = PLACES - 1
    away = u.door_skin - temperature(x.heat[last, 0])
    if u.door_skin > 700.0 and abs(away) < 80.0:
        x.factor = min(max(x.factor + p.learn * away, 0.4), 0.8)
    y.SP2 = p.nominal2 + _zone_need(p, x, PER_ZONE)
    y.SP3 = p.nominal3 + _zone_need(p, x, 2 * PER_ZONE)
    y.SP4 = p.nominal4 + _zone_need(p, x, 3 * PER_ZONE)
    y.door_mean = temperature(mean(x.heat[last]))
    y.e = x.factor


BLOCK = Block(
    name="zone_setpoints",
    words="set-points of a reheating furnace's zones, predicted from a slab-temperature model",
    step=step,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
)
