"""The Tennessee Eastman process: a reactor, a condenser, a separator, a stripper and a recycle compressor.

    A + C + D -> G        A + C + E -> H        A + E -> F        3 D -> 2 F

Gases A, B, C, D, E come in, the liquid products G and H leave; B is inert and F a by-product, both leave with the
purge. Four vessels hold the eight components and an energy each (`_te_units.py`), two cooling circuits a temperature,
and twelve valves follow their commands with a first-order lag.

Sources: J. J. Downs, E. F. Vogel, "A plant-wide industrial process control problem", Computers and Chemical
Engineering 17 (1993) 245-255; equations and constants as in the authors' program teprob.f, in its units (lbmol, h,
ft^3, mmHg, degC, 1e6 Btu). Optimal modes: N. L. Ricker, "Optimal steady-state operation of the Tennessee Eastman
challenge process", Computers and Chemical Engineering 19 (1995) 949-959.

With `published` the plant draws its random numbers as teprob.f does and takes its constants as the compiler of the
published runs did: a literal beside a double-precision value is double, but a quotient of two literals is single. So
1 s is DELTAT = 1/3600 and the activation energies are 40000/1.987 K and so on, in single precision. Steps have to be
1 s with the method of Euler; then the published data sets come out to every printed digit. Otherwise numbers come from
the bench's generator and hours are hours. Either way they are drawn once for each step.

Left out, as in the source: the dynamics of transmitters and of the compressor, pressure drops in the liquid lines,
heat losses, and what happens behind a shut-down limit, where the run ends. Pressures, flows and properties outside
the region around the published modes are extrapolated.
"""

from typing import Any

import numpy as np

from hil.blocks import Plant, function
from hil.signals import record, signal
from plant_models.reactors._te_modes import BASE, MODES
from plant_models.reactors._te_properties import liquid_enthalpy, molar_mass, molar_volume, vapour_enthalpy
from plant_models.reactors._te_random import WALKS, analyse, noise, start, walk_on, walked
from plant_models.reactors._te_units import (
    FULL_FLOW,
    V_STRIPPER,
    compressor_work,
    condenser,
    feed_flows,
    gas_flows,
    header,
    mass,
    overhead,
    reactions,
    reactor,
    reactor_cooling,
    reboiler,
    separator,
    stripper,
)

PUBLISHED_STEP = 0.00027777778450399637
"""Hours in a second of the published runs: 1/3600 in single precision."""

PARAMETERS = record(
    "Parameters",
    noise=signal("1", "share of the published noise of the measurements", 0, 10, 1.0),
    published=signal("1", "random numbers and constants of the published runs", 0, 1, kind="b1"),
    seed=signal("1", "seed of the random numbers", 0, 2**53, 4651207995, kind="i8"),
)
STATE = record(
    "State",
    nr=signal("lbmol", "A to H in the reactor: A, B, C as gas, the others liquid", 0, 1e4, BASE["nr"], shape=(8,)),
    er=signal("MBTU", "energy of the reactor's contents", -1e3, 1e3, BASE["er"]),
    ns=signal("lbmol", "A to H in the separator: A, B, C as gas, the others liquid", 0, 1e4, BASE["ns"], shape=(8,)),
    es=signal("MBTU", "energy of the separator's contents", -1e3, 1e3, BASE["es"]),
    nc=signal("lbmol", "A to H in the stripper's sump", 0, 1e4, BASE["nc"], shape=(8,)),
    ec=signal("MBTU", "energy of the stripper's contents", -1e3, 1e3, BASE["ec"]),
    nv=signal("lbmol", "A to H in the vapour header", 0, 1e4, BASE["nv"], shape=(8,)),
    ev=signal("MBTU", "energy of the header's contents", -1e3, 1e3, BASE["ev"]),
    twr=signal("degC", "cooling water behind the reactor", 0, 200, BASE["twr"]),
    tws=signal("degC", "cooling water behind the condenser", 0, 200, BASE["tws"]),
    valve=signal("percent", "positions of the twelve valves", 0, 100, BASE["valve"], shape=(12,)),
)
INPUTS = record(
    "Inputs",
    xmv1=signal("percent", "D feed, stream 2", -1000, 1000, 63.05263039),
    xmv2=signal("percent", "E feed, stream 3", -1000, 1000, 53.97970677),
    xmv3=signal("percent", "A feed, stream 1", -1000, 1000, 24.64355755),
    xmv4=signal("percent", "A and C feed, stream 4", -1000, 1000, 61.30192144),
    xmv5=signal("percent", "compressor recycle valve", -1000, 1000, 22.21),
    xmv6=signal("percent", "purge valve, stream 9", -1000, 1000, 40.06374673),
    xmv7=signal("percent", "separator liquid, stream 10", -1000, 1000, 38.1003437),
    xmv8=signal("percent", "stripper liquid, stream 11", -1000, 1000, 46.53415582),
    xmv9=signal("percent", "stripper steam valve", -1000, 1000, 47.44573456),
    xmv10=signal("percent", "reactor cooling water", -1000, 1000, 41.10581288),
    xmv11=signal("percent", "condenser cooling water", -1000, 1000, 18.11349055),
    xmv12=signal("percent", "agitator speed", -1000, 1000, 50.0),
    idv1=signal("1", "A/C feed ratio step, stream 4", 0, 1),
    idv2=signal("1", "B composition step, stream 4", 0, 1),
    idv3=signal("1", "D feed temperature step", 0, 1),
    idv4=signal("1", "reactor cooling water inlet temperature step", 0, 1),
    idv5=signal("1", "condenser cooling water inlet temperature step", 0, 1),
    idv6=signal("1", "A feed loss", 0, 1),
    idv7=signal("1", "A and C feed pressure loss", 0, 1),
    idv8=signal("1", "A, B, C composition of stream 4 random", 0, 1),
    idv9=signal("1", "D feed temperature random", 0, 1),
    idv10=signal("1", "A and C feed temperature random", 0, 1),
    idv11=signal("1", "reactor cooling water inlet temperature random", 0, 1),
    idv12=signal("1", "condenser cooling water inlet temperature random", 0, 1),
    idv13=signal("1", "reaction kinetics drift", 0, 1),
    idv14=signal("1", "reactor cooling water valve sticks", 0, 1),
    idv15=signal("1", "condenser cooling water valve sticks", 0, 1),
    idv16=signal("1", "stripper steam heat transfer random", 0, 1),
    idv17=signal("1", "reactor heat transfer fouls", 0, 1),
    idv18=signal("1", "condenser heat transfer fouls", 0, 1),
    idv19=signal("1", "valves of recycle, separator, stripper and steam stick", 0, 1),
    idv20=signal("1", "resistance of the reactor's outlet random", 0, 1),
)
OUTPUTS = record(
    "Outputs",
    xmeas1=signal("Ml/h", "A feed, kscmh", -1, 10),
    xmeas2=signal("kg/h", "D feed", -1000, 20000),
    xmeas3=signal("kg/h", "E feed", -1000, 20000),
    xmeas4=signal("Ml/h", "A and C feed, kscmh", -1, 30),
    xmeas5=signal("Ml/h", "recycle flow, kscmh", -5, 100),
    xmeas6=signal("Ml/h", "reactor feed rate, kscmh", -5, 120),
    xmeas7=signal("kPa", "reactor pressure, gauge", -200, 4000),
    xmeas8=signal("percent", "reactor level", -50, 200),
    xmeas9=signal("degC", "reactor temperature", -50, 300),
    xmeas10=signal("Ml/h", "purge rate, kscmh", -1, 10),
    xmeas11=signal("degC", "separator temperature", -50, 300),
    xmeas12=signal("percent", "separator level", -50, 300),
    xmeas13=signal("kPa", "separator pressure, gauge", -200, 4000),
    xmeas14=signal("m^3/h", "separator underflow", -5, 200),
    xmeas15=signal("percent", "stripper level", -50, 300),
    xmeas16=signal("kPa", "stripper pressure, gauge", -200, 5000),
    xmeas17=signal("m^3/h", "stripper underflow", -5, 200),
    xmeas18=signal("degC", "stripper temperature", -50, 300),
    xmeas19=signal("kg/h", "stripper steam flow", -100, 1500),
    xmeas20=signal("kW", "compressor work", -100, 2000),
    xmeas21=signal("degC", "reactor cooling water outlet temperature", -50, 300),
    xmeas22=signal("degC", "condenser cooling water outlet temperature", -50, 300),
    xmeas23=signal("percent", "A in the reactor feed, mol%", -10, 110),
    xmeas24=signal("percent", "B in the reactor feed, mol%", -10, 110),
    xmeas25=signal("percent", "C in the reactor feed, mol%", -10, 110),
    xmeas26=signal("percent", "D in the reactor feed, mol%", -10, 110),
    xmeas27=signal("percent", "E in the reactor feed, mol%", -10, 110),
    xmeas28=signal("percent", "F in the reactor feed, mol%", -10, 110),
    xmeas29=signal("percent", "A in the purge, mol%", -10, 110),
    xmeas30=signal("percent", "B in the purge, mol%", -10, 110),
    xmeas31=signal("percent", "C in the purge, mol%", -10, 110),
    xmeas32=signal("percent", "D in the purge, mol%", -10, 110),
    xmeas33=signal("percent", "E in the purge, mol%", -10, 110),
    xmeas34=signal("percent", "F in the purge, mol%", -10, 110),
    xmeas35=signal("percent", "G in the purge, mol%", -10, 110),
    xmeas36=signal("percent", "H in the purge, mol%", -10, 110),
    xmeas37=signal("percent", "D in the product, mol%", -10, 110),
    xmeas38=signal("percent", "E in the product, mol%", -10, 110),
    xmeas39=signal("percent", "F in the product, mol%", -10, 110),
    xmeas40=signal("percent", "G in the product, mol%", -10, 110),
    xmeas41=signal("percent", "H in the product, mol%", -10, 110),
    cost=signal("USD/h", "operating cost: compressor, steam, losses with purge and product", -1e3, 1e5),
    mass=signal("lb", "all that is in the plant", 0, 1e7),
    gain=signal("lb/h", "mass that comes with the feeds, less what goes with purge and product", -1e6, 1e6),
    closure=signal("lb", "mass that has come and not gone, less what is there more than at the start", -1e6, 1e6),
)
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    clock=signal("h", "time of the plant at the start of the step", 0, 1e9),
    at=signal("ns", "time of the bench at the start of the step", 0, kind="i8"),
    g=signal("1", "state of the published generator", 0, 2**53),
    random=signal("1", "state of the bench's generator", 0, 2**64, kind="u8"),
    walk=signal("1", "coefficients of the walks since their last knot", shape=(WALKS, 4)),
    knot=signal("h", "last knot of the walks", shape=(WALKS,)),
    next_knot=signal("h", "next knot of the walks", shape=(WALKS,)),
    command=signal("percent", "what the valves follow; a sticking one ignores small changes", shape=(12,)),
    drawn=signal("1", "noise of xmeas1 to xmeas22", shape=(22,)),
    content=signal("percent", "present contents of the analysed streams", shape=(19,)),
    sampled=signal("percent", "samples in the analysers", shape=(19,)),
    shown=signal("percent", "what the analysers show", shape=(19,)),
    gas_due=signal("h", "next sample of the gas analysers"),
    product_due=signal("h", "next sample of the product analyser"),
    mass_due=signal("lb", "the mass that ought to be there"),
    zr=signal("1", "work space: liquid of the reactor", shape=(8,)),
    zs=signal("1", "work space: liquid of the separator", shape=(8,)),
    zc=signal("1", "work space: liquid of the stripper", shape=(8,)),
    zv=signal("1", "work space: vapour of the header", shape=(8,)),
    yr=signal("1", "work space: vapour of the reactor", shape=(8,)),
    ys=signal("1", "work space: vapour of the separator", shape=(8,)),
    feed4=signal("1", "work space: the A and C feed", shape=(8,)),
    f5=signal("lbmol/h", "work space: overhead of the stripper", shape=(8,)),
)
TRIPS = record(
    "Trips",
    pressure=signal("kPa", "the reactor's pressure reached 3000 kPa"),
    reactor_high=signal("m^3", "the liquid in the reactor reached 24 m^3"),
    reactor_low=signal("m^3", "the liquid in the reactor fell to 2 m^3"),
    temperature=signal("degC", "the reactor's temperature reached 175 degC"),
    separator_high=signal("m^3", "the liquid in the separator reached 12 m^3"),
    separator_low=signal("m^3", "the liquid in the separator fell to 1 m^3"),
    stripper_high=signal("m^3", "the liquid in the stripper reached 8 m^3"),
    stripper_low=signal("m^3", "the liquid in the stripper fell to 1 m^3"),
)

_KSCMH = 0.359 / 35.3145  # of a lbmol/h
_KG = 0.454  # in a lb, as the source has it
_CUBIC_FEET = 35.3145  # in a m^3
_TAU = np.array([8.0, 8.0, 6.0, 9.0, 7.0, 5.0, 5.0, 5.0, 120.0, 5.0, 5.0, 5.0]) / 3600.0  # h
HEAT_1, HEAT_2 = 0.06899381054, 0.05  # of the reactions to G and H, 1e6 Btu/lbmol
FEED_T = 45.0  # degC
FEED1 = np.array([0.0, 0.0001, 0.0, 0.9999, 0.0, 0.0, 0.0, 0.0])
FEED2 = np.array([0.0, 0.0, 0.0, 0.0, 0.9999, 0.0001, 0.0, 0.0])
FEED3 = np.array([0.9999, 0.0001, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
_PURGE_PRICE = np.array([2.209, 0.0, 6.177, 22.06, 14.56, 17.89, 30.44, 22.94])
_BAND = 2.0  # percent that a sticking valve ignores
_DEVIATION = np.array([
    0.0012, 18.0, 22.0, 0.05, 0.2, 0.21, 0.3, 0.5, 0.01, 0.0017, 0.01, 1.0, 0.3, 0.125, 1.0, 0.3, 0.115, 0.01, 1.15,
    0.2, 0.01, 0.01,
])  # fmt: skip
_ANALYSIS_DEVIATION = np.array([
    0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.05, 0.05, 0.01, 0.01, 0.01, 0.5, 0.5,
])  # fmt: skip
_GAS, _PRODUCT = 14, 5  # analysed values
_GAS_EVERY, _PRODUCT_EVERY = 0.1, 0.25  # h


@function
def _hours(t: int, p: Any) -> float:
    """The plant's time, within a step too."""
    return float(p.clock + (t - p.at) / 3.6e12)


@function
def _gauge(P: float) -> float:
    """kPa over the atmosphere of a pressure in mmHg."""
    return (P - 760.0) / 760.0 * 101.325


@function
def _followed(p: Any, u: Any, i: int, xmv: float) -> float:
    """What valve i follows: its command, or what it followed before while it sticks."""
    stuck = 0.0
    if i == 9:
        stuck = u.idv14
    elif i == 10:
        stuck = u.idv15
    elif i in (4, 6, 7, 8):
        stuck = u.idv19
    moves = p.clock == 0.0 or abs(p.command[i] - xmv) > _BAND * stuck
    return float(min(max(xmv if moves else p.command[i], 0.0), 100.0))


@function
def _commands(u: Any) -> Any:
    return u.xmv1, u.xmv2, u.xmv3, u.xmv4, u.xmv5, u.xmv6, u.xmv7, u.xmv8, u.xmv9, u.xmv10, u.xmv11, u.xmv12


@function
def _active(u: Any) -> Any:
    """How much of its disturbance each walk has."""
    kinetics = u.idv13
    return (
        u.idv8, u.idv8, u.idv9, u.idv10, u.idv11, u.idv12, kinetics, kinetics, u.idv16, u.idv17, u.idv18, u.idv20,
    )  # fmt: skip


@function
def _contents(p: Any) -> None:
    """What the analysers would find now; the streams' compositions have to be there."""
    for i in range(6):
        p.content[i] = 100.0 * p.zv[i]
    for i in range(8):
        p.content[6 + i] = 100.0 * p.ys[i]
    for i in range(5):
        p.content[14 + i] = 100.0 * p.zc[3 + i]


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Time, walks, valves that stick, noise and analysers."""
    first = not p.started
    if first:
        p.started = True
        p.clock = 0.0
        start(p)
        p.gas_due = _GAS_EVERY
        p.product_due = _PRODUCT_EVERY
        p.mass_due = mass(x.nr) + mass(x.ns) + mass(x.nc) + mass(x.nv)
    else:
        commands = _commands(u)
        for i in range(12):
            p.command[i] = _followed(p, u, i, commands[i])
        p.mass_due += y.gain * (PUBLISHED_STEP if p.published else 1.0 / 3600.0) * (h * 1e-9)
        p.clock = p.clock + PUBLISHED_STEP * (h * 1e-9) if p.published else t / 3.6e12
    p.at = t
    walk_on(p, p.clock, _active(u))
    if first or p.clock >= p.gas_due or p.clock >= p.product_due:
        header(p, x)
        separator(p, x)
        stripper(p, x)
        _contents(p)
    if first:
        for i in range(_GAS + _PRODUCT):
            p.sampled[i] = p.content[i]
            p.shown[i] = p.content[i]
        return
    for i in range(22):
        p.drawn[i] = noise(p, _DEVIATION[i])
    if p.clock >= p.gas_due:
        analyse(p, 0, _GAS, _ANALYSIS_DEVIATION)
        p.gas_due += _GAS_EVERY
    if p.clock >= p.product_due:
        analyse(p, _GAS, _PRODUCT, _ANALYSIS_DEVIATION)
        p.product_due += _PRODUCT_EVERY


@function
def _vessels(p: Any, x: Any) -> Any:
    """Temperatures, volumes of liquid and pressures: reactor, separator, stripper (no pressure), header (no liquid)."""
    return reactor(p, x), separator(p, x), stripper(p, x), header(p, x)


@function
def _flows(p: Any, x: Any, u: Any, vessels: Any, hours: float) -> Any:
    """The flows of streams 1 to 6, 8 to 11 and 13, lbmol/h; the composition of the overhead is filled in."""
    (_, _, pr), (_, _, ps), (tc, _), (_, pv) = vessels
    f1, f2, f3, f4 = feed_flows(p, x, u, hours)
    f6, f8, f9, f10 = gas_flows(p, x, pr, ps, pv, hours)
    f11, f13 = x.valve[6] * FULL_FLOW[6] / 100.0, x.valve[7] * FULL_FLOW[7] / 100.0
    return f1, f2, f3, f4, overhead(p, tc, f4, f11), f6, f8, f9, f10, f11, f13


@function
def _amounts(p: Any, x: Any, flows: Any, rates: Any, dx: Any) -> None:
    """The balances of the eight components in the four vessels, lbmol/h."""
    f1, f2, f3, f4, _, f6, f8, f9, f10, f11, f13 = flows
    r1, r2, r3, r4 = rates
    formed = (-r1 - r2 - r3, 0.0, -r1 - r2, -r1 - 1.5 * r4, -r2 - r3, r3 + r4, r1, r2)
    for i in range(8):
        into, out = p.zv[i] * f6, p.yr[i] * f8
        liquid = p.zs[i] * f11
        dx.nr[i] = into - out + formed[i]
        dx.ns[i] = out - p.ys[i] * f9 - p.ys[i] * f10 - liquid
        dx.nc[i] = p.feed4[i] * f4 + liquid - p.f5[i] - p.zc[i] * f13
        dx.nv[i] = FEED1[i] * f1 + FEED2[i] * f2 + FEED3[i] * f3 + p.f5[i] + p.ys[i] * f9 - into


@function
def _cooling(p: Any, x: Any, u: Any, qr: float, qs: float, hours: float, dx: Any) -> None:
    """The two circuits of cooling water, degC/h."""
    fr, fs = x.valve[9] * FULL_FLOW[9] / 100.0, x.valve[10] * FULL_FLOW[10] / 100.0
    inlet_r = walked(p, 4, hours) + u.idv4 * 5.0
    inlet_s = walked(p, 5, hours) + u.idv5 * 5.0
    dx.twr = (fr * 500.53 * (inlet_r - x.twr) - qr * 1e6 / 1.8) / 7060.0
    dx.tws = (fs * 500.53 * (inlet_s - x.tws) - qs * 1e6 / 1.8) / 11138.0


@function
def _energies(p: Any, x: Any, u: Any, vessels: Any, flows: Any, rates: Any, hours: float, dx: Any) -> None:
    """The balances of energy in the four vessels, 1e6 Btu/h, and what the cooling water takes from them."""
    (tr, vr, _), (ts, _, ps), (tc, _), (tv, pv) = vessels
    f1, f2, f3, f4, f5, f6, f8, f9, f10, f11, f13 = flows
    t1 = walked(p, 2, hours) + u.idv3 * 5.0
    feeds = vapour_enthalpy(FEED1, t1) * f1 + (
        vapour_enthalpy(FEED2, FEED_T) * f2 + vapour_enthalpy(FEED3, FEED_T) * f3
    )
    h4 = vapour_enthalpy(p.feed4, walked(p, 3, hours))
    for i in range(8):
        p.f5[i] /= f5
    h5, h6 = vapour_enthalpy(p.f5, tc), vapour_enthalpy(p.zv, tv)
    h8, h9 = vapour_enthalpy(p.yr, tr), vapour_enthalpy(p.ys, ts)
    h11, h13 = liquid_enthalpy(p.zs, ts), liquid_enthalpy(p.zc, tc)
    recycle = h9 * f9 + compressor_work(p, ts, ps, pv)
    released = rates[0] * HEAT_1 + rates[1] * HEAT_2
    qr, qs = reactor_cooling(p, x, tr, vr, hours), condenser(p, x, tr, f8, hours)
    dx.er = h6 * f6 - h8 * f8 + released + qr
    dx.es = h8 * f8 - recycle - h9 * f10 - h11 * f11 + qs
    dx.ec = h4 * f4 + h11 * f11 - h5 * f5 - h13 * f13 + reboiler(p, x, tc, hours)
    dx.ev = feeds + h5 * f5 + recycle - h6 * f6
    _cooling(p, x, u, qr, qs, hours, dx)


@function
def _per_second(p: Any, dx: Any) -> None:
    share = PUBLISHED_STEP if p.published else 1.0 / 3600.0
    for i in range(8):
        dx.nr[i] *= share
        dx.ns[i] *= share
        dx.nc[i] *= share
        dx.nv[i] *= share
    for i in range(12):
        dx.valve[i] *= share
    dx.er *= share
    dx.es *= share
    dx.ec *= share
    dx.ev *= share
    dx.twr *= share
    dx.tws *= share


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The balances, in the source's units per hour, then per second."""
    hours = _hours(t, p)
    vessels = _vessels(p, x)
    flows = _flows(p, x, u, vessels, hours)
    tr, vr, pr = vessels[0]
    rates = reactions(p, tr, pr, vr, hours)
    _amounts(p, x, flows, rates, dx)
    _energies(p, x, u, vessels, flows, rates, hours, dx)
    commands = _commands(u)
    for i in range(12):
        dx.valve[i] = (_followed(p, u, i, commands[i]) - x.valve[i]) / _TAU[i]
    _per_second(p, dx)


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The 41 measurements with their noise, the operating cost and the closure of the mass balance."""
    hours = _hours(t, p)
    vessels = _vessels(p, x)
    (tr, vr, pr), (ts, vs, ps), (tc, vc), (_, pv) = vessels
    f1, f2, f3, f4, _, f6, _, f9, f10, f11, f13 = _flows(p, x, u, vessels, hours)
    y.xmeas1 = f3 * _KSCMH + p.drawn[0]
    y.xmeas2 = f1 * molar_mass(FEED1) * _KG + p.drawn[1]
    y.xmeas3 = f2 * molar_mass(FEED2) * _KG + p.drawn[2]
    y.xmeas4 = f4 * _KSCMH + p.drawn[3]
    y.xmeas5 = f9 * _KSCMH + p.drawn[4]
    y.xmeas6 = f6 * _KSCMH + p.drawn[5]
    y.xmeas7 = _gauge(pr) + p.drawn[6]
    y.xmeas8 = (vr - 84.6) / 666.7 * 100.0 + p.drawn[7]
    y.xmeas9 = tr + p.drawn[8]
    y.xmeas10 = f10 * _KSCMH + p.drawn[9]
    y.xmeas11 = ts + p.drawn[10]
    y.xmeas12 = (vs - 27.5) / 290.0 * 100.0 + p.drawn[11]
    y.xmeas13 = _gauge(ps) + p.drawn[12]
    y.xmeas14 = f11 * molar_volume(p.zs, ts) / _CUBIC_FEET + p.drawn[13]
    y.xmeas15 = (vc - 78.25) / V_STRIPPER * 100.0 + p.drawn[14]
    y.xmeas16 = _gauge(pv) + p.drawn[15]
    y.xmeas17 = f13 * molar_volume(p.zc, tc) / _CUBIC_FEET + p.drawn[16]
    y.xmeas18 = tc + p.drawn[17]
    steam = reboiler(p, x, tc, hours) * 1040.0 * _KG
    work = compressor_work(p, ts, ps, pv) * 293.07
    y.xmeas19 = steam + p.drawn[18]
    y.xmeas20 = work + p.drawn[19]
    y.xmeas21 = x.twr + p.drawn[20]
    y.xmeas22 = x.tws + p.drawn[21]
    _analysed(p, y)
    _contents(p)
    y.cost = _cost(p, work, steam, f10 * _KSCMH, u.xmv8)
    y.mass = mass(x.nr) + mass(x.ns) + mass(x.nc) + mass(x.nv)
    y.gain = f1 * molar_mass(FEED1) + f2 * molar_mass(FEED2) + f3 * molar_mass(FEED3) + f4 * molar_mass(p.feed4)
    y.gain -= f10 * molar_mass(p.ys) + f13 * molar_mass(p.zc)
    y.closure = p.mass_due - y.mass


@function
def _analysed(p: Any, y: Any) -> None:
    y.xmeas23 = p.shown[0]
    y.xmeas24 = p.shown[1]
    y.xmeas25 = p.shown[2]
    y.xmeas26 = p.shown[3]
    y.xmeas27 = p.shown[4]
    y.xmeas28 = p.shown[5]
    y.xmeas29 = p.shown[6]
    y.xmeas30 = p.shown[7]
    y.xmeas31 = p.shown[8]
    y.xmeas32 = p.shown[9]
    y.xmeas33 = p.shown[10]
    y.xmeas34 = p.shown[11]
    y.xmeas35 = p.shown[12]
    y.xmeas36 = p.shown[13]
    y.xmeas37 = p.shown[14]
    y.xmeas38 = p.shown[15]
    y.xmeas39 = p.shown[16]
    y.xmeas40 = p.shown[17]
    y.xmeas41 = p.shown[18]


@function
def _cost(p: Any, work: float, steam: float, purge: float, xmv8: float) -> float:
    """USD/h: compressor, steam, and what purge and product take away with them (Downs and Vogel 1993)."""
    lost = 0.0
    for i in range(8):
        lost += _PURGE_PRICE[i] * p.content[6 + i]
    product = 0.2206 * p.content[14] + 0.1456 * p.content[15] + 0.1789 * p.content[16]
    return float(0.0536 * work + 0.0318 * steam + 0.44791 * purge * lost + 4.541 * xmv8 * product)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The limits at which the plant shuts itself down."""
    tr, vr, pr = reactor(p, x)
    _, vs, _ = separator(p, x)
    _, vc = stripper(p, x)
    g.pressure = _gauge(pr) - 3000.0
    g.reactor_high = vr / _CUBIC_FEET - 24.0
    g.reactor_low = 2.0 - vr / _CUBIC_FEET
    g.temperature = tr - 175.0
    g.separator_high = vs / _CUBIC_FEET - 12.0
    g.separator_low = 1.0 - vs / _CUBIC_FEET
    g.stripper_high = vc / _CUBIC_FEET - 8.0
    g.stripper_low = 1.0 - vc / _CUBIC_FEET


PLANT = Plant(
    name="tennessee_eastman",
    words="Tennessee Eastman process: reactor, separator, stripper and recycle, 12 valves, 41 measurements",
    source="Downs and Vogel 1993; teprob.f; optimal modes of Ricker 1995",
    left_out="transmitter dynamics, liquid line hydraulics, heat losses, what follows a shut-down",
    derivative=derivative,
    measure=measure,
    trip=trip,
    update=update,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    discrete=DISCRETE,
    trips=TRIPS,
    sets=MODES,
)
