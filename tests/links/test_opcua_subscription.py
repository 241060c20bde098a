"""What is read by a subscription: against messages in memory, a foreign server's process, and our virtual PLC."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asyncua import ua

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.errors import InputError
from hil.links import LinkError, OpcUaLink, Quality, Subscribe
from hil.links._opcua_subscription import Newest
from hil.targets import VirtualPlc
from tests.links._echo import free_port
from tests.links.foreign_server import SIZE
from tests.targets.conftest import PROGRAM

MS = 1_000_000
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CYCLIC, SUBSCRIBED = None, Subscribe(50 * MS, 20 * MS, 10 * MS)
WRITES, READS = ([(f"{side}{k}", "f8") for k in range(SIZE)] for side in "xy")


def message(number: int, *values: tuple[int, float], stamp: datetime | None = None) -> ua.NotificationMessage:
    """A message with values of items, or a keep-alive message without."""
    items = [
        ua.MonitoredItemNotification(which, ua.DataValue(ua.Variant(value), SourceTimestamp=stamp))
        for which, value in values
    ]
    return ua.NotificationMessage(number, NOON, [ua.DataChangeNotification(items)] if items else [])


def test_lost_messages_are_seen_in_the_numbers_of_those_that_came() -> None:
    newest = Newest("url", 2, source=True)
    told = [(1, 1), (2, 0), (2, 1), (6, 1), (7, 0), (9, 0)]
    assert [newest.take(message(number, *[(0, 1.0)] * data)) for number, data in told] == [0, 0, 0, 3, 0, 2]
    assert newest.take(message(4, (1, 5.0))) == 0
    assert newest.missing == [1]


def test_behind_the_greatest_number_comes_1() -> None:
    newest = Newest("url", 1, source=True)
    newest._next = 2**32 - 1
    assert [newest.take(message(number, (0, 1.0))) for number in (2**32 - 1, 1, 2, 4)] == [0, 0, 0, 1]


def test_a_change_is_as_old_as_its_source_says_and_a_first_value_is_not() -> None:
    newest, early, ahead = Newest("url", 1, source=True), NOON - timedelta(seconds=2), NOON + timedelta(seconds=1)
    seen = []
    for number, stamp in enumerate((early, early, None, ahead), 1):
        newest.take(message(number, (0, 1.0), stamp=stamp))
        seen.append(newest.behind[0])
    assert seen == [0, 2_000 * MS, 2_000 * MS, 0]


def test_a_subscription_that_the_server_ends_is_a_lost_wire() -> None:
    ended = ua.StatusChangeNotification(ua.StatusCode(ua.StatusCodes.BadTimeout))
    with pytest.raises(LinkError, match=r"^url: the server has ended the subscription: BadTimeout \("):
        Newest("url", 1, source=True).take(ua.NotificationMessage(1, NOON, [ended]))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of somebody else in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("foreign_server.py")), str(free_port())]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


@contextmanager
def opened(url: str, subscribe: Subscribe | None) -> Iterator[OpcUaLink]:
    writes = [*WRITES, ("fault", "f8")]
    link = OpcUaLink(url, writes, READS, lockstep=False, namespace="urn:foreign", subscribe=subscribe)
    link.open()
    try:
        yield link
    finally:
        link.exchange(link.arrived.now, np.zeros(1, link.outgoing), np.zeros(1, link.incoming))
        link.close()


def exchange(link: OpcUaLink, fault: int, until: Callable[[Any], bool]) -> Any:
    """Exchange until what is read is what is wanted; 7, 7.5, 8 and so on are sent, and what is to go wrong."""
    out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
    out[0] = (*(7 + k / 2 for k in range(SIZE)), fault)
    for t in islice(count(max(link.arrived.now, 1000 * MS), 10 * MS), 1, 2000):
        link.exchange(t, out, into)
        if until(into[0]):
            return into[0].item()
    raise AssertionError(f"not in 2000 exchanges: {into}, {link.health}")


@pytest.mark.parametrize("read", [CYCLIC, SUBSCRIBED], ids=["cyclic", "subscription"])
def test_100_values_go_to_a_foreign_server_and_come_back(url: str, read: Subscribe | None) -> None:
    with opened(url, read) as link:
        values = exchange(link, 0, lambda into: into["y99"] == 7 + 99 / 2)
        assert values == tuple(7 + k / 2 for k in range(SIZE))
        assert link.arrived.quality.tolist() == [Quality.GOOD] * SIZE
        agreed = {one.name: (one.asked, one.revised) for one in link.health.agreed}
    assert agreed["session timeout"] == (3600, 600)
    if read:
        assert (agreed["publishing interval"], agreed["keep-alive count"]) == ((20, 20), (1, 1))


@pytest.mark.parametrize("read", [CYCLIC, SUBSCRIBED], ids=["cyclic", "subscription"])
def test_status_codes_are_quality(url: str, read: Subscribe | None) -> None:
    for fault, path, quality in ((2, "y0", "bad"), (3, "y1", "uncertain")):
        with opened(url, read) as link:
            exchange(link, 0, lambda into: into["y99"] != 0)
            link.arrived.quality[:] = Quality.GOOD
            exchange(link, fault, lambda _: bool(link.arrived.quality.any()))
            assert {one.path: one.quality for one in link.health.values if one.quality != "good"} == {path: quality}
            assert link.arrived.oldest < link.arrived.now


@pytest.mark.parametrize("read", [CYCLIC, SUBSCRIBED], ids=["cyclic", "subscription"])
def test_a_refused_write_makes_what_is_read_uncertain_and_is_counted(url: str, read: Subscribe | None) -> None:
    with opened(url, read) as link:
        exchange(link, 5, lambda _: bool(link.arrived.quality.any()))
        assert set(link.arrived.quality) == {Quality.UNCERTAIN}
        assert set(link.health.counters) == {"BadUserAccessDenied"}


def test_a_server_without_devices_says_what_it_is_built_of(url: str) -> None:
    found = OpcUaLink(url, [], [], lockstep=False).identity()
    assert (list(found), found["manufacturer"]) == (["manufacturer", "model", "software_revision"], "FreeOpcUa")


def test_lost_messages_are_counted_and_the_values_read_anew(url: str) -> None:
    with opened(url, SUBSCRIBED) as link:
        exchange(link, 1, lambda _: link.counters["lost message"] > 0)
        assert link.counters["lost message"] == 3
        exchange(link, 1, lambda into: into["y99"] == 7 + 99 / 2)


def test_values_that_the_server_holds_for_want_of_a_request_are_read(url: str) -> None:
    often = OpcUaLink(
        url, [], READS, lockstep=False, namespace="urn:foreign", subscribe=Subscribe(1000 * MS, 10 * MS, 10 * MS)
    )
    with opened(url, CYCLIC) as other:
        often.open()
        start = other.clock()
        while other.clock() < start + 300 * MS:
            pass
        exchange(other, 0, lambda into: into["y99"] == 7 + 99 / 2)
        into = np.zeros(1, often.incoming)
        often.exchange(0, np.zeros(1, often.outgoing), into)
        often.close()
    assert into["y99"] == 7 + 99 / 2


def test_a_change_that_the_source_stamped_late_is_old(url: str) -> None:
    with opened(url, SUBSCRIBED) as link:

        def older(into: Any) -> bool:
            ages = [one.age for one in link.health.values]
            return bool(into["y2"] == 8) and ages[2] - ages[3] >= 150 * MS

        exchange(link, 4, older)


def test_intervals_that_the_server_made_longer_are_warned_of_and_refused() -> None:
    with VirtualPlc(PROGRAM, "wall") as plc:
        link = OpcUaLink(plc.url, [], [("VALVE", "f4")], lockstep=False, subscribe=Subscribe(6 * MS, MS, MS))
        with pytest.warns(
            RuntimeWarning, match="the (publishing|sampling) interval 10 ms of the 1 ms asked for, slower"
        ):
            link.open()
        assert {one.name: one.revised for one in link.health.agreed}["sampling interval"] == 10
        link.close()
        link = OpcUaLink(plc.url, [], [("VALVE", "f4")], lockstep=False, subscribe=Subscribe(5 * MS, MS, MS))
        with pytest.raises(
            InputError, match=r"a message every 10 ms, and a value is stale at two periods of 5 ms; give"
        ):
            link.open()


def test_a_subscription_in_virtual_time_is_refused(tmp_path: Path) -> None:
    rig = open_rig(Path(__file__).parents[2] / "rigs" / "cstr", {"links.opcua.read": "subscription"})
    with pytest.raises(InputError, match=r"publishes on the wall clock; run with --clock wall, or read = \"cyclic\""):
        Run(rig, Options(scenario="brief", link="opcua", folder=tmp_path)).execute()
