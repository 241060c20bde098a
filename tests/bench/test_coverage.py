"""Coverage of the controller's program in a rig's run: beside the evidence, without any effect on it."""

import json
from pathlib import Path

import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.errors import InputError
from tests.bench._tiny import tiny


def test_the_record_is_the_same_with_coverage(tmp_path: Path) -> None:
    project = tiny(tmp_path)
    plain = project.run("plain")
    counted = Run(open_rig(project.rig, coverage=True), Options(folder=tmp_path / "counted")).execute()
    assert counted["record"]["digest"] == plain["record"]["digest"]
    assert counted["findings"] == plain["findings"]
    assert "coverage" not in plain
    assert not (tmp_path / "plain" / "coverage.info").exists()


def test_the_evidence_names_and_shows_the_coverage(tmp_path: Path) -> None:
    project = tiny(tmp_path)
    ended = project.hil("run", ".", "--coverage", "--out", "out")
    folder = tmp_path / "out"
    result = json.loads((folder / "result.json").read_text())
    assert result["paths"]["coverage"] == "out/coverage.info"
    assert f"coverage  {result['coverage']['statements']['percent']:.1f} % of statements" in ended.stdout
    assert (folder / "coverage.info").read_text().startswith("TN:\nSF:control.st\n")
    report = (folder / "report.html").read_text()
    assert "<h2>Coverage of the program</h2>" in report
    assert 'class="line hit"' in report


def test_coverage_needs_a_fused_program(tmp_path: Path) -> None:
    rig = open_rig(tiny(tmp_path).rig, coverage=True)
    with pytest.raises(InputError, match=r"--coverage reads the memory of a fused program, this run is over opcua"):
        Run(rig, Options(link="opcua"))
