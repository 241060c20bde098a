"""The evidence appears whole or not at all, and equal runs give equal files."""

import json
import math
import resource
from pathlib import Path

import numpy as np
import pytest

from hil.errors import RunError
from hil.evidence import replace, result_json, seal
from tests.evidence.samples import recording, result


def test_equal_runs_give_equal_files(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        record = recording(folder, 200)
        seal(folder, result(record), record)
        files.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert files[0] == files[1]
    assert sorted(files[0]) == ["junit.xml", "record.mf4", "report.html", "result.json"]


def test_result_json_is_sorted_and_holds_plain_json() -> None:
    text = result_json({"b": np.float64(0.1), "a": [math.inf, math.nan, np.int64(3)], "c": {"p": Path("x/y")}})
    assert text == '{\n  "a": [\n    null,\n    null,\n    3\n  ],\n  "b": 0.1,\n  "c": {\n    "p": "x/y"\n  }\n}\n'
    assert json.loads(text) == {"a": [None, None, 3], "b": 0.1, "c": {"p": "x/y"}}


def test_a_result_that_cannot_be_rendered_writes_nothing(tmp_path: Path) -> None:
    record = recording(tmp_path, 10)
    broken = {key: value for key, value in result(record).items() if key != "loop"}
    with pytest.raises(Exception, match="loop"):
        seal(tmp_path, broken, record)
    assert [path.name for path in tmp_path.iterdir()] == ["record.mf4"]


def test_a_full_disk_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    replace(path, ["old"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(RunError, match=r"cannot write .*result\.json: File too large; make room or choose"):
            replace(path, ["new" * 10])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("result.json", "old")]
