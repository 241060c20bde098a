"""The CAN link over real processes on one bus."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from hil.links import ControllerFault, LinkError
from hil.links.can.frame import Errors
from hil.links.can.link import CanLink
from hil.links.can.wiring import read_wiring
from hil.targets import VirtualPlc
from hil.testing import Pair, check_link
from hil.testing.links import PERIOD
from tests.links._echo import READS, WRITES, program
from tests.links.can import _echo
from tests.links.can._bus import inject, until, whole_bus


@pytest.mark.parametrize("make", [_echo.can, partial(_echo.can, lockstep=False)], ids=["lockstep", "free"])
def test_the_can_link_keeps_the_contract(make: Callable[[Path], AbstractContextManager[Pair]], tmp_path: Path) -> None:
    check_link(lambda: make(tmp_path))


def echo(link: CanLink, t: int) -> None:
    link.exchange(t, np.zeros(1, link.outgoing), np.zeros(1, link.incoming))


def test_a_bus_off_is_a_link_error_and_the_next_opening_carries_on(tmp_path: Path) -> None:
    with _echo.can(tmp_path) as pair:
        link = pair.link
        assert isinstance(link, CanLink)
        link.open()
        echo(link, 0)
        inject(link.where, Errors("off"))
        with pytest.raises(LinkError, match="bus-off"):
            echo_on(link)
        assert not link.health.connected
        assert link.health.counters["off"] == 1
        until(lambda: _flows(link))
        link.close()


def echo_on(link: CanLink) -> None:
    for k in range(1, 1000):
        echo(link, k * PERIOD)


def _flows(link: CanLink) -> bool:
    try:
        link.open()
        echo(link, 0)
    except LinkError:
        return False
    return True


def test_a_fault_of_the_program_is_told_in_its_own_words(tmp_path: Path) -> None:
    file, bus = _echo.wiring(tmp_path), whole_bus()
    text = program(tmp_path).read_text().replace("END_PROGRAM", "y_int := 1 / x_int;\nEND_PROGRAM")
    (tmp_path / "broken.st").write_text(text)
    with VirtualPlc(tmp_path / "broken.st", period=PERIOD, can=(str(bus), str(file))):
        link = CanLink(bus, read_wiring(file), WRITES, READS, lockstep=True, period=PERIOD)
        link.open()
        with pytest.raises(ControllerFault, match=r"divided by zero .*broken\.st:\d+"):
            echo(link, 0)
        link.close()


def test_nobody_on_the_bus_is_a_link_error_by_the_timeout(tmp_path: Path) -> None:
    link = CanLink(
        whole_bus(), read_wiring(_echo.wiring(tmp_path)), WRITES, READS, lockstep=True, period=PERIOD, timeout=0.1
    )
    with pytest.raises(LinkError, match=r"no acknowledge within 0\.1 s; is the controller on, and in lockstep"):
        link.open()
