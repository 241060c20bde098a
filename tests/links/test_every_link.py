"""What every link has to hold, over the real other side of each."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from hil.testing import Pair, check_link
from tests.links import _echo

MAKERS = [_echo.memory, _echo.faulty, _echo.opcua, _echo.opcua_subscription, _echo.modbus_tcp, _echo.modbus_rtu]
MAKERS += [_echo.framed]


@pytest.mark.parametrize("make", MAKERS, ids=lambda one: one.__name__)
def test_every_link_keeps_the_contract(make: Callable[[Path], AbstractContextManager[Pair]], tmp_path: Path) -> None:
    check_link(lambda: make(tmp_path))


@pytest.mark.parametrize("board", ["lm3s6965evb", "mps2-an386"])
@pytest.mark.parametrize("make", [_echo.emulated, _echo.in_qemu], ids=lambda one: one.__name__)
def test_every_link_to_firmware_keeps_the_contract(
    make: Callable[[Path], AbstractContextManager[Pair]], board: str, images: Path
) -> None:
    check_link(lambda: make(images / board / "echo.elf"))
