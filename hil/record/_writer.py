"""The append-only MDF4 writer: all metadata first, one data block last, finalised in place.

The file is marked unfinalized until `close`, so whatever reached the disk reads back after a crash. It holds no wall
clock: equal rows give equal bytes.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from hil.errors import InputError, RunError
from hil.record import _layout as mdf
from hil.record._layout import Channel, row_dtype

_DISCRETE = 1 << 6  # cn_flags bit 6: do not interpolate
_BREAKS = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}  # XML would turn them into other white space
_HISTORY = (
    "<FHcomment><TX>recorded</TX><tool_id>hilbench</tool_id><tool_vendor>hilbench</tool_vendor>"
    "<tool_version>1</tool_version></FHcomment>"
)


class _Blocks:
    """Metadata blocks one after another; a block comes after those it links to, so each address is known."""

    def __init__(self) -> None:
        self.data = bytearray(mdf.HD_AT + mdf.HEADER.size + 8 * mdf.LINKS[b"##HD"] + mdf.DATA[b"##HD"].size)

    def add(self, name: bytes, links: Sequence[int], body: bytes) -> int:
        """Append one block; its address."""
        address = len(self.data)
        self.data += _block(name, links, body)
        return address

    def text(self, text: str, name: bytes = b"##TX") -> int:
        """Append a text; its address, 0 (no link) for an empty one."""
        return self.add(name, (), text.encode() + b"\0") if text else 0


def _block(name: bytes, links: Sequence[int], body: bytes) -> bytes:
    length = mdf.HEADER.size + 8 * len(links) + len(body)
    packed = mdf.HEADER.pack(name, length, len(links)) + struct.pack(f"<{len(links)}Q", *links) + body
    return packed + bytes(-length % 8)


def _channel(blocks: _Blocks, channel: Channel, field: tuple[np.dtype[Any], int], following: int) -> int:
    dtype, offset = field
    master = channel.name == "t"
    linear = mdf.DATA[b"##CC"].pack(mdf.LINEAR, 0, 0, 0, 2, 0.0, 0.0, 0.0, 1e-9)
    conversion = blocks.add(b"##CC", (0, 0, 0, 0), linear) if master else 0
    links = (following, 0, blocks.text(channel.name), 0, conversion, 0, blocks.text(channel.unit))
    kind = (mdf.MASTER, mdf.TIME) if master else (0, 0)
    flags = 0 if master or dtype.kind in "fS" else _DISCRETE
    place = (mdf.DATA_TYPES[dtype.kind], 0, offset, 8 * dtype.itemsize, flags, 0, 0, 0)
    body = mdf.DATA[b"##CN"].pack(*kind, *place, *(0.0,) * 6)
    return blocks.add(b"##CN", (*links, blocks.text(channel.words)), body)


def _metadata(
    channels: Sequence[Channel], rows: np.dtype[np.void], facts: Mapping[str, str]
) -> tuple[bytes, int]:
    """The file up to its first row, and the address of the cycle counter."""
    blocks = _Blocks()
    following = 0
    fields = rows.fields or {}
    for channel in reversed((Channel("t", "s", "time since the start of the run", "i8"), *channels)):
        dtype, offset = fields[channel.name][:2]
        following = _channel(blocks, channel, (dtype, offset), following)
    body = mdf.DATA[b"##CG"].pack(0, 0, 0, ord("."), rows.itemsize, 0)
    group = blocks.add(b"##CG", (0, following, 0, 0, 0, 0), body)
    history = blocks.text(_HISTORY, b"##MD")
    history = blocks.add(b"##FH", (0, history), mdf.DATA[b"##FH"].pack(0, 0, 0, 1))
    about = blocks.text(_comment(facts), b"##MD")
    body = mdf.DATA[b"##DG"].pack(0)
    rows_at = len(blocks.data) + mdf.HEADER.size + 8 * mdf.LINKS[b"##DG"] + len(body)
    first = blocks.add(b"##DG", (0, group, rows_at, 0), body)
    blocks.data += mdf.HEADER.pack(b"##DT", mdf.HEADER.size, 0)
    header = mdf.DATA[b"##HD"].pack(0, 0, 0, 1, 0, 0, 0.0, 0.0)
    head = _identification(finished=False) + _block(b"##HD", (first, history, 0, 0, 0, about), header)
    blocks.data[: len(head)] = head
    return bytes(blocks.data), group + mdf.HEADER.size + 8 * mdf.LINKS[b"##CG"] + 8


def _comment(facts: Mapping[str, str]) -> str:
    items = (f"<e name={quoteattr(k, _BREAKS)}>{escape(facts[k], _BREAKS)}</e>" for k in sorted(facts))
    properties = f"<common_properties>{''.join(items)}</common_properties>"
    return f"<HDcomment><TX>hilbench record</TX>{properties}</HDcomment>"


def _identification(*, finished: bool) -> bytes:
    mark, flags = (mdf.FINISHED, 0) if finished else (mdf.UNFINISHED, mdf.REPAIR)
    return mdf.IDENTIFICATION.pack(mark, b"4.10    ", b"hilbench", 410, flags, 0)


class Writer:
    """A record being written; `dtype` is the packed row it takes."""

    def __init__(
        self, path: str | Path, channels: Sequence[Channel], metadata: Mapping[str, str] | None = None
    ):
        """Create the file and write its metadata; `metadata` are facts of the run, such as rig, scenario and seed.

        Raises:
            InputError: the file exists or cannot be created, or a channel or fact cannot be recorded.
            RunError: the disk is full.
        """
        self.path = Path(path)
        self.dtype = row_dtype(channels)
        facts = dict(metadata or {})
        if broken := [k for k in facts if not mdf.writable(k + facts[k])]:
            raise InputError(
                [f"fact {k!r} has a control character and cannot be recorded; take it out" for k in broken]
            )
        head, self._cycles_at = _metadata(channels, self.dtype, facts)
        self._rows_at = len(head)
        self._last = np.iinfo(np.int64).min
        try:
            self._file = open(self.path, "xb", buffering=0)  # noqa: SIM115: the writer is itself the context
        except FileExistsError:
            raise InputError(
                f"record {self.path} exists and is never overwritten; remove it or name another"
            ) from None
        except OSError as error:
            raise InputError(
                f"cannot create record {self.path}: {error.strerror}; choose another folder"
            ) from error
        try:
            self._write(head)
        except OSError as error:
            self._file.close()
            self.path.unlink()
            raise RunError(f"cannot write record {self.path}: {error.strerror}; nothing was kept") from error

    def append(self, rows: np.ndarray[Any, Any]) -> None:
        """Write rows (structured, `t` in ns first, then the channels); they are in the file when this returns.

        Raises:
            InputError: the rows have other fields than the record.
            RunError: time runs backwards, or the disk is full; what was written before stays readable.
        """
        rows = self._packed(np.atleast_1d(rows))
        if not rows.size:
            return
        t = rows["t"]
        if t[0] < self._last or bool((t[1:] < t[:-1]).any()):
            raise RunError(
                f"record {self.path}: time runs backwards after {self._last} ns; append rows in order of time"
            )
        try:
            self._write(rows.view(np.uint8))
        except OSError as error:
            kept = self._whole_rows()
            text = f"cannot write record {self.path}: {error.strerror}; its first {kept} rows are kept and readable"
            raise RunError(f"{text}, make room or choose another folder") from error
        self._last = int(t[-1])

    def close(self) -> None:
        """Finalise the file in place: row counter, data length, then the mark.

        Raises:
            RunError: the disk refuses; the file stays readable as an unfinished one.
        """
        if self._file.closed:
            return
        try:
            rows = self._whole_rows()
            length = mdf.HEADER.size + rows * self.dtype.itemsize
            self._overwrite(self._cycles_at, rows.to_bytes(8, "little"))
            self._overwrite(self._rows_at - mdf.HEADER.size, mdf.HEADER.pack(b"##DT", length, 0))
            self._overwrite(0, _identification(finished=True))
        except OSError as error:
            raise RunError(
                f"cannot finalise record {self.path}: {error.strerror}; it stays readable"
            ) from error
        finally:
            self._file.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _packed(self, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if rows.dtype.names != self.dtype.names:
            names, ours = rows.dtype.names or (), self.dtype.names or ()
            odd = sorted(set(names) ^ set(ours)) or "their order"
            raise InputError(
                f"record {self.path}: rows and channels differ in {odd}; append rows of the writer's dtype"
            )
        # Numpy assigns fields by position, so an aligned row of the same names only loses its padding.
        return np.ascontiguousarray(rows, dtype=self.dtype)

    def _write(self, data: bytes | np.ndarray[Any, Any]) -> None:
        view = memoryview(data)
        while len(view):
            view = view[self._file.write(view) :]

    def _overwrite(self, address: int, data: bytes) -> None:
        self._file.seek(address)
        self._write(data)

    def _whole_rows(self) -> int:
        """Cut off a row that was written in part; the number of whole ones."""
        size = os.fstat(self._file.fileno()).st_size
        rows = (size - self._rows_at) // self.dtype.itemsize
        self._file.truncate(self._rows_at + rows * self.dtype.itemsize)
        self._file.seek(0, os.SEEK_END)
        return rows
