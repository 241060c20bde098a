import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPS_ITSELF = "import pytest\ndef test_one(): pytest.skip('not today')\n"
SKIPPED_WHOLE = "import pytest\npytest.skip('not today', allow_module_level=True)\n"
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_one(): assert False\n"


def outcome(folder: Path, text: str, ci: str) -> tuple[int, str]:
    (folder / "test_it.py").write_text(text)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        os.devnull,
        "--rootdir",
        str(folder),
        "-p",
        "tests.conftest",
        "-p",
    ]
    done = subprocess.run(
        [*command, "no:cacheprovider", str(folder)],
        cwd=ROOT,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("text", [SKIPS_ITSELF, SKIPPED_WHOLE], ids=["test", "file"])
def test_a_skip_fails_in_ci_alone(tmp_path: Path, text: str) -> None:
    status, said = outcome(tmp_path, text, "true")
    assert status != 0
    assert "was skipped in CI; make it run, or add it to MAY_BE_SKIPPED of tests/conftest.py" in said
    assert "1 skipped" in outcome(tmp_path, text, "")[1]


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert outcome(tmp_path, EXPECTED_TO_FAIL, "true")[0] == 0
