"""`hil record show` and `hil record csv`."""

import csv
import math
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hil.cli.record import app
from hil.errors import InputError, RunError
from hil.record import Channel, Writer, read
from tests.record.samples import TANK, random_rows, write


def test_the_table_reads_back_to_the_bit(tmp_path: Path) -> None:
    reals = [Channel("a", "m", "", "f8"), Channel("b,c", "", "", "f4"), Channel("n", "", "", "u8")]
    write(tmp_path / "r.mf4", reals, 25_000)
    assert CliRunner().invoke(app, ["csv", str(tmp_path / "r.mf4"), str(tmp_path / "r.csv")]).exit_code == 0
    with open(tmp_path / "r.csv", newline="") as file:
        names, *lines = csv.reader(file)
    recording = read(tmp_path / "r.mf4")
    assert names == ["t", "a", "b,c", "n"]
    assert [round(float(line[0]) * 1e9) for line in lines] == recording.t.tolist()
    for i, kind in ((1, recording["a"].dtype), (2, recording["b,c"].dtype)):
        values = recording[names[i]]
        assert all(kind.type(line[i]) == v or math.isnan(v) for line, v in zip(lines, values, strict=True))
    assert [int(line[3]) for line in lines] == recording["n"].tolist()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.csv", "r.mf4"]


def test_text_and_short_times_are_plain(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", [Channel("s", "", "", "S4"), Channel("b", "", "", "b1")]) as writer:
        rows = random_rows(writer.dtype, 2)
        rows["s"], rows["b"] = [b"a\xe9", b"x,y"], [1, 0]
        writer.append(rows)
    CliRunner().invoke(app, ["csv", str(tmp_path / "r.mf4"), str(tmp_path / "r.csv")])
    assert (tmp_path / "r.csv").read_bytes() == 't,s,b\r\n0.0,aé,1\r\n0.01,"x,y",0\r\n'.encode()


def test_show_tells_channels_span_and_digest(tmp_path: Path) -> None:
    write(tmp_path / "r.mf4", TANK, 100, {"rig": "tank"})
    result = CliRunner().invoke(app, ["show", str(tmp_path / "r.mf4")])
    lines = result.stdout.splitlines()
    assert lines[0] == f"{tmp_path / 'r.mf4'}: 100 rows of 5 channels, 0 s to 0.99 s, finished"
    assert lines[1] == "sha256 " + read(tmp_path / "r.mf4").digest
    assert lines[2:4] == ["rig = tank", "  tank.level  f8   m        level of the tank"]
    assert lines[5] == "  plc.step    i2   -        step of the sequencer"


def test_show_says_that_a_record_is_unfinished(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", []):
        result = CliRunner().invoke(app, ["show", str(tmp_path / "r.mf4")])
    assert "0 rows of 0 channels, nothing, unfinished: the run ended before it" in result.stdout


def test_a_missing_record_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["show", str(tmp_path / "none.mf4")])
    assert isinstance(result.exception, InputError)
    write(tmp_path / "r.mf4", TANK, 1)
    result = CliRunner().invoke(app, ["csv", str(tmp_path / "r.mf4"), str(tmp_path / "none" / "r.csv")])
    with pytest.raises(RunError, match=r"cannot write .*r\.csv: No such file or directory; make room or choose"):
        raise result.exception or AssertionError


def test_a_table_never_takes_the_place_of_its_record_or_of_a_device(tmp_path: Path) -> None:
    write(tmp_path / "r.mf4", TANK[:1], 10)
    kept = (tmp_path / "r.mf4").read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "r.mf4")
    for name in ("r.mf4", "link"):
        done = CliRunner().invoke(app, ["csv", str(tmp_path / "r.mf4"), str(tmp_path / name)])
        assert isinstance(done.exception, InputError)
        assert "is the record itself" in str(done.exception)
    done = CliRunner().invoke(app, ["csv", str(tmp_path / "r.mf4"), "-"])
    assert len(done.stdout.splitlines()) == 11
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert CliRunner().invoke(app, ["csv", str(tmp_path / "r.mf4"), str(tmp_path / "pipe")]).exit_code == 0
    assert os.read(reader, 100_000).decode().split() == done.stdout.split()
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "r.mf4").read_bytes() == kept
