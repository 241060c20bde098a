"""Linear model-predictive control of two outputs by two inputs, with bounds, a budget and a plan to fall back on.

Each period it looks for the moves that bring

    min sum_k |q (y(k) - r)|^2 + |r (u(k) - u(k-1))|^2 + soft |beyond the bounds of the outputs|^2

over HORIZON periods, with moves at the periods STARTS and the bounds of the outputs looked at in the periods POINTS;
inputs and moves have hard bounds. The observer's model has two disturbances at the inputs that stay as they are, so
that nothing is left of a constant error: G. Pannocchia, J. B. Rawlings, "Disturbance models for offset-free
model-predictive control", AIChE Journal 49 (2003) 426-437. The programme is that of `_active_set.py`.

The budget is a time for each period and one for each iteration: as many iterations as go into it are allowed, on every
clock the same. When they do not suffice, the moves that were planned before are made at their times, `status` 2; when
there are none left, the inputs stay, `status` 3.
"""

from typing import Any

from controllers.strategies._active_set import memory, solve
from controllers.strategies._linear import moved
from hil.blocks import function
from hil.signals import Record, record, signal

STARTS = (0, 1, 2, 3, 5, 8, 12, 18, 26, 36)
POINTS = (1, 2, 3, 5, 8, 12, 18, 26, 36, 54)
HORIZON = 80
STATES, SHOWN, BOUNDED = 6, 6, 4
MOVES = 2 * len(STARTS)
ROWS = 2 * MOVES + BOUNDED * len(POINTS)
SOLVED, PLANNED, HELD = 1, 2, 3


def parameters(q: tuple[float, float], r: tuple[float, float], soft: float, **bounds: tuple[float, ...]) -> Record:
    """Return the parameters; all but the times are in shares of the model's spans, bounds as differences from zero."""
    two, four = (2,), (BOUNDED,)
    return record(
        "Parameters",
        q=signal("1", "weight of the outputs' errors", 0, 1e6, q, shape=two),
        r=signal("1", "weight of the moves", 1e-9, 1e6, r, shape=two),
        soft=signal("1", "weight of what is beyond the bounds of the outputs", 1e-9, 1e9, soft),
        least=signal("1", "lower bounds of the inputs", -1e6, 1e6, bounds["least"], shape=two),
        most=signal("1", "upper bounds of the inputs", -1e6, 1e6, bounds["most"], shape=two),
        move=signal("1", "largest move in a period", 0, 1e6, bounds["move"], shape=two),
        low=signal("1", "lower bounds of the outputs", -1e6, 1e6, bounds["low"], shape=four),
        high=signal("1", "upper bounds of the outputs", -1e6, 1e6, bounds["high"], shape=four),
        budget=signal("s", "time for the programme in each period", 0, 1e3, 1e-3),
        iteration=signal("s", "time that an iteration may take", 1e-9, 1, 1e-5),
    )


STATE = record(
    "State",
    **memory(MOVES, ROWS),
    ready=signal("1", "the programme was laid out", 0, 1, kind="b1"),
    x=signal("1", "estimate, the disturbances behind the states", shape=(STATES,)),
    was=signal("1", "work space", shape=(STATES,)),
    keep=signal("1", "work space", shape=(STATES,)),
    step=signal("1", "outputs, then bounded ones, so many periods after a step", shape=(HORIZON, SHOWN, 2)),
    free=signal("1", "the same with the inputs as they are", shape=(HORIZON, SHOWN)),
    plan=signal("1", "moves planned last", shape=(MOVES,)),
    age=signal("1", "periods since it was made", kind="i8", initial=HORIZON),
)
MORE = {
    "status": signal("1", "1 solved, 2 moves as planned before, 3 held", 0, 3),
    "iterations": signal("1", "iterations of the programme", 0, 1e6),
    "fallback": signal("1", "periods since it was solved last", 0, 1e9),
}


@function
def _respond(model: Any, shown: Any, x: Any, found: Any, u1: float, u2: float) -> None:
    """Follow the model from x.x, which moves, with constant inputs; fill the outputs of each period."""
    a, b = model[0], model[1]
    for k in range(HORIZON):
        for i in range(STATES):
            x.was[i] = x.x[i]
        for i in range(STATES):
            x.x[i] = b[i, 0] * u1 + b[i, 1] * u2
            for j in range(STATES):
                x.x[i] += a[i, j] * x.was[j]
        for o in range(SHOWN):
            found[k, o] = 0.0
            for j in range(STATES):
                found[k, o] += shown[o, j] * x.x[j]


@function
def _after(x: Any, k: int, o: int, move: int) -> float:
    """What a move has brought an output k periods from now, counted from 0."""
    since = k - STARTS[move // 2]
    return float(x.step[since, o, move % 2]) if since >= 0 else 0.0


@function
def invert(w: Any) -> None:
    """Invert a positive definite matrix in place."""
    n = w.shape[0]
    for k in range(n):
        pivot = 1.0 / w[k, k]
        w[k, k] = 1.0
        for j in range(n):
            w[k, j] *= pivot
        for i in range(n):
            if i != k:
                by = w[i, k]
                w[i, k] = 0.0
                for j in range(n):
                    w[i, j] -= by * w[k, j]


@function
def _lay_out(p: Any, x: Any, model: Any, shown: Any) -> None:
    """Fill what does not change: step responses, Hessian, rows."""
    for j in range(2):
        for i in range(STATES):
            x.x[i] = 0.0
        _respond(model, shown, x, x.free, 1.0 - j, 1.0 * j)
        for k in range(HORIZON):
            for o in range(SHOWN):
                x.step[k, o, j] = x.free[k, o]
    for i in range(MOVES):
        for j in range(MOVES):
            found = p.r[i % 2] ** 2 if i == j else 0.0
            for k in range(HORIZON):
                for o in range(2):
                    found += p.q[o] ** 2 * _after(x, k, o, i) * _after(x, k, o, j)
            x.W[i, j] = found
    invert(x.W)
    for j in range(MOVES):
        for i in range(MOVES):
            x.a[i, j] = 1.0 if i == j else 0.0
            x.a[MOVES + i, j] = 1.0 if i >= j and (i - j) % 2 == 0 else 0.0
        for i in range(ROWS - 2 * MOVES):
            x.a[2 * MOVES + i, j] = _after(x, POINTS[i // BOUNDED] - 1, 2 + i % BOUNDED, j)
    for i in range(ROWS):
        x.ease[i] = 0.0 if i < 2 * MOVES else 1.0 / p.soft**2
        x.own[i] = x.ease[i]
        for j in range(MOVES):
            x.y[i, j] = 0.0
            for k in range(MOVES):
                x.y[i, j] += x.a[i, k] * x.W[k, j]
            x.own[i] += x.y[i, j] * x.a[i, j]


@function
def _ask(p: Any, x: Any, r1: float, r2: float, u1: float, u2: float) -> None:
    """Fill gradient and bounds for set-points, the free response, and the inputs as they are."""
    for i in range(MOVES):
        x.g[i] = 0.0
        for k in range(HORIZON):
            x.g[i] += p.q[0] ** 2 * _after(x, k, 0, i) * (x.free[k, 0] - r1)
            x.g[i] += p.q[1] ** 2 * _after(x, k, 1, i) * (x.free[k, 1] - r2)
        j, now = i % 2, u1 if i % 2 == 0 else u2
        x.low[i], x.high[i] = -p.move[j], p.move[j]
        x.low[MOVES + i] = min(p.least[j] - now, 0.0)
        x.high[MOVES + i] = max(p.most[j] - now, 0.0)
    for i in range(ROWS - 2 * MOVES):
        at, o = POINTS[i // BOUNDED] - 1, i % BOUNDED
        x.low[2 * MOVES + i] = p.low[o] - x.free[at, 2 + o]
        x.high[2 * MOVES + i] = p.high[o] - x.free[at, 2 + o]


@function
def _planned(x: Any, j: int) -> float:
    """The move of input j that was planned for this period."""
    for i in range(len(STARTS)):
        if STARTS[i] == x.age:
            return float(x.plan[2 * i + j])
    return 0.0


@function
def predict(p: Any, x: Any, u: Any, y: Any, model: Any, shown: Any) -> None:
    """One period: estimate, plan, move; `shown` has the outputs' rows and those of what is bounded."""
    zero, span = model[4], model[5]
    if not x.ready:
        x.ready = True
        _lay_out(p, x, model, shown)
        for i in range(STATES):
            x.x[i] = 0.0
    moved(model, u, x)
    u1, u2 = (u.MV1 - zero[0]) / span[0], (u.MV2 - zero[1]) / span[1]
    for i in range(STATES):
        x.keep[i] = x.x[i]
    _respond(model, shown, x, x.free, u1, u2)
    for i in range(STATES):
        x.x[i] = x.keep[i]
    _ask(p, x, (u.SP1 - zero[2]) / span[2], (u.SP2 - zero[3]) / span[3], u1, u2)
    solved, y.iterations = solve(x, int(p.budget / p.iteration))
    x.age += 1
    if solved:
        x.age = 0
        for i in range(MOVES):
            x.plan[i] = x.z[i]
    y.status = SOLVED if solved else PLANNED if x.age <= STARTS[len(STARTS) - 1] else HELD
    y.fallback = 0.0 if solved else y.fallback + 1.0
    m1, m2 = _planned(x, 0), _planned(x, 1)
    y.OUT1 = zero[0] + span[0] * min(max(u1 + m1, p.least[0]), p.most[0])
    y.OUT2 = zero[1] + span[1] * min(max(u2 + m2, p.least[1]), p.most[1])
