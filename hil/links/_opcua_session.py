"""A session with an OPC UA server: the checks at its start and the requests of an exchange (OPC 10000-4)."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from asyncua import Client, Node, ua

from hil.errors import InputError
from hil.links._opcua_points import Described, decoder, encoder, faults
from hil.links.link import ControllerFault, LinkError, Point
from hil.links.opcua_types import CONTROLLER

_ASKED = (
    ua.AttributeIds.Value,
    ua.AttributeIds.DataType,
    ua.AttributeIds.UserAccessLevel,
)
_KNOWN_AT_MOST = 20_000
_NEVER = 1e7  # s

logging.getLogger("asyncua").setLevel(logging.CRITICAL)


class Session:
    """A connected client and the prepared requests of an exchange; all of it lives in one event loop."""

    def __init__(self, url: str, timeout: float, namespace: str) -> None:
        self.url, self.namespace = url, namespace
        # The library's own watch would run only while we exchange, and an exchange is the better look.
        self.client = Client(url, timeout=timeout, watchdog_intervall=_NEVER)

    async def open(self, writes: Sequence[Point], reads: Sequence[Point], *, lockstep: bool, scans: int) -> None:
        """Connect, check all points and prepare the requests.

        Raises:
            InputError: every point that cannot be wired, in one go.
        """
        await self.client.connect()
        self.spaces = await self.client.get_namespace_array()
        self.lockstep, self.scans = lockstep, scans
        points = (*writes, *reads)
        if self.namespace not in self.spaces:
            raise InputError(f"{self.url} has no namespace {self.namespace!r}; it has {', '.join(self.spaces)}")
        described = await self.describe(points)
        known = await self._known() if any(one.built_in is None for one in described) else ()
        found = faults(self.url, writes, list(zip(points, described, strict=True)), known)
        if lockstep and not await self._steps():
            found.append(f"{self.url} does not run in lockstep; start it with `hil plc serve --clock lockstep`")
        if found:
            raise InputError(found)
        self._prepare(writes, reads, described)
        if lockstep:
            await self._call("Controller.Reset")

    async def close(self) -> None:
        """End the session and the connection."""
        await self.client.disconnect()

    async def drop(self) -> None:
        """Cut the connection without a word."""
        if self.client.uaclient.protocol is not None:
            self.client.disconnect_socket()

    async def describe(self, points: Sequence[Point]) -> tuple[Described, ...]:
        """Return what the server says of each point, in the same order."""
        request = ua.ReadParameters()
        for one in points:
            request.NodesToRead += [ua.ReadValueId(NodeId=self._node(one.path), AttributeId=each) for each in _ASKED]
            request.NodesToRead.append(
                ua.ReadValueId(NodeId=self._of_controller(f"{one.path}.EngineeringUnits"), AttributeId=_ASKED[0])
            )
        answers = iter(await self.client.uaclient.read(request) if points else ())
        return tuple(
            _described(one, value, kind, access, unit)
            for one, value, kind, access, unit in zip(points, answers, answers, answers, answers, strict=True)
        )

    async def exchange(self, t: int, values: tuple[Any, ...]) -> list[Any]:
        """Write `values`, let the controller scan in lockstep, and return what is read."""
        for item, encode, value in zip(self._write.NodesToWrite, self._encode, values, strict=True):
            item.Value.Value.Value = encode(value) if encode else value
        self._step.InputArguments[0].Value = t
        wire = self.client.uaclient
        work = []
        if self._encode:
            work.append(wire.write(self._write))
        if self.lockstep:
            work.append(wire.call([self._step]))
        if self._decode:
            work.append(wire.read(self._read))
        answers = await asyncio.gather(*work)
        if self._encode:
            for item, status in zip(self._write.NodesToWrite, answers.pop(0), strict=True):
                if not status.is_good():
                    raise LinkError(f"{self.url}: writing {item.NodeId.Identifier!r} failed: {in_words(status)}")
        if self.lockstep and not (status := answers.pop(0)[0].StatusCode).is_good():
            if fault := await self._fault():
                raise ControllerFault(fault)
            raise LinkError(f"{self.url}: the scan at {t} ns failed: {in_words(status)}")
        return await self._values(answers.pop(0)) if self._decode else []

    async def _values(self, answer: list[ua.DataValue]) -> list[Any]:
        values = []
        for item, one, decode in zip(self._read.NodesToRead, answer, self._decode, strict=True):
            if one.StatusCode is not None and not one.StatusCode.is_good():
                if fault := await self._fault():
                    raise ControllerFault(fault)
                raise LinkError(f"{self.url}: reading {item.NodeId.Identifier!r} failed: {in_words(one.StatusCode)}")
            values.append(decode(one.Value.Value) if decode else one.Value.Value)
        return values

    def _prepare(self, writes: Sequence[Point], reads: Sequence[Point], described: Sequence[Described]) -> None:
        self._write, self._read, self._step = (
            ua.WriteParameters(),
            ua.ReadParameters(),
            ua.CallMethodRequest(),
        )
        for one in described[: len(writes)]:
            empty = ua.Variant("" if one.built_in == "String" else 0, ua.VariantType[str(one.built_in)])
            self._write.NodesToWrite.append(ua.WriteValue(self._node(one.path), _ASKED[0], None, ua.DataValue(empty)))
        for point in reads:
            self._read.NodesToRead.append(ua.ReadValueId(self._node(point.path), _ASKED[0]))
        self._read.TimestampsToReturn = ua.TimestampsToReturn.Neither
        self._encode = [encoder(one) for one in described[: len(writes)]]
        self._decode = [decoder(one) for one in described[len(writes) :]]
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

    async def _known(self) -> tuple[str, ...]:
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


def _described(
    point: Point, value: ua.DataValue, kind: ua.DataValue, access: ua.DataValue, unit: ua.DataValue
) -> Described:
    if kind.StatusCode is not None and not kind.StatusCode.is_good():
        return Described(point.path, None, "", False, False, "")
    built_in = value.Value.VariantType.name
    # A type of the controller's own is named by its identifier, a standard one is its built-in type.
    named = kind.Value.Value.Identifier
    writable = bool((access.Value.Value or 0) & (1 << ua.AccessLevel.CurrentWrite))
    words = unit.Value.Value.DisplayName.Text if isinstance(unit.Value.Value, ua.EUInformation) else ""
    return Described(
        point.path,
        built_in,
        named if isinstance(named, str) else built_in,
        value.Value.is_array,
        writable,
        words,
    )


def in_words(status: ua.StatusCode) -> str:
    """Return a status code as its name and what the standard says of it."""
    return f"{status.name} ({status.doc.rstrip('.')})"
