"""Steel as a furnace sees it: heat content against temperature, conductivity, and one step of conduction in a plate.

Heat capacity: EN 1993-1-2:2005, 3.4.1.2, with its peak of 5000 J/kg/K at 735 degC; its integral is in closed form here,
so that the heat of transformation is kept whatever the step. Below 20 degC and above 1200 degC the formulas go on.
Conductivity: the polynomials of the zone code SRSM.f90 (Y. Hu et al., Applied Energy 173 (2016) 555), held constant
beyond 0 and 1250 degC; they leave a step of 0.13 W/m/K at 800 degC. Density 7850 kg/m^3 as there.
"""

import math
from typing import Any

import numpy as np

from hil.blocks import function

DENSITY = 7850.0  # kg/m^3
_LOW = np.array([51.9059, -3.69417e-4, -7.68098e-5, -8.1131e-9, 2.12134e-10, -1.80744e-13, 0.0])
_HIGH = np.array([30.2492, -0.0155686, 1.44759e-5, -9.82726e-9, 1.59948e-11, -9.36461e-15, 1.48732e-18])


@function
def capacity(T: float) -> float:
    """J/kg/K at T degC."""
    if T < 600.0:
        return float(425.0 + T * (0.773 + T * (-1.69e-3 + T * 2.22e-6)))
    if T < 735.0:
        return float(666.0 + 13002.0 / (738.0 - T))
    return float(545.0 + 17820.0 / (T - 731.0)) if T < 900.0 else 650.0


@function
def enthalpy(T: float) -> float:
    """J/kg at T degC, from 0 degC: the integral of the heat capacity."""
    low = min(T, 600.0)
    H = low * (425.0 + low * (0.773 / 2 + low * (-1.69e-3 / 3 + low * 2.22e-6 / 4)))
    if T > 600.0:
        middle = min(T, 735.0)
        H += 666.0 * (middle - 600.0) + 13002.0 * math.log(138.0 / (738.0 - middle))
    if T > 735.0:
        high = min(T, 900.0)
        H += 545.0 * (high - 735.0) + 17820.0 * math.log((high - 731.0) / 4.0)
    if T > 900.0:
        H += 650.0 * (T - 900.0)
    return float(H)


_APART = 1000.0  # J/kg between two entries
_ENTRIES = 1000


def _temperatures() -> "np.ndarray[Any, Any]":
    """degC at 0, 1000, 2000, ... J/kg, by halving; the enthalpy itself has no inverse in closed form."""
    low, high = np.zeros(_ENTRIES), np.full(_ENTRIES, 2000.0)
    wanted = _APART * np.arange(_ENTRIES)
    for _ in range(60):
        middle = (low + high) / 2
        below = np.array([enthalpy(float(one)) for one in middle]) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)


TEMPERATURE = _temperatures()


@function
def _entry(H: float) -> int:
    return int(min(max(math.floor(H / _APART), 0.0), _ENTRIES - 2.0))


@function
def temperature(H: float) -> float:
    """DegC of a heat content in J/kg."""
    i = _entry(H)
    return float(TEMPERATURE[i] + (H / _APART - i) * (TEMPERATURE[i + 1] - TEMPERATURE[i]))


@function
def slope(H: float) -> float:
    """J/kg/K: the heat capacity as `temperature` has it."""
    i = _entry(H)
    return float(_APART / (TEMPERATURE[i + 1] - TEMPERATURE[i]))


@function
def conductivity(T: float) -> float:
    """W/m/K at T degC."""
    at = min(max(T, 0.0), 1250.0)
    k = 0.0
    for i in range(7):
        k = k * at + (_LOW[6 - i] if at <= 800.0 else _HIGH[6 - i])
    return float(k)


@function
def conduct(T: Any, C: Any, G: Any, first: float, last: float, seconds: float, change: Any, work: Any) -> None:
    """Fill in by how much the temperatures of a row of nodes change: linearly implicit, the mean of both ends in time.

    T in K or degC; C heat capacities, J/m^2/K; G conductances, W/m^2/K, G[i] between i and i + 1; `first` and `last`
    what flows into the ends, W/m^2. The sum of C change is what came in, to the rounding.
    """
    n = len(T)
    for i in range(n):
        below, above = G[i - 1] if i > 0 else 0.0, G[i] if i < n - 1 else 0.0
        flow = below * (T[i - 1] - T[i]) if i > 0 else first
        flow += above * (T[i + 1] - T[i]) if i < n - 1 else last
        pivot = C[i] / seconds + 0.5 * (below + above)
        if i > 0:
            pivot -= 0.5 * below * work[i - 1]
            flow += 0.5 * below * change[i - 1]
        work[i] = 0.5 * above / pivot
        change[i] = flow / pivot
    for back in range(1, n):
        i = n - 1 - back
        change[i] += work[i] * change[i + 1]


@function
def heat(H: Any, thickness: float, first: float, last: float, seconds: float, T: Any, C: Any, G: Any, w: Any) -> float:
    """Move the heat contents H (J/kg) of a plate's nodes; return what its temperature differs by, K.

    T, C, G and w (of two rows) are work space. The nodes at the faces have half a layer.
    """
    n = len(H)
    layer = thickness / (n - 1)
    for i in range(n):
        T[i] = temperature(H[i])
        C[i] = DENSITY * slope(H[i]) * layer * (0.5 if i in (0, n - 1) else 1.0)
    for i in range(n - 1):
        G[i] = conductivity(0.5 * (T[i] + T[i + 1])) / layer
    conduct(T, C, G, first, last, seconds, w[0], w[1])
    coldest, hottest = math.inf, -math.inf
    for i in range(n):
        H[i] += slope(H[i]) * w[0][i]
        now = temperature(H[i])
        coldest, hottest = min(coldest, now), max(hottest, now)
    return hottest - coldest


@function
def mean(H: Any) -> float:
    """The mean heat content of a plate, J/kg."""
    n = len(H)
    total = 0.5 * (H[0] + H[n - 1])
    for i in range(1, n - 1):
        total += H[i]
    return float(total / (n - 1))
