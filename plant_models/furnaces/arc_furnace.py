"""Electric arc furnace: three electrodes over scrap, a bath with slag, gas, offgas and water-cooled panels.

    arc          U = a + b l,  (R^2 + X^2) I^2 + 2 U R I + U^2 = V^2          each phase, l the length of the arc
    electrode    dv/dt = (v_max drive - v) / tau,  dz/dt = v,  l = z - surface below it
    scrap        dm/dt = -Q r / (h_l(Tm) - h_s(T)),  dE/dt = Q (1 - r) - melting m h_s,  r = T / Tm in degC to a power
    bath         C + 1/2 O2 -> CO,  Fe + 1/2 O2 -> FeO,  FeO + C -> Fe + CO;  one temperature for steel and slag
    gas          CO + 1/2 O2 -> CO2 with air that the offgas fan draws in;  contents and heat of one well-mixed space
    foam         dF/dt = k CO - F / tau;  an arc that scrap or foam covers heats steel, a bare one the panels

Scrap, bath and gas hold energies as states, so that `closure` and `mass_closure` hold to the rounding of the solver.
The discrete part knows which arcs burn (they go out beyond a length and strike on contact), what falls down (scrap
that caves in shortens an arc at once; drawn from the seed), and what is left in the basket.

Sources: zones and the share that melts: V. Logar, D. Dovzan, I. Skrjanc, "Modeling and validation of an electric arc
furnace", parts 1 and 2, ISIJ International 52 (2012) 402-423. Heats of formation at 25 degC (FeO 272.0, CO 110.5, CO2
393.5 kJ/mol): NIST-JANAF tables. Heat of fusion of iron, 247 kJ/kg, and melting point, 1538 degC: CRC Handbook of
Chemistry and Physics. Numbers marked "ours" in their words describe no furnace that exists.

Left out: unbalance of the phases through the free star point, harmonics and flicker, wear of electrodes, burners,
silicon, manganese and phosphorus, slag as a temperature of its own, dissolution of lime, hydrogen and water, furnace
pressure, the heel's surface under the scrap, and freezing: on cold scrap the bath comes below its melting point and
stays liquid.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import Plant, function
from hil.blocks.random import GAMMA, mixed, uniform
from hil.signals import record, signal

_COLD = 298.15  # K, the energies' zero
_FE, _C, _O, _FEO, _CO, _CO2 = 0.055845, 0.012011, 0.015999, 0.071844, 0.028010, 0.044009  # kg/mol
_H_FEO, _H_CO, _H_CO2 = 272.0e3, 110.5e3, 393.5e3  # J/mol, given off by the elements
_O2_IN_AIR = 0.2315  # by mass

PARAMETERS = record(
    "Parameters",
    V_low=signal("V", "secondary voltage between lines at tap 1, ours", 100, 2000, 500.0),
    V_tap=signal("V", "more a tap, ours", 1, 200, 60.0),
    R=signal("ohm", "resistance of a phase, ours", 0, 0.1, 0.4e-3),
    X=signal("ohm", "reactance of a phase, ours", 1e-4, 0.1, 3.2e-3),
    a=signal("V", "voltage at anode and cathode, ours", 0, 200, 40.0),
    b=signal("V/m", "voltage gradient of the arc, ours", 100, 5000, 1150.0),
    out=signal("1", "share of the phase voltage beyond which an arc goes out, ours", 0.1, 0.99, 0.92),
    strike=signal("m", "distance at which an arc strikes, ours", 1e-4, 0.1, 0.01),
    v_max=signal("m/s", "fastest electrode, ours", 0.01, 1, 0.12),
    tau=signal("s", "time constant of the electrode's drive, ours", 0.01, 5, 0.15),
    top=signal("m", "upper stop of the electrodes, ours", 1, 10, 6.0),
    deep=signal("m", "how far an electrode may press into scrap before it breaks, ours", 0.01, 1, 0.12),
    loose=signal("kg/m^3", "density of scrap, ours", 100, 7000, 900.0),
    hearth=signal("m^2", "area of the hearth, ours", 1, 200, 26.0),
    bore=signal("J", "energy that bores through the scrap under one electrode, ours", 1e7, 1e15, 6e9),
    c_solid=signal("J/kg/K", "heat capacity of scrap, ours", 300, 1500, 700.0),
    c_liquid=signal("J/kg/K", "heat capacity of liquid steel, ours", 300, 1500, 820.0),
    c_slag=signal("J/kg/K", "heat capacity of slag, ours", 300, 2500, 1200.0),
    c_gas=signal("J/kg/K", "heat capacity of the gas, ours", 500, 2500, 1150.0),
    fusion=signal("J/kg", "heat of fusion of iron", 1e5, 1e6, 247e3),
    melting=signal("K", "melting point", 1000, 2500, 1811.15),
    sharp=signal("1", "power in the share that melts, ours", 0.5, 10, 2.0),
    half=signal("kg", "scrap with which half of an arc burns in scrap, ours", 1, 1e5, 6e3),
    contact=signal("W/kg/K", "bath to scrap, ours", 0, 10, 0.6),
    carbon_half=signal("kg", "carbon in the bath with which half of the oxygen finds it, ours", 1, 1e4, 60.0),
    feo_half=signal("kg", "FeO with which half of the injected carbon finds it, ours", 1, 1e5, 800.0),
    after=signal("1/s", "post-combustion, ours", 0, 100, 3.0),
    room=signal("m^3", "gas space, ours", 1, 1000, 120.0),
    foams=signal("m/kg", "foam that a kg of CO raises, ours", 0, 10, 0.012),
    collapse=signal("s", "time constant of the foam, ours", 1, 1000, 40.0),
    gas_h=signal("W/K", "gas to scrap, ours", 0, 1e6, 1.2e4),
    gas_wall=signal("W/K", "gas to panels, ours", 0, 1e6, 6e3),
    bare=signal("1", "share of a bare arc that goes to the panels, ours", 0, 1, 0.55),
    C_panel=signal("J/K", "heat capacity of the panels, ours", 1e4, 1e9, 4e6),
    UA_panel=signal("W/K", "panels to cooling water at full flow, ours", 0, 1e7, 1.2e5),
    lost=signal("W/K", "hearth to the hall, ours", 0, 1e5, 400.0),
    panel_max=signal("K", "panel temperature at which one bursts, ours", 300, 2000, 573.15),
    falls=signal("1/s", "caves-in a second with all scrap there, ours", 0, 1, 0.03),
    fall=signal("m", "how high fallen scrap lies at most, ours", 0, 2, 0.25),
    basket=signal("kg", "second basket of scrap", 0, 3e5, 40e3),
    pour=signal("kg/s", "out of an open basket, ours", 1, 1e5, 2000.0),
    seed=signal("1", "seed of the caves-in", 0, 2**53, 1, kind="i8"),
)
STATE = record(
    "State",
    z=signal("m", "tips of the electrodes over the hearth", -5, 10, (2.88, 2.90, 2.92), shape=(3,)),
    v=signal("m/s", "speed of the electrodes, up", -1, 1, shape=(3,)),
    bored=signal("1", "how far the scrap under each electrode is bored through", 0, 2, 0.02, shape=(3,)),
    scrap=signal("kg", "solid scrap", 0, 5e5, 60e3),
    Es=signal("J", "heat of the scrap", -1e9, 1e13, 1e7),
    steel=signal("kg", "liquid iron", 1, 5e5, 15e3),
    carbon=signal("kg", "carbon in it", 0, 1e5, 60.0),
    slag=signal("kg", "slag without FeO", 0, 1e5, 2500.0),
    FeO=signal("kg", "FeO in the slag", 0, 1e5, 500.0),
    Eb=signal("J", "heat of the bath", 0, 1e13, 2.56e10),
    CO=signal("kg", "CO in the gas", 0, 1e4, 2.0),
    CO2=signal("kg", "CO2 in the gas", 0, 1e4, 2.0),
    O2=signal("kg", "oxygen in the gas", 0, 1e4, 6.0),
    N2=signal("kg", "nitrogen in the gas", 0, 1e4, 24.0),
    Eg=signal("J", "heat of the gas", -1e9, 1e12, 2.5e7),
    foam=signal("m", "height of the foam", 0, 10, 0.05),
    Tw=signal("K", "panels", 200, 3000, 310.0),
    net=signal("J", "energy that came less what left", -1e15, 1e15),
    came=signal("kg", "mass that came less what left", -1e9, 1e9),
    used=signal("J", "electric energy, with the losses in the leads", 0, 1e15),
)
INPUTS = record(
    "Inputs",
    drive1=signal("percent", "electrode 1, up", -100, 100, 0.0),
    drive2=signal("percent", "electrode 2, up", -100, 100, 0.0),
    drive3=signal("percent", "electrode 3, up", -100, 100, 0.0),
    breaker=signal("1", "furnace breaker closed", 0, 1, 1.0),
    tap=signal("1", "tap of the transformer", 1, 8, 7.0),
    oxygen=signal("kg/s", "oxygen lance", 0, 5, 0.4),
    coke=signal("kg/s", "carbon injection", 0, 5, 0.1),
    lime=signal("kg/s", "lime", 0, 20, 0.2),
    fan=signal("kg/s", "offgas drawn off", 0.1, 200, 12.0),
    charge=signal("1", "basket opens while this is 1", 0, 1, 0.0),
    water=signal("1", "cooling water, share of full flow", 0, 1, 1.0),
    stuck1=signal("1", "fault: 1 jams electrode 1", 0, 1, 0.0),
)
OUTPUTS = record(
    "Outputs",
    I1=signal("kA", "current of phase 1", 0, 500),
    I2=signal("kA", "current of phase 2", 0, 500),
    I3=signal("kA", "current of phase 3", 0, 500),
    V1=signal("V", "voltage of electrode 1 to the bath, behind the leads", 0, 2000),
    V2=signal("V", "voltage of electrode 2", 0, 2000),
    V3=signal("V", "voltage of electrode 3", 0, 2000),
    l1=signal("m", "length of arc 1; negative where the electrode presses into scrap", -5, 20),
    l2=signal("m", "length of arc 2", -5, 20),
    l3=signal("m", "length of arc 3", -5, 20),
    P=signal("MW", "power of the arcs", 0, 1000),
    bath=signal("degC", "temperature of the bath", 0, 3000),
    scrap_T=signal("degC", "temperature of the scrap", -50, 3000),
    offgas=signal("degC", "temperature of the offgas", -50, 4000),
    CO_share=signal("1", "CO in the offgas, by mass", 0, 1),
    panels=signal("degC", "temperature of the panels", -50, 3000),
    covered=signal("1", "share of the arcs that scrap or foam covers", 0, 1),
    solid=signal("1", "share of the iron that is solid", 0, 1),
    C_share=signal("percent", "carbon in the steel", 0, 100),
    closure=signal("1", "energy that came and is nowhere, as a share of all electric energy", -1, 1),
    mass_closure=signal("1", "mass that came and is nowhere, as a share of all", -1, 1),
)
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    burns=signal("1", "arcs that burn", 0, 1, 1.0, shape=(3,)),
    bump=signal("m", "scrap that has fallen under each electrode", 0, 5, shape=(3,)),
    left=signal("kg", "scrap in the basket"),
    pouring=signal("kg/s", "out of the basket in this step"),
    random=signal("1", "state of the generator", 0, 2**64, kind="u8"),
    stored=signal("J", "energy at the start"),
    held_mass=signal("kg", "mass at the start"),
)
TRIPS = record(
    "Trips",
    electrode=signal("m", "an electrode broke: it was pressed too deep into scrap"),
    panel=signal("K", "a panel burst: it got hotter than it bears"),
)
ENVELOPE = record("Envelope", boiling=signal("K", "a bath beyond 2273 K, where iron begins to fume"))


@function
def _steel_heat(p: Any) -> float:
    """J/kg of liquid iron at its melting point."""
    return float(p.c_solid * (p.melting - _COLD) + p.fusion)


@function
def _bath(p: Any, x: Any) -> float:
    """K of the bath."""
    C = p.c_liquid * (x.steel + x.carbon) + p.c_slag * (x.slag + x.FeO)
    at_melting = x.steel * _steel_heat(p) + (
        (p.c_liquid * x.carbon + p.c_slag * (x.slag + x.FeO)) * (p.melting - _COLD)
    )
    return float(p.melting + (x.Eb - at_melting) / C)


@function
def _gas(p: Any, x: Any) -> tuple[float, float]:
    """Kelvin and kg of the gas."""
    m = x.CO + x.CO2 + x.O2 + x.N2
    return _COLD + x.Eg / (p.c_gas * m), m


@function
def _surface(p: Any, x: Any, i: int) -> float:
    """Height of what lies under an electrode, m over the hearth."""
    bath = (x.steel / 7000.0 + (x.slag + x.FeO) / 3000.0) / p.hearth
    pile = x.scrap / (p.loose * p.hearth)
    return float(bath + pile * max(1.0 - x.bored[i], 0.0) + p.bump[i])


@function
def _phase(p: Any, u: Any, x: Any, i: int) -> tuple[float, float, float]:
    """Current (A), voltage of the arc and its length."""
    length = x.z[i] - _surface(p, x, i)
    V = (p.V_low + p.V_tap * (u.tap - 1.0)) / math.sqrt(3.0) * (1.0 if u.breaker >= 0.5 else 0.0)
    U = p.a + p.b * max(length, 0.0)
    if p.burns[i] < 0.5 or V <= U:
        return 0.0, 0.0, length
    Z = p.R * p.R + p.X * p.X
    return (-U * p.R + math.sqrt(V * V * Z - U * U * p.X * p.X)) / Z, U, length


@function
def _stored(p: Any, x: Any) -> float:
    """Energy of all, with what is bound in CO, CO2 and FeO taken as gone: elements count 0."""
    bound = x.FeO / _FEO * _H_FEO + x.CO / _CO * _H_CO + x.CO2 / _CO2 * _H_CO2
    return float(x.Es + x.Eb + x.Eg + p.C_panel * x.Tw - bound)


@function
def _mass(x: Any) -> float:
    return float(x.scrap + x.steel + x.carbon + x.slag + x.FeO + x.CO + x.CO2 + x.O2 + x.N2)


@function
def _strike_and_break(p: Any, x: Any, u: Any) -> None:
    """Which arcs burn in the step that begins."""
    V = (p.V_low + p.V_tap * (u.tap - 1.0)) / math.sqrt(3.0)
    for i in range(3):
        length = x.z[i] - _surface(p, x, i)
        if u.breaker < 0.5 or p.a + p.b * length > p.out * V:
            p.burns[i] = 0.0
        elif length <= p.strike:
            p.burns[i] = 1.0


@function
def _cave_in(p: Any, x: Any, seconds: float) -> None:
    """Scrap falls under an electrode, the likelier the more of it stands around a bored hole; it melts away soon."""
    for i in range(3):
        p.bump[i] *= math.exp(-seconds / 6.0)
        p.random += GAMMA
        often = p.falls * x.scrap / 60e3 * min(max(x.bored[i], 0.0), 1.0)
        if uniform(p.random) < often * seconds:
            p.random += GAMMA
            p.bump[i] = max(p.bump[i], p.fall * uniform(p.random))


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Arcs, falling scrap and the basket."""
    seconds = h * 1e-9
    if p.started:
        p.left -= p.pouring * seconds
        _cave_in(p, x, seconds)
    else:
        p.started = True
        p.random = mixed(np.uint64(p.seed))
        p.left = p.basket
        p.stored = _stored(p, x)
        p.held_mass = _mass(x)
    p.pouring = min(p.pour, p.left / seconds) if u.charge >= 0.5 else 0.0
    _strike_and_break(p, x, u)


@function
def _electrodes(p: Any, x: Any, u: Any, dx: Any) -> tuple[float, float, float]:
    """The drives; returns the power of the arcs, that of the leads, and the mean length of burning arcs."""
    arcs, leads, lengths, burning = 0.0, 0.0, 0.0, 0.0
    drives = (u.drive1, u.drive2, u.drive3)
    for i in range(3):
        wanted = 0.0 if i == 0 and u.stuck1 >= 0.5 else p.v_max * drives[i] / 100.0
        wanted = min(wanted, p.top - x.z[i])  # slower over the last centimetres before the stop
        dx.v[i] = (wanted - x.v[i]) / p.tau
        dx.z[i] = x.v[i]
        current, voltage, length = _phase(p, u, x, i)
        arcs += voltage * current
        leads += p.R * current * current
        lengths += max(length, 0.0) * voltage * current
        burning += voltage * current
        dx.bored[i] = voltage * current / p.bore * (1.0 - x.bored[i]) - p.pouring / 20e3 * x.bored[i]
    return arcs, leads, lengths / max(burning, 1.0)


@function
def _cover(p: Any, x: Any, length: float) -> tuple[float, float]:
    """Shares of the arcs that burn in scrap, and in scrap or foam."""
    scrap = x.scrap / (x.scrap + p.half)
    foam = 1.0 - math.exp(-x.foam / (0.5 * length + 0.05))
    return scrap, scrap + (1.0 - scrap) * foam


@function
def _chemistry(p: Any, x: Any, u: Any, Tb: float, dx: Any) -> tuple[float, float]:
    """Oxygen, carbon and FeO; returns kg/s of CO that leaves the bath, and heat to the bath less what it takes, W."""
    found = x.carbon / (x.carbon + p.carbon_half)
    mol_O = u.oxygen / _O
    burnt, oxidised = found * mol_O, (1.0 - found) * mol_O
    reduces = x.FeO / (x.FeO + p.feo_half) * u.coke / _C
    dx.carbon = u.coke - (reduces + burnt) * _C
    dx.FeO = (oxidised - reduces) * _FEO
    CO = (burnt + reduces) * _CO
    heat = burnt * _H_CO + oxidised * _H_FEO + reduces * (_H_CO - _H_FEO)
    dx.foam = p.foams * CO * x.slag / (x.slag + 1000.0) - x.foam / p.collapse
    dx.slag = u.lime
    return CO, heat - CO * p.c_gas * (Tb - _COLD)


@function
def _gas_space(p: Any, x: Any, u: Any, CO: float, Tb: float, Tg: float, m: float, dx: Any) -> float:
    """Offgas, false air and post-combustion; returns the heat that the offgas takes away, W."""
    air = max(u.fan - CO, 0.0)
    leaves = CO + air
    burns = p.after * x.CO / m * x.O2
    turned = burns / _CO
    dx.CO = CO - burns - leaves * x.CO / m
    dx.CO2 = turned * _CO2 - leaves * x.CO2 / m
    dx.O2 = air * _O2_IN_AIR - turned * (_CO2 - _CO) - leaves * x.O2 / m
    dx.N2 = air * (1.0 - _O2_IN_AIR) - leaves * x.N2 / m
    gone = leaves * p.c_gas * (Tg - _COLD)
    dx.Eg = CO * p.c_gas * (Tb - _COLD) + turned * (_H_CO2 - _H_CO) - gone
    bound = leaves / m * (x.CO / _CO * _H_CO + x.CO2 / _CO2 * _H_CO2)
    dx.came = u.oxygen + u.coke + u.lime + p.pouring + air - leaves
    return float(gone - bound)


@function
def _melt(p: Any, x: Any, Q: float, dx: Any) -> float:
    """Scrap takes Q: a part warms it, a part melts it; returns what it brings into the bath, W."""
    each = x.Es / max(x.scrap, 1e-3)
    T = _COLD + each / p.c_solid
    r = min(max((T - _COLD) / (p.melting - _COLD), 0.0), 1.0) ** p.sharp
    melts = max(Q, 0.0) * r / (_steel_heat(p) - min(each, p.c_solid * (p.melting - _COLD)))
    dx.scrap = p.pouring - melts
    dx.steel += melts
    brings = melts * _steel_heat(p)
    dx.Es = Q - brings
    return float(brings)


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The balances of mass and energy."""
    Tb, (Tg, m) = _bath(p, x), _gas(p, x)
    arcs, leads, length = _electrodes(p, x, u, dx)
    in_scrap, covered = _cover(p, x, length)
    to_panels = (1.0 - covered) * p.bare * arcs
    to_scrap = in_scrap * arcs
    CO, chemical = _chemistry(p, x, u, Tb, dx)
    away = _gas_space(p, x, u, CO, Tb, Tg, m, dx)
    dx.steel = -(dx.FeO / _FEO) * _FE
    share = x.scrap / (x.scrap + p.half)
    Ts = _COLD + x.Es / max(x.scrap, 1e-3) / p.c_solid
    gas_scrap, gas_wall = p.gas_h * share * (Tg - Ts), p.gas_wall * (Tg - x.Tw)
    stirred = p.contact * min(x.scrap, 30e3) * (Tb - Ts)
    brings = _melt(p, x, to_scrap + gas_scrap + stirred, dx)
    lost = p.lost * (Tb - _COLD)
    dx.Eb = (arcs - to_scrap - to_panels) + chemical + brings - stirred - lost
    dx.Eg -= gas_scrap + gas_wall
    cooled = p.UA_panel * u.water * (x.Tw - _COLD)
    dx.Tw = (to_panels + gas_wall - cooled) / p.C_panel
    dx.net = arcs - lost - cooled - away
    dx.used = arcs + leads


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """What instruments show, arc lengths, and the closures."""
    (I1, V1, l1), (I2, V2, l2), (I3, V3, l3) = _phase(p, u, x, 0), _phase(p, u, x, 1), _phase(p, u, x, 2)
    y.I1, y.I2, y.I3 = I1 / 1000.0, I2 / 1000.0, I3 / 1000.0
    y.V1, y.V2, y.V3 = V1, V2, V3
    y.l1, y.l2, y.l3 = l1, l2, l3
    power = V1 * I1 + V2 * I2 + V3 * I3
    y.P = power / 1e6
    Tg, m = _gas(p, x)
    y.bath = _bath(p, x) - 273.15
    y.scrap_T = _COLD - 273.15 + x.Es / max(x.scrap, 1e-3) / p.c_solid
    y.offgas = Tg - 273.15
    y.CO_share = x.CO / m
    y.panels = x.Tw - 273.15
    length = (max(l1, 0.0) * V1 * I1 + max(l2, 0.0) * V2 * I2 + max(l3, 0.0) * V3 * I3) / max(power, 1.0)
    y.covered = _cover(p, x, length)[1]
    y.solid = x.scrap / (x.scrap + x.steel)
    y.C_share = 100.0 * x.carbon / (x.carbon + x.steel)
    y.closure = (x.net - (_stored(p, x) - p.stored)) / (x.used + 1e9)
    y.mass_closure = (x.came - (_mass(x) - p.held_mass)) / max(p.held_mass, 1.0)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """A broken electrode and a burst panel."""
    g.electrode = -1.0
    for i in range(3):
        g.electrode = max(g.electrode, _surface(p, x, i) - p.bump[i] - x.z[i] - p.deep)
    g.panel = x.Tw - p.panel_max


def outside(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """Beyond the temperatures for which the heat capacities stand."""
    g.boiling = _bath(p, x) - 2273.15


PLANT = Plant(
    name="arc_furnace",
    words="electric arc furnace: three electrodes, scrap, bath, slag, gas, offgas and panels",
    source="Logar, Dovzan, Skrjanc 2012; NIST-JANAF; CRC Handbook; what is ours is said so",
    left_out="free star point, harmonics, electrode wear, burners, Si, Mn, P, slag temperature, pressure",
    derivative=derivative,
    measure=measure,
    trip=trip,
    outside=outside,
    update=update,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    discrete=DISCRETE,
    trips=TRIPS,
    envelope=ENVELOPE,
)
