import numpy as np
import pytest

from hil.errors import InputError
from hil.signals import NOTHING, record, signal

MOTOR = record(
    "Motor",
    speed=signal("rad/s", "speed of the shaft", 0, 400, 10.0),
    on=signal("1", "the contactor is closed", 0, 1, kind="b1"),
    slab=signal("K", "profile", 0, 2000, 293.0, shape=(2, 3)),
)


def test_a_signal_is_named_by_the_record_that_holds_it() -> None:
    assert MOTOR.names == ("speed", "on", "slab")
    assert (MOTOR["speed"].unit, MOTOR["speed"].words, MOTOR["speed"].high) == ("rad/s", "speed of the shaft", 400)


def test_memory_is_laid_out_as_a_c_compiler_would() -> None:
    offsets = {name: field[1] for name, field in (MOTOR.dtype.fields or {}).items()}
    assert offsets == {"speed": 0, "on": 8, "slab": 16}
    assert MOTOR.dtype.itemsize == 16 + 6 * 8
    assert MOTOR.size == 8


def test_fresh_memory_holds_the_initial_values() -> None:
    one, other = MOTOR.new(), MOTOR.new()
    assert one.shape == (1,)
    assert one["speed"][0] == 10.0
    assert np.array_equal(one["slab"], np.full((1, 2, 3), 293.0))
    one["speed"] = 20.0
    assert other["speed"][0] == 10.0


def test_a_record_without_signals_has_memory_all_the_same() -> None:
    assert (NOTHING.names, NOTHING.size, NOTHING.new().nbytes) == ((), 0, 8)


def test_an_unknown_signal_names_the_nearest() -> None:
    with pytest.raises(InputError) as error:
        MOTOR["sped"]
    assert str(error.value) == "no signal 'sped' in Motor; did you mean 'speed'?"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (0.0, None),
        (400.0, None),
        (400.5, "speed = 400.5 rad/s is outside 0 .. 400 rad/s"),
        (-1e-9, "speed = -1e-09 rad/s is outside 0 .. 400 rad/s"),
        (float("nan"), "speed = nan rad/s is not a finite number"),
        (float("inf"), "speed = inf rad/s is not a finite number"),
    ],
)
def test_a_value_outside_the_range_is_a_fault(value: float, fault: str | None) -> None:
    assert MOTOR["speed"].fault(value) == fault
