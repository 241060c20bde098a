"""A changed source never meets an old kernel, and an unchanged one never needs the compiler again."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hil.blocks.sources import digest_of_sources

MODEL = """\
import ctypes
import json
import sys
from pathlib import Path

import numpy as np

from hil.blocks import Kernel
from helper import gain
from numbers_of_mine import FACTOR

TABLE = np.loadtxt(Path(__file__).with_name("table.txt"))
PAIR = (np.float32(TABLE[1]), 2)


def model(t, h, p, x, u, y):
    return int(gain(t) * TABLE[0] * FACTOR) + int(PAIR[0]) * PAIR[1]


KERNEL = Kernel(__name__, "model")
block = ctypes.CFUNCTYPE(*[ctypes.c_int64] * 7)(KERNEL.address)
print(json.dumps({"answer": block(3, 0, 0, 0, 0, 0), "compiler": "numba" in sys.modules}))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "helper.py").write_text("from hil.blocks import function\n@function\ndef gain(t): return 10 * t\n")
    (tmp_path / "numbers_of_mine.py").write_text("FACTOR = 2.0\n")
    (tmp_path / "table.txt").write_text("1.0 5.0\n")
    return tmp_path


def run(project: Path, cache: Path | None = None) -> dict[str, Any]:
    """Import the model in a process of its own; return what its kernel answers and whether Numba was loaded."""
    path = os.pathsep.join([str(project), *(one for one in sys.path if one)])
    environment = {**os.environ, "HIL_CACHE": str(cache or project / "cache"), "PYTHONPATH": path}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", "import model"], env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def test_a_changed_helper_number_or_data_file_never_meets_an_old_kernel(project: Path) -> None:
    assert run(project) == {"answer": 70, "compiler": True}
    assert run(project) == {"answer": 70, "compiler": False}
    (project / "helper.py").write_text("from hil.blocks import function\n@function\ndef gain(t): return 1000 * t\n")
    assert run(project) == {"answer": 6010, "compiler": True}
    (project / "numbers_of_mine.py").write_text("FACTOR = 3.0\n")
    assert run(project) == {"answer": 9010, "compiler": True}
    (project / "table.txt").write_text("1.0 7.0\n")
    assert run(project) == {"answer": 9014, "compiler": True}
    assert run(project) == {"answer": 9014, "compiler": False}


@pytest.mark.parametrize(
    "statement",
    [
        "import helper",
        "import os, helper",
        "import os; import helper",
        "import helper as h  # why",
        "from helper import gain",
        "from helper import (  # why\n    gain,\n)",
        "from helper \\\n    import gain",
        "if True: import helper",
        "def later():\n    from helper import gain",
        "import package.below",
        "from package import below",
        "from package.below import gain",
        "from package import up",
    ],
)
def test_a_module_is_seen_however_it_is_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, statement: str
) -> None:
    digests = [digest(monkeypatch, tmp_path / str(number), statement, number) for number in range(2)]
    assert digests[0] != digests[1]


def test_sources_that_a_module_does_not_see_do_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    digests = {digest(monkeypatch, tmp_path / str(number), "import os", number) for number in range(2)}
    assert len(digests) == 1


def digest(monkeypatch: pytest.MonkeyPatch, folder: Path, statement: str, number: int) -> str:
    """The digest of a module with one import statement, in a project of its own whose helpers hold a number."""
    (folder / "package").mkdir(parents=True)
    (folder / "model_of_mine.py").write_text(statement)
    (folder / "helper.py").write_text(f"gain = {number}\n")
    below = {"__init__": "from .below import up", "below": "from .far import up", "far": f"up = {number}"}
    for name, text in below.items():
        (folder / "package" / f"{name}.py").write_text(text)
    with monkeypatch.context() as patched:
        patched.syspath_prepend(folder)
        return digest_of_sources("model_of_mine")
