"""What an electric drive, a retarder and the tyres can give, and the speed that a grade leaves.

The drive and the retarder give a force up to a limit, and a power up to a limit that may fall towards the top speed
(Lindgren et al., Energies 15 (2022) 4871: power in straight lines over the speed). The tyres give mu times the load on
the wheels that pull or brake.
"""

import math

from hil.blocks import function

G = 9.81
"""m/s^2"""


@function
def envelope(force: float, power: float, knee: float, power_at_top: float, top: float, v: float) -> float:
    """Return the largest force at a speed, N: a force, a power up to the knee, then in a line to that at top speed."""
    v = abs(v)
    available = power
    if v > knee:
        available += (power_at_top - power) * (min(v, top) - knee) / (top - knee)
    return float(min(force, available / v) if v * force > available else force)


@function
def sine(grade: float) -> float:
    """Return the sine of a slope whose tangent is the grade."""
    return float(grade / math.sqrt(1.0 + grade * grade))


@function
def cosine(grade: float) -> float:
    """Return the cosine of a slope whose tangent is the grade."""
    return float(1.0 / math.sqrt(1.0 + grade * grade))


@function
def grade_speed(power: float, mass: float, grade: float, rolling: float, top: float) -> float:
    """Return the speed at which a power at the wheels, W, carries a mass, kg, up a grade; air is left out.

    Grade and rolling resistance are both taken of the weight, as manufacturers' charts do.
    """
    resistance = mass * G * (grade + rolling)
    return float(min(power / resistance, top) if resistance * top > power else top)
