"""What an OPC UA server says of the device that it stands for: the nameplate of OPC UA for Devices (OPC 10000-100).

A server without the DeviceSet of that model has the BuildInfo of its own software (OPC 10000-5 clause 12.4).
"""

from collections import deque
from typing import TYPE_CHECKING, Any

from hil.errors import InputError
from hil.links.opcua_types import DEVICES

if TYPE_CHECKING:
    from hil.links._opcua_session import Session

NAMEPLATE = {
    "Manufacturer": "manufacturer", "Model": "model", "ProductCode": "product_code", "SerialNumber": "serial_number",
    "SoftwareRevision": "software_revision", "HardwareRevision": "hardware_revision",
    "DeviceRevision": "device_revision",
}  # fmt: skip
_DEVICE_SET = 5001
_MOST = 200  # objects below the DeviceSet, the nearest first


async def identity(session: "Session") -> dict[str, str]:
    """Return what the first device with a nameplate says of itself; what it leaves empty is left out."""
    return await _nameplate(session) or await _build_info(session)


async def value_of(session: "Session", name: str) -> Any:
    """Return the value of a node, named as `i=2259` or `http://vendor/plc;s=STATE`; None, it has no good one.

    Raises:
        InputError: that names no node, or the server has no such namespace.
    """
    from asyncua import ua

    uri, _, identifier = name.rpartition(";")
    if uri and uri not in session.spaces:
        raise InputError(f"{session.url} has no namespace {uri!r}; it has {', '.join(session.spaces)}")
    try:
        node = ua.NodeId.from_string(f"ns={session.spaces.index(uri) if uri else 0};{identifier}")
    except (ua.UaError, ValueError) as wrong:
        raise InputError(f"{name!r} names no node; write i=2259, or http://vendor/plc;s=STATE") from wrong
    asked = ua.ReadParameters(NodesToRead=[ua.ReadValueId(node, ua.AttributeIds.Value)])
    (answer,) = await session.client.uaclient.read(asked)
    good = answer.StatusCode is None or answer.StatusCode.is_good()
    return answer.Value.Value if good and answer.Value is not None else None


async def _nameplate(session: "Session") -> dict[str, str]:
    from asyncua import ua

    if DEVICES not in session.spaces:
        return {}
    space = session.spaces.index(DEVICES)
    waiting, seen = deque([ua.NodeId(_DEVICE_SET, space)]), set[Any]()
    while waiting and len(seen) < _MOST:
        node = waiting.popleft()
        children = await session.client.get_node(node).get_children_descriptions()
        properties = {
            NAMEPLATE[one.BrowseName.Name]: one.NodeId
            for one in children
            if one.BrowseName.NamespaceIndex == space and one.BrowseName.Name in NAMEPLATE
        }
        if properties and (found := await _texts(session, properties)):
            return found
        seen.add(node)
        waiting += [one.NodeId for one in children if one.NodeClass == ua.NodeClass.Object and one.NodeId not in seen]
    return {}


async def _texts(session: "Session", nodes: dict[str, Any]) -> dict[str, str]:
    from asyncua import ua

    asked = [ua.ReadValueId(one, ua.AttributeIds.Value) for one in nodes.values()]
    answers = await session.client.uaclient.read(ua.ReadParameters(NodesToRead=asked))
    values = [one.Value.Value if one.Value is not None else None for one in answers]
    texts = [getattr(one, "Text", one) for one in values]
    return {name: str(text) for name, text in zip(nodes, texts, strict=True) if text}


async def _build_info(session: "Session") -> dict[str, str]:
    from asyncua import ua

    parts = {
        "manufacturer": ua.ObjectIds.Server_ServerStatus_BuildInfo_ManufacturerName,
        "model": ua.ObjectIds.Server_ServerStatus_BuildInfo_ProductName,
        "software_revision": ua.ObjectIds.Server_ServerStatus_BuildInfo_SoftwareVersion,
    }
    return await _texts(session, {name: ua.NodeId(number) for name, number in parts.items()})
