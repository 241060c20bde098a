"""What a rig file says of an external target: the steps that bring the box up and down, and who it has to be."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hil.links.codecs.modbus import Table
from hil.verdicts.requirements import Duration, Strict


def _host_and_port(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(f"{text!r} is not HOST:PORT; write 192.168.0.10:502")
    return text


def _hex(text: str) -> str:
    try:
        bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{text!r} are no bytes; write them as hex, A0 01 01 A2") from None
    return text


Where = Annotated[str, AfterValidator(_host_and_port)]
Address = Annotated[int, Field(ge=0, le=65535)]
Unit = Annotated[int, Field(ge=0, le=247)]
_SOON, _LONG = 10_000_000_000, 30_000_000_000


class CommandStep(Strict):
    """A program that has to end with status 0."""

    do: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1, description="and its arguments; run in the rig's folder")
    within: Duration = _SOON


class PauseStep(Strict):
    """Nothing happens."""

    do: Literal["pause"]
    time: Duration


class CoilStep(Strict):
    """A coil of a Modbus TCP slave is written."""

    do: Literal["coil"]
    address: Where = Field(description="HOST:PORT of the relay")
    unit: Unit = 1
    coil: Address
    value: bool


class SendStep(Strict):
    """Bytes go to a serial line."""

    do: Literal["send"]
    port: str
    bytes: Annotated[str, AfterValidator(_hex)] = Field(description="as hex, A0 01 01 A2")
    baudrate: int = Field(9600, gt=0)
    parity: Literal["none", "even", "odd"] = "none"


class PortStep(Strict):
    """Somebody listens."""

    do: Literal["port"]
    address: Where | None = Field(None, description="HOST:PORT; that of the rig's link when left out")
    within: Duration = _LONG


class NodeStep(Strict):
    """A node of an OPC UA server has a value."""

    do: Literal["node"]
    url: str | None = Field(None, description="that of the rig's link when left out")
    node: str = Field(description="i=2259 is the server's state, 0 running; or http://vendor/plc;s=STATE")
    equals: bool | int | float | str
    within: Duration = _LONG


class RegisterStep(Strict):
    """A coil or register of a Modbus TCP slave has a value."""

    do: Literal["register"]
    address: Where | None = Field(None, description="HOST:PORT; that of the rig's link when left out")
    unit: Unit = 1
    table: Table = "holding register"
    at: Address
    equals: int
    within: Duration = _LONG


STEPS = {
    "command": CommandStep, "pause": PauseStep, "coil": CoilStep, "send": SendStep, "port": PortStep, "node": NodeStep,
    "register": RegisterStep,
}  # fmt: skip
StepPart = Annotated[
    CommandStep | PauseStep | CoilStep | SendStep | PortStep | NodeStep | RegisterStep, Field(discriminator="do")
]


class ExternalPart(Strict):
    """A box that is there already; its address is that of the link."""

    up: tuple[StepPart, ...] = Field((), description="one after the other; waiting for the link's port when left out")
    expect: dict[str, str] = Field({}, description="what the box has to say of itself, as serial_number")
    down: tuple[StepPart, ...] = Field((), description="after the run, and when a step up failed")
