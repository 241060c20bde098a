"""Where the ethylenediamine plant can start: running, cold, and with all EO in a unit that nothing cools.

The running state is where the declared equations are steady with NH3 : EO = 5, six tenths of the EO in unit 1, the
feed at 55 degC and the units at 95, 100, 95, 170 and 175 degC; found with scipy, to nine digits.
"""

from hil.blocks import ParameterSet
from hil.signals import Value

FEED_NH3 = 0.45
_NH3, _WATER = FEED_NH3 / 17.031, (1 - FEED_NH3) / 18.015  # kmol/kg
_FULL = 0.0280 * _NH3 + 0.0181 * _WATER  # m^3/kg of aqueous ammonia
_VOLUMES = (1.7, 1.7, 1.7, 6.0, 6.0)  # m^3
_VALVES = ("aq", "eo1", "eo2", "block", "steam", "cool1", "cool2", "cool3", "oil4", "oil5")

# fmt: off
RUNNING: dict[str, Value] = {
    "n": (
        29.8625229, 0.434641208, 37.1800862, 1.556474, 0.405758594, 0.352895233, 0.0, 0.0, 0.0,
        27.0204465, 0.280450122, 35.4242258, 2.18260708, 0.696393288, 0.758587709, 0.0, 0.0, 0.0,
        26.9468989, 0.0323067508, 35.5052992, 2.25140434, 0.727760916, 0.802135684, 0.0, 0.0, 0.0,
        91.2325039, 0.000370491631, 129.237532, 3.75926194, 2.5584162, 2.84710979, 3.18643861, 0.39065573, 0.126801857,
        89.6678932, 1.13992667e-06, 131.59216, 1.50995642, 2.56038238, 2.84944232, 4.66539881, 0.550962307,
        0.354936924,
    ),
    "H": (43326292.8, -185100637.0, -240203360.0, 599854725.0, 669750140.0),
    "Tu": (350.245403, 343.898554, 356.287044, 465.418659, 452.424143),
    "w": (1.64287102, 3.82048319, 0.731557506, 24.4911409, 0.747732856),
    "F": (3.78466667, 0.528636, 0.352424),
    "Th": 328.15,
    "aq": 0.473083333, "eo1": 0.528636, "eo2": 0.352424, "block": 1.0, "steam": 0.493548138,
    "cool1": 0.109524735, "cool2": 0.152819328, "cool3": 0.0487695004, "oil4": 0.544247575, "oil5": 0.0747732856,
}
# fmt: on
_TRACE = 1e-6  # kmol/kg of each other species: returned liquor is never pure
_BOUND = _TRACE * 1225e6  # J/kg that the traces released when they were made, with the declared heats
COLD: dict[str, Value] = {
    "n": tuple(one * V / _FULL for V in _VOLUMES for one in (_NH3, _TRACE, _WATER, *(_TRACE,) * 6)),
    "H": tuple(-_BOUND * V / _FULL for V in _VOLUMES),
    "Tu": (298.15,) * 5,
    "w": (0.0,) * 5,
    "F": (0.0,) * 3,
    "Th": 298.15,
    **dict.fromkeys(_VALVES, 0.0),
}
_FROM_WINTER: dict[str, Value] = {"T_aq": 283.15, "Th": 283.15, "F": (3.784666664, 0.88106, 1e-3)}
SETS = {
    "running": ParameterSet(
        words="the declared values: steady at 95, 100, 95, 170 and 175 degC", source="ours", values={}
    ),
    "cold": ParameterSet(
        words="45 % ammonia in water at 25 degC in all units, all valves shut", source="ours", values=COLD
    ),
    "uncooled": ParameterSet(
        words="cold, then all EO and ammonia at 10 degC in unit 1 without cooling: three steady states",
        source="ours",
        values={**COLD, "aq": 0.473083333, "eo1": 0.88106, "block": 1.0, **_FROM_WINTER},
    ),
}
