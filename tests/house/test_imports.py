import subprocess
import sys

from tests.house._tree import ROOT

HEAVY = {"numba", "asyncua", "pint", "jinja2", "control", "scipy", "asammdf", "can"}
PACKAGES = sorted(path.parent.name for path in (ROOT / "hil").glob("*/__init__.py"))
EACH = """
import sys
from importlib import import_module
for package in sys.argv[1:]:
    import_module(f"hil.{package}")
    print(package, *{name.partition(".")[0] for name in sys.modules})
"""
HELP = """
import sys, hil.cli
sys.argv = ["hil", "--help"]
try:
    hil.cli.main()
except SystemExit:
    print("help", *{name.partition(".")[0] for name in sys.modules})
"""


def loads(code: str, *arguments: str) -> dict[str, set[str]]:
    """Return the top names of the modules loaded at each line that the code prints."""
    command = [sys.executable, "-c", code, *arguments]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {words[0]: set(words[1:]) for line in said if (words := line.split())}


def test_no_package_loads_a_heavy_library() -> None:
    assert {package: loaded & HEAVY for package, loaded in loads(EACH, *PACKAGES).items() if loaded & HEAVY} == {}


def test_help_loads_no_heavy_library_and_no_numpy() -> None:
    assert loads(HELP)["help"] & (HEAVY | {"numpy", "llvmlite"}) == set()
