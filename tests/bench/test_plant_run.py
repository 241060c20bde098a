from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.plant_run import PlantRun, Run, Setting, setting
from hil.bench.plants import load_plant
from hil.errors import InputError, RunError
from tests.testing._tank import PUMPED

PLANT = load_plant("cstr", Path(__file__).parents[2])
SECOND, MINUTE, HOUR = 10**9, 60 * 10**9, 3600 * 10**9


def what(*settings: str, **changes: Any) -> PlantRun:
    times = {"until": HOUR, "step": SECOND, "every": 10 * MINUTE}
    return PlantRun(plant=PLANT, settings=[setting(one) for one in settings], **{**times, **changes})


def rows(*settings: str, **changes: Any) -> "np.ndarray[Any, Any]":
    return np.concatenate(list(Run(what(*settings, **changes)).portions()))


def faults(*settings: str, **changes: Any) -> tuple[str, ...]:
    with pytest.raises(InputError) as error:
        what(*settings, **changes)
    return error.value.faults


def test_a_setting_is_a_name_a_value_and_perhaps_a_time() -> None:
    assert setting("Tc=298.5") == Setting("Tc", 298.5, 0, "Tc=298.5")
    assert setting("Tc=-1e-3@1h30min").at == 90 * MINUTE


@pytest.mark.parametrize("text", ["Tc", "Tc=", "Tc=warm", "=3", "Tc=3=4"])
def test_a_setting_that_is_none_is_said_to_be_none(text: str) -> None:
    with pytest.raises(InputError, match=r"write NAME=VALUE or NAME=VALUE@TIME, as Tc=298.15@10min"):
        setting(text)


def test_the_time_of_a_setting_has_a_unit() -> None:
    with pytest.raises(InputError, match="--set 'Tc=3@10': '10' is not a time"):
        setting("Tc=3@10")


def test_columns_are_time_inputs_states_outputs() -> None:
    assert Run(what()).columns == ("t", "Tc", "Tf", "CAf", "F", "CA", "T", "r", "Qr", "Qc")


def test_rows_are_on_the_grid_and_a_change_is_in_the_row_of_its_instant() -> None:
    found = rows("Tc=300", "Tc=310@20min")
    assert found[:, 0].tolist() == [600.0 * n for n in range(7)]
    assert found[:, 1].tolist() == [300.0, 300.0, 310.0, 310.0, 310.0, 310.0, 310.0]
    assert found[2, 9] == pytest.approx(150 * 4184 / 3600 * (found[2, 6] - 310))


@pytest.mark.parametrize("steps", [4095, 4096, 4097, 8192])
def test_no_number_of_rows_is_special(steps: int) -> None:
    """4096 rows are in memory at a time."""
    assert rows(until=steps * SECOND, every=SECOND)[:, 0].tolist() == [*range(steps + 1)]


def test_a_run_may_end_between_two_rows() -> None:
    assert rows(until=25 * MINUTE)[:, 0].tolist() == [0.0, 600.0, 1200.0, 1500.0]


def test_many_rows_come_in_portions_and_none_is_lost() -> None:
    found = rows(until=3 * HOUR, every=SECOND)
    assert np.array_equal(found[:, 0], np.arange(3 * 3600 + 1))


def test_runs_repeat_to_the_bit_and_do_not_depend_on_the_rows_taken() -> None:
    assert rows("Tc=310@20min").tobytes() == rows("Tc=310@20min").tobytes()
    assert np.array_equal(rows(every=SECOND)[-1], rows(every=HOUR)[-1])


def test_without_reaction_the_reactor_mixes_as_a_tank_does() -> None:
    found = rows("k0=0", "UA=0", "CA=0", "T=350", until=2 * HOUR)
    left = np.exp(-found[:, 0] / 3600)
    assert found[:, 5] == pytest.approx(10 * (1 - left), rel=1e-12, abs=1e-12)
    assert found[:, 6] == pytest.approx(298.15 + 51.85 * left, rel=1e-12)


def test_a_plant_that_shuts_itself_down_ends_the_run_there() -> None:
    this = Run(what("T_max=320", "T_max=330@10min", "Tc=350", until=10 * HOUR))
    found = np.concatenate(list(this.portions()))
    assert this.reason == "the rupture disc opened: T reached T_max"
    assert found[-1, 0] == this.ended / 1e9 < 36000
    assert found[-1, 6] == pytest.approx(330, abs=1e-9)
    assert found[-2, 0] == found[-1, 0] // 600 * 600


def test_a_plant_that_diverges_is_an_error_with_state_time_and_cure() -> None:
    with pytest.raises(RunError, match=r"plant cstr diverged: CA = inf kmol/m\^3 at t = 5min; take a shorter --step"):
        rows("k0=1e15", "T_max=1000", step=MINUTE, method="rk4")


def test_all_mistakes_come_at_once() -> None:
    assert faults("T=300@10min", "r=1", "Tx=3", "V=-1", "Tc=900@1s", "Tc=300@2h", until=61 * MINUTE, method="rk5") == (
        "no solver 'rk5'; there are euler, rk4, ros2",
        "--set 'T=300@10min': T is a state: it can be set at the start only; inputs and parameters can be "
        "set at any time",
        "--set 'Tc=900@1s': Tc = 900 K is outside 200 .. 400 K",
        "--set 'Tc=300@2h': that is after the end of the run at 1h1min",
        "r is an output of plant cstr: it follows from the others and cannot be set",
        "plant cstr has no signal 'Tx'; did you mean 'T'?",
        "plant cstr: V = -1 m^3 is outside 1e-06 .. 1000 m^3",
    )


def test_times_off_the_grid_are_refused() -> None:
    assert faults("Tc=300@2s", step=3 * SECOND, every=MINUTE + SECOND, until=100 * SECOND) == (
        "--until 1min40s is no whole multiple of --step 3s",
        "--every 1min1s is no whole multiple of --step 3s",
        "--set 'Tc=300@2s': that is between two steps; take a whole multiple of 3s",
    )
    assert faults(step=0) == ("--step must be longer than 0s",)


def test_one_signal_is_set_once_at_a_time() -> None:
    assert faults("Tc=300", "Tc=301@0s") == ("--set 'Tc=301@0s': Tc is set twice at 0s",)


def test_an_unknown_parameter_set_names_those_there_are() -> None:
    assert faults("Ty=1", parameter_set="bequette")[0] == (
        "plant cstr has no parameter set 'bequette'; it has mathworks, seborg"
    )


def test_a_discrete_part_moves_once_at_the_beginning_of_every_step_and_with_the_last_row() -> None:
    run = Run(PlantRun(plant=PUMPED, until=3 * SECOND, step=SECOND, every=SECOND, method="euler"))
    levels, pumped = np.concatenate(list(run.portions())).T[2:5:2]
    assert levels.tolist() == [1.0, 0.95, 0.9025, pytest.approx(0.857375)]
    assert pumped.tolist() == [1.0, 2.0, 3.0, 3.0]
