"""Subscriptions: intervals, queues and deadbands are what the server says that they are."""

from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from asyncua import ua

from hil.targets import VirtualPlc
from tests.targets._client import Plain, talk
from tests.targets.conftest import PROGRAM

MS = 1_000_000


class Told:
    """Keeps what a subscription brings."""

    def __init__(self) -> None:
        self.values: list[ua.DataValue] = []

    def datachange_notification(self, _node: Any, _value: Any, data: Any) -> None:
        self.values.append(data.monitored_item.Value)


async def create(plain: Plain, publishing: float, path: str, **asked: Any) -> tuple[Any, Any]:
    """Create a subscription and an item; return both results."""
    made = await plain.client.create_subscription(publishing, Told())
    parameters = ua.MonitoringParameters(ClientHandle=1, SamplingInterval=0, QueueSize=100, DiscardOldest=True)
    for name, value in asked.items():
        setattr(parameters, name, value)
    what = ua.ReadValueId(plain.variable(path).nodeid, ua.AttributeIds.Value)
    request = ua.MonitoredItemCreateRequest(what, ua.MonitoringMode.Reporting, parameters)
    params = ua.CreateMonitoredItemsParameters(made.subscription_id, ua.TimestampsToReturn.Both, [request])
    (result,) = await plain.client.uaclient.create_monitored_items(params)
    return made, result


async def told(plain: Plain, told: Told, count: int) -> None:
    """Wait, by way of the server, until so many values are there."""
    while len(told.values) < count:
        await plain.state("State")


async def pass_by(plain: Plain, ms: float) -> None:
    """Wait until the server's clock has gone on."""
    clock = plain.client.get_node(ua.ObjectIds.Server_ServerStatus_CurrentTime)
    start = await clock.read_value()
    while (await clock.read_value() - start).total_seconds() * 1000 < ms:
        pass


@pytest.mark.parametrize(
    ("publishing", "sampling", "queue", "revised"),
    [
        (100.0, 0.0, 0, (100.0, 10.0, 1)),
        (0.0, -1.0, 1, (10.0, 10.0, 1)),
        (250.0, -1.0, 7, (250.0, 250.0, 7)),
        (100.0, 33.0, 10**6, (100.0, 33.0, 1000)),
        (100.0, 1e12, 1, (100.0, 3.6e6, 1)),
    ],
)
def test_what_is_promised_is_what_can_be_kept(
    plc: VirtualPlc, publishing: float, sampling: float, queue: int, revised: tuple[float, float, int]
) -> None:
    async def work(plain: Plain) -> None:
        made, item = await create(plain, publishing, "VALVE", SamplingInterval=sampling, QueueSize=queue)
        promised = made.parameters.RequestedPublishingInterval
        assert (promised, item.RevisedSamplingInterval, item.RevisedQueueSize) == revised

    talk(plc.url, work)


@pytest.mark.parametrize(
    ("path", "band", "kind", "status"),
    [
        ("VALVE", 1.0, ua.DeadbandType.Percent, "BadMonitoredItemFilterUnsupported"),
        ("VALVE", -1.0, ua.DeadbandType.Absolute, "BadDeadbandFilterInvalid"),
        ("o_text", 1.0, ua.DeadbandType.Absolute, "BadFilterNotAllowed"),
        ("o_array", 1.0, ua.DeadbandType.Absolute, "Good"),
    ],
)
def test_a_filter_that_cannot_be_kept_is_refused(
    plc: VirtualPlc, path: str, band: float, kind: ua.DeadbandType, status: str
) -> None:
    async def work(plain: Plain) -> None:
        wanted = ua.DataChangeFilter(ua.DataChangeTrigger.StatusValue, kind, band)
        _, item = await create(plain, 100.0, path, Filter=wanted)
        assert item.StatusCode.name == status

    talk(plc.url, work)


@pytest.mark.parametrize("sampling", [20.0, 100.0])
def test_a_changing_value_comes_as_often_as_was_promised(sampling: float) -> None:
    async def work(plain: Plain) -> None:
        kept = Told()
        subscription = await plain.client.create_subscription(50, kept)
        node = plain.variable("scans.count")
        await subscription.subscribe_data_change(node, queuesize=100, sampling_interval=sampling)
        await told(plain, kept, 12)
        stamps = [one.SourceTimestamp for one in kept.values[1:]]
        steps = [(after - before).total_seconds() * 1000 for before, after in pairwise(stamps)]
        assert median(steps) == pytest.approx(sampling, rel=0.2)

    with VirtualPlc(PROGRAM, "wall", period=MS) as running:
        talk(running.url, work)


def test_a_full_queue_drops_the_oldest_and_says_so(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        kept = Told()
        subscription = await plain.client.create_subscription(1000, kept)
        await subscription.subscribe_data_change(plain.variable("VALVE"), queuesize=2, sampling_interval=10)
        await told(plain, kept, 1)
        for k in range(1, 5):
            await plain.write("TT101", float(k), "Float")
            await plain.step(k * MS)
            await pass_by(plain, 40)
        await told(plain, kept, 3)
        assert [one.Value.Value for one in kept.values] == [0.0, 6.0, 8.0]
        assert [one.StatusCode.value & 0x480 for one in kept.values] == [0, 0x480, 0]

    talk(plc.url, work)


def test_a_slow_drift_is_reported_when_it_leaves_the_deadband_of_the_last_report(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        kept = Told()
        subscription = await plain.client.create_subscription(20, kept)
        wanted = ua.DataChangeFilter(ua.DataChangeTrigger.StatusValue, ua.DeadbandType.Absolute, 5.0)
        await subscription._subscribe(
            plain.variable("VALVE"), ua.AttributeIds.Value, wanted, queuesize=10, sampling_interval=10
        )
        for k in range(1, 7):
            await plain.write("TT101", float(k), "Float")
            await plain.step(k * MS)
            await pass_by(plain, 40)
        assert [one.Value.Value for one in kept.values] == [0.0, 6.0, 12.0]

    talk(plc.url, work)
