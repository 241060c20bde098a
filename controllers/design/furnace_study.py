"""What predictive zone set-points save in the reheating furnace, against the best fixed ones, on charges drawn by seed.

    python -m controllers.design.furnace_study              # the table; a quarter of an hour on an idle core
    python -m controllers.design.furnace_study --steps      # step tests: what a kelvin of a zone costs and brings

The rig `rigs/reheat` as it is, its scenario `mixed`, from the eighth hour on. A run is admitted when no slab dropped is
more than 10 K colder than wanted or differs by more than 50 K within itself, the same for both.

The baseline is fixed set-points of zones 2, 3 and 4 with the least fuel among the admitted ones, found for each seed by
nine runs over a grid and a simplex search from the best of them (Nelder and Mead, 30 runs): in hindsight, with the very
charge that is then counted, which no operator has. What slabs are hotter than wanted in the mean is told for both;
`at equal heat` is the saving after the baseline is given back that difference, at the furnace's own price of a kelvin.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from hil.bench.assembly import Assembly, assemble
from hil.bench.rig import Rig, open_rig
from hil.bench.rig_file import EventPart

RIG = Path(__file__).parents[2] / "rigs" / "reheat"
FROM = 8 * 3600.0
COLDEST, UNEVEN = -10.0, 50.0
PRICE = 1.2e-3
"""GJ/t for a kelvin at the door, by the step test of zone 4: what the cheapest kelvin costs."""
SEEDS = (41, 42, 43, 44, 45)
"""None of them was looked at while the strategy's numbers were chosen."""
GRID = [(zone2, *others) for zone2 in (900.0, 1000.0, 1100.0) for others in ((1280, 1290), (1330, 1300), (1290, 1320))]
CHARGES: Mapping[str, dict[str, Any]] = {
    "mixed": {},
    "mixed, neither stops nor changes of pace": {"steady": True},
    "mixed, all cold": {"plant.values.hot_share": 0.0},
    "all alike and cold": {
        "plant.values.hot_share": 0.0, "plant.values.thin": 0.22, "plant.values.thick": 0.22,
        "plant.values.target_least": 1200.0, "plant.values.target_most": 1200.0,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """What was dropped from the eighth hour on: misses and spreads in K, one a slab; fuel in GJ a tonne."""

    miss: "np.ndarray[Any, Any]"
    spread: "np.ndarray[Any, Any]"
    fuel: float

    @property
    def admitted(self) -> bool:
        """Whether every slab is warm and even enough."""
        return bool(self.miss.min() >= COLDEST and self.spread.max() <= UNEVEN)

    @property
    def cost(self) -> float:
        """The fuel, with what is not admitted made dear, so that a search can find its way."""
        return float(self.fuel + 0.02 * max(COLDEST - self.miss.min(), 0.0) + 0.02 * max(self.spread.max() - UNEVEN, 0))


def _drops(run: Assembly, ticks: int) -> "np.ndarray[Any, Any]":
    """Rows of dropped, miss, spread, fuel used in J and kg shipped: one at each slab dropped from FROM on."""
    names = ("plant.dropped", "plant.drop_miss", "plant.drop_spread", "plant.used", "plant.shipped")
    at = [run.image.address(one) - run.image.memory.ctypes.data for one in names]
    rows, count, done = [], 0.0, False
    while not done:
        done = not run.loop.run(ticks) or run.loop.tick >= ticks
        taken = run.ring.take()
        raw = np.ascontiguousarray(taken["image"]).view("u1").reshape(len(taken), -1)
        values = np.stack([np.ascontiguousarray(raw[:, i : i + 8]).view("f8")[:, 0] for i in at], axis=1)
        for t, row in zip(taken["t"], values, strict=True):
            if row[0] > count and t * 1e-9 >= FROM:
                rows.append(row)
            count = row[0]
    return np.array(rows)


def day(rig: Rig, seed: int, values: Mapping[str, float], *, steady: bool = False) -> Day:
    """Run the scenario with some values set at its beginning; a steady one has no stops and one pace."""
    mixed = rig.file.scenarios["mixed"]
    events = [EventPart(at="0s", set=name, value=value) for name, value in values.items()]
    events += [one for one in mixed.events if not steady or one.set == "operator.START"]
    run = assemble(rig, mixed.model_copy(update={"events": tuple(events)}), seed, wire="fused", rate=None)
    found = _drops(run, mixed.duration // rig.step)
    used, shipped = found[-1, 3:] - found[0, 3:]
    return Day(found[:, 1], found[:, 2], float(used / shipped / 1e6))


def opened(charge: str, *, predictive: bool) -> tuple[Rig, bool]:
    """Return the rig with a charge, and whether it is steady; fixed set-points need no model."""
    changes: dict[str, Any] = {"record": "1min", **CHARGES[charge]}
    steady = bool(changes.pop("steady", False))
    if not predictive:
        changes["blocks.model.period"] = "1h"
    return open_rig(RIG, changes), steady


def fixed(rig: Rig, seed: int, zones: Any, *, steady: bool = False) -> Day:
    """Run with fixed set-points of zones 2, 3 and 4."""
    values = {f"controller.FIXED{i}": float(one) for i, one in enumerate(zones, 2)}
    return day(rig, seed, {"operator.PREDICTIVE": 0.0, **values}, steady=steady)


def best_fixed(rig: Rig, seed: int, *, steady: bool = False, runs: int = 30) -> tuple["np.ndarray[Any, Any]", Day]:
    """Return the fixed set-points that take the least fuel, and their day."""

    def cost(zones: Any) -> float:
        return fixed(rig, seed, zones, steady=steady).cost

    start = np.array(min(GRID, key=cost), float)
    corners = [start, *(start + step for step in np.diag([-40.0, 20.0, 20.0]))]
    zones = minimize(
        cost, start, method="Nelder-Mead", bounds=[(800.0, 1370.0)] * 3,
        options={"initial_simplex": corners, "maxfev": runs, "fatol": 1e-4},
    ).x  # fmt: skip
    return zones, fixed(rig, seed, zones, steady=steady)


def compare(charge: str, seed: int) -> tuple[float, float]:
    """Print the row of a charge and a seed; return the saving, in percent, and the one at equal heat."""
    rig, steady = opened(charge, predictive=True)
    ours = day(rig, seed, {}, steady=steady)
    rig, steady = opened(charge, predictive=False)
    zones, base = best_fixed(rig, seed, steady=steady)
    saving = 100 * (1 - ours.fuel / base.fuel)
    equal = 100 * (1 - ours.fuel / (base.fuel - PRICE * (base.miss.mean() - ours.miss.mean())))
    for name, one in (("predictive", ours), (f"fixed {', '.join(f'{zone:.0f}' for zone in zones)}", base)):
        told = "" if one.admitted else ", not admitted"
        print(
            f"| {charge} | {seed} | {name}{told} | {len(one.miss)} | {one.miss.min():+.0f} | {one.miss.mean():+.0f} "
            f"| {one.spread.max():.0f} | {one.fuel:.3f} |", flush=True,
        )  # fmt: skip
    return saving, equal


def steps() -> None:
    """Print what 30 K more in each zone do to slabs that are all alike: fuel in GJ/t, K at the door, K of spread."""
    for hot in (25.0, 550.0):
        rig = open_rig(RIG, {
            "record": "1min", "blocks.model.period": "1h", **CHARGES["all alike and cold"], "plant.values.cold": hot,
        })  # fmt: skip
        base = np.array([950.0, 1280.0, 1290.0])
        before = fixed(rig, 1, base, steady=True)
        for zone in range(3):
            after = fixed(rig, 1, base + 30.0 * np.eye(3)[zone], steady=True)
            print(
                f"charged at {hot:.0f} degC, zone {zone + 2} by 30 K: {after.fuel - before.fuel:+.4f} GJ/t, "
                f"{after.miss.mean() - before.miss.mean():+.1f} K, {after.spread.max() - before.spread.max():+.1f} K"
            )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", action="store_true", help="step tests of the zones instead of the table")
    parser.add_argument("--charge", choices=list(CHARGES), help="one charge instead of all")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    asked = parser.parse_args()
    if asked.steps:
        steps()
        return
    print("| charge | seed | set-points | slabs | coldest, less wanted | mean | least even | GJ/t |")
    print("|---|---|---|---|---|---|---|---|")
    for charge in [asked.charge] if asked.charge else CHARGES:
        found = np.array([compare(charge, seed) for seed in asked.seeds])
        for words, column in zip(("", ", at equal heat"), found.T, strict=True):
            spread = f", standard deviation {column.std(ddof=1):.1f} %" if len(column) > 1 else ""
            print(f"{charge}{words}: {column.mean():.1f} %{spread}, least {column.min():.1f} %", flush=True)


if __name__ == "__main__":
    main()
