"""Work in processes of its own: what takes too long, needs too much memory or ends its process is an answer, too."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Any

MEMORY = 4 << 30  # bytes of address space that a worker may have
_CONTEXT = get_context("fork")


@dataclass(frozen=True)
class Task:
    """A call of a function with arguments, and how many seconds it may take."""

    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float


@dataclass(frozen=True)
class Answer:
    """What a task gave, or in `fault` why it gave nothing."""

    value: Any
    seconds: float
    fault: str = ""


class _Worker:
    """One process, and the number of the task that it works at."""

    def __init__(self) -> None:
        self.pipe, inner = _CONTEXT.Pipe()
        self.process: BaseProcess = _CONTEXT.Process(target=_serve, args=(inner, self.pipe), daemon=True)
        self.process.start()
        inner.close()
        self.task: int | None = None
        self.start = self.deadline = 0.0

    def give(self, number: int, task: Task) -> None:
        self.task, self.start = number, monotonic()
        self.deadline = self.start + task.seconds
        self.pipe.send((task.call, task.arguments))

    def answer(self) -> Answer:
        """What came, or that it died or is late."""
        seconds = monotonic() - self.start
        if self.pipe.poll():
            with suppress(EOFError, OSError):
                value, fault = self.pipe.recv()
                return Answer(value, seconds, fault)
            self.process.join(1)
            return Answer(None, seconds, f"ended the compiler ({_ending(self.process.exitcode)})")
        return Answer(None, seconds, f"took the compiler more than {self.deadline - self.start:.0f} s")

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _ending(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"status {code}"


def answers(tasks: Sequence[Task], workers: int = 0) -> Iterator[tuple[int, Answer]]:
    """The answers, each with the number of its task, as they come."""
    count = min(workers or os.cpu_count() or 1, 8, len(tasks))
    pool = [_Worker() for _ in range(count)]
    waiting = list(enumerate(tasks))[::-1]
    try:
        while True:
            for worker in pool:
                if worker.task is None and waiting:
                    worker.give(*waiting.pop())
            busy = [one for one in pool if one.task is not None]
            if not busy:
                return
            wait([one.pipe for one in busy], max(0.0, min(one.deadline for one in busy) - monotonic()))
            for place, worker in enumerate(pool):
                if worker.task is None or not (worker.pipe.poll() or monotonic() >= worker.deadline):
                    continue
                number, answer = worker.task, worker.answer()
                worker.task = None
                if answer.fault and (answer.value is None):
                    worker.end()
                    pool[place] = _Worker()
                yield number, answer
    finally:
        for worker in pool:
            worker.end()


def _serve(pipe: Connection, other: Connection) -> None:
    other.close()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # LLVM speaks before it ends a process
        while True:
            try:
                call, arguments = pipe.recv()
            except (EOFError, OSError):
                os._exit(0)
            try:
                pipe.send((call(*arguments), ""))
            except MemoryError:
                pipe.send((False, f"took the compiler more than {MEMORY >> 30} GB of memory"))
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is this task's answer
                place = fault.__traceback__
                while place is not None and place.tb_next is not None:
                    place = place.tb_next
                where = "" if place is None else f" in {os.path.basename(place.tb_frame.f_code.co_filename)}"
                words = f"{type(fault).__name__}{where}:{place.tb_lineno if place else 0}"
                pipe.send((False, f"ended the compiler ({words}: {str(fault)[:200]})"))
            sys.stdout.flush()
