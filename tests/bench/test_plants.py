import subprocess
import sys
from pathlib import Path

import pytest

from hil.bench.plants import find_root, load_plant, plant_files
from hil.errors import InputError

ROOT = Path(__file__).parents[2]
TANK = """
from typing import Any
from hil.blocks import Plant
from hil.signals import record, signal

def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    dx.level = {gain} * u.flow

PLANT = Plant(
    name="{name}", words="a tank", source="nobody", left_out="the outlet", derivative=derivative,
    parameters=record("Parameters"), state=record("State", level=signal("m", "level")),
    inputs=record("Inputs", flow=signal("m/s", "flow", initial=1.0)),
)
"""


def project(folder: Path, path: str, text: str) -> Path:
    file = folder / "plant_models" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return folder


def fault(name: str, root: Path) -> str:
    with pytest.raises(InputError) as error:
        load_plant(name, root)
    return str(error.value)


def test_a_plant_is_found_by_its_name_wherever_it_lies() -> None:
    assert load_plant("cstr", ROOT).name == "cstr"


def test_the_root_is_the_nearest_folder_with_plants(tmp_path: Path) -> None:
    (tmp_path / "plant_models").mkdir()
    (tmp_path / "rigs" / "one").mkdir(parents=True)
    assert find_root(tmp_path / "rigs" / "one" / "rig.toml") == tmp_path
    with pytest.raises(InputError, match="no folder plant_models/ in / or above it: go into a project"):
        find_root(Path("/"))


def test_an_unknown_plant_names_the_near_ones(tmp_path: Path) -> None:
    root = project(tmp_path, "tank.py", TANK.format(name="tank", gain=1))
    assert fault("tnak", root) == f"no plant 'tnak' in {root}/plant_models; did you mean 'tank'?"
    assert fault("oven", root) == f"no plant 'oven' in {root}/plant_models; it has tank"


def test_two_plants_of_one_name_are_both_named(tmp_path: Path) -> None:
    project(tmp_path, "a/tank.py", "")
    root = project(tmp_path, "b/tank.py", "")
    both = "plant_models/a/tank.py and plant_models/b/tank.py"
    assert fault("tank", root) == f"two plants are called 'tank': {both}; rename one of them"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ny = = 2\n", "2: SyntaxError: invalid syntax"),
        (
            "import hil\n\nhil.no_such_thing\n",
            "3: AttributeError: module 'hil' has no attribute 'no_such_thing'",
        ),
        ("import nowhere_at_all\n", "1: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("PLANTS = 1\n", " it holds no plant; write PLANT = Plant(...), or begin its name with _"),
        (
            TANK.format(name="vessel", gain=1),
            " the plant calls itself 'vessel'; give it the name of its file",
        ),
    ],
)
def test_a_broken_module_is_one_sentence_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    root = project(tmp_path, "tank.py", text)
    assert fault("tank", root) == f"{root}/plant_models/tank.py:{said}"


def test_modules_that_begin_with_an_underscore_are_no_plants(tmp_path: Path) -> None:
    project(tmp_path, "_helpers.py", "")
    assert list(plant_files(project(tmp_path, "tank.py", ""))) == ["tank"]


def test_projects_do_not_meet_each_others_plants(tmp_path: Path) -> None:
    for name, gain in (("one", 1), ("two", 2)):
        root = project(tmp_path / name, "tank.py", TANK.format(name="tank", gain=gain))
        assert load_plant("tank", root).derivative.__code__.co_filename == f"{root}/plant_models/tank.py"


def test_loading_a_plant_does_not_load_numba() -> None:
    code = (
        "import sys, pathlib; from hil.bench.plants import load_plant; load_plant('cstr', pathlib.Path('.'));"
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
