"""Several rigs in all their scenarios: one JUnit file, one page, and the worst verdict as the exit status."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hil.bench.regression import cases
from hil.errors import InputError
from tests.bench._tiny import Project, tiny

MORE = '[scenarios.more]\nwords = "too much is asked for"\nduration = "6s"\n\n[[requirements]]'


@pytest.fixture(scope="module")
def rigs(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A folder with a rig that passes and one that fails in one of its two scenarios."""
    folder = tmp_path_factory.mktemp("rigs")
    good, bad = (tiny(folder / name) for name in ("good", "bad"))
    good.change(good.rig, '"tiny"', '"good"')
    bad.change(bad.rig, '"tiny"', '"bad"')
    bad.change(bad.rig, "[[requirements]]", MORE)
    bad.change(bad.rig, "high = 5.0", "high = 3.0")
    return Project(folder)


def test_each_run_is_in_the_folder_the_junit_file_and_the_page(rigs: Project) -> None:
    done = rigs.hil("regression", "good", "bad", "--out", "all")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "verdict fail")
    suites = ET.parse(rigs.folder / "all/junit.xml").getroot()
    assert {one.get("name"): one.get("failures") for one in suites} == {
        "bad.step": "1",
        "bad.more": "0",
        "good.step": "0",
    }
    page = (rigs.folder / "all/index.html").read_text()
    links = re.findall('href="([^"#]*)"', page)
    assert links == ["bad/step/report.html", "bad/more/report.html", "good/step/report.html"]
    assert all((rigs.folder / "all" / one).is_file() for one in links)
    assert "2 of 3 runs passed" in page
    assert not re.search(r"https?:|src=", page)


def test_rigs_that_pass_pass(rigs: Project) -> None:
    done = rigs.hil("regression", "good", "--processes", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert (rigs.folder / "runs/regression-0001/good/step/record.mf4").is_file()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "cannot read 'control.st'"),
        (("--limit", "1ms"), "the run did not end within 1ms; give it a longer --limit"),
    ],
)
def test_a_run_that_leaves_no_result_is_an_error(tmp_path: Path, options: tuple[str, ...], reason: str) -> None:
    project = tiny(tmp_path)
    if not options:
        project.program.unlink()
    done = project.hil("regression", ".", "--out", "all", *options)
    (error,) = ET.parse(tmp_path / "all/junit.xml").getroot().iter("error")
    assert done.returncode == 4
    assert reason in (error.get("message") or "")


def test_every_place_without_a_rig_and_every_name_taken_twice_is_told(tmp_path: Path) -> None:
    for name in ("one", "two"):
        tiny(tmp_path / name)
    with pytest.raises(InputError) as error:
        cases([tmp_path, tmp_path / "one/plant_models"])
    taken, empty = error.value.faults
    assert taken.endswith("are both called 'tiny'")
    assert empty.startswith("no rig in ")


def test_a_scenario_that_breaks_the_wire_has_one(tmp_path: Path) -> None:
    project = tiny(tmp_path)
    cut = '{ at = "6s", set = "link.fault_loss", value = 1.0 }, { at = "5s"'
    project.change(project.rig, '{ at = "5s"', cut)
    project.change(project.rig, "[[requirements]]", MORE)
    assert [one.link for one in cases([project.rig])] == ["memory", "fused"]
