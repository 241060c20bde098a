from collections.abc import Iterator
from pathlib import Path

import pytest

from hil.targets import VirtualPlc

PROGRAM = Path(__file__).with_name("wire.st")


@pytest.fixture(scope="session")
def plc() -> Iterator[VirtualPlc]:
    """A virtual PLC in lockstep, in its own process."""
    with VirtualPlc(PROGRAM) as up:
        yield up
