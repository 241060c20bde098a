"""A record that was cut, mixed up or never one: every whole row, or one clear error."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.errors import InputError
from hil.record import Writer, digest, read
from tests.record.samples import QUICK, TANK, random_rows, write


def unfinished(path: Path, count: int) -> bytes:
    """The bytes of a record whose writer was never closed."""
    with Writer(path, TANK, {"rig": "tank"}) as writer:
        writer.append(random_rows(writer.dtype, count))
        return path.read_bytes()


def reread(data: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.mf4"
        path.write_bytes(data)
        try:
            return read(path)
        except InputError as error:
            return error


@QUICK
@given(st.data())
def test_an_unfinished_record_cut_anywhere_reads_to_its_last_whole_row(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.mf4"
        whole = unfinished(path, 30)
        width = random_rows(read(path).rows.dtype, 1).nbytes
        head = len(whole) - 30 * width
        cut = data.draw(st.integers(head, len(whole)))
        (Path(folder) / "cut.mf4").write_bytes(whole[:cut])
        recording = read(Path(folder) / "cut.mf4")
    assert len(recording.rows) == (cut - head) // width
    assert recording.rows.tobytes() == whole[head : head + len(recording.rows) * width]
    assert not recording.finished
    assert recording.metadata == {"rig": "tank"}


@QUICK
@given(st.data())
def test_a_finished_record_cut_anywhere_is_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = write(Path(folder) / "r.mf4", TANK, 30)
    error = reread(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert isinstance(error, InputError)


@QUICK
@given(st.binary(max_size=300))
def test_garbage_is_refused(data: bytes) -> None:
    assert isinstance(reread(data), InputError)


@QUICK
@given(st.booleans(), st.data())
def test_a_record_with_wrong_bytes_is_refused_or_read(finished: bool, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.mf4"
        whole = bytearray(write(path, TANK, 4) if finished else unfinished(path, 4))
    spots = st.tuples(st.integers(64, len(whole) - 1), st.sampled_from([0, 1, 8, 64, 127, 128, 255]))
    for place, value in data.draw(st.lists(spots, min_size=1, max_size=4)):
        whole[place] = value
    reread(bytes(whole))


WHAT = [
    (0, b"MDF3    ", "expected the mark 'MDF' without, or 'UnFinMF' with, the unfinalized flags 0b101"),
    (16, b"Somebody", "expected MDF 4.10 written by 'hilbench' at byte 8"),
    (64, b"##DG", "expected a ##HD block with 6 links at byte 64"),
    (72, b"\xff" * 8, "expected a ##HD block at byte 64 that ends within the file"),
    (72, b"\x60", "expected 80 bytes in the ##HD block at byte 64"),
    (88, b"\xff" * 8, "expected a ##DG block at byte 18446744073709551615"),
]


@pytest.mark.parametrize(("place", "new", "text"), WHAT)
def test_the_error_says_what_was_expected_and_the_cure(tmp_path: Path, place: int, new: bytes, text: str) -> None:
    whole = bytearray(write(tmp_path / "r.mf4", TANK, 4))
    whole[place : place + len(new)] = new
    error = str(reread(bytes(whole)))
    assert re.search("r.mf4 is not a whole record of this bench: " + re.escape(text), error)
    assert error.endswith("; take the file the run wrote, or open a foreign one with an MDF tool")


def test_a_ring_of_channels_is_refused(tmp_path: Path) -> None:
    whole = bytearray(write(tmp_path / "r.mf4", TANK, 0))
    at = whole.index(b"##CN")  # the last channel comes first in the file
    whole[at + 24 : at + 32] = at.to_bytes(8, "little")
    assert f"expected a chain of channels, not a ring through byte {at}" in str(reread(bytes(whole)))


def test_a_comment_with_declarations_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "r.mf4", TANK, 0, {"a": "b"}).replace(b"<HDcomment><TX>", b"<!DOCTYPE a [<!")
    assert "expected a comment without declarations" in str(reread(whole))


def test_a_broken_comment_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "r.mf4", TANK, 0, {"a": "b"}).replace(b"</TX><common", b"</TY><common")
    assert "expected XML at byte" in str(reread(whole))


def test_rows_that_were_added_to_a_finished_record_are_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "r.mf4", TANK, 4)
    assert "expected the 4 rows that were finalised" in str(reread(whole + whole[-31:]))


@pytest.mark.parametrize("ask", [read, digest])
def test_a_missing_file_is_named(tmp_path: Path, ask: object) -> None:
    with pytest.raises(InputError, match=r"cannot read .*none\.mf4: No such file or directory; check the path"):
        ask(tmp_path / "none.mf4")  # type: ignore[operator]
