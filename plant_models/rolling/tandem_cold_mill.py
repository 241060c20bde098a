"""A five-stand tandem cold mill: roll force, mill stretch, tension, transport of the strip, drives and gap servos.

    d sigma_i/dt = E/L (v_in,i+1 - v_out,i)       tension between stands i and i+1; below 0 it is slack, not pressure
    v_out,i = v_i (1 + f_i)                       forward slip; v_in,i h_in,i = v_out,i h_out,i
    dv_i/dt = (vref_i - v_i)/Tv                   drives, within their acceleration
    dS_i/dt = (Sref_i - S_i)/Ts                   hydraulic gaps, within their rate
    e_i = ecc a_i sin(turn_i + b_i)               eccentricity of the back-up rolls, d turn_i/dt = v_i/R_b
    mu_i = mu0_i ((v_run,i + v_c)/(v_i + v_c))^m  friction falls with speed; mu0_i at the running speed

The roll bite is in `_roll_bite.py` with its sources, the strip between the stands in `_strip_lines.py`. The strip's
head runs through the mill when it is threaded, and its tail when it runs out: a stand is loaded while there is strip in
it, and a span pulls while both its ends are. The uncoiler and the coiler hold the tensions asked for, with a lag.

Sources. Structure: G. F. Bryant (ed.), Automation of Tandem Mills, Iron and Steel Institute 1973. The sets `published`
and `published_3` (schedule, friction, tensions, flow stress, rolls, springs): a published parameter set of a
five-stand mill's chatter model, 2.0 to 0.45 mm at 1000 m/min; `published_3` takes three rounds of Hitchcock's equation
as its program does. The stand's stiffness is that of its springs in series: on each side 12 GN/m of housing and 40 GN/m
between the rolls. Ours, without a source: lags and limits of drives, gaps and coilers, m and v_c of the friction, the
strength at which the strip tears (the uniaxial flow stress), the length of slack that folds, the gauges' distances.

Left out: thermal crown, wear and bending of the rolls, shape and width, the oil film of the bearings, temperature of
strip and lubricant, rate dependence of the flow stress, elastic entry and exit zones, torque and droop of the drives,
looping within a span (slack straightens at no force), vibration. What is behind a torn or skidding strip: the run ends.
"""

import math
from typing import Any

from hil.blocks import ParameterSet, Plant, function
from hil.signals import record, signal
from plant_models.rolling._mill_schedule import FRICTION, STIFFNESS, TENSIONS, THICKNESS, steady_point
from plant_models.rolling._roll_bite import FLATTEST, bite, flow_stress, neutral
from plant_models.rolling._strip_lines import CELLS, LINES, advance, behind, fill, held

STANDS = 5
FIVE, FOUR, KEPT = (5,), (4,), (LINES, CELLS)
_RUNNING = steady_point(0)
PARAMETERS = record(
    "Parameters",
    w=signal("m", "width of the strip", 0.1, 3, 1.0),
    R=signal("m", "radius of the work rolls", 0.05, 1, 0.275),
    Rb=signal("m", "radius of the back-up rolls", 0.1, 2, 0.7),
    L=signal("m", "distance between stands, and from the entry gauge to stand 1", 1, 10, 4.5),
    Lg=signal("m", "distance of the gauges behind stand 1 and behind the last stand", 0.5, 4, 1.5),
    E=signal("Pa", "Young's modulus of strip and rolls", 1e10, 1e12, 210e9),
    nu=signal("1", "Poisson's ratio of the rolls", 0, 0.5, 0.3),
    M=signal("N/m", "stiffness of a stand", 1e8, 1e11, STIFFNESS),
    k0=signal("Pa", "flow stress at strain 1", 1e6, 5e9, 640e6),
    e0=signal("1", "strain of the strip before the mill", 0, 1, 0.01),
    n=signal("1", "exponent of strain hardening", 0, 1, 0.2),
    plane=signal("1", "flow stress in plane strain over that in tension", 1, 2, 1.1547),
    rounds=signal("1", "rounds of Hitchcock's equation; 0 solves it", 0, 50, 0, kind="i8"),
    mu0=signal("1", "friction of each stand at its running speed", 1e-3, 0.5, FRICTION, shape=FIVE),
    v_run=signal("m/s", "running speed of each stand's rolls", 0.1, 50, _RUNNING["v_run"], shape=FIVE),
    m=signal("1", "exponent with which friction falls with speed", 0, 1, 0.15),
    v_c=signal("m/s", "speed below which friction changes little", 0.01, 10, 1.0),
    Tv=signal("s", "lag of a drive", 1e-3, 10, 0.1),
    most_a=signal("m/s^2", "acceleration that a drive can give to the rolls", 0.01, 100, 4.0),
    Ts=signal("s", "lag of a gap servo", 1e-3, 1, 0.02),
    most_S=signal("m/s", "speed of a gap servo", 1e-5, 0.1, 4e-3),
    Tc=signal("s", "lag of the tensions of uncoiler and coiler", 1e-3, 10, 0.1),
    share=signal("1", "eccentricity of each stand beside `ecc`", -10, 10, 1.0, shape=FIVE),
    lead=signal("rad", "angle of each back-up roll at the start", -10, 10, (0.0, 1.0, 2.0, 3.0, 4.0), shape=FIVE),
    strength=signal("1", "tension at which the strip tears beside its flow stress; less for a cracked edge", 0, 2, 1.0),
    fold=signal("m", "slack at which the strip folds", 1e-3, 5, 0.3),
    d_coiler=signal("m", "distance from the last stand to the coiler", 0.1, 20, 3.0),
)
STATE = record(
    "State",
    v=signal("m/s", "speed of the rolls of each stand", -0.1, 50, _RUNNING["v"], shape=FIVE),
    S=signal("m", "gap of each unloaded stand", -0.02, 0.05, _RUNNING["S"], shape=FIVE),
    tension=signal(
        "Pa", "tension behind each stand but the last; below 0 slack, times E/L", -3e10, 2e9, TENSIONS[1:5], shape=FOUR
    ),
    coil=signal("Pa", "tensions of uncoiler and coiler", -1.0, 2e9, (TENSIONS[0], TENSIONS[5]), shape=(2,)),
    turn=signal("rad", "angle of each back-up roll", -1.0, 1e9, 0.0, shape=FIVE),
)
_SPEED = {
    f"vref{i + 1}": signal("m/s", f"speed wanted of stand {i + 1}", 0, 40, _RUNNING["v"][i]) for i in range(STANDS)
}
_GAP = {
    f"sref{i + 1}": signal("m", f"gap wanted of stand {i + 1}", -0.01, 0.04, _RUNNING["S"][i]) for i in range(STANDS)
}
INPUTS = record(
    "Inputs",
    **_SPEED,
    **_GAP,
    pull_in=signal("Pa", "tension wanted of the uncoiler", 0, 1e9, TENSIONS[0]),
    pull_out=signal("Pa", "tension wanted of the coiler", 0, 1e9, TENSIONS[5]),
    h0=signal("m", "thickness of the strip at the entry gauge", 1e-4, 0.01, THICKNESS[0]),
    hardness=signal("1", "flow stress of the strip at the entry gauge beside that of the set", 0.2, 3, 1.0),
    lubrication=signal("1", "friction beside that of the set", 0.3, 3, 1.0),
    ecc=signal("m", "amplitude of the eccentricity", 0, 1e-3, 0.0),
    empty=signal("1", "1: the mill is cleared, and the head of a strip waits 2 m before stand 1", 0, 1, 0.0),
    left=signal("m", "strip before stand 1, from now on; below 0 it does not end", -1, 1e6, -1.0),
)
_FORCE = {f"force{i + 1}": signal("N", f"roll force of stand {i + 1}", 0, 1e9) for i in range(STANDS)}
_ROLLS = {f"v{i + 1}": signal("m/s", f"speed of the rolls of stand {i + 1}", -1, 60) for i in range(STANDS)}
_ANGLES = {
    f"angle{i + 1}": signal("rad", f"angle of the back-up roll of stand {i + 1}", -1, 1e9) for i in range(STANDS)
}
_GAPS = {f"s{i + 1}": signal("m", f"gap of stand {i + 1}, unloaded", -0.02, 0.05) for i in range(STANDS)}
_OUT = {f"h{i + 1}": signal("m", f"thickness that leaves stand {i + 1}", 0, 0.02) for i in range(STANDS)}
_PULL = {f"t{i}": signal("Pa", f"tension {where}", -1, 2e9) for i, where in enumerate((
    "of the uncoiler", "between stands 1 and 2", "between stands 2 and 3", "between stands 3 and 4",
    "between stands 4 and 5", "of the coiler",
))}  # fmt: skip
_STRIP = {f"strip{i}": signal("m/s", f"speed of the strip {where}", -1, 60) for i, where in enumerate((
    "into stand 1", "out of stand 1", "out of stand 2", "out of stand 3", "out of stand 4", "out of the last stand",
))}  # fmt: skip
OUTPUTS = record(
    "Outputs",
    **_FORCE,
    **_ROLLS,
    **_GAPS,
    **_ANGLES,
    **_OUT,
    **_PULL,
    gauge1=signal("m", "thickness at the gauge behind stand 1", 0, 0.02),
    gauge5=signal("m", "thickness at the gauge behind the last stand", 0, 0.02),
    **_STRIP,
    front=signal("m", "place of the strip's head behind stand 1", -100, 1e9),
    rear=signal("m", "strip that is still before stand 1; below 0, place of its tail", -1e6, 1e9),
    radius=signal("m", "radius of the flattened work rolls", 0, 10, shape=FIVE),
    slip=signal("1", "forward slip", 0, 10, shape=FIVE),
    point=signal("1", "neutral point, as a share of the bite from its exit", -1e3, 1e3, shape=FIVE),
    v_in=signal("m/s", "speed of the strip into each stand", -1, 60, shape=FIVE),
    v_out=signal("m/s", "speed of the strip out of each stand", -1, 60, shape=FIVE),
    flow_closure=signal(
        "1", "largest volume flow through a stand over the smallest, less 1; 0 in a steady state", 0, 1e9
    ),
    closure=signal(
        "m^3", "volume that left stand 1 and did not enter the last, less what is there more than before", -1, 1
    ),
)
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    head=signal("m", "the strip's head behind stand 1", -100, 1e9, 100.0),
    tail=signal("m", "strip that is still before stand 1; below 0, what is behind it", -1e6, 1e9, 1e6),
    left_told=signal("m", "the last value of `left`", -2, 1e6, -1.0),
    on=signal("1", "stand is loaded", 0, 1, shape=FIVE),
    pulls=signal("1", "span pulls: before stand 1, between stands, behind the last", 0, 1, shape=(6,)),
    passed=signal("m", "strip that has passed each line's beginning", 0, 1e12, 10.0, shape=(LINES,)),
    line_h=signal("m", "thickness along the lines", 0, 0.02, 1e-3, shape=KEPT),
    line_hardness=signal("1", "hardness along the lines", 0, 10, 1.0, shape=KEPT),
    line_origin=signal("m", "thickness before the mill, along the lines", 0, 0.02, 2e-3, shape=KEPT),
    h_in=signal("m", "thickness that enters each stand", 0, 0.02, THICKNESS[:5], shape=FIVE),
    hardness_in=signal("1", "hardness of the strip that enters each stand", 0, 10, 1.0, shape=FIVE),
    origin_in=signal("m", "its thickness before the mill", 0, 0.02, THICKNESS[0], shape=FIVE),
    there=signal("m^3", "volume that ought to be between stand 1 and the last", -1e3, 1e3),
    mu_now=signal("1", "work space: friction", 0, 10, 0.03, shape=FIVE),
    h_out=signal("m", "work space: thickness that leaves", 0, 0.02, THICKNESS[1:], shape=FIVE),
    slope=signal("1", "work space: of the search", 1, 1e9, 10.0, shape=FIVE),
    force=signal("N", "work space: roll force", 0, 1e12, shape=FIVE),
    k=signal("Pa", "work space: mean flow stress", 0, 1e12, 1e9, shape=FIVE),
    flat=signal("m", "work space: radius of the flattened rolls", 0, 100, 0.275, shape=FIVE),
    at=signal("1", "work space: neutral point", -1e6, 1e6, 0.5, shape=FIVE),
    forward=signal("1", "work space: forward slip", 0, 1e6, shape=FIVE),
    into=signal("m/s", "work space: strip into each stand", -100, 1e3, shape=FIVE),
    out=signal("m/s", "work space: strip out of each stand", -100, 1e3, shape=FIVE),
    pull=signal("Pa", "work space: tension before stand 1, between stands, behind the last", 0, 1e12, shape=(6,)),
)
_BREAKS = {f"break{i}": signal("Pa", f"the strip tore {where}") for i, where in enumerate((
    "before stand 1", "between stands 1 and 2", "between stands 2 and 3", "between stands 3 and 4",
    "between stands 4 and 5", "behind the last stand",
))}  # fmt: skip
_SKIDS = {f"skid{i + 1}": signal("1", f"the strip skids in stand {i + 1}") for i in range(STANDS)}
_FOLDS = {
    f"fold{i + 1}": signal("m", f"slack strip folded between stands {i + 1} and {i + 2}") for i in range(STANDS - 1)
}
TRIPS = record("Trips", **_BREAKS, **_SKIDS, **_FOLDS)
ENVELOPE = record(
    "Envelope",
    flattening=signal("1", f"a work roll flattened to {FLATTEST:g} times its radius, where Hitchcock's equation ends"),
    thin=signal("m", "a draft below 20 um, where the elastic zones that are left out count"),
    thick=signal("1", "a reduction of more than 0.55 in one stand, beyond Hill's formula"),
)

DRAFT_LEAST, REDUCTION_MOST = 20e-6, 0.55


@function
def _asked(u: Any) -> Any:
    """Speeds and gaps that are wanted."""
    return (u.vref1, u.vref2, u.vref3, u.vref4, u.vref5), (u.sref1, u.sref2, u.sref3, u.sref4, u.sref5)


@function
def _stands(p: Any, x: Any, u: Any) -> None:
    """Find what each stand does now, into the work space: thickness, force, neutral point, slip, strip speeds."""
    p.pull[0] = max(x.coil[0], 0.0) * p.pulls[0]
    p.pull[5] = max(x.coil[1], 0.0) * p.pulls[5]
    for i in range(STANDS - 1):
        p.pull[i + 1] = max(x.tension[i], 0.0) * p.pulls[i + 1]
    for i in range(STANDS):
        speed = max(x.v[i], 0.0)
        p.mu_now[i] = p.mu0[i] * u.lubrication * ((p.v_run[i] + p.v_c) / (speed + p.v_c)) ** p.m
        if p.on[i] > 0.0:
            eccentric = u.ecc * p.share[i] * math.sin(x.turn[i] + p.lead[i])
            bite(p, i, 0.5 * (p.pull[i] + p.pull[i + 1]), x.S[i] + eccentric)
            neutral(p, i, p.pull[i], p.pull[i + 1])
        else:
            p.h_out[i], p.force[i], p.flat[i], p.at[i], p.forward[i] = p.h_in[i], 0.0, p.R, 0.5, 0.0
        p.out[i] = x.v[i] * (1.0 + p.forward[i])
        p.into[i] = p.out[i] * p.h_out[i] / p.h_in[i]


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """Tensions, drives, gaps and the turning of the back-up rolls."""
    _stands(p, x, u)
    speeds, gaps = _asked(u)
    for i in range(STANDS):
        dx.v[i] = min(max((speeds[i] - x.v[i]) / p.Tv, -p.most_a), p.most_a)
        dx.S[i] = min(max((gaps[i] - x.S[i]) / p.Ts, -p.most_S), p.most_S)
        dx.turn[i] = x.v[i] / p.Rb
    for i in range(STANDS - 1):
        if p.pulls[i + 1] > 0.0:
            dx.tension[i] = p.E / p.L * (p.into[i + 1] - p.out[i])
        else:
            dx.tension[i] = -x.tension[i] / p.Ts
    dx.coil[0] = (u.pull_in * p.pulls[0] - x.coil[0]) / p.Tc
    dx.coil[1] = (u.pull_out * p.pulls[5] - x.coil[1]) / p.Tc


@function
def _loads(p: Any) -> None:
    """Find the stands that have strip in them, and the spans that pull."""
    for i in range(STANDS):
        p.on[i] = 1.0 if p.head >= i * p.L and p.tail > -i * p.L else 0.0
    p.pulls[0] = p.on[0]
    for i in range(STANDS - 1):
        p.pulls[i + 1] = p.on[i] * p.on[i + 1]
    p.pulls[5] = p.on[4] if p.head >= (STANDS - 1) * p.L + p.d_coiler else 0.0


@function
def _take(p: Any, x: Any) -> None:
    """Find what strip is at the stands' entries."""
    for i in range(STANDS):
        pull = x.tension[i - 1] * p.pulls[i] if i > 0 else 0.0
        p.h_in[i], p.hardness_in[i], p.origin_in[i] = behind(p, i, p.L * (1.0 - pull / p.E))


@function
def _begin(p: Any, u: Any) -> None:
    """Fill the lines with the strip of the schedule, as the stands would leave it."""
    fill(p, 0, u.h0, u.hardness, u.h0)
    for i in range(STANDS):
        fill(p, i + 1, p.h_out[i], u.hardness, u.h0)
    for j in range(LINES):
        p.passed[j] = 2.0 * p.L


@function
def _move(p: Any, u: Any, y: Any, seconds: float) -> None:
    """Move the strip on by what it went in the step before."""
    front, back = y.v1, y.v5
    for i in range(STANDS):
        if p.on[i] > 0.0:
            front = y.v_out[i]
        if p.on[STANDS - 1 - i] > 0.0:
            back = y.v_in[STANDS - 1 - i]
    p.head += front * seconds
    p.tail -= back * seconds
    advance(p, 0, y.v_in[0] * seconds, u.h0, u.hardness, u.h0)
    for i in range(STANDS):
        follows = p.on[i] == 0.0 and i < STANDS - 1
        speed = y.v_in[i + 1] if follows else y.v_out[i]
        advance(p, i + 1, speed * seconds, p.h_out[i], p.hardness_in[i], p.origin_in[i])


@function
def _between(p: Any, x: Any) -> float:
    """The volume between stand 1 and the last, m^3."""
    area = 0.0
    for i in range(STANDS - 1):
        area += held(p, i + 1, p.L * (1.0 - x.tension[i] / p.E), p.h_out[i])
    return float(area * p.w)


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Strip moves through the mill, stands are loaded and run empty."""
    if p.started:
        _move(p, u, y, h * 1e-9)
        p.there += p.w * (y.v_out[0] * y.h1 - y.v_in[4] * p.h_in[4]) * (h * 1e-9)
    else:
        _begin(p, u)
    if u.empty > 0.5:
        p.head = -2.0
    if u.left != p.left_told:
        p.tail = u.left if u.left >= 0.0 else 1e6
        p.left_told = u.left
    _loads(p)
    _take(p, x)
    _stands(p, x, u)
    if not p.started or p.on[0] * p.on[4] == 0.0:
        p.there = _between(p, x)
    p.started = True


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """What the instruments of the mill see, and how well the volume is closed."""
    _stands(p, x, u)
    y.force1, y.force2, y.force3, y.force4, y.force5 = p.force[0], p.force[1], p.force[2], p.force[3], p.force[4]
    y.v1, y.v2, y.v3, y.v4, y.v5 = x.v[0], x.v[1], x.v[2], x.v[3], x.v[4]
    y.s1, y.s2, y.s3, y.s4, y.s5 = x.S[0], x.S[1], x.S[2], x.S[3], x.S[4]
    y.angle1, y.angle2, y.angle3, y.angle4, y.angle5 = x.turn[0], x.turn[1], x.turn[2], x.turn[3], x.turn[4]
    y.h1, y.h2, y.h3, y.h4, y.h5 = p.h_out[0], p.h_out[1], p.h_out[2], p.h_out[3], p.h_out[4]
    y.t0, y.t1, y.t2, y.t3, y.t4, y.t5 = p.pull[0], p.pull[1], p.pull[2], p.pull[3], p.pull[4], p.pull[5]
    y.gauge1, _, _ = behind(p, 1, p.Lg)
    y.gauge5, _, _ = behind(p, 5, p.Lg)
    y.strip0, y.strip1, y.strip2 = p.into[0], p.out[0], p.out[1]
    y.strip3, y.strip4, y.strip5 = p.out[2], p.out[3], p.out[4]
    y.front, y.rear = p.head, p.tail
    least, most = math.inf, 0.0
    for i in range(STANDS):
        y.radius[i], y.slip[i], y.point[i] = p.flat[i], p.forward[i], p.at[i]
        y.v_in[i], y.v_out[i] = p.into[i], p.out[i]
        least, most = min(least, p.out[i] * p.h_out[i]), max(most, p.out[i] * p.h_out[i])
    y.flow_closure = min(most / least - 1.0, 1e9) if least > 0.0 else 0.0
    y.closure = p.there - _between(p, x) if p.on[0] * p.on[4] > 0.0 else 0.0


@function
def _strength(p: Any, i: int, h: float) -> float:
    """The tension at which the strip at stand i tears at a thickness, Pa."""
    return float(p.strength * flow_stress(p, p.hardness_in[i], p.origin_in[i], h) / p.plane)


@function
def _slack(p: Any, x: Any, i: int) -> float:
    return float(-x.tension[i] * p.pulls[i + 1] * p.L / p.E)


@function
def _skid(p: Any, i: int) -> float:
    return float(max(-p.at[i], p.at[i] - 1.0))


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """Strip breaks, skids and folds."""
    _stands(p, x, u)
    g.break0 = p.pull[0] - _strength(p, 0, p.h_in[0])
    g.break1 = p.pull[1] - _strength(p, 0, p.h_out[0])
    g.break2 = p.pull[2] - _strength(p, 1, p.h_out[1])
    g.break3 = p.pull[3] - _strength(p, 2, p.h_out[2])
    g.break4 = p.pull[4] - _strength(p, 3, p.h_out[3])
    g.break5 = p.pull[5] - _strength(p, 4, p.h_out[4])
    g.skid1, g.skid2, g.skid3, g.skid4, g.skid5 = _skid(p, 0), _skid(p, 1), _skid(p, 2), _skid(p, 3), _skid(p, 4)
    g.fold1, g.fold2 = _slack(p, x, 0) - p.fold, _slack(p, x, 1) - p.fold
    g.fold3, g.fold4 = _slack(p, x, 2) - p.fold, _slack(p, x, 3) - p.fold


def outside(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """Where the formulas of the roll bite do not hold."""
    _stands(p, x, u)
    g.flattening, g.thin, g.thick = -1.0, -1.0, -1.0
    for i in range(STANDS):
        if p.on[i] > 0.0:
            draft = p.h_in[i] - p.h_out[i]
            g.flattening = max(g.flattening, p.flat[i] / p.R - FLATTEST)
            g.thin = max(g.thin, DRAFT_LEAST - draft)
            g.thick = max(g.thick, draft / p.h_in[i] - REDUCTION_MOST)


SETS = {
    "published": ParameterSet(
        words="2.0 to 0.45 mm at 1000 m/min, steady, rolls flattened as Hitchcock's equation says",
        source="a published parameter set of a five-stand mill's chatter model",
        values={},
    ),
    "published_3": ParameterSet(
        words="the same, with three rounds of Hitchcock's equation as in the program of that source",
        source="a published parameter set of a five-stand mill's chatter model",
        values=steady_point(3),
    ),
}

PLANT = Plant(
    name="tandem_cold_mill",
    words="five-stand tandem cold mill with tension, transport, gap servos and drives",
    source="Hill 1950, Bland and Ford 1948, Hitchcock 1935, Bryant 1973; a published five-stand parameter set",
    left_out="thermal crown, bending, shape, oil film, temperatures, elastic zones, torque and droop, vibration",
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
    sets=SETS,
)
