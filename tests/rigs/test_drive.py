"""The drive's rig: its program holds what it has to hold, fused and over CAN with a DBC file and with PDOs."""

from pathlib import Path
from typing import Any

import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.errors import InputError
from hil.record import read
from hil.testing import check_rig, scenarios

RIG = Path(__file__).parents[2] / "rigs" / "drive"
PDOS = {"links.can.wiring": "canopen.toml"}


def run(out: Path, changes: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return Run(open_rig(RIG, changes), Options(folder=out, **options)).execute()


@pytest.mark.parametrize("scenario", [one for one in scenarios(RIG) if one != "bus_off"])
def test_the_program_keeps_every_requirement(scenario: str, tmp_path: Path) -> None:
    result = check_rig(RIG, scenario, tmp_path)
    assert all(finding["margin"] >= 0 for finding in result["findings"])


@pytest.mark.parametrize("scenario", ["brief", "runaway"])
@pytest.mark.parametrize("wiring", [{}, PDOS], ids=["dbc", "pdo"])
def test_the_verdict_over_can_is_that_of_the_fused_program(
    scenario: str, wiring: dict[str, Any], tmp_path: Path
) -> None:
    fused = run(tmp_path / "fused", scenario=scenario)
    wired = run(tmp_path / "can", wiring, scenario=scenario, link="can")
    assert wired["link"] == "can"
    verdicts = [{one["id"]: one["verdict"] for one in result["findings"]} for result in (fused, wired)]
    assert verdicts[0] == verdicts[1]
    speeds = [read(tmp_path / where / "record.mf4")["plant.w"] for where in ("fused", "can")]
    # Speed, current and voltage are rounded to 0.01 rad/s, 1 mA and 10 mV on the wire, and only that differs.
    assert max(abs(speeds[0] - speeds[1])) < 0.5


@pytest.mark.parametrize("wiring", [{}, PDOS], ids=["dbc", "pdo"])
def test_two_runs_over_can_are_one_record(wiring: dict[str, Any], tmp_path: Path) -> None:
    digests = {run(tmp_path / str(k), wiring, scenario="brief", link="can")["record"]["digest"] for k in range(2)}
    assert len(digests) == 1


def states(out: Path) -> list[int]:
    """What the card on the bus was, one after the other."""
    seen = read(out / "record.mf4")["link.bus"].astype(int)
    return [int(one) for k, one in enumerate(seen) if k == 0 or one != seen[k - 1]]


@pytest.mark.parametrize("link", ["memory", "can"])
def test_a_bus_off_is_seen_and_passes_because_its_requirements_allow_for_it(link: str, tmp_path: Path) -> None:
    result = run(tmp_path / "run", scenario="bus_off", link=link)
    assert result["verdict"] == "pass"
    assert {0, 1, 2, 3} == {*states(tmp_path / "run")}
    assert states(tmp_path / "run")[-2:] == [3, 0]
    assert result["link_health"]["counters"]["restarted"] == 2  # the first time the bus was still short-circuited


def test_a_bus_off_that_a_requirement_does_not_allow_for_is_no_pass(tmp_path: Path) -> None:
    result = run(tmp_path / "run", {"requirements.F3.stale": 98}, scenario="bus_off", link="memory")
    verdicts = {one["id"]: one["verdict"] for one in result["findings"]}
    assert (verdicts["F3"], verdicts["F4"], result["verdict"]) == ("inconc", "pass", "inconc")


def test_a_card_that_is_not_opened_anew_in_time_is_no_pass(tmp_path: Path) -> None:
    result = run(tmp_path / "run", {"links.can.restart": "9s"}, scenario="bus_off", link="memory")
    assert (states(tmp_path / "run")[-1], result["verdict"]) == (3, "inconc")


def test_a_fused_program_has_no_bus_to_go_off(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'bus_off' sets faults of the link, and a fused program has none"):
        run(tmp_path / "fused", scenario="bus_off")
