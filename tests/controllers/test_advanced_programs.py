"""The programs of the rigs quadtank and vandevusse by themselves: interlocks, limits, and who is in charge."""

from pathlib import Path
from typing import Any

import pytest

from hil.plc import Program, compile_file

FOLDER = Path(__file__).parents[2] / "controllers" / "plc"
SECOND = 10**9
IDLE, FILL, TANKS_RUN, BLIND, TANKS_TRIPPED = range(5)
RUN, TRIPPED = 1, 2


class Station:
    """A program with inputs that are held until they are set anew."""

    def __init__(self, program: Program, **inputs: Any) -> None:
        self.program, self.memory, self.t = program, program.new_memory(), 0
        self.run(0, **inputs)

    def run(self, seconds: int, **inputs: Any) -> "Station":
        for name, value in inputs.items():
            self.program.write(self.memory, name, value)
        for _ in range(seconds):
            assert self.program.scan(self.memory, self.t) is None
            self.t += SECOND
        return self

    def __getitem__(self, name: str) -> Any:
        return self.program.read(self.memory, name)


@pytest.fixture(scope="module")
def quadtank() -> Program:
    return compile_file(FOLDER / "quadtank.st")


@pytest.fixture(scope="module")
def vandevusse() -> Program:
    return compile_file(FOLDER / "vandevusse.st")


def tanks(program: Program, **inputs: Any) -> Station:
    """The tanks' program at work, both levels at their set-points."""
    sound = {"LT1": 12.4, "LT1_OK": True, "LT2": 13.2, "LT2_OK": True, "SP1": 12.4, "SP2": 13.2}
    one = Station(program, **{**sound, **inputs}).run(1).run(2, START=True)
    assert one["STATE"] == TANKS_RUN
    return one


def reactor(program: Program, **inputs: Any) -> Station:
    """The reactor's program at work, at its set-points."""
    sound = {"AT1": 0.9, "AT1_OK": True, "TT1": 407.3, "TT1_OK": True, "CB_SP": 0.9, "T_SP": 407.3}
    one = Station(program, **{**sound, **inputs}).run(1).run(2, START=True)
    assert one["STATE"] == RUN
    return one


@pytest.mark.parametrize("level", ["LT1", "LT2"])
def test_a_tank_that_is_nearly_full_stops_both_pumps_until_reset(quadtank: Program, level: str) -> None:
    one = tanks(quadtank).run(30, **{level: 18.5})
    assert one["HIGH_ALARM"]
    assert one["STATE"] == TANKS_RUN
    assert one.run(2, **{level: 19.2})["TRIP"] is False
    assert one.run(1)["TRIP"] is True
    assert (one["V1"], one["V2"]) == (0.0, 0.0)
    assert one.run(5, **{level: 18.5}, RESET=True)["STATE"] == TANKS_TRIPPED
    assert one.run(5, **{level: 12.0})["STATE"] == IDLE


def test_a_tank_that_fills_slowly_is_filled_at_4_volts(quadtank: Program) -> None:
    one = Station(quadtank, LT1=0.0, LT1_OK=True, LT2=0.0, LT2_OK=True, SP1=12.4, SP2=13.2).run(1)
    assert one.run(60, START=True)["STATE"] == FILL
    assert (one["V1"], one["V2"]) == (4.0, 4.0)


def test_pumps_move_by_no_more_than_a_fifth_of_a_volt_a_second(quadtank: Program) -> None:
    one = tanks(quadtank, MODE=2, MPC1=3.15, MPC2=3.15, MPC_STATUS=1.0).run(60)
    assert one["V1"] == pytest.approx(3.15)
    assert one.run(1, MPC1=9.0, MPC2=-1.0)["V1"] == pytest.approx(3.35)
    assert one.run(100)["V1"] == pytest.approx(9.0)
    assert one["V2"] == 0.0


@pytest.mark.parametrize(("mode", "name"), [(1, "LQI"), (2, "MPC"), (3, "SHAPED")])
def test_the_chosen_controller_moves_the_pumps(quadtank: Program, mode: int, name: str) -> None:
    one = tanks(quadtank, MODE=mode, MPC_STATUS=1.0, **{f"{name}1": 2.0, f"{name}2": 4.0}).run(60)
    assert (one["V1"], one["V2"], one["MODE_NOW"]) == pytest.approx((2.0, 4.0, mode))


@pytest.mark.parametrize("mode", [-1, 7])
def test_a_mode_that_is_none_leaves_the_pi_controllers_in_charge(quadtank: Program, mode: int) -> None:
    assert tanks(quadtank, MODE=mode)["MODE_NOW"] == 0


def test_no_plan_for_a_minute_is_the_end_of_it_until_another_mode_is_chosen(quadtank: Program) -> None:
    one = tanks(quadtank, MODE=2, MPC1=3.0, MPC2=3.0, MPC_STATUS=1.0).run(60)
    assert one.run(59, MPC_STATUS=2.0)["MODE_NOW"] == 2
    before = one["V1"], one["V2"]
    assert one.run(3)["MODE_NOW"] == 0
    assert (one["V1"], one["V2"]) == pytest.approx(before, abs=1e-9)  # no bump: both levels are right
    assert one.run(60, MPC_STATUS=1.0)["PLAN_ALARM"]
    assert one.run(1, MODE=1).run(1, MODE=2)["MODE_NOW"] == 2


def test_without_a_level_the_last_sound_one_is_shown_and_the_pumps_rest(quadtank: Program) -> None:
    one = tanks(quadtank).run(60, LT1=-1.0, LT1_OK=False)
    assert (one["STATE"], one["PV1"], one["V1"], one["V2"]) == pytest.approx((BLIND, 12.4, 3.15, 3.15))


@pytest.mark.parametrize(
    ("fault", "seconds"), [({"TT1": 424.0}, 4), ({"TT1_OK": False, "TT1": 273.0}, 11)]
)  # fmt: skip
def test_too_hot_or_blind_the_reactor_is_cooled_with_little_feed(
    vandevusse: Program, fault: dict[str, Any], seconds: int
) -> None:
    one = reactor(vandevusse).run(seconds - 1, **fault)
    assert not one["TRIP"]
    assert one.run(1)["TRIP"]
    assert one.run(300)["HEAT"] == -2500.0
    assert one["FEED"] == pytest.approx(3 / 3600)
    assert one.run(2, TT1=414.0, TT1_OK=True, RESET=True)["STATE"] == TRIPPED
    assert one.run(2, TT1=412.0)["STATE"] == IDLE


@pytest.mark.parametrize(("mode", "feed"), [(1, "LQI1"), (2, "MPC1"), (3, "SCHEDULED"), (4, "SMITH")])
def test_the_chosen_controller_moves_the_feed_within_its_limits(vandevusse: Program, mode: int, feed: str) -> None:
    one = reactor(vandevusse, MODE=mode, MPC_STATUS=1.0, **{feed: 0.006}).run(200)
    assert one["FEED"] == pytest.approx(0.006)
    assert one.run(1, **{feed: 1.0})["FEED"] == pytest.approx(0.006 + 5 / 3600 / 20)
    assert one.run(300)["FEED"] == pytest.approx(35 / 3600)


def test_the_schedule_leaves_the_temperature_to_its_pi_controller(vandevusse: Program) -> None:
    one = reactor(vandevusse, MODE=3, SCHEDULED=0.005).run(100)
    heat = one["HEAT"]
    assert one.run(10, TT1=408.3)["HEAT"] == pytest.approx(heat - 111.0 * (1 + 10 / 200), rel=0.01)


def test_without_its_analyser_the_feed_stays(vandevusse: Program) -> None:
    one = reactor(vandevusse, MODE=2, MPC1=0.005, MPC_STATUS=1.0).run(200)
    assert one.run(100, AT1=0.0, AT1_OK=False, MPC1=0.009)["FEED"] == pytest.approx(0.005)
    assert one["CB_PV"] == 0.9


@pytest.mark.parametrize("name", ["quadtank", "vandevusse"])
def test_every_input_and_output_declares_its_unit(name: str, request: pytest.FixtureRequest) -> None:
    program = request.getfixturevalue(name)
    named = [one for one in program.top if one.section in ("input", "output") and "." not in one.path]
    assert [one.path for one in named if not one.unit] == []
