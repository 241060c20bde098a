"""slcan: lines of the adapter's manual and of Linux' driver, and every frame there and back."""

import can
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.links.can.frame import FD_LENGTHS, CodecError, Errors, Frame, error_frame, errors_of
from hil.links.can.slcan import Answer, Reader, Unreadable, encode, encode_errors


def read(text: bytes) -> list[object]:
    return list(Reader().feed(text))


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        (b"t1230\r", Frame(0x123)),
        (b"t4563112233\r", Frame(0x456, b"\x11\x22\x33")),
        (b"T12ABCDEF2AA55\r", Frame(0x12ABCDEF, b"\xaa\x55", extended=True)),
        (b"r1232\r", Frame(0x123, remote=True, length=2)),
        (b"d1239" + b"0F" * 12 + b"\r", Frame(0x123, b"\x0f" * 12, fd=True)),
        (b"B000000100\r", Frame(0x10, fd=True, switch=True, extended=True)),
    ],
)
def test_a_line_is_a_frame(line: bytes, frame: Frame) -> None:
    assert read(line) == [frame]


def test_a_time_stamp_behind_the_data_is_read_over() -> None:
    assert read(b"t1231AA1F3C\r") == [Frame(0x123, b"\xaa")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"sb256256\r", Errors("off", 256, 256)),
        (b"sa057033\r", Errors("active", 57, 33)),
        (b"sp128000\r", Errors("passive", 128, 0)),
        (b"e1a\r", Errors("active", kinds=("no acknowledge",))),
        (b"e3bcO\r", Errors("active", kinds=("bit 0", "checksum", "transmit overrun"))),
    ],
)
def test_the_state_of_the_bus_is_read(line: bytes, told: Errors) -> None:
    assert read(line) == [told]


def test_answers_and_refusals_are_no_frames() -> None:
    assert read(b"\r\aV1013\rz\r") == [Answer(True), Answer(False), Answer(True, "V1013"), Answer(True, "z")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"t12\r", "'12' is no number of 3 hexadecimal digits"),
        (b"t1239" + b"00" * 9 + b"\r", "a classical frame has at most 8 bytes, not 9"),
        (b"t9990\r", "identifier 999 has more than 11 bits"),
        (b"t1232AA\r", "2 bytes are announced, 2 digits follow"),
        (b"t1231GG\r", "'GG' is no number of 2 hexadecimal digits"),
        (b"sb2562x6\r", "'2x6' is no number"),
        (b"T" + b"0" * 200 + b"\r", "it is longer than the 142 characters that any line of slcan has"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_and_the_next_is_read(line: bytes, reason: str) -> None:
    wrong, next_ = read(line + b"t1230\r")
    assert isinstance(wrong, Unreadable)
    assert wrong.reason == reason
    assert next_ == Frame(0x123)


frames = st.builds(
    lambda number, data, extended, fd: Frame(
        number if extended else number & 0x7FF, data[: max(n for n in FD_LENGTHS if n <= len(data))], extended, fd
    ),
    st.integers(0, 0x1FFF_FFFF), st.binary(max_size=8), st.booleans(), st.booleans(),
)  # fmt: skip


@given(st.lists(frames, max_size=6), st.integers(1, 20))
def test_frames_come_back_however_their_text_is_cut(sent: list[Frame], piece: int) -> None:
    text, reader = b"".join(encode(one) for one in sent), Reader()
    pieces = [text[at : at + piece] for at in range(0, len(text), piece)]
    assert [event for one in pieces for event in reader.feed(one)] == sent


def test_a_frame_that_no_line_can_hold_is_refused() -> None:
    with pytest.raises(CodecError, match="no CAN frame has 9 bytes and the identifier 123"):
        encode(Frame(0x123, bytes(9)))


@pytest.mark.parametrize("told", [Errors("off", 0, 0), Errors("passive", 3, 130), Errors("active", 0, 0)])
def test_the_state_goes_through_an_error_frame_and_through_a_line(told: Errors) -> None:
    assert errors_of(*error_frame(told)) == told
    assert read(encode_errors(told)) == [told]


def test_python_can_takes_error_frames_as_they_are() -> None:
    identifier, data = error_frame(Errors("off"))
    sent = can.Message(arbitration_id=identifier, data=data, is_error_frame=True, is_extended_id=False, check=True)
    assert errors_of(sent.arbitration_id, bytes(sent.data)).state == "off"
