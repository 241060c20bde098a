"""Signals: a number with name, unit, words and range, declared once and kept in plain memory."""

from hil.signals.image import ProcessImage
from hil.signals.record import NOTHING, Record, Signal, Value, record, signal
from hil.signals.time import duration, in_words

__all__ = [
    "NOTHING",
    "ProcessImage",
    "Record",
    "Signal",
    "Value",
    "duration",
    "in_words",
    "record",
    "signal",
]
