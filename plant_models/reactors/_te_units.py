"""The vessels and streams of the Tennessee Eastman process, each as what follows from the state at one instant.

Streams are numbered as in the source: 1 D feed, 2 E feed, 3 A feed, 4 A and C feed (to the stripper), 5 stripper
overhead, 6 feed of the reactor, 7 the same, 8 reactor's outlet, 9 recycle, 10 purge, 11 separator's liquid, 12 and 13
stripper's liquid and product. Mole fractions lie in the plant's discrete part, as work space: `zr zs zc` liquid of
reactor, separator and stripper, `zv` vapour header, `yr ys` vapour of reactor and separator, `feed4` the A and C feed,
`f5` the stripper's overhead in lbmol/h.

Source: teprob.f (Downs and Vogel 1993), subroutine TEFUNC. Units: lbmol, h, ft^3, mmHg absolute, degC, 1e6 Btu.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import function
from plant_models.reactors._te_properties import (
    MW,
    A,
    B,
    C,
    D,
    E,
    H,
    liquid_temperature,
    molar_mass,
    molar_volume,
    vapour_pressure,
    vapour_temperature,
)
from plant_models.reactors._te_random import walked

ATMOSPHERE = 760.0  # mmHg
R = 998.9  # gas constant, mmHg ft^3/lbmol/K
ZERO = 273.15
V_REACTOR, V_SEPARATOR, V_STRIPPER, V_HEADER = 1300.0, 3500.0, 156.5, 5000.0
FULL_FLOW = np.array([400.0, 400.0, 100.0, 1500.0, 0.0, 0.0, 1500.0, 1000.0, 0.03, 1000.0, 1200.0, 0.0])
"""Flow through each valve when it is open, in the source's units; 0 where the flow follows from pressures."""

# Activation energies over the gas constant, K: A+C+D -> G, A+C+E -> H, A+E -> F and 3D -> 2F. The published runs worked
# them out in single precision.
_ACTIVATION = np.array([40000.0, 20000.0, 60000.0]) / 1.987
_ACTIVATION_PUBLISHED = (np.array([40000.0, 20000.0, 60000.0], np.float32) / np.float32(1.987)).astype(float)

_OVERHEAD = np.array([0.995, 0.991, 0.990])  # of A, B, C, what leaves the stripper at its top
_VOLATILITY = np.array([8.5010, 11.402, 11.795, 0.0480, 0.0242])  # of D to H
_OVERHEAD_DRY = np.array([0.9999, 0.999, 0.999, 0.99, 0.98])  # of D to H when no liquid comes


@function
def _vessel(n: Any, z: Any, y: Any, e: float, volume: float) -> tuple[float, float, float]:
    """A vessel with A, B and C as gas over a liquid of D to H: fills mole fractions z and y, returns T, liquid, P."""
    total = 0.0
    for i in range(D, H + 1):
        total += n[i]
    for i in range(8):
        z[i] = n[i] / total if i >= D else 0.0
    T = liquid_temperature(z, e / total)
    liquid = total * molar_volume(z, T)
    P = 0.0
    for i in range(8):
        y[i] = vapour_pressure(i, T) * z[i] if i >= D else n[i] * R * (T + ZERO) / (volume - liquid)
        P += y[i]
    for i in range(8):
        y[i] /= P
    return T, liquid, P


@function
def reactor(p: Any, x: Any) -> Any:
    """Temperature, volume of the liquid and pressure of the reactor."""
    return _vessel(x.nr, p.zr, p.yr, x.er, V_REACTOR)


@function
def separator(p: Any, x: Any) -> Any:
    """Temperature, volume of the liquid and pressure of the separator."""
    return _vessel(x.ns, p.zs, p.ys, x.es, V_SEPARATOR)


@function
def stripper(p: Any, x: Any) -> tuple[float, float]:
    """Temperature and volume of the liquid in the stripper."""
    total = 0.0
    for i in range(8):
        total += x.nc[i]
    for i in range(8):
        p.zc[i] = x.nc[i] / total
    T = liquid_temperature(p.zc, x.ec / total)
    return T, total * molar_volume(p.zc, T)


@function
def header(p: Any, x: Any) -> tuple[float, float]:
    """Temperature and pressure of the vapour header, where feeds, recycle and stripper's overhead meet."""
    total = 0.0
    for i in range(8):
        total += x.nv[i]
    for i in range(8):
        p.zv[i] = x.nv[i] / total
    T = vapour_temperature(p.zv, x.ev / total)
    return T, total * R * (T + ZERO) / V_HEADER


@function
def reactions(p: Any, T: float, P: float, liquid: float, hours: float) -> tuple[float, float, float, float]:
    """Rates of A+C+D -> G, A+C+E -> H, A+E -> F and 3D -> 2F, lbmol/h."""
    a, c, d, e = P * p.yr[A], P * p.yr[C], P * p.yr[D], P * p.yr[E]
    kelvin, volume = T + ZERO, V_REACTOR - liquid
    common = a**1.1544 * c**0.3735 if a > 0.0 and c > 0.0 else 0.0
    activation = _ACTIVATION_PUBLISHED if p.published else _ACTIVATION
    r1 = math.exp(31.5859536 - activation[0] / kelvin) * walked(p, 6, hours) * common * d
    r2 = math.exp(3.00094014 - activation[1] / kelvin) * walked(p, 7, hours) * common * e
    k3 = math.exp(53.4060443 - activation[2] / kelvin)
    return r1 * volume, r2 * volume, k3 * a * e * volume, 0.767488334 * k3 * a * d * volume


@function
def feed_flows(p: Any, x: Any, u: Any, hours: float) -> tuple[float, float, float, float]:
    """Flows of streams 1 to 4; fills the composition of stream 4."""
    p.feed4[A] = walked(p, 0, hours) - u.idv1 * 0.03 - u.idv2 * 2.43719e-3
    p.feed4[B] = walked(p, 1, hours) + u.idv2 * 0.005
    p.feed4[C] = 1.0 - p.feed4[A] - p.feed4[B]
    f1 = x.valve[0] * FULL_FLOW[0] / 100.0
    f2 = x.valve[1] * FULL_FLOW[1] / 100.0
    f3 = x.valve[2] * (1.0 - u.idv6) * FULL_FLOW[2] / 100.0
    f4 = x.valve[3] * (1.0 - u.idv7 * 0.2) * FULL_FLOW[3] / 100.0 + 1e-10
    return f1, f2, f3, f4


@function
def gas_flows(p: Any, x: Any, pr: float, ps: float, pv: float, hours: float) -> tuple[float, float, float, float]:
    """Flows of streams 6, 8, 9 and 10, driven by the pressures of reactor, separator and header."""
    f6 = 1937.6 * math.sqrt(max(pv - pr, 0.0)) / molar_mass(p.zv)
    f8 = 4574.21 * math.sqrt(max(pr - ps, 0.0)) * (1.0 - 0.25 * walked(p, 11, hours)) / molar_mass(p.yr)
    mass = molar_mass(p.ys)
    f9 = max(_compressor(pv / ps) - x.valve[4] * 53.349 * math.sqrt(max(pv - ps, 0.0)), 1e-3) / mass
    f10 = x.valve[5] * 0.151169 * math.sqrt(max(ps - ATMOSPHERE, 0.0)) / mass
    return f6, f8, f9, f10


@function
def _compressor(ratio: float) -> float:
    """lb/h that the compressor moves against a ratio of pressures; its characteristic ends at 1.3."""
    ratio = min(max(ratio, 1.0), 1.3)
    return 280275.0 + 280275.0 / 1.197 * (1.0 - ratio * ratio * ratio)


@function
def compressor_work(p: Any, ts: float, ps: float, pv: float) -> float:
    """1e6 Btu/h that the compressor puts into the recycle."""
    flow = _compressor(pv / ps)
    return float(flow * (ts + ZERO) * 1.8e-6 * 1.9872 * (pv - ps) / (molar_mass(p.ys) * ps))


@function
def overhead(p: Any, tc: float, f4: float, f11: float) -> float:
    """Split what enters the stripper: fills the overhead's flows by component and returns their sum."""
    if tc > 170.0:
        factor = tc - 120.262
    elif tc < 5.292:
        factor = 0.1
    else:
        factor = 363.744 / (177.0 - tc) - 2.22579488
    v = f4 / f11 * factor if f11 > 0.1 else 0.0
    total = 0.0
    for i in range(8):
        if i < D:
            share = _OVERHEAD[i]
        elif f11 > 0.1:
            share = _VOLATILITY[i - D] * v / (1.0 + _VOLATILITY[i - D] * v)
        else:
            share = _OVERHEAD_DRY[i - D]
        p.f5[i] = share * (f4 * p.feed4[i] + f11 * p.zs[i])
        total += p.f5[i]
    return total


@function
def reactor_cooling(p: Any, x: Any, tr: float, liquid: float, hours: float) -> float:
    """Heat that the coils give to the reactor, negative: area by level, film by the agitator; 1e6 Btu/h."""
    level = min(max(0.025 * liquid / 7.8 - 0.25, 0.0), 1.0)
    speed = (x.valve[11] + 150.0) / 100.0
    transfer = level * (-0.5 * speed * speed + 2.75 * speed - 2.5) * 0.85549
    return float(transfer * (x.twr - tr) * (1.0 - 0.35 * walked(p, 9, hours)))


@function
def condenser(p: Any, x: Any, tr: float, f8: float, hours: float) -> float:
    """Heat that the condenser gives to stream 8, negative, 1e6 Btu/h."""
    transfer = 0.404655 * (1.0 - 1.0 / (1.0 + (f8 / 3528.73) ** 4))
    return float(transfer * (x.tws - tr) * (1.0 - 0.25 * walked(p, 10, hours)))


@function
def reboiler(p: Any, x: Any, tc: float, hours: float) -> float:
    """Heat of the steam to the stripper, 1e6 Btu/h."""
    transfer = x.valve[8] * FULL_FLOW[8] * (1.0 + walked(p, 8, hours)) / 100.0
    return float(transfer * (100.0 - tc)) if tc < 100.0 else 0.0


@function
def mass(n: Any) -> float:
    """lb of an amount in lbmol by component."""
    total = 0.0
    for i in range(8):
        total += n[i] * MW[i]
    return total
