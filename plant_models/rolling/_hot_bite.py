"""The roll bite of a hot stand: Ekelund's force, the neutral point by the balance of horizontal forces, exit thickness.

    P     = w sqrt(R dh) (1 + (1.6 mu sqrt(R dh) - 1.2 dh)/(h1 + h2)) (K - (s_b + s_f)/2)
    K     = hardness (kf + eta u),  kf = 98.1e6 (1.4 + C + Mn + 0.3 Cr)(1 - 0.0005 T) Pa,  mu = 1.05 - 0.0005 T
    eta   = 9.81e4 (14 - 0.01 T) Pa s,  u = 2 v sqrt(dh/R)/(h1 + h2)
    gamma = alpha/2 - alpha^2/(4 mu) + (s_f h2 - s_b h1)/(4 mu q R),  q = P/(w R alpha),  alpha = sqrt(dh/R)
    f     = gamma^2 R/h2

T in degC. The third line is that of two pressures of friction that meet at gamma in a bite of even pressure q. Tensions
are taken off the resistance by their mean, as in Hill's formula for cold rolling.

Source: S. Ekelund, "The analysis of factors influencing rolling pressure and power consumption in the hot rolling of
steel", Steel 93 (1933); as it is printed in textbooks, where 1 kg/mm^2 is 9.81e6 Pa; eta is given from memory of those.
"""

import math
from typing import Any

from hil.blocks import function

_TINY = 1e-9


@function
def hot_force(p: Any, i: int, speed: float, tension: float, h2: float) -> float:
    """Return the force of stand i for a thickness that leaves it, N; `tension` is the mean of the two, Pa."""
    h1 = p.h_in[i]
    dh = h1 - h2
    if dh <= _TINY:
        return 0.0
    mu = 1.05 - 0.0005 * p.T
    still = 98.1e6 * (1.4 + p.content) * (1.0 - 0.0005 * p.T)
    rate = 2.0 * max(speed, 0.0) * math.sqrt(dh / p.R) / (h1 + h2)
    resists = p.hardness_in[i] * (still + 9.81e4 * (14.0 - 0.01 * p.T) * rate)
    shape = 1.0 + (1.6 * mu * math.sqrt(p.R * dh) - 1.2 * dh) / (h1 + h2)
    return float(p.w * math.sqrt(p.R * dh) * shape * max(resists - tension, 0.0))


@function
def neutral_point(p: Any, i: int, back: float, front: float) -> None:
    """Find the neutral point of stand i, as a share of the bite from its exit, and the forward slip."""
    h1, h2, mu = p.h_in[i], p.h_out[i], 1.05 - 0.0005 * p.T
    bite = math.sqrt((h1 - h2) / p.R)
    pressed = max(p.force[i], 1.0) / (p.w * p.R * bite)
    gamma = 0.5 * bite - bite * bite / (4.0 * mu) + (front * h2 - back * h1) / (4.0 * mu * pressed * p.R)
    p.gamma[i] = gamma / bite
    p.forward[i] = min(max(gamma, 0.0), bite) ** 2 * p.R / h2


@function
def hot_bite(p: Any, i: int, speed: float, back: float, front: float, gap: float) -> None:
    """Find the thickness that leaves stand i, with force, neutral point and slip, by halving and secants."""
    h1 = p.h_in[i]
    p.h_out[i], p.force[i], p.gamma[i], p.forward[i] = h1, 0.0, 0.5, 0.0
    if gap >= h1 - _TINY:
        return
    low, high = max(gap, 1e-3 * h1), h1
    at, last, miss_last = 0.5 * (low + high), high, high - gap
    for _ in range(60):
        p.force[i] = hot_force(p, i, speed, 0.5 * (back + front), at)
        miss = at - gap - p.force[i] / p.M
        low, high = (low, at) if miss > 0.0 else (at, high)
        slope = (miss - miss_last) / (at - last) if at != last else 1.0
        new = at - miss / slope if slope > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        last, miss_last = at, miss
        if abs(new - at) < 1e-16:
            break
        at = new
    p.h_out[i] = at
    neutral_point(p, i, back, front)
