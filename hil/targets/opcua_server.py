"""The OPC UA server of a virtual PLC: values are read when somebody asks, never pushed."""

import asyncio
import gc
import logging
import pickle
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from asyncua import Server, ua
from asyncua.common.callback import CallbackType, ServerItemCallback
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.address_space import AddressSpace, AttributeService
from asyncua.server.internal_server import InternalServer

from hil.blocks.native import cached
from hil.errors import InputError
from hil.links.opcua_types import CONTROLLER, VARIABLES
from hil.targets._address_space import Tree, computed
from hil.targets._values import Value, values
from hil.targets.controller import Change, Controller

_SAMPLING = 0.05  # s: how often subscribed variables are looked at

logging.getLogger("asyncua").setLevel(logging.CRITICAL)


class _Attributes(AttributeService):  # type: ignore[misc]
    """Reads a batch out of one image and hands a batch of writes to one scan."""

    def __init__(self, space: AddressSpace, controller: Controller) -> None:
        super().__init__(space)
        self.controller = controller
        self.space = -1
        self.values: dict[str, Value] = {}

    def read(self, params: ua.ReadParameters) -> list[ua.DataValue]:
        """Read a batch: all variables as they were after one and the same scan."""
        image = self.controller.image
        status, stamp = self._quality(), None
        if params.TimestampsToReturn != ua.TimestampsToReturn.Neither:
            stamp = datetime.now(UTC)
        results = []
        for item in params.NodesToRead:
            value = self.find(item.NodeId) if item.AttributeId == ua.AttributeIds.Value else None
            if item.IndexRange:
                results.append(ua.DataValue(StatusCode=ua.StatusCode(ua.StatusCodes.BadIndexRangeInvalid)))
            elif value is None:
                results.append(self._aspace.read_attribute_value(item.NodeId, item.AttributeId))
            else:
                results.append(ua.DataValue(value.read(image), status, stamp, stamp))
        return results

    def read_one(self, node: ua.NodeId, _attribute: ua.AttributeIds) -> ua.DataValue:
        """Read one variable, as a subscription does."""
        value, stamp = self.values[node.Identifier], datetime.now(UTC)
        return ua.DataValue(value.read(self.controller.image), self._quality(), stamp, stamp)

    async def write(self, params: ua.WriteParameters, user: User | None = None) -> list[ua.StatusCode]:
        """Write a batch: what is accepted acts together at the next scan."""
        if user is None or user.role == UserRole.Admin:  # the server itself: no client has this role
            done: list[ua.StatusCode] = await super().write(params, User(role=UserRole.Admin))
            return done
        changes: list[Change] = []
        results = [self._write(item, changes) for item in params.NodesToWrite]
        self.controller.write(changes)
        return [ua.StatusCode(code) for code in results]

    def _write(self, item: ua.WriteValue, changes: list[Change]) -> int:
        value = self.find(item.NodeId)
        if value is None:
            known = self._aspace.get(item.NodeId) is not None
            return int(ua.StatusCodes.BadNotWritable if known else ua.StatusCodes.BadNodeIdUnknown)
        if item.AttributeId != ua.AttributeIds.Value or not value.writable:
            return int(ua.StatusCodes.BadNotWritable)
        if item.IndexRange:
            return int(ua.StatusCodes.BadIndexRangeInvalid)
        if item.Value.StatusCode is not None and not item.Value.StatusCode.is_good():
            return int(ua.StatusCodes.BadWriteNotSupported)
        made = value.change(item.Value.Value or ua.Variant())
        if isinstance(made, int):
            return made
        changes.append((value.offset, made))
        return int(ua.StatusCodes.Good)

    def find(self, node: ua.NodeId) -> Value | None:
        """Return the variable of a node, None for a node that is none."""
        return self.values.get(node.Identifier) if node.NamespaceIndex == self.space else None

    def _quality(self) -> ua.StatusCode:
        fault = self.controller.fault
        return ua.StatusCode(ua.StatusCodes.UncertainLastUsableValue if fault else ua.StatusCodes.Good)


class _Internal(InternalServer):  # type: ignore[misc]
    """An internal server whose standard address space comes out of a cache: building it takes two seconds."""

    async def load_standard_address_space(self, shelf_file: Path | None = None) -> None:
        """Fill the address space with what the standard defines."""
        gc.disable()
        try:
            nodes = pickle.loads(cached(f"opcua/{version('asyncua')}", self._build))
        finally:
            gc.enable()
        for node, data in nodes.items():
            self.aspace[node] = data

    def _build(self) -> bytes:
        from asyncua.server.standard_address_space import standard_address_space

        standard_address_space.fill_address_space(self.node_mgt_service)
        return pickle.dumps({node: self.aspace[node] for node in list(self.aspace.keys())}, 5)


class OpcUaServer:
    """A controller behind OPC UA: security policy None, anonymous, on the loopback only.

    `lockstep` adds the methods by which a bench advances the controller.
    """

    def __init__(self, controller: Controller, url: str, *, lockstep: bool) -> None:
        self.controller, self.lockstep = controller, lockstep
        self.host, self.port = _address(url)
        self._sampler: asyncio.Task[None] | None = None
        self._subscribed: set[ua.NodeId] = set()

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"opc.tcp://{self.host}:{self.port}"

    async def start(self) -> None:
        """Build the address space and listen.

        Raises:
            InputError: the port is taken or not ours to take.
        """
        internal = _Internal()
        internal.attribute_service = self._attributes = _Attributes(internal.aspace, self.controller)
        internal.disabled_clock = True
        self._server = server = Server(internal)
        server.name = f"hil plc: {self.controller.program.name}"
        await server.init()
        await server.set_application_uri("urn:hilbench:server")
        server.set_endpoint(self.url)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.set_identity_tokens([ua.AnonymousIdentityToken])
        server.allow_remote_admin(False)
        now = computed(lambda _node, _attribute: ua.DataValue(ua.Variant(datetime.now(UTC), ua.VariantType.DateTime)))
        clock = internal.aspace[ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)]
        clock.attributes[ua.AttributeIds.Value] = now
        await self._populate(server, internal)
        # What is there now stays: the collector need not walk some hundred thousand objects again and again.
        gc.collect()
        gc.freeze()
        try:
            await server.start()
        except OSError as taken:
            words = f"cannot listen at {self.url}: {taken.strerror}; choose another port, or 0 for a free one"
            raise InputError(words) from taken
        if server.bserver is not None:
            self.port = server.bserver.port
        server.subscribe_server_callback(CallbackType.ItemSubscriptionCreated, self._note)
        self._sampler = asyncio.create_task(self._sample(internal.aspace))

    async def stop(self) -> None:
        """Stop listening and let every client go."""
        if self._sampler is not None:
            self._sampler.cancel()
        await self._server.stop()

    async def _populate(self, server: Server, internal: InternalServer) -> None:
        program = await server.register_namespace(VARIABLES)
        own = await server.register_namespace(CONTROLLER)
        attributes, controller = self._attributes, self.controller
        attributes.space, attributes.values = program, values(controller.program)
        tree = Tree(internal.aspace, program, own)
        tree.data_types()
        objects = ua.NodeId(ua.ObjectIds.ObjectsFolder)
        root, state = ua.NodeId("Program", own), ua.NodeId("Controller", own)
        tree.folder(root, controller.program.name, objects)
        tree.variables(attributes.values, root, attributes.read_one)
        tree.folder(state, "Controller", objects)
        tree.state("State", "String", state, lambda: controller.state)
        tree.state("Fault", "String", state, lambda: controller.fault)
        tree.state("ScanCount", "UInt64", state, lambda: controller.scans)
        tree.state("Overruns", "UInt64", state, lambda: controller.overruns)
        tree.state("Time", "Int64", state, lambda: controller.time)
        tree.state("Period", "Int64", state, lambda: controller.period or 0)
        tree.state("Clock", "String", state, lambda: "lockstep" if self.lockstep else "wall")
        tree.state("Digest", "String", state, lambda: controller.program.digest)
        if self.lockstep:
            tree.method("Step", state, self._step, {"t": "Int64", "n": "UInt32"})
            tree.method("Reset", state, self._reset, {})

    async def _step(self, _parent: ua.NodeId, *arguments: ua.Variant) -> ua.CallMethodResult:
        types = [one.VariantType for one in arguments]
        if types != [ua.VariantType.Int64, ua.VariantType.UInt32]:
            return ua.CallMethodResult(ua.StatusCode(ua.StatusCodes.BadInvalidArgument))
        wrong = self.controller.step(*(one.Value for one in arguments))
        if wrong is None:
            return ua.CallMethodResult()
        # The words go into the diagnostics of the first argument, the one place that the standard has for
        # them.
        told = ua.DiagnosticInfo(AdditionalInfo=wrong)
        code = ua.StatusCodes.BadInvalidState if self.controller.fault else ua.StatusCodes.BadInvalidArgument
        return ua.CallMethodResult(ua.StatusCode(code), InputArgumentDiagnosticInfos=[told])

    async def _reset(self, _parent: ua.NodeId, *_arguments: ua.Variant) -> ua.CallMethodResult:
        self.controller.reset()
        return ua.CallMethodResult()

    def _note(self, event: ServerItemCallback, _dispatcher: object) -> None:
        """Remember what a client subscribes to."""
        for item in event.request_params.ItemsToCreate:
            if self._attributes.find(item.ItemToMonitor.NodeId) is not None:
                self._subscribed.add(item.ItemToMonitor.NodeId)

    async def _sample(self, space: AddressSpace) -> None:
        """Look at the subscribed variables; the library tells the subscriber when one has changed."""
        while True:
            await asyncio.sleep(_SAMPLING)
            for node in tuple(self._subscribed):
                waiting = space[node].attributes[ua.AttributeIds.Value].datachange_callbacks
                if not waiting:
                    self._subscribed.discard(node)
                for handle, tell in tuple(waiting.items()):
                    if handle in waiting:
                        await tell(handle, self._attributes.read_one(node, ua.AttributeIds.Value))


def _address(url: str) -> tuple[str, int]:
    """Return host and port of an endpoint's URL.

    Raises:
        InputError: no such URL, or a host that others can reach.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if parts.scheme != "opc.tcp" or host is None or port is None:
        raise InputError(f"{url!r} is not an OPC UA endpoint; write opc.tcp://127.0.0.1:4840, port 0 for a free one")
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise InputError(f"{url}: without security the server listens on the loopback only; use 127.0.0.1")
    return host, port
