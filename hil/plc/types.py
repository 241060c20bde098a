"""The data types (IEC 61131-3 clause 6.4): size, alignment, initial bytes, implicit conversions."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, eq=False)
class Type:
    """Any data type; `image` is the initial value as bytes. Two types are the same when their names are."""

    name: str
    size: int
    align: int
    image: bytes = field(repr=False)


@dataclass(frozen=True, eq=False)
class Scalar(Type):
    """An elementary type; `family` is one of bool int uint bits real char time date tod dt any_int any_real."""

    family: str = ""
    bits: int = 0

    @property
    def signed(self) -> bool:
        """Whether the machine integer behind it is signed."""
        return self.family not in ("bool", "uint", "bits", "char")

    @property
    def range(self) -> tuple[int, int]:
        """Lowest and highest whole number it holds."""
        if self.signed:
            return -(1 << self.bits - 1), (1 << self.bits - 1) - 1
        return 0, (1 << self.bits) - 1


@dataclass(frozen=True, eq=False)
class Enum(Type):
    """An enumeration: `values` maps a name in capitals to (name as declared, number).

    `named`: its type was declared, so it only names some values of it and takes all others (6.4.4.4).
    """

    base: Scalar
    values: dict[str, tuple[str, int]]
    named: bool = False
    strict: bool = False  # {attribute 'strict'}: no numbers, in profiles where they otherwise become values


@dataclass(frozen=True, eq=False)
class Subrange(Type):
    """Whole numbers from `low` to `high`."""

    base: Scalar
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class String(Type):
    """STRING[capacity] or WSTRING[capacity]: so many characters and a closing zero; behind the text all is zero.

    `width` is the bytes of a character: 1 (Latin-1) or 2 (a code unit of UTF-16).
    """

    capacity: int
    width: int = 1

    @property
    def character(self) -> Scalar:
        """CHAR or WCHAR."""
        return ELEMENTARY["CHAR" if self.width == 1 else "WCHAR"]


@dataclass(frozen=True, eq=False)
class Array(Type):
    """An array; `bounds` holds (low, high) of each dimension, the last runs fastest."""

    bounds: tuple[tuple[int, int], ...]
    element: Type


@dataclass(frozen=True, eq=False)
class Field:
    """A member of a structure, or a variable of a function block or program."""

    name: str
    type: Type
    offset: int
    section: str = "local"
    unit: str = ""
    file: str = ""
    line: int = 0
    retain: bool = False
    location: str = ""  # the address behind AT


@dataclass(frozen=True, eq=False)
class Struct(Type):
    """A structure or the memory of a function block (`block` is then true); `fields` by name in capitals."""

    fields: dict[str, Field]
    block: bool = False
    kin: frozenset[str] = frozenset()  # of a block: its bases and interfaces, in capitals


@dataclass(frozen=True, eq=False)
class OpenArray(Type):
    """ARRAY [*]: an in-out of any bounds."""

    element: Type
    dimensions: int


@dataclass(frozen=True, eq=False)
class Pointer(Type):
    """POINTER TO, REFERENCE TO, REF_TO (`kind`): an offset in the program's memory, 0 for none."""

    kind: str
    resolve: Callable[[], Type] = field(repr=False)

    @property
    def target(self) -> Type:
        """What it points to."""
        return self.resolve()


@dataclass(frozen=True, eq=False)
class Interface(Type):
    """A variable of an interface: an offset in the program's memory, 0 for none; `kin` are its bases, in capitals."""

    kin: frozenset[str]


POISON = Type("?", 1, 1, b"\0")  # the type of whatever was already reported


def _scalar(name: str, family: str, bits: int) -> Scalar:
    size = max(bits // 8, 1)
    return Scalar(name, size, size, bytes(size), family, bits)


_FAMILIES = {
    "bool": {"BOOL": 1},
    "int": {"SINT": 8, "INT": 16, "DINT": 32, "LINT": 64},
    "uint": {"USINT": 8, "UINT": 16, "UDINT": 32, "ULINT": 64},
    "bits": {"BYTE": 8, "WORD": 16, "DWORD": 32, "LWORD": 64},
    "real": {"REAL": 32, "LREAL": 64},
    "char": {"CHAR": 8, "WCHAR": 16},
    "time": {"TIME": 64, "LTIME": 64},  # all of these count nanoseconds
    "date": {"DATE": 64, "LDATE": 64},
    "tod": {"TOD": 64, "LTOD": 64},
    "dt": {"DT": 64, "LDT": 64},
}
ELEMENTARY = {name: _scalar(name, family, bits) for family, row in _FAMILIES.items() for name, bits in row.items()}
ELEMENTARY |= {
    long: ELEMENTARY[short]
    for long, short in {
        "__UXINT": "ULINT", "__XINT": "LINT", "__XWORD": "LWORD", "BIT": "BOOL",
        "TIME_OF_DAY": "TOD", "DATE_AND_TIME": "DT", "LTIME_OF_DAY": "LTOD", "LDATE_AND_TIME": "LDT"
    }.items()
}  # fmt: skip
BOOL, INT, DINT, LINT = (ELEMENTARY[name] for name in ("BOOL", "INT", "DINT", "LINT"))
UDINT, ULINT, REAL, LREAL, TIME = (ELEMENTARY[name] for name in ("UDINT", "ULINT", "REAL", "LREAL", "TIME"))
ANY_INT = Scalar("ANY_INT", 8, 8, bytes(8), "any_int", 64)  # literals that have not met a type yet
ANY_REAL = Scalar("ANY_REAL", 8, 8, bytes(8), "any_real", 64)
DEFAULT_STRING = 80
LONGEST_STRING = 32767


def string(capacity: int, width: int = 1) -> String:
    """STRING[capacity], or WSTRING[capacity] with a `width` of 2 bytes."""
    size = (capacity + 1) * width
    return String(f"{'W' if width == 2 else ''}STRING[{capacity}]", size, width, bytes(size), capacity, width)


def array(bounds: tuple[tuple[int, int], ...], element: Type) -> Array:
    """An array with its elements' initial values."""
    count = 1
    for low, high in bounds:
        count *= high - low + 1
    ranges = ", ".join(f"{low}..{high}" for low, high in bounds)
    name = f"ARRAY [{ranges}] OF {element.name}"
    return Array(name, count * element.size, element.align, element.image * count, bounds, element)


def struct_of(name: str, members: list[Field], block: bool = False, start: Struct | None = None) -> Struct:
    """A structure: places the members behind those of `start`, natural alignment, each with its initial value."""
    fields, at, align = dict[str, Field](), 0, 1
    image = bytearray()
    if start is not None:
        fields, at, align, image = dict(start.fields), start.size, start.align, bytearray(start.image)
    for member in members:
        at = -(-at // member.type.align) * member.type.align
        image += bytes(at - len(image)) + member.type.image
        fields[member.name.upper()] = replace(member, offset=at)
        at, align = at + member.type.size, max(align, member.type.align)
    size = max(-(-at // align) * align, 1)
    return Struct(name, size, align, bytes(image) + bytes(size - len(image)), fields, block)


def union_of(name: str, members: list[Field]) -> Struct:
    """A union: all members at the same bytes, which begin with the first one's initial value."""
    align = max((one.type.align for one in members), default=1)
    size = -(-max((one.type.size for one in members), default=1) // align) * align
    image = members[0].type.image if members else b""
    fields = {one.name.upper(): replace(one, offset=0) for one in members}
    return Struct(name, size, align, image.ljust(size, b"\0"), fields)


def pointer(kind: str, name: str, resolve: Callable[[], Type]) -> Pointer:
    """POINTER TO `name` and its kind; `resolve` gives the type when it is needed."""
    return Pointer(f"{kind}{'' if kind == 'REF_TO' else ' TO'} {name}", 8, 8, bytes(8), kind, resolve)


ANY_POINTER = pointer("POINTER", "anything", lambda: POISON)  # of ADR, NULL and arithmetic
ADDRESS = ELEMENTARY["LWORD"]  # the machine's view of a pointer
POINTERS = frozenset(("PVOID", "__POINTER"))  # names of pointers to anything


def base(type_: Type) -> Type:
    """The elementary type behind a subrange or named values; every other type is its own."""
    if isinstance(type_, Subrange) or (isinstance(type_, Enum) and type_.named):
        return type_.base
    return type_


def machine(type_: Type) -> Scalar | None:
    """The elementary type that holds the value, of an enumeration too; None where there is none."""
    if isinstance(type_, Scalar):
        return type_
    if isinstance(type_, Pointer | Interface):
        return ADDRESS
    return type_.base if isinstance(type_, Enum | Subrange) else None


def same(one: Type, other: Type) -> bool:
    """Whether two types are one."""
    return one is other or one.name == other.name


def encode(type_: Type, value: int | float | bytes) -> bytes:
    """A constant as it lies in memory."""
    if isinstance(type_, String):
        assert isinstance(value, bytes)
        return value[: type_.capacity * type_.width].ljust(type_.size, b"\0")
    scalar = machine(type_)
    assert scalar is not None
    assert not isinstance(value, bytes)
    if scalar.family == "real":
        return struct.pack("<f" if scalar.bits == 32 else "<d", value)
    return int(value).to_bytes(scalar.size, "little", signed=scalar.signed)


def decode(type_: Type, image: bytes) -> int | float | bytes:
    """A scalar's or string's bytes as a constant; composed types stay bytes."""
    scalar = machine(type_)
    if scalar is None:
        return image
    if scalar.family == "real":
        return float(struct.unpack("<f" if scalar.bits == 32 else "<d", image)[0])
    return int.from_bytes(image, "little", signed=scalar.signed)


def characters(type_: String, image: bytes) -> bytes:
    """A string's characters without what closes it."""
    ends = range(0, len(image), type_.width)
    return image[: next((at for at in ends if not any(image[at : at + type_.width])), len(image))]


def numpy_kind(type_: Type) -> str:
    """The NumPy kind string of a value in memory; NumPy has none for UTF-16, so a WSTRING is plain bytes."""
    if isinstance(type_, String):
        return f"S{type_.capacity}" if type_.width == 1 else f"V{type_.capacity * 2}"
    scalar = machine(type_)
    if scalar is None:
        return f"V{type_.size}"
    return f"{'f' if scalar.family == 'real' else 'i' if scalar.signed else 'u'}{scalar.size}"


_WIDER = {"int": ("int", "real"), "uint": ("uint", "int", "real"), "bits": ("bits",), "bool": ("bits",)}


def widens(source: Type, target: Type) -> bool:
    """Whether `source` becomes `target` by itself (IEC 61131-3 figure 12): without losing anything."""
    if not isinstance(source, Scalar) or not isinstance(target, Scalar):
        return False
    if source.family == target.family and source.family != "char":
        return source.bits < target.bits or (source.bits == target.bits and len(source.name) < len(target.name))
    if target.family not in _WIDER.get(source.family, ()):
        return False
    return source.bits < target.bits  # INT to REAL, DINT to LREAL, UINT to DINT; a LINT fits no real exactly


def common(one: Type, other: Type) -> Type | None:
    """The narrowest type both become by themselves, or None."""
    one, other = base(one), base(other)
    if same(one, other) or widens(other, one):
        return one
    if widens(one, other):
        return other
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        for name in ("INT", "DINT", "LINT", "REAL", "LREAL"):
            if widens(one, ELEMENTARY[name]) and widens(other, ELEMENTARY[name]):
                return ELEMENTARY[name]
    return None
