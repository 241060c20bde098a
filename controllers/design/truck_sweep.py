"""Does the unmanned truck stop short of an obstacle? 1,000 runs over grade, payload and friction, in closed loop.

    python -m controllers.design.truck_sweep

The rig `rigs/truck` as it is, program and strategies included, on a straight road: the truck is sent off at rest and
meets a machine that stands 200 m ahead. The planner knows the grade and the mass, as surveyed and weighed; of friction
it knows nothing and reckons with 0.3. What is struck, or not stopped for by the end, is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from hil.bench.assembly import assemble
from hil.bench.rig import Rig, open_rig
from hil.bench.rig_file import EventPart, ScenarioPart

RIG = Path(__file__).parents[2] / "rigs" / "truck"
GRADES = tuple(float(one) for one in np.linspace(-0.12, 0.12, 10).round(4))
PAYLOADS = tuple(float(one) for one in np.linspace(0.0, 227.0, 10).round(1))
FRICTIONS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8)
SECONDS, OBSTACLE = 100, 200.0
STRAIGHT = {"plant.road": 0.0, "STEER.road": 0.0, "PLAN.road": 0.0}


@dataclass(frozen=True)
class Stop:
    """One run: what was swept, the least gap in m, the speed at the end in m/s, and whether the machine was struck."""

    grade: float
    payload: float
    friction: float
    gap: float
    speed: float
    struck: bool

    @property
    def short(self) -> bool:
        """Whether the truck stood short of the machine."""
        return not self.struck and self.gap > 0.0 and abs(self.speed) < 0.1

    @property
    def came(self) -> bool:
        """Whether it came near at all: wheels that spin carry no truck up a grade."""
        return self.struck or self.gap < 60.0


def scenario(grade: float, payload: float, friction: float) -> ScenarioPart:
    """Return what happens in one run."""
    values = {
        "plant.grade": grade, "PLAN.grade": grade, "plant.payload": payload, "PLAN.mass": 165.0 + payload,
        "plant.mu": friction, "plant.obstacle_s": OBSTACLE, "operator.START": 1.0,
    }  # fmt: skip
    events = [EventPart(at="0s", set=name, value=value) for name, value in values.items()]
    events.append(EventPart(at="0s", set="operator.HEARTBEAT", value=10.0 * SECONDS, ramp=f"{SECONDS}s"))
    return ScenarioPart(words="one stop", duration=f"{SECONDS}s", events=tuple(events))


def stop(rig: Rig, grade: float, payload: float, friction: float) -> Stop:
    """Run once, without a record."""
    run = assemble(rig, scenario(grade, payload, friction), 1, wire="fused", rate=None)
    gap, speed = run.image.view("plant.gap"), run.image.view("plant.v")
    ticks = SECONDS * 10**9 // rig.step
    while run.loop.tick < ticks and run.loop.run(ticks):
        run.ring.take()
        if run.loop.last is run.advance:  # the machine was struck; a straight road is not left
            return Stop(grade, payload, friction, float(gap[0]), float(speed[0]), struck=True)
    return Stop(grade, payload, friction, float(gap[0]), float(speed[0]), struck=False)


def sweep() -> Iterator[Stop]:
    """Run every corner."""
    rig = open_rig(RIG, dict(STRAIGHT))
    for grade, payload, friction in product(GRADES, PAYLOADS, FRICTIONS):
        yield stop(rig, grade, payload, friction)


def corners(stops: list[Stop]) -> Iterator[str]:
    """Name, for each grade and friction where one did not stop short, the payloads."""
    for friction, grade in product(FRICTIONS, GRADES):
        bad = [one.payload for one in stops if (one.grade, one.friction) == (grade, friction) and not one.short]
        if bad:
            yield f"friction {friction:g}, grade {100 * grade:+.1f} %: payload {min(bad):g} to {max(bad):g} t"


if __name__ == "__main__":
    found = list(sweep())
    short = [one for one in found if one.short]
    print(
        f"{len(found)} runs, {len(short)} stood short of the machine, {sum(not one.came for one in short)} never came"
    )
    print(*corners(found), sep="\n")
