"""What is appended reads back, to the bit."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.errors import InputError
from hil.record import Channel, Recording, Writer, digest, read, row_dtype
from tests.record.samples import QUICK, TANK, TEXT, channels, random_rows, write


def stored(channel: Channel) -> Channel:
    kind = "u1" if channel.kind == "b1" else channel.kind
    return Channel(channel.name, channel.unit, channel.words, kind)


@QUICK
@given(channels(), st.integers(0, 20), st.dictionaries(TEXT, TEXT, max_size=3))
def test_random_channels_rows_and_facts_come_back(chosen: list[Channel], count: int, facts: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.mf4"
        write(path, chosen, count, facts)
        recording = read(path)
    rows = random_rows(row_dtype(chosen), count)
    assert recording.channels == tuple(map(stored, chosen))
    assert recording.metadata == facts
    assert recording.finished
    assert recording.rows.tobytes() == rows.tobytes()
    assert recording.t.tolist() == rows["t"].tolist()
    for channel in chosen:
        assert recording[channel.name].tobytes() == rows[channel.name].tobytes()


def test_equal_rows_give_equal_bytes_however_they_were_cut_into_blocks(tmp_path: Path) -> None:
    rows = random_rows(row_dtype(TANK), 100)
    whole = write(tmp_path / "whole.mf4", TANK, 100, {"seed": "1", "rig": "tank"})
    with Writer(tmp_path / "parts.mf4", TANK, {"rig": "tank", "seed": "1"}) as writer:
        for part in (rows[:1], rows[1:1], rows[1:64], rows[64:]):
            writer.append(part)
    assert (tmp_path / "parts.mf4").read_bytes() == whole


def test_rows_of_an_aligned_layout_are_packed(tmp_path: Path) -> None:
    fields = [("t", "i8"), ("tank.level", "f8"), ("tank.valve", "f4"), ("plc.step", "i2"), ("plc.alarm", "?")]
    rows = np.zeros(3, np.dtype([*fields, ("plc.text", "S8")], align=True))
    rows["plc.alarm"] = [False, True, False]
    rows["t"] = [0, 5, 5]
    with Writer(tmp_path / "r.mf4", TANK) as writer:
        assert rows.dtype.itemsize > writer.dtype.itemsize
        writer.append(rows)
    assert read(tmp_path / "r.mf4")["plc.alarm"].tolist() == [0, 1, 0]
    assert read(tmp_path / "r.mf4").t.tolist() == [0, 5, 5]


def test_one_record_of_shape_one_is_one_row(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", TANK) as writer:
        writer.append(random_rows(writer.dtype, 1)[0])
    assert len(read(tmp_path / "r.mf4").rows) == 1


def test_an_appended_row_is_in_the_file_before_close(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", TANK) as writer:
        writer.append(random_rows(writer.dtype, 7))
        open_file = read(tmp_path / "r.mf4")
        assert (len(open_file.rows), open_file.finished) == (7, False)


def test_close_twice_is_close_once(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "r.mf4", TANK)
    writer.close()
    writer.close()
    assert len(read(tmp_path / "r.mf4").rows) == 0


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    assert digest(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    write(tmp_path / "r.mf4", TANK, 3)
    assert read(tmp_path / "r.mf4").digest == digest(tmp_path / "r.mf4")


def test_a_channel_that_is_not_there_names_the_near_one(tmp_path: Path) -> None:
    write(tmp_path / "r.mf4", TANK, 3)
    recording: Recording = read(tmp_path / "r.mf4")
    with pytest.raises(InputError, match=r"no channel 'plc\.alamr' in .*r\.mf4; did you mean 'plc\.alarm'\?"):
        recording["plc.alamr"]
