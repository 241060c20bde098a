"""Unit tests written in Structured Text, run in virtual time: suites of TcUnit, TEST blocks, fixtures of AxUnit."""

from hil.plc.testing.project import TestProject, open_tests
from hil.plc.testing.results import Failure, Outcome, closing, junit
from hil.plc.testing.runner import Limits, run_tests

__all__ = ["Failure", "Limits", "Outcome", "TestProject", "closing", "junit", "open_tests", "run_tests"]
