"""The target `external`: out of what the rig file says, a box that is brought up, identified, and met over its link."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hil.bench.external_parts import CoilStep, CommandStep, NodeStep, PauseStep, PortStep, SendStep, StepPart
from hil.errors import InputError
from hil.targets import external
from hil.targets.external import External, Step

if TYPE_CHECKING:
    from hil.bench.links import Wanted
    from hil.links import Link


def bring_up(link: str, wanted: "Wanted") -> "Link":
    """Return the link to the box, which is up and is the one that was expected; it goes down with `wanted.stack`.

    Raises:
        InputError: the rig says too little, or it is another box. RunError: it did not come up.
    """
    from hil.bench.links import make_link

    part = wanted.rig.file.targets.external
    address = _address(link, wanted)
    up = part.up or (PortStep(do="port"),) * (link in ("opcua", "modbus-tcp"))
    steps = [[_step(one, address, wanted) for one in side] for side in (up, part.down)]
    made = make_link(link, wanted)
    identify: Callable[[], dict[str, str]] = getattr(made, "identity", dict)
    box = External(address, steps[0], steps[1], identify, part.expect, wanted.facts)
    wanted.stack.callback(box.stop)
    box.start()
    return made


def _address(link: str, wanted: "Wanted") -> str:
    """Return where the box is; the link would bring up a program of ours where nothing is said.

    Raises:
        InputError: nothing is said.
    """
    links = wanted.rig.file.links
    serial = links.serial.port if links.serial is not None else None
    known = {
        "opcua": (links.opcua.url, "url"), "modbus-tcp": (links.modbus_tcp.address, "address"),
        "modbus-rtu": (links.modbus_rtu.port, "port"), "serial": (serial, "port"),
        "can": (links.can.bus if links.can.external else None, "bus, with external = true,"),
    }  # fmt: skip
    address, key = known[link]
    if address is None:
        place = wanted.rig.source.at("links", link)
        raise InputError(f"{place}: the target external is met over {link}: [links.{link}] needs the {key} of the box")
    return address


def _step(part: StepPart, address: str, wanted: "Wanted") -> Step:
    from hil.bench.links import security_of
    from hil.links.serial_port import Settings

    if isinstance(part, CommandStep):
        return external.command(part.command, wanted.rig.source.path.parent, part.within / 1e9)
    if isinstance(part, PauseStep):
        return external.pause(part.time / 1e9)
    if isinstance(part, CoilStep):
        return external.coil(part.address, part.unit, part.coil, value=part.value)
    if isinstance(part, SendStep):
        return external.send(part.port, bytes.fromhex(part.bytes), Settings(part.baudrate, part.parity))
    if isinstance(part, PortStep):
        return external.port(part.address or _host_and_port(address), part.within / 1e9)
    if isinstance(part, NodeStep):
        security = security_of(wanted) if part.url is None else None
        return external.node(part.url or address, part.node, part.equals, part.within / 1e9, security)
    where = part.address or _host_and_port(address)
    return external.register(where, part.unit, (part.table, part.at), part.equals, part.within / 1e9)


def _host_and_port(address: str) -> str:
    return urlsplit(address).netloc or address
