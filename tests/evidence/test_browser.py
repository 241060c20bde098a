"""The report in a real browser: every plot is drawn and no script fails."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hil.evidence import seal
from tests.evidence.samples import recording, result

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1200,2000 --dump-dom"
)


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("no chromium on this machine; install it to see the report drawn")
    assert found is not None, "CI needs chromium to see the report drawn"
    return found


def dom(chromium: str, page: Path, profile: Path) -> str:
    command = [chromium, *FLAGS.split(), f"--user-data-dir={profile}", page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.browser
@pytest.mark.parametrize(("verdict", "count", "plots"), [("fail", 9001, 7), ("none", 0, 0), ("pass", 1, 3)])
def test_every_plot_is_drawn(chromium: str, tmp_path: Path, verdict: str, count: int, plots: int) -> None:
    record = recording(tmp_path, count)
    seal(tmp_path, result(record, verdict), record)
    html = dom(chromium, tmp_path / "report.html", tmp_path / "profile")
    root = re.search(r"<html[^>]*>", html)
    assert root is not None
    assert "data-error" not in root[0]
    assert f'data-plots="{plots}"' in root[0]
    assert html.count("<canvas") == plots
