"""The Tennessee Eastman rig: its scenarios pass, and the published runs come out.

te_published.csv holds every fourth hour of the test sets of faults 1, 2 and 5: L. H. Chiang, E. L. Russell,
R. D. Braatz, Fault Detection and Diagnosis in Industrial Systems, Springer 2001; the seeds are those in teprob.f.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.record import read
from hil.testing import check_rig, scenarios
from plant_models.reactors.tennessee_eastman import PUBLISHED_STEP

RIG = Path(__file__).parents[2] / "rigs" / "te"
SEEDS = {"01": 2994833239, "02": 2891123453, "05": 5658678765}


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    if not scenario.startswith("published"):
        check_rig(RIG, scenario, tmp_path)


def published(fault: str) -> Iterator[tuple[int, dict[str, float]]]:
    with Path(__file__).with_name("te_published.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row.pop("fault") == fault:
                yield int(row.pop("second")), {name: float(value) for name, value in row.items()}


@pytest.mark.parametrize("fault", SEEDS)
def test_48_hours_of_the_published_runs_come_out(fault: str, tmp_path: Path) -> None:
    """To two units of the last of five digits: the published program held a part of its constants in single precision.

    A row was written in the scan after the one that had measured, with the valves as that next scan had set them.
    """
    changes: dict[str, Any] = {
        "plant.published": 1,
        "plant.seed": SEEDS[fault],
        "controller.SECOND": PUBLISHED_STEP * 3600,
    }
    Run(open_rig(RIG, changes), Options(scenario=f"published_{fault}", folder=tmp_path)).execute()
    record = read(tmp_path / "record.mf4")
    for second, row in published(fault):
        for name, value in row.items():
            path, at = (f"plant.{name}", second - 2) if "meas" in name else (f"controller.{name.upper()}", second - 1)
            unit = 10.0 ** (np.floor(np.log10(abs(value))) - 4)
            assert record[path][at] == pytest.approx(value, abs=2.5 * unit + 1e-7), (second, name)
