"""Programs with published end values after 100,000 scans of 10 ms: to the bit."""

from pathlib import Path

import pytest

from ci.benches.plc import CHECKS, FOLDER, PERIOD, SCANS
from hil.plc import compile_file


@pytest.mark.parametrize("name", CHECKS)
def test_values_after_many_scans(name: str) -> None:
    program = compile_file(FOLDER / f"{name}.st")
    memory = program.new_memory()
    assert program.run(memory, SCANS, 0, PERIOD) is None
    assert {path: program.read(memory, path) for path in CHECKS[name]} == CHECKS[name]


@pytest.mark.parametrize("name", CHECKS)
def test_single_scans_and_batches_agree_and_a_snapshot_continues(name: str) -> None:
    program = compile_file(Path(FOLDER, f"{name}.st"))
    batch, single = program.new_memory(), program.new_memory()
    program.run(batch, 700, 0, PERIOD)
    for k in range(400):
        assert program.scan(single, k * PERIOD) is None
    copy = program.new_memory()
    copy[:] = single
    program.run(copy, 300, 400 * PERIOD, PERIOD)
    assert copy.tobytes() == batch.tobytes()
