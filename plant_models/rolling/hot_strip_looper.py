"""The last two stands of a hot strip mill with the looper between them.

    sigma = E (L(theta)/Ls - 1), at least 0         L the way over the looper's roller, Ls the strip that lies in it
    dLs/dt = v_out,1 - v_in,2                       v_out = v (1 + f), v_in h_in = v_out h_out
    J domega/dt = T - sigma A dL/dtheta - g (ms/2 + mr) r cos(theta) - B omega
    L = sqrt((a + r cos)^2 + y^2) + sqrt((D - a - r cos)^2 + y^2),  y = r sin(theta) - d
    dT/dt = (Tref - D omega - T)/Tt;  dv_i/dt = (vref_i - v_i)/Tv;  dS_i/dt = (Sref_i - S_i)/Ts

theta is the angle of the looper's arm, r its length, a the distance of its pivot behind stand 1 and d that of the
pivot, less the roller's radius, below the strip's path; A = w h is the strip's section, ms its mass and mr that of the
looper, reduced to the roller. The roll bite is in `_hot_bite.py` with its source. Thickness and hardness go from stand
to stand by the strip's length (`_strip_lines.py`).

Sources: the structure as in the literature on looper control, for a survey see I. S. Choi, J. A. Rossiter,
P. J. Fleming, "Looper and tension control in hot rolling mills: a survey", J. Process Control 17 (2007) 509-521. The
numbers of the mill are ours.

Left out: threading and tail, where the loop opens, creep of the hot strip, temperature along the strip, its bending and
inertia, roll flattening, droop of the drives. Behind a torn strip, a skid or a looper at its stop the run ends.
"""

from typing import Any

from hil.blocks import ParameterSet, Plant, function
from hil.signals import record, signal
from plant_models.rolling._hot_bite import hot_bite
from plant_models.rolling._looper import THETA, lever, steady_point, way, weight
from plant_models.rolling._strip_lines import CELLS, advance, behind, fill

TWO = (2,)

STEADY = steady_point()
_V, _S = STEADY["v"], STEADY["S"]

PARAMETERS = record(
    "Parameters",
    w=signal("m", "width of the strip", 0.1, 3, 1.2),
    R=signal("m", "radius of the work rolls", 0.1, 1, 0.35),
    L=signal("m", "distance between the stands", 2, 10, 5.5),
    E=signal("Pa", "Young's modulus of the hot strip", 1e9, 3e11, 1e11),
    rho=signal("kg/m^3", "density of the strip", 1e3, 1e4, 7500.0),
    M=signal("N/m", "stiffness of a stand", 1e8, 1e11, 5e9),
    T=signal("degC", "temperature of the strip", 800, 1200, 900.0),
    content=signal("1", "C + Mn + 0.3 Cr of the steel, percent", 0, 5, 0.6),
    a=signal("m", "distance of the pivot behind stand 1", 0.1, 8, 2.0),
    d=signal("m", "depth of the pivot below the path, less the radius of the roller", 0, 1, 0.1),
    r=signal("m", "length of the looper's arm", 0.1, 2, 0.75),
    J=signal("kg*m^2", "inertia of the looper with its drive", 1, 1e5, 200.0),
    B=signal("N*m*s/rad", "friction of the looper", 0, 1e5, 300.0),
    mr=signal("kg", "mass of the looper, reduced to its roller", 0, 1e4, 200.0),
    Tt=signal("s", "lag of the looper's torque", 1e-3, 1, 0.01),
    D=signal("N*m*s/rad", "torque that the looper's drive loses by its speed", 0, 1e4, 50.0),
    Tv=signal("s", "lag of a drive", 1e-3, 10, 0.1),
    most_a=signal("m/s^2", "acceleration that a drive can give to the rolls", 0.01, 100, 4.0),
    Ts=signal("s", "lag of a gap servo", 1e-3, 1, 0.03),
    strength=signal("Pa", "tension at which the strip tears", 1e6, 1e9, 60e6),
    stop_low=signal("rad", "lower stop of the looper", -0.5, 1, 0.05),
    stop_high=signal("rad", "upper stop of the looper", 0.1, 1.5, 1.0),
)
STATE = record(
    "State",
    v=signal("m/s", "speed of the rolls of each stand", -0.1, 40, _V, shape=TWO),
    S=signal("m", "gap of each unloaded stand", -0.02, 0.05, _S, shape=TWO),
    theta=signal("rad", "angle of the looper", -1, 2, THETA),
    omega=signal("rad/s", "speed of the looper", -20, 20, 0.0),
    torque=signal("N*m", "torque of the looper's drive", -1e5, 1e5, STEADY["torque"]),
    Ls=signal("m", "strip between the stands, not stretched", 1, 20, STEADY["Ls"]),
)
INPUTS = record(
    "Inputs",
    vref1=signal("m/s", "speed wanted of stand 1", 0, 40, _V[0]),
    vref2=signal("m/s", "speed wanted of stand 2", 0, 40, _V[1]),
    sref1=signal("m", "gap wanted of stand 1", -0.01, 0.04, _S[0]),
    sref2=signal("m", "gap wanted of stand 2", -0.01, 0.04, _S[1]),
    tref=signal("N*m", "torque wanted of the looper", -1e5, 1e5, STEADY["torque"]),
    h0=signal("m", "thickness of the strip before stand 1", 5e-4, 0.05, 4.0e-3),
    hardness=signal("1", "resistance of the strip before stand 1 beside Ekelund's", 0.2, 3, 1.0),
    pull_in=signal("Pa", "tension before stand 1", 0, 5e7, 5e6),
    pull_out=signal("Pa", "tension behind stand 2", 0, 5e7, 5e6),
)
OUTPUTS = record(
    "Outputs",
    tension=signal("Pa", "tension between the stands", 0, 1e10),
    slack=signal("m", "strip that is longer than its way", -1, 20),
    load=signal("N*m", "torque of tension and weight on the looper", -1e6, 1e6),
    h1=signal("m", "thickness that leaves stand 1", 0, 0.05),
    h2=signal("m", "thickness that leaves stand 2", 0, 0.05),
    force1=signal("N", "roll force of stand 1", 0, 1e9),
    force2=signal("N", "roll force of stand 2", 0, 1e9),
    v1=signal("m/s", "speed of the rolls of stand 1", -1, 50),
    v2=signal("m/s", "speed of the rolls of stand 2", -1, 50),
    strip1=signal("m/s", "speed of the strip out of stand 1", -1, 50),
    strip2=signal("m/s", "speed of the strip out of stand 2", -1, 50),
    into2=signal("m/s", "speed of the strip into stand 2", -1, 50),
    flow_closure=signal("1", "volume flow out of stand 1 over that out of stand 2, less 1; 0 when steady", -1, 1e9),
)
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    passed=signal("m", "strip that has left stand 1", 0, 1e12, 20.0, shape=(1,)),
    line_h=signal("m", "thickness along the strip", 0, 0.05, 3e-3, shape=(1, CELLS)),
    line_hardness=signal("1", "resistance along the strip", 0, 10, 1.0, shape=(1, CELLS)),
    line_origin=signal("m", "thickness before stand 1, along the strip", 0, 0.05, 4e-3, shape=(1, CELLS)),
    h_in=signal("m", "thickness that enters each stand", 0, 0.05, (4e-3, 3e-3), shape=TWO),
    hardness_in=signal("1", "resistance of what enters each stand", 0, 10, 1.0, shape=TWO),
    h_out=signal("m", "work space: thickness that leaves", 0, 0.05, 3e-3, shape=TWO),
    force=signal("N", "work space: roll force", 0, 1e10, shape=TWO),
    gamma=signal("1", "work space: neutral point as a share of the bite", -1e6, 1e6, 0.5, shape=TWO),
    forward=signal("1", "work space: forward slip", 0, 1e6, shape=TWO),
)
TRIPS = record(
    "Trips",
    torn=signal("Pa", "the strip tore between the stands"),
    high=signal("rad", "the looper came to its upper stop: the loop is lost"),
    low=signal("rad", "the looper came to its lower stop: the strip is drawn flat"),
    skid1=signal("1", "the strip skids in stand 1"),
    skid2=signal("1", "the strip skids in stand 2"),
)
ENVELOPE = record("Envelope", thick=signal("1", "a reduction of more than 0.5 in one stand, beyond Ekelund's formula"))


@function
def tension(p: Any, x: Any) -> float:
    """The tension between the stands, Pa."""
    return float(max(p.E * (way(p, x.theta) / x.Ls - 1.0), 0.0))


@function
def _stands(p: Any, x: Any, u: Any, pull: float) -> Any:
    """Find what both stands do; return the speeds of the strip out of stand 1, into stand 2 and out of it."""
    hot_bite(p, 0, x.v[0], u.pull_in, pull, x.S[0])
    hot_bite(p, 1, x.v[1], pull, u.pull_out, x.S[1])
    out = x.v[1] * (1.0 + p.forward[1])
    return x.v[0] * (1.0 + p.forward[0]), out * p.h_out[1] / p.h_in[1], out


@function
def _load(p: Any, x: Any, pull: float) -> float:
    """The torque of tension and weight, N*m."""
    section = p.w * p.h_in[1]
    return float(pull * section * lever(p, x.theta) + weight(p, x.theta, section * x.Ls))


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """Strip, looper, drives and gaps."""
    pull = tension(p, x)
    out1, into2, _ = _stands(p, x, u, pull)
    dx.Ls = out1 - into2
    dx.theta = x.omega
    dx.omega = (x.torque - _load(p, x, pull) - p.B * x.omega) / p.J
    dx.torque = (u.tref - p.D * x.omega - x.torque) / p.Tt
    dx.v[0] = min(max((u.vref1 - x.v[0]) / p.Tv, -p.most_a), p.most_a)
    dx.v[1] = min(max((u.vref2 - x.v[1]) / p.Tv, -p.most_a), p.most_a)
    dx.S[0] = (u.sref1 - x.S[0]) / p.Ts
    dx.S[1] = (u.sref2 - x.S[1]) / p.Ts


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The strip goes on from stand 1 to stand 2."""
    p.h_in[0], p.hardness_in[0] = u.h0, u.hardness
    if p.started:
        advance(p, 0, y.strip1 * (h * 1e-9), y.h1, p.hardness_in[0], u.h0)
    else:
        hot_bite(p, 0, x.v[0], u.pull_in, tension(p, x), x.S[0])
        fill(p, 0, p.h_out[0], u.hardness, u.h0)
    p.h_in[1], p.hardness_in[1], _ = behind(p, 0, x.Ls)
    p.started = True


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Tension, loop, thickness and speeds."""
    y.tension = tension(p, x)
    y.slack = x.Ls - way(p, x.theta)
    y.load = _load(p, x, y.tension)
    y.strip1, y.into2, y.strip2 = _stands(p, x, u, y.tension)
    y.h1, y.h2, y.force1, y.force2 = p.h_out[0], p.h_out[1], p.force[0], p.force[1]
    y.v1, y.v2 = x.v[0], x.v[1]
    flow = y.strip2 * y.h2
    y.flow_closure = y.strip1 * y.h1 / flow - 1.0 if flow > 0.0 else 0.0


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """A torn strip, the looper's stops, skids."""
    pull = tension(p, x)
    _stands(p, x, u, pull)
    g.torn = pull - p.strength
    g.high, g.low = x.theta - p.stop_high, p.stop_low - x.theta
    g.skid1 = max(-p.gamma[0], p.gamma[0] - 1.0)
    g.skid2 = max(-p.gamma[1], p.gamma[1] - 1.0)


def outside(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """Where Ekelund's formula does not hold."""
    _stands(p, x, u, tension(p, x))
    g.thick = max(1.0 - p.h_out[0] / p.h_in[0], 1.0 - p.h_out[1] / p.h_in[1]) - 0.5


PLANT = Plant(
    name="hot_strip_looper",
    words="two stands of a hot strip mill with a looper between them",
    source="Ekelund 1933; looper as surveyed by Choi, Rossiter, Fleming 2007; numbers of our own",
    left_out="threading and tail, creep, temperature along the strip, bending and inertia of the strip, flattening",
    derivative=derivative,
    measure=measure,
    trip=trip,
    outside=outside,
    update=update,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    trips=TRIPS,
    envelope=ENVELOPE,
    discrete=DISCRETE,
    sets={"ours": ParameterSet(words="4.0 to 2.4 mm at 10 m/s and 900 degC", source="ours", values={})},
)
