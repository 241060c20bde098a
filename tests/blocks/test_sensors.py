import math
from typing import Any

import numpy as np
import pytest

from hil.blocks import sensors
from hil.blocks.sensors import sensor
from hil.testing import Alone

SECOND = 10**9


def transmitter(**values: Any) -> Alone:
    return Alone(sensor("K"), SECOND, **values)


def test_a_lag_answers_a_step_exactly() -> None:
    one = transmitter(lag=10.0)
    assert one.step(actual=300.0)["value"] == 300.0
    for n in range(1, 50):
        assert one.step(actual=310.0)["value"] == pytest.approx(310 - 10 * math.exp(-n / 10), abs=1e-11)


def test_without_lag_it_shows_what_is() -> None:
    one = transmitter()
    assert [one.step(actual=actual)["value"] for actual in (300.0, 310.0, 290.0)] == [300.0, 310.0, 290.0]


def test_noise_has_the_declared_deviation_and_no_mean() -> None:
    one = transmitter(noise=2.0, seed=7)
    values = np.array([one.step(actual=300.0)["value"] for _ in range(20_000)])
    assert values.mean() == pytest.approx(300.0, abs=4 * 2 / math.sqrt(20_000))
    assert values.std() == pytest.approx(2.0, rel=0.02)
    assert abs(values - 300.0).max() <= 2 * math.sqrt(12)
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 0.03


def noise(seed: int, *, compiled: bool = True) -> list[float]:
    one = Alone(sensor("K"), SECOND, compiled=compiled, noise=1.0, seed=seed)
    return [one.step(actual=0.0)["value"] for _ in range(100)]


def test_a_seed_repeats_its_noise_and_another_does_not() -> None:
    assert noise(1) == noise(1)
    assert len({*noise(1), *noise(2)}) == 200


def test_compiled_equals_interpreted() -> None:
    with np.errstate(over="ignore"):
        assert noise(3, compiled=False) == noise(3)


def test_the_first_noise_is_that_of_splitmix64() -> None:
    def mixed(word: int) -> int:
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB % 2**64
        return word ^ (word >> 31)

    assert mixed(0x9E3779B97F4A7C15) == 0xE220A8397B1DCDAF  # the published first word of seed 0
    word = mixed((mixed(5) + 0x9E3779B97F4A7C15) % 2**64)
    total = sum(word >> shift & 0xFFFF for shift in (0, 16, 32, 48))
    assert noise(5)[0] == pytest.approx((total - 131070) / math.sqrt((65536**2 - 1) / 3), rel=1e-14)


def test_values_come_in_steps_of_the_resolution() -> None:
    one = transmitter(resolution=0.5, low=250.0, high=450.0)
    assert [one.step(actual=actual)["value"] for actual in (300.2, 300.3, 299.7)] == [300.0, 300.5, 299.5]


def test_the_end_of_the_range_is_shown_and_not_ok() -> None:
    one = transmitter(low=250.0, high=450.0)
    assert one.step(actual=500.0) == {"value": 450.0, "ok": False}
    assert one.step(actual=200.0) == {"value": 250.0, "ok": False}
    assert one.step(actual=450.0) == {"value": 450.0, "ok": True}


def test_a_stuck_transmitter_says_it_is_well() -> None:
    one = transmitter(noise=0.1)
    last = one.step(actual=300.0)["value"]
    one.set(fault=sensors.STUCK)
    assert all(one.step(actual=400.0) == {"value": last, "ok": True} for _ in range(10))
    assert one.step(actual=400.0, fault=sensors.NO_FAULT)["value"] == pytest.approx(400, abs=1)


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        ({"fault": sensors.STUCK_AT, "stuck_at": 320.0}, [320.0, 320.0, 320.0]),
        ({"fault": sensors.OFFSET, "offset": -4.0}, [296.0, 296.0, 296.0]),
        ({"fault": sensors.DRIFT, "drift": 0.5}, [300.0, 300.5, 301.0]),
    ],
)
def test_a_fault_shows_what_it_declares_and_is_ok(fault: dict[str, float], shown: list[float]) -> None:
    one = transmitter()
    one.step(actual=300.0)
    one.set(**fault)
    answers = [one.step(actual=300.0) for _ in shown]
    assert [answer["value"] for answer in answers] == shown
    assert all(answer["ok"] for answer in answers)


def test_an_open_circuit_reports_itself() -> None:
    one = transmitter(fail_to=250.0, fault=sensors.OPEN_CIRCUIT)
    assert one.step(actual=300.0) == {"value": 250.0, "ok": False}
    assert one.step(actual=300.0, fault=sensors.NO_FAULT) == {"value": 300.0, "ok": True}


def test_a_fault_does_not_disturb_the_noise_behind_it() -> None:
    sound, failed = transmitter(noise=1.0), transmitter(noise=1.0)
    for fault in (0, 1, 2, 5, 3):
        sound.step(actual=300.0)
        failed.step(actual=300.0, fault=fault)
    assert sound.step(actual=300.0) == failed.step(actual=300.0, fault=0)
