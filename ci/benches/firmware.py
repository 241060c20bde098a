"""The reactor's controller as firmware: an exchange in lockstep beside the same image in QEMU, and starting a board.

Times are those of this process where nothing else is waited for, and of the wall clock where QEMU answers. The images
have to be there: make -C controllers/firmware.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np

from hil.bench.links import Wanted
from hil.bench.rig import Rig, open_rig
from hil.bench.targets import MAKERS
from hil.links import Link
from hil.targets.emulation import Emulation
from hil.targets.firmware_boards import BOARDS
from hil.targets.firmware_image import read_image

ROUNDS, EXCHANGES = 7, 100
_IMAGES = Path("controllers/firmware/build")


def figures() -> list[dict[str, Any]]:
    """Return the figures of each board."""
    return [one for board in ("lm3s6965evb", "mps2-an386") for one in _board(board)]


def _board(name: str) -> list[dict[str, Any]]:
    file = _IMAGES / name / "reactor.elf"
    rig = open_rig(Path("rigs/cstr"), {"targets.firmware.board": name, "targets.firmware.image": str(file.resolve())})
    board = BOARDS[name]
    with ExitStack() as stack:
        ours, qemu = (_exchange(rig, stack, lockstep=lockstep) for lockstep in (True, False))
        for each in (ours, qemu):
            _timed(each, perf_counter)
        rounds = [(_timed(ours, process_time), _timed(qemu, perf_counter)) for _ in range(ROUNDS)]
        starts = [_timed_once(lambda: Emulation(read_image(file, board), board)) for _ in range(ROUNDS)]
    mine, theirs = zip(*rounds, strict=True)
    ratios = [one / other for one, other in rounds]
    return [
        {"name": f"exchange in lockstep beside QEMU, {name}", "ours": 1e3 * median(mine),
         "reference": 1e3 * median(theirs), "unit": "ms", "ratio": median(ratios),
         "spread": max(ratios) - min(ratios)},
        {"name": f"image read and board reset, {name}", "ours": 1e3 * median(starts), "unit": "ms",
         "spread": 1e3 * (max(starts) - min(starts))},
    ]  # fmt: skip


def _exchange(rig: Rig, stack: ExitStack, *, lockstep: bool) -> Callable[[], None]:
    link: Link = MAKERS["firmware"]("serial", Wanted(rig, lockstep, stack))
    link.open()
    stack.callback(link.close)
    out, into, at = np.zeros(1, link.outgoing), np.zeros(1, link.incoming), iter(range(1, 1_000_000))
    for name in ("TT101A", "TT101B", "TT102"):
        out[name] = 310.0

    def step() -> None:
        link.exchange(next(at) * rig.controller.period, out, into)

    return step


def _timed(step: Callable[[], None], clock: Callable[[], float]) -> float:
    began = clock()
    for _ in range(EXCHANGES):
        step()
    return (clock() - began) / EXCHANGES


def _timed_once(step: Callable[[], object]) -> float:
    began = process_time()
    step()
    return process_time() - began
