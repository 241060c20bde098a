"""All 20 faults under the multiloop control for 48 h, noise off, against the program that made the published data sets.

The figures are what temain_mod.f with teprob.f says (gfortran, literals as they stand, XNS = 0, G = 4651207995), the
fault from its 28,800th step on: when it shut down, the highest pressure in the reactor, the last command to the A feed.
The valves that stick, 14 and 19, go round in cycles whose phase hangs on the last bits.
"""

from pathlib import Path

import numpy as np
import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.record import read
from plant_models.reactors.tennessee_eastman import PUBLISHED_STEP

RIG = Path(__file__).parents[2] / "rigs" / "te"
PUBLISHED = {"plant.published": 1, "plant.seed": 4651207995, "controller.SECOND": PUBLISHED_STEP, "plant.noise": 0}
HIGHEST = (
    2816.802, 2755.611, 2705.782, 2705.549, 2763.560, 3000.022, 2840.015, 2814.014, 2708.950, 2722.633,
    2708.293, 2960.201, 2887.658, 2707.244, 2705.178, 2716.636, 2713.264, 3000.121, 2715.236, 2714.662,
)  # fmt: skip
A_FEED = (
    74.786, 27.752, 24.644, 24.644, 24.666, 100.000, 24.614, 10.509, 24.993, 23.098,
    24.707, 21.097, 27.216, 24.645, 24.639, 23.543, 24.542, 0.313, 26.369, 23.448,
)  # fmt: skip
SHUT_DOWN = {6: 50049, 18: 128557}
"""The step in which it shut down, seconds; all others run through."""


@pytest.mark.parametrize("idv", range(1, 21))
def test_a_fault_under_control_ends_as_in_the_source(idv: int, tmp_path: Path) -> None:
    events = [{"at": "28799s", "set": f"plant.idv{idv}", "value": 1, "words": "the fault"}]
    rig = open_rig(RIG, {**PUBLISHED, "scenarios.published_01.events": events, "record": "10s"})
    result = Run(rig, Options(scenario="published_01", folder=tmp_path)).execute()
    record = read(tmp_path / "record.mf4")
    cycles = idv in (14, 19)
    assert np.max(record["plant.xmeas7"]) == pytest.approx(HIGHEST[idv - 1], abs=2.0 if cycles else 0.2)
    assert record["controller.XMV3"][-1] == pytest.approx(A_FEED[idv - 1], abs=0.6 if cycles else 0.01)
    assert result["simulated_s"] == pytest.approx(SHUT_DOWN.get(idv, 48 * 3600), abs=3)
    assert (result["ended"] is None) == (idv not in SHUT_DOWN)
