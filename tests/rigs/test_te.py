"""The Tennessee Eastman rig: its scenarios pass, and the published runs come out.

te_published.csv holds every fourth hour of the test sets of faults 1, 2 and 5: L. H. Chiang, E. L. Russell,
R. D. Braatz, Fault Detection and Diagnosis in Industrial Systems, Springer 2001; the seeds are those in teprob.f, the
digests those of the published files d01_te.dat, d02_te.dat and d05_te.dat.
"""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hil.record import Recording, read
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "te"
DIGESTS = {
    "01": "e7e6992fb39664e739fccbc001a1c5d5f7cb21829544f734ca3f282c26f680e5",
    "02": "a34bd9c3693fa96bd3ee533fb7fbe29a9d226a4e3250b585ef1308e1136dbfb0",
    "05": "1def7258a2865aeead699d52c8cf926fbf34c1467aaf298121987ab858fd0888",
}


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    if not scenario.startswith("published"):
        check_rig(RIG, scenario, tmp_path)


def published(fault: str) -> Iterator[tuple[int, list[float]]]:
    with Path(__file__).with_name("te_published.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row.pop("fault") == fault:
                yield int(row.pop("second")), [float(value) for value in row.values()]


def table(record: Recording) -> list[str]:
    """The rows of a published file: 41 measurements and 11 commands, to five digits.

    A row was written in the scan after the one that had measured, with the valves as that next scan had set them.
    """
    seconds = np.arange(180, 48 * 3600 + 1, 180)
    measured = [record[f"plant.xmeas{i}"][seconds - 2] for i in range(1, 42)]
    commanded = [record[f"controller.XMV{i}"][seconds - 1] for i in range(1, 12)]
    rows = zip(*measured, *commanded, strict=True)
    return ["".join(f"{float(f'{x:.4e}'):16.7e}" for x in row) + "\n" for row in rows]


@pytest.mark.parametrize("fault", DIGESTS)
def test_48_hours_of_the_published_runs_come_out_to_every_printed_digit(fault: str, tmp_path: Path) -> None:
    """The file that comes out is the published one, byte for byte."""
    check_rig(RIG, f"published_{fault}", tmp_path)
    rows = table(read(tmp_path / "record.mf4"))
    for second, printed in published(fault):
        assert [float(cell) for cell in rows[second // 180 - 1].split()] == printed, second
    assert hashlib.sha256("".join(rows).encode()).hexdigest() == DIGESTS[fault]
