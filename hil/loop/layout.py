"""The memory that the loop's own blocks work in; all addresses and times are int64, times in ns."""

import numpy as np

ENTRY = np.dtype([(name, "i8") for name in ("block", "period", "every", "due")], align=True)
"""One line of the schedule: which block, where it is no code, every how many ticks, due at which tick next."""

LOOP = np.dtype(
    [(name, "i8") for name in ("entries", "memories", "count", "step", "tick", "at", "stop", "halt")], align=True
)
"""The loop: its schedule, the addresses of the memory that the schedule's blocks work on, the tick it is in, the entry
it goes on with, where it stops; `halt` ends it early."""

EVENT = np.dtype(
    [
        ("start", "i8"),
        ("end", "i8"),
        ("address", "i8"),
        ("kind", "i8"),
        ("value", "f8"),
        ("origin", "f8"),
        ("phase", "i8"),
    ],
    align=True,
)
"""One event of a scenario: at `start` a value is set, or it is reached by a ramp that takes until `end`."""

SCRIPT = np.dtype([("events", "i8"), ("count", "i8"), ("first", "i8")], align=True)
"""The events in the order of their starts; those before `first` are over."""

RING = np.dtype(
    [(name, "i8") for name in ("rows", "capacity", "row_words", "source", "head", "at", "tail", "lost", "waits")],
    align=True,
)
"""Rows between the loop, which writes at `head`, and the record, which reads from `tail`; both only ever count up.

`at` is `head` within the ring: counted along, because a division takes as long as the copy of a row.
"""

PACE = np.dtype(
    [
        *((name, "i8") for name in ("gettime", "nanosleep", "start", "rate", "spin", "tolerance", "grace")),
        *((name, "i8") for name in ("late", "worst", "run", "longest_run", "first_late", "seconds", "nanoseconds")),
    ],
    align=True,
)
"""The wall clock: libc's addresses, when simulated time 0 is, how many times as fast, and what was late."""

TRADE = np.dtype(
    [(name, "i8") for name in ("gettime", "outbox", "send", "send_bytes", "inbox", "answer", "answer_bytes", "limit")],
    align=True,
)
"""A loop's end of a free-running link: two mailboxes, the memory behind each, the age that makes an answer stale."""

KINDS = {"f8": 0, "f4": 1, "i8": 2, "i4": 3, "i2": 4, "i1": 5, "u8": 6, "u4": 7, "u2": 8, "u1": 9, "b1": 10}

HOST = 1 << 40
"""Status with which the loop hands over to its host: to exchange with a link, or to empty a full ring."""
