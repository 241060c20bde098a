"""The tandem mill's rig: its program holds the exit thickness where the manual mode does not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.record import read
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "tandem"
SECOND = 1000  # samples


def run(out: Path, scenario: str, changes: dict[str, Any] | None = None, seed: int = 1) -> dict[str, Any]:
    return Run(open_rig(RIG, changes), Options(scenario=scenario, folder=out, seed=seed)).execute()


def off_gauge(out: Path, since: int) -> float:
    """The largest deviation of the exit thickness, relative, from so many seconds on."""
    return float(np.abs(read(out / "record.mf4")["plant.h5"][since * SECOND :] / 0.45e-3 - 1).max())


@pytest.mark.parametrize("scenario", scenarios(RIG))
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    check_rig(RIG, scenario, tmp_path)


def test_by_hand_the_thickness_is_lost_in_the_speed_up_and_at_the_weld(tmp_path: Path) -> None:
    """The same scenario, but the trims rest as they were before the speed-up."""
    result = run(tmp_path, "weld", {"controller.RUN_BY_HAND": 1})
    assert [one["id"] for one in result["findings"] if one["verdict"] == "fail"] == ["Q2"]
    h5 = read(tmp_path / "record.mf4")["plant.h5"] / 0.45e-3 - 1
    assert np.abs(h5[55 * SECOND : 57 * SECOND]).min() > 0.008
    assert np.abs(h5[93 * SECOND : 94 * SECOND] - h5[73 * SECOND : 74 * SECOND]).min() > 0.008


@pytest.mark.parametrize("seed", [2, 3])
def test_the_weld_passes_with_other_noise_too(seed: int, tmp_path: Path) -> None:
    assert run(tmp_path, "weld", seed=seed)["verdict"] == "pass"
    assert off_gauge(tmp_path, 40) < 0.008


def test_a_cracked_edge_tears_and_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    result = run(tmp_path, "normal", {"plant.strength": 0.28})
    assert result["verdict"] == "fail"
    assert any("the strip tore between stands" in str(one["reason"]) for one in result["findings"])


def test_full_compensation_by_the_gaugemeter_makes_eccentricity_worse(tmp_path: Path) -> None:
    """S + F/M takes a roll that is out of round for a thicker strip, and moves the wrong way; mass flow does not."""
    spread = {}
    for mode in (0, 1):
        folder = tmp_path / str(mode)
        run(folder, "eccentricity", {"controller.NO_MASS_FLOW": mode})
        h1 = read(folder / "record.mf4")["plant.h1"]
        spread[mode] = h1[60 * SECOND :].std()
    assert spread[1] > 1.2 * spread[0]


def once_a_revolution(found: Any, stand: int) -> float:
    """The variance of the exit thickness that goes with a back-up roll's angle, from 82 to 92 s."""
    seen = slice(82 * SECOND, 92 * SECOND)
    turns = [found[f"plant.angle{i}"][seen] for i in range(1, 6)]
    waves = np.column_stack([one for turn in turns for one in (np.cos(turn), np.sin(turn))])
    parts = np.linalg.lstsq(waves, found["plant.h5"][seen] - 0.45e-3, rcond=None)[0]
    return float(np.hypot(*parts[2 * stand - 2 : 2 * stand]) ** 2 / 2)


def test_repetitive_control_takes_away_what_comes_once_a_revolution(tmp_path: Path) -> None:
    """A thousandth at most of the variance at each of the five frequencies, of the same rig without."""
    events = open_rig(RIG).file.scenarios["repetitive"].events
    at = next(i for i, one in enumerate(events) if one.set == "operator.REPETITIVE")
    found = []
    for on in (0.0, 1.0):
        run(tmp_path / str(on), "repetitive", {f"scenarios.repetitive.events.{at}.value": on})
        found.append(read(tmp_path / str(on) / "record.mf4"))
    for stand in range(1, 6):
        assert once_a_revolution(found[1], stand) < 1e-3 * once_a_revolution(found[0], stand), stand
    learned = [found[1][f"ROUND.learned{i}"][91 * SECOND] for i in range(1, 6)]
    assert learned == pytest.approx([5e-6 * np.hypot(1, w * 0.02) for w in (7.3, 10.6, 14.8, 19.9, 23.5)], rel=0.02)
