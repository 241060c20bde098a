"""An optimising dispatcher: a linear programme for the flows, a rolling horizon, and a choice for the next truck.

Every minute: the flows from crushers to shovels and back, in trucks per second, that bring the most tonnes from here on
with the shovels that work and the trucks that are there,

    max sum f_sc    sum_c f_sc = sum_c g_cs    sum_s f_sc = sum_s g_cs    sum_c f_sc = busy_s/load_s  sum_s f_sc <= rate
                    sum f_sc (travel_sc + load_s + dump) + sum g_cs travel_cs + bunch sum L(busy_s) <= trucks

with the trucks that wait, L(b) = b^2/2/(1 - b), as in a queue of single servers with regular services (Pollaczek and
Khinchin), in five straight pieces up to 97 %: without them the plan takes a shovel that is busy for one that costs
nothing. After J. W. White, J. P. Olson, "Computer-based dispatching in mines with concurrent operating objectives",
Mining Engineering 38 (1986) 1045-1054, flows are planned first and trucks are assigned then. The programme's prices
join the two: a way's reduced cost over the price of a truck's second is the time that a truck loses on it.

The next truck from a crusher goes where this comes to the least: its own wait at the shovel; `others` of the waits
that it brings upon trucks that are on their way already; `hurry` of its way; `trust` of what the plan says it loses.
The next load of a shovel goes to a crusher by the same sum. When each truck will arrive is reckoned from when it left.
The three weights were chosen on the seeds 11 to 16, not on those of the study.
"""

from typing import Any

import numpy as np

from controllers.strategies._pits import CRUSHERS, DUMP, LOAD, NEAR, NEAR_CRUSHER, PITS, RATE, SHOVELS, TRAVEL
from controllers.strategies._simplex import maximise
from hil.blocks import Block, function
from hil.signals import record, signal

PATHS, STATIONS = SHOVELS * CRUSHERS, SHOVELS + CRUSHERS
BUSY = np.array([0.0, 0.5, 0.7, 0.82, 0.91, 0.97])
"""Shares of a shovel's time, between which the trucks that wait are a straight line."""
PIECES = BUSY.size - 1
VARIABLES = 2 * PATHS + SHOVELS * PIECES
ROWS = 3 * SHOVELS + 3 * CRUSHERS + 1 + SHOVELS * PIECES
_DEAD = 3600.0  # s that a shovel is taken: it stands
_MOST = 100  # trucks on their way to one station


@function
def _waiting(p: Any, busy: float) -> float:
    """The trucks that wait at a shovel."""
    return float(p.bunch * 0.5 * busy * busy / (1.0 - busy))


@function
def _shovel_rows(p: Any, x: Any, pit: int, s: int, stands: bool) -> None:
    """What a shovel loads is what its pieces are busy; each piece has an end, and trucks that wait."""
    columns, last = VARIABLES + ROWS, 3 * (SHOVELS + CRUSHERS)
    for k in range(PIECES):
        piece, row = 2 * PATHS + s * PIECES + k, last + 1 + s * PIECES + k
        wide = (BUSY[k + 1] - BUSY[k]) / LOAD[pit, s]
        x.a[2 * (SHOVELS + CRUSHERS) + s, piece] = -1.0
        x.a[row, piece] = 1.0
        x.a[row, columns] = 0.0 if stands else wide
        x.a[last, piece] = (_waiting(p, BUSY[k + 1]) - _waiting(p, BUSY[k])) / wide


@function
def _programme(p: Any, x: Any, pit: int, trucks: float, taken: Any) -> None:
    """Fill the tableau: f by shovel and crusher, then g, then the pieces by shovel."""
    columns = VARIABLES + ROWS
    for i in range(ROWS + 1):
        for j in range(columns + 1):
            x.a[i, j] = 1.0 if j == VARIABLES + i else 0.0
    cap_s, cap_c, last = 2 * (SHOVELS + CRUSHERS), 2 * (SHOVELS + CRUSHERS) + SHOVELS, 3 * (SHOVELS + CRUSHERS)
    for s in range(SHOVELS):
        _shovel_rows(p, x, pit, s, taken[s] >= _DEAD)
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
def _balance(x: Any) -> None:
    """Where the plan lets no truck change its crusher, its prices leave open which change costs how much: half each."""
    there, back, changes = 1e300, 1e300, 0.0
    for s in range(SHOVELS):
        one, two = s * CRUSHERS, s * CRUSHERS + 1
        there = min(there, x.lost[PATHS + one] + x.lost[two])
        back = min(back, x.lost[PATHS + two] + x.lost[one])
        changes += min(x.flow[PATHS + one], x.flow[two]) + min(x.flow[PATHS + two], x.flow[one])
    if changes < 1e-9:
        for s in range(SHOVELS):
            x.lost[s * CRUSHERS + 1] += 0.5 * (back - there)
            x.lost[PATHS + s * CRUSHERS + 1] -= 0.5 * (back - there)


@function
def _plan(p: Any, x: Any, pit: int, trucks: float, taken: Any) -> None:
    """Solve; where there is no solution flows and prices stay as they are."""
    _programme(p, x, pit, trucks, taken)
    x.pivots = maximise(x.a, x.basis, ROWS, VARIABLES, x.found)
    if x.pivots < 0:
        return
    total = 1e-9
    for i in range(2 * PATHS):
        x.flow[i] = x.found[i]
        total += x.found[i] if i < PATHS else 0.0
    price = max(x.a[ROWS, VARIABLES + 3 * (SHOVELS + CRUSHERS)], 0.1 * total / max(trucks, 1.0))
    for s in range(SHOVELS):
        for c in range(CRUSHERS):
            f = s * CRUSHERS + c
            g = PATHS + f
            x.lost[f] = p.hurry * (TRAVEL[pit, 1, s, c] + LOAD[pit, s])
            x.lost[g] = p.hurry * TRAVEL[pit, 0, s, c]
            x.lost[f] += p.trust * min(x.a[ROWS, f] / price, _DEAD)
            x.lost[g] += p.trust * min(x.a[ROWS, g] / price, _DEAD)
    _balance(x)


@function
def _waits(p: Any, x: Any, station: int, free: float, load: float, at: float) -> float:
    """What one more truck waits that arrives at a time, and what counts of the others' waits; below 0 there is none."""
    total, came = 0.0, at < 0.0
    for i in range(int(x.count[station]) + 1):
        last = i == int(x.count[station])
        if not came and (last or at < x.eta[station, i]):
            total += max(free - at, 0.0)
            free, came = max(free, at) + load, True
        if not last:
            total += p.others * max(free - x.eta[station, i], 0.0)
            free = max(free, x.eta[station, i]) + load
    return total


@function
def _best_shovel(p: Any, x: Any, pit: int, now: float, c: int, taken: Any, here: Any) -> int:
    """The shovel for the next truck from a crusher."""
    best, least = 0, 1e300
    for s in range(SHOVELS):
        if taken[s] >= _DEAD:
            continue
        lost, load = 1e300, LOAD[pit, s]
        for back in range(CRUSHERS):
            lost = min(lost, x.lost[s * CRUSHERS + back])
        lost += x.lost[PATHS + s * CRUSHERS + c]
        free = now + taken[s] + max(here[s] - 1.0, 0.0) * load
        arrives = now + TRAVEL[pit, 0, s, c]
        lost += _waits(p, x, s, free, load, arrives) - _waits(p, x, s, free, load, -1.0)
        if lost < least:
            best, least = s, lost
    return best + 1


@function
def _best_crusher(p: Any, x: Any, pit: int, now: float, s: int, hopper: Any) -> int:
    """The crusher for the next load of a shovel."""
    best, least, service = 0, 1e300, DUMP[pit]
    for c in range(CRUSHERS):
        station, arrives = SHOVELS + c, now + TRAVEL[pit, 1, s, c]
        lost = x.lost[s * CRUSHERS + c] + max(hopper[c] - p.full, 0.0) / p.full / RATE[pit]
        lost += _waits(p, x, station, now, service, arrives) - _waits(p, x, station, now, service, -1.0)
        if lost < least:
            best, least = c, lost
    return best + 1


@function
def _expect(x: Any, station: int, at: float) -> None:
    """One more truck on its way to a station; the times are kept in order."""
    i = int(min(x.count[station], _MOST - 1.0))
    while i > 0 and x.eta[station, i - 1] > at:
        x.eta[station, i] = x.eta[station, i - 1]
        i -= 1
    x.eta[station, i] = at
    x.count[station] = min(x.count[station] + 1.0, float(_MOST))


@function
def _agree(x: Any, station: int, now: float, shown: float) -> int:
    """Cross off the first that are not on their way any more, and return how many; what nobody sent comes soon."""
    while x.count[station] < min(shown, float(_MOST)):
        _expect(x, station, now)
    gone = int(max(x.count[station] - shown, 0.0))
    x.count[station] -= gone
    for i in range(int(x.count[station])):
        x.eta[station, i] = x.eta[station, i + gone] if gone > 0 else x.eta[station, i]
    return gone


@function
def _book(x: Any, pit: int, now: float, left: Any, coming: Any, here: Any, bound: Any) -> None:
    """Expect what has left the crusher or a shovel, and cross off what has arrived."""
    for c in range(CRUSHERS):
        s = int(x.said[c]) - 1
        for _ in range(int(left[c] - x.left[c])):
            if s >= 0:
                _expect(x, s, now + TRAVEL[pit, 0, s, c])
        x.left[c] = left[c]
    for s in range(SHOVELS):
        came, c = _agree(x, s, now, coming[s]), int(x.haul[s]) - 1
        for _ in range(int(max(x.here[s] + came - here[s], 0.0))):
            if c >= 0:
                _expect(x, SHOVELS + c, now + TRAVEL[pit, 1, s, c])
        x.here[s] = here[s]
    for c in range(CRUSHERS):
        _agree(x, SHOVELS + c, now, bound[c])


def dispatch_lp_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """One look at the mine."""
    pit = int(p.pit) - 1
    taken = (u.free_in1, u.free_in2, u.free_in3, u.free_in4)
    here = (u.queue1, u.queue2, u.queue3, u.queue4)
    coming = (u.coming1, u.coming2, u.coming3, u.coming4)
    now = t * 1e-9
    bound, hopper = (u.dumping1, u.dumping2), (u.hopper1, u.hopper2)
    _book(x, pit, now, (u.left1, u.left2), coming, here, bound)
    if t >= x.due:
        x.due = t + int(p.every * 1e9)
        _plan(p, x, pit, u.working, taken)
    for c in range(CRUSHERS):
        x.said[c] = _best_shovel(p, x, pit, now, c, taken, here)
    y.to_shovel1, y.to_shovel2 = x.said[0], x.said[1]
    for s in range(SHOVELS):
        x.haul[s] = _best_crusher(p, x, pit, now, s, hopper)
    y.to_crusher1, y.to_crusher2, y.to_crusher3, y.to_crusher4 = x.haul[0], x.haul[1], x.haul[2], x.haul[3]
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
        others=signal("1", "weight of the waits that a truck brings upon others", 0, 10, 0.5),
        trust=signal("1", "weight of the plan's prices against waiting", 0, 1, 0.8),
        hurry=signal("1", "weight of the way against waiting", 0, 1, 0.5),
        bunch=signal("1", "trucks that wait, over those of arrivals by chance", 0, 10, 1.0),
        full=signal("t", "content from which a hopper counts as filling", 1, 1e4, 400.0),
    ),
    state=record(
        "State",
        a=signal("1", "tableau", shape=(ROWS + 1, VARIABLES + ROWS + 1)),
        basis=signal("1", "variables in the solution", shape=(ROWS,)),
        found=signal("1/s", "work space", shape=(VARIABLES,)),
        flow=signal("1/s", "planned flows", shape=(2 * PATHS,)),
        lost=signal("s", "what a truck loses on a way against the plan", shape=(2 * PATHS,)),
        eta=signal("s", "when the trucks bound for each shovel and crusher come, in order", shape=(STATIONS, _MOST)),
        count=signal("1", "how many they are", shape=(STATIONS,)),
        here=signal("1", "trucks that were at each shovel", shape=(SHOVELS,)),
        haul=signal("1", "crusher that each shovel was told", shape=(SHOVELS,)),
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
