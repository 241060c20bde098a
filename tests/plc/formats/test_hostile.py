"""Whatever stands in a file, reading it ends in units or in problems, in bounded time."""

import random
import re
from pathlib import Path

import pytest

from hil.plc.formats import Project, read_units
from tests.plc.formats._samples import RAIL_AND_CHART, SAMPLES, TWINCAT, read

PROBLEM = re.compile(r".+:\d+:\d+: error: .")
ALL = {**SAMPLES, "chart.xml": RAIL_AND_CHART}


def checked(project: Project) -> Project:
    """The project, its problems in their form and every place of its units inside of a file."""
    assert all(PROBLEM.match(one) for one in project.problems)
    for unit in project.units:
        for line in range(1, unit.text.count("\n") + 2, 7):
            assert min(unit.place(line, 1)) >= 1
    return project


@pytest.mark.parametrize("name", ALL)
def test_a_file_cut_at_every_byte(tmp_path: Path, name: str) -> None:
    data = ALL[name].encode()
    for size in range(len(data)):
        project = checked(read(tmp_path, name, data[:size]))
        assert project.units or project.problems or project.notes


@pytest.mark.parametrize("block", range(8))
def test_damaged_files(tmp_path: Path, block: int) -> None:
    names, junk = (
        sorted(ALL),
        [b"", b"\xff", b"(*", b"'", b"<", b"]]>", b"&", b"\0", b"END_VAR", b'"', b"</x>", b"&#0;"],
    )
    for seed in range(block * 100, block * 100 + 100):
        chance = random.Random(seed)
        name = chance.choice(names)
        data = ALL[name].encode(chance.choice(["utf-8", "utf-16"]))
        for _ in range(chance.randint(1, 4)):
            at, length = chance.randrange(len(data)), chance.choice([0, 1, 1, 9, 60])
            data = data[:at] + chance.choice(junk) + data[at + length :]
        checked(read(tmp_path, name, data))


@pytest.mark.parametrize("name", [one for one in ALL if not one.endswith((".st", ".scl"))])
def test_lines_in_any_order(tmp_path: Path, name: str) -> None:
    for seed in range(60):
        lines = ALL[name].replace("><", ">\n<").split("\n")
        random.Random(seed).shuffle(lines)
        checked(read(tmp_path, name, "\n".join(lines)))


@pytest.mark.parametrize("words", [
    "(*", "STEP a:\n", "TASK a(", "{", "'", "VAR ", "FUNCTION_BLOCK a\n", "ACTION a:\n", "_X ", "\n", "TYPE ", "a,",
    ":",
    "(* @GLOBAL_VARIABLE_LIST := 'x' *)", "PROGRAM p\n_FBD_BODY\n", "RESOURCE\nTASK a();", "TRANSITION :=", "/*", '"',
])  # fmt: skip
def test_repeated_words_take_time_in_proportion(tmp_path: Path, words: str) -> None:
    text = "(* @PATH := '' *)\nPROGRAM p\nVAR END_VAR\nINITIAL_STEP a:" + words * (300_000 // len(words))
    checked(read(tmp_path, "x.exp", text))
    checked(read(tmp_path, "x.scl", words * (300_000 // len(words))))


def test_a_document_type_is_refused_with_its_place(tmp_path: Path) -> None:
    text = TWINCAT.replace("<TcPlcObject", "<!DOCTYPE a [<!ENTITY b 'c'>]>\n<TcPlcObject")
    (problem,) = read(tmp_path, "FB_Valve.TcPOU", text).problems
    assert problem.endswith(
        "FB_Valve.TcPOU:2:13: error: a document type or entities of its own are not read; remove the DOCTYPE"
    )


def test_a_folder_that_is_a_file_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "odd.st").mkdir()
    assert checked(read_units([tmp_path])).units == ()
