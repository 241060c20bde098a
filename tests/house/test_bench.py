import json
import math
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ci.benches import __main__ as bench

FIGURES = [
    {
        "name": "loop",
        "ours": 101.25,
        "reference": 80.0,
        "unit": "ns/step",
        "ratio": 1.265625,
        "spread": 0.02,
        "limit": 1.5,
    },
    {
        "name": "scan",
        "ours": 31.0,
        "reference": 20.0,
        "unit": "ns",
        "ratio": 1.55,
        "spread": 0.01,
        "limit": 1.5,
        "steps": 9,
    },
]


@pytest.fixture(autouse=True)
def toy_bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    toy = ModuleType("ci.benches.toy")
    vars(toy)["figures"] = lambda: FIGURES
    monkeypatch.setitem(sys.modules, "ci.benches.toy", toy)
    monkeypatch.setattr(bench, "benches", lambda: ["toy"])
    return toy


def test_the_table_is_aligned_and_keeps_what_a_figure_adds() -> None:
    assert bench.table(FIGURES).splitlines() == [
        "name  ours   reference  unit     ratio  limit  spread  steps",
        "loop  101.2  80         ns/step  1.266  1.5    0.02",
        "scan  31     20         ns       1.55   1.5    0.01    9",
    ]


def test_a_ratio_over_its_limit_fails_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["toy"]) == 1
    assert capsys.readouterr().err == "scan: the ratio 1.55 exceeds its limit 1.5\n"


def test_a_ratio_that_is_no_number_exceeds_every_limit() -> None:
    assert bench.excesses([{"name": "loop", "ratio": math.nan, "limit": 1.5}])


def test_json_is_one_object_a_figure(capsys: pytest.CaptureFixture[str]) -> None:
    bench.main(["toy", "--json"])
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == FIGURES


def test_an_unknown_bench_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        bench.main(["loup"])
    assert "no bench loup; there are toy" in capsys.readouterr().err


def test_every_bench_has_figures() -> None:
    folder = Path(bench.__file__).parent
    assert all(re.search(r"def figures\(.*\) -> list\[", file.read_text()) for file in folder.glob("[!_]*.py"))
