"""Four tanks and two pumps, each pump feeding a lower tank and the upper tank across: a zero that a valve moves.

    A1 dh1/dt = -q1 + q3 + g1 k1 v1          A3 dh3/dt = -q3 + (1 - g2) k2 v2 + d3
    A2 dh2/dt = -q2 + q4 + g2 k2 v2          A4 dh4/dt = -q4 + (1 - g1) k1 v1 + d4
    qi = ai sqrt(2 g hi)                     dS/dt = k1 v1 + k2 v2 + d3 + d4 - q1 - q2

Source: K. H. Johansson, "The quadruple-tank process: a multivariable laboratory process with an adjustable zero",
IEEE Trans. Control Systems Technology 8 (2000) 456-465; the paper's units, with g in cm/s^2. Linearised it has the time
constants Ti = Ai/ai sqrt(2 hi/g) and the zeros of (1 + s T3)(1 + s T4) = (1 - g1)(1 - g2)/(g1 g2): both are on the left
where g1 + g2 > 1, one is on the right where it is less. Tanks are 20 cm high. The paper's levels are measured ones, up
to 0.2 cm from where the equations rest; the sets start where these rest.

S is what the tanks ought to hold, for `closure`; d3 and d4 are ours, to upset the plant.

Left out: the pumps' lag and dead band, the pipes' content, vortices and the last millimetres above an outlet, the water
that runs over: the run ends where a tank is full.
"""

import math
from typing import Any

from hil.blocks import ParameterSet, Plant, function
from hil.signals import record, signal

_SOURCE = "K. H. Johansson, IEEE Trans. Control Systems Technology 8 (2000) 456-465, tables and section III"
PARAMETERS = record(
    "Parameters",
    A1=signal("cm^2", "cross-section of tank 1", 1, 1e4, 28.0),
    A2=signal("cm^2", "cross-section of tank 2", 1, 1e4, 32.0),
    A3=signal("cm^2", "cross-section of tank 3", 1, 1e4, 28.0),
    A4=signal("cm^2", "cross-section of tank 4", 1, 1e4, 32.0),
    a1=signal("cm^2", "cross-section of the outlet of tank 1", 0, 100, 0.071),
    a2=signal("cm^2", "cross-section of the outlet of tank 2", 0, 100, 0.057),
    a3=signal("cm^2", "cross-section of the outlet of tank 3", 0, 100, 0.071),
    a4=signal("cm^2", "cross-section of the outlet of tank 4", 0, 100, 0.057),
    k1=signal("cm^3/V/s", "flow of pump 1 for each volt", 0, 100, 3.33),
    k2=signal("cm^3/V/s", "flow of pump 2 for each volt", 0, 100, 3.35),
    g1=signal("1", "share of pump 1 that goes to tank 1, the rest to tank 4", 0, 1, 0.70),
    g2=signal("1", "share of pump 2 that goes to tank 2, the rest to tank 3", 0, 1, 0.60),
    g=signal("cm/s^2", "gravity", 1, 1e4, 981.0),
    kc=signal("V/cm", "level transmitters", 1e-3, 10, 0.50),
    top=signal("cm", "height of the tanks", 1, 1e3, 20.0),
)
STATE = record(
    "State",
    h1=signal("cm", "level of tank 1, below left", -1, 1e3, 12.262968),
    h2=signal("cm", "level of tank 2, below right", -1, 1e3, 12.783158),
    h3=signal("cm", "level of tank 3, above left", -1, 1e3, 1.633941),
    h4=signal("cm", "level of tank 4, above right", -1, 1e3, 1.409045),
    S=signal("cm^3", "what the tanks ought to hold", -1e3, 1e7, 843.263948),
)
INPUTS = record(
    "Inputs",
    v1=signal("V", "pump 1", 0, 24, 3.0),
    v2=signal("V", "pump 2", 0, 24, 3.0),
    d3=signal("cm^3/s", "water poured into tank 3", 0, 100, 0.0),
    d4=signal("cm^3/s", "water poured into tank 4", 0, 100, 0.0),
)
OUTPUTS = record(
    "Outputs",
    y1=signal("V", "level transmitter of tank 1", -1, 1e4),
    y2=signal("V", "level transmitter of tank 2", -1, 1e4),
    out=signal("cm^3/s", "what leaves tanks 1 and 2", 0, 1e5),
    closure=signal("cm^3", "what the tanks hold less what they ought to", -1e7, 1e7),
)
TRIPS = record(
    "Trips",
    **{f"over{i}": signal("cm", f"tank {i} ran over") for i in (1, 2, 3, 4)},
)


@function
def _outflow(p: Any, a: float, h: float) -> float:
    """Return what leaves through an outlet, cm^3/s."""
    return float(a * math.sqrt(2.0 * p.g * max(h, 0.0)))


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The four volumes, and their sum by what comes and goes."""
    q1, q2 = _outflow(p, p.a1, x.h1), _outflow(p, p.a2, x.h2)
    q3, q4 = _outflow(p, p.a3, x.h3), _outflow(p, p.a4, x.h4)
    dx.h1 = (-q1 + q3 + p.g1 * p.k1 * u.v1) / p.A1
    dx.h2 = (-q2 + q4 + p.g2 * p.k2 * u.v2) / p.A2
    dx.h3 = (-q3 + (1.0 - p.g2) * p.k2 * u.v2 + u.d3) / p.A3
    dx.h4 = (-q4 + (1.0 - p.g1) * p.k1 * u.v1 + u.d4) / p.A4
    dx.S = p.k1 * u.v1 + p.k2 * u.v2 + u.d3 + u.d4 - q1 - q2


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The transmitters, and the closure of the volume."""
    y.y1 = p.kc * x.h1
    y.y2 = p.kc * x.h2
    y.out = _outflow(p, p.a1, x.h1) + _outflow(p, p.a2, x.h2)
    y.closure = p.A1 * x.h1 + p.A2 * x.h2 + p.A3 * x.h3 + p.A4 * x.h4 - x.S


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The tanks' tops."""
    g.over1, g.over2, g.over3, g.over4 = x.h1 - p.top, x.h2 - p.top, x.h3 - p.top, x.h4 - p.top


PLANT = Plant(
    name="quadruple_tank",
    words="four tanks and two pumps with a zero on either side",
    source=_SOURCE,
    left_out="lag and dead band of the pumps, the pipes, vortices, the water that runs over",
    derivative=derivative,
    measure=measure,
    trip=trip,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    trips=TRIPS,
    sets={
        "minimum_phase": ParameterSet(
            words="the declared values, P-: 70 and 60 % of the pumps below, at rest with 3 V on each",
            source=_SOURCE,
            values={},
        ),
        "nonminimum_phase": ParameterSet(
            words="P+: 43 and 34 % of the pumps below, at rest with 3.15 V on each",
            source=_SOURCE,
            values={
                "k1": 3.14, "k2": 3.29, "g1": 0.43, "g2": 0.34, "v1": 3.15, "v2": 3.15,
                "h1": 12.441864, "h2": 13.166813, "h3": 4.730261, "h4": 4.986334, "S": 1061.720204,
            },
        ),
    },
)  # fmt: skip
