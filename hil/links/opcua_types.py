"""The types of IEC 61131-3 as OPC UA carries them (OPC 30000 v1.02, clause 5.2 and its published node ids).

Only names and numbers stand here, so that the table costs no import. The memory of a program counts every time
and date in nanoseconds. OPC 30000 has TIME in milliseconds, TOD in unsigned ones and DATE and DT as DateTime, which
this server's library keeps to the microsecond: what is finer is cut off. The long types are nanoseconds and exact,
and so is the property `Nanoseconds` that each variable of a coarser type has.
"""

from typing import NamedTuple

VARIABLES = "urn:hilbench:plc"
"""The namespace of a program's variables; a variable's identifier is its dotted path, as declared."""

CONTROLLER = "urn:hilbench:controller"
"""The namespace of the controller object and of everything that is not a variable."""

PLCOPEN = "http://PLCopen.org/OpcUa/IEC61131-3/"
"""The namespace of the PLCopen information model."""

DEVICES = "http://opcfoundation.org/UA/DI/"
"""The namespace of OPC UA for Devices (OPC 10000-100), on which it is built."""

MILLISECOND = 1_000_000
MICROSECOND = 1_000


class Elementary(NamedTuple):
    """An elementary type: its built-in type of OPC UA, the numpy kind in memory, nanoseconds per unit."""

    built_in: str
    kind: str
    scale: int = 1


ELEMENTARY = {
    "BOOL": Elementary("Boolean", "u1"),
    "SINT": Elementary("SByte", "i1"),
    "INT": Elementary("Int16", "i2"),
    "DINT": Elementary("Int32", "i4"),
    "LINT": Elementary("Int64", "i8"),
    "USINT": Elementary("Byte", "u1"),
    "UINT": Elementary("UInt16", "u2"),
    "UDINT": Elementary("UInt32", "u4"),
    "ULINT": Elementary("UInt64", "u8"),
    "REAL": Elementary("Float", "f4"),
    "LREAL": Elementary("Double", "f8"),
    "BYTE": Elementary("Byte", "u1"),
    "WORD": Elementary("UInt16", "u2"),
    "DWORD": Elementary("UInt32", "u4"),
    "LWORD": Elementary("UInt64", "u8"),
    "CHAR": Elementary("Byte", "u1"),
    "WCHAR": Elementary("UInt16", "u2"),
    "TIME": Elementary("Int64", "i8", MILLISECOND),
    "LTIME": Elementary("Int64", "i8"),
    "DATE": Elementary("DateTime", "i8", MICROSECOND),
    "LDATE": Elementary("Int64", "i8"),
    "TOD": Elementary("UInt32", "i8", MILLISECOND),
    "LTOD": Elementary("Int64", "i8"),
    "DT": Elementary("DateTime", "i8", MICROSECOND),
    "LDT": Elementary("Int64", "i8"),
    "STRING": Elementary("String", "S"),
    "WSTRING": Elementary("String", "V"),
}

_PLAIN = ("SINT", "INT", "DINT", "LINT", "USINT", "UINT", "UDINT", "ULINT", "REAL", "LREAL", "STRING", "WSTRING")
_BY_KIND = {ELEMENTARY[name].kind: ELEMENTARY[name] for name in _PLAIN}

SUBTYPES = {
    "BYTE": 3001,
    "WORD": 3002,
    "DWORD": 3003,
    "LWORD": 3004,
    "TIME": 3005,
    "LTIME": 3006,
    "DATE": 3007,
    "TOD": 3008,
    "LTOD": 3009,
    "DT": 3010,
    "CHAR": 3011,
    "WCHAR": 3012,
    "STRING": 3013,
    "LDATE": 3014,
    "LDT": 3015,
}
"""Data types of the PLCopen namespace by their published identifiers: each a subtype of its built-in type."""

IEC_NAMES = {number: name for name, number in SUBTYPES.items()}


def elementary(type_name: str, kind: str) -> Elementary:
    """Return how a variable travels; an enumeration or an alias travels as what it is in memory."""
    return ELEMENTARY.get(plain(type_name)) or _BY_KIND[kind[0] if kind[0] in "SV" else kind]


def plain(type_name: str) -> str:
    """Return a type's name in capitals without its length or range."""
    return type_name.upper().split("[")[0].split("(")[0].strip()


def coarse(type_name: str) -> bool:
    """Whether OPC UA's type is coarser than the memory's nanoseconds."""
    known = ELEMENTARY.get(plain(type_name))
    return known is not None and known.scale != 1
