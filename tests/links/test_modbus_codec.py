"""Modbus without I/O: the standard's own examples, orders of bytes, and whatever else may come in."""

import struct
from random import Random

import numpy as np
import pytest

from hil.errors import InputError
from hil.links.codecs.modbus import (
    Damaged,
    Refusal,
    RtuFrames,
    TcpFrames,
    content,
    crc16,
    mask_register,
    read_request,
    rtu_frame,
    tcp_frame,
    write_coils,
    write_registers,
)
from hil.links.codecs.registers import Order, Place, batches


def test_requests_are_those_of_the_standards_examples() -> None:
    """Application protocol V1.1b3, clauses 6.1, 6.3, 6.11, 6.12 and 6.16."""
    assert read_request("coil", 19, 19).hex(" ") == "01 00 13 00 13"
    assert read_request("holding register", 107, 3).hex(" ") == "03 00 6b 00 03"
    assert write_coils(19, [1, 0, 1, 1, 0, 0, 1, 1, 1, 0]).hex(" ") == "0f 00 13 00 0a 02 cd 01"
    assert write_registers(1, bytes.fromhex("000a0102")).hex(" ") == "10 00 01 00 02 04 00 0a 01 02"
    assert mask_register(4, 0xFF0D, 0x0025).hex(" ") == "16 00 04 00 f2 00 05"


def test_the_crc_of_a_line_is_that_of_its_catalogue_entry() -> None:
    """CRC-16/MODBUS of the nine digits is 0x4B37; a frame with its CRC behind it has the CRC 0."""
    assert crc16(b"123456789") == 0x4B37
    assert crc16(rtu_frame(17, b"\x03\x00\x6b\x00\x03")) == 0


def test_an_answer_is_its_content_a_refusal_or_damaged() -> None:
    request = read_request("holding register", 107, 3)
    assert content(request, bytes.fromhex("0306022b00000064")) == bytes.fromhex("022b00000064")
    with pytest.raises(Refusal, match=r"exception 2 \(illegal data address\)"):
        content(request, b"\x83\x02")
    for wrong in (b"", b"\x04\x02\x00\x00", b"\x03\x04\x00\x00\x00\x00", b"\x83"):
        with pytest.raises(Damaged):
            content(request, wrong)


@pytest.mark.parametrize("order", ["ABCD", "CDAB", "BADC", "DCBA"])
def test_the_order_names_the_bytes_as_they_stand_on_the_wire(order: Order) -> None:
    (batch,) = batches([Place("holding register", 0, "u4", order)], written=True)
    (request,) = batch.write([0x41424344])
    assert request[6:].decode() == order
    assert list(batch.values(request[6:])) == [0x41424344]


def test_neighbours_travel_together_and_no_request_asks_too_much() -> None:
    places = [Place("holding register", 2 * k, "f4") for k in range(100)] + [Place("coil", 7, "u1")]
    made = batches(places[::-1], written=False)
    assert [(one.table, one.address, one.count) for one in made] == [
        ("coil", 7, 1), ("holding register", 0, 124), ("holding register", 124, 76),
    ]  # fmt: skip
    assert sorted(k for one in made for k in one.which) == list(range(101))
    assert len(batches(places[:2] + places[3:5], written=True)) == 2


def test_bits_of_one_register_are_written_with_a_mask_and_read_with_one_request() -> None:
    places = [Place("holding register", 5, "u1", bit=3), Place("holding register", 5, "u1", bit=0)]
    (batch,) = batches(places, written=True)
    assert [one.hex(" ") for one in batch.write([1, 0])] == ["16 00 05 ff f6 00 01"]
    assert (batch.which, list(batch.values(b"\x00\x08"))) == ((1, 0), [0, 1])


def test_every_kind_comes_back_to_the_bit() -> None:
    kinds = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", "S5"]
    random = np.random.default_rng(1)
    for kind in kinds:
        dtype = np.dtype(kind)
        value = b"A\xe9c" if kind == "S5" else np.frombuffer(random.bytes(dtype.itemsize), dtype)[0].item()
        (batch,) = batches([Place("holding register", 0, kind, "DCBA")], written=True)
        (request,) = batch.write([value])
        assert np.array(batch.values(request[6:])[0], dtype).tobytes() == np.array(value, dtype).tobytes(), kind


def test_what_cannot_be_a_place_is_said() -> None:
    wrong = [Place("input register", 1, "f4"), Place("holding register", 65535, "f4"), Place("coil", 1, "u1")]
    with pytest.raises(InputError) as error:
        batches([*wrong, Place("holding register", 1, "V8")], written=True)
    assert error.value.faults == (
        "input register 1 can only be read; wire a coil or a holding register",
        "holding register 65535: addresses are 0 to 65535, counted as on the wire",
        "holding register 1: no kind 'V8' fits into registers; there are u1, b1, i1, u2, i2, u4, i4, u8, i8, f4, f8 "
        "and S",
    )


def test_frames_come_out_whole_however_the_bytes_come_in() -> None:
    random, pdus = Random(1), [read_request("coil", 0, 9), write_registers(7, b"abcd"), mask_register(1, 2, 3)]
    line = b"".join(rtu_frame(5, one) for one in pdus)
    stream = b"".join(tcp_frame(k, 5, one) for k, one in enumerate(pdus))
    for _ in range(50):
        cuts = sorted(random.sample(range(1, len(line)), 4))
        parts = [line[a:b] for a, b in zip([0, *cuts], [*cuts, len(line)], strict=True)]
        rtu, tcp = RtuFrames("request"), TcpFrames()
        assert [pdu for part in parts for _, pdu in rtu.feed(part)] == pdus
        pieces = [stream[k : k + cuts[0]] for k in range(0, len(stream), cuts[0])]
        assert [pdu for part in pieces for _, _, pdu in tcp.feed(part)] == pdus


def test_a_frame_is_found_behind_noise_and_an_unknown_function_ends_with_the_silence() -> None:
    frames, sound = RtuFrames("request"), rtu_frame(1, read_request("coil", 0, 1))
    assert [*frames.feed(b"\xff\x03" + sound + sound[:3])] == [(1, sound[1:-2])]
    assert (frames.damaged, frames.waiting) == (2, True)
    assert [*frames.silence()] == []
    assert [*frames.feed(rtu_frame(1, b"\x41hello"))] == []
    assert [*frames.silence()] == [(1, b"\x41hello")]


def test_what_is_no_modbus_ends_a_connection() -> None:
    with pytest.raises(Damaged, match="protocol 1 with a length of 2 is no Modbus"):
        list(TcpFrames().feed(struct.pack(">HHHBB", 1, 1, 2, 3, 4)))
