"""What the writer refuses, and what is left on the disk."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from hil.errors import InputError, RunError
from hil.record import Channel, Writer, read, row_dtype
from tests.record.samples import TANK, random_rows, write


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: the system's own refusal, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_keeps_every_whole_row(tmp_path: Path) -> None:
    rows = random_rows(row_dtype(TANK), 1000)
    size = len(write(tmp_path / "empty.mf4", TANK, 0)) + 500 * rows.dtype.itemsize + 3
    writer = Writer(tmp_path / "r.mf4", TANK)
    with disk_of(size), pytest.raises(RunError) as caught:
        writer.append(rows)
    text = f"cannot write record {tmp_path / 'r.mf4'}: File too large; its first 500 rows are kept and "
    assert str(caught.value) == text + "readable; make room or choose another folder"
    writer.append(rows[500:501])
    writer.close()
    assert read(tmp_path / "r.mf4").rows.tobytes() == rows[:501].tobytes()


def test_a_disk_that_cannot_hold_the_metadata_keeps_nothing(tmp_path: Path) -> None:
    with (
        disk_of(100),
        pytest.raises(RunError, match=r"cannot write record .*: File too large; nothing was kept;"),
    ):
        Writer(tmp_path / "r.mf4", TANK)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_not_touched(tmp_path: Path) -> None:
    before = write(tmp_path / "r.mf4", TANK, 5)
    with pytest.raises(InputError, match=r"record .*r\.mf4 exists and is never overwritten; remove it or name another"):
        Writer(tmp_path / "r.mf4", TANK)
    assert (tmp_path / "r.mf4").read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = r"cannot create record .*none/r\.mf4: No such file or directory; choose another folder"
    with pytest.raises(InputError, match=text):
        Writer(tmp_path / "none" / "r.mf4", TANK)


def test_every_fault_of_the_channels_is_told_at_once(tmp_path: Path) -> None:
    bad = [Channel("t", "", "", "f8"), Channel("a", "", "\x07", "f8"), Channel("b", "", "", "c16")]
    with pytest.raises(InputError) as caught:
        Writer(tmp_path / "r.mf4", bad)
    assert caught.value.faults == (
        "channel 't' cannot be recorded: the name is taken; give it another",
        "channel 'a': a control character in name, unit or words; take it out",
        "channel 'b' cannot be recorded as 'c16'; use one of f8 f4 i1 i2 i4 i8 u1 u2 u4 u8 b1 S<n>",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_fact_with_a_control_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fact 'rig' cannot be recorded: a control character"):
        Writer(tmp_path / "r.mf4", TANK, {"rig": "a\0b"})


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            [("t", "i8"), ("tank.level", "f8")],
            r"the rows differ in \['tank\.valve'\]; append rows of the writer",
        ),
        (
            [("t", "i8"), ("tank.level", "f8"), ("tank.valve", "f8")],
            r"the rows are .*; append rows of the writer",
        ),
    ],
)
def test_rows_of_other_channels_are_refused(tmp_path: Path, fields: list[tuple[str, str]], text: str) -> None:
    with Writer(tmp_path / "r.mf4", TANK[:2]) as writer, pytest.raises(InputError, match=text):
        writer.append(np.zeros(1, fields))


def test_time_that_runs_backwards_is_refused(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", TANK) as writer:
        rows = random_rows(writer.dtype, 4)
        writer.append(rows[2:])
        with pytest.raises(RunError, match="backwards in or before 10000000 ns; append rows in order"):
            writer.append(rows[:2])
    assert len(read(tmp_path / "r.mf4").rows) == 2


def test_a_run_that_breaks_leaves_a_finished_record(tmp_path: Path) -> None:
    def run() -> None:
        with Writer(tmp_path / "r.mf4", TANK) as writer:
            writer.append(random_rows(writer.dtype, 4))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert (read(tmp_path / "r.mf4").finished, len(read(tmp_path / "r.mf4").rows)) == (True, 4)
