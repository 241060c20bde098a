"""What a record holds: channels, the bytes of one row, and the MDF4 blocks that both sides share.

Source: ASAM MDF 4.1.0, Programmers Guide (block and link layout, unfinalized files).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hil.errors import InputError

FINISHED, UNFINISHED = b"MDF     ", b"UnFinMF "
REPAIR = 0b101  # id_unfin_flags: CG cycle counter (bit 0) and length of the last DT block (bit 2) are not updated
IDENTIFICATION = struct.Struct("<8s8s8s4xH30xHH")  # file, vers, prog, ver, unfin_flags, custom flags
HEADER = struct.Struct("<4s4xQQ")  # id, length, number of links: opens every block
HD_AT = IDENTIFICATION.size  # the standard fixes the place of the HD block alone

LINKS = {b"##HD": 6, b"##FH": 2, b"##DG": 4, b"##CG": 6, b"##CN": 8, b"##CC": 4, b"##TX": 0, b"##MD": 0}
DATA = {
    b"##HD": struct.Struct("<QhhBBBxdd"),  # start ns, zone, dst, time flags, class, flags, angle, distance
    b"##FH": struct.Struct("<QhhB3x"),  # time ns, zone, dst, time flags
    b"##DG": struct.Struct("<B7x"),  # record id size
    b"##CG": struct.Struct("<QQHH4xII"),  # record id, cycles, flags, separator, data bytes, invalid bytes
    b"##CN": struct.Struct("<BBBBIIIIBxH6d"),  # type, sync, data type, bit, byte offset, bits, flags, ...
    b"##CC": struct.Struct("<BBHHH4d"),  # type, digits, flags, references, values, low, high, offset, factor
}
MASTER, TIME, LINEAR = 2, 1, 1  # cn_type, cn_sync_type, cc_type
DATA_TYPES = {"u": 0, "i": 2, "f": 4, "S": 6}  # cn_data_type: little-endian integers and reals, Latin-1 text
KINDS = {DATA_TYPES[letter]: letter for letter in DATA_TYPES}

_KIND = re.compile(r"[fiu][48]|[iu][12]|b1|S[1-9][0-9]{0,4}")
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


@dataclass(frozen=True)
class Channel:
    """One recorded signal; `kind` is that of a numpy scalar: f8 f4 i1..i8 u1..u8 S<n> b1 (stored as u1)."""

    name: str
    unit: str
    words: str
    kind: str


def stored(kind: str) -> str:
    """The kind in which a channel of `kind` lies in the file."""
    return "u1" if kind == "b1" else kind


def writable(text: str) -> bool:
    """Whether `text` survives in a text block and in XML."""
    return _UNWRITABLE.search(text) is None


def row_dtype(channels: Sequence[Channel], offsets: Sequence[int] | None = None, width: int = 0) -> np.dtype[np.void]:
    """The row: `t` (i8, ns), then the channels in their order, packed.

    With `offsets` the channels lie where these say, in rows of `width` bytes that begin with `t`: memory that is laid
    out already is recorded as it is.

    Raises:
        InputError: a name that is missing, taken or unwritable, or a kind that cannot be recorded.
    """
    faults, taken = [], {"t"}
    for channel in channels:
        if channel.name in taken or not channel.name:
            faults.append(f"channel {channel.name!r} cannot be recorded: the name is taken; give it another")
        if _KIND.fullmatch(channel.kind) is None:
            use = "use one of f8 f4 i1 i2 i4 i8 u1 u2 u4 u8 b1 S<n>"
            faults.append(f"channel {channel.name!r} cannot be recorded as {channel.kind!r}; {use}")
        if not all(map(writable, (channel.name, channel.unit, channel.words))):
            faults.append(f"channel {channel.name!r}: a control character in name, unit or words; take it out")
        taken.add(channel.name)
    if faults:
        raise InputError(faults)
    names = ["t", *(channel.name for channel in channels)]
    kinds = ["<i8", *("<" + stored(channel.kind) for channel in channels)]
    if offsets is None:
        return np.dtype(list(zip(names, kinds, strict=True)))
    return np.dtype({"names": names, "formats": kinds, "offsets": [0, *offsets], "itemsize": width})
