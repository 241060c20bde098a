"""A firmware image: what an ELF file puts where on a board, its symbols, and which compiler made it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from hil.errors import InputError, near
from hil.targets.firmware_boards import Board

# What pyelftools raises over a damaged file, by its own tests and by ours.
_DAMAGED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, OSError, MemoryError)


@dataclass(frozen=True)
class Segment:
    """Bytes at the address that they are loaded to (the physical one: what is initialised lies in flash)."""

    address: int
    data: bytes

    def __contains__(self, address: object) -> bool:
        return isinstance(address, int) and self.address <= address < self.address + len(self.data)


@dataclass(frozen=True)
class Image:
    """An image that fits its board. `stack` and `reset` are the first two words of its vector table."""

    path: Path
    segments: tuple[Segment, ...]
    symbols: tuple[tuple[int, str], ...]
    variables: Mapping[str, int]
    compiler: str
    digest: str
    stack: int
    reset: int

    @cached_property
    def _starts(self) -> list[int]:
        return [address for address, _ in self.symbols]

    def address_of(self, variable: str) -> int:
        """Return where a variable is.

        Raises:
            InputError: there is none.
        """
        if variable not in self.variables:
            raise InputError(f"{self.path}: no variable {variable!r}{near(variable, self.variables)}")
        return self.variables[variable]

    def place(self, pc: int) -> str:
        """Return an address with the symbol that it lies behind, as `pc 0x0000012c (main+0x10)`."""
        k = bisect_right(self._starts, pc) - 1
        inside = any(pc in one for one in self.segments)
        symbol = f" ({self.symbols[k][1]}+{pc - self.symbols[k][0]:#x})" if k >= 0 and inside else ""
        return f"pc {pc:#010x}{symbol}"


def read_image(path: Path, board: Board) -> Image:
    """Read an ELF file and check that the board can run it.

    Raises:
        InputError: no such file, no ELF file for an Arm processor, damaged, or no image for this board.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the firmware image {path}: {error.strerror}") from None
    parsed = _parsed(path, data)
    for one in parsed.segments:
        memory = board.memory_at(one.address)
        if memory is None or one.address + len(one.data) > memory.start + memory.size:
            where = f"from {one.address:#010x} to {one.address + len(one.data):#010x}"
            raise InputError(
                f"{path}: a segment {where} lies in no memory of {board.name}, which has {_words(board)}; "
                "link the image for this board"
            )
    stack, reset = _vectors(path, parsed.segments, board)
    return Image(path, *parsed, sha256(data).hexdigest(), stack, reset)


class _Parsed(NamedTuple):
    segments: tuple[Segment, ...]
    symbols: tuple[tuple[int, str], ...]
    variables: Mapping[str, int]
    compiler: str


def _parsed(path: Path, data: bytes) -> _Parsed:
    from io import BytesIO

    from elftools.common.exceptions import ELFError
    from elftools.construct.core import ConstructError
    from elftools.elf.elffile import ELFFile

    if data[:4] != b"\x7fELF":
        raise InputError(f"{path}: no ELF file; give what the linker wrote, not a .bin or .hex made of it")
    try:
        elf = ELFFile(BytesIO(data))
        kind = (elf.elfclass, elf.little_endian, elf["e_machine"], elf["e_type"])
        if kind == (32, True, "EM_ARM", "ET_EXEC"):
            functions = tuple(sorted((at & ~1, name) for name, at in _symbols(elf, "STT_FUNC")))
            return _Parsed(_segments(elf, len(data)), functions, dict(_symbols(elf, "STT_OBJECT")), _compiler(elf))
    except (ELFError, ConstructError, *_DAMAGED) as error:
        raise InputError(f"{path}: a damaged ELF file ({str(error) or type(error).__name__}); build it anew") from None
    bits, order = kind[0], "little" if kind[1] else "big"
    raise InputError(
        f"{path}: an ELF file of {bits} bits, {order}-endian, machine {kind[2]}, type {kind[3]}; a Cortex-M image is a "
        "linked one (ET_EXEC) of 32 bits, little-endian, EM_ARM"
    )


def _segments(elf: Any, size: int) -> tuple[Segment, ...]:
    found = []
    for one in elf.iter_segments("PT_LOAD"):
        if one["p_filesz"] == 0:
            continue
        if one["p_offset"] + one["p_filesz"] > size:
            raise ValueError("a segment reaches beyond the end of the file")
        found.append(Segment(one["p_paddr"], one.data()))
    if not found:
        raise ValueError("no segment to load")
    return tuple(found)


def _symbols(elf: Any, kind: str) -> list[tuple[str, int]]:
    """Return names and addresses; an image without a symbol table has none."""
    table = elf.get_section_by_name(".symtab")
    found = table.iter_symbols() if table is not None else ()
    return [(one.name, one["st_value"]) for one in found if one["st_info"]["type"] == kind]


def _compiler(elf: Any) -> str:
    comment = elf.get_section_by_name(".comment")
    words = comment.data().split(b"\0") if comment is not None else []
    return "; ".join(one.decode("ascii", "replace") for one in words if one)


def _vectors(path: Path, segments: tuple[Segment, ...], board: Board) -> tuple[int, int]:
    """Return the initial stack pointer and the reset handler (Armv7-M ARM, B1.5.3)."""
    first = next((one for one in segments if board.memories[0].start in one), None)
    at = board.memories[0].start - first.address if first is not None else 0
    if first is None or len(first.data) < at + 8:
        raise InputError(f"{path}: nothing at {board.memories[0].start:#010x}; the vector table has to begin there")
    stack, reset = (int.from_bytes(first.data[at + k : at + k + 4], "little") for k in (0, 4))
    ram = board.memory_at(stack - 4)
    if ram is None or not ram.writable or stack % 4:
        raise InputError(f"{path}: the vector table begins with the stack at {stack:#010x}, which is no end in RAM")
    if not reset & 1:
        raise InputError(f"{path}: the reset handler {reset:#010x} is no Thumb code (bit 0 is not set)")
    if not any(reset - 1 in one for one in segments):
        raise InputError(f"{path}: the reset handler {reset:#010x} lies outside of what the image loads")
    return stack, reset


def _words(board: Board) -> str:
    return " and ".join(f"{one.name} from {one.start:#010x} to {one.start + one.size:#010x}" for one in board.memories)
