"""The types of IEC 61131-3 as OPC UA carries them (OPC 30000 v1.02, elementary data types).

Only names and numbers stand here, so that the table costs no import. TIME is an Int64 of milliseconds, as
OPC 30000 has it: what lies between two milliseconds is cut towards zero on the way out. LTIME is an Int64
of nanoseconds and exact.
"""

from typing import NamedTuple

VARIABLES = "urn:hilbench:plc"
"""The namespace of a program's variables; a variable's identifier is its dotted path, as declared."""

CONTROLLER = "urn:hilbench:controller"
"""The namespace of the controller object and of everything that is not a variable."""

MILLISECOND = 1_000_000


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
    "TIME": Elementary("Int64", "i8", MILLISECOND),
    "LTIME": Elementary("Int64", "i8"),
    "STRING": Elementary("String", "S"),
    "WSTRING": Elementary("String", "V"),
}

_BY_KIND = {one.kind: one for name, one in reversed(ELEMENTARY.items()) if name not in ("BOOL", "TIME", "LTIME")}

SUBTYPES = ("BYTE", "WORD", "DWORD", "LWORD", "TIME", "LTIME")
"""Types that OPC UA has no name for: subtypes of a built-in type, under the IEC name."""


def elementary(type_name: str, kind: str) -> Elementary:
    """Return how a variable travels; an enumeration or an alias travels as what it is in memory."""
    plain = type_name.upper().split("[")[0].split("(")[0].strip()
    return ELEMENTARY.get(plain) or _BY_KIND[kind[0] if kind[0] in "SV" else kind]
