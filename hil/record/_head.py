"""The head of a record: every MDF4 block before the first row, deterministic and without a wall clock."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from hil.record import _layout as mdf
from hil.record._layout import Channel

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


def head(channels: Sequence[Channel], rows: np.dtype[np.void], facts: Mapping[str, str]) -> tuple[bytes, int]:
    """The file up to its first row, and the address of the cycle counter."""
    blocks = _Blocks()
    following = 0
    fields: Mapping[str, Any] = rows.fields or {}
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
    head = identification(finished=False) + _block(b"##HD", (first, history, 0, 0, 0, about), header)
    blocks.data[: len(head)] = head
    return bytes(blocks.data), group + mdf.HEADER.size + 8 * mdf.LINKS[b"##CG"] + 8


def _comment(facts: Mapping[str, str]) -> str:
    items = (f"<e name={quoteattr(k, _BREAKS)}>{escape(facts[k], _BREAKS)}</e>" for k in sorted(facts))
    properties = f"<common_properties>{''.join(items)}</common_properties>"
    return f"<HDcomment><TX>hilbench record</TX>{properties}</HDcomment>"


def identification(*, finished: bool) -> bytes:
    """The first 64 bytes, which say whether the file was finalised."""
    mark, flags = (mdf.FINISHED, 0) if finished else (mdf.UNFINISHED, mdf.REPAIR)
    return mdf.IDENTIFICATION.pack(mark, b"4.10    ", b"hilbench", 410, flags, 0)
