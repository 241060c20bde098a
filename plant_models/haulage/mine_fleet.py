"""A mine's trucks between shovels and crushers: roads with passing rules, queues, loads, fuel, breakdowns.

Four shovels, each with a branch, two ramps, two crushers, each with a branch at its ramp; to the crusher of the other
ramp it is farther. A haul takes a shovel's branch, its ramp and a crusher's branch. A truck takes a road in its length
over its speed, which the grade and its mass limit (the relation of `haul_truck`), but where passing is not allowed it
leaves a road no sooner than a headway behind the truck ahead. At a station it waits its turn. Behind a crusher and at a
loaded shovel it takes what the dispatcher last said for there, or its own of the fixed plan.

    d crushed/dt = rate h/(h + h_0)        h = stock + dumped - crushed, the hopper's content

The trucks are the discrete part; hoppers and fuel flow between. Events have times of their own, whatever the step is.
Tonnes are counted three times, loaded = dumped + on the road, and `closure` is what is left of that.

The fixed plan gives each truck a shovel for the shift, one after the other to the shovel that lacks most of the trucks
that keep it busy (match factor): a plan that is well tuned for a mine in which nothing fails.

Sources: the cycle (travel, queue, spot, passes of the bucket, dump), headways of 8 s, spotting of 30 s, buckets and
swings as in minehaulsim 0.12.1; grade speeds as in `haul_truck`. The three pits, their fleets, the spreads, breakdowns
and fuel are made up, no mine's.

Left out: accelerating and slowing down on the road, crossings, blasting, shifts and breaks, breakdowns that block a
road (a truck fails behind the crusher), several faces of a shovel, ore grades and blending, truck classes in one fleet.
"""

from typing import Any

from hil.blocks import ParameterSet, Plant, function
from hil.signals import record, signal
from plant_models.haulage._fleet import (
    CRUSHERS,
    EDGES,
    EMPTY,
    FUEL_BAY,
    IN_REPAIR,
    LOADED,
    LOADING,
    SHOVELS,
    STATIONS,
    TRUCKS,
    WAITS_FOR_FUEL,
    begin,
    happen,
    serve,
)

_DEEP = {
    "length": (600.0, 900.0, 1200.0, 700.0, 2200.0, 1800.0, 500.0, 900.0),
    "grade": (0.0, 0.0, 0.02, 0.0, 0.09, 0.08, 0.0, 0.0),
    "no_passing": (0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0),
    "bucket": (45.0, 25.0, 45.0, 25.0),
    "ramp": (0.0, 0.0, 1.0, 1.0),
}
PARAMETERS = record(
    "Parameters",
    trucks=signal("1", "trucks in the fleet", 1, TRUCKS, 18, kind="i8"),
    payload=signal("t", "payload", 1, 500, 227.0),
    empty=signal("t", "mass of the empty truck", 1, 500, 165.0),
    power=signal("kW", "power at the wheels", 1, 1e4, 0.85 * 1976),
    crr=signal("1", "rolling resistance over weight", 0.001, 0.3, 0.02),
    down=signal("m/s", "speed limit down a ramp", 1, 30, 8.0),
    length=signal("m", "roads: of four shovels, two ramps, two crushers", 1, 1e5, _DEEP["length"], shape=(EDGES,)),
    grade=signal("1", "their grades on the way to the crusher", -0.2, 0.2, _DEEP["grade"], shape=(EDGES,)),
    limit=signal("m/s", "their speed limits", 1, 30, 11.0, shape=(EDGES,)),
    no_passing=signal("1", "above 0.5, nobody passes there", 0, 1, _DEEP["no_passing"], shape=(EDGES,)),
    ramp=signal("1", "the ramp of each shovel", 0, 1, _DEEP["ramp"], shape=(SHOVELS,)),
    cross=signal("m", "how much farther it is to the crusher at the other ramp", 0, 1e5, 800.0),
    headway=signal("s", "between trucks where nobody passes", 0, 600, 8.0),
    bucket=signal("t", "a shovel's bucket", 1, 500, _DEEP["bucket"], shape=(SHOVELS,)),
    swing=signal("s", "a pass of the bucket", 1, 600, 38.0),
    spot=signal("s", "spotting at the shovel", 0, 600, 30.0),
    dump=signal("s", "spotting and dumping at the crusher", 1, 600, 75.0),
    crusher_rate=signal("t/s", "each crusher's throughput at a full hopper", 0.01, 100, 2.6),
    hopper_size=signal("t", "content above which nobody may dump", 1, 1e4, 500.0),
    hopper_low=signal("t", "content at which a crusher has half its throughput", 0.1, 1e3, 120.0),
    spread=signal("1", "standard deviation of speeds and services over their usual values", 0, 0.3, 0.08),
    load_spread=signal("1", "standard deviation of loads over the payload", 0, 0.2, 0.03),
    truck_mtbf=signal("h", "mean time on the road between breakdowns; 0 is never", 0, 1e5, 60.0),
    truck_mttr=signal("h", "mean time in the workshop", 0.01, 1e3, 2.0),
    shovel_mtbf=signal("h", "mean time of loading between breakdowns; 0 is never", 0, 1e5, 20.0),
    shovel_mttr=signal("h", "mean time of a shovel's repair", 0.01, 1e3, 0.7),
    tank_size=signal("L", "tank of a truck", 1, 1e5, 3800.0),
    tank_low=signal("1", "share at which a truck goes to the fuel bay", 0, 0.9, 0.15),
    fuelling=signal("s", "time at the fuel bay", 1, 7200, 480.0),
    burn_empty=signal("L/h", "fuel of a truck that drives empty", 0, 1e3, 120.0),
    burn_loaded=signal("L/h", "fuel of a truck that drives loaded", 0, 1e3, 260.0),
    burn_idle=signal("L/h", "fuel of a truck that stands", 0, 1e3, 50.0),
    stagger=signal("s", "between two trucks at the start of the shift", 0, 600, 12.0),
    stock=signal("t", "content of each hopper at the start", 0, 1e4, 10.0),
    seed=signal("1", "seed of all that is drawn", 0, 2**53, 1, kind="i8"),
)
STATE = record(
    "State",
    crushed=signal("t", "crushed since the start, by each crusher", -1e9, 1e9, 0.01, shape=(CRUSHERS,)),
    fuel=signal("L", "fuel burnt since the start", -1e9, 1e10, 0.01),
)
INPUTS = record(
    "Inputs",
    to_shovel1=signal("1", "shovel for the next empty truck from crusher 1; 0 is the truck's own", 0, SHOVELS),
    to_shovel2=signal("1", "the same from crusher 2", 0, SHOVELS),
    to_crusher1=signal("1", "crusher for the next loaded truck from shovel 1; 0 is the nearest", 0, CRUSHERS),
    to_crusher2=signal("1", "the same from shovel 2", 0, CRUSHERS),
    to_crusher3=signal("1", "the same from shovel 3", 0, CRUSHERS),
    to_crusher4=signal("1", "the same from shovel 4", 0, CRUSHERS),
    radio=signal("1", "above 0.5 the trucks hear the dispatcher", 0, 1, 1.0),
    rain=signal("1", "0 dry; 1 takes four tenths of the speed", 0, 1),
    shovel_down1=signal("1", "above 0.5 shovel 1 stands still", 0, 1),
    shovel_down2=signal("1", "above 0.5 shovel 2 stands still", 0, 1),
    shovel_down3=signal("1", "above 0.5 shovel 3 stands still", 0, 1),
    shovel_down4=signal("1", "above 0.5 shovel 4 stands still", 0, 1),
    crusher_down1=signal("1", "above 0.5 crusher 1 takes no load", 0, 1),
    crusher_down2=signal("1", "above 0.5 crusher 2 takes no load", 0, 1),
)
_COUNT: dict[str, Any] = {"low": 0, "high": TRUCKS}
OUTPUTS = record(
    "Outputs",
    queue1=signal("1", "trucks at shovel 1, the one in service included", **_COUNT),
    queue2=signal("1", "trucks at shovel 2", **_COUNT),
    queue3=signal("1", "trucks at shovel 3", **_COUNT),
    queue4=signal("1", "trucks at shovel 4", **_COUNT),
    coming1=signal("1", "trucks on their way to shovel 1", **_COUNT),
    coming2=signal("1", "trucks on their way to shovel 2", **_COUNT),
    coming3=signal("1", "trucks on their way to shovel 3", **_COUNT),
    coming4=signal("1", "trucks on their way to shovel 4", **_COUNT),
    free_in1=signal("s", "until shovel 1 is through with its truck, or whole again", 0, 1e9),
    free_in2=signal("s", "until shovel 2 is through with its truck, or whole again", 0, 1e9),
    free_in3=signal("s", "until shovel 3 is through with its truck, or whole again", 0, 1e9),
    free_in4=signal("s", "until shovel 4 is through with its truck, or whole again", 0, 1e9),
    dumping1=signal("1", "loaded trucks on their way to and at crusher 1", **_COUNT),
    dumping2=signal("1", "loaded trucks on their way to and at crusher 2", **_COUNT),
    left1=signal("1", "empty trucks that have left crusher 1", 0, 1e9),
    left2=signal("1", "empty trucks that have left crusher 2", 0, 1e9),
    hopper1=signal("t", "content of crusher 1's hopper", -1e4, 1e5),
    hopper2=signal("t", "content of crusher 2's hopper", -1e4, 1e5),
    working=signal("1", "trucks that are not in the workshop", **_COUNT),
    loads=signal("1", "trucks loaded", 0, 1e9),
    loaded=signal("t", "loaded by the shovels", 0, 1e10),
    dumped=signal("t", "dumped into the crushers", 0, 1e10),
    on_road=signal("t", "on the trucks", 0, 1e6),
    closure=signal("t", "loaded, less dumped and on the trucks", -1e6, 1e6),
    fuel_closure=signal("L", "fuel burnt, less what the tanks and the bay have given", -1e6, 1e6),
    waited=signal("hour", "time that trucks have waited at shovels, crushers and the fuel bay", 0, 1e9),
    idle=signal("hour", "time that working shovels have waited for trucks", 0, 1e9),
    breakdowns=signal("1", "breakdowns of trucks and shovels", 0, 1e9),
)
STOPPED = 1e4
"""s that a stopped shovel is shown to be taken."""
_TRUCK: dict[str, Any] = {"shape": (TRUCKS,)}
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    phase=signal("1", "what each truck does", 0, 9, kind="i8", **_TRUCK),
    due=signal("s", "when its next event is", **_TRUCK),
    since=signal("s", "since when it waits", **_TRUCK),
    shovel=signal("1", "its shovel", 0, SHOVELS - 1, kind="i8", **_TRUCK),
    crusher=signal("1", "its crusher", 0, CRUSHERS - 1, kind="i8", **_TRUCK),
    home=signal("1", "its shovel by the fixed plan", 0, SHOVELS - 1, kind="i8", **_TRUCK),
    leg=signal("1", "which road of its haul it is on, 3 behind the last", 0, 3, kind="i8", **_TRUCK),
    load=signal("t", "its load", **_TRUCK),
    hours=signal("hour", "time that it has driven", **_TRUCK),
    fails_at=signal("hour", "the time driven at which it breaks down", **_TRUCK),
    tank=signal("L", "fuel in its tank", **_TRUCK),
    random=signal("1", "generators of trucks and stations", 0, 2**64, shape=(TRUCKS + STATIONS,), kind="u8"),
    free=signal("s", "when each station's last service ends", shape=(STATIONS,)),
    opens=signal("s", "when it is whole again", shape=(STATIONS,)),
    served=signal("1", "the truck in service, -1 for none", -1, TRUCKS, kind="i8", shape=(STATIONS,)),
    busy=signal("hour", "time in service", shape=(STATIONS,)),
    breaks_at=signal("hour", "the time in service at which it breaks down", shape=(STATIONS,)),
    last=signal("s", "when the last truck leaves each road, back and forth", shape=(EDGES, 2)),
    assigned=signal("1", "work space: trucks of each shovel's fixed plan", shape=(SHOVELS,)),
    loads_by=signal("1", "trucks that each shovel has loaded", shape=(SHOVELS,)),
    sum_loaded=signal("t", "loaded so far"),
    sum_dumped=signal("t", "dumped so far at each crusher", shape=(CRUSHERS,)),
    sum_left=signal("1", "empty trucks that have left each crusher", shape=(CRUSHERS,)),
    sum_waited=signal("hour", "time waited so far"),
    sum_idle=signal("hour", "time that shovels have waited so far"),
    sum_breakdowns=signal("1", "breakdowns so far"),
    sum_filled=signal("L", "fuel given by the bay"),
    tanks=signal("L", "fuel in all tanks at the start"),
    fuel_before=signal("L", "the fuel counted at the start"),
    burning=signal("L/h", "fuel that all trucks burn"),
)


@function
def _burn(p: Any, i: int) -> float:
    """What a truck burns in its phase, L/h."""
    if p.phase[i] == IN_REPAIR:
        return 0.0
    if p.phase[i] == EMPTY:
        return float(p.burn_empty)
    return float(p.burn_loaded if p.phase[i] == LOADED else p.burn_idle)


@function
def _content(p: Any, x: Any, c: int) -> float:
    """A hopper's content, t."""
    return float(p.stock + p.sum_dumped[c] - x.crushed[c])


@function
def _open(p: Any, x: Any, u: Any, k: int) -> bool:
    """Whether a station may begin a service: nobody has stopped it, and a hopper has room."""
    down = (
        u.shovel_down1, u.shovel_down2, u.shovel_down3, u.shovel_down4, u.crusher_down1, u.crusher_down2, 0.0,
    )[k]  # fmt: skip
    if down > 0.5:
        return False
    return not SHOVELS <= k < FUEL_BAY or _content(p, x, k - SHOVELS) + p.payload <= p.hopper_size


@function
def _drive(p: Any, hours: float) -> None:
    """Fuel and hours of the step that has gone by."""
    for i in range(p.trucks):
        p.tank[i] -= _burn(p, i) * hours
        if p.phase[i] in (EMPTY, LOADED):
            p.hours[i] += hours


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """All events that are due by now, in their order."""
    now = t * 1e-9
    if p.started:
        _drive(p, h / 3.6e12)
    else:
        p.started = True
        p.fuel_before = x.fuel
        begin(p)
    for _ in range(100 * TRUCKS):  # a bound, for a step may be long
        for k in range(STATIONS):
            serve(p, k, _open(p, x, u, k), now)
        first = 0
        for i in range(1, p.trucks):
            if p.due[i] < p.due[first]:
                first = i
        if p.due[first] > now:
            break
        happen(p, u, first)
    p.burning = 0.0
    for i in range(p.trucks):
        p.burning += _burn(p, i)


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """Crushers and fuel."""
    for c in range(CRUSHERS):
        content = _content(p, x, c)
        down = u.crusher_down1 if c == 0 else u.crusher_down2
        dx.crushed[c] = 0.0 if down > 0.5 else p.crusher_rate * content / (content + p.hopper_low)
    dx.fuel = p.burning / 3600.0


@function
def _at(p: Any, s: int) -> Any:
    """The trucks at a shovel and on their way to it."""
    here, coming = 0.0, 0.0
    for i in range(p.trucks):
        if p.shovel[i] == s:
            here += 1.0 if EMPTY < p.phase[i] <= LOADING else 0.0
            coming += 1.0 if p.phase[i] == EMPTY else 0.0
    return here, coming


@function
def _bound_for(p: Any, c: int) -> float:
    """The loaded trucks on their way to a crusher and at it."""
    count = 0.0
    for i in range(p.trucks):
        count += 1.0 if p.crusher[i] == c and LOADED <= p.phase[i] < WAITS_FOR_FUEL else 0.0
    return count


@function
def _free_in(p: Any, t: int, k: int, down: float) -> float:
    """How long a shovel is taken, s; nobody knows how long one stands that was stopped."""
    return float(STOPPED if down > 0.5 else max(max(p.free[k], p.opens[k]) - t * 1e-9, 0.0))


@function
def _sums(p: Any, x: Any, y: Any) -> None:
    """What was counted, and what must be nothing."""
    y.loads, y.on_road, y.dumped = 0.0, 0.0, 0.0
    for s in range(SHOVELS):
        y.loads += p.loads_by[s]
    for c in range(CRUSHERS):
        y.dumped += p.sum_dumped[c]
    in_tanks, y.working = 0.0, 0.0
    for i in range(p.trucks):
        y.on_road += p.load[i]
        in_tanks += p.tank[i]
        y.working += 0.0 if p.phase[i] == IN_REPAIR else 1.0
    y.loaded = p.sum_loaded
    y.closure = p.sum_loaded - y.dumped - y.on_road
    y.fuel_closure = x.fuel - p.fuel_before - (p.tanks + p.sum_filled - in_tanks) if p.started else 0.0
    y.waited, y.idle, y.breakdowns = p.sum_waited, p.sum_idle, p.sum_breakdowns


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """What a dispatcher sees, and the sums."""
    y.queue1, y.coming1 = _at(p, 0)
    y.queue2, y.coming2 = _at(p, 1)
    y.queue3, y.coming3 = _at(p, 2)
    y.queue4, y.coming4 = _at(p, 3)
    y.free_in1 = _free_in(p, t, 0, u.shovel_down1)
    y.free_in2 = _free_in(p, t, 1, u.shovel_down2)
    y.free_in3 = _free_in(p, t, 2, u.shovel_down3)
    y.free_in4 = _free_in(p, t, 3, u.shovel_down4)
    y.dumping1, y.dumping2 = _bound_for(p, 0), _bound_for(p, 1)
    y.left1, y.left2 = p.sum_left[0], p.sum_left[1]
    y.hopper1, y.hopper2 = _content(p, x, 0), _content(p, x, 1)
    _sums(p, x, y)


PLANT = Plant(
    name="mine_fleet",
    words="trucks between four shovels and two crushers, with queues, passing rules, fuel and breakdowns",
    source="cycle, headways and services as in minehaulsim 0.12.1; pits and fleets made up",
    left_out="accelerations, crossings, shifts, breakdowns that block a road, ore grades, truck classes in one fleet",
    derivative=derivative,
    measure=measure,
    update=update,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    discrete=DISCRETE,
    sets={
        "deep": ParameterSet(
            words="two ramps of 2 km out of a deep pit, 18 trucks; the declared values", source="made up", values={}
        ),
        "compact": ParameterSet(
            words="short hauls on a shallow pit, 10 trucks of the 140 t class",
            source="made up; the truck is minehaulsim's 785D",
            values={
                "trucks": 10,
                "payload": 140.0,
                "empty": 102.0,
                "power": 0.85 * 1082,
                "length": (300.0, 700.0, 1100.0, 500.0, 700.0, 900.0, 300.0, 600.0),
                "grade": (0.0, 0.0, 0.0, 0.0, 0.08, 0.06, 0.0, 0.0),
                "bucket": (25.0, 25.0, 25.0, 45.0),
                "crusher_rate": 2.2,
                "cross": 500.0,
            },
        ),
        "far": ParameterSet(
            words="a wide mine with hauls of 6 to 9 km, 40 trucks",
            source="made up",
            values={
                "trucks": 40,
                "length": (1500.0, 2500.0, 1200.0, 3000.0, 3500.0, 2800.0, 2000.0, 2600.0),
                "grade": (0.0, 0.01, 0.02, 0.0, 0.08, 0.10, 0.0, 0.01),
                "bucket": (45.0, 45.0, 45.0, 45.0),
                "crusher_rate": 2.6,
                "cross": 2000.0,
                "stagger": 25.0,
            },
        ),
    },
)
