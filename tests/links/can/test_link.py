"""The CAN link over real processes on one bus."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from hil.testing import Pair, check_link
from tests.links.can import _echo


@pytest.mark.parametrize("make", [_echo.can, partial(_echo.can, lockstep=False)], ids=["lockstep", "free"])
def test_the_can_link_keeps_the_contract(make: Callable[[Path], AbstractContextManager[Pair]], tmp_path: Path) -> None:
    check_link(lambda: make(tmp_path))
