"""The other side of a J1939 wire: the virtual PLC in its own process, and a node by hand on the same bus."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hil.links.can.bus import Bus
from hil.links.can.frame import Frame
from hil.links.can.j1939_link import J1939Link
from hil.links.can.kinds import can_link
from hil.links.can.ports import Address
from hil.links.can.wiring import read_wiring
from hil.targets import VirtualPlc
from hil.testing import Pair
from hil.testing.links import PERIOD
from tests.links.can._bus import until, whole_bus
from tests.links.can._dbc import HEAD

KINDS = {"INT": "i2", "DINT": "i4", "REAL": "f4", "LREAL": "f8", "TIME": "i8"}
WRITES = [(f"x_{name.lower()}", kind) for name, kind in KINDS.items()]
READS = [(f"y_{name.lower()}", kind) for name, kind in KINDS.items()]
_LAYOUT = [("INT", 0, 0, 16), ("DINT", 0, 16, 32), ("REAL", 1, 0, 32), ("LREAL", 2, 0, 64), ("TIME", 3, 0, 64)]

NODES = """
[j1939.bench]
address = 0x21
name = { identity = 5, function = 33 }
[j1939.controller]
address = 0x27
name = { identity = 2, function = 39 }
"""


def echo(folder: Path) -> Path:
    """Write a program whose outputs are its inputs, a DBC file with groups of J1939, and its wiring."""
    names = [name.lower() for name in KINDS]
    inputs, outputs = (" ".join(f"{side}_{one} : {one.upper()};" for one in names) for side in "xy")
    body = " ".join(f"y_{one} := x_{one};" for one in names)
    (folder / "echo.st").write_text(
        f"PROGRAM Echo VAR_INPUT {inputs} END_VAR VAR_OUTPUT {outputs} END_VAR {body} END_PROGRAM"
    )
    rows, kinds = [], []
    for group, side in ((0xFF10, "x"), (0xFF20, "y")):
        for k in range(4):
            number = 1 << 31 | 6 << 26 | group + k << 8 | 0xFE
            rows.append(f"\nBO_ {number} M{side}{k}: 8 PLC")
            for name, at, start, bits in _LAYOUT:
                if at == k:
                    rows.append(f' SG_ {side}_{name.lower()} : {start}|{bits}@1- (1,0) [0|0] "" PLC')
                    if name in ("REAL", "LREAL"):
                        kinds.append(f"SIG_VALTYPE_ {number} {side}_{name.lower()} : {1 if name == 'REAL' else 2};")
    (folder / "echo.dbc").write_text("\n".join([HEAD, *rows, "", *kinds]) + "\n")
    file = folder / "can.toml"
    lists = [f'{key} = ["M{side}0", "M{side}1", "M{side}2", "M{side}3"]' for key, side in (("to", "x"), ("from", "y"))]
    file.write_text("\n".join(['dbc = "echo.dbc"', *lists, NODES]))
    return file


@contextmanager
def j1939(folder: Path, *, lockstep: bool = True) -> Iterator[Pair]:
    file, bus = echo(folder), whole_bus()
    clock: Any = "lockstep" if lockstep else "wall"
    plc, again = (VirtualPlc(folder / "echo.st", clock, period=PERIOD, can=(str(bus), str(file))) for _ in range(2))
    link = can_link(bus, read_wiring(file), WRITES, READS, lockstep=lockstep, period=PERIOD, timeout=1.0)
    with plc:
        try:
            yield Pair(link, plc.stop, again.start, lockstep=lockstep, back_within=2.0)
        finally:
            again.stop()


class Foreign:
    """A node by hand: it keeps all frames, and sends what it is told to."""

    def __init__(self, bus: Address) -> None:
        self.frames: list[Frame] = []
        self._bus = Bus(bus, lambda one, _: self.frames.append(one))

    def send(self, *frames: Frame) -> None:
        for one in frames:
            self._bus.send(one)

    def wait(self, wanted: Callable[[Frame], bool]) -> Frame:
        """Return the first frame that is as wanted, when it has come."""
        until(lambda: any(wanted(one) for one in list(self.frames)))
        return next(one for one in self.frames if wanted(one))

    def close(self) -> None:
        self._bus.close()


@contextmanager
def bench(folder: Path, text: str, reads: list[tuple[str, str]]) -> Iterator[tuple[J1939Link, Foreign]]:
    """Open a link on the wall clock that reads from whoever is there, beside a node by hand."""
    bus, file = whole_bus(), folder / "can.toml"
    file.write_text(text + NODES.partition("[j1939.controller]")[0])
    link = can_link(bus, read_wiring(file), [], reads, lockstep=False, period=PERIOD, timeout=5.0)
    assert isinstance(link, J1939Link)
    foreign = Foreign(bus)
    try:
        link.open()
        yield link, foreign
    finally:
        link.close()
        foreign.close()
