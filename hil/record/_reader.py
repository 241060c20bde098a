"""The reader of our own MDF4 records: every id, length and link is checked, nothing is trusted."""

from __future__ import annotations

import hashlib
import mmap
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import numpy as np

from hil.errors import InputError, near
from hil.record import _layout as mdf
from hil.record._layout import Channel, row_dtype


@dataclass(frozen=True, eq=False)
class Recording:
    """A record that was read; `finished` is false when the run died before it closed the file."""

    path: Path
    channels: tuple[Channel, ...]
    metadata: dict[str, str]
    finished: bool
    rows: np.ndarray[Any, Any]  # packed and read-only, as they lie in the file

    @cached_property
    def t(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Time of each row in ns."""
        return np.array(self.rows["t"])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the channels."""
        return tuple(channel.name for channel in self.channels)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        """The samples of one channel, copied.

        Raises:
            InputError: no such channel.
        """
        if name not in self.names:
            raise InputError(f"no channel {name!r} in {self.path}{near(name, self.names)}")
        return np.array(self.rows[name])

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, in hex."""
        return digest(self.path)


def digest(path: str | Path) -> str:
    """SHA-256 of a file's bytes, in hex.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; check the path") from error


def read(path: str | Path) -> Recording:
    """Open a record, finished or not; of an unfinished one every whole row is there.

    Raises:
        InputError: no such file, not a record of this bench, or a damaged one.
    """
    try:
        with open(path, "rb") as file:
            file.seek(0, 2)
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b"")
    except OSError as error:
        raise InputError(f"cannot read record {path}: {error.strerror}; check the path") from error
    return _Image(Path(path), data).recording()


class _Image:
    """The bytes of a record and how to take them apart; every method refuses what is not ours."""

    def __init__(self, path: Path, data: memoryview) -> None:
        self.path, self.data = path, data

    def refuse(self, expected: str) -> NoReturn:
        raise InputError(
            f"{self.path} is not a whole record of this bench: expected {expected}; "
            "take the file the run wrote, or open a foreign one with an MDF tool"
        )

    def recording(self) -> Recording:
        finished = self.finished()
        (first, _, _, _, _, about), _ = self.block(mdf.HD_AT, b"##HD")
        (_, group, rows_at, _), _ = self.block(first, b"##DG")
        (_, following, _, _, _, _), (_, cycles, _, _, width, _) = self.block(group, b"##CG")
        channels = self.channels(following)
        dtype = self.dtype(channels, group, width)
        rows = self.rows(rows_at, dtype, cycles if finished else None)
        return Recording(self.path, tuple(c for c, _ in channels[1:]), self.metadata(about), finished, rows)

    def finished(self) -> bool:
        if len(self.data) < mdf.IDENTIFICATION.size:
            self.refuse(f"an identification block of 64 bytes, not {len(self.data)} bytes in all")
        mark, version, program, _, flags, custom = mdf.IDENTIFICATION.unpack_from(self.data)
        if (version, program) != (b"4.10    ", b"hilbench"):
            self.refuse("MDF 4.10 written by 'hilbench' at byte 8")
        if (mark, flags, custom) not in {(mdf.FINISHED, 0, 0), (mdf.UNFINISHED, mdf.REPAIR, 0)}:
            self.refuse("the mark 'MDF' without, or 'UnFinMF' with, the unfinalized flags 0b101")
        return bool(mark == mdf.FINISHED)

    def span(self, address: int, name: bytes) -> memoryview:
        """The bytes of the block at `address` without its header."""
        if address % 8 or address < mdf.HD_AT or address + mdf.HEADER.size > len(self.data):
            self.refuse(f"a {name.decode()} block at byte {address}")
        found, length, links = mdf.HEADER.unpack_from(self.data, address)
        if (found, links) != (name, mdf.LINKS[name]):
            self.refuse(f"a {name.decode()} block with {mdf.LINKS[name]} links at byte {address}")
        if length < mdf.HEADER.size or address + length > len(self.data):
            self.refuse(f"a {name.decode()} block at byte {address} that ends within the file")
        return self.data[address + mdf.HEADER.size : address + length]

    def block(self, address: int, name: bytes) -> tuple[tuple[int, ...], tuple[Any, ...]]:
        """Links and data of the block at `address`."""
        links, layout = struct.Struct(f"<{mdf.LINKS[name]}Q"), mdf.DATA[name]
        span = self.span(address, name)
        if len(span) != links.size + layout.size:
            self.refuse(f"{links.size + layout.size} bytes in the {name.decode()} block at byte {address}")
        return links.unpack_from(span), layout.unpack_from(span, links.size)

    def text(self, address: int, name: bytes = b"##TX") -> str:
        try:
            text = bytes(self.span(address, name)).rstrip(b"\0").decode() if address else ""
        except UnicodeDecodeError:
            self.refuse(f"UTF-8 text at byte {address}")
        return text

    def channels(self, address: int) -> list[tuple[Channel, int]]:
        """The chain of channels with their byte offsets, the time first."""
        chain: list[tuple[Channel, int]] = []
        seen: set[int] = set()
        while address:
            if address in seen:
                self.refuse(f"a chain of channels, not a ring through byte {address}")
            seen.add(address)
            (following, _, name, _, _, _, unit, words), data = self.block(address, b"##CN")
            kind, bits = mdf.KINDS.get(data[2], "?"), data[5]
            channel = Channel(self.text(name), self.text(unit), self.text(words), f"{kind}{bits / 8:g}")
            chain.append((channel, data[4]))
            address = following
        return chain

    def dtype(self, channels: list[tuple[Channel, int]], group: int, width: int) -> np.dtype[np.void]:
        if not channels or (channels[0][0].name, channels[0][0].kind, channels[0][1]) != ("t", "i8", 0):
            self.refuse(f"the time 't' as i8 at the start of a row, as first channel of the group at byte {group}")
        try:
            return row_dtype([one for one, _ in channels[1:]], [offset for _, offset in channels[1:]], width)
        except InputError as error:
            self.refuse(f"channels that can be recorded ({'; '.join(error.faults)})")
        except ValueError:  # numpy's word for a field that ends behind the row
            self.refuse(f"channels within the row's {width} bytes")

    def metadata(self, address: int) -> dict[str, str]:
        text = self.text(address, b"##MD")
        try:
            if "<!" in text:  # no declaration is ours: an entity could grow without bound
                self.refuse("a comment without declarations")
            root = ElementTree.fromstring(text)
        except ElementTree.ParseError:
            self.refuse(f"XML at byte {address}")
        return {e.get("name", ""): e.text or "" for e in root.iterfind("common_properties/e")}

    def rows(self, address: int, dtype: np.dtype[np.void], cycles: int | None) -> np.ndarray[Any, Any]:
        """The whole rows of the data block, the file's last; `cycles` are those a finished file declares."""
        start = address + mdf.HEADER.size
        room = len(self.data) - start
        if room < 0 or bytes(self.data[address : address + 4]) != b"##DT":
            self.refuse(f"a ##DT block at byte {address}")
        count = room // dtype.itemsize
        _, length, _ = mdf.HEADER.unpack_from(self.data, address)
        if cycles is not None and not cycles * dtype.itemsize == room == length - mdf.HEADER.size:
            self.refuse(f"the {cycles} rows that were finalised, not {room} bytes, which hold {count}")
        return np.frombuffer(self.data, dtype, count, start)
