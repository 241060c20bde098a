"""A subscription: the server says what has changed (OPC 10000-4 clauses 5.13 and 5.14).

Each item has a queue of one, for only the newest value counts, and the keep-alive count is 1: each publishing interval
ends with a message, and an item that it does not name has not changed. So a message confirms all values, and silence
makes them old. A gap in the sequence numbers is closed by reading all values anew: a repetition of the lost
message would give values that are older than those.
"""

import asyncio
import warnings
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from asyncua import Client, ua
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import BadTooManyPublishRequests

from hil.errors import InputError
from hil.links.link import Agreed, LinkError, Point

if TYPE_CHECKING:
    from hil.links.opcua import Subscribe

_LIFETIME = 60_000  # ms without a request of ours after which the server may forget us, and four periods at least
_MOST_REQUESTS = 10
_TURNS = 12  # of the event loop, until what the socket holds has become a message
_LAST = 2**32 - 1  # sequence numbers go from 1 to here, and then begin at 1 again (OPC 10000-4 clause 7.26)
_MS = 1_000_000

Reader = Callable[[], Coroutine[Any, Any, list[ua.DataValue]]]


class Newest:
    """The newest value of each item, out of messages; no I/O.

    `behind` has how many ns each value was old when it was published: the publishing time less the source timestamp,
    both the server's. It counts for what changes; the first value of an item may have stood there for hours.
    """

    def __init__(self, name: str, count: int, *, source: bool) -> None:
        self.name = name
        self.values: list[ua.DataValue | None] = [None] * count
        self.behind = [0] * count
        self._source = source
        self._next = 1

    @property
    def missing(self) -> list[int]:
        """The items that no message has named yet."""
        return [which for which, one in enumerate(self.values) if one is None]

    def take(self, message: ua.NotificationMessage) -> int:
        """Take what a message says; return how many before it were lost.

        Raises:
            LinkError: the server has given up the subscription.
        """
        lost: int = (message.SequenceNumber - self._next) % _LAST
        if lost > _LAST // 2:
            return 0  # of an earlier one, which has come already
        # A message without data announces the number of the next one (OPC 10000-4 clause 5.14.1.1).
        self._next = (message.SequenceNumber + bool(message.NotificationData) - 1) % _LAST + 1
        for part in message.NotificationData:
            if isinstance(part, ua.StatusChangeNotification):
                raise LinkError(f"{self.name}: the server has ended the subscription: {in_words(part.Status)}")
            for item in getattr(part, "MonitoredItems", ()):
                self._item(item.ClientHandle, item.Value, message.PublishTime)
        return lost

    def _item(self, which: int, value: ua.DataValue, published: Any) -> None:
        if which >= len(self.values):
            return
        if self._source and self.values[which] is not None and value.SourceTimestamp is not None:
            since: timedelta = published - value.SourceTimestamp
            self.behind[which] = max(0, since // timedelta(microseconds=1) * 1000)
        self.values[which] = value


class Subscription:
    """One subscription of a session; `read` reads all its items at once."""

    def __init__(self, client: Client, wanted: "Subscribe", points: Sequence[Point], read: Reader) -> None:
        self.wanted, self.name, self._points, self._read = wanted, client.server_url.geturl(), points, read
        self._client = client
        self._newest = Newest(self.name, len(points), source=wanted.source)
        self._requests: list[asyncio.Task[ua.PublishResponse]] = []
        self._told = -1
        self.agreed: tuple[Agreed, ...] = ()

    async def open(self, nodes: Sequence[ua.ReadValueId], timeout: float) -> None:
        """Create the subscription and its items, and wait until each has a value.

        Raises:
            InputError: items that the server does not watch, or so slowly that every value would be stale.
            LinkError: values that did not come in time.
        """
        made = await self._create()
        items = await self._watch(made.SubscriptionId, nodes)
        self.agreed = tuple(_agreed(self.wanted, made, items))
        self._judge(made)
        for _ in range(min(_MOST_REQUESTS, 2 + ceil(self.wanted.period / _MS / made.RevisedPublishingInterval))):
            self._request([])
        until = asyncio.get_running_loop().time() + timeout
        while missing := self._newest.missing:
            left = until - asyncio.get_running_loop().time()
            await asyncio.wait(self._requests, timeout=max(0.0, left), return_when=asyncio.FIRST_COMPLETED)
            if left <= 0:
                names = ", ".join(repr(self._points[which].path) for which in missing[:5])
                raise LinkError(f"{self.name}: no first value of {names} within {timeout:g} s")
            self._harvest()

    async def newest(self, t: int, timeout: float) -> tuple[list[ua.DataValue], list[int], int]:
        """Return the newest value of each item, how many ns it is behind the sample of `t`, how many messages are lost.

        Raises:
            LinkError: the server has given up, or has been silent for `timeout` (s).
        """
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        asked = len(self._requests)
        came, lost = self._harvest()
        # When every request has been answered the server may hold newer values, for want of one.
        if lost or came == asked:
            self._newest.values[:] = await self._read()
        if came or self._told < 0:
            self._told = t
        if (silent := t - self._told) > timeout * 1e9:
            words = f"the subscription has been silent for {silent / 1e9:g} s; is the server overloaded?"
            raise LinkError(f"{self.name}: {words}")
        values = [one for one in self._newest.values if one is not None]
        return values, [silent + one for one in self._newest.behind], lost

    async def drop(self) -> None:
        """Forget the requests that are on their way."""
        for one in self._requests:
            one.cancel()
        await asyncio.gather(*self._requests, return_exceptions=True)

    def _judge(self, made: ua.CreateSubscriptionResult) -> None:
        """Refuse what would make every value stale, and warn of what makes values late."""
        period = self.wanted.period / _MS
        if (every := made.RevisedPublishingInterval * max(made.RevisedMaxKeepAliveCount, 1)) >= 2 * period:
            words = (
                f"{self.name} sends a message every {every:g} ms, and a value is stale at two periods of {period:g} ms"
            )
            raise InputError(f'{words}; give the controller a longer period, or the link read = "cyclic"')
        for one in self.agreed:
            if one.unit == "ms" and one.revised > period:
                words = f"{self.name} made the {one.name} {one.revised:g} ms of the {one.asked:g} ms asked for"
                warnings.warn(f"{words}, slower than the period of {period:g} ms", RuntimeWarning, stacklevel=2)

    async def _create(self) -> ua.CreateSubscriptionResult:
        request = ua.CreateSubscriptionRequest()
        publishing = self.wanted.publishing / _MS
        request.Parameters = ua.CreateSubscriptionParameters(publishing, _lifetime(self.wanted), 1)
        # The library's own verb begins to publish with one request at a time, and keeps no sequence numbers.
        answer = await self._client.uaclient.protocol.send_request(request)
        response = struct_from_binary(ua.CreateSubscriptionResponse, answer)
        response.ResponseHeader.ServiceResult.check()
        return response.Parameters

    async def _watch(self, number: int, nodes: Sequence[ua.ReadValueId]) -> list[ua.MonitoredItemCreateResult]:
        stamps = ua.TimestampsToReturn.Source if self.wanted.source else ua.TimestampsToReturn.Neither
        sampling = self.wanted.sampling / _MS
        asked = [
            ua.MonitoredItemCreateRequest(
                node, ua.MonitoringMode.Reporting, ua.MonitoringParameters(which, sampling, QueueSize=1)
            )
            for which, node in enumerate(nodes)
        ]
        parameters = ua.CreateMonitoredItemsParameters(number, stamps, asked)
        items = await self._client.uaclient.create_monitored_items(parameters)
        if refused := [
            f"{one.path!r} at {self.name} cannot be subscribed to: {in_words(item.StatusCode)}"
            for one, item in zip(self._points, items, strict=True)
            if not item.StatusCode.is_good()
        ]:
            raise InputError(refused)
        return list(items)

    def _request(self, acknowledged: list[ua.SubscriptionAcknowledgement]) -> None:
        self._requests.append(asyncio.ensure_future(self._client.uaclient.publish(acknowledged)))

    def _harvest(self) -> tuple[int, int]:
        """Take the messages that have come, and ask for as many; return how many they were, and how many were lost."""
        done = [one for one in self._requests if one.done()]
        self._requests = [one for one in self._requests if not one.done()]
        came = lost = 0
        for one in done:
            try:
                told = one.result().Parameters
            except BadTooManyPublishRequests:
                if self._requests:
                    continue  # the others are enough for this server
                raise
            lost += self._newest.take(told.NotificationMessage)
            came += 1
            number = told.NotificationMessage.SequenceNumber
            known = ua.SubscriptionAcknowledgement(told.SubscriptionId, number)
            self._request([known] if told.NotificationMessage.NotificationData else [])
        return came, lost


def _lifetime(wanted: "Subscribe") -> int:
    """Return how many publishing intervals make a lifetime."""
    return max(10, max(_LIFETIME * _MS, 4 * wanted.period) // wanted.publishing)


def _agreed(
    wanted: "Subscribe", made: ua.CreateSubscriptionResult, items: Sequence[ua.MonitoredItemCreateResult]
) -> Iterator[Agreed]:
    publishing, sampling = wanted.publishing / _MS, wanted.sampling / _MS
    yield Agreed("publishing interval", publishing, made.RevisedPublishingInterval, "ms")
    yield Agreed("sampling interval", sampling, max((one.RevisedSamplingInterval for one in items), default=0), "ms")
    yield Agreed("queue size", 1, max((one.RevisedQueueSize for one in items), default=1))
    yield Agreed("keep-alive count", 1, made.RevisedMaxKeepAliveCount)
    yield Agreed("lifetime count", _lifetime(wanted), made.RevisedLifetimeCount)


def in_words(status: ua.StatusCode) -> str:
    """Return a status code as its name and what the standard says of it."""
    return f"{status.name} ({status.doc.rstrip('.')})"
