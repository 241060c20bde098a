"""The C programs beside `ci/bench loop` do the work of the rigs, to the bit."""

from pathlib import Path

import pytest

from ci.benches import loop
from hil.bench.rig import open_rig


@pytest.mark.parametrize("name", loop.RIGS)
def test_without_contraction_c_records_what_the_rig_records(name: str, tmp_path: Path) -> None:
    rig = open_rig(loop.RIGS[name])
    reference = loop.Reference(rig, name, tmp_path, "-ffp-contract=off")
    assert loop.differences(rig, reference) == ""
    reference.image.view("plant.CAf")[:] = 10.5
    assert "plant.CA in " in loop.differences(rig, reference)


def test_with_fused_multiply_add_the_states_stay_close(tmp_path: Path) -> None:
    rig = open_rig(loop.RIGS["cstr"])
    assert loop.largest_difference(rig, loop.Reference(rig, "cstr", tmp_path)) < 1e-6
