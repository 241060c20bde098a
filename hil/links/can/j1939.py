"""SAE J1939 without I/O: identifiers, parameter group numbers, names, and the messages of a truck.

The clauses are those of SAE J1939-21 (data link layer), J1939-71 (application layer) and J1939-81 (network management).
"""

import math
from typing import NamedTuple

from hil.links.can.frame import CodecError, Frame
from hil.links.can.signals import Field, Message, flat

GLOBAL, NULL = 255, 254
"""The address of all (J1939-81, 4.2.2), and that of a node which has none."""

REQUEST, ACKNOWLEDGE, CLAIM = 59904, 59392, 60928
"""Parameter groups: a request for another one and what answers it (J1939-21, 5.4.2, 5.4.4), an address claim
(J1939-81, 4.2.2)."""

_MILLISECOND = 1_000_000


class Identifier(NamedTuple):
    """The 29 bits (J1939-21, 5.2); `destination` is `GLOBAL` where the parameter group has no address of its own."""

    priority: int
    pgn: int
    source: int
    destination: int = GLOBAL


def addressed(pgn: int) -> bool:
    """Whether a parameter group is sent to one address: its PDU format is below 240 (J1939-21, 5.2.1)."""
    return pgn >> 8 & 0xFF < 240


def pack(one: Identifier) -> int:
    """Return the 29 bits.

    Raises:
        CodecError: a part is out of its range.
    """
    priority, pgn, source, destination = one
    if not (0 <= priority <= 7 and 0 <= pgn < 1 << 18 and 0 <= source <= 255 and 0 <= destination <= 255):
        raise CodecError(f"no J1939 identifier has priority {priority}, PGN {pgn}, addresses {source}, {destination}")
    if addressed(pgn) and pgn & 0xFF:
        raise CodecError(f"PGN {pgn} is sent to an address, so its low byte is 0 and not {pgn & 0xFF}")
    if not addressed(pgn) and destination != GLOBAL:
        raise CodecError(f"PGN {pgn} is sent to all and to no address {destination}")
    return priority << 26 | pgn << 8 | (destination if addressed(pgn) else 0) << 8 | source


def unpack(identifier: int) -> Identifier:
    """Return the parts of 29 bits; of a PDU1 the byte PS is the destination and no part of the PGN (5.2.1)."""
    pgn, destination = identifier >> 8 & 0x3FFFF, GLOBAL
    if addressed(pgn):
        pgn, destination = pgn & 0x3FF00, pgn & 0xFF
    return Identifier(identifier >> 26 & 7, pgn, identifier & 0xFF, destination)


def frame(pgn: int, data: bytes, source: int, destination: int = GLOBAL, priority: int = 6) -> Frame:
    """Return the frame of a parameter group of at most 8 bytes."""
    return Frame(pack(Identifier(priority, pgn, source, destination)), data, extended=True)


class Name(NamedTuple):
    """The 64-bit NAME of a node, from its lowest bits up (J1939-81, 4.1.1); the smaller one wins an address."""

    identity: int = 0
    manufacturer: int = 0
    instance: int = 0
    function_instance: int = 0
    function: int = 0
    system: int = 0
    system_instance: int = 0
    group: int = 0
    arbitrary: int = 0

    def pack(self) -> bytes:
        """Return its 8 bytes.

        Raises:
            CodecError: a part has more bits than its place.
        """
        number = 0
        for (part, (at, bits)), value in zip(_NAME.items(), self, strict=True):
            if not 0 <= value < 1 << bits:
                raise CodecError(f"{part} of a J1939 NAME has {bits} bits, {value} has more")
            number |= value << at
        return number.to_bytes(8, "little")


_NAME = {
    "identity": (0, 21), "manufacturer": (21, 11), "instance": (32, 3), "function_instance": (35, 5),
    "function": (40, 8), "system": (49, 7), "system_instance": (56, 4), "group": (60, 3), "arbitrary": (63, 1),
}  # fmt: skip


def name_of(data: bytes) -> Name:
    """Return a NAME.

    Raises:
        CodecError: not 8 bytes.
    """
    if len(data) != 8:
        raise CodecError(f"a J1939 NAME has 8 bytes, {len(data)} came")
    number = int.from_bytes(data, "little")
    return Name(*(number >> at & ((1 << bits) - 1) for at, bits in _NAME.values()))


# ---- values that say of themselves that they are none (J1939-71, 5.1.4)


def quality(one: Field, raw: int) -> str:
    """Return `good`, `error` (the sender's own word), or `none` (not available, not asked for)."""
    if one.real:
        return "none" if math.isnan(one.value(raw)) else "good"
    if one.signed or one.length == 1:  # of no message of the standard, and without a word for that
        return "good"
    if one.length < 8:
        top = (1 << one.length) - 1
        return "none" if raw == top else "error" if raw == top - 1 else "good"
    high = raw >> (one.length - 8)
    return "none" if high == 0xFF else "error" if high == 0xFE else "good"


# ---- messages: name, start, length, scale, offset, unit, and SPN with its words


_Row = tuple[str, int, int, float, float, str, str]


def _message(name: str, pgn: int, priority: int, period: int, *fields: _Row) -> Message:
    made = [Field(one[0], one[1], one[2], one[3], one[4], unit=one[5], words=one[6]) for one in fields]
    identifier = pack(Identifier(priority, pgn, NULL))
    return Message(name, identifier, 8, flat(made), extended=True, period=period * _MILLISECOND, filler=1)


EEC1 = _message(
    "EEC1", 61444, 3, 10,
    ("EngTorqueMode", 0, 4, 1, 0, "", "SPN 899: engine torque mode"),
    ("DriversDemandEngPercentTorque", 8, 8, 1, -125, "%", "SPN 512: driver's demand of engine torque"),
    ("ActualEngPercentTorque", 16, 8, 1, -125, "%", "SPN 513: actual engine torque"),
    ("EngSpeed", 24, 16, 0.125, 0, "rpm", "SPN 190: engine speed"),
    ("EngControlSource", 40, 8, 1, 0, "", "SPN 1483: address of who controls the engine"),
    ("EngStarterMode", 48, 4, 1, 0, "", "SPN 1675: engine starter mode"),
    ("EngDemandPercentTorque", 56, 8, 1, -125, "%", "SPN 2432: engine torque demanded"),
)  # fmt: skip
CCVS1 = _message(
    "CCVS1", 65265, 6, 100,
    ("WheelBasedVehicleSpeed", 8, 16, 1 / 256, 0, "km/h", "SPN 84: speed by the wheels"),
    ("BrakeSwitch", 28, 2, 1, 0, "", "SPN 597: brake pedal pressed"),
)  # fmt: skip
ETC1 = _message(
    "ETC1", 61442, 3, 10,
    ("DrivelineEngaged", 0, 2, 1, 0, "", "SPN 560: driveline engaged"),
    ("LockupEngaged", 2, 2, 1, 0, "", "SPN 573: torque converter lockup engaged"),
    ("ShiftInProcess", 4, 2, 1, 0, "", "SPN 574: a shift is in process"),
    ("OutputShaftSpeed", 8, 16, 0.125, 0, "rpm", "SPN 191: speed of the output shaft"),
    ("ClutchSlip", 24, 8, 0.4, 0, "%", "SPN 522: slip of the clutch"),
    ("EngOverspeedEnable", 32, 2, 1, 0, "", "SPN 606: the engine may run faster for a moment"),
    ("ProgressiveShiftDisable", 34, 2, 1, 0, "", "SPN 607: progressive shifting is off"),
    ("InputShaftSpeed", 40, 16, 0.125, 0, "rpm", "SPN 161: speed of the input shaft"),
    ("TransControlSource", 56, 8, 1, 0, "", "SPN 1482: address of who controls the transmission"),
)  # fmt: skip
EBC1 = _message(
    "EBC1", 61441, 6, 100,
    ("AsrEngineControlActive", 0, 2, 1, 0, "", "SPN 561: traction control acts on the engine"),
    ("AsrBrakeControlActive", 2, 2, 1, 0, "", "SPN 562: traction control acts on the brakes"),
    ("AbsActive", 4, 2, 1, 0, "", "SPN 563: anti-lock braking acts"),
    ("EbsBrakeSwitch", 6, 2, 1, 0, "", "SPN 1121: brake switch of the braking system"),
    ("BrakePedalPosition", 8, 8, 0.4, 0, "%", "SPN 521: position of the brake pedal"),
    ("EngRetarderSelection", 32, 8, 0.4, 0, "%", "SPN 973: engine retarder selected"),
    ("AbsFullyOperational", 40, 2, 1, 0, "", "SPN 1243: anti-lock braking is fully operational"),
    ("BrakeControlSource", 48, 8, 1, 0, "", "SPN 1481: address of who controls the brakes"),
)  # fmt: skip
TSC1 = _message(
    "TSC1", 0, 3, 10,
    ("OverrideControlMode", 0, 2, 1, 0, "", "SPN 695: 0 none, 1 speed, 2 torque, 3 limit of both"),
    ("RequestedSpeedConditions", 2, 2, 1, 0, "", "SPN 696: conditions of the speed asked for"),
    ("OverridePriority", 4, 2, 1, 0, "", "SPN 897: 0 highest .. 3 lowest"),
    ("RequestedSpeed", 8, 16, 0.125, 0, "rpm", "SPN 898: speed asked for, or its limit"),
    ("RequestedTorque", 24, 8, 1, -125, "%", "SPN 518: torque asked for, or its limit"),
)  # fmt: skip
XBR = _message(
    "XBR", 1024, 3, 20,
    ("ExternalAccelerationDemand", 0, 16, 1 / 2048, -15.687, "m/s^2", "SPN 2920: acceleration asked of the brakes"),
    ("EbiMode", 16, 2, 1, 0, "", "SPN 2914: integration of endurance brakes"),
    ("Priority", 18, 2, 1, 0, "", "SPN 2915: 0 highest .. 3 lowest"),
    ("ControlMode", 20, 2, 1, 0, "", "SPN 2916: 0 none, 1 added to the driver's, 2 the larger of both"),
    ("Urgency", 24, 8, 0.4, 0, "%", "SPN 4099: how urgent it is"),
)  # fmt: skip

MESSAGES = {unpack(one.identifier).pgn: one for one in (EEC1, CCVS1, ETC1, EBC1, TSC1, XBR)}
"""The messages by parameter group number; identifiers have the null address, `from_source` gives them one."""


def identifier_of(message: Message, source: int, destination: int = GLOBAL) -> int:
    """Return a message's identifier as a node at `source` sends it."""
    parts = unpack(message.identifier)
    return pack(parts._replace(source=source, destination=destination))


# ---- DM1: active trouble codes (J1939-73, 5.7.1)


class Trouble(NamedTuple):
    """A diagnostic trouble code: suspect parameter, failure mode (0 .. 31) and how often it occurred (127 unknown)."""

    spn: int
    fmi: int
    occurrences: int = 127


class Dm1(NamedTuple):
    """Lamps, each 0 off, 1 on, 3 not there, and the active trouble codes."""

    protect: int = 0
    amber: int = 0
    red: int = 0
    malfunction: int = 0
    troubles: tuple[Trouble, ...] = ()

    @property
    def any(self) -> bool:
        """Whether a lamp is on or a code active."""
        return bool(self.troubles) or 1 in self[:4]


DM1 = 65226


def encode_dm1(one: Dm1) -> bytes:
    """Return the bytes; more than 8 of them go through the transport protocol.

    Raises:
        CodecError: a part has more bits than its place, or there are too many codes for one message.
    """
    lamps = one.protect | one.amber << 2 | one.red << 4 | one.malfunction << 6
    if not 0 <= lamps <= 255 or len(one.troubles) > 445:
        raise CodecError(f"DM1 has lamps of two bits and at most 445 codes, not {len(one.troubles)}")
    data = bytes((lamps, 0xFF))
    for spn, fmi, count in one.troubles or (Trouble(0, 0, 0),):
        if not (0 <= spn < 1 << 19 and 0 <= fmi < 32 and 0 <= count < 128):
            raise CodecError(f"no trouble code has SPN {spn}, FMI {fmi} and the count {count}")
        # Conversion method version 4: the three high bits of the SPN lie above the FMI.
        data += spn.to_bytes(3, "little")[:2] + bytes((spn >> 16 << 5 | fmi, count))
    return data.ljust(8, b"\xff")


def decode_dm1(data: bytes) -> Dm1:
    """Return lamps and codes; a code of all zeros or ones is none (J1939-73, 5.7.1.11).

    Raises:
        CodecError: too short, or not whole codes.
    """
    body = data[2:6] if len(data) == 8 else data[2:]
    if len(data) < 6 or len(body) % 4:
        raise CodecError(f"DM1 has 2 bytes and 4 for each code, {len(data)} came")
    troubles = []
    for at in range(0, len(body), 4):
        low, middle, high, count = body[at : at + 4]
        one = Trouble(low | middle << 8 | high >> 5 << 16, high & 0x1F, count & 0x7F)
        if (low, middle, high) not in ((0, 0, 0), (0xFF, 0xFF, 0xFF)):
            troubles.append(one)
    lamps = data[0]
    return Dm1(lamps & 3, lamps >> 2 & 3, lamps >> 4 & 3, lamps >> 6, tuple(troubles))
