"""Ethylenediamine from ammonia and ethylene oxide (EO): three cooled stirred reactors, then two heated catalytic beds.

    1  NH3 + EO -> MEA     2  MEA + EO -> DEA     3  DEA + EO -> TEA                 in all five
    4  MEA + NH3 -> EDA + H2O     5  MEA + EDA -> DETA + H2O     6  DETA -> PIP + NH3     on the catalyst

    unit i    dn_j/dt = in_j - q n_j/V + V sum nu_jk r_k,   dH/dt = H_in - q H/V - UA (T - Tu),   V = sum n_j v_j
              T = T0 + (H - sum n_j h_j) / sum n_j c_j,   q = (V - V_full)/tau over the weir
    coil      C dTu/dt = w c (T_in - Tu) + UA (T - Tu),   flows follow their valves with a first-order lag
    rates     r_1..3 = k_1..3 [amine][EO],   r_4 = k_4 [MEA][NH3],   r_5 = k_5 [MEA][EDA],   r_6 = k_6 [DETA]
              k_1 = (41 + 4.0 [H2O]^2) 100 exp(-11000/(1.987 T)),   k_2 = (7.2 - 0.042 [H2O]) k_1,
              k_3 = (16 - 0.22 [H2O]) k_1   in l/mol/min with mol/l and cal/mol

Sources: scheme, rate forms and numbers of 1 to 3 as in the abstract of "Reaction of Ethylene Oxide with Active
Hydrogen, I", aqueous ammonia at commercial concentrations (the printed numbers make k_1 : k_2 : k_3 = 1 : 4.9 : 3.8 in
pure water; the abstract of "The Kinetics of the Formation of Ethanolamines" has 1 : 6 : 4 from dilute solutions, and
16,600 cal instead of 11,000). EO added in portions: the former, too. Both steps in one plant: EP 0 075 941, Union
Carbide. What the amination gives (EDA, DETA, piperazine) and takes (hydrogen, 1 to 15 ammonia a MEA, 120 to 300 degC):
US 5,202,491, Union Carbide. Vapour pressures of ammonia and water: Antoine's equation with the constants of a published
table (ln kPa, K), right within 1 % at their boiling points; of EO: Clausius and Clapeyron from its own, 283.85 K.

Ours, where no public number was found: 4 to 6 as elementary steps with their rates, heats of reaction (one value for
every EO), heat capacities and molar volumes (rounded from handbooks, constant, ideal mixture), Raoult's law, all sizes,
and everything else that is marked so. No plant like this one exists.

Left out: glycols from EO and water, polymerisation and decomposition of EO, AEEA and other amines, what DEA and TEA do
on the catalyst, hydrogen, vapour in the units (their pressure is that of a pump; where the mixture would boil the
relief valve opens and the run ends), gradients within a unit, heat losses, separation and recycle.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import Plant, function
from hil.signals import record, signal
from plant_models.reactors._eda_start import FEED_NH3, RUNNING, SETS

NH3, EO, H2O, MEA, DEA, TEA, EDA, DETA, PIP = range(9)
_UNITS, _EO_UNITS, _SPECIES = 5, 3, 9
M = np.array([17.031, 44.053, 18.015, 61.084, 105.137, 149.190, 60.100, 103.169, 86.138])
"""kg/kmol, sums of the elements' so that every reaction keeps mass."""
NITROGEN = np.array([1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 3.0, 2.0])
C2 = np.array([0.0, 1.0, 0.0, 1.0, 2.0, 3.0, 1.0, 2.0, 2.0])
_ADDED = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 1.0, 2.0, 2.0])  # EO that has reacted
_BY_4 = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
_BY_5 = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0])
_BY_6 = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
NU = np.array([
    [-1.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, -1.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, -1.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
    [-1.0, 0.0, 1.0, -1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    [0.0, 0.0, 1.0, -1.0, 0.0, 0.0, -1.0, 1.0, 0.0],
    [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 1.0],
])  # fmt: skip
"""What each reaction makes of each species."""
CP = np.array([80.8e3, 89e3, 75.3e3, 170e3, 260e3, 390e3, 172e3, 254e3, 190e3])
"""J/kmol/K, ours."""
VM = np.array([0.0280, 0.0499, 0.0181, 0.0604, 0.0961, 0.1327, 0.0669, 0.1080, 0.0890])
"""m^3/kmol, ours."""
T0 = 298.15
R_GAS = 8314.46  # J/kmol/K

PARAMETERS = record(
    "Parameters",
    V=signal("m^3", "volume of each unit, ours", 1e-3, 100, (1.7, 1.7, 1.7, 6.0, 6.0), shape=(5,)),
    UA=signal("W/K", "each unit to its coil, ours", 0, 1e7, (20e3, 25e3, 15e3, 60e3, 15e3), shape=(5,)),
    C_coil=signal("J/K", "heat capacity of each coil's content and metal, ours", 1e3, 1e9, 2.5e6, shape=(5,)),
    w_coil=signal("kg/s", "water or oil through each open valve, ours", 0, 1e3, (15, 25, 15, 45, 10), shape=(5,)),
    c_coil=signal("J/kg/K", "heat capacity of water, and of oil", 1e3, 1e4, (4184, 4184, 4184, 2400, 2400), shape=(5,)),
    tau=signal("s", "time constant of a unit's outflow, ours", 0.1, 1e3, 2.0),
    tau_F=signal("s", "time constant of flows behind their valves, ours", 0.1, 1e3, 2.0),
    w_aq=signal("kg/s", "aqueous ammonia through its open valve, ours", 0, 1e3, 8.0),
    w_eo=signal("kg/s", "EO through each open valve, ours", 0, 100, 1.0),
    UA_heater=signal("W/K", "feed heater with its steam valve open, ours", 0, 1e6, 12e3),
    C_heater=signal("J/K", "heat capacity of the feed heater, ours", 1e3, 1e9, 1.5e6),
    T_steam=signal("K", "heating steam, ours", 300, 600, 413.15),
    heat_eo=signal("J/kmol", "released by each EO added, ours", 0, 1e9, 105e6),
    heat_4=signal("J/kmol", "released by reaction 4, ours", -1e8, 1e8, 13e6),
    heat_5=signal("J/kmol", "released by reaction 5, ours", -1e8, 1e8, 13e6),
    heat_6=signal("J/kmol", "released by reaction 6, ours", -1e8, 1e8, 5e6),
    activity=signal("1", "share of fresh catalyst", 0, 2, 1.0),
    k4=signal("m^3/kmol/s", "rate constant of reaction 4 at 443.15 K, ours", 0, 1, 6e-5),
    k5=signal("m^3/kmol/s", "rate constant of reaction 5 at 443.15 K, ours", 0, 1, 2.4e-4),
    k6=signal("1/s", "rate constant of reaction 6 at 443.15 K, ours", 0, 1, 3e-4),
    E=signal("J/kmol", "activation energy of reactions 4 to 6, ours", 0, 1e9, 80e6),
    P_relief=signal("kPa", "bubble pressure at which the relief valve opens, ours", 100, 1e5, 6000.0),
    T_bed_max=signal("K", "bed temperature that the steel bears, ours", 300, 1e3, 523.15),
)
STATE = record(
    "State",
    n=signal("kmol", "NH3, EO, H2O, MEA, DEA, TEA, EDA, DETA, PIP, unit by unit", -1, 1e4, RUNNING["n"], shape=(45,)),
    H=signal(
        "J", "enthalpy of each unit; NH3, EO and water at 25 degC have none", -1e13, 1e13, RUNNING["H"], shape=(5,)
    ),
    Tu=signal("K", "leaving each coil", 200, 800, RUNNING["Tu"], shape=(5,)),
    w=signal("kg/s", "through each coil", -1e-9, 1e4, RUNNING["w"], shape=(5,)),
    F=signal("kg/s", "aqueous ammonia, EO to unit 1, EO to unit 2", -1e-9, 1e4, RUNNING["F"], shape=(3,)),
    Th=signal("K", "aqueous ammonia leaving its heater", 200, 600, RUNNING["Th"]),
    came_N=signal("kmol", "nitrogen that came less what left", -1e12, 1e12),
    came_C2=signal("kmol", "C2 units that came less what left", -1e12, 1e12),
    net=signal("J", "enthalpy and heat that came less what left", -1e18, 1e18),
)
INPUTS = record(
    "Inputs",
    aq=signal("1", "aqueous ammonia valve, share open", 0, 1, RUNNING["aq"]),
    eo1=signal("1", "EO valve of unit 1, share open", 0, 1, RUNNING["eo1"]),
    eo2=signal("1", "EO valve of unit 2, share open", 0, 1, RUNNING["eo2"]),
    block=signal("1", "EO block valve, share open", 0, 1, 1.0),
    steam=signal("1", "steam valve of the feed heater, share open", 0, 1, RUNNING["steam"]),
    cool1=signal("1", "cooling water of unit 1, share open", 0, 1, RUNNING["cool1"]),
    cool2=signal("1", "cooling water of unit 2, share open", 0, 1, RUNNING["cool2"]),
    cool3=signal("1", "cooling water of unit 3, share open", 0, 1, RUNNING["cool3"]),
    oil4=signal("1", "hot oil of unit 4, share open", 0, 1, RUNNING["oil4"]),
    oil5=signal("1", "hot oil of unit 5, share open", 0, 1, RUNNING["oil5"]),
    x_nh3=signal("1", "ammonia in the aqueous ammonia, by mass", 0.05, 0.95, FEED_NH3),
    T_aq=signal("K", "aqueous ammonia from its tank", 240, 350, 298.15),
    T_eo=signal("K", "EO from its tank", 240, 330, 288.15),
    T_water=signal("K", "cooling water supply", 273.15, 350, 298.15),
    T_oil=signal("K", "hot oil supply", 280, 600, 488.15),
    aq_supply=signal("1", "flow that the ammonia pump gives, of normal", 0, 2, 1.0),
    eo_supply=signal("1", "flow that the EO pump gives, of normal", 0, 2, 1.0),
    water_supply=signal("1", "flow that the cooling water pump gives, of normal", 0, 2, 1.0),
    oil_supply=signal("1", "flow that the oil pump gives, of normal", 0, 2, 1.0),
)
OUTPUTS = record(
    "Outputs",
    T1=signal("K", "unit 1", 150, 2000, 300),
    T2=signal("K", "unit 2", 150, 2000, 300),
    T3=signal("K", "unit 3", 150, 2000, 300),
    T4=signal("K", "unit 4, first bed", 150, 2000, 300),
    T5=signal("K", "unit 5, second bed", 150, 2000, 300),
    Tu1=signal("K", "coil of unit 1", 200, 800, 300),
    Tu2=signal("K", "coil of unit 2", 200, 800, 300),
    Tu3=signal("K", "coil of unit 3", 200, 800, 300),
    Tu4=signal("K", "coil of unit 4", 200, 800, 300),
    Tu5=signal("K", "coil of unit 5", 200, 800, 300),
    P=signal("kPa", "highest bubble pressure of units 1 to 3", 0, 1e6),
    F_aq=signal("kg/s", "aqueous ammonia", 0, 1e3),
    F_eo1=signal("kg/s", "EO to unit 1", 0, 1e3),
    F_eo2=signal("kg/s", "EO to unit 2", 0, 1e3),
    F_water=signal("kg/s", "cooling water", 0, 1e4),
    ratio=signal("1", "NH3 to EO fed, mole a mole; 1000 at most", 0, 1000),
    eo_1=signal("kmol/m^3", "EO in unit 1", -1, 100),
    eo_2=signal("kmol/m^3", "EO in unit 2", -1, 100),
    eo_3=signal("kmol/m^3", "EO in unit 3", -1, 100),
    mtsr1=signal("K", "unit 1, if its EO reacted without cooling", 150, 3000, 300),
    mtsr2=signal("K", "unit 2, if its EO reacted without cooling", 150, 3000, 300),
    mtsr3=signal("K", "unit 3, if its EO reacted without cooling", 150, 3000, 300),
    made_mea=signal("kmol/s", "MEA in the product", -1, 100),
    made_dea=signal("kmol/s", "DEA in the product", -1, 100),
    made_tea=signal("kmol/s", "TEA in the product", -1, 100),
    made_eda=signal("kmol/s", "EDA in the product", -1, 100),
    made_deta=signal("kmol/s", "DETA in the product", -1, 100),
    made_pip=signal("kmol/s", "piperazine in the product", -1, 100),
    released=signal("W", "heat of all reactions", -1e10, 1e10),
    closure_N=signal("1", "nitrogen that came and is nowhere, as a share of what is there", -1, 1),
    closure_C2=signal("1", "C2 units that came and are nowhere, as a share of one kmol and what is there", -1, 1),
    closure=signal("1", "energy that came and is nowhere, as a share of heating all by 100 K", -1, 1),
)
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    first_N=signal("kmol", "nitrogen at the start"),
    first_C2=signal("kmol", "C2 units at the start"),
    first=signal("J", "energy at the start"),
)
TRIPS = record(
    "Trips",
    relief=signal("kPa", "the relief valve opened: the mixture would boil at its set pressure"),
    bed=signal("K", "a bed got hotter than its steel bears"),
)
ENVELOPE = record(
    "Envelope",
    lean=signal("kmol/m^3", "EO beyond the ammonia in a unit: its hydrolysis and polymerisation are left out"),
)


@function
def _formation(p: Any, j: int) -> float:
    """Enthalpy of a species at 25 degC, J/kmol, against NH3, EO and water: minus what its making released."""
    return float(-p.heat_eo * _ADDED[j] - p.heat_4 * _BY_4[j] - p.heat_5 * _BY_5[j] - p.heat_6 * _BY_6[j])


@function
def _unit(p: Any, x: Any, i: int) -> tuple[float, float, float]:
    """Volume, heat capacity and temperature of a unit's content."""
    V, C, heat = 0.0, 0.0, x.H[i]
    for j in range(_SPECIES):
        n = x.n[_SPECIES * i + j]
        V += n * VM[j]
        C += n * CP[j]
        heat -= n * _formation(p, j)
    return V, C, T0 + heat / C


@function
def _constants(p: Any, T: float, water: float, bed: bool) -> Any:
    """The six rate constants, m^3/kmol/s (the last 1/s)."""
    k1 = (41.0 + 4.0 * water * water) * 100.0 * math.exp(-11000.0 / (1.987 * T)) / 60.0
    warm = p.activity * math.exp(-p.E / R_GAS * (1.0 / T - 1.0 / 443.15)) if bed else 0.0
    return k1, (7.2 - 0.042 * water) * k1, (16.0 - 0.22 * water) * k1, p.k4 * warm, p.k5 * warm, p.k6 * warm


@function
def _rates(p: Any, x: Any, i: int, V: float, T: float) -> Any:
    """The six rates in a unit, kmol/s."""
    a = _SPECIES * i
    k = _constants(p, T, x.n[a + H2O] / V, i >= _EO_UNITS)
    eo, mea = x.n[a + EO] / V, x.n[a + MEA] / V
    return (
        k[0] * x.n[a + NH3] * eo,
        k[1] * x.n[a + MEA] * eo,
        k[2] * x.n[a + DEA] * eo,
        k[3] * x.n[a + NH3] * mea,
        k[4] * x.n[a + EDA] * mea,
        k[5] * x.n[a + DETA],
    )


@function
def _aqueous_capacity(u: Any) -> float:
    """Heat capacity of the aqueous ammonia, J/kg/K."""
    return float(u.x_nh3 / M[NH3] * CP[NH3] + (1.0 - u.x_nh3) / M[H2O] * CP[H2O])


@function
def _valves(p: Any, x: Any, u: Any, dx: Any) -> None:
    """Flows of feeds, water and oil follow pumps and valves."""
    eo = p.w_eo * u.eo_supply * u.block
    feeds = (p.w_aq * u.aq_supply * u.aq, eo * u.eo1, eo * u.eo2)
    for i in range(3):
        dx.F[i] = (feeds[i] - x.F[i]) / p.tau_F
    water, oil = u.water_supply, u.oil_supply
    coils = (u.cool1 * water, u.cool2 * water, u.cool3 * water, u.oil4 * oil, u.oil5 * oil)
    for i in range(_UNITS):
        dx.w[i] = (coils[i] * p.w_coil[i] - x.w[i]) / p.tau_F


@function
def _held(p: Any, x: Any) -> tuple[float, float, float, float]:
    """Nitrogen, C2 units, energy, and heat capacity of all that is there."""
    nitrogen, c2, energy, capacity = 0.0, 0.0, p.C_heater * (x.Th - T0), p.C_heater
    for i in range(_UNITS):
        energy += x.H[i] + p.C_coil[i] * (x.Tu[i] - T0)
        capacity += p.C_coil[i]
        for j in range(_SPECIES):
            n = x.n[_SPECIES * i + j]
            nitrogen += n * NITROGEN[j]
            c2 += n * C2[j]
            capacity += n * CP[j]
    return nitrogen, c2, energy, capacity


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """What was there at the start."""
    if not p.started:
        p.started = True
        p.first_N, p.first_C2, p.first, _ = _held(p, x)


@function
def _feed(p: Any, x: Any, u: Any, dx: Any) -> None:
    """What comes into units 1 and 2 from outside, with its heat, and the heater before them."""
    aq, eo1, eo2 = x.F[0], x.F[1], x.F[2]
    c = _aqueous_capacity(u)
    steam = p.UA_heater * u.steam * (p.T_steam - x.Th)
    dx.Th = (aq * c * (u.T_aq - x.Th) + steam) / p.C_heater
    eo_heat = CP[EO] * (u.T_eo - T0) / M[EO]
    dx.n[NH3] += aq * u.x_nh3 / M[NH3]
    dx.n[H2O] += aq * (1.0 - u.x_nh3) / M[H2O]
    dx.n[EO] += eo1 / M[EO]
    dx.n[_SPECIES + EO] += eo2 / M[EO]
    dx.H[0] += aq * c * (x.Th - T0) + eo1 * eo_heat
    dx.H[1] += eo2 * eo_heat
    dx.came_N = aq * u.x_nh3 / M[NH3]
    dx.came_C2 = (eo1 + eo2) / M[EO]
    dx.net = aq * c * (u.T_aq - T0) + steam + (eo1 + eo2) * eo_heat


@function
def _overflow(p: Any, x: Any, i: int, V: float, dx: Any) -> None:
    """What runs over a unit's weir into the next one, or out of the plant."""
    share = max(V - p.V[i], 0.0) / (p.tau * V)
    last = i == _UNITS - 1
    for j in range(_SPECIES):
        a = _SPECIES * i + j
        out = share * x.n[a]
        dx.n[a] -= out
        if last:
            dx.came_N -= out * NITROGEN[j]
            dx.came_C2 -= out * C2[j]
        else:
            dx.n[a + _SPECIES] += out
    dx.H[i] -= share * x.H[i]
    if last:
        dx.net -= share * x.H[i]
    else:
        dx.H[i + 1] += share * x.H[i]


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The balances of nine species and of enthalpy in five units, and of heat in their coils."""
    for a in range(_UNITS * _SPECIES):
        dx.n[a] = 0.0
    for i in range(_UNITS):
        dx.H[i] = 0.0
    _feed(p, x, u, dx)
    _valves(p, x, u, dx)
    for i in range(_UNITS):
        V, _, T = _unit(p, x, i)
        r = _rates(p, x, i, V, T)
        for j in range(_SPECIES):
            made = 0.0
            for k in range(6):
                made += NU[k, j] * r[k]
            dx.n[_SPECIES * i + j] += made
        _overflow(p, x, i, V, dx)
        supply = u.T_water if i < _EO_UNITS else u.T_oil
        gives, brings = p.UA[i] * (T - x.Tu[i]), x.w[i] * p.c_coil[i] * (supply - x.Tu[i])
        dx.H[i] -= gives
        dx.Tu[i] = (gives + brings) / p.C_coil[i]
        dx.net += brings


@function
def _pressure(x: Any, i: int, T: float) -> float:
    """Bubble pressure of a unit's content by Raoult's law, kPa."""
    a, n = _SPECIES * i, 0.0
    for j in range(_SPECIES):
        n += x.n[a + j]
    nh3 = math.exp(15.49 - 2363.0 / (T - 22.62))
    water = math.exp(16.54 - 3985.0 / (T - 39.0))
    eo = 101.325 * math.exp(25.5e6 / R_GAS * (1.0 / 283.85 - 1.0 / T))
    return float((x.n[a + NH3] * nh3 + x.n[a + H2O] * water + x.n[a + EO] * eo) / n)


@function
def _highest_pressure(p: Any, x: Any) -> float:
    P = 0.0
    for i in range(_EO_UNITS):
        P = max(P, _pressure(x, i, _unit(p, x, i)[2]))
    return P


@function
def _if_all_reacted(p: Any, x: Any, i: int) -> float:
    """Temperature of a unit after all its EO has reacted without cooling (maximum temperature of the synthesis)."""
    _, C, T = _unit(p, x, i)
    return float(T + max(x.n[_SPECIES * i + EO], 0.0) * p.heat_eo / C)


@function
def _released(p: Any, x: Any) -> float:
    """Heat of all reactions at 25 degC, W."""
    heat = 0.0
    for i in range(_UNITS):
        V, _, T = _unit(p, x, i)
        r = _rates(p, x, i, V, T)
        heat += p.heat_eo * (r[0] + r[1] + r[2]) + p.heat_4 * r[3] + p.heat_5 * r[4] + p.heat_6 * r[5]
    return heat


@function
def _temperatures(p: Any, x: Any, y: Any) -> None:
    y.T1, y.T2, y.T3 = _unit(p, x, 0)[2], _unit(p, x, 1)[2], _unit(p, x, 2)[2]
    y.T4, y.T5 = _unit(p, x, 3)[2], _unit(p, x, 4)[2]
    y.Tu1, y.Tu2, y.Tu3, y.Tu4, y.Tu5 = x.Tu[0], x.Tu[1], x.Tu[2], x.Tu[3], x.Tu[4]
    y.mtsr1, y.mtsr2, y.mtsr3 = _if_all_reacted(p, x, 0), _if_all_reacted(p, x, 1), _if_all_reacted(p, x, 2)


@function
def _product(p: Any, x: Any, y: Any) -> None:
    a, V = _SPECIES * (_UNITS - 1), _unit(p, x, _UNITS - 1)[0]
    share = max(V - p.V[_UNITS - 1], 0.0) / (p.tau * V)
    y.made_mea, y.made_dea, y.made_tea = share * x.n[a + MEA], share * x.n[a + DEA], share * x.n[a + TEA]
    y.made_eda, y.made_deta, y.made_pip = share * x.n[a + EDA], share * x.n[a + DETA], share * x.n[a + PIP]


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """What instruments can see, what they cannot, and the three closures."""
    _temperatures(p, x, y)
    _product(p, x, y)
    y.P = _highest_pressure(p, x)
    y.F_aq, y.F_eo1, y.F_eo2 = x.F[0], x.F[1], x.F[2]
    y.F_water = x.w[0] + x.w[1] + x.w[2]
    fed = (y.F_eo1 + y.F_eo2) / M[EO]
    y.ratio = min(y.F_aq * u.x_nh3 / M[NH3] / max(fed, 1e-9), 1000.0)
    y.eo_1 = x.n[EO] / _unit(p, x, 0)[0]
    y.eo_2 = x.n[_SPECIES + EO] / _unit(p, x, 1)[0]
    y.eo_3 = x.n[2 * _SPECIES + EO] / _unit(p, x, 2)[0]
    y.released = _released(p, x)
    nitrogen, c2, energy, capacity = _held(p, x)
    y.closure_N = (p.first_N + x.came_N - nitrogen) / nitrogen
    y.closure_C2 = (p.first_C2 + x.came_C2 - c2) / (c2 + 1.0)
    y.closure = (p.first + x.net - energy) / (100.0 * capacity)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The relief valve and the beds' steel."""
    g.relief = _highest_pressure(p, x) - p.P_relief
    g.bed = max(_unit(p, x, 3)[2], _unit(p, x, 4)[2]) - p.T_bed_max


def outside(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """Where EO would find little else to react with than water and itself."""
    lean = -1.0
    for i in range(_EO_UNITS):
        V = _unit(p, x, i)[0]
        lean = max(lean, (x.n[_SPECIES * i + EO] - x.n[_SPECIES * i + NH3]) / V)
    g.lean = lean


PLANT = Plant(
    name="ethylenediamine",
    words="ammonia and ethylene oxide to ethanolamines in three cooled reactors, then to ethylenediamine in two beds",
    source="kinetics of Reaction of Ethylene Oxide with Active Hydrogen I; flow sheet of EP 0 075 941; sizes ours",
    left_out="glycols, polymerisation and decomposition of EO, further amines, hydrogen, vapour, recycle",
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
    sets=SETS,
)
