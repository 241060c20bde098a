"""The reaction A -> B -> C beside 2 A -> D in a stirred tank with a cooling jacket: B has a maximum over the flow.

    dcA/dt = F (cA0 - cA) - k1 cA - k3 cA^2
    dcB/dt = -F cB + k1 cA - k2 cB               dcC/dt = -F cC + k2 cB
    dcD/dt = -F cD + k3 cA^2/2
    dT/dt  = F (T0 - T) + kw AR/(rho Cp VR) (TK - T) - (k1 cA H1 + k2 cB H2 + k3 cA^2 H3)/(rho Cp)
    dTK/dt = (Q + kw AR (T - TK))/(mK CPK)       ki = ki0 exp(-Ei/T)

Below the flow of most B more flow means more B, after a first fall: a zero on the right, where isothermally
s = k1 (cA0 - cA)/cB - (F + k1 + 2 k3 cA). At the maximum it passes through 0, and beyond more flow means less B.

Sources. Sets `optimum` and `hot`: H. Chen, A. Kremling, F. Allgoewer, "Nonlinear predictive control of a benchmark
CSTR", European Control Conference 1995, 3247-3252; the reactor is that of K.-U. Klatt, S. Engell, "Gain-scheduling
trajectory control of a continuous stirred tank reactor", Computers and Chemical Engineering 22 (1998) 491-502. Set
`isothermal`: B. W. Bequette, Process Dynamics, Prentice Hall 1998, module 5. After J. G. van de Vusse, Chemical
Engineering Science 19 (1964) 994-997.

Published per hour or minute, in litres, moles and degC; here in seconds, m^3, kmol and K; F is the flow over VR. C and
D are followed beside the published four states: what A, B, C and D hold of A's moles, `found`, follows the feed as if
nothing reacted, by d found/dt = F (cA0 - found).

Left out: changes of volume and density, heat of mixing and stirring, the jacket's inflow (Q is the published input),
heat to the surroundings, side products other than D.
"""

import math
from typing import Any

from hil.blocks import ParameterSet, Plant, function
from hil.signals import record, signal

HOUR, MINUTE = 3600.0, 60.0
ZERO_C = 273.15
_SOURCE = "H. Chen, A. Kremling, F. Allgoewer, European Control Conference 1995, 3247-3252"
PARAMETERS = record(
    "Parameters",
    k10=signal("1/s", "frequency of A -> B", 0, 1e12, 1.287e12 / HOUR),
    k20=signal("1/s", "frequency of B -> C", 0, 1e12, 1.287e12 / HOUR),
    k30=signal("m^3/kmol/s", "frequency of 2 A -> D", 0, 1e12, 9.043e9 / HOUR),
    E1=signal("K", "activation energy of A -> B over the gas constant", 0, 1e5, 9758.3),
    E2=signal("K", "activation energy of B -> C over the gas constant", 0, 1e5, 9758.3),
    E3=signal("K", "activation energy of 2 A -> D over the gas constant", 0, 1e5, 8560.0),
    H1=signal("J/kmol", "heat of A -> B, negative when heat is released", -1e9, 1e9, 4.2e6),
    H2=signal("J/kmol", "heat of B -> C", -1e9, 1e9, -11.0e6),
    H3=signal("J/kmol", "heat of 2 A -> D, for each A", -1e9, 1e9, -41.85e6),
    rho=signal("kg/m^3", "density of the mixture", 1, 1e5, 934.2),
    Cp=signal("J/kg/K", "heat capacity of the mixture", 1, 1e6, 3010.0),
    kw=signal("W/m^2/K", "heat transfer to the jacket", 0, 1e6, 4032e3 / HOUR),
    AR=signal("m^2", "surface of the jacket", 0, 1e4, 0.215),
    VR=signal("m^3", "volume of the mixture", 1e-6, 1e4, 0.010),
    mK=signal("kg", "coolant in the jacket", 1e-3, 1e6, 5.0),
    CPK=signal("J/kg/K", "heat capacity of the coolant", 1, 1e6, 2000.0),
    T_max=signal("K", "temperature at which the relief valve opens", 300, 1e3, ZERO_C + 160.0),
)
STATE = record(
    "State",
    cA=signal("kmol/m^3", "concentration of A", 0, 50, 2.1402105301),
    cB=signal("kmol/m^3", "concentration of B, the product", 0, 50, 1.0903043613),
    T=signal("K", "temperature of the reactor", 200, 1e3, ZERO_C + 114.1910844206),
    TK=signal("K", "temperature of the jacket", 200, 1e3, ZERO_C + 112.9065929108),
    cC=signal("kmol/m^3", "concentration of C", 0, 50, 1.1323),
    cD=signal("kmol/m^3", "concentration of D", 0, 50, 0.3686),
)
INPUTS = record(
    "Inputs",
    F=signal("1/s", "flow of the feed over the volume", 0, 1, 14.19 / HOUR),
    Q=signal("W", "heat given to the jacket; less than 0 cools", -1e6, 1e6, -1113.5e3 / HOUR),
    T0=signal("K", "temperature of the feed", 200, 600, ZERO_C + 104.9),
    cA0=signal("kmol/m^3", "concentration of A in the feed", 0, 50, 5.10),
)
OUTPUTS = record(
    "Outputs",
    Qr=signal("W", "heat that the reactions release", -1e9, 1e9),
    Qj=signal("W", "heat from the reactor to the jacket", -1e9, 1e9),
    zero=signal("1/s", "zero from the flow to B at constant temperature", -1e3, 1e3),
    found=signal("kmol/m^3", "A found again in A, B, C and D; as much as in the feed while that is steady", 0, 1e3),
)
TRIPS = record("Trips", relief=signal("K", "the relief valve opened: T reached T_max"))


@function
def _rates(p: Any, T: float) -> tuple[float, float, float]:
    """Return k1 and k2, 1/s, and k3, m^3/kmol/s."""
    return p.k10 * math.exp(-p.E1 / T), p.k20 * math.exp(-p.E2 / T), p.k30 * math.exp(-p.E3 / T)


@function
def _heat(p: Any, x: Any) -> float:
    """Return the heat released, W/m^3."""
    k1, k2, k3 = _rates(p, x.T)
    return float(-(k1 * x.cA * p.H1 + k2 * x.cB * p.H2 + k3 * x.cA * x.cA * p.H3))


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The balances of the moles, of the reactor's heat and of the jacket's."""
    k1, k2, k3 = _rates(p, x.T)
    dx.cA = u.F * (u.cA0 - x.cA) - k1 * x.cA - k3 * x.cA * x.cA
    dx.cB = -u.F * x.cB + k1 * x.cA - k2 * x.cB
    dx.cC = -u.F * x.cC + k2 * x.cB
    dx.cD = -u.F * x.cD + 0.5 * k3 * x.cA * x.cA
    exchange = p.kw * p.AR * (x.TK - x.T)
    dx.T = u.F * (u.T0 - x.T) + (exchange / p.VR + _heat(p, x)) / (p.rho * p.Cp)
    dx.TK = (u.Q - exchange) / (p.mK * p.CPK)


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The heats, the zero, and the moles found again."""
    k1, _, k3 = _rates(p, x.T)
    y.Qr = _heat(p, x) * p.VR
    y.Qj = p.kw * p.AR * (x.T - x.TK)
    y.zero = k1 * (u.cA0 - x.cA) / max(x.cB, 1e-6) - (u.F + k1 + 2.0 * k3 * x.cA)
    y.found = x.cA + x.cB + x.cC + 2.0 * x.cD


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The relief valve."""
    g.relief = x.T - p.T_max


PLANT = Plant(
    name="van_de_vusse",
    words="stirred tank with A -> B -> C and 2 A -> D: most B at one flow, inverse response below it",
    source="Chen, Kremling, Allgoewer 1995; Klatt, Engell 1998; Bequette 1998, module 5; van de Vusse 1964",
    left_out="changing volume and density, heat of mixing, the jacket's inflow, losses of heat, other side products",
    derivative=derivative,
    measure=measure,
    trip=trip,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    trips=TRIPS,
    sets={
        "optimum": ParameterSet(
            words="the declared values, main point, close to the most B: 14.19 1/h, -1113.5 kJ/h, feed at 104.9 degC",
            source=_SOURCE,
            values={},
        ),
        "hot": ParameterSet(
            words="18.83 1/h, -4495.7 kJ/h, feed at 130 degC: 0.9 kmol/m3 of B, well below the flow of most B",
            source=_SOURCE,
            values={
                "F": 18.83 / HOUR, "Q": -4495.7e3 / HOUR, "T0": ZERO_C + 130.0, "cA": 1.2348265130, "cB": 0.9000065606,
                "T": ZERO_C + 134.1403553544, "TK": ZERO_C + 128.9542857716, "cC": 2.4192459359, "cD": 0.2729604953,
            },
        ),
        "isothermal": ParameterSet(
            words="rates that do not depend on the temperature, 4/7 1/min, 10 kmol/m3 in the feed; heats as above",
            source="B. W. Bequette, Process Dynamics: Modeling, Analysis and Simulation, Prentice Hall 1998, module 5",
            values={
                "k10": 5 / 6 / MINUTE, "k20": 5 / 3 / MINUTE, "k30": 1 / 6 / MINUTE, "E1": 0.0, "E2": 0.0, "E3": 0.0,
                "F": 4 / 7 / MINUTE, "cA0": 10.0, "T0": ZERO_C + 25.0, "Q": 0.0,
                "T": 343.4279666, "TK": 343.4279666, "cA": 3.0, "cB": 1.1170212766, "cC": 3.2579787234, "cD": 1.3125,
            },
        ),
    },
)  # fmt: skip
