from dataclasses import replace
from typing import Any

import pytest

from hil.blocks import ParameterSet
from hil.signals import record, signal
from hil.testing import check_plant
from tests.testing._tank import PUMPED, TANK, kinked, trip, unmoved


def faults(**changes: Any) -> str:
    with pytest.raises(AssertionError) as error:
        check_plant(replace(TANK, **changes))
    return str(error.value)


def test_a_sound_plant_passes() -> None:
    check_plant(TANK)


def test_an_unknown_unit_is_found() -> None:
    inputs = record("Inputs", flow=signal("m^3/sce", "feed", 0, 1, 0.2))
    assert "plant tank: flow: unit 'm^3/sce' is unknown: 'sce' is not defined" in faults(inputs=inputs)


def test_an_empty_range_and_an_initial_value_outside_are_found() -> None:
    assert "flow: range 1 .. 1 m^3/s is empty" in faults(inputs=record("Inputs", flow=signal("m^3/s", "feed", 1, 1, 1)))
    assert "initial value: level = 11 m is outside 0 .. 10 m" in faults(
        state=record("State", level=signal("m", "level", 0, 10, 11.0))
    )


def test_missing_words_are_found() -> None:
    assert "plant tank: its left_out is empty" in faults(left_out="")


def test_an_output_that_nothing_moves_is_found() -> None:
    assert "volume stays at 1 m^3: nothing moves it" in faults(measure=unmoved)


def test_an_output_beyond_its_range_is_found() -> None:
    outputs = record("Outputs", volume=signal("m^3", "volume", 0, 1.5))
    assert "volume leaves its range: 2.0" in faults(outputs=outputs)


def test_a_derivative_with_a_switch_shows_no_order() -> None:
    assert "rk4 claims order 4 and shows " in faults(derivative=kinked)


def test_a_plant_that_is_shut_down_from_the_start_is_found() -> None:
    trips = record("Trips", brim=signal("m", "the tank runs over"))
    assert "is shut down from the start: the tank runs over" in faults(trip=trip, trips=trips)


def test_a_parameter_set_is_checked_and_named() -> None:
    full = ParameterSet(words="full", source="nobody", values={"level": 20.0})
    assert "plant tank: level = 20 m is outside 0 .. 10 m" in faults(sets={"full": full})


def test_a_plant_with_a_discrete_part_passes_and_shows_the_order_of_its_flow() -> None:
    check_plant(PUMPED)
