"""What the bench asks of the machine and the keyboard while the clock runs."""

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from hil.loop import Loop

_LOOK = 0.02  # s between two looks at a loop on the wall clock
_PRIORITY = 80  # of SCHED_FIFO: above the kernel's own threads for interrupts (50), below its watchdogs (99)
_MCL_CURRENT_AND_FUTURE = 3


@contextmanager
def real_time() -> Iterator[None]:
    """Keep the processor awake and the memory in place for as long as the context lasts, where it is allowed."""
    libc, latency = ctypes.CDLL(None), None
    with suppress(OSError):
        latency = os.open("/dev/cpu_dma_latency", os.O_WRONLY)
        os.write(latency, (0).to_bytes(4, "little"))
    libc.mlockall(_MCL_CURRENT_AND_FUTURE)
    try:
        yield
    finally:
        libc.munlockall()
        if latency is not None:
            os.close(latency)


def beside(loop: Loop, until: int, look: Callable[[], None]) -> int:
    """Run a loop in a thread of its own, under SCHED_FIFO where it is allowed, and `look` meanwhile; its status.

    The loop's thread holds no lock of the interpreter, so what `look` does cannot delay it.
    """
    status = [0]

    def work() -> None:
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
        status[0] = loop.run(until)

    thread = threading.Thread(target=work, name="hil loop")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_LOOK)
            look()
    finally:
        loop.halt() if thread.is_alive() else None
        thread.join()
    return status[0]


@contextmanager
def interruptible(halt: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM end the run between two ticks instead of tearing it; a second Ctrl-C tears it.

    Yields a function that tells whether that has happened. Signals reach the main thread only; in another one the
    context does nothing.
    """
    seen: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def handle(number: int, _frame: Any) -> None:
        seen.append(number)
        halt()
        signal.signal(number, before[number])

    before: dict[int, Any] = {}
    for each in (signal.SIGINT, signal.SIGTERM):
        before[each] = signal.signal(each, handle)
    try:
        yield lambda: bool(seen)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
