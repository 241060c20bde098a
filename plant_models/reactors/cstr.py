"""Exothermic reaction A -> B in a stirred tank, cooled through a jacket at temperature Tc.

    V dCA/dt        = F (CAf - CA) - V r
    V rhoCp dT/dt   = F rhoCp (Tf - T) - V dH r - UA (T - Tc)
    r               = k0 exp(-E/(R T)) CA

Sources, one for each parameter set:
- `mathworks`: MathWorks, Model Predictive Control Toolbox, "Non-Adiabatic Continuous Stirred Tank Reactor",
  after B. W. Bequette, Process Dynamics: Modeling, Analysis and Simulation, Prentice Hall 1998, module 9.
- `seborg`: D. E. Seborg, T. F. Edgar, D. A. Mellichamp, Process Dynamics and Control, 2nd ed., Wiley 2004,
  example 2.5; after M. A. Henson, D. E. Seborg (eds.), Nonlinear Process Control, Prentice Hall 1997,
  chapter 1.

Published per hour or minute and per kcal, litre or mole; here in seconds, J, m^3 and kmol, so that a steady
state is the published one and only the clock differs.

Left out: the dynamics of the jacket (the published manipulated variable is Tc itself), changes of volume,
density and heat capacity, heat of mixing, the heat of stirring, the reverse reaction. A mixture that leaves
through the rupture disc is not modelled: the run ends where the disc opens.
"""

import math
from typing import Any

from hil.blocks import ParameterSet, Plant, function
from hil.signals import record, signal

KCAL = 4184.0
"""Joules in a thermochemical kilocalorie."""

PARAMETERS = record(
    "Parameters",
    V=signal("m^3", "volume of the mixture", 1e-6, 1e3, 1.0),
    k0=signal("1/s", "pre-exponential factor", 0, 1e15, 34930800 / 3600),
    E_R=signal("K", "activation energy over the gas constant", 0, 1e5, 11843 / 1.98588),
    dH=signal("J/kmol", "heat of reaction, negative when heat is released", -1e9, 1e9, -5960 * KCAL),
    rhoCp=signal("J/m^3/K", "heat capacity of the mixture", 1e3, 1e8, 500 * KCAL),
    UA=signal("W/K", "heat transfer coefficient times area, mixture to coolant", 0, 1e7, 150 * KCAL / 3600),
    T_max=signal("K", "temperature at which the rupture disc opens", 300, 1e3, 500.0),
)
STATE = record(
    "State",
    CA=signal("kmol/m^3", "concentration of A in the reactor", 0, 20, 8.5698),
    T=signal("K", "temperature of the reactor", 200, 1e3, 311.2639),
)
INPUTS = record(
    "Inputs",
    Tc=signal("K", "temperature of the coolant in the jacket", 200, 400, 298.15),
    Tf=signal("K", "temperature of the feed", 200, 450, 298.15),
    CAf=signal("kmol/m^3", "concentration of A in the feed", 0, 20, 10.0),
    F=signal("m^3/s", "flow of the feed, and of the product", 0, 10, 1 / 3600),
)
OUTPUTS = record(
    "Outputs",
    r=signal("kmol/m^3/s", "rate of reaction", 0, 100),
    Qr=signal("W", "heat released by the reaction", -1e10, 1e10),
    Qc=signal("W", "heat given to the coolant", -1e10, 1e10),
)
TRIPS = record("Trips", disc=signal("K", "the rupture disc opened: T reached T_max"))


@function
def rate(p: Any, x: Any) -> float:
    """Return r, the moles of A that react, kmol/m^3/s."""
    return float(p.k0 * math.exp(-p.E_R / x.T) * x.CA)


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The balances of A and of energy."""
    r = rate(p, x)
    dx.CA = u.F / p.V * (u.CAf - x.CA) - r
    dx.T = u.F / p.V * (u.Tf - x.T) - p.dH / p.rhoCp * r - p.UA / (p.V * p.rhoCp) * (x.T - u.Tc)


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The rate of reaction and the two heat flows that must balance."""
    y.r = rate(p, x)
    y.Qr = -p.dH * y.r * p.V
    y.Qc = p.UA * (x.T - u.Tc)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The rupture disc."""
    g.disc = x.T - p.T_max


PLANT = Plant(
    name="cstr",
    words="exothermic stirred-tank reactor with a cooling jacket",
    source="MathWorks / Bequette 1998 and Seborg, Edgar, Mellichamp 2004, example 2.5",
    left_out="jacket dynamics, changing volume, heat of mixing, reverse reaction, flow through the disc",
    derivative=derivative,
    measure=measure,
    trip=trip,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    trips=TRIPS,
    sets={
        "mathworks": ParameterSet(
            words="the declared values: 1 m^3, 1 h residence time, steady at 311.26 K with Tc = 298.15 K",
            source="MathWorks, Non-Adiabatic Continuous Stirred Tank Reactor, after Bequette 1998, module 9",
            values={},
        ),
        "seborg": ParameterSet(
            words="100 L, 1 min residence time, at the published unstable point 0.5 mol/L, 350 K",
            source="Seborg, Edgar, Mellichamp, Process Dynamics and Control, 2nd ed. 2004, example 2.5",
            values={
                "V": 100e-3,
                "k0": 7.2e10 / 60,
                "E_R": 8750.0,
                "dH": -5e4 * 1e3,
                "rhoCp": 1000 * 0.239 * 1e3,
                "UA": 5e4 / 60,
                "CA": 0.5,
                "T": 350.0,
                "Tc": 300.0,
                "Tf": 350.0,
                "CAf": 1.0,
                "F": 100e-3 / 60,
            },
        ),
    },
)
