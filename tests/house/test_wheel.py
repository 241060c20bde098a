import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

import hil
from tests.house._tree import ROOT, files

Run = Callable[..., str]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run commands of an environment that has the wheel and the libraries of this one, not this tree."""
    home = tmp_path_factory.mktemp("home")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True)
    bin_ = home / "venv" / "bin"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        f"{home}/venv/bin/python",
        "install",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    (site,) = (home / "venv" / "lib").glob("python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))

    def run(folder: Path, *command: str) -> str:
        names = {"PATH", "HOME", "LANG", "HIL_CACHE"}
        environment = {name: value for name, value in os.environ.items() if name in names}
        done = subprocess.run(
            [bin_ / command[0], *command[1:]], cwd=folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    assert wheel.name == f"hilbench-{hil.__version__}-py3-none-any.whl"
    names = ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"hil", f"hilbench-{hil.__version__}.dist-info"}
    ours = {str(path.relative_to(ROOT)) for path in files() if path.is_relative_to(ROOT / "hil")}
    assert ours == {name for name in names if name.startswith("hil/")}


def test_the_wheel_runs_outside_the_tree(run: Run, tmp_path: Path) -> None:
    assert "site-packages" in run(tmp_path, "python", "-c", "import hil; print(hil.__file__)")


def test_somebody_elses_project_works_at_once(run: Run, tmp_path: Path) -> None:
    run(tmp_path, "hil", "new", "my_tank")
    project = tmp_path / "my_tank"
    assert "pass" in run(project, "hil", "run", "rigs/my_tank").casefold()
    assert "my_tank" in run(project, "hil", "plant", "list")
    assert " passed" in run(project, "python", "-m", "pytest")
