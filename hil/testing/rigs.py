"""A rig as a test: `check_rig(RIG, "day", tmp_path)` raises an AssertionError that names what failed."""

from pathlib import Path
from typing import Any


def scenarios(rig: Path) -> tuple[str, ...]:
    """Return the names of a rig's scenarios, to parametrize a test with.

    Raises:
        InputError: the rig file is none; every mistake in it at once.
    """
    from hil.bench.rig_file import read_rig

    return tuple(read_rig(rig)[0].scenarios)


def check_rig(rig: Path, scenario: str, out: Path) -> dict[str, Any]:
    """Run a rig in a scenario, as `hil run` does, into the folder `out`; return what `result.json` says.

    Raises:
        AssertionError: the verdict is no pass; the findings that are none are named, with margin and reason.
        InputError: the rig is wired wrongly; every mistake at once.
        RunError: the run broke.
    """
    from hil.bench.rig import open_rig
    from hil.bench.run import Options, Run

    result = Run(open_rig(rig), Options(scenario=scenario, folder=out)).execute()
    if result["verdict"] != "pass":
        findings = [one for one in result["findings"] if one["verdict"] != "pass"]
        raise AssertionError("\n".join([f"{result['rig']} / {scenario}: {result['verdict']}", *map(_line, findings)]))
    return result


def _line(finding: dict[str, Any]) -> str:
    margin = "no margin" if finding["margin"] is None else f"margin {finding['margin']:+.4g} {finding['unit']}"
    return f"  {finding['id']} {finding['verdict']}, {margin}: {finding['words']} ({finding['reason']})"
