"""A plain asyncua client at the virtual PLC's server: the server is judged without our own link."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from asyncua import Client, ua

from hil.links.opcua_types import CONTROLLER, PLCOPEN, VARIABLES


class Plain:
    """Reads, writes and steps by path."""

    def __init__(self, client: Client, variables: int, own: int, plcopen: int) -> None:
        self.client, self.variables, self.own, self.plcopen = client, variables, own, plcopen

    def variable(self, path: str) -> Any:
        return self.client.get_node(ua.NodeId(path, self.variables))

    def of_controller(self, name: str) -> Any:
        return self.client.get_node(ua.NodeId(name, self.own))

    async def read(self, path: str) -> Any:
        return await self.variable(path).read_value()

    async def write(self, path: str, value: Any, built_in: str) -> None:
        await self.variable(path).write_value(ua.DataValue(ua.Variant(value, ua.VariantType[built_in])))

    async def refused(self, path: str, value: Any, built_in: str) -> str:
        """Write what the server must refuse; return the name of its status."""
        try:
            await self.write(path, value, built_in)
        except ua.UaStatusCodeError as refused:
            return type(refused).__name__
        return "Good"

    async def step(self, t: int, scans: int = 1) -> None:
        arguments = ua.Variant(t, ua.VariantType.Int64), ua.Variant(scans, ua.VariantType.UInt32)
        controller = self.of_controller("Controller")
        await controller.call_method(ua.NodeId("Controller.Step", self.own), *arguments)

    async def call(self, method: str, *arguments: ua.Variant) -> str:
        """Call a method of the controller; return the name of its status."""
        try:
            await self.of_controller("Controller").call_method(ua.NodeId(f"Controller.{method}", self.own), *arguments)
        except ua.UaStatusCodeError as refused:
            return type(refused).__name__
        return "Good"

    async def part(self, path: str, index_range: str) -> Any:
        """Read a part of an array; the name of the status when there is none."""
        asked = ua.ReadValueId(self.variable(path).nodeid, ua.AttributeIds.Value, index_range)
        (answer,) = await self.client.uaclient.read(ua.ReadParameters(NodesToRead=[asked]))
        return answer.Value.Value if answer.StatusCode.is_good() else answer.StatusCode.name

    async def write_part(self, path: str, index_range: str, value: Any, built_in: str) -> str:
        """Write a part of an array; return the name of the status."""
        content = ua.DataValue(ua.Variant(value, ua.VariantType[built_in]))
        item = ua.WriteValue(self.variable(path).nodeid, ua.AttributeIds.Value, index_range, content)
        (status,) = await self.client.uaclient.write(ua.WriteParameters(NodesToWrite=[item]))
        return str(status.name)

    async def state(self, name: str) -> Any:
        return await self.of_controller(f"Controller.{name}").read_value()


def talk(url: str, work: Callable[[Plain], Awaitable[None]]) -> None:
    """Connect, start the program anew, and do the work."""

    async def connected() -> None:
        async with Client(url) as client:
            spaces = [await client.get_namespace_index(one) for one in (VARIABLES, CONTROLLER, PLCOPEN)]
            plain = Plain(client, *spaces)
            if await plain.state("Clock") == "lockstep":
                await plain.of_controller("Controller").call_method(ua.NodeId("Controller.Reset", plain.own))
            await work(plain)

    asyncio.run(connected())
