"""The append-only MDF4 writer: all metadata first, one data block last, finalised in place.

The file is marked unfinalized until `close`, so whatever reached the disk reads back after a crash.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from hil.errors import InputError, RunError
from hil.record import _layout as mdf
from hil.record._head import head, identification
from hil.record._layout import Channel, row_dtype


class Writer:
    """A record being written; `dtype` is the row it takes."""

    def __init__(
        self,
        path: str | Path,
        channels: Sequence[Channel],
        metadata: Mapping[str, str] | None = None,
        dtype: np.dtype[np.void] | None = None,
    ) -> None:
        """Create the file; `metadata` are facts of the run, such as rig, scenario and seed.

        `dtype` is the row where it is not the packed one: see `row_dtype`.

        Raises:
            InputError: the file exists or cannot be created, or a channel or fact cannot be recorded.
            RunError: the disk is full; no file is left.
        """
        self.path = Path(path)
        self.dtype = row_dtype(channels) if dtype is None else dtype
        facts = metadata or {}
        if broken := [k for k in facts if not mdf.writable(k + facts[k])]:
            raise InputError([f"fact {k!r} cannot be recorded: a control character; take it out" for k in broken])
        start, self._cycles_at = head(channels, self.dtype, facts)
        self._rows_at = len(start)
        self._last = np.iinfo(np.int64).min
        try:
            self._file = open(self.path, "xb", buffering=0)  # noqa: SIM115 (the writer is the context)
        except FileExistsError:
            raise InputError(f"record {path} exists and is never overwritten; remove it or name another") from None
        except OSError as error:
            raise InputError(f"cannot create record {path}: {error.strerror}; choose another folder") from error
        try:
            self._write(start)
        except OSError as error:
            self._file.close()
            self.path.unlink()
            raise self._failed(error, "nothing was kept") from error

    def append(self, rows: np.ndarray[Any, Any]) -> None:
        """Write rows (structured, `t` in ns first, then the channels); on return they are in the file.

        Raises:
            InputError: the rows have other fields than the record.
            RunError: time runs backwards, or the disk is full; what was written before stays readable.
        """
        rows = self._packed(np.atleast_1d(rows))
        if not rows.size:
            return
        t = rows["t"]
        if t[0] < self._last or bool((t[1:] < t[:-1]).any()):
            raise RunError(f"record {self.path}: time runs backwards in or before {t[-1]} ns; append rows in order")
        try:
            self._write(rows.view(np.uint8).data)
        except OSError as error:
            raise self._failed(error, f"its first {self._whole_rows()} rows are kept and readable") from error
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
            self._overwrite(0, identification(finished=True))
        except OSError as error:
            raise self._failed(error, "it stays readable, as an unfinished one") from error
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
            raise InputError(f"record {self.path}: the rows differ in {odd}; append rows of the writer's dtype")
        if not np.can_cast(rows.dtype, self.dtype, "safe"):
            raise InputError(f"record {self.path}: the rows are {rows.dtype}; append rows of the writer's dtype")
        return np.ascontiguousarray(rows, dtype=self.dtype)  # an aligned row only loses its padding

    def _failed(self, error: OSError, kept: str) -> RunError:
        place = "make room or choose another folder"
        return RunError(f"cannot write record {self.path}: {error.strerror}; {kept}; {place}")

    def _write(self, data: bytes | memoryview) -> None:
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
