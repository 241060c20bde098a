"""The bus: frames through real interfaces, a scheduler that keeps its periods, errors that end no thread."""

import os
import pty
import socket
import threading
import tty
from collections.abc import Callable
from contextlib import closing
from time import monotonic, monotonic_ns

import pytest

from hil.errors import InputError
from hil.links import LinkError
from hil.links.can.bus import Bus
from hil.links.can.frame import Errors, Frame
from hil.links.can.ports import Address, address_of
from hil.links.can.slcan import Reader, encode, encode_errors
from tests.links.can._bus import Heard, inject, until, whole_bus

MILLISECOND = 1_000_000


@pytest.fixture
def bus() -> Address:
    return whole_bus()


def test_a_frame_goes_through_udp_multicast_on_the_loopback(bus: Address) -> None:
    heard = Heard()
    with closing(Bus(bus, heard.frame)), closing(Bus(bus, lambda *_: None)) as other:
        sent = [Frame(0x123, b"\1\2"), Frame(0x12345678, b"", extended=True), Frame(0x7, bytes(64), fd=True)]
        for one in sent:
            other.send(one)
        until(lambda: len(heard.frames) == 3)
    assert heard.frames == sent


def test_the_scheduler_sends_each_message_at_its_period_in_one_thread(bus: Address) -> None:
    heard = Heard()
    before = threading.active_count()
    with closing(Bus(bus, heard.frame)), closing(Bus(bus, lambda *_: None)) as other:
        for k in range(20):
            other.every(f"m{k}", (Frame(k),), 10 * MILLISECOND)
        assert threading.active_count() == before + 3  # two that receive, one that sends
        until(lambda: sum(one.identifier == 19 for one in heard.frames) >= 30)
    late = other.counters["late"]
    counts = [sum(one.identifier == k for one in heard.frames) for k in range(20)]
    assert max(counts) - min(counts) <= 2 + late


def test_a_message_that_is_sent_on_change_keeps_its_gap(bus: Address) -> None:
    heard = Heard()
    with closing(Bus(bus, heard.frame)), closing(Bus(bus, lambda *_: None)) as other:
        for k in range(50):
            other.every("m", (Frame(1, bytes((k,))),), 0, gap=20 * MILLISECOND)
        until(lambda: heard.frames[-1:] == [Frame(1, b"\x31")])
        other.every("m", (Frame(1, b"\x31"),), 0, gap=20 * MILLISECOND)
    assert len(heard.frames) <= 3


@pytest.mark.parametrize("state", ["off", "passive"])
def test_a_state_that_an_error_frame_tells_is_reported_within_100_ms(bus: Address, state: str) -> None:
    told: list[tuple[str, int]] = []
    with closing(
        Bus(bus, lambda *_: None, restart=None, told=lambda one: told.append((one.state, monotonic_ns())))
    ) as ours:
        began = monotonic_ns()
        inject(bus, Errors(state))  # type: ignore[arg-type]
        until(lambda: bool(told))
        assert [one for one, _ in told] == [state]
        assert told[0][1] - began < 100 * MILLISECOND
        if state == "off":
            with pytest.raises(LinkError, match="bus-off, nothing can be sent"):
                ours.send(Frame(1))


def test_after_a_bus_off_the_bus_is_opened_anew(bus: Address) -> None:
    heard = Heard()
    with closing(Bus(bus, heard.frame, restart=50 * MILLISECOND)) as ours, closing(Bus(bus, heard.frame)) as other:
        inject(bus, Errors("off"))
        until(lambda: ours.counters["restarted"] == 1 and other.counters["restarted"] == 1)
        assert ours.counters["off"] == 1
        ours.send(Frame(5))
        until(lambda: Frame(5) in heard.frames)


def test_a_thousand_receive_errors_end_no_thread(bus: Address) -> None:
    heard = Heard()
    with (
        closing(Bus(bus, heard.frame)) as ours,
        closing(Bus(bus, lambda *_: None)) as other,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire,
    ):
        group, _, port = bus.channel.partition(":")
        wire.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for k in range(20):
            for _ in range(50):  # more at once than the socket's buffer holds would be lost
                wire.sendto(b"no frame", (group, int(port)))
            other.send(Frame(9, bytes((k,))))
            until(lambda k=k: heard.frames[-1:] == [Frame(9, bytes((k,)))])  # type: ignore[misc]
        assert ours.counters["receive"] == 1000


class Adapter:
    """An slcan adapter at the other end of a pty: what it is sent it keeps, what it is told it says."""

    def __init__(self) -> None:
        self.own, far = pty.openpty()
        tty.setraw(far)
        self.name, self._far = os.ttyname(far), far

    def heard(self, count: int) -> list[object]:
        reader, events, end = Reader(), list[object](), monotonic() + 2
        while sum(isinstance(one, Frame) for one in events) < count and monotonic() < end:
            events += reader.feed(os.read(self.own, 4096))
        return events

    def close(self) -> None:
        os.close(self.own)
        os.close(self._far)


def test_an_adapter_on_a_serial_line_carries_frames_and_tells_its_state() -> None:
    heard, told = Heard(), list[Errors]()
    with (
        closing(Adapter()) as adapter,
        closing(Bus(Address("slcan", adapter.name, 500_000), heard.frame, restart=None, told=told.append)) as ours,
    ):
        ours.send(Frame(0x123, b"\xaa"))
        assert adapter.heard(1)[-1] == Frame(0x123, b"\xaa")
        os.write(
            adapter.own, encode(Frame(0x10, b"\1\2", extended=True)) + b"t9990\r" + encode_errors(Errors("off", 0, 256))
        )
        until(lambda: bool(told))
        assert heard.frames == [Frame(0x10, b"\1\2", extended=True)]
        assert (told, ours.counters["unreadable"]) == ([Errors("off", 0, 256)], 1)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: address_of("can0"), "'can0' is no CAN bus; write INTERFACE:CHANNEL"),
        (lambda: Bus(Address("socktcan", "can0"), lambda *_: None), "no CAN interface 'socktcan'; there are"),
        (
            lambda: Bus(Address("slcan", "/dev/null", 1234), lambda *_: None),
            "slcan has no bitrate 1234",
        ),
    ],
)
def test_an_address_that_is_none_is_an_input_error(make: Callable[[], object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        make()


def test_a_line_that_is_not_there_is_a_link_error() -> None:
    with pytest.raises(LinkError, match="slcan:/dev/no_such_line: it cannot be opened"):
        Bus(Address("slcan", "/dev/no_such_line"), lambda *_: None)
