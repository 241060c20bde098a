import threading

import pytest

from hil.errors import InputError
from hil.plc import compile_file
from hil.targets.controller import Controller
from tests.targets.conftest import PROGRAM


@pytest.fixture
def controller() -> Controller:
    return Controller(compile_file(PROGRAM))


def value(controller: Controller, path: str) -> object:
    import numpy as np

    return controller.program.read(np.frombuffer(controller.image, np.uint8), path)


def test_a_period_is_longer_than_nothing(controller: Controller) -> None:
    with pytest.raises(InputError, match="a period of 0 ns is none; give the time between two scans"):
        Controller(controller.program, 0)


def test_changes_written_together_act_in_one_scan(controller: Controller) -> None:
    at = {one.path: one.offset for one in controller.program.variables}
    controller.write([(at["i_int"], b"\x07\x00"), (at["i_usint"], b"\x09")])
    assert (value(controller, "i_int"), value(controller, "i_usint")) == (0, 0)
    assert controller.step(0, 1) is None
    assert (value(controller, "o_int"), value(controller, "o_usint")) == (7, 9)


def test_an_image_is_never_half_of_two_scans(controller: Controller) -> None:
    torn = []

    def watch() -> None:
        while controller.scans < 3000:
            image = controller.image
            at = {one.path: one for one in controller.program.variables}
            count = int.from_bytes(image[at["scans.count"].offset :][:4], "little")
            seen = int.from_bytes(image[at["scans.seen"].offset :][:8], "little")
            torn.append(count != seen)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for k in range(3000):
        controller.step(k * 10_000_000, 1)
    watcher.join()
    assert torn
    assert not any(torn)


def test_a_step_of_three_scans_is_three_steps_one_period_apart(controller: Controller) -> None:
    other = Controller(controller.program)
    assert controller.step(0, 3) is None
    assert [other.step(t, 1) for t in (0, 10_000_000, 20_000_000)] == [None] * 3
    assert controller.image == other.image
    assert (controller.time, controller.scans) == (20_000_000, 3)


def test_after_a_fault_the_last_good_image_stays_until_a_reset(controller: Controller) -> None:
    fresh = controller.image
    at = {one.path: one.offset for one in controller.program.variables}
    controller.step(0, 1)
    good = controller.image
    controller.write([(at["divisor"], bytes(4))])
    assert "divided by zero" in str(controller.step(10_000_000, 1))
    assert (controller.state, controller.image) == ("fault", good)
    assert controller.step(20_000_000, 1) == controller.fault
    controller.reset()
    assert (controller.state, controller.image, controller.scans) == ("run", fresh, 0)
