"""The compiled lines that step everything: the loop itself and the blocks that every rig needs.

The order within a tick is the order of the schedule, which `hil.bench.assembly` writes down once.
"""

from typing import Any

import numpy as np

from hil.blocks.kernel import function
from hil.blocks.memory import (
    call,
    copy,
    load_f4,
    load_f8,
    load_i1,
    load_i2,
    load_i4,
    load_i8,
    load_u1,
    load_u2,
    load_u4,
    load_u8,
    store_f4,
    store_f8,
    store_i1,
    store_i2,
    store_i4,
    store_i8,
    store_u1,
    store_u2,
    store_u4,
    store_u8,
)

_HOST = 1 << 40
_SECOND = 1_000_000_000
_MONOTONIC, _ABSOLUTE = 1, 1  # CLOCK_MONOTONIC and TIMER_ABSTIME of <time.h> on Linux
_EVENT = 56


def hand_over(t: int, h: int, p: int, x: int, u: int, y: int) -> int:
    """Stop the loop for its host, which exchanges with a link and enters the loop again."""
    return _HOST


@function
def _load(address: int, kind: int) -> float:
    if kind == 0:
        return load_f8(address)
    if kind == 1:
        return float(load_f4(address))
    if kind == 2:
        return float(load_i8(address))
    if kind == 3:
        return float(load_i4(address))
    if kind == 4:
        return float(load_i2(address))
    if kind == 5:
        return float(load_i1(address))
    if kind == 6:
        return float(load_u8(address))
    if kind == 7:
        return float(load_u4(address))
    if kind == 8:
        return float(load_u2(address))
    return float(load_u1(address))


@function
def _whole(value: float, low: float, high: float) -> float:
    """Round to the nearest whole number, ties to even, and saturate; what is not a number becomes 0."""
    if value != value:
        return 0.0
    return min(max(np.rint(value), low), high)


@function
def _store(address: int, kind: int, value: float) -> None:
    if kind == 0:
        store_f8(address, value)
    elif kind == 1:
        store_f4(address, np.float32(value))
    elif kind == 2:
        store_i8(address, np.int64(_whole(value, -9223372036854775808.0, 9223372036854774784.0)))
    elif kind == 3:
        store_i4(address, np.int32(_whole(value, -2147483648.0, 2147483647.0)))
    elif kind == 4:
        store_i2(address, np.int16(_whole(value, -32768.0, 32767.0)))
    elif kind == 5:
        store_i1(address, np.int8(_whole(value, -128.0, 127.0)))
    elif kind == 6:
        store_u8(address, np.uint64(_whole(value, 0.0, 18446744073709549568.0)))
    elif kind == 7:
        store_u4(address, np.uint32(_whole(value, 0.0, 4294967295.0)))
    elif kind == 8:
        store_u2(address, np.uint16(_whole(value, 0.0, 65535.0)))
    elif kind == 9:
        store_u1(address, np.uint8(_whole(value, 0.0, 255.0)))
    else:
        store_u1(address, np.uint8(_whole(value, 0.0, 1.0)))


def play(t: int, h: int, p: Any, x: int, u: int, y: int) -> int:
    """Let the events of a scenario happen that are due at t; a ramp moves at every tick until its end."""
    i = p.first
    while i < p.count:
        event = p.events + _EVENT * i
        start, end = load_i8(event), load_i8(event + 8)
        if start > t:
            break
        phase = load_i8(event + 48)
        address, kind = load_i8(event + 16), load_i8(event + 24)
        if phase == 0:
            store_f8(event + 40, _load(address, kind))
        if phase < 2:
            value = load_f8(event + 32)
            if t < end:
                origin = load_f8(event + 40)
                value = origin + (value - origin) * (float(t - start) / float(end - start))
            _store(address, kind, value)
            store_i8(event + 48, 1 if t < end else 2)
        if i == p.first and t >= end:
            p.first = i + 1
        i += 1
    return 0


def sample(t: int, h: int, p: Any, x: int, u: int, y: int) -> int:
    """Copy the process image into the next row of the ring, t first; a ring that is full waits or loses the row."""
    if p.head - p.tail == p.capacity:
        if p.waits == 0:
            p.lost += 1
            store_i8(y, p.lost)
            return 0
        return -1
    row = p.rows + 8 * p.row_words * p.at
    p.at = p.at + 1 if p.at + 1 < p.capacity else 0
    store_i8(row, t)
    copy(row + 8, p.source, 8 * p.row_words - 8)
    p.head += 1
    return _HOST if p.waits != 0 and p.head - p.tail == p.capacity else 0


@function
def _now(p: Any, timespec: int) -> int:
    call(p.gettime, _MONOTONIC, timespec, 0, 0, 0, 0)
    return load_i8(timespec) * _SECOND + load_i8(timespec + 8)


def pace(t: int, h: int, p: Any, x: int, u: int, y: int) -> int:
    """Wait for the instant of t on the wall clock, and count the ticks that begin too late; `x` is a timespec.

    The deadline is absolute: a late tick does not move the ones behind it. The last `spin` ns are waited awake.
    """
    deadline = p.start + t // p.rate
    now = _now(p, x)
    if now < deadline - p.spin:
        wake = deadline - p.spin
        store_i8(x, wake // _SECOND)
        store_i8(x + 8, wake % _SECOND)
        call(p.nanosleep, _MONOTONIC, _ABSOLUTE, x, 0, 0, 0)
        now = _now(p, x)
    while now < deadline:
        now = _now(p, x)
    lateness = now - deadline
    store_i8(y, lateness)
    store_i8(y + 8, p.late)
    if t < p.grace or lateness <= p.tolerance:
        p.run = 0
        return 0
    if p.late == 0:
        p.first_late = t
    p.late += 1
    p.run += 1
    p.longest_run = max(p.longest_run, p.run)
    p.worst = max(p.worst, lateness)
    store_i8(y + 8, p.late)
    return 0


@function
def _copy(source: int, target: int, count: int) -> None:
    for i in range(count):
        store_u1(target + i, load_u1(source + i))


def trade(t: int, h: int, p: Any, x: int, u: int, y: int) -> int:
    """Take the newest answer out of one mailbox and put the sample into the other; see `hil.links.mailbox`.

    The calls of the clock stand where a compiler must not move loads and stores across: it cannot look into them.
    """
    slot = 8 + (p.answer_bytes + 7) // 8 * 8
    while True:
        count = load_i8(p.inbox)
        if count == 0:
            break
        at = load_i8(p.inbox + 8 + (count & 1) * slot)
        _copy(p.inbox + 16 + (count & 1) * slot, p.answer, p.answer_bytes)
        now = _now(p, x)
        if load_i8(p.inbox) == count:
            age = now - at
            store_i8(y, age)
            if age >= p.limit:
                store_i8(y + 8, load_i8(y + 8) + 1)
            break
    if load_i8(p.inbox) == 0 and t >= 2 * h:  # before that no answer is due
        store_i8(y + 8, load_i8(y + 8) + 1)
    count = load_i8(p.outbox) + 1
    slot = 8 + (p.send_bytes + 7) // 8 * 8
    store_i8(p.outbox + 8 + (count & 1) * slot, _now(p, x))
    _copy(p.send, p.outbox + 16 + (count & 1) * slot, p.send_bytes)
    _now(p, x)  # the fence before the count
    store_i8(p.outbox, count)
    return 0
