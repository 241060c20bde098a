"""The compliance table is made from the tests, and is what they make of it today."""

import subprocess
import sys

from ci.features import Feature, faults, features
from tests.house._tree import ROOT


def test_the_page_is_up_to_date() -> None:
    """Otherwise the words on standard output say what to do."""
    command = [sys.executable, "-m", "ci.features", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_what_is_wrong_is_named() -> None:
    rows = [
        Feature("1", "a", "shown", "yes"),
        Feature("1", "b", "not shown", "yes"),
        Feature("1", "c", "shown after all", "no"),
        Feature("1", "d", "without a note", "partly"),
        Feature("1", "e", "misspelt", "maybe"),
    ]
    shown = {"1/a": ["t::a"], "1/c": ["t::c"], "1/d": ["t::d"], "1/z": ["t::z"]}
    assert faults({"1": ("Title", rows)}, shown) == [
        "t::z: no feature '1/z' in features.toml",
        "1/b: no test shows it; mark one with @pytest.mark.feature('1/b'), or say no",
        "1/c: t::c shows what is said not to be there; say partly or yes",
        "1/d: is there partly; say in a note what is missing",
        "1/e: support is 'maybe'; it is yes, partly or no",
    ]


def test_every_table_has_a_title_and_features() -> None:
    assert [number for number, (title, rows) in features().items() if not title or not rows] == []
