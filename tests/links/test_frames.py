"""Frames of a rig's own: published CRCs, the stuffing's invariant, scaling, and whatever else may come in."""

from random import Random

import pytest

from hil.errors import InputError
from hil.links.codecs.frames import Crc, Field, Format, Frames, Framing, stuffed, unstuffed

FIELDS = [Field("T", "i2", 0.1, -273.15), Field("on", "b1"), Field("flow", "f4"), Field("count", "u4")]
FORMS: list[tuple[Framing, Crc]] = [
    ("cobs", "crc16-modbus"), ("cobs", "crc32"), ("length", "crc16-ccitt"), ("length", "crc32"), ("cobs", "none"),
]  # fmt: skip


@pytest.mark.parametrize(("crc", "check"), [("crc16-modbus", 0x4B37), ("crc16-ccitt", 0x29B1), ("crc32", 0xCBF43926)])
def test_crcs_have_the_check_values_of_the_catalogue(crc: Crc, check: int) -> None:
    form = Format([Field(str(k), "u1") for k in range(9)], "cobs", crc, order="big")
    plain = unstuffed(form.encode(b"123456789")[:-1])
    assert plain is not None
    assert int.from_bytes(plain[9:], "big") == check


def test_stuffing_leaves_no_zero_and_comes_back() -> None:
    random = Random(1)
    for size in [0, 1, 253, 254, 255, 508, 509, *(random.randrange(600) for _ in range(100))]:
        data = bytes(random.choice((0, 1, 255)) for _ in range(size))
        assert 0 not in stuffed(data)
        assert unstuffed(stuffed(data)) == data
    assert stuffed(bytes.fromhex("11220033")).hex() == "0311220233"
    assert unstuffed(b"\x05ab") is None


@pytest.mark.parametrize(("framing", "crc"), FORMS)
def test_values_come_back_scaled_behind_noise_and_in_pieces(framing: Framing, crc: Crc) -> None:
    form = Format(FIELDS, framing, crc, sequence=True)
    frames, sent = Frames(form), form.encode([25.04, 1, 1.5, 7], 300)
    noise = b"" if crc == "none" else b"\xa5\x03junk\x00"
    came = [found for byte in noise + sent + sent for found in frames.feed(bytes([byte]))]
    assert [number for number, _ in came] == [44, 44]
    temperature, *others = came[0][1]
    assert temperature == pytest.approx(25.04, abs=0.05)
    assert others == [True, 1.5, 7]


def test_what_does_not_fit_is_rounded_and_saturated() -> None:
    form = Format([Field("a", "i1", 0.5), Field("b", "u1"), Field("c", "u1")], crc="none")
    plain = unstuffed(form.encode([1e9, -3.7, float("nan")])[:-1])
    assert plain == bytes([127, 0, 0])


def test_a_frame_that_cannot_be_is_said() -> None:
    with pytest.raises(InputError, match="field a: no kind 'S4'; there are u1, b1"):
        Format([Field("a", "S4")])
    with pytest.raises(InputError, match="field a: a scale of 0 carries nothing"):
        Format([Field("a", "i2", 0.0)])
    with pytest.raises(InputError, match="a frame of 322 bytes is too long; 255 is the most, with the CRC"):
        Format([Field(str(k), "f8") for k in range(40)])
