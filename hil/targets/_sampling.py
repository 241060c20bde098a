"""Subscriptions: each variable is looked at as often as was promised, and queued as was agreed (OPC 10000-4 5.13).

The library reports what is written into its address space; our values are in a program's memory and have to be looked
at. It would also promise every interval and queue that a client asks for.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace
from asyncua.server.subscription_service import SubscriptionService

from hil.targets._address_space import FASTEST
from hil.targets._attributes import Attributes
from hil.targets._kinds import Scalar
from hil.targets._values import Value

SLOWEST = 3_600_000.0  # ms
LONGEST = 1000  # values in a queue
_OVERFLOW = 0x480  # info bits of a data value: its neighbours in the queue were lost (OPC 10000-4 7.38.1)
_CODES = ua.StatusCodes


@dataclass
class _Item:
    """A monitored variable: how often it is looked at, when next, what was reported last."""

    subscription: Any
    number: int
    node: ua.NodeId
    part: str | None
    value: Value
    interval: float = FASTEST
    due: float = 0.0
    size: int = 1
    oldest_goes: bool = True
    trigger: ua.DataChangeTrigger = ua.DataChangeTrigger.StatusValue
    deadband: float = 0.0
    bytes_seen: bytes = b""
    reported: ua.DataValue | None = None

    @property
    def alive(self) -> bool:
        return self.number in self.subscription.monitored_item_srv._monitored_items

    @property
    def mode(self) -> ua.MonitoringMode:
        return self.subscription.monitored_item_srv._monitored_items[self.number].mode


class Subscriptions(SubscriptionService):  # type: ignore[misc]
    """The library's subscriptions, with intervals and queues that are kept."""

    def __init__(self, space: AddressSpace, server: Any, attributes: Attributes) -> None:
        super().__init__(space, server)
        self._attributes = attributes
        self._items: dict[tuple[int, int], _Item] = {}
        self._woken = asyncio.Event()

    async def create_subscription(self, params: Any, *arguments: Any, **options: Any) -> Any:
        """Create a subscription with an interval between 10 ms and an hour."""
        asked = params.RequestedPublishingInterval
        params.RequestedPublishingInterval = min(max(asked, FASTEST), SLOWEST)
        return await super().create_subscription(params, *arguments, **options)

    async def create_monitored_items(self, params: Any) -> Any:
        """Create items; variables of the program are looked at from now on."""
        results = await super().create_monitored_items(params)
        subscription = self.subscriptions[params.SubscriptionId]
        for number, (asked, result) in enumerate(zip(params.ItemsToCreate, results, strict=True)):
            what = asked.ItemToMonitor
            value = self._attributes.find(what.NodeId) if what.AttributeId == ua.AttributeIds.Value else None
            if value is None or value.block or not result.StatusCode.is_good():
                continue
            item = _Item(subscription, result.MonitoredItemId, what.NodeId, what.IndexRange, value)
            refused = _agree(item, asked.RequestedParameters)
            if refused:
                subscription.monitored_item_srv.delete_monitored_items([item.number])
                results[number] = ua.MonitoredItemCreateResult(ua.StatusCode(refused))
                continue
            result.RevisedSamplingInterval, result.RevisedQueueSize = item.interval, item.size
            subscription._triggered_datachanges.pop(item.number, None)
            item.due = asyncio.get_running_loop().time() + item.interval / 1000
            self._items[params.SubscriptionId, item.number] = item
            self._look(item)
        self._woken.set()
        return results

    def modify_monitored_items(self, params: Any) -> Any:
        """Change intervals, queues and filters."""
        return [self._modify(params.SubscriptionId, one) for one in params.ItemsToModify]

    def _modify(self, subscription: int, asked: Any) -> ua.MonitoredItemModifyResult:
        item = self._items.get((subscription, asked.MonitoredItemId))
        if item is None or not item.alive:
            return ua.MonitoredItemModifyResult(ua.StatusCode(_CODES.BadMonitoredItemIdInvalid))
        refused = _agree(item, asked.RequestedParameters)
        if refused:
            return ua.MonitoredItemModifyResult(ua.StatusCode(refused))
        known = item.subscription.monitored_item_srv._monitored_items[item.number]
        known.client_handle = asked.RequestedParameters.ClientHandle
        item.due = asyncio.get_running_loop().time() + item.interval / 1000
        self._woken.set()
        return ua.MonitoredItemModifyResult(ua.StatusCode(), item.interval, item.size)

    async def sample(self) -> None:
        """Look at each item when it is due, for ever."""
        clock = asyncio.get_running_loop()
        while True:
            self._items = {key: one for key, one in self._items.items() if one.alive and key[0] in self.subscriptions}
            now = clock.time()
            for item in self._items.values():
                if item.due <= now:
                    missed = (now - item.due) * 1000 // item.interval
                    item.due += (missed + 1) * item.interval / 1000
                    if item.mode != ua.MonitoringMode.Disabled:
                        self._look(item)
            self._woken.clear()
            due = min((one.due for one in self._items.values()), default=None)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), None if due is None else max(0.0, due - clock.time()))

    def _look(self, item: _Item) -> None:
        image = self._attributes.controller.image
        seen = image[item.value.offset : item.value.offset + item.value.size]
        quality = self._attributes.quality(item.value)
        last = item.reported
        if last is not None and seen == item.bytes_seen and last.StatusCode == quality:
            return
        item.bytes_seen = seen
        found = self._attributes.read_one(item.node, ua.AttributeIds.Value, item.part)
        if last is None or _changed(item, last, found):
            item.reported = found
            self._queue(item, found)

    def _queue(self, item: _Item, value: ua.DataValue) -> None:
        known = item.subscription.monitored_item_srv._monitored_items[item.number]
        told = ua.MonitoredItemNotification(ClientHandle=known.client_handle, Value=value)
        queue = item.subscription._triggered_datachanges.setdefault(item.number, [])
        if len(queue) < item.size:
            queue.append(told)
        elif item.size == 1:
            queue[:] = [told]
        elif item.oldest_goes:
            queue[:] = [*queue[1:], told]
            queue[0] = _marked(queue[0])
        else:
            queue[-1] = _marked(told)


def _marked(told: ua.MonitoredItemNotification) -> ua.MonitoredItemNotification:
    code = ua.StatusCode(told.Value.StatusCode.value | _OVERFLOW)
    return replace(told, Value=replace(told.Value, StatusCode=code))


def _agree(item: _Item, asked: Any) -> int:
    """Take over what is asked for as far as it can be kept; return the status code that refuses the filter, or 0."""
    band, trigger = 0.0, ua.DataChangeTrigger.StatusValue
    if hasattr(asked.Filter, "DeadbandType"):  # the library decodes it into one of two classes of this name
        band, trigger = asked.Filter.DeadbandValue, asked.Filter.Trigger
        kind = ua.DeadbandType(asked.Filter.DeadbandType)
        numeric = isinstance(item.value.kind, Scalar) and item.value.kind.how.built_in not in (
            "Boolean", "String", "DateTime"
        )  # fmt: skip
        if kind == ua.DeadbandType.Percent:
            return int(_CODES.BadMonitoredItemFilterUnsupported)  # no variable has a range to take a part of
        if kind == ua.DeadbandType.None_:
            band = 0.0
        elif not numeric:
            return int(_CODES.BadFilterNotAllowed)
        elif not band >= 0:
            return int(_CODES.BadDeadbandFilterInvalid)
    wanted = asked.SamplingInterval if asked.SamplingInterval >= 0 else item.subscription.data.RevisedPublishingInterval
    item.interval = min(max(wanted, FASTEST), SLOWEST)
    item.size, item.oldest_goes = min(max(asked.QueueSize, 1), LONGEST), bool(asked.DiscardOldest)
    item.deadband, item.trigger = band, trigger
    return 0


def _changed(item: _Item, last: ua.DataValue, found: ua.DataValue) -> bool:
    if last.StatusCode != found.StatusCode:
        return True
    if item.trigger == ua.DataChangeTrigger.Status or not found.StatusCode.is_good():
        return False
    before, after = last.Value.Value, found.Value.Value
    if not item.deadband:
        return bool(item.part is None or before != after)
    if isinstance(after, list):
        pairs = zip(ua.flatten(before) or (), ua.flatten(after) or (), strict=True)
        return any(not abs(new - old) <= item.deadband for old, new in pairs)
    return not abs(after - before) <= item.deadband
