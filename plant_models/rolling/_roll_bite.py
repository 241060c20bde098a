"""The roll bite: roll force with flattened rolls, neutral point and forward slip, thickness that leaves a stand.

    k   = plane k0 hardness (e0 + ln(H/h))^n                    mean over the bite (k1 + 2 k2)/3
    P   = w sqrt(R' dh) Q (k - (s_b + s_f)/2)                   Hill
    Q   = 1.08 + 1.79 r mu sqrt(1 - r) sqrt(R'/h1) - 1.02 r
    R'  = R (1 + 16 (1 - nu^2) P / (pi E w dh))                 Hitchcock
    phi = sqrt(h2/R') tan(1/2 atan(sqrt(r/(1-r))) - sqrt(h2/R')/(4 mu) ln(h1/h2 (1 - s_f/k)/(1 - s_b/k)))
    f   = R'/h2 phi^2                                           Bland and Ford
    h2  = S + e + P/M                                           mill stretch

h1 and h2 thickness at entry and exit, dh = h1 - h2, r = dh/h1, H thickness of the undeformed strip, s_b and s_f
tension behind and before, mu friction, w width, S the gap of the unloaded stand, e the eccentricity, M the stand's
stiffness.

With z = sqrt(R') the force is w sqrt(dh) kk (a z + b z^2) and Hitchcock's equation is a quadratic in z, so the
converged radius needs no iteration: (1 - g b) z^2 - g a z - R = 0, with g = 16 (1 - nu^2) R kk / (pi E sqrt(dh)). For
g b -> 1 it grows without bound: this is the foil that no roll can thin further. R' is held at 8 R here, and the
plant's envelope says so.

Sources: R. Hill, The Mathematical Theory of Plasticity, Oxford 1950, for Q; D. R. Bland, H. Ford, "The calculation of
roll force and torque in cold strip rolling with tensions", Proc. Inst. Mech. Eng. 159 (1948) 144-163; J. H. Hitchcock,
"Roll neck bearings", ASME 1935. All in SI units.
"""

import math
from typing import Any

from hil.blocks import function

FLATTEST = 8.0
"""The largest R'/R that is calculated with."""
SOFT = 2e-6
"""m, of draft: below a few of them the force fades, so that a strip that is not thinned is not pressed."""
_TINY = 1e-12


@function
def flow_stress(p: Any, hardness: float, origin: float, h: float) -> float:
    """Return k, the flow stress in plane strain of a strip that was rolled from `origin` to h, Pa."""
    strain = max(math.log(origin / h), 0.0)
    return float(p.plane * p.k0 * hardness * (p.e0 + strain) ** p.n)


@function
def flattened(p: Any, dh: float, a: float, b: float, kk: float) -> tuple[float, float]:
    """Return the radius that the force acts with and the radius R' that it makes, m: equal when converged.

    With `rounds` the radius is iterated so many times from R, and the force is that of the last round.
    """
    most = FLATTEST * p.R
    c = 16.0 * (1.0 - p.nu**2) / (math.pi * p.E)
    if p.rounds > 0:
        acting, radius = p.R, p.R
        for _ in range(p.rounds):
            acting = radius
            radius = min(p.R * (1.0 + c * math.sqrt(acting / dh) * (a + b * math.sqrt(acting)) * kk), most)
        return acting, radius
    g = c * p.R * kk / math.sqrt(dh)
    rest = 1.0 - g * b
    if rest <= _TINY:
        return most, most
    z = (g * a + math.sqrt(g * g * a * a + 4.0 * rest * p.R)) / (2.0 * rest)
    return min(z * z, most), min(z * z, most)


@function
def roll_force(p: Any, i: int, k: float, tension: float, h2: float) -> float:
    """Return the force of stand i for a thickness that leaves it, N; notes the radius. `tension` is the mean, Pa."""
    h1, mu = p.h_in[i], p.mu_now[i]
    dh = h1 - h2
    if dh <= _TINY:
        p.flat[i] = p.R
        return 0.0
    r = dh / h1
    kk = max(k - tension, 0.0)
    a = 1.08 - 1.02 * r
    b = 1.79 * r * mu * math.sqrt(1.0 - r) / math.sqrt(h1)
    acting, p.flat[i] = flattened(p, dh, a, b, kk)
    force = p.w * math.sqrt(acting * dh) * (a + b * math.sqrt(acting)) * kk
    return float(force * -math.expm1(-dh / SOFT))


@function
def bite(p: Any, i: int, tension: float, gap: float) -> None:
    """Find the thickness that leaves stand i, between `gap` and h1, with its force: h2 = gap + P(h2)/M.

    A secant search that begins where the last one ended and is kept between bounds by halving: 60 steps at most.
    """
    h1, hardness, origin = p.h_in[i], p.hardness_in[i], p.origin_in[i]
    p.force[i] = 0.0
    if gap >= h1 - _TINY:
        p.h_out[i] = h1
        p.flat[i] = p.R
        return
    low, high = max(gap, 1e-3 * h1), h1
    at = min(max(p.h_out[i], low + 1e-3 * (high - low)), high - 1e-3 * (high - low))
    last, miss_last, slope = at, 0.0, p.slope[i]
    k1 = flow_stress(p, hardness, origin, h1)
    for _ in range(60):
        p.k[i] = (k1 + 2.0 * flow_stress(p, hardness, origin, at)) / 3.0
        p.force[i] = roll_force(p, i, p.k[i], tension, at)
        miss = at - gap - p.force[i] / p.M
        if miss > 0.0:
            high = at
        else:
            low = at
        if at != last:
            slope = (miss - miss_last) / (at - last)
        new = at - miss / slope if slope > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        last, miss_last = at, miss
        if abs(new - at) < 1e-16:
            break
        at = new
    p.h_out[i] = at
    p.slope[i] = max(slope, 1.0)


@function
def neutral(p: Any, i: int, back: float, front: float) -> None:
    """Find the neutral point of stand i, as a share of the bite from its exit, and the forward slip.

    The share is 0 or less when the rolls slip over the strip, 1 or more when the strip is pulled through; the slip is
    that of the nearer end then.
    """
    h1, h2, k = p.h_in[i], p.h_out[i], p.k[i]
    p.at[i], p.forward[i] = 0.5, 0.0
    if h1 - h2 <= _TINY:
        return
    whole = math.atan(math.sqrt((h1 - h2) / h2))
    pulled = math.log(h1 / h2 * max(1.0 - front / k, 1e-3) / max(1.0 - back / k, 1e-3))
    half = 0.5 * whole - math.sqrt(h2 / p.flat[i]) / (4.0 * p.mu_now[i]) * pulled
    p.at[i] = half / whole
    p.forward[i] = math.tan(min(max(half, 0.0), whole)) ** 2
