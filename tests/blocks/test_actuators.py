import math
from typing import Any

import pytest

from hil.blocks import actuators
from hil.blocks.actuators import MIXING, VALVE
from hil.errors import InputError
from hil.testing import Alone

SECOND = 10**9


def valve(**values: Any) -> Alone:
    return Alone(VALVE, SECOND, **{"rate": 1e6, **values})


def positions(one: Alone, commands: list[float]) -> list[float]:
    return [one.step(command=command)["position"] for command in commands]


def test_a_slow_valve_ramps_and_arrives_exactly() -> None:
    assert positions(valve(rate=2.0), [5.0] * 4) == [2.0, 4.0, 5.0, 5.0]
    assert positions(valve(rate=2.0, stem=50.0), [45.0] * 4) == [48.0, 46.0, 45.0, 45.0]


def test_a_valve_stays_within_its_limits() -> None:
    assert positions(valve(low=10.0, high=90.0, stem=50.0), [120.0, -20.0]) == [90.0, 10.0]


def he(commands: list[float], static: float, dynamic: float) -> list[float]:
    """The data-driven model of He, Wang, Pottmann and Qin 2007, figure 3, as they draw it."""
    stem, residual, before, found = 0.0, 0.0, 0.0, []
    for command in commands:
        pushed = residual + command - before
        if abs(pushed) > static:
            stem += pushed - math.copysign(dynamic, pushed)
            residual = math.copysign(dynamic, pushed)
        else:
            residual = pushed
        before = command
        found.append(stem)
    return found


@pytest.mark.parametrize(("static", "dynamic"), [(4.0, 1.0), (3.0, 0.0), (2.0, 2.0)])
def test_stiction_is_that_of_he_et_al(static: float, dynamic: float) -> None:
    commands = [50 - 50 * math.cos(0.05 * n) for n in range(400)]
    one = valve(static_friction=static, dynamic_friction=dynamic)
    assert positions(one, commands) == pytest.approx(he(commands, static, dynamic), abs=1e-9)


def test_equal_frictions_are_a_deadband() -> None:
    one = valve(static_friction=2.0, dynamic_friction=2.0)
    assert positions(one, [10.0, 11.0, 12.0]) == [8.0, 9.0, 10.0]
    assert positions(one, [10.0, 8.0, 7.0]) == [10.0, 10.0, 9.0]


def test_a_stuck_stem_waits_for_the_static_friction_and_then_jumps() -> None:
    one = valve(static_friction=3.0, dynamic_friction=1.0)
    assert positions(one, [3.0, 3.0001]) == [0.0, pytest.approx(2.0001)]


def test_a_stem_on_its_way_feels_the_dynamic_friction_alone() -> None:
    one = valve(rate=1.0, static_friction=3.0, dynamic_friction=0.5)
    assert positions(one, [4.0] * 5) == [1.0, 2.0, 3.0, 3.5, 3.5]


def test_a_jammed_valve_stays_and_one_without_air_goes_where_its_spring_takes_it() -> None:
    one = valve(rate=10.0, stem=50.0, fail_to=100.0, static_friction=5.0)
    one.set(fault=actuators.JAMMED)
    assert positions(one, [0.0, 90.0]) == [50.0, 50.0]
    one.set(fault=actuators.NO_AIR)
    assert positions(one, [0.0] * 6) == [60.0, 70.0, 80.0, 90.0, 100.0, 100.0]


def test_the_characteristic_is_linear_or_equal_percentage() -> None:
    assert valve().step(command=50.0)["opening"] == 0.5
    opening = [valve(rangeability=50.0).step(command=command)["opening"] for command in (0.0, 50.0, 100.0)]
    assert opening == pytest.approx([1 / 50, 50**-0.5, 1.0], rel=1e-15)


def test_supplies_mix_by_their_shares_and_fill_the_loop_with_a_lag() -> None:
    one = Alone(MIXING, SECOND, lag=60.0, cold=280.0, warm=320.0)
    assert one.step(opening=0.0)["temperature"] == 320.0
    for n in range(1, 200):
        expected = 310 + 10 * math.exp(-n / 60)
        assert one.step(opening=0.25)["temperature"] == pytest.approx(expected, abs=1e-10)


def test_a_loop_without_content_has_the_temperature_of_the_mixture() -> None:
    one = Alone(MIXING, SECOND, lag=0.0, cold=280.0, warm=320.0)
    assert [one.step(opening=share)["temperature"] for share in (0.0, 0.5, 1.0)] == [320.0, 300.0, 280.0]


def test_compiled_equals_interpreted() -> None:
    friction: dict[str, Any] = {"rate": 3.0, "static_friction": 1.0, "dynamic_friction": 0.3}
    compiled, python = (Alone(VALVE, SECOND, compiled=one, **friction) for one in (True, False))
    commands = [50 - 50 * math.cos(0.1 * n) for n in range(50)]
    assert positions(compiled, commands) == positions(python, commands)


def test_alone_names_the_signals_near_an_unknown_one() -> None:
    with pytest.raises(InputError, match="block valve has no signal 'comand'; did you mean 'command'"):
        valve().step(comand=5.0)
