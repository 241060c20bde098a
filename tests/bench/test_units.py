import os
import subprocess
import sys

import pytest

from hil.bench.units import difference
from tests.bench._tiny import environment

CONVERTER = "units differ, add a converter between them (scale, offset and unit on the wire)"


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("K", "K", None),
        ("m", "metre", None),
        ("1/s", "Hz", None),
        ("kmol/m^3", "mol/l", None),
        ("degC", "K", 'units differ, put scale = 1, offset = 273.15, unit = "K" on the wire'),
        ("K", "degC", 'units differ, put scale = 1, offset = -273.15, unit = "degC" on the wire'),
        ("mm", "m", 'units differ, put scale = 0.001, unit = "m" on the wire'),
        ("l/min", "m^3/s", 'units differ, put scale = 1.666666667e-05, unit = "m^3/s" on the wire'),
        ("bar", "K", CONVERTER),
        ("", "K", CONVERTER),
        ("furlongz", "m", "cannot compare their units: 'furlongz' is not defined in the unit registry"),
    ],
)
def test_units_that_differ_say_what_to_write_on_the_wire(source: str, target: str, words: str | None) -> None:
    assert difference(source, target) == words


def test_units_are_compared_where_no_cache_can_be_written() -> None:
    script = "from hil.bench.units import difference; print(difference('mm', 'm'))"
    nowhere = {**environment(), "HIL_CACHE": "/dev/null/none", "HOME": os.devnull}
    done = subprocess.run([sys.executable, "-c", script], env=nowhere, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("units differ, put scale = 0.001")
