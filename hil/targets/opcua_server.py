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
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession

from hil.blocks.native import cached
from hil.errors import InputError
from hil.links.opcua_types import CONTROLLER, DEVICES, PLCOPEN, VARIABLES
from hil.links.tcp import is_loopback
from hil.targets._address_space import Spaces, computed
from hil.targets._attributes import Attributes
from hil.targets._commands import Commands, Session
from hil.targets._guards import guard, watch_channels
from hil.targets._plcopen import Model
from hil.targets._sampling import Subscriptions
from hil.targets._values import Kinds, values
from hil.targets.controller import Controller
from hil.targets.security import Security

logging.getLogger("asyncua").setLevel(logging.CRITICAL)


class _Internal(InternalServer):  # type: ignore[misc]
    """An internal server whose standard address space comes out of a cache: building it takes two seconds."""

    def create_session(self, name: str, user: User | None = None, external: bool = False) -> InternalSession:
        """Return a session that knows what its user may do."""
        known = user or User(role=UserRole.Anonymous)
        return Session(self, self.aspace, self.subscription_service, name, user=known, external=external)

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
    """A controller behind OPC UA; without `security` anybody may do everything, on the loopback only.

    `lockstep` adds the method by which a bench advances the controller.
    """

    def __init__(self, controller: Controller, url: str, *, lockstep: bool, security: Security | None = None) -> None:
        self.controller, self.lockstep, self.security = controller, lockstep, security
        self.host, self.port = _address(url, secure=security is not None and not security.insecure)
        if security is not None:
            security.check()
        self._sampler: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"opc.tcp://{self.host}:{self.port}"

    @property
    def where(self) -> str:
        """Where the server listens, as the ready line says it."""
        return self.url

    async def start(self) -> None:
        """Build the address space and listen.

        Raises:
            InputError: the port is taken or not ours to take.
        """
        internal = _Internal()
        internal.attribute_service = self._attributes = Attributes(internal.aspace, self.controller)
        internal.subscription_service = subscriptions = Subscriptions(internal.aspace, internal, self._attributes)
        internal.disabled_clock = True
        self._server = server = Server(internal)
        server.name = f"hil plc: {self.controller.program.name}"
        await server.init()
        await server.set_application_uri("urn:hilbench:server")
        server.set_endpoint(self.url)
        await guard(server, self.security)
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
        if self.security is not None:
            watch_channels(server, self.security)
        if server.bserver is not None:
            self.port = server.bserver.port
        self._sampler = asyncio.create_task(subscriptions.sample())

    async def stop(self) -> None:
        """Stop listening and let every client go."""
        if self._sampler is not None:
            self._sampler.cancel()
        await self._server.stop()

    async def _populate(self, server: Server, internal: InternalServer) -> None:
        names = (VARIABLES, CONTROLLER, PLCOPEN, DEVICES)
        spaces = Spaces(*[await server.register_namespace(one) for one in names])
        kinds = Kinds(self.controller.program, spaces.own)
        found = values(self.controller.program, kinds)
        self._attributes.know(spaces, found)
        model = Model(internal.aspace, spaces, self.controller, kinds)
        model.types()
        groups = model.configuration()
        model.variables(found, groups, self._attributes.read_one)
        Commands(self.controller, self._attributes, spaces).add(model.tree, lockstep=self.lockstep)


def _address(url: str, *, secure: bool) -> tuple[str, int]:
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
    if not secure and not is_loopback(host):
        raise InputError(f"{url}: without security the server listens on the loopback only; use 127.0.0.1 or --pki")
    return host, port
