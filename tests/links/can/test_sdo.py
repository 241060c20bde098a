"""SDO: both ends against each other, against bytes of CiA 301's figures, and against the library canopen."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.links.can.sdo import (
    ABSENT,
    LENGTH,
    MEMORY,
    TEXTS,
    TOGGLE,
    TOO_LONG,
    UNKNOWN,
    Abort,
    Download,
    Server,
    Upload,
    abort,
)


class Objects:
    """A store with a few objects; 2001h can only be read."""

    def __init__(self, **values: bytes) -> None:
        self.values = {(0x2000, 0): b"", **{(int(k[1:], 16), 0): v for k, v in values.items()}}

    def read(self, index: int, sub: int) -> bytes:
        if (index, sub) not in self.values:
            raise Abort(ABSENT)
        return self.values[index, sub]

    def write(self, index: int, sub: int, value: bytes) -> None:
        if index == 0x2001:
            raise Abort(0x0601_0002)
        self.values[index, sub] = value


def run(transfer: Upload | Download, server: Callable[[bytes], bytes | None]) -> bytes:
    request: bytes | None = transfer.start()
    while request is not None:
        answer = server(request)
        assert answer is not None
        assert len(request) == 8
        request = transfer.answer(answer)
    return transfer.value


@given(st.binary(max_size=100))
def test_what_was_written_is_read_again(value: bytes) -> None:
    server = Server(Objects())
    run(Download(0x2000, 0, value), server.seen)
    assert run(Upload(0x2000, 0), server.seen) == value


def test_the_bytes_are_those_of_the_figures() -> None:
    assert Upload(0x1018, 1).start() == bytes.fromhex("40 18 10 01 00 00 00 00")
    assert Download(0x1017, 0, b"\x0a\x00").start() == bytes.fromhex("2b 17 10 00 0a 00 00 00")
    assert Download(0x1008, 0, bytes(10)).start() == bytes.fromhex("21 08 10 00 0a 00 00 00")
    assert Server(Objects(o2001=b"\x05")).seen(Upload(0x2001, 0).start()) == bytes.fromhex("4f 01 20 00 05 00 00 00")
    assert abort(0x2000, 1, 0x06020000) == bytes.fromhex("80 00 20 01 00 00 02 06")


@pytest.mark.parametrize(
    ("transfer", "says"),
    [
        (Upload(0x3000, 0), r"there is no such object \(abort 06020000h\)"),
        (Download(0x2001, 0, b"\1"), r"the object can only be read \(abort 06010002h\)"),
    ],
)
def test_what_the_server_refuses_is_said_in_words(transfer: Upload | Download, says: str) -> None:
    with pytest.raises(Abort, match=says) as error:
        run(transfer, Server(Objects()).seen)
    assert not error.value.own


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (["60 00 20 00 00 00 00 00"], UNKNOWN),
        (["41 00 20 00 ff ff ff 7f"], MEMORY),
        (["41 00 20 00 08 00 00 00", "10 00 00 00 00 00 00 00"], TOGGLE),
        (["41 00 20 00 08 00 00 00", "01 00 00 00 00 00 00 00"], LENGTH),
        (["41 00 20 00"], UNKNOWN),
        (["43 01 20 00 00 00 00 00"], 0x0800_0000),
    ],
)
def test_a_server_that_does_not_keep_to_the_protocol_is_left(answers: list[str], code: int) -> None:
    said = iter(answers)
    with pytest.raises(Abort) as error:
        run(Upload(0x2000, 0), lambda _: bytes.fromhex(next(said)))
    assert (error.value.code, error.value.own) == (code, True)


def test_more_than_was_announced_is_refused() -> None:
    server = Server(Objects())
    server.seen(bytes.fromhex("21 00 20 00 03 00 00 00"))
    assert server.seen(bytes.fromhex("00 01 02 03 04 05 06 07")) == abort(0x2000, 0, TOO_LONG)


def test_every_code_has_words_of_its_own() -> None:
    assert len(set(TEXTS.values())) == len(TEXTS)
    assert str(Abort(0x12345678)) == "for a reason of its own (abort 12345678h)"
