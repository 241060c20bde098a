"""The front of the command line: any number of files and projects of every format, judged file by file."""

from hil.plc.front.check import check
from hil.plc.front.outcome import Outcome, Result

__all__ = ["Outcome", "Result", "check"]
