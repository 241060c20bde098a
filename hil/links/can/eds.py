"""EDS and DCF files (CiA 306): the object dictionary by the library canopen, and of it the PDOs as messages."""

import io
import logging
import re
import warnings
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hil.errors import InputError
from hil.links.can.canopen import LARGEST, Pdo
from hil.links.can.frame import CodecError
from hil.links.can.signals import Field, Message, flat

if TYPE_CHECKING:
    from canopen import ObjectDictionary

logging.getLogger("canopen").setLevel(logging.CRITICAL)

_MOST = 4 << 20
_MOST_ENTRIES = 0xFFFF
_COUNTS = re.compile(r"^\s*(Lines|NrOfEntries|SubNumber|CompactSubObj)\s*=\s*(0x[0-9a-f]+|\d+)", re.I | re.M)
_EMPTY = re.compile(
    r"^\s*(?:VendorNumber|ProductNumber|RevisionNumber|SimpleBootUp\w+|Granularity|DynamicChannelsSupported|GroupMessaging"
    r"|NrOf[RT]XPDO|LSS_Supported|BaudRate_\d+)[^\S\n]*=[^\S\n]*$",
    re.I | re.M,
)
"""Numbers of the section DeviceInfo that an editor has left empty; canopen reads all of them, we need none."""
_NONE = 1 << 31  # of a COB-ID: the PDO does not exist (CiA 301, 7.5.2.35)
_RECEIVES, _SENDS = (0x1400, 0x1600, 0x200), (0x1800, 0x1A00, 0x180)
PDO_OBJECTS = range(0x1400, 0x1C00)
"""Communication and mapping of PDOs (CiA 301, table 28)."""
_DUMMIES = range(1, 8)  # mapped only to leave a gap (CiA 301, 7.4.7)


Parameter = tuple[int, int, bytes]
"""Index, subindex, and the bytes to write there."""


class Object(NamedTuple):
    """An object with its access (`rw`, `ro`, `wo`, `const`, ...) and its value; `fixed`: no other length fits."""

    access: str
    value: bytes
    fixed: bool
    name: str


@dataclass(frozen=True)
class Device:
    """A node as its EDS describes it: what it receives and sends, its identity, its heartbeat in ns.

    `parameters` are those of a DCF that are to be written before the node is started, `objects` all that have a value.
    """

    node: int
    receives: tuple[Pdo, ...]
    sends: tuple[Pdo, ...]
    vendor: int
    product: int
    heartbeat: int
    objects: Mapping[tuple[int, int], Object]
    parameters: tuple[Parameter, ...] = ()


def read_eds(path: Path, node: int) -> Device:
    """Read an EDS or DCF file for the node of a number.

    Raises:
        InputError: no such file, no EDS, or PDOs that no frame can carry; all at once.
    """
    try:
        if path.stat().st_size > _MOST:
            raise InputError(f"{path} has more than {_MOST >> 20} MiB; an EDS file is smaller")
        text = path.read_bytes().decode("latin-1")
    except OSError as wrong:
        raise InputError(f"cannot read the EDS file {path}: {wrong.strerror}") from None
    return parse_eds(text, str(path), node)


def parse_eds(text: str, name: str, node: int) -> Device:
    """Return the node that the text of an EDS file describes, which messages call `name`; see `read_eds`."""
    if not 1 <= node <= LARGEST:
        raise InputError(f"{name}: a CANopen node has a number from 1 to {LARGEST}, not {node}")
    if faults := list(_beyond(text, name)):
        raise InputError(faults)
    dictionary = _load(text, name, node)
    sides = [_pdos(dictionary, name, node, where, faults) for where in (_RECEIVES, _SENDS)]
    identity = [_number(dictionary, 0x1018, each) or 0 for each in (1, 2)]
    heartbeat = (_number(dictionary, 0x1017, None) or 0) * 1_000_000
    objects, wanted = _objects(dictionary, name, faults)
    if faults:
        raise InputError(faults)
    ordered = tuple(_ordered(wanted, objects))
    return Device(node, sides[0], sides[1], identity[0], identity[1], heartbeat, objects, ordered)


def _beyond(text: str, name: str) -> Iterator[str]:
    """Name counts that no device has, before canopen counts up to them."""
    for found in _COUNTS.finditer(text):
        digits = found[2]
        number = int(digits, 16) if digits.lower().startswith("0x") else int(digits[:9])
        if number > _MOST_ENTRIES:
            line = text.count("\n", 0, found.start(1)) + 1
            yield f"{name}:{line}: {found[1]} = {digits[:20]} is more than the {_MOST_ENTRIES} that there can be"


def _load(text: str, name: str, node: int) -> "ObjectDictionary":
    """Here, and only here, what canopen and configparser raise becomes ours."""
    import configparser

    from canopen import ObjectDictionary
    from canopen.objectdictionary import ObjectDictionaryError
    from canopen.objectdictionary.eds import import_eds

    foreign = (configparser.Error, ObjectDictionaryError, ValueError, KeyError, IndexError, TypeError, AttributeError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of what we refuse, by a way of logging that is going away
            read = import_eds(io.StringIO(_EMPTY.sub("", text)), node)  # type: ignore[no-untyped-call]
    except (*foreign, ArithmeticError, AssertionError) as wrong:
        said = " ".join(str(wrong).split()) or type(wrong).__name__
        raise InputError(f"{name}: not an EDS file that can be used: {said}") from None
    if not isinstance(read, ObjectDictionary) or not len(read):
        raise InputError(f"{name}: not an EDS file that can be used: it describes no object")
    return read


def _number(dictionary: Any, index: int, sub: int | None) -> int | None:
    """Return the value of an object: of a DCF its parameter, else its default; None when it has none."""
    one = dictionary.get(index)
    if one is not None and sub is not None:
        one = one.get(sub) if hasattr(one, "subindices") else None
    for value in (getattr(one, "value", None), getattr(one, "default", None)):
        if isinstance(value, int):
            return value
    return None


def _objects(
    dictionary: Any, name: str, faults: list[str]
) -> tuple[dict[tuple[int, int], Object], dict[tuple[int, int], bytes]]:
    """Return the objects with their values, and those of them that a DCF sets."""
    objects, wanted, foreign = {}, {}, _of_canopen()
    for entry in dictionary.values():
        for one in entry.values() if hasattr(entry, "subindices") else [entry]:
            where = (one.index, one.subindex)
            value = one.default if one.value is None else one.value
            try:
                data = b"" if value is None else bytes(one.encode_raw(value))
            except foreign as wrong:
                faults.append(f"{name}: object {where[0]:04X}h:{where[1]:02X}h cannot be {value!r}: {wrong}")
                continue
            fixed = one.data_type in _numbers()
            objects[where] = Object(one.access_type, data or bytes(fixed * len(one) // 8), fixed, _named(one))
            if one.value is not None and one.writable:
                wanted[where] = data
    return objects, wanted


def _ordered(wanted: Mapping[tuple[int, int], bytes], objects: Mapping[tuple[int, int], Object]) -> Iterator[Parameter]:
    """Yield what to write: a PDO is off while it changes, and its mapping counts no objects (CiA 301, 7.5.2.36)."""
    yield from ((*where, value) for where, value in sorted(wanted.items()) if where[0] not in PDO_OBJECTS)
    for communication in sorted({index & ~0x200 for index, _ in wanted if index in PDO_OBJECTS}):
        mapping = communication | 0x200
        old = objects.get((communication, 1))
        cob = wanted.get((communication, 1), old.value if old is not None and "w" in old.access else b"")
        if len(cob) == 4:
            yield communication, 1, (int.from_bytes(cob, "little") | _NONE).to_bytes(4, "little")
        yield from (
            (communication, sub, wanted[at, sub]) for at, sub in sorted(wanted) if at == communication and sub > 1
        )
        entries = [(at, sub, wanted[at, sub]) for at, sub in sorted(wanted) if at == mapping and sub]
        if entries or (mapping, 0) in wanted:
            yield mapping, 0, b"\0"
            yield from entries
            count = objects.get((mapping, 0))
            yield mapping, 0, wanted.get((mapping, 0), count.value if count is not None else bytes((len(entries),)))
        if len(cob) == 4:
            yield communication, 1, cob


def _pdos(dictionary: Any, name: str, node: int, where: tuple[int, int, int], faults: list[str]) -> tuple[Pdo, ...]:
    communication, mapping, base = where
    found = []
    for i in range(512):
        if communication + i not in dictionary or mapping + i not in dictionary:
            continue
        cob = _number(dictionary, communication + i, 1)
        cob = base + 0x100 * i + node if cob is None and i < 4 else cob
        if cob is None or cob & _NONE or not _number(dictionary, mapping + i, 0):
            continue
        try:
            message = _message(dictionary, mapping + i, cob & 0x7FF)
        except CodecError as wrong:
            faults.append(f"{name}: PDO {mapping + i:04X}h: {wrong}")
            continue
        kind = _number(dictionary, communication + i, 2)
        found.append(Pdo(message, 255 if kind is None else kind & 0xFF))
    return tuple(found)


def _message(dictionary: Any, index: int, identifier: int) -> Message:
    fields, at = [], 0
    count = _number(dictionary, index, 0) or 0
    if count > 64:
        raise CodecError(f"it maps {count} objects, a PDO has room for 64")
    for sub in range(1, count + 1):
        entry = _number(dictionary, index, sub)
        if entry is None:
            raise CodecError(f"its entry {sub} is missing")
        # An entry is index, subindex and number of bits (CiA 301, 7.5.2.36).
        mapped, inner, bits = entry >> 16 & 0xFFFF, entry >> 8 & 0xFF, entry & 0xFF
        if mapped not in _DUMMIES:
            fields.append(_field(_variable(dictionary, mapped, inner), at, bits))
        at += bits
    if at > 64 or at == 0:
        raise CodecError(f"it maps {at} bits, a PDO has 1 to 64")
    return Message(f"{index:04X}h", identifier, (at + 7) // 8, flat(fields))


def _variable(dictionary: Any, index: int, sub: int) -> Any:
    one = dictionary.get(index)
    if one is not None and hasattr(one, "subindices"):
        one = one.get(sub)
    if one is None or not hasattr(one, "data_type"):
        raise CodecError(f"it maps the object {index:04X}h:{sub:02X}h, which is not there")
    return one


def _field(one: Any, at: int, bits: int) -> Field:
    from canopen.objectdictionary import FLOAT_TYPES, SIGNED_TYPES

    real, name = one.data_type in FLOAT_TYPES, _named(one)
    if real and bits not in (32, 64):
        raise CodecError(f"it maps {bits} bits of {name}, which is a REAL")
    return Field(name, at, bits, signed=one.data_type in SIGNED_TYPES, real=real, unit=one.unit or "")


def _named(one: Any) -> str:
    """Return the name of an object, behind that of the record that it is in."""
    return f"{one.parent.name}.{one.name}" if hasattr(one.parent, "subindices") else str(one.name)


def _numbers() -> Container[int]:
    from canopen.objectdictionary import NUMBER_TYPES

    return (1, *NUMBER_TYPES)  # BOOLEAN, too


def _of_canopen() -> tuple[type[Exception], ...]:
    import struct

    from canopen.objectdictionary import ObjectDictionaryError

    return (
        ObjectDictionaryError, struct.error, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    )  # fmt: skip
