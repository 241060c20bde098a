"""The J1939 link over real processes on one bus, and against nodes by hand."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.errors import InputError
from hil.links import LinkError, NoAnswer
from hil.links.can.frame import Frame
from hil.links.can.j1939 import CLAIM, DM1, NULL, REQUEST, Dm1, Name, Trouble, encode_dm1, frame, unpack
from hil.links.can.j1939_link import J1939Link
from hil.links.can.kinds import can_link
from hil.links.can.transport import Transport
from hil.links.can.wiring import read_wiring
from hil.targets import VirtualPlc
from hil.testing import Pair, check_link
from hil.testing.links import PERIOD
from tests.links.can import _j1939
from tests.links.can._bus import until, whole_bus
from tests.links.can._dbc import HEAD

SPEED = 'from = ["CCVS1"]\n[signals]\nV = "CCVS1.WheelBasedVehicleSpeed"\nB = "CCVS1.BrakeSwitch"\n'
DM1S = 'from = ["DM1"]\n[signals]\nHOT = "DM1.110.0"\nCOUNT = "DM1.Count"\nRED = "DM1.RedStopLamp"\n'
SMALL = Name(identity=1)


@pytest.mark.parametrize("make", [_j1939.j1939, partial(_j1939.j1939, lockstep=False)], ids=["lockstep", "free"])
def test_the_link_keeps_the_contract(make: Callable[[Path], AbstractContextManager[Pair]], tmp_path: Path) -> None:
    check_link(lambda: make(tmp_path))


def exchange(link: J1939Link, into: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    link.exchange(0, np.zeros(1, link.outgoing), into)
    return into


def qualities(link: J1939Link) -> list[str]:
    return [one.quality for one in link.health.values]


def claims(address: int) -> Callable[[Frame], bool]:
    return lambda one: unpack(one.identifier)[1:3] == (CLAIM, address)


def test_the_bench_claims_its_address_and_says_so_when_asked(tmp_path: Path) -> None:
    with _j1939.bench(tmp_path, SPEED, [("V", "f8")]) as (link, foreign):
        assert foreign.wait(claims(0x21)).data == Name(identity=5, function=33).pack()
        assert link.health.facts["address"] == "33"
        foreign.frames.clear()
        foreign.send(frame(REQUEST, CLAIM.to_bytes(3, "little"), NULL))
        foreign.wait(claims(0x21))


def test_an_address_is_held_against_a_larger_name(tmp_path: Path) -> None:
    with _j1939.bench(tmp_path, SPEED, [("V", "f8")]) as (link, foreign):
        foreign.frames.clear()
        foreign.send(frame(CLAIM, Name(group=7).pack(), 0x21))
        foreign.wait(claims(0x21))
        exchange(link, np.zeros(1, link.incoming))


def test_who_loses_its_address_says_so_and_stays_without_one(tmp_path: Path) -> None:
    with _j1939.bench(tmp_path, SPEED, [("V", "f8")]) as (link, foreign):
        foreign.send(frame(CLAIM, SMALL.pack(), 0x21))
        foreign.wait(claims(NULL))
        with pytest.raises(NoAnswer, match=r"cannot claim an address: 33 went to the NAME 0000000000000001h, smaller"):
            exchange(link, np.zeros(1, link.incoming))
        assert link.health.connected
        foreign.frames.clear()
        foreign.send(frame(REQUEST, CLAIM.to_bytes(3, "little"), 9))
        foreign.wait(claims(NULL))


def test_who_may_choose_takes_the_next_address(tmp_path: Path) -> None:
    bus, file = whole_bus(), tmp_path / "can.toml"
    file.write_text("[j1939.bench]\naddress = [0x21, 0x80]\nname = { identity = 5 }\n")
    with closing(_j1939.Foreign(bus)) as foreign:
        link = can_link(bus, read_wiring(file), [], [], lockstep=False, period=PERIOD)
        with closing(link):
            link.open()
            foreign.send(frame(CLAIM, SMALL.pack(), 0x21))
            foreign.wait(claims(0x80))
            until(lambda: _has(link, "128"))


def _has(link: Any, address: str) -> bool:
    try:
        exchange(link, np.zeros(1, link.incoming))
    except NoAnswer:
        return False
    return bool(link.health.facts["address"] == address)


def test_an_address_that_is_held_cannot_be_claimed_at_the_opening(tmp_path: Path) -> None:
    bus, file = whole_bus(), tmp_path / "can.toml"
    file.write_text("[j1939.bench]\naddress = 0x21\nname = { identity = 5 }\n")

    class Holder(_j1939.Foreign):
        def send_claim(self) -> None:
            self.send(frame(CLAIM, SMALL.pack(), 0x21))

    with closing(Holder(bus)) as holder:
        link = can_link(bus, read_wiring(file), [], [], lockstep=False, period=PERIOD)
        holder._bus._handle = lambda one, _: holder.send_claim() if claims(0x21)(one) else None
        with pytest.raises(LinkError, match="the bench cannot claim an address"):
            link.open()


def test_values_that_are_not_available_or_wrong_are_bad_or_uncertain_and_keep_what_was(tmp_path: Path) -> None:
    with _j1939.bench(tmp_path, SPEED, [("V", "f8"), ("B", "u1")]) as (link, foreign):
        into = np.zeros(1, link.incoming)
        assert [*qualities(exchanged(link, into))] == ["bad", "bad"]
        for data, value, wanted in (
            ("ff 00 24 cf ff ff ff ff", 36.0, ["good", "good"]),
            ("ff 00 fe ef ff ff ff ff", 36.0, ["uncertain", "uncertain"]),
            ("ff ff ff ff ff ff ff ff", 36.0, ["bad", "bad"]),
            ("ff 80 02 df ff ff ff ff", 2.5, ["good", "good"]),
        ):
            foreign.send(frame(65265, bytes.fromhex(data), 0x55))
            until(lambda want=wanted: qualities(exchanged(link, into)) == want)  # type: ignore[misc]
            assert into["V"][0] == value
        assert into["B"][0] == 1


def exchanged(link: J1939Link, into: "np.ndarray[Any, Any]") -> J1939Link:
    exchange(link, into)
    return link


@pytest.mark.parametrize("count", [1, 5])
def test_trouble_codes_are_values_and_named_in_the_health(count: int, tmp_path: Path) -> None:
    reads = [("HOT", "u1"), ("COUNT", "i2"), ("RED", "u1")]
    with _j1939.bench(tmp_path, DM1S, reads) as (link, foreign):
        into = np.zeros(1, link.incoming)
        assert qualities(exchanged(link, into)) == ["good"] * 3  # who has no trouble says nothing
        codes = [Trouble(110, 0), *(Trouble(1000 + k, 3) for k in range(count - 1))]
        tell(foreign, encode_dm1(Dm1(red=1, troubles=tuple(codes))))
        until(lambda: exchange(link, into)["COUNT"][0] == count)
        assert (into["HOT"][0], into["RED"][0]) == (1, 1)
        assert link.health.facts["trouble codes of 85"].startswith("SPN 110 FMI 0")
        assert link.health.counters["trouble codes"] == count
        tell(foreign, encode_dm1(Dm1()))
        until(lambda: exchange(link, into)["COUNT"][0] == 0)
        assert into["HOT"][0] == 0
        assert "trouble codes of 85" not in link.health.facts


def tell(foreign: _j1939.Foreign, data: bytes) -> None:
    """Send a DM1 from address 55h, by a broadcast when it is long."""
    if len(data) <= 8:
        foreign.send(frame(DM1, data, 0x55))
        return
    sender, now = Transport(0x55), 0
    foreign.send(*sender.send(DM1, data, 255, now))
    for now in range(0, 10**9, 50_000_000):
        foreign.send(*(one for one in sender.tick(now) if isinstance(one, Frame)))


def test_a_long_message_from_a_foreign_node_is_asked_for_and_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "long.dbc").write_text(
        HEAD + 'BO_ 2565865470 Long: 20 PLC\n SG_ L : 96|64@1- (1,0) [0|0] "" PLC\nSIG_VALTYPE_ 2565865470 L : 2;\n'
    )
    with _j1939.bench(tmp_path, 'dbc = "long.dbc"\nfrom = ["Long"]\n', [("L", "f8")]) as (link, foreign):
        sender, into = Transport(0x55), np.zeros(1, link.incoming)
        number = np.float64(2.5).tobytes()
        foreign.send(*sender.send(0xEF00, bytes(12) + number, 0x21, 0))
        until(lambda: answered(sender, foreign))
        until(lambda: exchange(link, into)["L"][0] == 2.5)


def answered(sender: Transport, foreign: _j1939.Foreign) -> bool:
    """Let the sender answer what came for it; whether it is done."""
    frames, foreign.frames[:] = list(foreign.frames), []
    foreign.send(*(out for one in frames for out in sender.seen(one, 0) if isinstance(out, Frame)))
    return not sender._out


def test_the_controller_of_a_wiring_needs_an_address(tmp_path: Path) -> None:
    file = _j1939.echo(tmp_path)
    file.write_text(file.read_text().partition("[j1939.controller]")[0])
    with (
        pytest.raises(InputError, match="the controller has no address and NAME"),
        VirtualPlc(tmp_path / "echo.st", period=PERIOD, can=(str(whole_bus()), str(file))),
    ):
        pass
