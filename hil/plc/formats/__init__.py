"""Reads the files that PLC programs come in and hands on Structured Text with the places it came from."""

from hil.plc.formats.detect import detect
from hil.plc.formats.project import Project, read_units
from hil.plc.formats.unit import Lines, Unit

__all__ = ["read_units", "Project", "Unit", "Lines", "detect"]
