from pathlib import Path

import pytest

from hil.cli.new import NAME, TEMPLATE, create
from hil.errors import InputError


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_project_has_its_name_in_every_place(tmp_path: Path) -> None:
    folder = create("pump_house", tmp_path)
    assert names(folder) == {
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "controllers/plc/pump_house.st",
        "plant_models/pump_house.py",
        "rigs/pump_house/rig.toml",
        "tests/test_pump_house.py",
    }
    assert not [path for path in folder.rglob("*.*") if NAME in path.read_text()]
    assert 'name = "pump_house"' in (folder / "rigs" / "pump_house" / "rig.toml").read_text()


@pytest.mark.parametrize("name", ["", "Pump", "1st", "_tank", "my-tank", "../tank", "a/b", "while", "tank\n", "tänk"])
def test_a_name_that_no_module_can_have_is_refused_with_the_cure(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as error:
        create(name, tmp_path)
    assert str(error.value) == (
        f"cannot call a project {name!r}: its plant is a Python module of that name, so use small "
        "letters, digits and underscores, a letter first, and no word of the language, as my_tank"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tank").symlink_to("nowhere")
    with pytest.raises(InputError) as error:
        create("tank", tmp_path)
    assert str(error.value) == f"{tmp_path}/tank is there already: choose another name, or move it away"
    assert (tmp_path / "tank").is_symlink()


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as error:
        create("tank", tmp_path / "file")
    assert str(error.value) == f"cannot make {tmp_path}/file/tank: Not a directory; choose a place where you may write"


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    template, place = tmp_path / "template", tmp_path / "place"
    template.mkdir()
    place.mkdir()
    (template / "a").write_text("copied first")
    (template / "b").symlink_to("nowhere")
    with pytest.raises(InputError, match="cannot make"):
        create("tank", place, template)
    assert list(place.iterdir()) == []


def test_the_template_holds_no_name_but_its_own() -> None:
    assert all(NAME in path.read_text() for path in TEMPLATE.rglob("*.*") if path.suffix in (".py", ".toml", ".md"))
