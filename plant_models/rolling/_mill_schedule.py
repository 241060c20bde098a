"""The published schedule of the tandem cold mill, and the gaps and speeds with which the model runs it steadily."""

from typing import Any

from plant_models.rolling._roll_bite import flow_stress, neutral, roll_force

THICKNESS = (2.0e-3, 1.40e-3, 0.98e-3, 0.70e-3, 0.52e-3, 0.45e-3)
TENSIONS = (40e6, 120e6, 140e6, 150e6, 150e6, 45e6)
EXIT_SPEED = 1000 / 60
FRICTION = (0.035, 0.032, 0.030, 0.028, 0.025)
STIFFNESS = 0.5 / (1 / 12e9 + 1 / 40e9)


class _Published:
    """The numbers of the set that the roll bite looks at, and its work space."""

    w, R, E, nu, M = 1.0, 0.275, 210e9, 0.3, STIFFNESS
    k0, e0, n, plane = 640e6, 0.01, 0.2, 1.1547

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.h_in, self.h_out, self.mu_now = THICKNESS[:5], THICKNESS[1:], FRICTION
        self.k, self.flat, self.at, self.forward = ([0.0] * 5 for _ in range(4))


def steady_point(rounds: int) -> dict[str, Any]:
    """Return the values at which the mill rolls the schedule steadily, with so many rounds of Hitchcock's equation."""
    p: Any = _Published(rounds)
    gaps, speeds = [], []
    for i in range(5):
        h1, h2 = THICKNESS[i : i + 2]
        back, front = TENSIONS[i : i + 2]
        p.k[i] = (flow_stress(p, 1.0, THICKNESS[0], h1) + 2.0 * flow_stress(p, 1.0, THICKNESS[0], h2)) / 3.0
        gaps.append(h2 - roll_force(p, i, p.k[i], 0.5 * (back + front), h2) / p.M)
        neutral(p, i, back, front)
        speeds.append(EXIT_SPEED * THICKNESS[5] / h2 / (1.0 + p.forward[i]))
    values: dict[str, Any] = {"v": tuple(speeds), "S": tuple(gaps), "v_run": tuple(speeds), "rounds": rounds}
    values |= {"tension": TENSIONS[1:5], "coil": (TENSIONS[0], TENSIONS[5])}
    for i in range(5):
        values |= {f"vref{i + 1}": speeds[i], f"sref{i + 1}": gaps[i]}
    return values
