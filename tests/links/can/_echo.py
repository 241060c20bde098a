"""The other side of a CAN wire for the check of every link: the virtual PLC in its own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hil.links.can.link import CanLink
from hil.links.can.ports import address_of
from hil.links.can.wiring import read_wiring
from hil.targets import VirtualPlc
from hil.testing import Pair
from hil.testing.links import PERIOD
from tests.links._echo import KINDS, READS, WRITES, program
from tests.links.can._bus import whole_bus
from tests.links.can._dbc import HEAD

_BITS = {"u1": 8, "i1": 8, "i2": 16, "u2": 16, "i4": 32, "u4": 32, "i8": 64, "u8": 64, "f4": 32, "f8": 64}


def wiring(folder: Path) -> Path:
    """Write a DBC file with one message of CAN FD each way, every signal as wide as its type, and its wiring."""
    rows, kinds = [], ['BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","StandardCAN_FD";']
    kinds.append('BA_DEF_DEF_ "VFrameFormat" "StandardCAN";')
    for number, prefix in ((256, "x"), (257, "y")):
        rows.append(f"BO_ {number} M{prefix}: 64 PLC")
        start = 0
        for name, kind in KINDS.items():
            sign = "+" if kind[0] == "u" else "-"
            rows.append(f' SG_ {prefix}_{name.lower()} : {start}|{_BITS[kind]}@1{sign} (1,0) [0|0] "" PLC')
            start += _BITS[kind]
            if kind[0] == "f":
                kinds.append(f"SIG_VALTYPE_ {number} {prefix}_{name.lower()} : {1 if kind == 'f4' else 2};")
        rows.append("")
        kinds.append(f'BA_ "VFrameFormat" BO_ {number} 2;')
    (folder / "echo.dbc").write_text("\n".join([HEAD, *rows, *kinds]) + "\n")
    file = folder / "can.toml"
    file.write_text('dbc = "echo.dbc"\nto = ["Mx"]\nfrom = ["My"]\n')
    return file


@contextmanager
def can(folder: Path, *, lockstep: bool = True) -> Iterator[Pair]:
    file, bus = wiring(folder), whole_bus()
    door = (str(bus), str(file))
    clock = "lockstep" if lockstep else "wall"
    plc = VirtualPlc(program(folder), clock, period=PERIOD, can=door)  # type: ignore[arg-type]
    again = VirtualPlc(program(folder), clock, period=PERIOD, can=door)  # type: ignore[arg-type]
    link = CanLink(
        address_of(str(bus)), read_wiring(file), WRITES, READS, lockstep=lockstep, period=PERIOD, timeout=1.0
    )
    with plc:
        try:
            yield Pair(link, plc.stop, again.start, lockstep=lockstep, back_within=1.5)
        finally:
            again.stop()
