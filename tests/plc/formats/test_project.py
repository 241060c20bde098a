from pathlib import Path

import pytest

from hil.plc.formats import project as reading
from hil.plc.formats import read_units
from tests.plc.formats._samples import PLAIN, PLCOPEN, SAMPLES


def test_a_folder_is_read_by_name_with_the_folders_below(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b.st", "sub/a.st", ".git/c.st", "notes.md"):
        (tmp_path / name).write_text(PLAIN)
    (tmp_path / "letter.txt").write_text("Dear reader, nothing here.")
    (tmp_path / "build.xml").write_text("<ant/>")
    project = read_units([tmp_path])
    assert [one.file for one in project.units] == [str(tmp_path / "b.st"), str(tmp_path / "sub" / "a.st")]
    assert (project.problems, project.files) == ((), 4)


def test_every_format_in_one_folder(tmp_path: Path) -> None:
    for name, text in SAMPLES.items():
        (tmp_path / name).write_text(text)
    project = read_units([tmp_path])
    assert project.problems == ()
    assert {one.dialect for one in project.units} == {"st", "codesys2", "twincat", "plcopen", "ax", "scl"}
    assert [one.name for one in project.configurations] == ["Plant", "Plc"]


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.st"
    path.write_text(PLAIN)
    assert len(read_units([path, tmp_path, path]).units) == 1


@pytest.mark.parametrize("name", ["gone.st", "gone.plcproj"])
def test_a_missing_file_is_a_problem(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    words = "this file cannot be read (No such file or directory); check the path and its rights"
    assert read_units([path]).problems == (f"{path}:1:1: error: {words}",)


def test_a_given_file_that_is_no_source_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, nothing here.")
    (problem,) = read_units([path]).problems
    assert "letter.txt:1:1: error: no PLC source is recognised in this file; give Structured Text" in problem


def test_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.xml"
    path.write_text(PLCOPEN + " " * (1 << 20))
    monkeypatch.setattr(reading, "LARGEST", 1 << 20)
    assert read_units([path]).problems == (
        f"{path}:1:1: error: 1.0 MB are more than the 1 MB that a file may have; split it",
    )
