"""DBC: our compiled layouts against cantools' own coding, on every message of the test file."""

from pathlib import Path

import pytest
from cantools.database import Database
from cantools.database.errors import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from hil.errors import InputError
from hil.links.can.database import parse_dbc, read_dbc
from hil.links.can.frame import CodecError
from hil.links.can.signals import Field, Message, flat
from tests.links.can._dbc import DRIVE, HEAD

OURS, THEIRS = parse_dbc(DRIVE, "drive.dbc"), Database()
THEIRS.add_dbc_string(DRIVE)


@given(st.sampled_from(sorted(OURS.messages)), st.binary(min_size=64, max_size=64))
def test_bytes_say_what_cantools_reads_in_them(name: str, data: bytes) -> None:
    message, theirs = OURS.messages[name], THEIRS.get_message_by_name(name)
    data = data[: message.size]
    try:
        expected = theirs.decode(data, decode_choices=False)
    except DecodeError:  # a multiplexer that chooses nothing: the signals beside it are read
        assert len(message.decode(data)) < len(message.fields)
        return
    assert isinstance(expected, dict)
    found = message.decode(data)
    assert set(found) == set(expected)
    assert all(found[one] == pytest.approx(expected[one], rel=1e-12, nan_ok=True) for one in found)


@given(st.floats(-300, 300), st.floats(-4000, 4000), st.floats(-(2**99), 2**99, width=32))
def test_values_become_the_bytes_that_cantools_makes(current: float, speed: float, voltage: float) -> None:
    values = {"Current": current, "Speed": speed, "Voltage": voltage}
    assert OURS.message("Feedback").encode(values) == THEIRS.encode_message("Feedback", values)


def test_a_value_that_does_not_fit_takes_the_nearest_that_does() -> None:
    feedback = OURS.message("Feedback")
    assert feedback.decode(feedback.encode({"Speed": 1e9}))["Speed"] == 4095.875
    assert feedback.decode(feedback.encode({"Speed": -1e9}))["Speed"] == -4096
    assert feedback.decode(feedback.encode({"Voltage": 1e60}))["Voltage"] == pytest.approx(3.4028235e38)


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(CodecError, match="Speed = nan has no bits of a whole number"):
        OURS.message("Feedback").encode({"Speed": float("nan")})


def test_pages_send_every_signal_of_a_multiplexed_message() -> None:
    nested = OURS.message("Nested")
    assert nested.pages == ({"Outer": 0}, {"Outer": 1, "Inner": 2}, {"Outer": 1, "Inner": 3})
    values = {"X": 7, "Y": -5, "Z": 0x1234}
    seen: dict[str, float] = {}
    for page in nested.pages:
        seen |= nested.decode(nested.encode(values, page))
    assert {name: seen[name] for name in values} == values


def test_a_multiplexer_that_chooses_nothing_is_refused() -> None:
    with pytest.raises(CodecError, match="message Many: Kind = 9 chooses no signals; it has 0, 1"):
        OURS.message("Many").encode({"Kind": 9})


def test_periods_identifiers_and_formats_come_from_the_file() -> None:
    feedback, nested, wide = (OURS.message(one) for one in ("Feedback", "Nested", "Wide"))
    assert feedback.period == 10_000_000
    assert (nested.identifier, nested.extended) == (0x300, True)
    assert (wide.size, wide.fd) == (64, True)


def test_a_message_that_is_not_there_names_the_near_ones() -> None:
    with pytest.raises(InputError, match="has no message 'Fedback'; did you mean 'Feedback'"):
        OURS.message("Fedback")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("BO_ nonsense", "x.dbc: not a DBC file that can be used: Invalid syntax at line 1"),
        (HEAD + 'BO_ 1 A: 1 PLC\n SG_ S : 4|8@1+ (1,0) [0|0] "" PLC\n', "does not fit"),
        (HEAD + "BO_ 1 A: 1 PLC\n\nBO_ 2 A: 1 PLC\n", "message A is there twice, as 0x1 and as 0x2; rename one"),
        (HEAD + 'BO_ 1 A: 1 PLC\n SG_ S : 0|8@1+ (0,0) [0|0] "" PLC\n', "signal S of message A has the scale 0"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_kind_of_error(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_dbc(text, "x.dbc")


def test_a_message_that_cannot_be_used_is_refused_when_it_is_asked_for() -> None:
    over = 'BO_ 1 A: 1 PLC\n SG_ S : 0|5@1+ (1,0) [0|0] "" PLC\n SG_ T : 4|4@1+ (1,0) [0|0] "" PLC\n\n'
    read = parse_dbc(HEAD + over + 'BO_ 2 B: 1 PLC\n SG_ S : 0|8@1+ (1,0) [0|0] "" PLC\n', "x.dbc")
    assert read.message("B").identifier == 2
    with pytest.raises(InputError, match=r"x.dbc: message A: .*signals T and S are overlapping"):
        read.message("A")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the DBC file .*gone.dbc: No such file"):
        read_dbc(tmp_path / "gone.dbc")


def test_filler_is_what_no_signal_uses() -> None:
    message = Message("M", 1, 2, flat([Field("a", 0, 4), Field("b", 15, 4, big=True)]), filler=1)
    assert message.encode({"a": 0, "b": 0}) == b"\xf0\x0f"
