"""Properties of the eight components A to H of the Tennessee Eastman process.

All are sums over the components of polynomials in the temperature, so a mixture has polynomials of its own, whose
coefficients are found once; its temperature is then the root of a cubic.

Source: J. J. Downs, E. F. Vogel, "A plant-wide industrial process control problem", Computers and Chemical
Engineering 17 (1993) 245-255, with the constants of the authors' program teprob.f. Units of the source: lb, lbmol,
degC, mmHg, ft^3 and 1e6 Btu.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import function

A, B, C, D, E, F, G, H = range(8)

MW = np.array([2.0, 25.4, 28.0, 32.0, 46.0, 48.0, 62.0, 76.0])
"""Molar masses, lb/lbmol."""

_FAHRENHEIT = 1.8  # degF in a degC: the heat capacities are per degF
_GAS = 3.57696e-6  # the gas constant, 1e6 Btu/lbmol/K
_ZERO = 273.15

# ln P = a + b/(T + c) of D to H, P in mmHg
_VAPOUR_PRESSURE = np.array(
    [
        [15.92, -1444.0, 259.0],
        [16.35, -2114.0, 265.5],
        [16.35, -2114.0, 265.5],
        [16.43, -2748.0, 232.9],
        [17.21, -3318.0, 249.6],
    ]
)
# density of the liquid, a + bT + cT^2, lb/ft^3
_DENSITY = np.array(
    [
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [23.3, -0.0700, -0.0002],
        [33.9, -0.0957, -0.000152],
        [32.8, -0.0995, -0.000233],
        [49.9, -0.0191, -0.000425],
        [50.5, -0.0541, -0.000150],
    ]
)
# heat capacity a + bT + cT^2, 1e6 Btu/lb/degF
_LIQUID_HEAT = np.array(
    [
        [1.0e-6, 0.0, 0.0],
        [1.0e-6, 0.0, 0.0],
        [1.0e-6, 0.0, 0.0],
        [0.960e-6, 8.70e-9, 4.81e-11],
        [0.573e-6, 2.41e-9, 1.82e-11],
        [0.652e-6, 2.18e-9, 1.94e-11],
        [0.515e-6, 5.65e-10, 3.82e-12],
        [0.471e-6, 8.70e-10, 2.62e-12],
    ]
)
_VAPOUR_HEAT = np.array(
    [
        [3.411e-6, 7.18e-10, 6.0e-13],
        [0.3799e-6, 1.08e-9, -3.98e-13],
        [0.2491e-6, 1.36e-11, -3.93e-14],
        [0.3567e-6, 8.51e-10, -3.12e-13],
        [0.3463e-6, 8.96e-10, -3.27e-13],
        [0.3930e-6, 1.02e-9, -3.12e-13],
        [0.170e-6, 0.0, 0.0],
        [0.150e-6, 0.0, 0.0],
    ]
)
_EVAPORATION = np.array([1.0e-6, 1.0e-6, 1.0e-6, 86.7e-6, 160.0e-6, 160.0e-6, 225.0e-6, 209.0e-6])  # 1e6 Btu/lb

# enthalpy per lbmol of each component: e + T(l + T(m + T n))
_PER_MOLE = np.outer(MW, [_FAHRENHEIT, _FAHRENHEIT / 2, _FAHRENHEIT / 3])
_LIQUID = _PER_MOLE * _LIQUID_HEAT
_VAPOUR = np.column_stack([_PER_MOLE * _VAPOUR_HEAT, MW * _EVAPORATION])


@function
def liquid(z: Any) -> tuple[float, float, float]:
    """Return the coefficients of T, T^2 and T^3 in the enthalpy of a liquid of the mole fractions z."""
    a = b = c = 0.0
    for i in range(8):
        a += z[i] * _LIQUID[i, 0]
        b += z[i] * _LIQUID[i, 1]
        c += z[i] * _LIQUID[i, 2]
    return a, b, c


@function
def vapour(z: Any) -> tuple[float, float, float, float]:
    """Return the same of a vapour, and the heat of evaporation that it holds at 0 degC."""
    a = b = c = e = 0.0
    for i in range(8):
        a += z[i] * _VAPOUR[i, 0]
        b += z[i] * _VAPOUR[i, 1]
        c += z[i] * _VAPOUR[i, 2]
        e += z[i] * _VAPOUR[i, 3]
    return a, b, c, e


@function
def liquid_enthalpy(z: Any, T: float) -> float:
    """1e6 Btu/lbmol of a liquid."""
    a, b, c = liquid(z)
    return float(T * (a + T * (b + T * c)))


@function
def vapour_enthalpy(z: Any, T: float) -> float:
    """1e6 Btu/lbmol of a vapour."""
    a, b, c, e = vapour(z)
    return float(e + T * (a + T * (b + T * c)))


@function
def _root(a: float, b: float, c: float, h: float, T: float) -> float:
    """Where T(a + T(b + Tc)) = h, by Newton's method from T."""
    for _ in range(100):
        move = (h - T * (a + T * (b + T * c))) / (a + T * (2.0 * b + T * 3.0 * c))
        T += move
        if abs(move) < 1e-12:
            break
    return T


@function
def liquid_temperature(z: Any, h: float) -> float:
    """The temperature, degC, of a liquid of a known enthalpy h, 1e6 Btu/lbmol."""
    a, b, c = liquid(z)
    return float(_root(a, b, c, h, 100.0))


@function
def vapour_temperature(z: Any, u: float) -> float:
    """The temperature, degC, of a vapour of a known internal energy u, 1e6 Btu/lbmol."""
    a, b, c, e = vapour(z)
    return float(_root(a - _GAS, b, c, u - e + _GAS * _ZERO, 100.0))


@function
def molar_volume(z: Any, T: float) -> float:
    """ft^3/lbmol of a liquid."""
    v = 0.0
    for i in range(8):
        v += z[i] * MW[i] / (_DENSITY[i, 0] + (_DENSITY[i, 1] + _DENSITY[i, 2] * T) * T)
    return v


@function
def vapour_pressure(i: int, T: float) -> float:
    """The vapour pressure of component i, D to H, mmHg."""
    return math.exp(_VAPOUR_PRESSURE[i - D, 0] + _VAPOUR_PRESSURE[i - D, 1] / (T + _VAPOUR_PRESSURE[i - D, 2]))


@function
def molar_mass(z: Any) -> float:
    """lb/lbmol of a mixture."""
    m = 0.0
    for i in range(8):
        m += z[i] * MW[i]
    return m
