"""Reads the files that PLC programs come in and hands on Structured Text with the places it came from."""

from hil.plc.formats.detect import detect
from hil.plc.formats.project import Project, Read, is_sure, listed, read_file, read_units, sources_in
from hil.plc.formats.unit import Lines, Unit

__all__ = [
    "read_units",
    "read_file",
    "sources_in",
    "listed",
    "is_sure",
    "Project",
    "Read",
    "Unit",
    "Lines",
    "detect",
]
