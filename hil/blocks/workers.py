"""Object code of several texts at a time: LLVM works on one in a process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from hil.blocks.native import object_code

Task = tuple[list[str], int, list[str]]  # texts, opt, names beside


def object_codes(texts: list[str], opt: int, beside: Collection[str] = ()) -> list[bytes]:
    """Return the object code of each text, as `object_code` does; `beside` names the functions that they share.

    Raises: as `object_code`.
    """
    count = min(len(texts), len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 1
    order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
    tasks: list[Task] = [([texts[one] for one in order[first::count]], opt, sorted(beside)) for first in range(count)]
    with ThreadPoolExecutor(max(count - 1, 1)) as pool:
        others = [pool.submit(_elsewhere, task) for task in tasks[1:]]
        codes = [_here(tasks[0]), *(other.result() for other in others)]
    found = [b""] * len(texts)
    for first, share in enumerate(codes):
        for place, code in zip(order[first::count], share, strict=True):
            found[place] = code
    return found


def _here(task: Task) -> list[bytes]:
    texts, opt, beside = task
    return [object_code(text, opt=opt, beside=beside) for text in texts]


def _elsewhere(task: Task) -> list[bytes]:
    """The task in a process of its own; here if that is not possible."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
    try:
        command = [sys.executable, "-m", __name__]
        done = subprocess.run(command, input=pickle.dumps(task), capture_output=True, env=environment, check=True)
        return list(pickle.loads(done.stdout))
    except (OSError, subprocess.SubprocessError):
        return _here(task)


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(_here(pickle.loads(sys.stdin.buffer.read()))))
