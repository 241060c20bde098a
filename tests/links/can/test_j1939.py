"""J1939: published encodings, identifiers, quality, trouble codes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.links.can.frame import CodecError
from hil.links.can.j1939 import (
    CCVS1,
    EBC1,
    EEC1,
    ETC1,
    MESSAGES,
    TSC1,
    XBR,
    Dm1,
    Identifier,
    Name,
    Trouble,
    decode_dm1,
    encode_dm1,
    identifier_of,
    name_of,
    pack,
    quality,
    unpack,
)  # fmt: skip
from hil.links.can.signals import Message

NOT_AVAILABLE = b"\xff" * 8


def test_1500_rpm_are_2ee0_and_36_km_h_are_2400() -> None:
    assert EEC1.encode({"EngSpeed": 1500})[3:5] == b"\xe0\x2e"
    assert CCVS1.encode({"WheelBasedVehicleSpeed": 36})[1:3] == b"\x00\x24"


def test_the_identifier_of_eec1_from_address_254_is_0cf004fe() -> None:
    assert EEC1.identifier == 0x0CF004FE
    assert unpack(0x0CF004FE) == Identifier(3, 61444, 254)
    assert identifier_of(XBR, 0x2A, 0x0B) == 0x0C040B2A  # to the brakes at 11


@given(st.integers(0, 7), st.integers(0, 0x3FFFF), st.integers(0, 255), st.integers(0, 255))
def test_identifiers_come_back(priority: int, pgn: int, source: int, destination: int) -> None:
    to_one = (pgn >> 8 & 0xFF) < 240
    one = Identifier(priority, pgn & 0x3FF00 if to_one else pgn, source, destination if to_one else 255)
    assert unpack(pack(one)) == one


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (Identifier(3, 61444, 0, 12), "PGN 61444 is sent to all and to no address 12"),
        (Identifier(3, 1025, 0), "PGN 1025 is sent to an address, so its low byte is 0 and not 1"),
        (Identifier(8, 0, 0), "no J1939 identifier has priority 8"),
    ],
)
def test_an_identifier_that_is_none_is_refused(one: Identifier, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        pack(one)


@pytest.mark.parametrize("message", [EEC1, CCVS1, ETC1, EBC1, TSC1, XBR])
def test_all_ones_are_not_available(message: object) -> None:
    assert all(quality(one, raw) == "none" for one, raw in MESSAGES[61444].raw(NOT_AVAILABLE))
    assert isinstance(message, type(EEC1))
    assert message.encode({}) == NOT_AVAILABLE
    assert message.encode(dict.fromkeys(message.fields, math.nan)) == NOT_AVAILABLE


@pytest.mark.parametrize("message", [EEC1, CCVS1, ETC1, EBC1, TSC1, XBR], ids=lambda one: one.name)
def test_a_value_beyond_what_can_be_said_is_the_nearest_and_never_an_error(message: Message) -> None:
    data = message.encode(dict.fromkeys(message.fields, 1e9))
    assert all(quality(one, raw) == "good" for one, raw in message.raw(data))
    assert CCVS1.decode(CCVS1.encode({"WheelBasedVehicleSpeed": 1e9}))["WheelBasedVehicleSpeed"] == 0xFAFF / 256


def test_the_sender_can_say_that_a_value_is_wrong() -> None:
    speed, torque = EEC1.fields["EngSpeed"], EEC1.fields["ActualEngPercentTorque"]
    assert [quality(speed, raw) for raw in (0xFAFF, 0xFE00, 0xFEFF, 0xFF00)] == ["good", "error", "error", "none"]
    assert [quality(torque, raw) for raw in (250, 254, 255)] == ["good", "error", "none"]
    assert [quality(EBC1.fields["AbsActive"], raw) for raw in range(4)] == ["good", "good", "error", "none"]


def test_the_zero_of_an_acceleration_demand_lies_at_32127() -> None:
    data = XBR.encode({"ExternalAccelerationDemand": 0})
    (demand,) = [raw for one, raw in XBR.raw(data) if one.name == "ExternalAccelerationDemand"]
    assert demand == round(15.687 * 2048) == 32127
    assert XBR.decode(XBR.encode({"ExternalAccelerationDemand": -3}))["ExternalAccelerationDemand"] == pytest.approx(
        -3, abs=1 / 4096
    )


def test_a_torque_is_offset_by_125_percent() -> None:
    assert TSC1.encode({"RequestedTorque": 100})[3] == 225
    assert EEC1.encode({"ActualEngPercentTorque": -125})[2] == 0


@given(st.builds(Name, *(st.integers(0, 2**bits - 1) for bits in (21, 11, 3, 5, 8, 7, 4, 3, 1))))
def test_names_come_back(name: Name) -> None:
    assert name_of(name.pack()) == name


def test_a_smaller_name_has_the_smaller_number() -> None:
    first, second = Name(identity=2**21 - 1), Name(manufacturer=1)
    assert int.from_bytes(first.pack(), "little") < int.from_bytes(second.pack(), "little")


troubles = st.builds(Trouble, st.integers(1, 2**19 - 2), st.integers(0, 31), st.integers(0, 127))


@given(st.lists(troubles, max_size=20), st.integers(0, 3), st.integers(0, 3))
def test_trouble_codes_come_back(codes: list[Trouble], amber: int, red: int) -> None:
    one = Dm1(3, amber, red, 0, tuple(codes))
    assert decode_dm1(encode_dm1(one)) == one


def test_no_trouble_is_eight_bytes_with_a_code_of_zeros() -> None:
    assert encode_dm1(Dm1()) == b"\x00\xff\x00\x00\x00\x00\xff\xff"
    assert decode_dm1(b"\x00\xff\x00\x00\x00\x00\xff\xff") == Dm1()


def test_the_high_bits_of_a_suspect_parameter_lie_above_the_failure_mode() -> None:
    one = Trouble(0x7_1234, 0x1F, 1)
    assert encode_dm1(Dm1(troubles=(one,)))[2:6] == b"\x34\x12\xff\x01"


def test_codes_in_part_are_refused() -> None:
    with pytest.raises(CodecError, match="DM1 has 2 bytes and 4 for each code, 9 came"):
        decode_dm1(bytes(9))
