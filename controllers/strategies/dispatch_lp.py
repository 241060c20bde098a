"""An optimising dispatcher: a linear programme for the flows, a rolling horizon, and a choice for the next truck.

Every minute: the flows from crushers to shovels and back, in trucks per second, that bring the most tonnes from here on
with the shovels that work and the trucks that are there,

    max sum f_sc    sum_c f_sc = sum_c g_cs    sum_s f_sc = sum_s g_cs    sum_c f_sc <= 1/load_s    sum_s f_sc <= rate
                    sum f_sc (travel_sc + load_s + dump) + sum g_cs travel_cs <= trucks

after J. W. White, J. P. Olson, "Computer-based dispatching in mines with concurrent operating objectives", Mining
Engineering 38 (1986) 1045-1054, where flows are planned first and trucks are then assigned to what they lag behind. A
path's flow is a credit that grows with time and is spent by trucks that take it. The next truck from a crusher goes
where it would wait least, way and credit weighed in, all in services of that shovel. Loaded trucks go where they are
through first. The weights were chosen on the seeds 11 to 16, not on those of the study.
"""

from typing import Any

from controllers.strategies._pits import CRUSHERS, DUMP, LOAD, NEAR, NEAR_CRUSHER, PITS, RATE, SHOVELS, TRAVEL
from controllers.strategies._simplex import maximise
from hil.blocks import Block, function
from hil.signals import record, signal

PATHS = SHOVELS * CRUSHERS
ROWS = 3 * SHOVELS + 3 * CRUSHERS + 1
_DEAD = 3600.0  # s that a shovel is taken: it stands


@function
def _programme(x: Any, pit: int, trucks: float, taken: Any) -> None:
    """Fill the tableau: f by shovel and crusher, then g."""
    columns = 2 * PATHS + ROWS
    for i in range(ROWS + 1):
        for j in range(columns + 1):
            x.a[i, j] = 1.0 if j == 2 * PATHS + i else 0.0
    last, cap_s, cap_c = ROWS - 1, 2 * (SHOVELS + CRUSHERS), 2 * (SHOVELS + CRUSHERS) + SHOVELS
    for s in range(SHOVELS):
        x.a[cap_s + s, columns] = 0.0 if taken[s] >= _DEAD else 1.0 / LOAD[pit, s]
        for c in range(CRUSHERS):
            f = s * CRUSHERS + c
            g = PATHS + f
            x.a[ROWS, f] = -1.0
            for row, sign in ((2 * s, 1.0), (2 * (SHOVELS + c), 1.0)):
                x.a[row, f], x.a[row, g] = sign, -sign
                x.a[row + 1, f], x.a[row + 1, g] = -sign, sign
            x.a[cap_s + s, f] = 1.0
            x.a[cap_c + c, f] = 1.0
            x.a[cap_c + c, columns] = min(1.0 / DUMP[pit], RATE[pit])
            x.a[last, f] = TRAVEL[pit, 1, s, c] + LOAD[pit, s] + DUMP[pit]
            x.a[last, g] = TRAVEL[pit, 0, s, c]
    x.a[last, columns] = trucks


@function
def _plan(p: Any, x: Any, pit: int, trucks: float, taken: Any) -> None:
    """Solve, and let the credits begin anew where the plan cannot be had."""
    _programme(x, pit, trucks, taken)
    x.pivots = maximise(x.a, x.basis, ROWS, 2 * PATHS, x.found)
    if x.pivots >= 0:
        for i in range(2 * PATHS):
            x.flow[i] = x.found[i]


@function
def _best_shovel(p: Any, x: Any, pit: int, c: int, taken: Any, here: Any, coming: Any) -> int:
    """The shovel for the next truck from a crusher."""
    best, most = 0, -1e300
    for s in range(SHOVELS):
        if taken[s] >= _DEAD:
            continue
        load, way = LOAD[pit, s], TRAVEL[pit, 0, s, c]
        backlog = taken[s] + (max(here[s] - 1.0, 0.0) + coming[s]) * load
        worth = p.trust * x.credit[c, s] - (max(backlog - way, 0.0) + p.hurry * way) / load
        if worth > most:
            best, most = s, worth
    return best + 1


@function
def _best_crusher(p: Any, pit: int, s: int, bound: Any, hopper: Any) -> int:
    """The crusher where a loaded truck is through first, and near to where it is wanted next."""
    best, least = 0, 1e300
    for c in range(CRUSHERS):
        way = TRAVEL[pit, 1, s, c]
        full = max(hopper[c] - p.full, 0.0) / p.full / RATE[pit]
        through = way + max(bound[c] * max(DUMP[pit], 1.0 / RATE[pit]) + full - way, 0.0) + TRAVEL[pit, 0, s, c]
        through += 0.0 if c + 1 == NEAR_CRUSHER[pit, s] else p.loyalty
        if through < least:
            best, least = c, through
    return best + 1


@function
def _book(p: Any, x: Any, left: Any, seconds: float) -> None:
    """Let the credits grow by the plan, and spend what has left."""
    for c in range(CRUSHERS):
        for s in range(SHOVELS):
            grown = x.credit[c, s] + x.flow[PATHS + s * CRUSHERS + c] * seconds
            if s + 1 == x.said[c]:
                grown -= left[c] - x.left[c]
            x.credit[c, s] = min(max(grown, -p.most), p.most)
        x.left[c] = left[c]


def dispatch_lp_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One look at the mine."""
    pit = int(p.pit) - 1
    taken = (u.free_in1, u.free_in2, u.free_in3, u.free_in4)
    here = (u.queue1, u.queue2, u.queue3, u.queue4)
    coming = (u.coming1, u.coming2, u.coming3, u.coming4)
    _book(p, x, (u.left1, u.left2), h * 1e-9)
    if t >= x.due:
        x.due = t + int(p.every * 1e9)
        _plan(p, x, pit, u.working, taken)
    for c in range(CRUSHERS):
        x.said[c] = _best_shovel(p, x, pit, c, taken, here, coming)
    y.to_shovel1, y.to_shovel2 = x.said[0], x.said[1]
    bound, hopper = (u.dumping1, u.dumping2), (u.hopper1, u.hopper2)
    y.to_crusher1, y.to_crusher2 = _best_crusher(p, pit, 0, bound, hopper), _best_crusher(p, pit, 1, bound, hopper)
    y.to_crusher3, y.to_crusher4 = _best_crusher(p, pit, 2, bound, hopper), _best_crusher(p, pit, 3, bound, hopper)
    y.near1, y.near2 = NEAR[pit, 0], NEAR[pit, 1]
    y.own1, y.own2 = NEAR_CRUSHER[pit, 0], NEAR_CRUSHER[pit, 1]
    y.own3, y.own4 = NEAR_CRUSHER[pit, 2], NEAR_CRUSHER[pit, 3]
    x.looks += 1.0
    y.looks = x.looks
    y.planned = 0.0
    for i in range(PATHS):
        y.planned += 3600.0 * x.flow[i]


_SHOVEL: dict[str, Any] = {"low": 0, "high": SHOVELS}
_CRUSHER: dict[str, Any] = {"low": 0, "high": CRUSHERS}
BLOCK = Block(
    name="dispatch_lp",
    words="truck dispatch by a linear programme with a rolling horizon",
    step=dispatch_lp_step,
    parameters=record(
        "Parameters",
        pit=signal("1", f"the map: {', '.join(f'{i + 1} {pit}' for i, pit in enumerate(PITS))}", 1, len(PITS), 1.0),
        every=signal("s", "between two plans", 1, 3600, 60.0),
        trust=signal("1", "weight of the plan's credit, in services", 0, 100, 0.1),
        hurry=signal("1", "weight of the way against waiting", 0, 1, 0.05),
        most=signal("1", "bound of a credit, trucks", 0.1, 100, 3.0),
        loyalty=signal("s", "what has to be gained at a crusher that is not the nearest", 0, 3600, 100.0),
        full=signal("t", "content from which a hopper counts as filling", 1, 1e4, 400.0),
    ),
    state=record(
        "State",
        a=signal("1", "tableau", shape=(ROWS + 1, 2 * PATHS + ROWS + 1)),
        basis=signal("1", "variables in the solution", shape=(ROWS,)),
        found=signal("1/s", "work space", shape=(2 * PATHS,)),
        flow=signal("1/s", "planned flows", shape=(2 * PATHS,)),
        credit=signal("1", "trucks that a path lags behind its flow", shape=(CRUSHERS, SHOVELS)),
        left=signal("1", "trucks that had left each crusher", shape=(CRUSHERS,)),
        said=signal("1", "shovel that each crusher was told", shape=(CRUSHERS,)),
        due=signal("ns", "next plan", kind="i8"),
        pivots=signal("1", "pivots of the last plan, negative when it failed", kind="i8"),
        looks=signal("1", "steps so far"),
    ),
    inputs=record(
        "Inputs",
        **{f"queue{i}": signal("1", f"trucks at shovel {i}") for i in range(1, 5)},
        **{f"coming{i}": signal("1", f"trucks on their way to shovel {i}") for i in range(1, 5)},
        **{f"free_in{i}": signal("s", f"until shovel {i} is free") for i in range(1, 5)},
        **{f"dumping{i}": signal("1", f"loaded trucks bound for crusher {i}") for i in range(1, 3)},
        **{f"left{i}": signal("1", f"empty trucks that have left crusher {i}") for i in range(1, 3)},
        **{f"hopper{i}": signal("t", f"content of crusher {i}'s hopper") for i in range(1, 3)},
        working=signal("1", "trucks that are not in the workshop"),
    ),
    outputs=record(
        "Outputs",
        **{
            f"to_shovel{i}": signal("1", f"shovel for the next empty truck from crusher {i}", **_SHOVEL) for i in (1, 2)
        },
        **{f"to_crusher{i}": signal("1", f"crusher for the next load of shovel {i}", **_CRUSHER) for i in range(1, 5)},
        **{f"near{i}": signal("1", f"the shovel next to crusher {i}, by the map", **_SHOVEL) for i in (1, 2)},
        **{f"own{i}": signal("1", f"the crusher next to shovel {i}, by the map", **_CRUSHER) for i in range(1, 5)},
        looks=signal("1", "steps so far: it is alive", 0, 1e12),
        planned=signal("1/hour", "loads per hour of the plan", 0, 1e4),
    ),
)
