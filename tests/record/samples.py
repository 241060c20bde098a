"""Recordings that the tests of the record and of the evidence share."""

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from hil.record import Channel, Writer, row_dtype

QUICK = settings(derandomize=True, deadline=None, max_examples=60)
KINDS = ("f8", "f4", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1", "S1", "S7")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0", codec="utf-8"), max_size=9).filter(
    lambda text: all(c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") for c in text)
)


def channels() -> st.SearchStrategy[list[Channel]]:
    """Random channel sets."""
    names = TEXT.filter(lambda name: name not in ("", "t"))
    one = st.builds(Channel, name=names, unit=TEXT, words=TEXT, kind=st.sampled_from(KINDS))
    return st.lists(one, max_size=8, unique_by=lambda channel: channel.name)


def random_rows(dtype: np.dtype[np.void], count: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """Rows of random bytes in ascending time."""
    rows = np.frombuffer(np.random.default_rng(seed).bytes(count * dtype.itemsize), dtype).copy()
    rows["t"] = np.arange(count) * 10_000_000
    return rows


def write(path: Path, chosen: list[Channel], count: int, metadata: dict[str, str] | None = None) -> bytes:
    """Write `count` random rows and finalise; the file's bytes."""
    with Writer(path, chosen, metadata) as writer:
        writer.append(random_rows(row_dtype(chosen), count))
    return path.read_bytes()


TANK = [
    Channel("tank.level", "m", "level of the tank", "f8"),
    Channel("tank.valve", "%", "opening of the <inlet> valve", "f4"),
    Channel("plc.step", "", "step of the sequencer", "i2"),
    Channel("plc.alarm", "", "high level", "b1"),
    Channel("plc.text", "", "message to the operator", "S8"),
]
