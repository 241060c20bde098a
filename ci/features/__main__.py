"""Collects the markers and writes the page; see ci/compliance."""

import argparse
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from ci.features import faults, features
from ci.features.page import page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "plc-compliance.md"


class Collected:
    """A plugin of pytest: the tests by the features that they are marked with."""

    def __init__(self) -> None:
        self.shown: dict[str, list[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the marked tests, each function once."""
        for item in items:
            name = item.nodeid.partition("[")[0]
            for name_of_feature in (one for mark in item.iter_markers("feature") for one in mark.args):
                tests = self.shown.setdefault(str(name_of_feature), [])
                if name not in tests:
                    tests.append(name)


def collected() -> dict[str, list[str]]:
    """Return the tests by feature.

    Raises:
        RuntimeError: the tests could not be collected.
    """
    plugin, words = Collected(), StringIO()
    with redirect_stdout(words):
        status = pytest.main(["--collect-only", "-q", str(ROOT / "tests" / "plc")], [plugin])
    if status != pytest.ExitCode.OK:
        raise RuntimeError(words.getvalue()[-2000:])
    return plugin.shown


def main() -> int:
    """Write the page, or check that it is what would be written."""
    parser = argparse.ArgumentParser(prog="ci/compliance")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is out of date")
    check, tables, shown = parser.parse_args().check, features(), collected()
    wrong = faults(tables, shown)
    text = page(tables, shown)
    if check and (not PAGE.exists() or PAGE.read_text("utf-8") != text):
        wrong.append(f"{PAGE.relative_to(ROOT)} is out of date; run ci/compliance")
    if not check and not wrong:
        PAGE.write_text(text, "utf-8")
    print("\n".join(wrong) or f"{sum(len(rows) for _, rows in tables.values())} features, {len(shown)} shown by tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
