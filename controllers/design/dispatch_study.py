"""What the optimising dispatcher brings against each baseline: three pits, twice ten seeds, shifts of 8 h.

    python -m controllers.design.dispatch_study

The rig `rigs/fleet` as it is, with the policy, the pit and the seed changed; the same seed gives each truck the same
draws under every policy. Tonnes dumped, mean and standard deviation over the seeds; gains are paired by the seed. The
optimiser's weights were chosen on the seeds 11 to 16, so that neither ten was seen before.
"""

from itertools import product
from pathlib import Path

import numpy as np

from controllers.strategies._pits import PITS
from hil.bench.assembly import assemble
from hil.bench.rig import Rig, open_rig
from hil.bench.rig_file import ScenarioPart

RIG = Path(__file__).parents[2] / "rigs" / "fleet"
POLICIES = ("fixed", "nearest", "shortest queue", "optimiser")
Tonnes = dict[tuple[str, str], "np.ndarray[tuple[int], np.dtype[np.float64]]"]
SEEDS = tuple(range(1, 11))
OTHERS = tuple(range(21, 31))


def opened(pit: str, policy: str) -> Rig:
    """Return the rig with a pit and a policy."""
    changes = {
        "plant.parameters": pit, "ADVISER.pit": 1.0 + PITS.index(pit), "operator.POLICY": float(POLICIES.index(policy)),
    }  # fmt: skip
    return open_rig(RIG, changes)


def shift(rig: Rig, seed: int, hours: int = 8) -> float:
    """Return the tonnes dumped in a shift."""
    run = assemble(rig, ScenarioPart(words="a shift", duration=f"{hours}h"), seed, wire="fused", rate=None)
    ticks = hours * 3600 * 10**9 // rig.step
    while run.loop.tick < ticks and run.loop.run(ticks):
        run.ring.take()
    return float(run.image.view("plant.dumped")[0])


def study(seeds: tuple[int, ...] = SEEDS) -> Tonnes:
    """Return the tonnes of each seed, by pit and policy."""
    found = {}
    for pit, policy in product(PITS, POLICIES):
        rig = opened(pit, policy)
        found[pit, policy] = np.array([shift(rig, seed) for seed in seeds])
    return found


def show(tonnes: Tonnes) -> None:
    """Print the table."""
    print("| pit | policy | t in 8 h, mean | standard deviation | optimiser against it, mean | least .. most |")
    print("|---|---|---|---|---|---|")
    for (pit, policy), found in tonnes.items():
        gain = 100 * (tonnes[pit, "optimiser"] / found - 1)
        against = f"{gain.mean():+.1f} % | {gain.min():+.1f} .. {gain.max():+.1f} %" if policy != "optimiser" else "|"
        print(f"| {pit} | {policy} | {found.mean():,.0f} | {found.std(ddof=1):,.0f} | {against} |")


if __name__ == "__main__":
    for seeds in (SEEDS, OTHERS):
        print(f"seeds {seeds[0]} to {seeds[-1]}")
        show(study(seeds))
