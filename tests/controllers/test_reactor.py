"""The control program by itself: scans with made-up measurements, one second each."""

from pathlib import Path
from typing import Any

import pytest

from hil.plc import compile_file

PROGRAM = compile_file(Path(__file__).parents[2] / "controllers" / "plc" / "reactor.st")
IDLE, CHECK, PREHEAT, RAMP, HOLD, SHUTDOWN, TRIPPED = range(7)


class Station:
    """The program with inputs that are held until they are set anew; T, CA and TT102 jitter as live signals do."""

    def __init__(self, **inputs: Any) -> None:
        self.memory, self.t = PROGRAM.new_memory(), 0
        sound = dict.fromkeys(("TT101A_OK", "TT101B_OK", "TT102_OK", "AT101_OK"), True)
        self.inputs = {"T": 311.0, "CA": 8.57, "TC": 298.15, **sound, **inputs}

    def run(self, seconds: int, **inputs: Any) -> "Station":
        self.inputs |= inputs
        for _ in range(seconds):
            T, CA, TC = (self.inputs[name] + 0.01 * (self.t % 2) for name in ("T", "CA", "TC"))
            given = {"TT101A": T, "TT101B": T, "AT101": CA, "TT102": TC, **self.inputs}
            for name in given.keys() - {"T", "CA", "TC"}:
                PROGRAM.write(self.memory, name, given[name])
            assert PROGRAM.scan(self.memory, self.t * 10**9) is None
            self.t += 1
        return self

    def heat(self, T: float, by: float = 1.0) -> "Station":
        """Move T there, by so many K a second: a jump would not be believed."""
        while abs(T - self.inputs["T"]) > by:
            self.run(1, T=self.inputs["T"] + (by if self.inputs["T"] < T else -by))
        return self.run(1, T=T)

    def __getitem__(self, name: str) -> Any:
        return PROGRAM.read(self.memory, name)


def holding(**inputs: Any) -> Station:
    """A station in the state HOLD at 5 kmol/m3, where the program was put without the hours of a ramp."""
    one = Station(T=343.35, CA=5.0, CA_SP=5.0, TC=295.35, **inputs)
    one.run(5)
    PROGRAM.write(one.memory, "STATE", RAMP)
    one.run(700)
    assert one["STATE"] == HOLD
    return one


def test_it_scans_each_second_and_beats() -> None:
    assert PROGRAM.period == 10**9
    assert Station().run(10)["HEARTBEAT"] == 10


def test_start_waits_for_good_transmitters_then_preheats_and_ramps() -> None:
    one = Station().run(5)
    assert one["STATE"] == IDLE
    assert one.run(1, START=True)["STATE"] == CHECK
    assert one.run(100, AT101_OK=False)["STATE"] == CHECK
    assert one.run(179, AT101_OK=True)["STATE"] == CHECK
    assert one.run(125)["STATE"] == PREHEAT
    assert one.run(301, T=312.0)["STATE"] == RAMP
    assert one["CA_RAMP"] == pytest.approx(8.57, abs=0.02)


def test_the_set_point_moves_by_1_kmol_an_hour() -> None:
    one = holding().run(360, CA_SP=4.5)
    assert one["STATE"] == RAMP
    assert one["CA_RAMP"] == pytest.approx(4.9, abs=2e-3)


@pytest.mark.parametrize("name", ["TT101A", "TT101B"])
def test_a_stuck_thermometer_is_found_after_half_a_minute_and_the_other_one_used(name: str) -> None:
    one = holding().run(29, **{name: 342.123})
    assert not one[f"{name}_BAD"]
    assert one["T_PV"] == pytest.approx(343.35 - 0.6, abs=0.15)
    assert one.run(3)[f"{name}_BAD"]
    assert one["ALARM"]
    assert one.run(120)["T_PV"] == pytest.approx(343.35, abs=0.02)
    assert one["STATE"] == HOLD


def test_thermometers_that_disagree_are_alarmed_and_the_hotter_one_used() -> None:
    one = holding()
    for n in range(300):
        one.run(1, TT101A=343.35 + 4.0 * min(1.0, n / 60) + 0.01 * (n % 2))
    assert one["TT101_DISAGREE"]
    assert not one["TT101A_BAD"]
    assert one["T_PV"] == pytest.approx(347.35, abs=0.05)


def test_a_dead_analyser_is_replaced_by_the_model() -> None:
    one = holding().run(1800).run(60, AT101=5.0)
    assert one.run(5)["AT101_BAD"]
    assert one.run(600)["CA_PV"] == pytest.approx(5.0, abs=0.05)
    assert one.run(3600, T=353.0)["CA_PV"] < 4.5


def test_without_its_thermometer_the_coolant_is_set_by_the_valves_characteristic() -> None:
    one = holding().run(5, TT102_OK=False)
    assert one["TT102_BAD"]
    assert one["TV101"] == pytest.approx((328.15 - one["TC_SP"]) / 0.6, abs=1e-3)


@pytest.mark.parametrize("state", [IDLE, PREHEAT, HOLD])
def test_too_hot_for_three_seconds_trips_to_full_cooling_until_reset(state: int) -> None:
    one = Station(T=384.9).run(5)
    PROGRAM.write(one.memory, "STATE", state)
    assert one.heat(390.5).run(2)["T_TRIP"] is False
    assert one.run(1)["T_TRIP"] is True
    assert one["TV101"] == 100.0
    assert one.run(60, RESET=True)["STATE"] == TRIPPED
    assert one.heat(315.0).run(120)["STATE"] == IDLE


def test_a_short_spike_does_not_trip() -> None:
    one = Station(T=389.0).run(5).heat(390.5).run(1).heat(389.0).run(100)
    assert one["STATE"] == IDLE


def test_a_jump_that_no_reactor_makes_is_not_believed() -> None:
    assert holding().run(5, TT101A=380.0)["T_PV"] == pytest.approx(343.35, abs=0.02)


def test_blind_for_ten_seconds_trips() -> None:
    one = holding().run(10, TT101A_OK=False, TT101B_OK=False)
    assert one["STATE"] == HOLD
    assert one.run(2)["STATE"] == TRIPPED


def test_manual_and_back_is_without_a_bump() -> None:
    one = holding().run(60, MANUAL=True, TV101_MANUAL=42.0)
    assert one["TV101"] == 42.0
    assert one.run(1, MANUAL=False)["TV101"] == pytest.approx(42.0, abs=0.1)


def test_the_valve_leaves_its_limit_as_soon_as_the_error_turns() -> None:
    one = holding().heat(347.0).run(3600)
    assert one["TV101"] == 100.0
    assert one.heat(341.0).run(60)["TV101"] < 100.0


def test_stop_cools_no_faster_than_the_coolant_can_follow() -> None:
    one = holding().run(1, STOP=True)
    assert one["STATE"] == SHUTDOWN
    assert one.run(60)["T_SP"] == pytest.approx(343.35 - 0.5, abs=0.02)
    assert one.run(600)["TC_SP"] == pytest.approx(268.15, abs=0.5)
    assert one["T_SP"] > 341.0
    assert one.heat(315.0).run(120)["STATE"] == IDLE


def test_every_input_and_output_declares_its_unit() -> None:
    named = [one for one in PROGRAM.top if one.section in ("input", "output") and "." not in one.path]
    assert len(named) == 32
    assert [one.path for one in named if not one.unit] == []
