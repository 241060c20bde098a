from pathlib import Path

import pytest

from hil.bench.plants import load_plant, plant_files
from hil.testing import check_plant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", plant_files(ROOT))
def test_every_plant(name: str) -> None:
    check_plant(load_plant(name, ROOT))
