"""What a rig file says of its links: a table `[links.NAME]` for each that needs one; the controller chooses by name."""

from typing import Literal, get_args

from pydantic import Field

from hil.links.codecs.frames import Crc, Framing
from hil.links.codecs.modbus import Table
from hil.links.codecs.registers import Order
from hil.links.codecs.sentences import Sentence
from hil.verdicts.requirements import Duration, Strict

LinkName = Literal["fused", "memory", "opcua", "modbus-tcp", "modbus-rtu", "can", "serial"]
"""The links that `--link` and the controller's `link` may name; how each is made stands in `hil.bench.links`."""
LINK_NAMES: tuple[str, ...] = get_args(LinkName)


class OpcUaPart(Strict):
    """OPC UA."""

    url: str | None = Field(None, description="of a server that runs already; one is started when left out")
    namespace: str | None = Field(None, description="the URI of the namespace in which a variable's path identifies it")
    pki: str | None = Field(None, description="with security: the folder of certificates, relative to the rig file")
    policy: Literal["Basic256Sha256", "Aes256_Sha256_RsaPss"] = "Basic256Sha256"
    encrypt: bool = True
    user: str | None = Field(None, description="who logs in; the password is in the environment, HIL_OPCUA_PASSWORD")
    read: Literal["cyclic", "subscription"] = Field(
        "cyclic", description="in a batch, or as the server says; wall clock"
    )
    publishing: Duration | None = Field(None, gt=0, description="of a subscription; half the period when left out")
    sampling: Duration | None = Field(None, ge=0, description="of a subscription; as publishing when left out")
    source_timestamps: bool = Field(True, description="of a subscription: they tell how old a change is")


class PlacePart(Strict):
    """Where a variable is at a slave."""

    table: Table
    address: int = Field(ge=0, le=65535, description="from 0, as on the wire")
    kind: str | None = Field(None, description="numpy kind there, as i2; the variable's own when left out")
    order: Order = Field("ABCD", description="of the bytes, A the most significant")
    bit: int | None = Field(None, ge=0, le=15, description="one bit of a register")


class ModbusPart(Strict):
    """A Modbus slave; without an address one is started that runs the program."""

    unit: int = Field(1, ge=1, le=247)
    map: dict[str, PlacePart] = Field({}, description="where each variable is; as `hil plc map` has it when left out")


class ModbusTcpPart(ModbusPart):
    """Modbus TCP."""

    address: str | None = Field(None, description="HOST:PORT of a slave that runs already")
    outstanding: int = Field(1, ge=1, le=16, description="requests that the slave takes before it answers")


class LinePart(Strict):
    """How characters stand on a serial line."""

    port: str | None = Field(None, description="a device, or socket://HOST:PORT")
    baudrate: int = Field(19200, gt=0)
    parity: Literal["none", "even", "odd"] = "even"
    stop_bits: Literal[1, 2] = 1


class ModbusRtuPart(ModbusPart, LinePart):
    """Modbus RTU."""


class CanPart(Strict):
    """A CAN bus; the virtual PLC is brought up on it unless the controller is there already."""

    bus: str | None = Field(None, description="INTERFACE:CHANNEL; one of its own on the loopback when left out")
    wiring: str | None = Field(None, description="the file of messages and signals, relative to the rig file")
    external: bool = Field(False, description="the controller is on the bus already; none is brought up")
    bitrate: int | None = Field(None, gt=0, description="of the bus, where the interface sets it")
    fd: bool = Field(False, description="CAN FD, where the interface has to be told")
    restart: Duration | None = Field(100_000_000, description="from a bus-off until the bus is opened anew")


class FieldPart(Strict):
    """A value in a frame: value = raw * scale + offset."""

    path: str
    kind: str = Field(description="numpy kind on the wire, as i2; of NMEA 0183 what it is, as latitude")
    scale: float = 1.0
    offset: float = 0.0


class SerialPart(LinePart):
    """A serial line with frames of the rig's own."""

    framing: Framing | Literal["nmea"] = "cobs"
    crc: Crc = "crc16-modbus"
    order: Literal["little", "big"] = "little"
    sequence: bool = Field(False, description="frames begin with a number, which the answer repeats")
    sentences: dict[Sentence, Duration] = Field({}, description="of NMEA 0183: how often each leaves, GGA, VTG ...")
    cyclic: bool = Field(False, description="the controller sends by itself, not when it is asked")
    to_controller: tuple[FieldPart, ...] = ()
    from_controller: tuple[FieldPart, ...] = ()


class LinksPart(Strict):
    """The links of a rig."""

    opcua: OpcUaPart = OpcUaPart()
    modbus_tcp: ModbusTcpPart = Field(ModbusTcpPart(), alias="modbus-tcp")
    modbus_rtu: ModbusRtuPart = Field(ModbusRtuPart(), alias="modbus-rtu")
    can: CanPart = CanPart()
    serial: SerialPart | None = None
