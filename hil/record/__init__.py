"""The record of a run: every sample of every signal in one append-only MDF4 file, and its reader."""

from hil.record._csv import csv_parts
from hil.record._layout import Channel, row_dtype
from hil.record._reader import Recording, digest, read
from hil.record._writer import Writer

__all__ = ["Channel", "Recording", "Writer", "csv_parts", "digest", "read", "row_dtype"]
