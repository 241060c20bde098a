"""Linear designs for two inputs and two outputs: models, observers, regulators, loop shaping, and their margins.

- Kalman filter and linear-quadratic regulator with integral action: H. Kwakernaak, R. Sivan, Linear Optimal Control
  Systems, Wiley 1972.
- Loop shaping: D. McFarlane, K. Glover, "A loop shaping design procedure using H-infinity synthesis", IEEE Trans.
  Automatic Control 37 (1992) 759-769; the controller's formulas with a direct term are those of S. Skogestad, I.
  Postlethwaite, Multivariable Feedback Control, 2nd ed., Wiley 2005, section 9.4. The shaped plant in discrete time is
  taken to continuous time by the bilinear map, which keeps all norms, and the controller back.

Margins are those of the loop as it is stepped, model and controller in discrete time.
"""

from dataclasses import dataclass
from typing import Any

import control
import numpy as np
from scipy.linalg import expm, solve_continuous_are, solve_discrete_are

from hil.blocks import Plant
from hil.blocks.interpreted import interpret

Matrix = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Model:
    """A linear model in shares of spans away from `zero`, in the order u1, u2, y1, y2 and what else is bounded."""

    a: Matrix
    b: Matrix
    c: Matrix
    zero: Matrix
    span: Matrix
    period: float


@dataclass(frozen=True)
class Point:
    """What is linearised and how it is scaled: names of states, inputs and of the outputs, which are states, too."""

    chosen: str
    states: tuple[str, ...]
    inputs: tuple[str, str]
    shown: tuple[str, ...]
    span: tuple[float, ...]
    period: float


def slopes(plant: Plant, at: Point) -> tuple[Matrix, Matrix, dict[str, float]]:
    """Return df/dx and df/du at the start of a parameter set, and the values there."""
    memory = plant.memory(at.chosen)
    values = {one: float(memory[plant.role(one)][one][0]) for one in (*at.states, *at.inputs)}

    def slope(name: str, value: float) -> Matrix:
        moved = plant.memory(at.chosen, {name: value})
        dx = plant.state.new()
        interpret(plant.derivative, 0, 0, moved["parameters"], moved["state"], moved["inputs"], dx)
        return np.array([dx[one][0] for one in at.states])

    def column(name: str) -> Matrix:
        value, e = values[name], 1e-5 * abs(values[name])
        found: Matrix = (slope(name, value + e) - slope(name, value - e)) / (2 * e)
        return found

    columns = [column(one) for one in (*at.states, *at.inputs)]
    return np.column_stack(columns[: len(at.states)]), np.column_stack(columns[len(at.states) :]), values


def model(plant: Plant, at: Point) -> Model:
    """Return the sampled model about the start of a parameter set, with inputs held for a period."""
    a, b, values = slopes(plant, at)
    span = np.array(at.span)
    both = np.block([[a, b * span[:2]], [np.zeros((2, a.shape[0] + 2))]])
    exact = expm(both * at.period)
    n = a.shape[0]
    c = np.array([[float(one == name) for one in at.states] for name in at.shown]) / span[2:, None]
    zero = np.array([values[one] for one in (*at.inputs, *at.shown)])
    return Model(exact[:n, :n], exact[:n, n:], c, zero, span, at.period)


def with_disturbances(one: Model) -> Model:
    """Add two disturbances at the inputs that stay as they are."""
    n = one.a.shape[0]
    a = np.block([[one.a, one.b], [np.zeros((2, n)), np.eye(2)]])
    return Model(
        a, np.vstack([one.b, np.zeros((2, 2))]), np.hstack([one.c, np.zeros((len(one.c), 2))]),
        one.zero, one.span, one.period,
    )  # fmt: skip


def kalman(one: Model, shaken: Matrix, noise: Matrix) -> Matrix:
    """Return the gain that puts the estimate right by the first two outputs, for covariances of a period."""
    c = one.c[:2]
    p = solve_discrete_are(one.a.T, c.T, shaken, noise)
    found: Matrix = p @ c.T @ np.linalg.inv(c @ p @ c.T + noise)
    return found


def lqi(one: Model, q: Matrix, qi: Matrix, r: Matrix) -> Matrix:
    """Return the gains on states and on the sums of the errors, r - y, for weights on outputs, sums and inputs."""
    n, c = one.a.shape[0], one.c[:2]
    a = np.block([[one.a, np.zeros((n, 2))], [-c, np.eye(2)]])
    b = np.vstack([one.b, np.zeros((2, 2))])
    weights = np.block([[c.T @ q @ c, np.zeros((n, 2))], [np.zeros((2, n)), qi]])
    p = solve_discrete_are(a, b, weights, r)
    found: Matrix = np.linalg.solve(r + b.T @ p @ b, b.T @ p @ a)
    return found


def plant_of(one: Model) -> Any:
    """The model from inputs to the first two outputs, as a system."""
    return control.ss(one.a, one.b, one.c[:2], np.zeros((2, 2)), one.period)


def lqi_controller(one: Model, gain: Matrix, observer: Matrix) -> Any:
    """Return the regulator with its observer as a system from r - y to u: what the strategy steps, unbounded.

    The estimate is of x with y measured from r, which leaves the loop the same.
    """
    n, c = one.a.shape[0], one.c[:2]
    k, ki = gain[:, :n], gain[:, n:]
    keep = np.eye(n) - observer @ c
    a = np.block([[keep @ (one.a - one.b @ k), -keep @ one.b @ ki], [np.zeros((2, n)), np.eye(2)]])
    b, out = np.vstack([-observer, np.eye(2)]), np.hstack([-k, -ki])
    return control.ss(a, b, out @ a, out @ b, one.period)  # u comes of the state after the measurement


def continuous(one: Any) -> Any:
    """Take a system in discrete time to continuous time by z = (1 + s)/(1 - s)."""
    return _bilinear(one, 1.0, 0)


def discrete(one: Any, period: float) -> Any:
    """Take it back."""
    return _bilinear(one, -1.0, period)


def _bilinear(one: Any, sign: float, period: float) -> Any:
    n = one.A.shape[0]
    if sign > 0:
        m = np.linalg.inv(one.A + np.eye(n))
        return control.ss(
            m @ (one.A - np.eye(n)), np.sqrt(2) * m @ one.B, np.sqrt(2) * one.C @ m, one.D - one.C @ m @ one.B, period
        )
    m = np.linalg.inv(np.eye(n) - one.A)
    return control.ss(
        m @ (np.eye(n) + one.A), np.sqrt(2) * m @ one.B, np.sqrt(2) * one.C @ m, one.D + one.C @ m @ one.B, period
    )


def loop_shaping(shaped: Any, slack: float = 1.1) -> tuple[Any, float]:
    """Return the controller of a shaped plant, from -y to u, and the largest stability margin, 1/gamma_min.

    Both are in continuous time. gamma is `slack` times the least one.
    """
    a, b, c, d = shaped.A, shaped.B, shaped.C, shaped.D
    r, s = np.eye(d.shape[0]) + d @ d.T, np.eye(d.shape[1]) + d.T @ d
    a1 = a - b @ np.linalg.solve(s, d.T @ c)
    x = solve_continuous_are(a1, b, c.T @ np.linalg.solve(r, c), s)
    z = solve_continuous_are(a1.T, c.T, b @ np.linalg.solve(s, b.T), r)
    least = float(np.sqrt(1 + max(np.linalg.eigvals(x @ z).real)))
    gamma = slack * least
    f = -np.linalg.solve(s, d.T @ c + b.T @ x)
    weight = np.linalg.inv(((1 - gamma**2) * np.eye(len(a)) + x @ z).T)
    h = gamma**2 * weight @ z @ c.T
    k = control.ss(a + b @ f + h @ (c + d @ f), h, b.T @ x, -d.T)  # positive feedback: u = k y
    return -k, 1 / least


@dataclass(frozen=True)
class Margins:
    """Of a loop: `peak` and `input_peak` of the sensitivities, what they promise at least, and delay in s.

    With a peak of M in every direction the gain of any one loop may fall to M/(M+1) and rise to M/(M-1), and its phase
    lag by 2 asin(1/(2M)); the delay is the least pi-crossing of any characteristic locus.
    """

    peak: float
    input_peak: float
    delay: float
    stable: bool

    @property
    def gain(self) -> tuple[float, float]:
        """How far the gain may fall and rise, as factors."""
        return self.peak / (self.peak + 1), self.peak / (self.peak - 1)

    @property
    def phase(self) -> float:
        """Phase margin in degrees."""
        return float(np.degrees(2 * np.arcsin(1 / (2 * self.peak))))


def margins(plant: Any, controller: Any) -> Margins:
    """The margins of plant times controller, both in discrete time, in negative feedback."""
    period = plant.dt
    omega = np.geomspace(1e-5, np.pi / period, 1500)
    z, eye = np.exp(1j * omega * period), np.eye(plant.noutputs)
    g, k = values_at(plant, z), values_at(controller, z)
    out = np.linalg.inv(eye + g @ k)
    into = np.linalg.inv(eye + k @ g)
    closed = control.feedback(control.series(controller, plant), control.ss([], [], [], eye, period))
    return Margins(
        float(np.linalg.svd(out, compute_uv=False).max()),
        float(np.linalg.svd(into, compute_uv=False).max()),
        _delay(g @ k, omega),
        bool(np.all(np.abs(closed.poles()) < 1)),
    )


def values_at(one: Any, z: Matrix) -> Matrix:
    """The system at points of the plane, one matrix each."""
    n = one.A.shape[0]
    found: Matrix = np.array([one.C @ np.linalg.solve(w * np.eye(n) - one.A, one.B) + one.D for w in z])
    return found


def _delay(loop: Matrix, omega: Matrix) -> float:
    """The least delay in all loops at once with which a characteristic locus meets -1, s."""
    least = np.inf
    for locus in np.linalg.eigvals(loop).T:
        over = np.abs(locus) > 1
        for i in np.flatnonzero(over[:-1] != over[1:]):
            least = min(least, float((np.angle(locus[i]) + np.pi) % (2 * np.pi) / omega[i]))
    return least


def singular_values(plant: Any, controller: Any, omegas: tuple[float, ...]) -> list[tuple[float, float, float]]:
    """Return frequency and both singular values of plant times controller."""
    z = np.exp(1j * np.array(omegas) * plant.dt)
    values = np.linalg.svd(values_at(plant, z) @ values_at(controller, z), compute_uv=False)
    return [(w, float(high), float(low)) for w, (high, low) in zip(omegas, values, strict=True)]
