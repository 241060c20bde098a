import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house._tree import ROOT

ONE_TEST = """
import pytest
def test_skips(): pytest.skip("not today")
@pytest.mark.xfail
def test_fails(): assert False
"""
WHOLE_FILE = """
import pytest
pytest.skip("not today", allow_module_level=True)
"""


@pytest.fixture
def skipping(tmp_path: Path) -> Path:
    (tmp_path / "test_one.py").write_text(ONE_TEST)
    (tmp_path / "test_whole.py").write_text(WHOLE_FILE)
    return tmp_path


def said(folder: Path, ci: str) -> str:
    options = ["-c", os.devnull, "--rootdir", str(folder), "-p", "tests.conftest", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, "--continue-on-collection-errors", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"CI": ci}, capture_output=True, text=True).stdout


def test_in_ci_what_skips_itself_fails_and_what_is_expected_to_fail_does_not(skipping: Path) -> None:
    output = said(skipping, "true")
    assert "1 failed, 1 xfailed, 1 error" in output
    for name in ("test_one.py::test_skips", "test_whole.py"):
        assert f"{name} was skipped in CI; make it run, or add it to MAY_BE_SKIPPED of tests/conftest.py" in output


def test_elsewhere_a_skip_is_a_skip(skipping: Path) -> None:
    assert "2 skipped, 1 xfailed" in said(skipping, "")
