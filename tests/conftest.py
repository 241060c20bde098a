"""What holds for every test: a cache of its own, examples that repeat, and in CI no test skipped unseen."""

import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("HIL_CACHE", str(Path(__file__).parents[1] / ".cache" / "hilbench"))

settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")

MAY_BE_SKIPPED = {"tests/links/test_hardware.py": "a kernel with CAN, CAN cards and USB adapters are no part of CI"}
"""Tests, or files of tests, that may be skipped in CI (CI=true), each with the reason."""


FIRMWARE = Path(__file__).parents[1] / "controllers" / "firmware"


@pytest.fixture(scope="session")
def images() -> Path:
    """Build the firmware; return the folder with an image of each name for each board, as BOARD/IMAGE.elf."""
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("no arm-none-eabi-gcc builds the firmware; sudo apt-get install gcc-arm-none-eabi")
    subprocess.run(["make", "-s", "-C", FIRMWARE], check=True, timeout=120, stdout=subprocess.DEVNULL)
    return FIRMWARE / "build"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skipped test fail in CI: a check that did not run has shown nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail_in_ci(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let a file that skips itself fail in CI."""
    report = yield
    if report.skipped:
        _fail_in_ci(report, collector.nodeid)
    return report


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport, nodeid: str) -> None:
    if os.environ.get("CI") == "true" and not nodeid.startswith(tuple(MAY_BE_SKIPPED)):
        report.outcome = "failed"
        report.longrepr = f"{nodeid} was skipped in CI; make it run, or add it to MAY_BE_SKIPPED of tests/conftest.py"
