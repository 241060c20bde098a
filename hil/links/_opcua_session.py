"""A session with an OPC UA server: the checks at its start and the requests of an exchange (OPC 10000-4)."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from asyncua import Client, Node, ua

from hil.errors import InputError
from hil.links._opcua_points import Described, decoder, encoder, faults, holders
from hil.links._opcua_subscription import Subscription, in_words
from hil.links.link import Agreed, ControllerFault, LinkError, Point, Quality
from hil.links.opcua_types import CONTROLLER, IEC_NAMES, PLCOPEN
from hil.links.tcp import CONNECT, notice_cuts

if TYPE_CHECKING:
    from hil.links.opcua import Subscribe
    from hil.links.opcua_security import ClientSecurity

_ASKED = (
    ua.AttributeIds.Value,
    ua.AttributeIds.DataType,
    ua.AttributeIds.UserAccessLevel,
)
_KNOWN_AT_MOST = 20_000
_NEVER = 1e7  # s
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HAS_OUTPUT = 4002  # the reference type HasOutputVar of OPC 30000

logging.getLogger("asyncua").setLevel(logging.CRITICAL)


class Answer(NamedTuple):
    """What an exchange brought: values (None where one is bad), and their quality, None when all are good.

    `behind` has how many ns each is older than the sample, `counted` what is to be counted: codes of refused writes,
    lost messages.
    """

    values: list[Any]
    quality: list[int] | None
    behind: list[int] | None
    counted: list[str]


class _Client(Client):  # type: ignore[misc]
    """The library's client, but that it notices a cut wire."""

    async def connect_socket(self) -> None:
        """Connect, and do not wait for a wire that is cut."""
        try:
            async with asyncio.timeout(CONNECT):
                await super().connect_socket()
        except TimeoutError:
            words = f"no connection within {CONNECT:g} s; is it on, and its cable in?"
            raise LinkError(f"{self.server_url.geturl()}: {words}") from None
        if (protocol := self.uaclient.protocol) is not None and protocol.transport is not None:
            notice_cuts(protocol.transport.get_extra_info("socket"))


class Session:
    """A connected client and the prepared requests of an exchange; all of it lives in one event loop."""

    def __init__(self, url: str, timeout: float, namespace: str, security: "ClientSecurity | None" = None) -> None:
        self.url, self.timeout, self.namespace, self.security = url, timeout, namespace, security
        self.subscription: Subscription | None = None
        # The library's own watch would run only while we exchange, and an exchange is the better look.
        self.client = _Client(url, timeout=timeout, watchdog_intervall=_NEVER)

    async def open(
        self,
        writes: Sequence[Point],
        reads: Sequence[Point],
        *,
        lockstep: bool,
        scans: int,
        subscribe: "Subscribe | None" = None,
    ) -> None:
        """Connect, check all points, prepare the requests, and subscribe to what is read where that is wanted.

        Raises:
            InputError: every point that cannot be wired, in one go.
        """
        asked = self.client.session_timeout
        await self.connect()
        self.agreed: tuple[Agreed, ...] = (
            Agreed("session timeout", asked / 1e3, self.client.session_timeout / 1e3, "s"),
        )
        self.lockstep, self.scans = lockstep, scans
        points = (*writes, *reads)
        if self.namespace not in self.spaces:
            raise InputError(f"{self.url} has no namespace {self.namespace!r}; it has {', '.join(self.spaces)}")
        described = await self.describe(points)
        outputs = await self._outputs(writes)
        described = tuple(replace(one, output=one.path in outputs) for one in described)
        known = await self.known() if any(one.built_in is None for one in described) else ()
        found = faults(self.url, writes, list(zip(points, described, strict=True)), known)
        if lockstep and not await self._steps():
            found.append(f"{self.url} does not run in lockstep; serve with --clock lockstep, or run with --clock wall")
        if found:
            raise InputError(found)
        self._prepare(writes, reads, described)
        if lockstep:
            await self._call("Controller.Reset")
        elif subscribe is not None and reads:
            self.subscription = Subscription(self.client, subscribe, reads, self._read_all)
            await self.subscription.open(self._read.NodesToRead, self.timeout)
            self.agreed += self.subscription.agreed

    async def connect(self) -> None:
        """Connect, and read the server's namespaces."""
        if self.security is not None:
            await self.security.apply(self.client, self.url)
        await self.client.connect()
        self.spaces = await self.client.get_namespace_array()

    async def now(self) -> int:
        """Return the server's time in ns, as its status shows it (OPC 10000-5, clause 12.10)."""
        node = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)
        (answer,) = await self.client.uaclient.read(
            ua.ReadParameters(NodesToRead=[ua.ReadValueId(node, ua.AttributeIds.Value)])
        )
        since: timedelta = answer.Value.Value - _EPOCH
        return 1000 * ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)

    async def close(self) -> None:
        """End the session and the connection."""
        if self.subscription is not None:
            await self.subscription.drop()
        await self.client.disconnect()

    async def drop(self) -> None:
        """Cut the connection without a word."""
        if self.subscription is not None:
            await self.subscription.drop()
        if self.client.uaclient.protocol is not None:
            self.client.disconnect_socket()

    async def describe(self, points: Sequence[Point]) -> tuple[Described, ...]:
        """Return what the server says of each point, in the same order."""
        request = ua.ReadParameters()
        for one in points:
            request.NodesToRead += [ua.ReadValueId(NodeId=self._node(one.path), AttributeId=each) for each in _ASKED]
            beside = [self._of_controller(f"{one.path}.{each}") for each in ("EngineeringUnits", "Nanoseconds")]
            request.NodesToRead += [ua.ReadValueId(NodeId=each, AttributeId=_ASKED[0]) for each in beside]
        answers = iter(await self.client.uaclient.read(request) if points else ())
        return tuple(
            self._described(one, *each)
            for one, *each in zip(points, answers, answers, answers, answers, answers, strict=True)
        )

    def _described(
        self, point: Point, value: ua.DataValue, kind: ua.DataValue, access: ua.DataValue, *beside: ua.DataValue
    ) -> Described:
        if not _good(kind):
            return Described(point.path, None, "", False, False, "")
        unit, exact = beside
        built_in, named = value.Value.VariantType.name, kind.Value.Value
        known = PLCOPEN in self.spaces and named.NamespaceIndex == self.spaces.index(PLCOPEN)
        return Described(
            point.path,
            built_in,
            IEC_NAMES.get(named.Identifier, built_in) if known else built_in,
            value.Value.is_array,
            bool((access.Value.Value or 0) & (1 << ua.AccessLevel.CurrentWrite)),
            unit.Value.Value.DisplayName.Text if isinstance(unit.Value.Value, ua.EUInformation) else "",
            _good(exact),
        )

    async def _outputs(self, points: Sequence[Point]) -> set[str]:
        """Return the paths that are, or lie in, an output of a program or block."""
        if not points or PLCOPEN not in self.spaces:
            return set()
        by = ua.NodeId(_HAS_OUTPUT, self.spaces.index(PLCOPEN))
        asked = [(one.path, self._node(each)) for one in points for each in holders(one.path)]
        request = ua.BrowseParameters(
            NodesToBrowse=[ua.BrowseDescription(node, ua.BrowseDirection.Inverse, by, False) for _, node in asked]
        )
        answers = await self.client.uaclient.browse(request)
        return {path for (path, _), one in zip(asked, answers, strict=True) if one.References}

    async def exchange(self, t: int, values: tuple[Any, ...]) -> Answer:
        """Write `values`, let the controller scan in lockstep, and return what is read.

        Raises:
            ControllerFault: the controller has stopped with a fault.
        """
        for item, encode, value in zip(self._write.NodesToWrite, self._encode, values, strict=True):
            item.Value.Value.Value = encode(value) if encode else value
        self._step.InputArguments[0].Value = t
        wire = self.client.uaclient
        work = []
        if self._encode:
            work.append(wire.write(self._write))
        if self.lockstep:
            work.append(wire.call([self._step]))
        if self._decode and self.subscription is None:
            work.append(wire.read(self._read))
        answers = await asyncio.gather(*work)
        refused = [one.name for one in answers.pop(0) if not one.is_good()] if self._encode else []
        if self.lockstep and not (status := answers.pop(0)[0].StatusCode).is_good():
            if fault := await self._fault():
                raise ControllerFault(fault)
            raise LinkError(f"{self.url}: the scan at {t} ns failed: {in_words(status)}")
        behind = None
        if self.subscription is not None:
            answer, behind, lost = await self.subscription.newest(t, self.timeout)
            counted = [*refused, *["lost message"] * lost]
        else:
            answer, counted = answers.pop(0) if self._decode else [], refused
        return Answer(*await self._values(answer, Quality.UNCERTAIN if refused else Quality.GOOD), behind, counted)

    async def _values(self, answer: list[ua.DataValue], best: Quality) -> tuple[list[Any], list[int] | None]:
        values, quality = [], list[int]()
        for one, decode in zip(answer, self._decode, strict=True):
            status, value = one.StatusCode, one.Value.Value if one.Value is not None else None
            sound = status is None or status.is_good()
            quality.append(best if sound else Quality.UNCERTAIN if status.is_uncertain() else Quality.BAD)
            values.append(decode(value) if decode else value)
        if not any(quality):
            return values, None
        if CONTROLLER in self.spaces and (fault := await self._fault()):
            raise ControllerFault(fault)
        return [one if each < Quality.BAD else None for one, each in zip(values, quality, strict=True)], quality

    async def _read_all(self) -> list[ua.DataValue]:
        return list(await self.client.uaclient.read(self._read))

    def _prepare(self, writes: Sequence[Point], reads: Sequence[Point], described: Sequence[Described]) -> None:
        self._write, self._read, self._step = (
            ua.WriteParameters(),
            ua.ReadParameters(),
            ua.CallMethodRequest(),
        )
        for one in described[: len(writes)]:
            wire = "Int64" if one.exact else str(one.built_in)
            empty = ua.Variant("" if wire == "String" else 0, ua.VariantType[wire])
            self._write.NodesToWrite.append(ua.WriteValue(self._node(one.path), _ASKED[0], None, ua.DataValue(empty)))
        for point in reads:
            self._read.NodesToRead.append(ua.ReadValueId(self._node(point.path), _ASKED[0]))
        self._read.TimestampsToReturn = ua.TimestampsToReturn.Neither
        self._encode = [encoder(one) for one in described[: len(writes)]]
        self._decode = [decoder(one) for one in described[len(writes) :]]
        for item, one in zip((*self._write.NodesToWrite, *self._read.NodesToRead), described, strict=True):
            if one.exact:
                item.NodeId = self._of_controller(f"{one.path}.Nanoseconds")
        self._step.InputArguments = [
            ua.Variant(0, ua.VariantType.Int64),
            ua.Variant(self.scans, ua.VariantType.UInt32),
        ]
        if self.lockstep:
            self._step.ObjectId = self._of_controller("Controller")
            self._step.MethodId = self._of_controller("Controller.Step")

    def _node(self, path: str) -> ua.NodeId:
        return ua.NodeId(path, self.spaces.index(self.namespace))

    def _of_controller(self, name: str) -> ua.NodeId:
        # A foreign server has no such namespace: an index past its table names no node.
        space = self.spaces.index(CONTROLLER) if CONTROLLER in self.spaces else len(self.spaces)
        return ua.NodeId(name, space)

    async def _steps(self) -> bool:
        asked = ua.ReadValueId(self._of_controller("Controller.Step"), ua.AttributeIds.NodeClass)
        (answer,) = await self.client.uaclient.read(ua.ReadParameters(NodesToRead=[asked]))
        return answer.StatusCode is None or answer.StatusCode.is_good()

    async def _call(self, method: str) -> None:
        request = ua.CallMethodRequest(self._of_controller("Controller"), self._of_controller(method))
        (answer,) = await self.client.uaclient.call([request])
        answer.StatusCode.check()

    async def _fault(self) -> str:
        """Return the fault that stopped the controller, in its own words; empty when it does not say."""
        asked = ua.ReadValueId(self._of_controller("Controller.Fault"), ua.AttributeIds.Value)
        (answer,) = await self.client.uaclient.read(ua.ReadParameters(NodesToRead=[asked]))
        return str(answer.Value.Value or "")

    async def known(self) -> tuple[str, ...]:
        """Return the paths of the server's variables in our namespace, found by browsing."""
        space = self.spaces.index(self.namespace)
        paths: list[str] = []
        seen: set[ua.NodeId] = set()
        waiting: list[Node] = [self.client.nodes.objects]
        while waiting and len(seen) < _KNOWN_AT_MOST:
            for one in await waiting.pop().get_children_descriptions():
                if one.NodeId in seen or one.NodeId.NamespaceIndex == 0:
                    continue
                seen.add(one.NodeId)
                if one.NodeClass == ua.NodeClass.Object:
                    waiting.append(self.client.get_node(one.NodeId))
                elif one.NodeClass == ua.NodeClass.Variable and one.NodeId.NamespaceIndex == space:
                    paths.append(str(one.NodeId.Identifier))
        return tuple(paths)


def _good(answer: ua.DataValue) -> bool:
    return answer.StatusCode is None or bool(answer.StatusCode.is_good())
